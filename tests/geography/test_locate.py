"""A position is described rightly, one at a time or many."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.geography import Geography


def locate(geography: Geography, *positions: tuple[float, float]) -> pd.DataFrame:
    lon, lat = np.array(positions, dtype=float).T
    return geography.locate(lon, lat)


@pytest.mark.parametrize(
    ("place", "lon", "lat", "region", "navarea"),
    [
        ("Port Klang", 101.36, 3.0, "malacca-singapore", 11),
        ("Suez", 32.55, 29.93, "red-sea-aden", 9),
        ("Port Said", 32.31, 31.26, "mediterranean", 3),
        ("Miami", -80.17, 25.77, "us-east-coast", 4),
        ("Tampa", -82.45, 27.93, "gulf-of-mexico", 4),
        ("Colon", -79.9, 9.37, "caribbean", 4),
        ("Balboa", -79.56, 8.95, "central-america-pacific", 12),
        ("Rotterdam", 4.1, 51.98, "north-sea-channel", 1),
        ("Gdansk", 18.7, 54.4, "baltic", 1),
        ("Odesa", 30.75, 46.5, "black-sea", 3),
        ("Lagos roads", 3.35, 6.3, "gulf-of-guinea", 2),
        ("Callao", -77.17, -12.05, "south-america-west", 16),
        ("Auckland", 174.8, -36.8, "oceania", 14),
        ("Murmansk approaches", 34.0, 69.5, "arctic", 20),
    ],
)
def test_a_known_place_has_its_region_and_navarea(
    geography: Geography, place: str, lon: float, lat: float, region: str, navarea: int
) -> None:
    row = locate(geography, (lon, lat)).iloc[0]
    assert (row["region"], row["navarea"]) == (region, navarea), place


def test_every_degree_of_the_globe_has_exactly_one_region(geography: Geography) -> None:
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-180.0, 180.0), np.arange(-90.0, 91.0)))
    found = geography.regions.find_first(x, y)
    assert (found >= 0).all()
    # Off the whole degrees, where no edge lies, first and only are the same thing.
    inner = [len(slugs) for slugs in geography.regions.find_all(x + 0.503, (y + 0.503) * 0.98)]
    assert set(inner) == {1}


def test_a_point_on_an_edge_belongs_to_the_first_region_in_file_order(geography: Geography) -> None:
    order = geography.region_order
    # The equator between the two Pacific regions, at 150 degrees west.
    touching = geography.regions.find_all(np.array([-150.0]), np.array([0.0]))[0]
    assert touching == ["north-pacific", "south-pacific"]
    assert order.index("north-pacific") < order.index("south-pacific")
    assert locate(geography, (-150.0, 0.0)).loc[0, "region"] == "north-pacific"


def test_every_degree_of_the_globe_has_one_navarea(geography: Geography) -> None:
    x, y = np.meshgrid(np.arange(-179.5, 180.0), np.arange(-89.5, 90.0))
    numbers = [len(slugs) for slugs in geography.navareas.find_all(x.ravel(), y.ravel())]
    assert set(numbers) <= {1, 2}  # two only on a limit
    assert np.mean(np.array(numbers) == 1) > 0.99
    assert len(geography.navareas.slugs) == 21


def test_both_sides_of_180_degrees_are_the_same_place(geography: Geography) -> None:
    latitudes = np.arange(-85.0, 86.0, 5.0)
    east = geography.locate(np.full(latitudes.shape, 180.0), latitudes)
    west = geography.locate(np.full(latitudes.shape, -180.0), latitudes)
    turned = geography.locate(np.full(latitudes.shape, 540.0), latitudes)
    pd.testing.assert_frame_equal(east, west)
    pd.testing.assert_frame_equal(east, turned)


def test_areas_may_overlap_or_be_absent(geography: Geography) -> None:
    rows = locate(geography, (43.35, 12.6), (-30.0, 30.0), (103.8, 1.2))
    assert rows.loc[0, "areas"] == ["bab-el-mandeb", "red-sea-south"]
    assert rows.loc[1, "areas"] == []
    assert "singapore-strait" in rows.loc[2, "areas"]
    assert set(geography.area_names) == set(geography.areas.slugs)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(np.nan, 1.0), (1.0, np.nan), (np.inf, 1.0), (5.0, 90.5), (np.nan, np.nan)],
)
def test_what_is_no_position_is_nowhere(geography: Geography, lon: float, lat: float) -> None:
    rows = locate(geography, (3.0, 2.0), (lon, lat), (3.0, 2.0))
    nowhere = rows.iloc[1]
    assert (nowhere["region"], nowhere["port"], nowhere["navarea"]) == ("", "", 0)
    assert nowhere["areas"] == []
    assert not nowhere["on_land"]
    assert nowhere[["port_distance_nm", "coast_distance_nm", "inland_nm"]].isna().all()
    assert rows.loc[0, "region"] == rows.loc[2, "region"] == "gulf-of-guinea"


def test_no_positions_give_an_empty_table(geography: Geography) -> None:
    rows = geography.locate(np.array([]), np.array([]))
    assert len(rows) == 0
    assert list(rows.columns) == list(locate(geography, (0.0, 0.0)).columns)


def test_lists_of_unequal_length_are_refused(geography: Geography) -> None:
    with pytest.raises(ValueError, match="equally long"):
        geography.locate(np.array([1.0]), np.array([1.0, 2.0]))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-200, 200) | st.just(float("nan")),
            st.floats(-95, 95) | st.just(float("nan")),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_many_at_once_equal_one_by_one(
    geography: Geography, positions: list[tuple[float, float]]
) -> None:
    together = locate(geography, *positions)
    alone = pd.concat([locate(geography, place) for place in positions], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


def test_chunks_join_without_a_seam(geography: Geography, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(11)
    lon, lat = generator.uniform(-180, 180, 50), generator.uniform(-80, 80, 50)
    whole = geography.locate(lon, lat)
    monkeypatch.setattr("cop.geography.CHUNK", 7)
    pd.testing.assert_frame_equal(whole, geography.locate(lon, lat))


def test_nothing_is_opened_where_a_file_is_missing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with pytest.raises(FileNotFoundError, match=r"regions\.geojson"):
        Geography.load(tmp_path_factory.mktemp("empty"))

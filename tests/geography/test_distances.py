"""Distances to port and coast agree with an independent geodesic computation."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod

from cop.geography import Geography

GEOD = Geod(ellps="WGS84")
METRES_PER_NM = 1852.0

SEA = {
    "off Socotra": (54.9, 12.3),
    "Gulf of Guinea, about 12 nm off": (3.4, 6.22),
    "Dover Strait": (1.45, 51.0),
    "Singapore Strait": (104.0, 1.2),
    "mid Atlantic": (-40.0, 30.0),
    "just east of Fiji's 180 degrees": (-179.6, -16.3),
    "Ross Sea": (-175.0, -74.0),
    "off Tokyo Bay": (139.9, 34.7),
}
LAND = {"Paris": (2.35, 48.85), "Kano": (8.5, 12.0), "Brasilia": (-47.9, -15.8)}


@pytest.fixture(scope="module")
def coast_vertices(reference: Path) -> np.ndarray:
    """Every edge of the shipped land that is a coast, walked in steps of at most 0.002 degrees."""
    with np.load(reference / "land.npz") as stored:
        degrees = np.stack([stored["x"], stored["y"]], axis=1).cumsum(axis=0, dtype=np.int64) / 1e6
        rings = stored["rings"]
    lines = shapely.linestrings(
        degrees, indices=np.repeat(np.arange(len(rings) - 1), np.diff(rings))
    )
    return lines


def measure_by_walking(lines: np.ndarray, lon: float, lat: float) -> float:
    """Walk along all coast within a box around the position and take the least geodesic."""
    for reach in (1.0, 6.0, 25.0):
        stretch = min(reach / np.cos(np.radians(lat)), 60.0)
        least = np.inf
        for turn in (-360.0, 0.0, 360.0):
            near = shapely.clip_by_rect(
                lines, lon + turn - stretch, lat - reach, lon + turn + stretch, lat + reach
            )
            near = near[~shapely.is_empty(near)]
            walked = shapely.get_coordinates(shapely.segmentize(near, 0.002 * reach))
            walked = walked[np.abs(walked[:, 0]) < 180]  # not the cut along 180 degrees
            if len(walked):
                here = np.full(len(walked), lon), np.full(len(walked), lat)
                metres = GEOD.inv(*here, walked[:, 0], walked[:, 1])[2]
                least = min(least, metres.min() / METRES_PER_NM)
        if least < reach * 59:
            return float(least)
    raise AssertionError("no coast within 25 degrees")


@pytest.mark.parametrize("place", SEA)
def test_distance_to_the_coast_from_sea(
    geography: Geography, coast_vertices: np.ndarray, place: str
) -> None:
    lon, lat = SEA[place]
    row = geography.locate(np.array([lon]), np.array([lat])).iloc[0]
    expected = measure_by_walking(coast_vertices, lon, lat)
    assert row["coast_distance_nm"] == pytest.approx(expected, abs=0.1, rel=0.001)
    assert not row["on_land"]
    assert row["inland_nm"] == 0


@pytest.mark.parametrize("place", LAND)
def test_distance_to_the_coast_from_land(
    geography: Geography, coast_vertices: np.ndarray, place: str
) -> None:
    lon, lat = LAND[place]
    row = geography.locate(np.array([lon]), np.array([lat])).iloc[0]
    expected = measure_by_walking(coast_vertices, lon, lat)
    assert row["on_land"]
    assert row["inland_nm"] == row["coast_distance_nm"]
    assert row["inland_nm"] == pytest.approx(expected, abs=0.1, rel=0.001)


def test_near_twelve_miles_the_error_is_under_a_tenth(
    geography: Geography, coast_vertices: np.ndarray
) -> None:
    """Positions 12 nm off known capes in several directions."""
    generator = np.random.default_rng(3)
    ports = geography.ports.sample(400, random_state=5)
    bearing = generator.uniform(0, 360, len(ports))
    lon, lat, _ = GEOD.fwd(
        ports["longitude"], ports["latitude"], bearing, np.full(len(ports), 12 * METRES_PER_NM)
    )
    lon, lat = np.array(lon), np.array(lat)
    found = geography.locate(lon, lat)
    close = np.flatnonzero(~found["on_land"] & found["coast_distance_nm"].between(9, 12.5))[:12]
    assert len(close) == 12
    for place in close:
        expected = measure_by_walking(coast_vertices, lon[place], lat[place])
        assert found.loc[place, "coast_distance_nm"] == pytest.approx(expected, abs=0.02)


def test_coast_is_continuous_where_the_map_is_cut(geography: Geography) -> None:
    """The cut along 180 degrees through Chukotka, Fiji and Antarctica is no coastline."""
    inland = geography.locate(np.array([180.0, 180.0]), np.array([68.0, -88.0]))
    assert inland["on_land"].all()
    assert (inland["inland_nm"] > 15).all()


def test_a_port_at_itself_is_at_no_distance(geography: Geography) -> None:
    some = geography.ports.iloc[::20]
    rows = geography.locate(some["longitude"].to_numpy(), some["latitude"].to_numpy())
    assert rows["port_distance_nm"].max() == pytest.approx(0, abs=1e-6)
    # Two LOCODEs may share one position; then the first is named.
    same = rows["port"].to_numpy() == some["locode"].to_numpy()
    assert same.mean() > 0.97


def test_the_nearest_port_is_nearest_of_all(geography: Geography) -> None:
    generator = np.random.default_rng(7)
    lon, lat = generator.uniform(-180, 180, 40), generator.uniform(-75, 80, 40)
    found = geography.locate(lon, lat)
    ports = geography.ports
    for place in range(40):
        here = np.full(len(ports), lon[place]), np.full(len(ports), lat[place])
        metres = GEOD.inv(*here, ports["longitude"], ports["latitude"])[2]
        least = metres.min() / METRES_PER_NM
        assert found.loc[place, "port_distance_nm"] == pytest.approx(least, rel=1e-6)

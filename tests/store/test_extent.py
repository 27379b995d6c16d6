"""The smallest box round positions, against a search of every box there could be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.store.extent import extent_of

# Quarter degrees: sums of them are exact, so that widths compare without a tolerance.
LON = st.integers(-720, 720).map(lambda n: n / 4)
LAT = st.integers(-360, 360).map(lambda n: n / 4)


def width(west: float, east: float) -> float:
    return (east - west) % 360


def narrowest(lons: list[float]) -> float:
    """The least width of a box from one of the longitudes eastward that holds them all."""
    return min(max(width(west, lon) for lon in lons) for west in lons)


@settings(max_examples=300)
@given(st.lists(st.tuples(LON, LAT), min_size=1, max_size=12))
def test_the_box_holds_all_and_no_box_is_much_narrower(spots: list[tuple[float, float]]) -> None:
    lons, lats = [lon for lon, _ in spots], [lat for _, lat in spots]
    found = extent_of(np.array(lons), np.array(lats))
    assert found is not None
    west, south, east, north = found
    assert (south, north) == (min(lats), max(lats))
    assert all(width(west, lon) <= width(west, east) for lon in lons)
    assert {west, east} <= set(lons)
    # Positions of one strip of a degree stay together.
    assert narrowest(lons) <= width(west, east) <= narrowest(lons) + 1


@pytest.mark.parametrize(
    ("lons", "edges"),
    [
        ([179.5, -179.5, 178.0], (178.0, -179.5)),
        ([-10.0, 5.0], (-10.0, 5.0)),
        ([180.0, -180.0, 170.0], (170.0, -180.0)),
        ([7.25], (7.25, 7.25)),
    ],
)
def test_a_box_across_180_degrees_is_the_small_one(
    lons: list[float], edges: tuple[float, float]
) -> None:
    west, _, east, _ = extent_of(np.array(lons), np.zeros(len(lons))) or (0, 0, 0, 0)
    assert (west, east) == edges


def test_what_has_no_position_counts_for_nothing() -> None:
    nowhere = np.array([np.nan])
    assert extent_of(nowhere, nowhere) is None
    mixed = np.array([np.nan, 4.0])
    assert extent_of(mixed, mixed) == (4.0, 4.0, 4.0, 4.0)

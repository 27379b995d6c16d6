"""Tracks: no line where no ship can have sailed, and a thinned one keeps its ends and turns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from cop.model.vessel_position import AFTER_GAP, AT_ONCE, JUMP, TIME_ASSUMED_RECEIVED
from cop.store.track import split_track, thin_track

GEOD = Geod(ellps="WGS84")
START = np.datetime64("2026-01-01", "us")


def times(*minutes: float) -> np.ndarray:
    return START + (np.array(minutes) * 60e6).astype("timedelta64[us]")


def split(minutes: list[float], lon: list[float], lat: list[float], flags: int = 0):
    return split_track(
        times(*minutes), np.array(lon), np.array(lat), np.full(len(lon), flags, np.uint8)
    )


def test_a_ship_at_sea_is_one_piece() -> None:
    pieces = split([0, 10, 20], [4.0, 4.05, 4.1], [52.0, 52.0, 52.0])
    assert pieces.piece.tolist() == [0, 0, 0]
    assert pieces.flags.tolist() == [0, 0, 0]


def test_a_jump_of_a_thousand_miles_in_a_minute() -> None:
    pieces = split([0, 1, 2, 3], [4.0, 4.0, 30.0, 4.0], [52.0, 52.0, 52.0, 52.0])
    assert pieces.piece.tolist() == [0, 0, 1, 2]
    assert pieces.flags.tolist() == [0, JUMP, JUMP, JUMP]
    assert pieces.n_jumps == 2


def test_two_places_at_once() -> None:
    pieces = split([0, 0], [4.0, 5.0], [52.0, 52.0])
    assert pieces.piece.tolist() == [0, 1]
    assert pieces.flags.tolist() == [JUMP | AT_ONCE] * 2


def test_a_fix_that_trembles_is_no_jump() -> None:
    assert split([0, 0], [4.0, 4.01], [52.0, 52.0]).n_jumps == 0


def test_a_gap_ends_the_line_without_a_jump() -> None:
    pieces = split([0, 10, 10 + 361], [4.0, 4.0, 4.1], [52.0, 52.0, 52.0])
    assert pieces.piece.tolist() == [0, 0, 1]
    assert pieces.flags.tolist() == [0, 0, AFTER_GAP]


def test_assumed_times_accuse_nobody() -> None:
    pieces = split([0, 0.001], [4.0, 5.0], [52.0, 52.0], TIME_ASSUMED_RECEIVED)
    assert pieces.piece.tolist() == [0, 1]
    assert pieces.flags.tolist() == [0, 0]


def test_the_date_line_is_no_jump() -> None:
    assert split([0, 10], [179.99, -179.99], [0.0, 0.0]).n_jumps == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.floats(-180, 180), st.floats(-85, 85)),
        min_size=1,
        max_size=60,
    )
)
def test_no_line_is_faster_than_a_ship(points: list[tuple[int, float, float]]) -> None:
    points.sort()
    minutes, lon, lat = (list(column) for column in zip(*points, strict=True))
    pieces = split(minutes, lon, lat)
    assert len(pieces.piece) == len(points)
    assert (np.diff(pieces.piece) >= 0).all()
    for n in range(len(points) - 1):
        distance_nm = GEOD.inv(lon[n], lat[n], lon[n + 1], lat[n + 1])[2] / 1852
        hours = (minutes[n + 1] - minutes[n]) / 60
        too_fast = distance_nm > 1 and distance_nm > 60 * hours
        joined = pieces.piece[n] == pieces.piece[n + 1]
        assert joined == (not too_fast and hours <= 6)
        if too_fast:
            assert pieces.flags[n] & JUMP
            assert pieces.flags[n + 1] & JUMP


def test_thinning_keeps_ends_and_turns() -> None:
    lon = np.concatenate([np.linspace(0, 10, 5_000), np.full(5_000, 10.0)])
    lat = np.concatenate([np.zeros(5_000), np.linspace(0, 10, 5_000)])
    kept, left_out = thin_track(lon, lat, np.zeros(10_000, int), np.zeros(10_000, np.uint8), 3)
    assert kept.tolist()[0] == 0
    assert kept.tolist()[2] == 9_999
    assert abs(kept[1] - 4_999) <= 1
    assert left_out == 0


def test_thinning_keeps_what_is_flagged_and_ends_of_pieces() -> None:
    piece = np.repeat([0, 1, 2], 1_000)
    flags = np.zeros(3_000, np.uint8)
    flags[1_500] = JUMP
    lon, lat = np.linspace(0, 30, 3_000), np.sin(np.linspace(0, 20, 3_000))
    kept, _ = thin_track(lon, lat, piece, flags, 100)
    assert len(kept) == 100
    assert {0, 999, 1_000, 1_500, 1_999, 2_000, 2_999} <= set(kept.tolist())


def test_more_ends_than_room_are_counted() -> None:
    piece = np.arange(500)
    kept, left_out = thin_track(
        np.zeros(500), np.zeros(500), piece, np.full(500, JUMP, np.uint8), 100
    )
    assert len(kept) == 100
    assert left_out == 400
    assert {0, 499} <= set(kept.tolist())


@given(st.integers(1, 300), st.integers(2, 50), st.integers(0, 2**32 - 1))
def test_thinning_is_bounded_and_in_order(count: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    piece = np.cumsum(rng.random(count) < 0.05)
    lon, lat = rng.uniform(-180, 180, count), rng.uniform(-80, 80, count)
    kept, _ = thin_track(lon, lat, piece, np.zeros(count, np.uint8), most)
    assert len(kept) == min(count, most)
    assert (np.diff(kept) > 0).all()
    assert kept[0] == 0
    assert kept[-1] == count - 1

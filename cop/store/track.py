"""What may be joined by a line: the positions of one vessel split where it cannot have sailed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pyproj import Geod

from cop.model.vessel_position import AFTER_GAP, AT_ONCE, JUMP, TIME_ASSUMED_RECEIVED

GEOD = Geod(ellps="WGS84")
METRES_PER_NM = 1852.0
# No ship is faster; a leg this short is noise of the fix, whatever speed it implies.
FASTEST_KN = 60.0
FASTEST_AIRCRAFT_KN = 600.0
LEAST_JUMP_NM = 1.0
LONGEST_GAP = np.timedelta64(6, "h")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Which line each point belongs to, and why lines end; `flags` are bits to add."""

    piece: np.ndarray
    flags: np.ndarray
    n_jumps: int


def split_track(
    at: np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
    flags: np.ndarray,
    *,
    fastest_kn: float = FASTEST_KN,
    longest_gap: np.timedelta64 = LONGEST_GAP,
) -> Pieces:
    """Split positions in order of time (datetime64[us], degrees) into pieces a ship can sail.

    A leg of more than 1 nm at more than `fastest_kn` is a jump: both its ends are flagged, and the
    line ends there. The same where the vessel was in two places at once. Where a time is only that
    of receipt, the speed says nothing: the line ends all the same, without an accusation.
    """
    count = len(at)
    added = np.zeros(count, dtype=np.uint8)
    if count < 2:
        return Pieces(np.zeros(count, dtype=np.int64), added, 0)
    distance_nm = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]) / METRES_PER_NM
    step = at[1:] - at[:-1]
    hours = step / np.timedelta64(1, "h")
    assumed = (flags & TIME_ASSUMED_RECEIVED) != 0
    either_assumed = assumed[:-1] | assumed[1:]
    # Multiplied, not divided: no time at all between two places is the fastest of all.
    too_fast = (distance_nm > LEAST_JUMP_NM) & (distance_nm > fastest_kn * hours)
    jump = too_fast & ~either_assumed
    gap = step > longest_gap
    at_once = jump & (hours == 0)
    for leg, bit in ((jump, JUMP), (at_once, AT_ONCE)):
        added[:-1][leg] |= bit
        added[1:][leg] |= bit
    added[1:][gap] |= AFTER_GAP
    piece = np.concatenate([[0], np.cumsum(too_fast | gap)])
    return Pieces(piece.astype(np.int64), added, int(jump.sum()))


def thin_track(
    lon: np.ndarray, lat: np.ndarray, piece: np.ndarray, flags: np.ndarray, most: int
) -> tuple[np.ndarray, int]:
    """The places of at most `most` points to keep, in order, and how many must-keeps had no room.

    Ends of pieces and flagged points are kept first; then, where room is left, always the point
    that lies farthest from the line drawn so far (Douglas and Peucker, farthest first), so that
    turns stay and straight ways go.
    """
    count = len(lon)
    if count <= most:
        return np.arange(count), 0
    starts = np.flatnonzero(np.diff(piece, prepend=piece[0] - 1))
    ends = np.append(starts[1:], count) - 1
    judged = np.flatnonzero(flags & (JUMP | AT_ONCE | AFTER_GAP))
    must = np.union1d(np.union1d(starts, ends), judged)
    if len(must) > most:
        chosen = np.unique(np.linspace(0, len(must) - 1, most).round().astype(np.int64))
        return must[chosen], len(must) - len(chosen)
    x = np.unwrap(lon, period=360.0) * np.cos(np.radians(np.clip(lat.mean(), -85, 85)))
    kept = np.zeros(count, dtype=bool)
    kept[must] = True
    room = most - len(must)
    waiting: list[tuple[float, int, int, int]] = []
    for first, last in pairwise(must):
        if piece[first] == piece[last]:
            _offer(waiting, x, lat, int(first), int(last))
    while room and waiting:
        _, first, farthest, last = heapq.heappop(waiting)
        kept[farthest] = True
        room -= 1
        _offer(waiting, x, lat, first, farthest)
        _offer(waiting, x, lat, farthest, last)
    return np.flatnonzero(kept), 0


def _offer(
    waiting: list[tuple[float, int, int, int]], x: np.ndarray, y: np.ndarray, first: int, last: int
) -> None:
    """Put forward the point between two kept ones that lies farthest from the line they make."""
    if last - first < 2:
        return
    dx, dy = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    line_x, line_y = x[last] - x[first], y[last] - y[first]
    square = line_x * line_x + line_y * line_y
    along = np.clip((dx * line_x + dy * line_y) / square, 0, 1) if square else np.zeros(len(dx))
    off = np.hypot(dx - along * line_x, dy - along * line_y)
    farthest = int(off.argmax())
    heapq.heappush(waiting, (-float(off[farthest]), first, first + 1 + farthest, last))

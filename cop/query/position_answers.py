"""The shapes of answers about positions: numpy arrays, one element a mark, cell or point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np


@dataclass(frozen=True, slots=True)
class VesselMarks:
    """Single vessels where they were last heard, oldest first so that new ones are drawn on top.

    `sog_kn`, `cog_deg`, `heading_deg` are NaN where not available; `flags` as bits of
    `cop.model.vessel_position`; `tlp` codes; `at` datetime64[s].
    """

    vessel: np.ndarray
    name: np.ndarray
    type: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    at: np.ndarray
    sog_kn: np.ndarray
    cog_deg: np.ndarray
    heading_deg: np.ndarray
    flags: np.ndarray
    tlp: np.ndarray


@dataclass(frozen=True, slots=True)
class CellMarks:
    """At most 2,000 Web-Mercator cells of one zoom: their centre, and what was counted in them.

    `newest_at` is datetime64[s], empty in a density.
    """

    lon: np.ndarray
    lat: np.ndarray
    count: np.ndarray
    newest_at: np.ndarray
    zoom: int


@dataclass(frozen=True, slots=True)
class LatestPositions:
    """Where vessels were last heard; exactly one of `marks` and `cells` is set.

    `count`: vessels in view, exact. `highest_tlp`: the strictest marking among them, a slug.
    """

    count: int
    marks: VesselMarks | None
    cells: CellMarks | None
    newest_at: datetime | None
    highest_tlp: str


@dataclass(frozen=True, slots=True)
class Track:
    """The way of one vessel, in order of time, in pieces that may be drawn as lines.

    `piece` numbers the line each point belongs to: no line runs across a gap, or a leg that no ship
    can sail. `flags` say why (bits of `cop.model.vessel_position`). `n_positions`, `n_pieces` count
    everything asked for; `thinned` is True where some points on nearly straight ways were left
    out, `n_ends_left_out` how many flagged points and ends of pieces could not be kept either.
    """

    vessel: str
    name: str
    type: str
    call_sign: str
    imo: str
    at: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    sog_kn: np.ndarray
    cog_deg: np.ndarray
    heading_deg: np.ndarray
    tlp: np.ndarray
    flags: np.ndarray
    piece: np.ndarray
    n_positions: int
    n_pieces: int
    n_jumps: int
    thinned: bool
    n_ends_left_out: int
    highest_tlp: str


@dataclass(frozen=True, slots=True)
class PositionDensity:
    """How many positions by cell and by day, exact for the viewer.

    `days` is datetime64[D], only those with positions; `by_day` its counts; both sum to `count`, as
    the cells do.
    """

    count: int
    cells: CellMarks
    days: np.ndarray
    by_day: np.ndarray
    highest_tlp: str

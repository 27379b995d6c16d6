"""Frames: the incidents in view by when they began, so that a browser plays them by itself.

A window is cut into equal steps from its start. An incident counts from its first moment on: one
that began before the window counts from its first step, as in the timeline.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np

from cop.query.answers import FrameCells, FramePoints, Frames, Viewport
from cop.query.filters import BBox
from cop.query.where import Where, box_sql
from cop.store.asked import Asked
from cop.store.cells import ZOOM
from cop.store.picture import CELL_LEVELS

# More than these are played as cells: 2,000 marks are what a browser moves smoothly.
MOST_PLAYED = 2_000
MOST_FRAME_CELLS = 400
# A cell and a step in which something began; so many stay under 60 KB on the wire.
MOST_ENTRIES = 11_000
SEVERITY_PLACES = 8

POINT_CODES = ("hazard", "severity", "act", "verification", "tlp")
POINT_TEXTS = ("incident_id", "position_precision", "time_precision")


def answer_frames(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    viewport: Viewport,
    start: datetime,
    step: timedelta,
    n_steps: int,
) -> Frames:
    """The incidents in view to be played in `n_steps` steps of `step` from `start` (naive UTC)."""
    asked = Asked(cursor, where)
    box = BBox(viewport.west, viewport.south, viewport.east, viewport.north)
    inside, values = box_sql(box)
    total = int(asked.fetch("count(*)", also=inside, also_values=values)[0][0])
    if total <= MOST_PLAYED:
        return Frames(total, _points(asked, inside, values), None)
    level = first_level(viewport)
    while (n := _count_cells(asked, level, inside, values)) > MOST_FRAME_CELLS:
        # A level has at most four times the cells of the one above.
        level -= 1 if n <= 4 * MOST_FRAME_CELLS else 2
    rows = asked.columns(
        f"cell >> {2 * (ZOOM - level)} AS key, "
        f"least({n_steps - 1}, greatest(0, date_diff('microsecond', TIMESTAMP '{start}', "
        f"occurred_at) // {step // timedelta(microseconds=1)})) AS step, severity, "
        # 180° counts as -180°, as in `cop.store.picture`.
        "sum(CASE WHEN lon = 180 THEN -180 ELSE lon END) AS lon, sum(lat) AS lat, "
        "count(*) AS count",
        "GROUP BY ALL",
        also=inside,
        also_values=values,
    )
    keys, places = np.unique(np.asarray(rows["key"], np.int64), return_inverse=True)
    counts = np.zeros((len(keys), n_steps, SEVERITY_PLACES), np.int64)
    spots = places, np.asarray(rows["step"], np.int64), np.asarray(rows["severity"], np.int64)
    counts[spots] = np.asarray(rows["count"], np.int64)
    lon, lat = (np.bincount(places, rows[name], len(keys)) for name in ("lon", "lat"))
    return Frames(total, None, to_frame_cells(keys, counts, lon, lat))


def first_level(viewport: Viewport) -> int:
    """The level of cells of about 64 px at a zoom."""
    return max(0, min(ZOOM, int(viewport.zoom) + CELL_LEVELS))


def to_frame_cells(
    keys: np.ndarray, counts: np.ndarray, lon: np.ndarray, lat: np.ndarray
) -> FrameCells:
    """Entries of cells; four cells become one until there are few enough of both.

    `counts` has shape (cells, steps, 8), the last by severity; `lon`, `lat` are sums of degrees.
    """
    while len(keys) > MOST_FRAME_CELLS or int(counts.any(axis=2).sum()) > MOST_ENTRIES:
        if len(keys) == 1:
            break
        keys, places = np.unique(keys >> 2, return_inverse=True)
        wide = np.zeros((len(keys), *counts.shape[1:]), np.int64)
        np.add.at(wide, places, counts)
        counts = wide
        lon, lat = (np.bincount(places, values, len(keys)) for values in (lon, lat))
    n = counts.sum(axis=(1, 2))
    by_step = counts.sum(axis=2)
    cell, step = np.nonzero(by_step)
    met = counts[cell, step] > 0
    return FrameCells(
        lon=lon / n,
        lat=lat / n,
        cell=cell,
        step=step,
        count=by_step[cell, step],
        worst=SEVERITY_PLACES - 1 - met[:, ::-1].argmax(axis=1),
    )


def to_frame_points(columns: dict[str, np.ndarray]) -> FramePoints:
    """Points by when they began, then by id; `occurred_at` and `last_at` in any unit."""
    order = np.lexsort((columns["incident_id"], columns["occurred_at"]))
    ordered = {name: column[order] for name, column in columns.items()}
    for name in ("occurred_at", "last_at"):
        ordered[name] = ordered[name].astype("datetime64[us]").astype("datetime64[s]")
    return FramePoints(**ordered)


def _points(asked: Asked, inside: str, values: tuple[Any, ...]) -> FramePoints:
    names = (*POINT_TEXTS, *POINT_CODES, "lon", "lat", "occurred_at", "last_at")
    return to_frame_points(asked.columns(", ".join(names), also=inside, also_values=values))


def _count_cells(asked: Asked, level: int, inside: str, values: tuple[Any, ...]) -> int:
    counted = f"count(DISTINCT cell >> {2 * (ZOOM - level)})"
    return int(asked.fetch(counted, also=inside, also_values=values)[0][0])

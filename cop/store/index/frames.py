"""Frames of a question from a snapshot; see `cop.store.frames`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import numpy as np

from cop.query.answers import FramePoints, Frames, Viewport
from cop.query.filters import BBox
from cop.query.where import Where
from cop.store.cells import ZOOM
from cop.store.frames import (
    MOST_FRAME_CELLS,
    MOST_PLAYED,
    POINT_CODES,
    POINT_TEXTS,
    SEVERITY_PLACES,
    first_level,
    to_frame_cells,
    to_frame_points,
)
from cop.store.index.answer import as_array
from cop.store.index.asking import Asking, Box, compile_asking
from cop.store.index.cells import Sums, gather
from cop.store.index.picking import Masks, pick_rows
from cop.store.index.segment import Segment
from cop.store.index.snapshot import Snapshot
from cop.store.index.taking import rows_of, take_codes, take_numbers, take_texts
from cop.store.index.tally import codes_of, find, sources

# Rows are looked at so many blocks at a time, so that ten million take no room of their own.
BLOCKS_AT_ONCE = 1_024


def answer_frames(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    where: Where,
    *,
    viewport: Viewport,
    start: datetime,
    step: timedelta,
    n_steps: int,
) -> Frames:
    """The incidents in view to be played; see `cop.store.frames.answer_frames`."""
    asking = compile_asking(where, snapshot.dictionaries)
    masks = pick_rows(cursor, where, snapshot, asking)
    view = Box.of(BBox(viewport.west, viewport.south, viewport.east, viewport.north))
    level = first_level(viewport)
    while (sums := gather(snapshot, asking, masks, view, level, MOST_FRAME_CELLS, None)) is None:
        level -= 1
    total = int(sums.counts.sum())
    seen = asking.inside(view)
    if total <= MOST_PLAYED:
        return Frames(total, _points(snapshot, seen, masks), None)
    sums = _by_key(sums)
    clock = np.datetime64(start, "us").astype(np.int64), step // timedelta(microseconds=1)
    counts = np.zeros((len(sums.keys), n_steps, SEVERITY_PLACES), np.int64)
    severity = codes_of(seen, 0, "severity")
    for segment, rows in _met(snapshot, seen, masks):
        steps = (segment.occurred[rows] - clock[0]) // clock[1]
        keys = segment.cell[rows].astype(np.int64) >> 2 * (ZOOM - level)
        spots = np.searchsorted(sums.keys, keys) * n_steps + np.clip(steps, 0, n_steps - 1)
        spots = spots * SEVERITY_PLACES + severity[segment.a[rows]]
        counts += np.bincount(spots, minlength=counts.size).reshape(counts.shape)
    return Frames(total, None, to_frame_cells(sums.keys, counts, sums.lon, sums.lat))


def _by_key(sums: Sums) -> Sums:
    order = np.argsort(sums.keys)
    return Sums(
        sums.keys[order],
        sums.counts[order],
        sums.lon[order],
        sums.lat[order],
        sums.newest[order],
        sums.by_severity[order],
        sums.by_domain[order],
    )


def _met(
    snapshot: Snapshot, asking: Asking, masks: Masks | None
) -> Iterator[tuple[Segment, np.ndarray]]:
    """The met rows, some blocks at a time."""
    for source in sources(snapshot, masks):
        blocks, segment = source.blocks(asking), source.segment
        for first in range(0, len(blocks.chosen), BLOCKS_AT_ONCE):
            part = slice(first, first + BLOCKS_AT_ONCE)
            chosen, states = blocks.chosen[part], blocks.states[part]
            room = np.zeros(int((segment.stops[chosen] - segment.starts[chosen]).sum()), np.int64)
            found = find(source, asking, (chosen, states), room, unlocated=False)
            yield segment, room[:found]


def _points(snapshot: Snapshot, asking: Asking, masks: Masks | None) -> FramePoints:
    found = rows_of(snapshot, asking, masks)
    numbers = take_numbers(snapshot, found, ("lon", "lat", "occurred", "last"))
    texts = take_texts(snapshot, found, POINT_TEXTS)
    return to_frame_points(
        {
            "lon": numbers["lon"],
            "lat": numbers["lat"],
            "occurred_at": numbers["occurred"].astype("datetime64[us]"),
            "last_at": numbers["last"].astype("datetime64[us]"),
            **take_codes(snapshot, found, POINT_CODES),
            **{name: as_array(values) for name, values in texts.items()},
        }
    )

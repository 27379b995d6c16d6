"""Conditions without a code: text, ids, drawn areas, distances. Each becomes a mask of rows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import duckdb
import numpy as np

from cop.query.where import Clause, Where
from cop.store.index.asking import PICKED_KEYS, Allowed, Asking, Box
from cop.store.index.coding import Unusual
from cop.store.index.locating import hash_ids
from cop.store.index.segment import Segment
from cop.store.index.shapes import meet
from cop.store.index.snapshot import Snapshot, find_hashes
from cop.store.index.tally import NO_LIMIT, Source, find, instant

Masks = tuple[np.ndarray, np.ndarray]


def pick_rows(
    cursor: duckdb.DuckDBPyConnection, where: Where, snapshot: Snapshot, asking: Asking
) -> Masks | None:
    """The rows that meet what has no code, living ones only; None where nothing of that is asked.

    Raises Unusual where the table has moved on from the snapshot or ids can't be told apart.
    """
    clauses = [clause for clause in where.clauses if clause.key in PICKED_KEYS]
    if not clauses:
        return None
    picked = tuple(np.ones(len(s), np.uint8) for s in (snapshot.base, snapshot.tail))
    if len(snapshot.dead):
        picked[0][snapshot.dead != 0] = 0
    for clause in clauses:
        if clause.test is not None:
            # A screen asks for the picture and for its first rows: the shape is tested once.
            shaped = partial(_in_shapes, snapshot, where, clause, asking)
            parts = snapshot.found.get((where.key, clause.key), shaped)
        elif clause.key == "id":
            parts = _with_ids(snapshot, where.filters.id)
        else:
            search = partial(_with_text, cursor, snapshot, clause)
            parts = snapshot.found.get((clause.sql, *clause.values), search)
        for mask, rows in zip(picked, parts, strict=True):
            meets = np.zeros(len(mask), np.uint8)
            meets[rows] = 1
            mask &= meets
    return picked[0], picked[1]


def _in_shapes(
    snapshot: Snapshot, where: Where, clause: Clause, asking: Asking
) -> list[np.ndarray]:
    return [_in_shape(part, where, clause, asking) for part in (snapshot.base, snapshot.tail)]


def _in_shape(segment: Segment, where: Where, clause: Clause, asking: Asking) -> np.ndarray:
    """Rows that meet an exact test: those of its boxes by their blocks, then each by itself."""
    boxes = boxes_of(clause)
    candidates = [rows_in(segment, asking, box) for box in boxes]
    rows = np.unique(np.concatenate(candidates)) if len(candidates) > 1 else candidates[0]
    return rows[meet(where, clause, boxes[0], segment.lon[rows], segment.lat[rows])]


def boxes_of(clause: Clause) -> list[Box]:
    """The boxes of a clause, read from its SQL's values: south, north and two edges a span."""
    boxes, values = [], list(clause.values)
    for part in clause.sql.split("lat BETWEEN")[1:]:
        n = 2 * part.count("lon BETWEEN")
        south, north, *edges = values[: 2 + n]
        del values[: 2 + n]
        boxes.append(Box(south, north, np.array(edges, float).reshape(-1, 2)))
    return boxes


def rows_in(segment: Segment, asking: Asking, box: Box) -> np.ndarray:
    """The rows of a segment with a position in a box, at the times and places asked for."""
    only = replace(
        asking,
        box=box if asking.box is None else asking.box & box,
        wanted_regions=NO_LIMIT,
        groups=(_all_of(asking.groups[0]), _all_of(asking.groups[1]), _all_of(asking.groups[2])),
    )
    source = Source.plain(segment)
    blocks = source.blocks(only)
    rows = np.zeros(blocks.n_rows, np.int64)
    part = (blocks.chosen, blocks.states)
    return rows[: find(source, only, part, rows, unlocated=False)]


def _all_of(allowed: Allowed) -> Allowed:
    return replace(allowed, ok=np.ones(len(allowed.ok), bool))


def _with_ids(snapshot: Snapshot, ids: tuple[str, ...]) -> list[np.ndarray]:
    """The rows of these incidents, found by hash and told apart by the id itself."""
    hashes = hash_ids(ids)
    wanted = set(ids)
    parts = []
    for segment, texts in (
        (snapshot.base, snapshot.texts),
        (snapshot.tail, snapshot.tail_texts),
    ):
        rows = find_hashes(segment, hashes)
        if len(rows):
            if texts is None:
                raise Unusual("the texts are not at hand yet")
            named = texts.take(("incident_id",), segment.place[rows])["incident_id"]
            rows = rows[np.array([name in wanted for name in named], bool)]
        parts.append(rows)
    return parts


def _with_text(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, clause: Clause
) -> list[np.ndarray]:
    """The rows whose text meets the clause: searched by the database, found again by their hash."""
    cursor.execute("BEGIN")
    try:
        later = cursor.execute(
            "SELECT count(*) FROM incidents WHERE recorded_at > ?", [instant(snapshot.until)]
        )
        if later.fetchall()[0][0]:
            raise Unusual("the table has moved on")
        found = cursor.execute(
            "SELECT rowid AS n, greatest(hash(incident_id), 1::UBIGINT) AS h FROM incidents "
            f"WHERE {clause.sql}",
            list(clause.values),
        ).fetchnumpy()
    finally:
        cursor.execute("ROLLBACK")
    numbers, hashes = np.asarray(found["n"]), np.asarray(found["h"])
    base = snapshot.base
    # Row ids are places in the table as it was loaded, unless it has been packed since: then the
    # hashes differ and only they are gone by.
    known = numbers < len(base)
    rows = base.row_of_place[numbers[known]]
    same = base.id_hash[rows] == hashes[known]
    if len(snapshot.dead):
        same &= snapshot.dead[rows] == 0
    lost = np.concatenate([hashes[~known], hashes[known][~same]])
    return [
        np.concatenate([rows[same].astype(np.int64), find_hashes(base, lost)]),
        find_hashes(snapshot.tail, lost),
    ]

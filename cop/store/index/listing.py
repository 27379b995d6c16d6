"""The list from memory: a page of rows in order, and the place of one incident in it."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from cop.query.where import Where
from cop.store.index.asking import Asking, compile_asking
from cop.store.index.coding import GROUP_OF, Unusual
from cop.store.index.picking import Masks, pick_rows
from cop.store.index.snapshot import Snapshot, find_hashes
from cop.store.index.taking import Found, rows_of, take_codes, take_numbers, take_texts
from cop.store.index.tally import Blocks, Source, find, sources
from cop.store.index.texts import COLUMNS as TEXT_COLUMNS
from cop.store.records import LIST_COLUMNS, check_page

# So many incidents are put in order by what is read of them one by one; above, the tables do it.
MOST_SORTED = 5_000
NUMBER_OF = {
    "occurred_at": "occurred",
    "last_at": "last",
    "recorded_at": "recorded",
    "lon": "lon",
    "lat": "lat",
}
COLUMNS = tuple(name.strip() for name in LIST_COLUMNS.split(","))
KINDS = {
    "version": "int32",
    "time_precision": "uint8",
    "position_precision": "uint8",
    "port_distance_nm": "float64",
}


def answer_page(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    where: Where,
    *,
    start: int = 0,
    stop: int = 100,
    sort: str = "occurred_at",
    descending: bool = True,
    only_unlocated: bool = False,
) -> pd.DataFrame:
    """Rows `start` to `stop` of the list; see `cop.store.records.answer_page`.

    Raises Unusual for an order that only the tables can tell.
    """
    check_page(start, stop, sort)
    asking = compile_asking(where, snapshot.dictionaries)
    masks = pick_rows(cursor, where, snapshot, asking)
    if sort == "occurred_at":
        found = _ends_of_time(snapshot, asking, masks, stop, descending, only_unlocated)
    else:
        found = rows_of(snapshot, asking, masks, unlocated=only_unlocated)
    order = _order(snapshot, found, sort, descending)[start:stop]
    return _frame(snapshot, found, order)


def answer_rank(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    where: Where,
    *,
    incident_id: str,
    sort: str = "occurred_at",
    descending: bool = True,
) -> int | None:
    """The place of an incident in the sorted list; see `cop.store.records.answer_rank`."""
    check_page(0, 1, sort)
    asking = compile_asking(where, snapshot.dictionaries)
    masks = pick_rows(cursor, where, snapshot, asking)
    found = rows_of(snapshot, asking, masks)
    if sort != "occurred_at":
        order = _order(snapshot, found, sort, descending)
        ids = take_texts(snapshot, found, ("incident_id",))["incident_id"]
        places = [n for n, k in enumerate(order) if ids[k] == incident_id]
        return places[0] if places else None
    occurred = take_numbers(snapshot, found, ("occurred",))["occurred"]
    here = _rows_of_id(cursor, snapshot, found, incident_id)
    if not len(here):
        return None
    at = occurred[here[0]]
    ties = np.flatnonzero(occurred == at)
    ids = take_texts(snapshot, _some(found, ties), ("incident_id",))["incident_id"]
    before = occurred > at if descending else occurred < at
    tied = sum((i > incident_id) if descending else (i < incident_id) for i in ids)
    return int(before.sum()) + tied


def _rows_of_id(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, found: Found, incident_id: str
) -> np.ndarray:
    """Where in `found` an incident stands; empty where it does not."""
    digest = cursor.execute("SELECT greatest(hash(?::VARCHAR), 1::UBIGINT)", [incident_id])
    hashes = np.array([digest.fetchall()[0][0]], np.uint64)
    parts = (find_hashes(snapshot.base, hashes), find_hashes(snapshot.tail, hashes))
    hits = np.concatenate(
        [
            np.flatnonzero(np.isin(found[0], parts[0])),
            len(found[0]) + np.flatnonzero(np.isin(found[1], parts[1])),
        ]
    )
    ids = take_texts(snapshot, _some(found, hits), ("incident_id",))["incident_id"]
    return hits[np.array([i == incident_id for i in ids], bool)]


def _some(found: Found, places: np.ndarray) -> Found:
    """The rows at ascending places among those found, base first."""
    in_base = places < len(found[0])
    return found[0][places[in_base]], found[1][places[~in_base] - len(found[0])]


def _ends_of_time(
    snapshot: Snapshot,
    asking: Asking,
    masks: Masks | None,
    wanted: int,
    descending: bool,
    unlocated: bool,
) -> Found:
    """Rows among which the first `wanted` by time are: slices in turn until there are enough."""
    base, tail = sources(snapshot, masks)
    in_tail = _rows(tail, asking, tail.blocks(asking), unlocated)
    blocks = base.blocks(asking)
    edges = np.searchsorted(base.segment.starts[blocks.chosen], snapshot.slices)
    turns = range(len(edges) - 1)
    parts: list[np.ndarray] = []
    for n in reversed(turns) if descending else turns:
        some = slice(edges[n], edges[n + 1])
        chosen = blocks.chosen[some]
        size = int((base.segment.stops[chosen] - base.segment.starts[chosen]).sum())
        parts.append(_rows(base, asking, Blocks(chosen, blocks.states[some], size), unlocated))
        if sum(map(len, parts)) >= wanted:
            break
    found = np.concatenate(parts) if parts else np.zeros(0, np.int64), in_tail
    occurred = take_numbers(snapshot, found, ("occurred",))["occurred"]
    if len(occurred) <= wanted:
        return found
    # All rows of the last instant on the page stay: their ids decide.
    place = len(occurred) - wanted if descending else wanted - 1
    edge = np.partition(occurred, place)[place]
    return _some(found, np.flatnonzero(occurred >= edge if descending else occurred <= edge))


def _rows(source: Source, asking: Asking, blocks: Blocks, unlocated: bool) -> np.ndarray:
    rows = np.zeros(blocks.n_rows, np.int64)
    part = (blocks.chosen, blocks.states)
    return rows[: find(source, asking, part, rows, unlocated=unlocated)]


def _order(snapshot: Snapshot, found: Found, sort: str, descending: bool) -> list[int]:
    """The places of the rows found, in order: by the column, then by id; without a value last."""
    n = len(found[0]) + len(found[1])
    if n > MOST_SORTED + 1_000:
        raise Unusual("too many rows to be put in order one by one")
    values = _column(snapshot, found, sort)
    ids = take_texts(snapshot, found, ("incident_id",))["incident_id"]
    empty = [value is None for value in values]
    some = [k for k in range(n) if not empty[k]]
    none = [k for k in range(n) if empty[k]]
    some.sort(key=lambda k: (values[k], ids[k]), reverse=descending)
    none.sort(key=lambda k: ids[k], reverse=descending)
    return some + none


def _column(snapshot: Snapshot, found: Found, name: str) -> list[Any]:
    if name in NUMBER_OF:
        return take_numbers(snapshot, found, (NUMBER_OF[name],))[NUMBER_OF[name]].tolist()
    if name in GROUP_OF:
        return take_codes(snapshot, found, (name,))[name].tolist()
    return take_texts(snapshot, found, (name,))[name]


def _frame(snapshot: Snapshot, found: Found, order: list[int]) -> pd.DataFrame:
    """The columns of the list for some of the rows found, as the database gives them."""
    in_base = len(found[0])
    ascending = sorted(order)
    few = _some(found, np.array(ascending, np.int64))
    back = {k: n for n, k in enumerate(ascending)}
    places = [back[k] for k in order]
    assert len(few[0]) == sum(k < in_base for k in order)
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        if name in NUMBER_OF:
            numbers = take_numbers(snapshot, few, (NUMBER_OF[name],))[NUMBER_OF[name]]
            columns[name] = numbers.astype("datetime64[us]") if name.endswith("_at") else numbers
        elif name in GROUP_OF:
            columns[name] = take_codes(snapshot, few, (name,))[name]
        else:
            assert name in TEXT_COLUMNS, name
            values = take_texts(snapshot, few, (name,))[name]
            columns[name] = pd.Series(values, dtype=KINDS.get(name, "str"))
    return pd.DataFrame(columns).iloc[places].reset_index(drop=True)

"""The list from memory: a page of rows in order, and the place of one incident in it.

In order of time only the slices that a page falls in are looked at one by one. In order of a code
the rows are counted by code first, and only those of the page's codes are put in order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np

from cop.query.answers import Page
from cop.query.where import Where
from cop.store.index.asking import Asking, compile_asking
from cop.store.index.coding import GROUP_OF, Unusual
from cop.store.index.picking import Masks, pick_rows
from cop.store.index.snapshot import Snapshot, find_hashes
from cop.store.index.taking import Found, rows_of, some_of, take_codes, take_numbers, take_texts
from cop.store.index.tally import Blocks, Source, find, len_rows, sources, tally
from cop.store.records import LIST_COLUMNS, check_page

# So many incidents are put in order by what is read of them one by one; above, the tables do it.
MOST_SORTED = 6_000
NUMBER_OF = {
    "occurred_at": "occurred",
    "last_at": "last",
    "recorded_at": "recorded",
    "lon": "lon",
    "lat": "lat",
}
_TEXTS = tuple(n for n in LIST_COLUMNS if n not in NUMBER_OF and n not in GROUP_OF)
_ID = ("incident_id",)


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
) -> Page:
    """Rows `start` to `stop` of the list; see `cop.store.records.answer_page`.

    Raises Unusual for an order that only the tables can tell.
    """
    check_page(start, stop, sort)
    asking = compile_asking(where, snapshot.dictionaries)
    masks = pick_rows(cursor, where, snapshot, asking)
    listed = _Listed(snapshot, masks, only_unlocated)
    if sort == "occurred_at":
        return listed.read([listed.in_time(asking, start, stop, descending)])
    if sort in GROUP_OF:
        parts = []
        for few, first, after in listed.by_code(asking, sort, descending):
            if first < stop and after > start:
                parts.append(listed.in_time(few, max(0, start - first), stop - first, True))
        return listed.read(parts)
    found = rows_of(snapshot, asking, masks, unlocated=only_unlocated)
    return listed.read([(found, _order(snapshot, found, sort, descending)[start:stop])])


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
    listed = _Listed(snapshot, masks, False)
    here = listed.find_id(cursor, asking, incident_id)
    if here is None:
        return None
    if sort == "occurred_at":
        return listed.place_in_time(asking, here, incident_id, descending)
    if sort in GROUP_OF:
        value = take_codes(snapshot, here, (sort,))[sort][0]
        for few, first, _ in listed.by_code(asking, sort, descending):
            codes = few.groups[GROUP_OF[sort]]
            if codes.dictionary.small[sort][codes.ok][0] == value:
                return first + listed.place_in_time(few, here, incident_id, True)
    found = rows_of(snapshot, asking, masks)
    order = _order(snapshot, found, sort, descending)
    ids = take_texts(snapshot, found, _ID)["incident_id"]
    return [ids[k] for k in order].index(incident_id)


class _Listed:
    """The rows of one snapshot that a list may hold; `unlocated`: only those without a position."""

    def __init__(self, snapshot: Snapshot, masks: Masks | None, unlocated: bool) -> None:
        self._snapshot, self._masks, self._unlocated = snapshot, masks, unlocated
        self._base, self._tail = sources(snapshot, masks)

    def in_time(
        self, asking: Asking, start: int, stop: int, descending: bool
    ) -> tuple[Found, list[int]]:
        """Rows `start` to `stop` in order of time and id: some that were met, and places in them.

        Slices of time are looked at in turn until there are enough; those before the page are
        only counted.
        """
        base, tail = self._base, _rows(self._tail, asking, self._unlocated)
        times = self._snapshot.tail.occurred[tail]
        parts: list[np.ndarray] = []
        passed, met = 0, 0
        for blocks, first_at, last_at in self._slices(asking, descending):
            rows = _rows_in(base, asking, blocks, self._unlocated)
            met += len(rows)
            reached = times >= first_at if descending else times <= last_at
            if met + int(reached.sum()) <= start:
                # All of them stand before the page, and so do those of the tail in their time.
                passed = met
                tail, times = tail[~reached], times[~reached]
                start -= int(reached.sum())
                stop -= int(reached.sum())
                continue
            parts.append(rows)
            if met + int(reached.sum()) >= stop:
                break
        found = np.concatenate(parts) if parts else np.zeros(0, np.int64), tail
        return self._cut(found, start - passed, stop - passed, descending)

    def _slices(self, asking: Asking, descending: bool) -> Iterator[tuple[Blocks, int, int]]:
        """The blocks of each slice, in order, and the first and last instant in them."""
        segment, blocks = self._base.segment, self._base.blocks(asking)
        edges = np.searchsorted(segment.starts[blocks.chosen], self._snapshot.slices)
        turns = range(len(edges) - 1)
        for n in reversed(turns) if descending else turns:
            chosen = blocks.chosen[edges[n] : edges[n + 1]]
            if len(chosen):
                size = int((segment.stops[chosen] - segment.starts[chosen]).sum())
                few = Blocks(chosen, blocks.states[edges[n] : edges[n + 1]], size)
                times = segment.times[chosen]
                yield few, int(times[:, 0].min()), int(times[:, 1].max())

    def _cut(
        self, found: Found, start: int, stop: int, descending: bool
    ) -> tuple[Found, list[int]]:
        """Rows `start` to `stop` of those found, by time and then by id."""
        keys = take_numbers(self._snapshot, found, ("occurred",))["occurred"]
        if descending:
            keys = -keys
        stop = min(stop, len(keys))
        if start >= stop:
            return some_of(found, np.zeros(0, np.int64)), []
        ends = np.partition(keys, [start, stop - 1])[[start, stop - 1]]
        kept = np.flatnonzero((keys >= ends[0]) & (keys <= ends[1]))
        start, stop = (n - int((keys < ends[0]).sum()) for n in (start, stop))
        if len(kept) > MOST_SORTED + stop - start:
            raise Unusual("too many incidents of one instant to be put in order one by one")
        few = some_of(found, kept)
        ids = take_texts(self._snapshot, few, _ID)["incident_id"]
        order = sorted(range(len(kept)), key=ids.__getitem__, reverse=descending)
        times = keys[kept].tolist()
        order.sort(key=times.__getitem__)
        return few, order[start:stop]

    def by_code(
        self, asking: Asking, name: str, descending: bool
    ) -> Iterator[tuple[Asking, int, int]]:
        """The question of each value of a coded column in order, and the places its rows take."""
        n = GROUP_OF[name]
        group = asking.groups[n]
        values = group.dictionary.small[name]
        counts = self._count_codes(asking, n)
        first = 0
        for value in sorted(set(values[group.ok].tolist()), reverse=descending):
            ok = group.ok & (values == value)
            after = first + int(counts[ok].sum())
            if after > first:
                groups = list(asking.groups)
                groups[n] = replace(group, ok=ok)
                yield replace(asking, groups=(groups[0], groups[1], groups[2])), first, after
            first = after

    def _count_codes(self, asking: Asking, n: int) -> np.ndarray:
        """How many rows have each code of a dictionary."""
        if not self._unlocated:
            return tally(self._snapshot, asking, self._masks).by[n]
        found = rows_of(self._snapshot, asking, self._masks, unlocated=True)
        codes = take_numbers(self._snapshot, found, ("abc"[n],))["abc"[n]]
        return np.bincount(codes, minlength=len(asking.groups[n].ok))

    def read(self, parts: list[tuple[Found, list[int]]]) -> Page:
        """The columns of the list for some of the rows found, part after part."""
        columns: dict[str, list[Any]] = {name: [] for name in LIST_COLUMNS}
        for found, order in parts:
            if not order:
                continue
            ascending = sorted(order)
            few = some_of(found, np.array(ascending, np.int64))
            back = {k: n for n, k in enumerate(ascending)}
            places = [back[k] for k in order]
            for name, values in self._columns(few).items():
                columns[name] += [values[k] for k in places]
        return Page(columns)

    def _columns(self, found: Found) -> dict[str, list[Any]]:
        snapshot = self._snapshot
        numbers = take_numbers(snapshot, found, tuple(NUMBER_OF.values()))
        codes = take_codes(snapshot, found, tuple(n for n in LIST_COLUMNS if n in GROUP_OF))
        columns = {name: values.tolist() for name, values in codes.items()}
        for name, number in NUMBER_OF.items():
            values = numbers[number]
            if name.endswith("_at"):
                columns[name] = values.astype("datetime64[us]").tolist()
            else:
                columns[name] = [None if x != x else x for x in values.tolist()]
        return columns | take_texts(snapshot, found, _TEXTS)

    def find_id(
        self, cursor: duckdb.DuckDBPyConnection, asking: Asking, incident_id: str
    ) -> Found | None:
        """The one row of an incident, where it is met."""
        snapshot = self._snapshot
        digest = cursor.execute("SELECT greatest(hash(?::VARCHAR), 1::UBIGINT)", [incident_id])
        hashes = np.array([digest.fetchall()[0][0]], np.uint64)
        found = tuple(
            _met_among(source, asking, find_hashes(source.segment, hashes))
            for source in (self._base, self._tail)
        )
        pair = found[0], found[1]
        ids = take_texts(snapshot, pair, _ID)["incident_id"]
        here = [n for n, name in enumerate(ids) if name == incident_id]
        return some_of(pair, np.array(here, np.int64)) if here else None

    def place_in_time(self, asking: Asking, here: Found, incident_id: str, descending: bool) -> int:
        """How many met rows stand before one of them in order of time and id."""
        at = int(take_numbers(self._snapshot, here, ("occurred",))["occurred"][0])
        earlier, until_then = (
            self._count(replace(asking, until=min(asking.until, moment))) for moment in (at, at + 1)
        )
        before = self._count(asking) - until_then if descending else earlier
        tied: list[str] = []
        if until_then - earlier > 1:
            at_once = tuple(_rows_at(source, asking, at) for source in (self._base, self._tail))
            pair = at_once[0], at_once[1]
            tied = take_texts(self._snapshot, pair, _ID)["incident_id"]
        return before + sum((i > incident_id) if descending else (i < incident_id) for i in tied)

    def _count(self, asking: Asking) -> int:
        return sum(
            len_rows(source, asking, source.blocks(asking)) for source in (self._base, self._tail)
        )


def _rows(source: Source, asking: Asking, unlocated: bool) -> np.ndarray:
    return _rows_in(source, asking, source.blocks(asking), unlocated)


def _rows_in(source: Source, asking: Asking, blocks: Blocks, unlocated: bool) -> np.ndarray:
    rows = np.zeros(blocks.n_rows, np.int64)
    part = (blocks.chosen, blocks.states)
    return rows[: find(source, asking, part, rows, unlocated=unlocated)]


def _met_among(source: Source, asking: Asking, rows: np.ndarray) -> np.ndarray:
    """Those of a few rows, ascending, that are met."""
    if not len(rows):
        return rows
    within = np.unique(np.searchsorted(source.segment.starts, rows, "right") - 1)
    return np.intersect1d(rows, _rows_in(source, asking, _only(source, asking, within), False))


def _rows_at(source: Source, asking: Asking, at: int) -> np.ndarray:
    """The met rows of one instant."""
    times = source.segment.times
    within = np.flatnonzero((times[:, 0] <= at) & (times[:, 1] >= at))
    rows = _rows_in(source, asking, _only(source, asking, within), False)
    return rows[source.segment.occurred[rows] == at]


def _only(source: Source, asking: Asking, numbers: np.ndarray) -> Blocks:
    """Of the blocks to look at, these."""
    blocks = source.blocks(asking)
    some = np.isin(blocks.chosen, numbers)
    chosen, segment = blocks.chosen[some], source.segment
    size = int((segment.stops[chosen] - segment.starts[chosen]).sum())
    return Blocks(chosen, blocks.states[some], size)


def _count(found: Found) -> int:
    return len(found[0]) + len(found[1])


def _order(snapshot: Snapshot, found: Found, sort: str, descending: bool) -> list[int]:
    """The places of the rows found, in order: by the column, newest first; without a value last."""
    n = _count(found)
    if n > MOST_SORTED:
        raise Unusual("too many rows to be put in order one by one")
    values = _column(snapshot, found, sort)
    occurred = take_numbers(snapshot, found, ("occurred",))["occurred"].tolist()
    ids = take_texts(snapshot, found, _ID)["incident_id"]
    newest_first = sorted(range(n), key=lambda k: (occurred[k], ids[k]), reverse=True)
    some = [k for k in newest_first if values[k] is not None]
    # Stable whichever way it goes: equal values stay newest first.
    some.sort(key=values.__getitem__, reverse=descending)
    return some + [k for k in newest_first if values[k] is None]


def _column(snapshot: Snapshot, found: Found, name: str) -> list[Any]:
    if name in NUMBER_OF:
        return take_numbers(snapshot, found, (NUMBER_OF[name],))[NUMBER_OF[name]].tolist()
    return take_texts(snapshot, found, (name,))[name]

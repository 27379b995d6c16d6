"""One moment of the picture of now, in memory: immutable, so that a reader never sees a mix.

Most rows lie in the *base*, in space order within slices of time; what changed since it was built
is a *tail* of new rows and a mark on the rows they replaced. Totals over the base (`Cubes`) count
replaced rows too; these lie once more in `minus` and are taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cop.store.index import kernel
from cop.store.index.coding import Dictionary
from cop.store.index.found import FoundRows
from cop.store.index.known import Known, build_known, no_ends
from cop.store.index.locating import locate
from cop.store.index.segment import BLOCK_ROWS, NO_CELL, NO_TABLE, Segment, join, pick
from cop.store.index.texts import Texts

# Level of the coarse cells that whole-world questions are answered from; 1,024 of them.
COARSE_LEVEL = 5
COARSE_SHIFT = 2 * (16 - COARSE_LEVEL)
MOST_CUBE = 1 << 24
MOST_SLICES = 32
SLICE_ROWS = 1 << 15
# Below this many rows a pass over all of them is as fast as adding up the cubes.
FEWEST_FOR_CUBES = 300_000
# So many of the rows that happened last are numbered, to count those of the last day.
LATEST_ROWS = 1 << 17
# The newest slices are cut finer, since most windows of time end now: each of so many, in so many.
NEWEST_SLICES, FINER = 4, 4


@dataclass(frozen=True, eq=False)
class Cubes:
    """Totals over the base: codes of the first dictionary by the others, by month and by place.

    `by_slice` counts by time slice; `recorded` has the first and last instant of each, `blocks` its
    first block and, at the end, the number of blocks. `group_…` have a row a coarse cell, numbered
    by `cells`, whose bounds in degrees are `bounds` (west, east, south, north). `latest` numbers
    the rows whose time ends last, in that order, every one that ends after `latest_after` (µs).
    `ends` has the first and newest time and the newest recording (µs) of each code of the first
    dictionary.
    """

    ab: np.ndarray
    ac: np.ndarray
    by_month: np.ndarray
    first_month: int
    located: np.ndarray
    by_slice: np.ndarray
    by_code: np.ndarray
    ends: np.ndarray
    recorded: np.ndarray
    blocks: np.ndarray
    latest: np.ndarray
    latest_after: int
    known: Known | None
    cells: np.ndarray
    bounds: np.ndarray
    group_count: np.ndarray
    group_lon: np.ndarray
    group_lat: np.ndarray
    group_newest: np.ndarray


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The picture of now at store version `version`; rows recorded up to `until` (µs) are in it.

    `dead[row]` marks base rows that were replaced; empty while there are none. Rows of the table
    recorded from now on have row ids from `next_rowid` on, unless the table is packed.
    """

    version: int
    until: int
    dictionaries: tuple[Dictionary, Dictionary, Dictionary]
    base: Segment
    slices: np.ndarray
    cubes: Cubes | None
    texts: Texts | None
    dead: np.ndarray
    block_dead: np.ndarray
    minus: Segment
    tail: Segment
    tail_texts: Texts | None
    next_rowid: int
    found: FoundRows = field(default_factory=FoundRows, repr=False)

    def __len__(self) -> int:
        return len(self.base) - len(self.minus) + len(self.tail)

    @property
    def first_day(self) -> int:
        """The day (since 1970) of the earliest row, replaced ones too; 0 without rows."""
        return min((int(s.times[:, 0].min()) // kernel.DAY_US for s in self.filled), default=0)

    @property
    def last_day(self) -> int:
        return max((int(s.times[:, 1].max()) // kernel.DAY_US for s in self.filled), default=0)

    @property
    def filled(self) -> list[Segment]:
        return [s for s in (self.base, self.tail) if len(s)]

    @property
    def is_worn(self) -> bool:
        """True where so much changed that the base is better built anew."""
        return len(self.tail) + len(self.minus) > max(20_000, len(self.base) // 50)

    def rows_of_hashes(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The living rows of base and tail whose incident id has one of these hashes."""
        hits = find_hashes(self.base, hashes)
        if len(self.dead):
            hits = hits[self.dead[hits] == 0]
        return hits, find_hashes(self.tail, hashes)

    def find_rowids(self, ids: Sequence[str]) -> list[int | None]:
        """The row id of each incident in the table; None for those that do not stand.

        Row ids are as they were when the rows were read. The database may renumber rows when it
        packs a table, so that who goes by them compares the id of the row.
        """
        places = locate(self, ids)
        parts = places.parts if places is not None else []
        found = {i: n for p in parts for i, n in zip(p.ids, p.rowids.tolist(), strict=True)}
        return [found.get(incident_id) for incident_id in ids]

    def advance(
        self,
        version: int,
        until: int,
        dictionaries: tuple[Dictionary, Dictionary, Dictionary],
        rows: dict[str, np.ndarray],
        texts: Texts | None,
        *,
        block_rows: int = BLOCK_ROWS,
    ) -> Snapshot:
        """This picture with `rows` recorded: earlier rows of the same incidents are replaced."""
        hits, _ = self.rows_of_hashes(rows["id_hash"])
        dead, block_dead, minus = self.dead, self.block_dead, self.minus
        if len(hits):
            dead = dead.copy() if len(dead) else np.zeros(len(self.base), np.uint8)
            dead[hits] = 1
            block_dead = block_dead.copy()
            block_dead[np.searchsorted(self.base.starts, hits, "right") - 1] = 1
            minus = Segment.of(
                join([minus.columns(), pick(self.base.columns(), hits)]),
                dictionaries[1],
                block_rows=block_rows,
            )
        stays = ~np.isin(self.tail.id_hash, rows["id_hash"])
        kept = pick(self.tail.columns(), np.flatnonzero(stays))
        return replace(
            self,
            version=version,
            until=until,
            dictionaries=dictionaries,
            dead=dead,
            block_dead=block_dead,
            minus=minus,
            tail=Segment.of(join([kept, rows]), dictionaries[1], block_rows=block_rows),
            tail_texts=texts,
            next_rowid=max(self.next_rowid, 1 + int(rows["rowid"].max(initial=0))),
            found=FoundRows(),
        )


def build_snapshot(
    version: int,
    until: int,
    dictionaries: tuple[Dictionary, Dictionary, Dictionary],
    columns: dict[str, np.ndarray],
    texts: Texts | None,
    *,
    fewest_for_cubes: int = FEWEST_FOR_CUBES,
    slice_rows: int = SLICE_ROWS,
    block_rows: int = BLOCK_ROWS,
    latest_rows: int = LATEST_ROWS,
    id_table: np.ndarray = NO_TABLE,
) -> Snapshot:
    """The rows put in order, totals made. `columns` is emptied as it goes, to save memory.

    `id_table` has the places of their hashes, see `locating.make_table`.
    """
    n = len(columns["a"])
    slice_of = _slice(columns["occurred"], slice_rows)
    order = np.argsort((slice_of.astype(np.uint64) << np.uint64(32)) | columns["cell"])
    ordered: dict[str, np.ndarray] = {}
    for name in list(columns):
        ordered[name] = columns.pop(name)[order]
    sizes = np.bincount(slice_of, minlength=1)
    edges = np.concatenate([[0], np.cumsum(sizes)])
    base = Segment.of(
        ordered, dictionaries[1], cuts=edges[1:-1], block_rows=block_rows, id_table=id_table
    )
    cubes = build_cubes(base, dictionaries, edges, latest_rows) if n >= fewest_for_cubes else None
    none = Segment.empty(dictionaries[1])
    return Snapshot(
        version=version,
        until=until,
        dictionaries=dictionaries,
        base=base,
        slices=edges,
        cubes=cubes,
        texts=texts,
        dead=np.zeros(0, np.uint8),
        block_dead=np.zeros(len(base.starts), np.uint8),
        minus=none,
        tail=none,
        tail_texts=None,
        next_rowid=1 + int(base.rowid.max(initial=0)),
    )


def _slice(occurred: np.ndarray, slice_rows: int) -> np.ndarray:
    """Number the time slice of each row: about equally many rows each, whole instants."""
    wanted = max(1, min(MOST_SLICES, len(occurred) // slice_rows))
    if wanted == 1:
        return np.zeros(len(occurred), np.uint8)
    sample = np.sort(occurred[:: max(1, len(occurred) // 100_000)])
    coarse = np.arange(1, wanted) * FINER
    fine = np.arange(max(1, (wanted - NEWEST_SLICES) * FINER), wanted * FINER)
    places = np.union1d(coarse, fine) * len(sample) // (wanted * FINER)
    cuts = np.unique(sample[places])
    return np.searchsorted(cuts, occurred, "right").astype(np.uint8)


def build_cubes(
    base: Segment,
    dictionaries: tuple[Dictionary, Dictionary, Dictionary],
    edges: np.ndarray,
    latest_rows: int,
) -> Cubes | None:
    """Totals of the base; None where the data spread so wide that they would be large."""
    n_a, n_b, n_c = (len(d) for d in dictionaries)
    month = base.occurred.astype("datetime64[us]").astype("datetime64[M]").astype(np.int32)
    first_month, n_months = int(month.min()), int(month.max() - month.min()) + 1
    located = base.cell != NO_CELL
    coarse = (base.cell >> COARSE_SHIFT).astype(np.int16)
    cells = np.unique(coarse[located])
    if n_a * max(n_b, n_c, n_months, 2 * len(cells)) > MOST_CUBE:
        return None
    number = np.full(1 << 16, -1, np.int16)
    number[cells] = np.arange(len(cells), dtype=np.int16)
    slot = np.where(located, number[coarse], np.int16(-1))
    shape = (len(cells), n_a)
    month -= np.int32(first_month)
    latest, latest_after = _latest(base.last, latest_rows)
    slices = [slice(edges[n], edges[n + 1]) for n in range(len(edges) - 1)]
    by_slice = np.array([np.bincount(base.a[rows], minlength=n_a) for rows in slices])
    cubes = Cubes(
        ab=np.zeros((n_a, n_b), np.int32),
        ac=np.zeros((n_a, n_c), np.int32),
        by_month=np.zeros((n_a, n_months), np.int32),
        first_month=first_month,
        located=np.bincount(base.a[~np.isnan(base.lon)], minlength=n_a),
        by_slice=by_slice,
        by_code=by_slice.sum(axis=0),
        ends=no_ends(n_a),
        recorded=np.array([[base.recorded[r].min(), base.recorded[r].max()] for r in slices]),
        latest=latest,
        latest_after=latest_after,
        known=build_known(
            base.columns(),
            dictionaries[0],
            (n_b, n_c, n_months, len(cells)),
            np.repeat(np.arange(len(slices), dtype=np.uint8), np.diff(edges)),
            month,
            slot,
        ),
        blocks=np.append(np.searchsorted(base.starts, edges[:-1]), len(base.starts)),
        cells=cells.astype(np.int64),
        bounds=_bounds(base, slot, len(cells)),
        group_count=np.zeros(shape, np.int32),
        group_lon=np.zeros(shape),
        group_lat=np.zeros(shape),
        group_newest=np.full(shape, np.iinfo(np.int64).min),
    )
    kernel.fill_cubes(
        base.a,
        base.b,
        base.c,
        slot,
        month,
        base.lon,
        base.lat,
        base.occurred,
        cubes.ab,
        cubes.ac,
        cubes.by_month,
        cubes.group_count,
        cubes.group_lon,
        cubes.group_lat,
        cubes.group_newest,
    )
    kernel.bound_codes(base.a, base.occurred, base.recorded, cubes.ends)
    return cubes


def _latest(last: np.ndarray, most: int) -> tuple[np.ndarray, int]:
    """The rows that end last, and an instant after which all rows that end are among them."""
    few = max(0, len(last) - most)
    rows = np.argpartition(last, few)[few:] if few else np.arange(len(last))
    rows = rows[np.argsort(last[rows])].astype(np.uint32)
    return rows, int(last[rows[0]]) if few else np.iinfo(np.int64).min


def _bounds(base: Segment, slot: np.ndarray, n: int) -> np.ndarray:
    bounds = np.tile([np.inf, -np.inf, np.inf, -np.inf], (n, 1))
    kernel.bound_groups(slot, base.lon, base.lat, bounds)
    return bounds


def find_hashes(segment: Segment, hashes: np.ndarray) -> np.ndarray:
    """The rows of the segment whose incident id has one of these hashes, ascending."""
    wanted = np.unique(hashes[hashes != 0])
    if not len(wanted) or not len(segment):
        return np.zeros(0, np.int64)
    if len(segment.id_table):
        places = segment.row_of_place, segment.id_table
        rows = _all_rows(wanted, kernel.find_numbered, wanted, segment.id_hash, *places)
        return np.sort(rows)
    table = np.zeros(1 << max(6, int(len(wanted) * 4 - 1).bit_length()), np.uint64)
    kernel.fill_table(wanted, table)
    return _all_rows(wanted, kernel.find_hashes, segment.id_hash, table)


def _all_rows(wanted: np.ndarray, find: Callable[..., int], *given: np.ndarray) -> np.ndarray:
    """What a compiled search numbers, however many share a hash."""
    rows = np.zeros(len(wanted) * 2, np.int64)
    found = find(*given, rows)
    while found > len(rows):
        rows = np.zeros(found, np.int64)
        found = find(*given, rows)
    return rows[:found]

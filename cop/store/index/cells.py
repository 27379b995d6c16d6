"""Map cells of a question: from the coarse cells' totals where they will do, else from the rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields

import numpy as np

from cop.query.answers import Cells
from cop.store.cells import ZOOM
from cop.store.index import kernel
from cop.store.index.asking import Asking, Box
from cop.store.index.known import Known
from cop.store.index.segment import Segment
from cop.store.index.snapshot import COARSE_LEVEL, COARSE_SHIFT, Snapshot
from cop.store.index.tally import Rows, Source, bounds_of, codes_of, in_two, sources

EVERYWHERE = np.ones(1 << 2 * COARSE_LEVEL, np.uint8)
LONG_AGO = np.iinfo(np.int64).min
_rooms = threading.local()


@dataclass(eq=False)
class Sums:
    """Sums of rows by map cell, one element a cell."""

    keys: np.ndarray
    counts: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    newest: np.ndarray
    by_severity: np.ndarray
    by_domain: np.ndarray

    @classmethod
    def blank(cls, n: int) -> Sums:
        return cls(
            np.full(n, -1, np.int64),
            np.zeros(n, np.int64),
            np.zeros(n),
            np.zeros(n),
            np.full(n, LONG_AGO),
            np.zeros((n, 8), np.int64),
            np.zeros((n, 8), np.int64),
        )

    def first(self, n: int) -> Sums:
        """A copy of the first cells: the room itself is used again."""
        return Sums(*(getattr(self, f.name)[:n].copy() for f in fields(self)))

    def negative(self) -> Sums:
        """The same to be taken off; it has no newest."""
        return Sums(
            self.keys,
            -self.counts,
            -self.lon,
            -self.lat,
            np.full(len(self.keys), LONG_AGO),
            -self.by_severity,
            -self.by_domain,
        )


def merge(pieces: list[Sums]) -> Sums:
    """One sum a cell; cells that are left without rows are dropped."""
    keys, places = np.unique(np.concatenate([p.keys for p in pieces]), return_inverse=True)
    merged = Sums.blank(len(keys))
    merged.keys = keys
    for name in ("counts", "lon", "lat", "by_severity", "by_domain"):
        values = np.concatenate([getattr(p, name) for p in pieces])
        np.add.at(getattr(merged, name), places, values)
    np.maximum.at(merged.newest, places, np.concatenate([p.newest for p in pieces]))
    some = merged.counts > 0
    return Sums(*(getattr(merged, f.name)[some] for f in fields(merged)))


def gather(
    snapshot: Snapshot,
    asking: Asking,
    masks: tuple[np.ndarray, np.ndarray] | None,
    view: Box,
    level: int,
    most: int,
    rows: Rows | None,
) -> Sums | None:
    """Sums by cell of `level` of the met rows in view; None where there are more than `most`.

    `rows` are the met rows where they have been numbered.
    """
    if rows is not None:
        met = in_two(lambda part: _sum_met(part, asking, view, level, most), rows)
        return _join(met, most)
    seen = asking.inside(view)
    base, tail = sources(snapshot, masks)
    pieces: list[Sums | None] = []
    quarters = EVERYWHERE
    plain = masks is None and not asking.has_rows_conditions
    if snapshot.cubes is not None and level <= COARSE_LEVEL and plain and asking.groups[1].is_all:
        quarters = _add_coarse(snapshot, asking, seen, view, level, pieces)
    if quarters.any():
        pieces.append(_sum_rows(base, seen, level, most, quarters))
    pieces.append(_sum_rows(tail, seen, level, most, EVERYWHERE))
    return _join(pieces, most)


def _join(pieces: list[Sums | None], most: int) -> Sums | None:
    """One sum of all; None where one of them had too many cells, or all together have."""
    known = [piece for piece in pieces if piece is not None]
    if len(known) < len(pieces):
        return None
    merged = merge(known or [Sums.blank(0)])
    return merged if len(merged.keys) <= most else None


def _add_coarse(
    snapshot: Snapshot,
    asking: Asking,
    seen: Asking,
    view: Box,
    level: int,
    pieces: list[Sums | None],
) -> np.ndarray:
    """Sums of the coarse cells wholly in view; which coarse cells are left to be passed through."""
    cubes = snapshot.cubes
    assert cubes is not None
    ok_a, ok_c = asking.groups[0].ok, asking.groups[2].ok
    rows = cubes.known.rows(ok_a, ok_c) if cubes.known is not None else None
    if rows is None and not asking.groups[2].is_all:
        return EVERYWHERE
    west, east, south, north = cubes.bounds.T
    whole = (south >= view.south) & (north <= view.north)
    whole &= (
        (west[:, None] >= view.spans[None, :, 0]) & (east[:, None] <= view.spans[None, :, 1])
    ).any(axis=1)
    quarters = np.zeros(len(EVERYWHERE), np.uint8)
    quarters[cubes.cells[~whole]] = 1
    asked = np.flatnonzero(whole)
    if not len(asked):
        return quarters
    codes = np.flatnonzero(asking.groups[0].ok[: cubes.group_count.shape[1]])
    severity, domain = (codes_of(asking, 0, name) for name in ("severity", "domain"))

    def work(part: np.ndarray) -> Sums:
        sums = Sums.blank(len(part))
        kernel.sum_groups(
            part,
            codes,
            severity,
            domain,
            cubes.group_count,
            cubes.group_lon,
            cubes.group_lat,
            cubes.group_newest,
            sums.counts,
            sums.lon,
            sums.lat,
            sums.newest,
            sums.by_severity,
            sums.by_domain,
        )
        sums.keys = cubes.cells[part] >> 2 * (COARSE_LEVEL - level)
        return sums

    if cubes.known is not None and rows is not None:
        halves = [_known_cells(cubes.known, rows, asked)]
        halves[0].keys = cubes.cells[asked] >> 2 * (COARSE_LEVEL - level)
    else:
        halves = in_two(work, _parts(asked, len(codes)))
    if not len(snapshot.minus):
        pieces += halves
        return quarters
    in_whole = np.zeros(len(EVERYWHERE), np.uint8)
    in_whole[cubes.cells[whole]] = 1
    gone = _sum_rows(
        Source.plain(snapshot.minus), seen, COARSE_LEVEL, 1 << 2 * COARSE_LEVEL, in_whole
    )
    assert gone is not None
    # Where the newest row of a cell may be one that was replaced, its rows tell what is newest now.
    newest = np.full(len(EVERYWHERE), LONG_AGO)
    for half, part in zip(halves, np.array_split(asked, len(halves)), strict=True):
        newest[cubes.cells[part]] = half.newest
    doubtful = gone.keys[gone.newest >= newest[gone.keys]]
    quarters[doubtful] = 1
    for half, part in zip(halves, np.array_split(asked, len(halves)), strict=True):
        sure = quarters[cubes.cells[part]] == 0
        pieces.append(Sums(*(getattr(half, f.name)[sure] for f in fields(half))))
    sure = quarters[gone.keys] == 0
    left = Sums(*(getattr(gone, f.name)[sure] for f in fields(gone))).negative()
    left.keys = left.keys >> 2 * (COARSE_LEVEL - level)
    pieces.append(left)
    return quarters


def _parts(asked: np.ndarray, n_codes: int) -> list[np.ndarray]:
    """The coarse cells asked for, halved where that is worth a thread."""
    return np.array_split(asked, 2) if len(asked) * n_codes > 100_000 else [asked]


def _known_cells(known: Known, rows: np.ndarray, asked: np.ndarray) -> Sums:
    """Sums of coarse cells over rows of the totals by how incidents are known."""
    every = Sums.blank(known.cell_lon.shape[1])
    kernel.sum_allowed(known.cell_severity, rows, every.by_severity.reshape(-1))
    kernel.sum_allowed(known.cell_domain, rows, every.by_domain.reshape(-1))
    kernel.sum_allowed(known.cell_lon, rows, every.lon)
    kernel.sum_allowed(known.cell_lat, rows, every.lat)
    kernel.max_allowed(known.cell_newest, rows, every.newest)
    every.counts = every.by_severity.sum(axis=1)
    return Sums(*(getattr(every, f.name)[asked] for f in fields(every)))


def _sum_rows(
    source: Source, asking: Asking, level: int, most: int, quarters: np.ndarray
) -> Sums | None:
    segment = source.segment
    blocks = source.blocks(asking)
    severity, domain = (codes_of(asking, 0, name) for name in ("severity", "domain"))

    def work(part: tuple[np.ndarray, np.ndarray]) -> Sums | None:
        sums = _room(most)
        found = kernel.gather_cells(
            *part,
            segment.starts,
            segment.stops,
            segment.a,
            segment.b,
            segment.c,
            segment.occurred,
            segment.last,
            segment.lon,
            segment.lat,
            segment.cell,
            source.dead,
            source.block_dead,
            source.mask,
            *bounds_of(asking),
            *(group.ok for group in asking.groups),
            severity,
            domain,
            COARSE_SHIFT,
            quarters,
            2 * (ZOOM - level),
            most,
            sums.keys,
            sums.counts,
            sums.lon,
            sums.lat,
            sums.newest,
            sums.by_severity,
            sums.by_domain,
        )
        return None if found < 0 else sums.first(found)

    if not len(blocks.chosen):
        return Sums.blank(0)
    halves = in_two(work, blocks.parts)
    if any(half is None for half in halves):
        return None
    return merge(halves) if len(halves) > 1 else halves[0]


def _sum_met(
    part: tuple[Segment, np.ndarray], asking: Asking, view: Box, level: int, most: int
) -> Sums | None:
    """Sums of numbered rows by cell."""
    segment, rows = part
    sums = _room(most)
    found = kernel.gather_rows(
        rows,
        segment.a,
        segment.occurred,
        segment.lon,
        segment.lat,
        segment.cell,
        np.array([1.0, view.south, view.north]),
        view.spans,
        codes_of(asking, 0, "severity"),
        codes_of(asking, 0, "domain"),
        2 * (ZOOM - level),
        most,
        sums.keys,
        sums.counts,
        sums.lon,
        sums.lat,
        sums.newest,
        sums.by_severity,
        sums.by_domain,
    )
    return None if found < 0 else sums.first(found)


def _room(most: int) -> Sums:
    """Room for so many cells, this thread's own: new memory costs more than what goes into it."""
    sums: Sums | None = getattr(_rooms, "sums", None)
    if sums is None or len(sums.keys) < most:
        sums = _rooms.sums = Sums.blank(most)
    return sums


def to_cells(sums: Sums) -> Cells:
    """The answer's shape, smallest cells first so that large ones are drawn on top."""
    order = np.lexsort((sums.keys, sums.counts))
    by_severity = sums.by_severity[order, 1:6]
    return Cells(
        lon=sums.lon[order] / sums.counts[order],
        lat=sums.lat[order] / sums.counts[order],
        count=sums.counts[order],
        worst=5 - np.argmax(by_severity[:, ::-1] > 0, axis=1),
        by_severity=by_severity,
        by_domain=sums.by_domain[order, 1:8],
        newest_at=sums.newest[order].astype("datetime64[us]").astype("datetime64[s]"),
    )

"""The counts of a question: met rows in all, by code, by day, each from its cheapest source."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from cop.store.index import kernel
from cop.store.index.asking import EARLIEST, LATEST, Asking
from cop.store.index.coding import Unusual
from cop.store.index.segment import Segment
from cop.store.index.snapshot import Cubes, Snapshot
from cop.store.picture import choose_step

# Below this many rows handing half of them to another thread costs more than it saves.
ROWS_FOR_TWO = 60_000
NOTHING = np.zeros(0, np.uint8)
NO_LIMIT = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
# The table of days of a timeline grows with the years between the first row and the last.
MOST_DAYS = 300_000
# A timeline of so many days is counted by day, a longer one by month.
DAYS_BY_DAY = 4 * 366
# More met rows than these are not numbered: looking at them anew is as fast.
MOST_NUMBERED = 1 << 21
_other = ThreadPoolExecutor(1, thread_name_prefix="index")
_other_is_free = threading.Lock()


# Segments, each with the numbers of rows in it.
Rows = list[tuple[Segment, np.ndarray]]


def instant(microseconds: Any) -> datetime:
    """Naive UTC of microseconds since 1970."""
    return datetime(1970, 1, 1) + timedelta(microseconds=int(microseconds))


@dataclass(frozen=True, eq=False)
class Calendar:
    """The buckets of a timeline while it is counted: days, or months for longer spans.

    `bucket_of` numbers the bucket of each day from `first_day` on; the first bucket is the month or
    day numbered `first` since 1970. All days are since 1970.
    """

    first_day: int
    bucket_of: np.ndarray
    first: int
    monthly: bool

    @property
    def n_buckets(self) -> int:
        return int(self.bucket_of[-1]) + 1

    @classmethod
    def of(cls, first_day: int, last_day: int) -> Calendar:
        """From one day to another. Raises Unusual for more days than are worth a table."""
        days = max(1, last_day - first_day + 1)
        if days > MOST_DAYS:
            raise Unusual("the rows span more days than a timeline is counted by")
        if days <= DAYS_BY_DAY:
            return cls(first_day, np.arange(days, dtype=np.int32), first_day, False)
        months = (first_day + np.arange(days)).astype("datetime64[D]").astype("datetime64[M]")
        numbers = months.astype(np.int32)
        return cls(first_day, numbers - numbers[0], int(numbers[0]), True)


@dataclass(eq=False)
class Tally:
    """Counts by code of each dictionary (see `count_rows`), in all, and by bucket and severity.

    `timeline` has shape (buckets, 8), the buckets those of `calendar`. `rows` numbers the met rows,
    where they were looked at one by one and are not too many.
    """

    by: tuple[np.ndarray, np.ndarray, np.ndarray]
    totals: np.ndarray
    timeline: np.ndarray
    calendar: Calendar
    rows: Rows | None = None

    @property
    def count(self) -> int:
        return int(self.totals[kernel.COUNT])

    @property
    def first_at(self) -> datetime:
        """The earliest met row's time; there must be one."""
        return instant(self.totals[kernel.FIRST_AT])

    @property
    def newest_at(self) -> datetime:
        return instant(self.totals[kernel.NEWEST_AT])

    def subtract(self, other: Tally) -> None:
        """Take another tally's counts off; its ends, which are no sums, stay out of it."""
        self._combine(other, -1)

    def add(self, other: Tally) -> None:
        """Count another tally's rows too."""
        self._combine(other, 1)
        ends = self.totals, other.totals
        for n in (kernel.NEWEST_AT, kernel.RECORDED_AT):
            ends[0][n] = max(ends[0][n], ends[1][n])
        ends[0][kernel.FIRST_AT] = min(ends[0][kernel.FIRST_AT], ends[1][kernel.FIRST_AT])

    def _combine(self, other: Tally, sign: int) -> None:
        for mine, theirs in zip(self.by, other.by, strict=True):
            mine += sign * theirs
        self.totals[: kernel.FIRST_AT] += sign * other.totals[: kernel.FIRST_AT]
        self.timeline += sign * other.timeline


@dataclass(frozen=True, eq=False)
class Source:
    """The rows of a segment that are still there, and of these only `mask` where one is given."""

    segment: Segment
    dead: np.ndarray
    block_dead: np.ndarray
    mask: np.ndarray

    def blocks(self, asking: Asking, *, by_region: bool = True) -> Blocks:
        """The blocks to look at; `by_region` leaves out those with no region that is asked for."""
        segment = self.segment
        chosen = np.empty(len(segment.starts), np.int64)
        states = np.empty(len(segment.starts), np.uint8)
        found = kernel.choose_blocks(
            segment.degrees,
            segment.times,
            segment.regions,
            segment.missing,
            *bounds_of(asking),
            asking.wanted_regions if by_region else NO_LIMIT,
            chosen,
            states,
        )
        chosen, states = chosen[:found], states[:found]
        if len(self.mask):
            some = self._picked_blocks[chosen]
            chosen, states = chosen[some], states[some]
        return Blocks(chosen, states, int((segment.stops[chosen] - segment.starts[chosen]).sum()))

    @cached_property
    def _picked_blocks(self) -> np.ndarray:
        marked = np.zeros(len(self.segment.starts), bool)
        kernel.mark_blocks(self.mask, self.segment.starts, self.segment.stops, marked)
        return marked

    @classmethod
    def plain(cls, segment: Segment, mask: np.ndarray = NOTHING) -> Source:
        return cls(segment, NOTHING, NOTHING, mask)


def sources(snapshot: Snapshot, masks: tuple[np.ndarray, np.ndarray] | None) -> list[Source]:
    """The base and the tail of a snapshot, each with its picked rows."""
    base, tail = masks or (NOTHING, NOTHING)
    return [
        Source(snapshot.base, snapshot.dead, snapshot.block_dead, base),
        Source.plain(snapshot.tail, tail),
    ]


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a source that may hold rows asked for; `parts` halves them for two threads."""

    chosen: np.ndarray
    states: np.ndarray
    n_rows: int

    @property
    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        if self.n_rows < ROWS_FOR_TWO:
            return [(self.chosen, self.states)]
        half = len(self.chosen) // 2
        return [
            (self.chosen[:half], self.states[:half]),
            (self.chosen[half:], self.states[half:]),
        ]


def bounds_of(asking: Asking) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Box, spans, since, until, as the compiled passes take them."""
    box = asking.box
    if box is None:
        return np.zeros(3), np.zeros((0, 2)), asking.since, asking.until
    return np.array([1.0, box.south, box.north]), box.spans, asking.since, asking.until


def in_two(work: Callable[[Any], Any], parts: list[Any]) -> list[Any]:
    """Do the parts at once: the second in another thread unless that is busy, the others here."""
    if len(parts) < 2 or not _other_is_free.acquire(blocking=False):
        return [work(part) for part in parts]
    try:
        later = _other.submit(work, parts[1])
        first = work(parts[0])
        others = [work(part) for part in parts[2:]]
        return [first, later.result(), *others]
    finally:
        _other_is_free.release()


def tally(snapshot: Snapshot, asking: Asking, masks: tuple[np.ndarray, np.ndarray] | None) -> Tally:
    """Everything counted of a question."""
    cubes = snapshot.cubes
    plain = masks is None and not asking.has_rows_conditions
    if cubes is not None and plain and asking.groups[1].is_all:
        whole = _from_cubes(snapshot, cubes, asking)
        if whole is not None:
            return whole
    total = _from_rows(snapshot, asking, masks, calendar_of(snapshot, asking))
    if total.calendar.monthly and total.count and not _is_long(total, asking):
        # Found within a short time after all: counted again, by day.
        first = max(total.totals[kernel.FIRST_AT], asking.since) // kernel.DAY_US
        last = max(total.totals[kernel.NEWEST_AT], asking.since) // kernel.DAY_US
        total = _from_rows(snapshot, asking, masks, Calendar.of(int(first), int(last)))
    return total


def _from_rows(
    snapshot: Snapshot,
    asking: Asking,
    masks: tuple[np.ndarray, np.ndarray] | None,
    calendar: Calendar,
) -> Tally:
    total = blank(asking, calendar)
    rows: Rows | None = []
    for source in sources(snapshot, masks):
        for part in _count(source, asking, calendar, numbered=True):
            total.add(part)
            rows = rows + part.rows if rows is not None and part.rows is not None else None
    total.rows = rows
    return total


def _is_long(total: Tally, asking: Asking) -> bool:
    """True where the timeline of what was found is one of months or years."""
    start = max(int(total.totals[kernel.FIRST_AT]), asking.since)
    return choose_step(instant(start), total.newest_at) in ("month", "year")


def calendar_of(snapshot: Snapshot, asking: Asking) -> Calendar:
    """The buckets for everything the question can find."""
    first, last = snapshot.first_day, snapshot.last_day
    if asking.since > EARLIEST:
        first = max(first, asking.since // kernel.DAY_US)
    if asking.until < LATEST:
        last = min(last, asking.until // kernel.DAY_US)
    return Calendar.of(first, max(first, last))


def blank(asking: Asking, calendar: Calendar) -> Tally:
    totals = np.zeros(kernel.N_TOTALS, np.int64)
    totals[kernel.FIRST_AT] = np.iinfo(np.int64).max
    totals[kernel.NEWEST_AT] = totals[kernel.RECORDED_AT] = np.iinfo(np.int64).min
    a, b, c = (np.zeros(len(g.ok), np.int64) for g in asking.groups)
    return Tally((a, b, c), totals, np.zeros((calendar.n_buckets, 8), np.int64), calendar)


def _count(
    source: Source, asking: Asking, calendar: Calendar, *, numbered: bool = False
) -> list[Tally]:
    segment = source.segment
    # Facets of regions are counted as if none had been asked for, so all blocks are needed.
    blocks = source.blocks(asking, by_region=asking.groups[1].is_all)
    if not len(blocks.chosen):
        return []
    severity = codes_of(asking, 0, "severity")

    def work(part: tuple[np.ndarray, np.ndarray]) -> Tally:
        counted = blank(asking, calendar)
        n_rows = int((segment.stops[part[0]] - segment.starts[part[0]]).sum())
        keeps = numbered and n_rows <= MOST_NUMBERED
        rows = np.empty(n_rows if keeps else 0, np.uint32)
        kernel.count_rows(
            *part,
            segment.starts,
            segment.stops,
            segment.times,
            segment.missing,
            segment.a,
            segment.b,
            segment.c,
            segment.occurred,
            segment.last,
            segment.recorded,
            segment.lon,
            segment.lat,
            source.dead,
            source.block_dead,
            source.mask,
            *bounds_of(asking),
            asking.day_ago,
            *(group.ok for group in asking.groups),
            severity,
            calendar.first_day,
            calendar.bucket_of,
            *counted.by,
            counted.timeline,
            counted.totals,
            rows,
        )
        if keeps:
            counted.rows = [(segment, rows[: counted.count])]
        return counted

    return in_two(work, blocks.parts)


def codes_of(asking: Asking, group: int, name: str) -> np.ndarray:
    """A column of a dictionary as uint8, by code."""
    return asking.groups[group].dictionary.small[name]


def _from_cubes(snapshot: Snapshot, cubes: Cubes, asking: Asking) -> Tally | None:
    """The same from totals of the base, where the second dictionary restricts nothing.

    None where the third does and its totals are too coarse, or where what was found spans so little
    time that months are too coarse a timeline.
    """
    n_a, n_b, n_c = len(cubes.ab), cubes.ab.shape[1], cubes.ac.shape[1]
    ok, ok_c = asking.groups[0].ok, asking.groups[2].ok
    codes = np.flatnonzero(ok[:n_a])
    rows = cubes.known.rows(ok, ok_c) if cubes.known is not None else None
    if rows is None and not asking.groups[2].is_all:
        return None
    calendar = calendar_of(snapshot, asking)
    if not calendar.monthly:
        return None
    total = blank(asking, calendar)
    kernel.sum_allowed(cubes.ac, codes, total.by[2][:n_c])
    n_months = cubes.by_month.shape[1]
    if rows is None or cubes.known is None:
        total.by[0][:n_a] = cubes.by_code
        kernel.sum_allowed(cubes.ab, codes, total.by[1][:n_b])
        by_severity = np.zeros((8, n_months), np.int64)
        kernel.sum_allowed_by(cubes.by_month, codes, codes_of(asking, 0, "severity"), by_severity)
        by_month = by_severity.T
        by_slice = cubes.by_slice @ ok[:n_a]
        total.totals[kernel.LOCATED] = cubes.located[codes].sum()
    else:
        total.by[0][:n_a] = cubes.ac @ ok_c[:n_c].astype(np.int32)
        kernel.sum_allowed(cubes.known.by_b, rows, total.by[1][:n_b])
        by_month = np.zeros((n_months, 8), np.int64)
        kernel.sum_allowed(cubes.known.by_month, rows, by_month.reshape(-1))
        by_slice = cubes.known.by_slice[rows].sum(axis=0)
        total.totals[kernel.LOCATED] = cubes.known.located[rows].sum()
    skipped = cubes.first_month - calendar.first
    total.timeline[skipped : skipped + n_months] = by_month
    total.totals[kernel.COUNT] = total.by[0][:n_a][codes].sum()
    total.totals[kernel.LAST_DAY] = _count_last_day(snapshot, cubes, asking)
    total.totals[kernel.RECORDED_DAY] = _count_recorded(snapshot, cubes, asking, by_slice)
    ends = cubes.ends[codes] if rows is None or cubes.known is None else cubes.known.ends[rows]
    if not _take_ends(snapshot, asking, ends, total.totals):
        _find_ends(snapshot, cubes, asking, by_slice, total.totals)
    for segment, combine in ((snapshot.minus, total.subtract), (snapshot.tail, total.add)):
        for part in _count(Source.plain(segment), asking, calendar):
            combine(part)
    return total if total.count and _is_long(total, asking) else None


def _count_last_day(snapshot: Snapshot, cubes: Cubes, asking: Asking) -> int:
    """Base rows, replaced ones too, whose time reaches into the last day."""
    if asking.day_ago > cubes.latest_after:
        rows = cubes.latest
        rows = rows[np.searchsorted(snapshot.base.last[rows], asking.day_ago) :]
        columns = snapshot.base.a, snapshot.base.b, snapshot.base.c
        met = [g.ok[codes[rows]] for g, codes in zip(asking.groups, columns, strict=True)]
        return int((met[0] & met[1] & met[2]).sum())
    recent = replace(asking, since=asking.day_ago)
    base = Source.plain(snapshot.base)
    return len_rows(base, recent, base.blocks(recent))


def len_rows(source: Source, asking: Asking, blocks: Blocks) -> int:
    """How many met rows the blocks have."""
    return sum(
        in_two(
            lambda part: find(source, asking, part, np.zeros(0, np.int64), unlocated=False),
            blocks.parts,
        )
    )


def find(
    source: Source,
    asking: Asking,
    part: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    *,
    unlocated: bool,
) -> int:
    """Number the met rows of some blocks into `rows`; how many there are."""
    segment = source.segment
    found: int = kernel.find_rows(
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
        source.dead,
        source.block_dead,
        source.mask,
        *bounds_of(asking),
        *(group.ok for group in asking.groups),
        unlocated,
        rows,
    )
    return found


def _count_recorded(snapshot: Snapshot, cubes: Cubes, asking: Asking, by_slice: np.ndarray) -> int:
    """Base rows, replaced ones too, recorded in the last day: whole slices where they are."""
    base, ok, ok_c = snapshot.base, asking.groups[0].ok, asking.groups[2].ok
    earliest, latest = cubes.recorded.T
    total = int(by_slice[earliest >= asking.day_ago].sum())
    for n in np.flatnonzero((earliest < asking.day_ago) & (latest >= asking.day_ago)).tolist():
        first, stop = cubes.blocks[n : n + 2]
        chosen = first + np.flatnonzero(base.times[first:stop, 5] >= asking.day_ago)
        total += kernel.count_recorded(
            chosen,
            base.starts,
            base.stops,
            base.a,
            base.c,
            base.recorded,
            ok,
            ok_c,
            asking.day_ago,
        )
    return total


def _take_ends(snapshot: Snapshot, asking: Asking, ends: np.ndarray, totals: np.ndarray) -> bool:
    """First, newest and newest recorded from a table; False where a replaced row may be one."""
    if not len(ends):
        return True
    first, newest, recorded = ends[:, 0].min(), ends[:, 1].max(), ends[:, 2].max()
    minus = snapshot.minus
    met = asking.groups[0].ok[minus.a] & asking.groups[2].ok[minus.c]
    at_end = (minus.occurred <= first) | (minus.occurred >= newest) | (minus.recorded >= recorded)
    if (met & at_end).any():
        return False
    totals[kernel.FIRST_AT], totals[kernel.NEWEST_AT] = first, newest
    totals[kernel.RECORDED_AT] = recorded
    return True


def _find_ends(
    snapshot: Snapshot, cubes: Cubes, asking: Asking, by_slice: np.ndarray, totals: np.ndarray
) -> None:
    """First, newest and newest recorded of the living base rows: slice by slice until found."""
    base, edges = snapshot.base, snapshot.slices
    ok, ok_c = asking.groups[0].ok, asking.groups[2].ok
    slices = np.flatnonzero(by_slice).tolist()
    ends: dict[int, tuple[bool, int, int, int]] = {}

    def look(n: int) -> tuple[bool, int, int, int]:
        if n not in ends:
            ends[n] = kernel.find_ends(
                edges[n],
                edges[n + 1],
                base.a,
                base.c,
                base.occurred,
                base.recorded,
                snapshot.dead,
                ok,
                ok_c,
            )
        return ends[n]

    for n in slices:
        if look(n)[0]:
            totals[kernel.FIRST_AT] = look(n)[1]
            break
    for n in reversed(slices):
        if look(n)[0]:
            totals[kernel.NEWEST_AT] = look(n)[2]
            break
    # The newest slices first: in most worlds what happened last was recorded last.
    latest = cubes.recorded[:, 1]
    for n in sorted(slices, key=lambda n: (-latest[n], -n)):
        if latest[n] <= totals[kernel.RECORDED_AT]:
            break
        if look(n)[0]:
            totals[kernel.RECORDED_AT] = max(totals[kernel.RECORDED_AT], look(n)[3])

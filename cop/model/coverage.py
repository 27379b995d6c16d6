"""Who could have told us of a region, and whether quiet is what to expect there.

A picture without incidents may mean that nothing happened, or that nobody could say so. Each source
is judged by when it last delivered and by how new its news are; each region by its sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.model.rates import Expectation
from cop.model.vocabulary import regions

WINDOW = timedelta(days=7)
HISTORY = timedelta(days=3 * 365.25)
WEEK = timedelta(days=7)
# Ages at which a source is late and silent, in multiples of how often it should speak.
LATE, SILENT = 1.5, 3.0
LEAST_HISTORY = 4 * WEEK  # a shorter one says nothing of a rate
UNLIKELY = 0.01  # silence less probable than this tells that a source has ended
NEARLY_ALWAYS, USUAL, UNUSUAL = 0.95, 0.5, 0.05  # probabilities of a quiet window

NOT_COVERED, DEGRADED, ACTIVE, QUIET = "not-covered", "degraded", "active", "quiet"
# Worst first: what nobody watches comes before what somebody reports.
STATES = {
    NOT_COVERED: "not covered",
    DEGRADED: "degraded",
    ACTIVE: "active",
    QUIET: "reported quiet",
}
SOURCE_STATES = {
    "ok": "on time",
    "late": "late",
    "silent": "silent",
    "ended": "delivers, but its news is old",
    "failed": "last run failed",
    "never": "never loaded",
    "off": "switched off",
}
_GONE = frozenset(("off", "never"))  # states in which a source could not have told anything


@dataclass(frozen=True, slots=True)
class Reporter:
    """A source that may cover regions, and how it stands: `state` is one of SOURCE_STATES.

    `newest_at` is the newest event it tells of anywhere, as far as the viewer may read; `why` says
    why it failed or is off.
    """

    feed: str
    title: str
    every: timedelta
    covers: tuple[str, ...]
    state: str
    last_success_at: datetime | None
    newest_at: datetime | None
    why: str = ""

    def tells_of(self, region: str) -> bool:
        return self.covers == ("*",) or region in self.covers


@dataclass(frozen=True, slots=True)
class Told:
    """What a source has told of a region: `new_at` when it last said something new or changed."""

    newest_at: datetime
    new_at: datetime


@dataclass(frozen=True, slots=True)
class RegionCoverage:
    """One region: who could have told of it, what the window holds, and what to expect.

    `told` is by feed, for those of `reporters` that ever told of it. `incidents` counts the window
    by every source, covering or not. Without `expected` there is no history to judge by.
    """

    region: str
    state: str
    reporters: tuple[Reporter, ...]
    told: Mapping[str, Told]
    incidents: int
    expected: Expectation | None

    @property
    def label(self) -> str:
        return regions().label(self.region)

    @property
    def last_success_at(self) -> datetime | None:
        """When any source that covers the region last delivered."""
        return max((r.last_success_at for r in self.reporters if r.last_success_at), default=None)

    @property
    def last_new_at(self) -> datetime | None:
        """When any of them last said something new of this region."""
        return max((told.new_at for told in self.told.values()), default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All regions at one moment, worst first."""

    at: datetime
    regions: tuple[RegionCoverage, ...]

    def of(self, slugs: Sequence[str]) -> tuple[RegionCoverage, ...]:
        """The regions of these slugs, or all where none is named; worst first."""
        return tuple(r for r in self.regions if not slugs or r.region in slugs)


def judge_age(
    every: timedelta | None, last_state: str, last_success_at: datetime | None, now: datetime
) -> str:
    """The state of a last run, which a good one keeps only for a time: then it is late or silent.

    A list without a turn of its own, `every` None, is never late.
    """
    if last_state != "ok" or every is None or last_success_at is None:
        return last_state
    age = now - last_success_at
    if age > SILENT * every:
        return "silent"
    return "late" if age > LATE * every else "ok"


def judge_source(
    every: timedelta,
    last_state: str,
    last_success_at: datetime | None,
    newest_at: datetime | None,
    silence: timedelta,
    now: datetime,
) -> str:
    """How a source that covers regions stands, as one of SOURCE_STATES.

    `silence` is the longest that it may plausibly have nothing new to tell: a file that is read
    daily but ends years ago is no coverage.
    """
    state = judge_age(every, last_state, last_success_at, now)
    if state == "ok" and (newest_at is None or now - newest_at > silence):
        return "ended"
    return state


def longest_silence(every: timedelta, count: int, span: timedelta) -> timedelta:
    """How long a source that told of `count` events in `span` may plausibly tell of none.

    The time in which none would come with a probability of 1 %, and never under three of its turns.
    Without a history it is four weeks.
    """
    if not count or span < LEAST_HISTORY:
        return max(SILENT * every, LEAST_HISTORY)
    # exp(-rate * time) = UNLIKELY; 4.605 is -ln(0.01).
    return max(SILENT * every, 4.605170185988091 / count * span)


def judge_region(reporters: Sequence[Reporter], incidents: int) -> str:
    """The state of a region. What was not watched stays so, whatever others have told of it."""
    if all(reporter.state in _GONE for reporter in reporters):
        return NOT_COVERED
    if not any(reporter.state == "ok" for reporter in reporters):
        return DEGRADED
    return ACTIVE if incidents else QUIET


def sort_worst_first(found: Sequence[RegionCoverage]) -> tuple[RegionCoverage, ...]:
    """By state, then the least probable quiet, then by name."""
    order = list(STATES)

    def rank(region: RegionCoverage) -> tuple[int, float, str]:
        quiet = region.expected.quiet if region.expected else 1.0
        return order.index(region.state), quiet, region.label

    return tuple(sorted(found, key=rank))


def say_reporter(reporter: Reporter, when: str) -> str:
    """A source in words: `UKMTO: on time, last 231258Z NOV 26`; `when` may be empty."""
    said = f"{reporter.title}: {SOURCE_STATES[reporter.state]}"
    return f"{said}, {when}" if when else said


def say_expectation(region: RegionCoverage) -> str:
    """Whether quiet is to be expected, with its figures: `Quiet is usual here: 0.3 expected …`."""
    expected = region.expected
    if expected is None:
        return "No history to judge by."
    low, high = expected.interval
    weeks = f"{expected.weeks:.0f} weeks"
    if not expected.count:
        return f"None in {weeks} by {expected.by}: at most {_figures(high)[0]} a week."
    mean, lowest, highest = _figures(expected.expected, low, high)
    figures = (
        f"{mean} expected in 7 d, 95 % {lowest}\u2013{highest} "
        f"({expected.count} in {weeks}, {expected.by})"
    )
    if region.incidents:
        return f"{region.incidents} in 7 d; {figures}."
    if expected.quiet < UNUSUAL:
        return f"Quiet is unusual here: {figures}."
    usual = "usual" if expected.quiet >= USUAL else "not unusual"
    often = (
        "nearly every week"
        if expected.quiet >= NEARLY_ALWAYS
        else f"1 of {1 / expected.quiet:.1f} weeks"
    )
    return f"Quiet is {usual} here, {often}: {figures}."


def say_gap(region: RegionCoverage) -> str:
    """Why a region's quiet proves nothing; empty where a source reports on time."""
    if region.state == NOT_COVERED:
        if not region.reporters:
            return f"No source covers {region.label}."
        return f"No source covers {region.label} now ({_say_states(region)})."
    if region.state == DEGRADED:
        return f"The sources of {region.label} are degraded ({_say_states(region)})."
    return ""


def say_gaps(coverage: Coverage, asked: Sequence[str]) -> list[str]:
    """What an empty picture of some regions, or of all where none is named, does not prove."""
    found = coverage.of(asked)
    if asked:
        return [said for region in found if (said := say_gap(region))]
    counts = {s: sum(r.state == s for r in found) for s in (NOT_COVERED, DEGRADED)}
    return [
        f"{count} of {len(found)} regions {'is' if count == 1 else 'are'} {STATES[state]} now."
        for state, count in counts.items()
        if count
    ]


def _say_states(region: RegionCoverage) -> str:
    return ", ".join(f"{r.title} {SOURCE_STATES[r.state]}" for r in region.reporters)


def _figures(*numbers: float) -> tuple[str, ...]:
    """Numbers of one kind with as many places as the first needs: `0.04`, `0.7`, `14`."""
    first = numbers[0]
    places = 2 if first < 0.5 else 1 if first < 10 else 0
    return tuple(f"{number:.{places}f}" for number in numbers)

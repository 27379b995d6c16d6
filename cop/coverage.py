"""Coverage found in the store: which source could have told of each region, when it last did, and
what its history lets one expect of the last seven days.

Expected is what one source tells of: the covering one with the most records, preferred among those
that are on time. Two sources tell of the same events, so that their rates must not be added.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cop.feeds import ALL as FEEDS
from cop.feeds.feed import Feed
from cop.model.coverage import (
    HISTORY,
    LEAST_HISTORY,
    WEEK,
    WINDOW,
    Coverage,
    RegionCoverage,
    Reporter,
    Told,
    judge_region,
    judge_source,
    longest_silence,
    sort_worst_first,
)
from cop.model.rates import Expectation
from cop.model.viewer import Viewer
from cop.model.vocabulary import SOURCES, regions
from cop.query.answers import Viewport
from cop.query.filters import Filters, TimeBound
from cop.query.where import Where, compile_where
from cop.services import Services

_SINCE = TimeBound(ago=WINDOW, written="-7d")
# Of the answer only the counts by region are used: the smallest view has the fewest marks.
_NO_VIEW = Viewport(0.0, 0.0, 0.01, 0.01, 16.0)

# By feed and region slug; and the events of a feed in its span, as (first, end) and counts.
_Told = dict[str, dict[str, Told]]
_Span = tuple[datetime, datetime]


class _History:
    """What the store holds of each source, as far as one viewer may read."""

    def __init__(self, services: Services, where: Where, live: list[Feed]) -> None:
        self.told: _Told = {feed.id: {} for feed in live}
        self.newest: dict[str, datetime] = {}
        first: dict[str, datetime] = {}
        for row in services.store.read("activity", where):
            feed = SOURCES.slug(int(row["source"]))
            if feed not in self.told:
                continue
            self.newest[feed] = max(self.newest.get(feed, row["newest_at"]), row["newest_at"])
            first[feed] = min(first.get(feed, row["first_at"]), row["first_at"])
            if row["region"]:
                region = regions().slug(int(row["region"]))
                self.told[feed][region] = Told(row["newest_at"], row["new_at"])
        self.spans = {
            feed: _span_of(first[feed], newest, where.now) for feed, newest in self.newest.items()
        }
        self.counts: dict[tuple[str, str], int] = {}
        self.totals: dict[str, int] = {}
        by_code = {SOURCES.code(feed): span for feed, span in self.spans.items()}
        for source, code, count in services.store.read("history", where, spans=by_code):
            feed = SOURCES.slug(source)
            self.totals[feed] = self.totals.get(feed, 0) + count
            if code:
                self.counts[feed, regions().slug(code)] = count


def _span_of(first: datetime, newest: datetime, now: datetime) -> _Span:
    """The three years before the window, or what there is of them.

    A source whose newest event is older than the window may have ended: its span ends at that
    event. Where it has not, the span is a little short and the expectation a little high, which
    errs on the side of asking why it is quiet.
    """
    end = min(now - WINDOW, newest)
    return max(first, end - HISTORY), end


def find_coverage(services: Services, viewer: Viewer, now: datetime | None = None) -> Coverage:
    """How every region is covered, for what a viewer may read; `now` defaults to the clock.

    Cut to the minute, and answered once for each state of the store.
    """
    at = (now or services.store.clock()).replace(second=0, microsecond=0)
    key = ("coverage", services.store.version, viewer.clearance, at)
    coverage: Coverage = services.memo.get(key, lambda: _find(services, viewer, at))
    return coverage


def _find(services: Services, viewer: Viewer, now: datetime) -> Coverage:
    rows = {row["feed"]: row for row in services.sources(viewer)}
    live = [feed for feed in FEEDS if feed.every is not None and feed.covers]
    history = _history(services, viewer, now, live, rows)
    reporters = [_reporter(feed, rows[feed.id], history, now) for feed in live]
    recent = compile_where(Filters(since=_SINCE), viewer, now=now)
    counts = services.picture(recent, _NO_VIEW).facets.get("region", {})
    return Coverage(
        now,
        sort_worst_first(
            [_region(slug, reporters, history, counts.get(slug, 0)) for slug in regions().slugs]
        ),
    )


def _history(
    services: Services,
    viewer: Viewer,
    now: datetime,
    live: list[Feed],
    rows: dict[str, dict[str, Any]],
) -> _History:
    """Asked anew when a source has run, and each hour: acts of officers do not change it."""
    runs = tuple((feed.id, rows[feed.id]["last_run_at"], rows[feed.id]["runs"]) for feed in live)
    hour = now.replace(minute=0)
    key = ("coverage-history", viewer.clearance, hour, runs)

    def ask() -> _History:
        return _History(services, compile_where(Filters(), viewer, now=now), live)

    history: _History = services.memo.get(key, ask)
    return history


def _reporter(feed: Feed, row: dict[str, Any], history: _History, now: datetime) -> Reporter:
    assert feed.every is not None
    newest = history.newest.get(feed.id)
    first, end = history.spans.get(feed.id, (now, now))
    silence = longest_silence(feed.every, history.totals.get(feed.id, 0), end - first)
    state = judge_source(
        feed.every, str(row["last_state"]), row["last_success_at"], newest, silence, now
    )
    return Reporter(
        feed=feed.id,
        title=SOURCES.label(feed.id),
        every=feed.every,
        covers=feed.covers,
        state=state,
        last_success_at=row["last_success_at"],
        newest_at=newest,
        why=str(row["last_reason"]),
    )


def _region(
    region: str, reporters: list[Reporter], history: _History, incidents: int
) -> RegionCoverage:
    covering = tuple(reporter for reporter in reporters if reporter.tells_of(region))
    told = {
        reporter.feed: history.told[reporter.feed][region]
        for reporter in covering
        if region in history.told[reporter.feed]
    }
    return RegionCoverage(
        region=region,
        state=judge_region(covering, incidents),
        reporters=covering,
        told=told,
        incidents=incidents,
        expected=_expect(region, covering, history),
    )


def _expect(region: str, covering: tuple[Reporter, ...], history: _History) -> Expectation | None:
    """By the covering source with the most records, those on time first; None without history."""
    known = [
        reporter
        for reporter in covering
        if reporter.feed in history.spans and _length(history, reporter) >= LEAST_HISTORY
    ]
    if not known:
        return None

    def weight(reporter: Reporter) -> tuple[bool, int]:
        return reporter.state == "ok", history.counts.get((reporter.feed, region), 0)

    by = max(known, key=weight)
    first, end = history.spans[by.feed]
    span = f"{by.title} {first:%Y}" + (f"\u2013{end:%Y}" if end.year != first.year else "")
    return Expectation(
        count=history.counts.get((by.feed, region), 0),
        weeks=_length(history, by) / WEEK,
        window_weeks=WINDOW / WEEK,
        by=span,
    )


def _length(history: _History, reporter: Reporter) -> timedelta:
    first, end = history.spans[reporter.feed]
    return end - first

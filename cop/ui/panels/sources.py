"""Every feed: what it is, how it last ran, what it brought and under what terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from dash import dcc, html

from cop.feeds import ALL as FEEDS
from cop.feeds.feed import EVERYWHERE, Feed
from cop.model.dtg import format_dtg
from cop.model.vocabulary import MARKINGS, regions
from cop.switches import MAX_REASON
from cop.ui import ids
from cop.ui.panels.header import age, is_degraded, say_state
from cop.ui.wording import say_count, say_day

_FEEDS = {feed.id: feed for feed in FEEDS}
_COUNTS = ("received", "accepted", "quarantined", "rejected", "new", "updated", "unchanged")


def render(
    sources: Sequence[dict[str, Any]],
    runs: Sequence[dict[str, Any]],
    now: datetime,
    ended: Mapping[str, datetime | None] = MappingProxyType({}),
) -> list[Any]:
    """The sources as cards, each with its switch, and the latest runs.

    `sources` is `Services.sources`, `runs` the rows of `feed_runs`, newest first. `ended` names the
    feeds that deliver but have had nothing new for too long, with their newest event.
    """
    last = {}
    for run in reversed(runs):
        last[run["feed"]] = run
    degraded = sum(is_degraded(source) for source in sources)
    return [
        html.P(
            f"{degraded} of {len(sources)} sources have not delivered. A source that was never "
            "loaded shows no incidents; that is not the same as no incidents."
            if degraded
            else f"All {len(sources)} sources are loaded.",
            className="lead",
        ),
        html.Div(
            [_card(source, last.get(source["feed"]), now, ended) for source in sources],
            className="cards",
        ),
        html.H2("Latest runs"),
        *_say_hidden(runs),
        _runs(runs) if runs else html.P("No feed has run yet.", className="quiet"),
    ]


def _counts_shown(runs: Sequence[dict[str, Any]]) -> bool:
    """Whether the viewer may see counts, which include records of every marking."""
    return all(run["received"] is not None for run in runs)


def _say_hidden(runs: Sequence[dict[str, Any]]) -> list[Any]:
    if _counts_shown(runs):
        return []
    return [
        html.P(
            "Counts and inputs are shown to those cleared for every marking: they include records "
            "that others may not see.",
            className="quiet",
        )
    ]


def _card(
    source: dict[str, Any],
    run: dict[str, Any] | None,
    now: datetime,
    ended: Mapping[str, datetime | None],
) -> html.Article:
    bad = is_degraded(source)
    facts: list[Any] = []
    shown = run is None or _counts_shown([run])
    for label, name in (
        ("Last run", "last_run_at"),
        ("Last success", "last_success_at"),
        *([("Last new", "last_new_at")] if shown else []),
    ):
        at = source[name]
        facts += [
            html.Dt(label),
            html.Dd([format_dtg(at), age(at, now)] if at is not None else "never"),
        ]
    if run and shown:
        facts += [
            html.Dt("Last counts"),
            html.Dd(", ".join(f"{say_count(int(run[name]))} {name}" for name in _COUNTS)),
        ]
    feed = _FEEDS.get(source["feed"])
    if feed and feed.every:
        facts += [html.Dt("Covers"), html.Dd(_tells_of(feed))]
        facts += [html.Dt("Should speak"), html.Dd(_turn(feed.every))]
    facts += [
        html.Dt("Without a marking"),
        html.Dd(f"taken as {MARKINGS.label(source['marking'])}"),
        html.Dt("Publisher"),
        html.Dd(source["publisher"]),
        html.Dt("Licence"),
        html.Dd(source["licence"]),
        html.Dt("Attribution"),
        html.Dd(source["attribution"]),
    ]
    return html.Article(
        [
            html.H2(source["title"]),
            html.P(
                [
                    html.Span(
                        className=f"dot dot-{'bad' if bad else 'good'}",
                        **{"aria-hidden": "true"},
                    ),
                    html.Span(say_state(source), className="warn" if bad else ""),
                    html.Span(source["kind"], className="tag"),
                ],
                className="card-state",
            ),
            *([html.P(said, className="foreign")] if (said := source["last_reason"]) else []),
            *([_say_ended(ended[source["feed"]])] if source["feed"] in ended else []),
            html.Dl(facts),
            *([_switch(source)] if source["feed"] in ids.SWITCHES else []),
        ],
        className="card",
    )


def _say_ended(newest_at: datetime | None) -> html.P:
    newest = (
        f"Its newest event is of {say_day(newest_at)}." if newest_at else "It tells of nothing."
    )
    return html.P([html.Span("No live coverage. ", className="warn"), newest])


def _turn(every: timedelta) -> str:
    """How often it should speak, in words."""
    hours = every.total_seconds() / 3600
    count, unit = (hours / 24, "day") if hours >= 48 else (hours, "hour")
    return f"every {count:g} {unit}s" if count != 1 else f"every {unit}"


def _tells_of(feed: Feed) -> str:
    """The regions it covers, in words."""
    if feed.covers == EVERYWHERE:
        return "every region"
    return ", ".join(regions().label(slug) for slug in feed.covers) or "no region"


def _switch(source: dict[str, Any]) -> html.Details:
    """On or off, in two steps: what it does and why, then the act, signed."""
    feed = source["feed"]
    is_on = source["last_state"] != "off"
    reason = ids.SWITCH_REASONS[feed]
    title = source["title"]
    effect = (
        "It takes nothing in while it is off, and the regions that only it covers turn to not "
        "covered. What it told before stays."
        if is_on
        else "It takes files in again, and counts as coverage from its next delivery on time."
    )
    return html.Details(
        [
            html.Summary("Switch off …" if is_on else "Switch on …"),
            html.P(effect, className="quiet"),
            html.Label(
                "Why (required)" if is_on else "Why (optional)",
                htmlFor=reason,
                className="facet-title",
            ),
            dcc.Input(
                id=reason,
                type="text",
                value="",
                maxLength=MAX_REASON,
                className="field",
                autoComplete="off",
            ),
            html.Div(
                [
                    html.Button(
                        f"Switch {title} {'off' if is_on else 'on'}",
                        id=ids.SWITCHES[feed],
                        type="button",
                        className="button",
                    ),
                    html.Span("Signed with your name and written down.", className="quiet"),
                ],
                className="actions",
            ),
        ],
        className="switch",
    )


def _runs(runs: Sequence[dict[str, Any]]) -> html.Div:
    counts = _COUNTS if _counts_shown(runs) else ()
    last = ("By", "Input") if counts else ("By",)
    head = ("Finished", "Feed", "State", *(name.capitalize() for name in counts), *last)
    return html.Div(
        html.Table(
            [
                html.Thead(
                    html.Tr(
                        [
                            html.Th(
                                name,
                                scope="col",
                                className="number" if name.lower() in _COUNTS else "",
                            )
                            for name in head
                        ]
                    )
                ),
                html.Tbody([_run(run, counts) for run in runs]),
            ]
        ),
        className="table",
        tabIndex=0,
        role="region",
        **{"aria-label": "Latest runs"},
    )


def _run(run: dict[str, Any], counts: Sequence[str]) -> html.Tr:
    return html.Tr(
        [
            html.Td(format_dtg(run["finished_at"])),
            html.Td(run["feed"]),
            html.Td(f"{run['state']}: {run['reason']}" if run["reason"] else run["state"]),
            *(html.Td(say_count(int(run[name])), className="number") for name in counts),
            html.Td(run["actor"]),
            *([html.Td(run["input_name"], className="foreign")] if counts else []),
        ]
    )

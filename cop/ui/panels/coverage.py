"""Coverage by region: who could have told us, when they last did, and whether quiet is expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html

from cop.model.coverage import (
    NOT_COVERED,
    QUIET,
    SOURCE_STATES,
    STATES,
    Coverage,
    RegionCoverage,
    Reporter,
    say_expectation,
)
from cop.model.dtg import format_dtg
from cop.ui.panels.header import age
from cop.ui.wording import say_count

_HEAD = (
    ("Region", ""),
    ("State", ""),
    ("Who could have reported", ""),
    ("Last success", ""),
    ("Last new here", ""),
    ("In 7 d", "number"),
    ("Is quiet expected?", ""),
)


def render(coverage: Coverage) -> list[Any]:
    """How many regions are in each state, and all of them in a table, worst first."""
    return [
        html.P(_say_states(coverage), className="lead"),
        html.Div(
            html.Table(
                [
                    html.Caption(
                        f"Coverage of {len(coverage.regions)} regions as of "
                        f"{format_dtg(coverage.at)}, worst first",
                        className="unseen",
                    ),
                    html.Thead(
                        html.Tr(
                            [html.Th(name, scope="col", className=kind) for name, kind in _HEAD]
                        )
                    ),
                    html.Tbody([_row(region, coverage.at) for region in coverage.regions]),
                ]
            ),
            className="table coverage",
            tabIndex=0,
            role="region",
            **{"aria-label": "Coverage by region"},
        ),
        _method(),
    ]


def _say_states(coverage: Coverage) -> list[Any]:
    counts = {state: sum(r.state == state for r in coverage.regions) for state in STATES}
    parts: list[Any] = []
    for state, count in counts.items():
        parts += [
            html.Span(
                [mark(state), f"{say_count(count)} {STATES[state]}"],
                className="state-count",
            ),
            " ",
        ]
    if counts[NOT_COVERED]:
        parts.append(
            html.Span("Where nobody reports, an empty picture says nothing.", className="warn")
        )
    return parts


def mark(state: str) -> html.Span:
    """The state as a small swatch like the map's; words stand beside it."""
    return html.Span(className=f"cover cover-{state}", **{"aria-hidden": "true"})


def _row(region: RegionCoverage, now: datetime) -> html.Tr:
    watch = f"/watch?region={region.region}&since=-7d&layers=coverage,incidents"
    return html.Tr(
        [
            html.Th(html.A(region.label, href=watch), scope="row"),
            html.Td([mark(region.state), STATES[region.state]], className="state"),
            html.Td(_reporters(region.reporters), **_labelled(2)),
            html.Td(_when(region.last_success_at, now), **_labelled(3)),
            html.Td(_when(region.last_new_at, now), **_labelled(4)),
            html.Td(say_count(region.incidents), className="number", **_labelled(5)),
            html.Td(say_expectation(region), className="expectation"),
        ]
    )


def _labelled(column: int) -> dict[str, str]:
    """The head of a column beside its cell, for screens too narrow for columns."""
    return {"data-label": _HEAD[column][0]}


def _reporters(reporters: Sequence[Reporter]) -> Any:
    if not reporters:
        return "nobody"
    return html.Ul([_reporter(reporter) for reporter in reporters])


def _reporter(reporter: Reporter) -> html.Li:
    bad = reporter.state != "ok"
    return html.Li(
        [
            reporter.title,
            ": ",
            html.Span(SOURCE_STATES[reporter.state], className="warn" if bad else ""),
        ]
    )


def _when(at: datetime | None, now: datetime) -> Any:
    return [html.Span(format_dtg(at), className="dtg"), age(at, now)] if at else "never"


def _method() -> html.Details:
    return html.Details(
        [
            html.Summary("How this is judged"),
            html.P(
                "A source is late after 1.5 and silent after 3 times the interval at which it "
                "should speak. One that delivers but has had nothing new for longer than its own "
                "record makes plausible (1 %) has old news. A region is "
                f"{STATES[QUIET]} where a source that covers it is on time and tells of nothing in "
                "seven days; degraded where its sources are late, silent or failed; not covered "
                "where none is on. Lists that have ended and our own entries cover nothing."
            ),
            html.P(
                "Expected: what one covering source told of in up to three years before the last "
                "seven days, taken as a Poisson count, with its exact 95 % interval (Garwood). "
                "Incidents come in clusters, so that quiet weeks are somewhat more frequent. Rates "
                "of several sources are not added: they tell of the same events."
            ),
        ],
        className="method",
    )

"""The triage queue: the desk's open incidents, gravest first, with owner, age and next action."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from cop.model.triage import QUEUE_DAYS
from cop.model.vocabulary import (
    ACTS,
    LIFECYCLES,
    SEVERITIES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    domain_of,
    hazards,
    regions,
)
from cop.ui import marks
from cop.ui.panels import triage
from cop.ui.wording import say_age, say_count, say_many, say_when

MOST_ROWS = 100
Row = Mapping[str, Any]


def render(found: Mapping[str, Any], now: datetime) -> list[Any]:
    """The queue as `store.read("queue")` answers it; why it is empty where it is."""
    total = int(found["total"])
    if not total:
        said = (
            "Nothing waits: no new, triaged or active incident of this question was acted on or "
            f"came in within {QUEUE_DAYS} days of happening."
        )
        return [html.P(said, className="desk-empty")]
    rows = found["rows"][:MOST_ROWS]
    said = f"{say_many(total, 'incident')}, {say_count(found['unacknowledged'])} not acknowledged"
    if len(rows) < total:
        said += f"; the first {say_count(len(rows))} are shown"
    return [
        html.P(said + ", gravest first", className="desk-caption"),
        html.Ul([_row(row, now) for row in rows], className="desk-rows"),
    ]


def _row(row: Row, now: datetime) -> html.Li:
    standing = row["triage"]
    state = LIFECYCLES.label(LIFECYCLES.slug(int(row["status"])))
    if not standing or not standing["acknowledged_at"]:
        state += ", not acknowledged"
    return line(
        row,
        [
            html.Span([state, " · ", triage.owner(standing, now)], className="desk-line"),
            html.Span(triage.next_action(standing, now), className="desk-line"),
        ],
        now,
    )


def line(row: Row, more: Sequence[Any], now: datetime) -> html.Li:
    """One incident as a button that opens it: mark, severity, title, where and when, and `more`."""
    severity = int(row["severity"])
    hazard = hazards().slug(int(row["hazard"]))
    occurred_at = row["occurred_at"]
    where = regions().label(regions().slug(int(row["region"]))) if row["region"] else "No position"
    when = say_when(occurred_at, TIME_PRECISIONS.slug(int(row["time_precision"])))
    head = html.Span(
        [
            marks.symbol(
                domain_of(hazard),
                severity,
                ACTS.slug(int(row["act"])),
                VERIFICATIONS.slug(int(row["verification"])),
            ),
            html.Span(str(severity), className="desk-severity"),
            html.Span(f" {SEVERITIES.label(str(severity))} ", className="unseen"),
            marks.foreign(row["title"]),
        ],
        className="desk-title",
    )
    age = html.Span(say_age(now - occurred_at), **{"data-age": f"{occurred_at:%Y-%m-%dT%H:%M:%S}Z"})
    place = html.Span([f"{where} · {when} · ", age], className="desk-line quiet")
    return html.Li(
        html.Button(
            [head, place, *more],
            type="button",
            className="desk-row",
            **{
                "data-go": json.dumps({"sel": row["incident_id"]}),
                "data-row": row["incident_id"],
            },
        )
    )

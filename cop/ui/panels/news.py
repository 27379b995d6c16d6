"""What changed since the officer's last look: each incident new or changed, until it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from cop.model.dtg import format_dtg
from cop.ui.panels import queue
from cop.ui.wording import say_age, say_count, say_many

MOST_ROWS = 100


def render(found: Mapping[str, Any], officer: str, now: datetime) -> list[Any]:
    """The news as `store.read("news")` answers them; why there are none where there are none."""
    if not officer:
        return [
            html.P(
                "What is new depends on who looks: give your name to see what changed since your "
                "last look.",
                className="desk-empty",
            ),
            html.Button(
                "Give your name", type="button", className="button", **{"data-sign-on": ""}
            ),
        ]
    since, total = found["since"], int(found["total"])
    last_look = f"{format_dtg(since)}, your last look" if since else "you signed on"
    if not total:
        return [html.P(f"Nothing new since {last_look}.", className="desk-empty")]
    rows = found["rows"][:MOST_ROWS]
    said = f"{say_many(total, 'incident')} new or changed since {last_look}"
    if len(rows) < total:
        said += f"; the newest {say_count(len(rows))} are shown"
    return [
        html.Div(
            [
                html.P(said, className="desk-caption"),
                html.Button(
                    "Mark all seen",
                    type="button",
                    className="button",
                    title="All incidents, also those outside this question's filters",
                    **{"data-see-all": found["through"].isoformat()},
                ),
            ],
            className="desk-over",
        ),
        html.Ul([_row(row, now) for row in rows], className="desk-rows"),
    ]


def _row(row: Mapping[str, Any], now: datetime) -> html.Li:
    recorded_at = row["recorded_at"]
    moment = {"data-age": f"{recorded_at:%Y-%m-%dT%H:%M:%S}Z"}
    kind = html.Span(row["kind"], className=f"news-kind news-{row['kind']}")
    age = html.Span(say_age(now - recorded_at), **moment)
    said = f" recorded {format_dtg(recorded_at)}, "
    return queue.line(row, [html.Span([kind, said, age], className="desk-line")], now)

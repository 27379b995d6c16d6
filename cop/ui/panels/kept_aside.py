"""Records kept aside: why, from where, and the text to correct and run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from cop.actions import why_not_again
from cop.model.dtg import format_dtg
from cop.model.vocabulary import SOURCES
from cop.ui import ids, marks
from cop.ui.panels.header import age
from cop.ui.wording import say_count, say_many

MOST_EDITED = 200_000


def render_list(
    items: Sequence[Mapping[str, Any]], selected: int, now: datetime, total: int = 0
) -> list[Any]:
    """One button an open record, newest first; `total` where there are more than are listed."""
    if not items:
        return [
            html.P("Nothing is kept aside: every record that came in could be read."),
            html.A("See what came in", href="/sources", className="button"),
        ]
    return [
        html.P(
            f"{say_many(max(total, len(items)), 'record')} could not be read as they came. "
            "Nothing of them is in the picture."
            + (f" The newest {say_count(len(items))} are listed." if total > len(items) else ""),
            className="lead",
        ),
        html.Ul([_line(item, selected, now) for item in items], className="kept"),
    ]


def _line(item: Mapping[str, Any], selected: int, now: datetime) -> html.Li:
    number = int(item["item_id"])
    return html.Li(
        html.Button(
            [
                html.Span(marks.foreign(item["reason"]), className="kept-reason"),
                html.Span(
                    [
                        _feed(item["feed"]),
                        marks.foreign(f" {item['reference']}") if item["reference"] else "",
                        f" · field {item['field']}" if item["field"] else "",
                        " · ",
                        format_dtg(item["kept_at"]),
                        age(item["kept_at"], now),
                    ],
                    className="quiet",
                ),
            ],
            type="button",
            **{
                "data-item": str(number),
                "aria-current": "true" if number == selected else "false",
            },
        )
    )


def render_pane(item: Mapping[str, Any] | None) -> list[Any]:
    """The chosen record: what is wrong with it, its raw text to correct, what can be done."""
    if item is None:
        return [html.P("Choose a record to see it whole.", className="quiet")]
    again = why_not_again(item["feed"])
    raw = bytes(item["raw"]).decode("utf-8", errors="replace")
    header = bytes(item.get("header") or b"").decode("utf-8", errors="replace")
    facts: list[Any] = []
    for name, value in (
        ("Reason", marks.foreign(item["reason"])),
        ("Field", item["field"] or "the record as a whole"),
        ("Feed", _feed(item["feed"])),
        ("Reference", marks.foreign(item["reference"] or "none")),
        ("Kept since", format_dtg(item["kept_at"])),
        ("SHA-256", html.Span(item["raw_sha256"], className="hash")),
    ):
        facts += [html.Dt(name), html.Dd(value)]
    return [
        html.H2(f"Record {int(item['item_id'])}"),
        html.Dl(facts),
        *(
            [html.H3("Columns"), html.Pre(marks.foreign(header[:2_000]), className="raw")]
            if header
            else []
        ),
        html.Label(
            "Record, as received" if again else "Record, to correct",
            htmlFor=ids.ITEM_RAW,
            className="facet-title",
        ),
        dcc.Textarea(
            id=ids.ITEM_RAW,
            value=raw[:MOST_EDITED],
            maxLength=MOST_EDITED,
            className="field raw-edit",
            spellCheck=False,
            readOnly=bool(again),
            dir="auto",
        ),
        html.Div(
            [
                html.Button(
                    "Run again",
                    id=ids.ITEM_RUN,
                    type="button",
                    className="button primary",
                    disabled=bool(again),
                ),
                html.Span(again or "The record as received stays on file.", className="quiet"),
            ],
            className="actions",
        ),
        html.Label("Why it is not needed", htmlFor=ids.ITEM_REASON, className="facet-title"),
        html.Div(
            [
                dcc.Input(
                    id=ids.ITEM_REASON,
                    type="text",
                    value="",
                    maxLength=500,
                    className="field",
                    autoComplete="off",
                ),
                html.Button("Dismiss", id=ids.ITEM_DISMISS, type="button", className="button"),
            ],
            className="actions",
        ),
    ]


def say_tally(tally: Mapping[str, Any]) -> str:
    """What became of a corrected record."""
    for name in ("new", "updated", "unchanged"):
        if tally.get(name):
            return f"The corrected record was taken in: {name}."
    return "The corrected record was not taken in."


def _feed(feed: str) -> str:
    return SOURCES.label(feed) if feed in SOURCES else feed

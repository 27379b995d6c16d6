"""The log of a watch: its head, its entries newest last, the quick note and the strike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from cop.model.dtg import format_dtg
from cop.model.triage import MAX_TEXT
from cop.ui import ids, marks
from cop.ui.panels.header import age

KINDS = {
    "": "All",
    "act": "Acts",
    "note": "Notes",
    "task": "Tasks",
    "measure": "Measures",
    "source": "Sources",
    "watch": "Watch",
}
NO_WATCH = "No watch is on. Entries begin when one is opened; the first act of an officer opens it."
_LATE = timedelta(minutes=2)  # written so much later than it happened, an entry says so
_STRUCK_KINDS = ("note", "measure")


def press(label: str, class_name: str = "", **of_what: Any) -> html.Button:
    """A button of this view: `assets/64-log.js` sends its `act` and numbers to the server."""
    data = {f"data-log-{name}": str(value) for name, value in of_what.items()}
    return html.Button(label, type="button", className=f"button {class_name}".strip(), **data)


def field(name: str, label: str, *, most: int, hint: str = "", names: str = "") -> html.Div:
    """A labelled line to type in; `names` is a list of suggestions."""
    more = {"list": names} if names else {}
    return html.Div(
        [
            html.Label(label, htmlFor=name),
            dcc.Input(
                id=name,
                type="text",
                value="",
                maxLength=most,
                placeholder=hint,
                autoComplete="off",
                className="field",
                **more,
            ),
        ],
        className="log-field",
    )


def choices(name: str, labels: Mapping[str, str], title: str) -> html.Div:
    """One of a few, as buttons; the script keeps the choice in a store of that name."""
    return html.Div(
        [
            dcc.Store(id=name, data=""),
            *(
                html.Button(
                    label,
                    type="button",
                    className="theme",
                    **{
                        "data-log-into": name,
                        "data-log-value": value,
                        "aria-pressed": "false" if value else "true",
                    },
                )
                for value, label in labels.items()
            ),
        ],
        className="themes",
        role="group",
        **{"aria-label": title},
    )


def layout_note() -> html.Div:
    """The quick note: a text, and where known the time and the incident."""
    return html.Div(
        [
            html.H2("Note"),
            html.Label("What happened or was done", htmlFor=ids.LOG_NOTE, className="unseen"),
            dcc.Textarea(
                id=ids.LOG_NOTE,
                value="",
                maxLength=MAX_TEXT,
                rows=2,
                placeholder="What happened or was done",
                className="field log-text",
            ),
            html.Div(
                [
                    field(ids.LOG_NOTE_AT, "Happened at", most=60, hint="now, 1305Z, 231305Z NOV"),
                    field(ids.LOG_NOTE_OF, "Incident", most=300, hint="its id or link"),
                    press("Write it down", "primary", act="note"),
                ],
                className="log-line",
            ),
        ],
        className="card",
    )


def layout_strike() -> html.Div:
    """The strike of an entry, shown once one is chosen."""
    return html.Div(
        [
            dcc.Store(id=ids.LOG_STRIKE_NO, data=0),
            html.P(id=ids.LOG_STRIKE_OF),
            html.Div(
                [
                    field(ids.LOG_STRIKE_WHY, "Why it is struck", most=MAX_TEXT),
                    press("Strike the entry", "primary", act="strike"),
                    press("Leave it", act="strike-none"),
                ],
                className="log-line",
            ),
        ],
        id=ids.LOG_STRIKE,
        className="card",
        hidden=True,
        role="group",
        **{"aria-label": "Strike an entry"},
    )


def layout_filters() -> html.Div:
    """Which entries are shown: by kind, officer and incident."""
    return html.Div(
        [
            choices(ids.LOG_KIND, KINDS, "Kind of entry"),
            field(ids.LOG_BY, "Officer", most=60, names=ids.LOG_NAMES),
            field(ids.LOG_OF, "Incident or words", most=300),
        ],
        className="log-line",
    )


def render_head(
    watch: Mapping[str, Any] | None,
    watches: Sequence[Mapping[str, Any]],
    now: datetime,
) -> list[Any]:
    """Which watch is shown, who opened it and since when; the others to choose from.

    `watches` are newest first; the newest that is not closed is on.
    """
    if watch is None:
        return [
            html.H2("Watch log", className="view-title"),
            html.P(NO_WATCH, className="lead"),
            press("Open the watch", "primary", act="open"),
        ]
    closed = watch["closed_at"]
    facts: list[Any] = [
        "opened by ",
        marks.foreign(watch["opened_by"]),
        f" at {format_dtg(watch['opened_at'])}",
    ]
    if closed:
        facts += [f", closed at {format_dtg(closed)}, relieved by "]
        facts += [marks.foreign(watch["relieved_by"]), ". It is closed and can only be read."]
    else:
        facts.append(age(watch["opened_at"], now))
    others = [one for one in watches if one["watch_no"] != watch["watch_no"]]
    return [
        html.H2(f"Watch {watch['watch_no']}", className="view-title"),
        html.P(facts, className="lead"),
        *([_others(others, watches[0]["watch_no"])] if others else []),
    ]


def _others(others: Sequence[Mapping[str, Any]], newest: int) -> html.Div:
    return html.Div(
        [
            press(
                f"Back to watch {newest}"
                if one["watch_no"] == newest
                else f"{one['watch_no']} · {format_dtg(one['opened_at'])} · {one['opened_by']}",
                act="watch",
                no=0 if one["watch_no"] == newest else one["watch_no"],
            )
            for one in others
        ],
        className="log-watches",
        role="group",
        **{"aria-label": "Other watches"},
    )


def choose_entries(
    entries: Sequence[dict[str, Any]], kind: str, by: str, of: str
) -> list[dict[str, Any]]:
    """The entries of a kind, by an officer, and on an incident or with the words typed."""
    by, of = by.strip().casefold(), of.strip().casefold()
    return [
        entry
        for entry in entries
        if (not kind or entry["kind"] == kind)
        and by in str(entry["actor"]).casefold()
        and (of in str(entry["incident_id"]).casefold() or of in str(entry["text"]).casefold())
    ]


def render_entries(
    shown: Sequence[dict[str, Any]], held: int, total: int, *, open_watch: bool
) -> list[Any]:
    """The entries as a table, newest last. `held` are those asked of, `total` all of the watch."""
    if not total:
        return [html.P("Nothing is written in this log yet.", className="quiet")]
    said = []
    if held < total:
        said.append(f"The newest {held} of {total} entries are here.")
    if len(shown) < held:
        said.append(f"{len(shown)} of {held} meet what is asked for.")
    head = ("No.", "Time", "Kind", "What", "Who", "")
    return [
        *([html.P(" ".join(said), className="quiet")] if said else []),
        html.Div(
            html.Table(
                [
                    html.Thead(
                        html.Tr(
                            [
                                html.Th(name, scope="col")
                                if name
                                else html.Td(html.Span("Strike", className="unseen"))
                                for name in head
                            ]
                        )
                    ),
                    html.Tbody([_row(entry, open_watch) for entry in shown]),
                ],
                className="log-table",
            ),
            className="table",
            tabIndex=0,
            role="region",
            **{"aria-label": "Entries of the log"},
        ),
    ]


def _row(entry: Mapping[str, Any], open_watch: bool) -> html.Tr:
    number, struck = int(entry["entry_no"]), entry["struck_by"]
    text = marks.foreign(entry["text"])
    words: list[Any] = [html.Del(text), f" struck by entry {struck}"] if struck else [text]
    if entry["incident_id"]:
        words += [" ", link(entry["incident_id"])]
    when: list[Any] = [format_dtg(entry["happened_at"])]
    if entry["written_at"] - entry["happened_at"] > _LATE:
        when.append(html.Div(f"written {format_dtg(entry['written_at'])}", className="quiet"))
    may_strike = open_watch and not struck and entry["strikes"] is None
    return html.Tr(
        [
            html.Td(str(number), className="number"),
            html.Td(when),
            html.Td(entry["kind"]),
            html.Td(words, className="log-words"),
            html.Td(marks.foreign(entry["actor"])),
            html.Td(
                [
                    html.Button(
                        "Strike …",
                        type="button",
                        className="link",
                        **{
                            "data-log-act": "strike-choose",
                            "data-log-no": str(number),
                            "aria-label": f"Strike entry {number}",
                        },
                    )
                ]
                if may_strike and entry["kind"] in _STRUCK_KINDS
                else []
            ),
        ],
        className="struck" if struck else "",
        id=f"entry-{number}",
    )


def link(incident_id: str) -> html.A:
    """The incident on the watch view."""
    return html.A("open incident", href=f"/watch?sel={quote(incident_id)}", title=incident_id)

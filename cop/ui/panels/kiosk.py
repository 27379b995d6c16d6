"""The kiosk: what a screen on the wall has beside the map: a clock, the newest, views in turn.

It stands on the page of the watch, unseen until the address says `kiosk=1`; `assets/73-kiosk.js`
turns it on and goes through the views. It shows the very answer that a desk with the same address
shows, with the same marking.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from cop.errors import BadQuestion
from cop.model.viewer import Viewer
from cop.query.url import MAX_QUERY, view_of
from cop.query.where import Where
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, text
from cop.ui.look import kiosk_views, look_of
from cop.ui.panels import incidents, saved
from cop.ui.plain import seal

NEWEST = 8


def layout() -> html.Div:
    """The kiosk before its first answer, in no place of its own until it is turned on."""
    return html.Div(
        [
            html.Div("", id=f"{ids.KIOSK}-name", className="kiosk-name foreign", dir="auto"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div("", id=f"{ids.KIOSK}-clock", className="kiosk-clock"),
                            html.Div("", id=f"{ids.KIOSK}-as-of", className="kiosk-as-of"),
                        ],
                        className="kiosk-time",
                    ),
                    html.Section(
                        [html.H2("Newest"), html.Div(id=ids.KIOSK_NEWEST)],
                        className="kiosk-newest",
                        **{"aria-label": "The newest incidents"},
                    ),
                ],
                className="kiosk-side",
            ),
            html.Div(
                [
                    html.Span("", id=f"{ids.KIOSK}-said"),
                    html.Button(
                        "Leave the kiosk (Esc)",
                        type="button",
                        className="button",
                        **{"data-kiosk": "leave"},
                    ),
                ],
                className="kiosk-foot",
            ),
            dcc.Store(id=ids.KIOSK_TURN),
            dcc.Store(id=ids.KIOSK_VIEWS),
        ],
        id=ids.KIOSK,
        className="kiosk",
    )


def answer(services: Services, viewer: Viewer, turn: str, search: str) -> list[Any]:
    """The newest incidents of the address, and the saved views that it goes through."""
    if not turn or view_of(search).get("kiosk") != "1":
        return [no_update, no_update]
    try:
        look_of(search.lstrip("?"), services.layers)
        where = services.ask(search, viewer)
    except BadQuestion as error:
        return [[html.P(str(error), className="kiosk-none")], no_update]
    return [seal(render(services, where)), views(services, viewer, search)]


def render(services: Services, where: Where) -> list[Any]:
    """The newest incidents of a question, as a list."""
    page = services.page(
        where,
        start=0,
        stop=NEWEST,
        sort="occurred_at",
        descending=True,
        only_unlocated=False,
    )
    rows = incidents.rows(page)
    if not rows:
        return [html.P("No incident meets this view's question.", className="kiosk-none")]
    return [html.Ol([_row(row) for row in rows], className="kiosk-rows")]


def _row(row: dict[str, Any]) -> html.Li:
    return html.Li(
        [
            html.Div(
                [
                    marks.symbol(row["domain"], row["severity"], row["act"], row["verification"]),
                    html.Span(str(row["severity"]), className="kiosk-severity"),
                    html.Span(f" {row['severity_word']} ", className="unseen"),
                    marks.foreign(row["title"], "kiosk-title"),
                ],
                className="kiosk-head",
            ),
            html.Div(
                [
                    html.Span("", className="kiosk-age", **{"data-age": row["at"]}),
                    " · unverified" if row["verification"] == "unverified" else "",
                    f" · {row['region']} · {row['when']}",
                ],
                className="kiosk-line",
            ),
        ]
    )


def views(services: Services, viewer: Viewer, search: str) -> dict[str, Any]:
    """The saved views that an address goes through, in its order, and how many are gone."""
    asked = kiosk_views(view_of(search).get("views"))
    by_number = {int(row["saved_no"]): row for row in saved.find(services, viewer)} if asked else {}
    found = [by_number[number] for number in asked if number in by_number]
    return {
        "gone": len(asked) - len(found),
        "views": [{"name": str(row["name"]), "query": str(row["body"])} for row in found],
    }


def register(callbacks: Callbacks) -> None:
    """Attach the kiosk's callbacks; its script asks when a new picture has come."""
    callbacks.script("kioskTurn", [Output(ids.KIOSK_TURN, "data")], [Input(ids.SHOWN, "data")])
    callbacks.answer(
        [Output(ids.KIOSK_NEWEST, "children"), Output(ids.KIOSK_VIEWS, "data")],
        [Input(ids.KIOSK_TURN, "data")],
        [State(ids.ADDRESS, "search")],
        checks=[text(40), text(MAX_QUERY + 2_000)],
        work=answer,
        prevent_initial_call=True,
    )

"""Saved views and areas under a name, for oneself or for all officers; the way to the kiosk.

The form is drawn once and never again, so that no answer takes a typed name away; the list is
asked for while the panel is open (`assets/71-saved.js`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from dash import Input, Output, State, dcc, html, no_update

from cop import desk
from cop.errors import BadInput, BadQuestion, Conflict, NotFound, Refused
from cop.model.dtg import format_dtg
from cop.model.triage import read_text
from cop.model.viewer import Viewer
from cop.query.url import MAX_QUERY, query_of
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping, text
from cop.ui.look import look_of
from cop.ui.panels import saved_areas
from cop.ui.plain import seal

MOST_NAME = 60
# Of one session or one pair of eyes, not of the view.
SESSION_KEYS = ("sel", "tab", "theme", "kiosk", "views", "every")
NO_NAME = "Give your name first: it signs what you save."
Row = Mapping[str, Any]


def layout() -> html.Details:
    """The control beside the question."""
    return html.Details(
        [
            html.Summary("Views", className="button", title="Saved views and kiosk"),
            html.Div(
                [
                    html.Form(
                        [
                            html.Label("Save this view as", htmlFor=ids.SAVED_NAME),
                            dcc.Input(
                                id=ids.SAVED_NAME,
                                type="text",
                                maxLength=MOST_NAME,
                                autoComplete="off",
                                className="field",
                            ),
                            html.Div(
                                [
                                    html.Button(
                                        "For all officers",
                                        type="button",
                                        role="checkbox",
                                        className="option",
                                        **{"aria-checked": "false", "data-saved-shared": ""},
                                    ),
                                    html.Button(
                                        "Save only its area",
                                        type="button",
                                        className="button",
                                        hidden=True,
                                        id=ids.SAVED_AREA,
                                        title="The box or area drawn on the map, to ask within "
                                        "it again with any other filters",
                                    ),
                                    html.Button("Save", type="submit", className="button primary"),
                                ],
                                className="saved-line",
                            ),
                        ],
                        id=f"{ids.SAVED}-form",
                        className="saved-form",
                    ),
                    html.P("", id=ids.SAVED_RESULT, className="saved-said", role="status"),
                    html.Div(id=ids.SAVED_LIST, className="saved-list"),
                    html.Div(
                        [
                            html.A(
                                "Kiosk of this view",
                                href="/watch?kiosk=1",
                                id=ids.SAVED_KIOSK,
                                className="button",
                                title="Large type for a screen on the wall; Esc leaves it",
                            ),
                            html.Button(
                                "Copy link",
                                type="button",
                                className="button",
                                title="The link to this view as it is now",
                                **{"data-saved-copy": ""},
                            ),
                        ],
                        className="saved-line",
                    ),
                    dcc.Store(id=ids.SAVED_TURN),
                    dcc.Store(id=ids.SAVED_ASK),
                    dcc.Store(id=ids.SAVED_SAID),
                    dcc.Store(id=ids.SAVED_SHOWN, data=""),
                ],
                className="drop saved",
            ),
        ],
        id=ids.SAVED,
        className="drop-down",
    )


def find(services: Services, viewer: Viewer, kind: str = "view") -> list[Row]:
    """The officer's own views (or areas) with those that others share, by name."""
    found: list[Row] = services.store.read("saved", viewer, officer=viewer.officer, kind=kind)
    return found


def render(rows: list[Row], officer: str) -> list[Any]:
    """The list of saved views; what it is for where there are none."""
    if not rows:
        said = "No view is saved yet. A name keeps the question, the layers and where the map is."
        return [html.P(said, className="quiet")]
    return [
        html.Ul([_row(row, officer) for row in rows], className="saved-rows"),
        html.P("Tick the views that a kiosk goes through.", className="quiet"),
    ]


def _row(row: Row, officer: str) -> html.Li:
    number, name = int(row["saved_no"]), str(row["name"])
    is_mine = bool(officer) and row["owner"] == officer
    whose = "yours, shared" if is_mine and row["shared"] else "yours"
    owner: list[Any] = [whose] if is_mine else ["of ", marks.foreign(str(row["owner"]))]
    parts: list[Any] = [
        html.Button(
            [],
            type="button",
            role="checkbox",
            className="option saved-pick",
            title="In the kiosk's round",
            **{
                "aria-checked": "false",
                "aria-label": f"{name}: in the kiosk's round",
                "data-saved-pick": str(number),
            },
        ),
        html.Span(
            [
                html.A(
                    marks.foreign(name),
                    href=link_of(row),
                    className="saved-name",
                    **{"data-saved-open": ""},
                ),
                html.Span([*owner, f", {format_dtg(row['saved_at'])}"], className="note"),
            ],
            className="saved-words",
        ),
    ]
    if is_mine:
        parts.append(
            html.Button(
                "Retire",
                type="button",
                className="button",
                title="Take it off the list",
                **{
                    "aria-label": f"Retire {name}",
                    "data-saved-retire": str(number),
                },
            )
        )
    return html.Li(parts)


def link_of(row: Row) -> str:
    """The link to a saved view: its whole address, which anybody's screen can open."""
    return f"/watch?{row['body']}" if row["body"] else "/watch"


def view_to_save(services: Services, viewer: Viewer, search: str) -> str:
    """What is kept of an address: all but what belongs to one session.

    Raises BadInput naming `query` for an address that has no answer.
    """
    pairs = parse_qsl(query_of(search).lstrip("?"), keep_blank_values=True)
    kept = [(key, value) for key, value in pairs if key not in SESSION_KEYS]
    body = "&".join(f"{quote(key)}={quote(value, safe=',:;./-')}" for key, value in kept)
    try:
        look_of(body, services.layers)
        services.ask(body, viewer)
    except BadQuestion as error:
        raise BadInput(f"query: {error}", "query") from error
    return body


def answer(services: Services, viewer: Viewer, turn: str, shown: str) -> list[Any]:
    """The list, where it differs from what the page shows; nothing before it is opened."""
    if not turn:
        return [no_update, no_update]
    rows, areas = find(services, viewer), find(services, viewer, "area")
    versions = [(row["saved_no"], row["version"]) for row in (*rows, *areas)]
    key = hashlib.sha256(repr((viewer.officer, versions)).encode()).hexdigest()[:20]
    if key == shown:
        return [no_update, no_update]
    shown_now = [*render(rows, viewer.officer), *saved_areas.render(areas, viewer.officer)]
    return [seal(shown_now), key]


def do(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """Save or retire what the page asks for, and say what came of it.

    `asked` has `n`, `act` ("save", "save_area" or "retire"), and `name`, `search`, `shared`, or
    `number`.
    """
    if not asked:
        return [no_update]
    said = {"n": asked.get("n"), "act": asked.get("act"), "ok": False}
    if not viewer.officer:
        return [said | {"words": NO_NAME, "needs_name": True}]
    try:
        act = {"save": _save, "save_area": _save, "retire": _retire}.get(str(asked.get("act")))
        if act is None:
            raise BadInput("act: the page asked for nothing that is done here", "act")
        return [said | {"ok": True, "words": act(services, viewer, asked)}]
    except (BadInput, Conflict, NotFound, Refused) as error:
        field = getattr(error, "field", "") or ""
        words = str(error).removeprefix(f"{field}: ")
        return [said | {"words": words[:1].upper() + words[1:], "field": field}]


def _save(services: Services, viewer: Viewer, asked: dict[str, Any]) -> str:
    name, search = asked.get("name"), asked.get("search")
    if not isinstance(name, str) or not isinstance(search, str):
        raise BadInput("name: the page sent no name or no address", "name")
    if not name.strip():
        raise BadInput("name: give it a name", "name")
    name = read_text("name", name, required=True, most=MOST_NAME)
    kind = "area" if asked["act"] == "save_area" else "view"
    shared = asked.get("shared") is True
    is_known = any(
        row["name"] == name and row["owner"] == viewer.officer
        for row in find(services, viewer, kind)
    )
    if kind == "area":
        corners = saved_areas.corners_of(services, viewer, search)
        desk.save_area(services.store, viewer, viewer.officer, name, corners, shared=shared)
    else:
        body = view_to_save(services, viewer, search)
        desk.save_view(services.store, viewer, viewer.officer, name, body, shared=shared)
    return f"{'Saved over' if is_known else 'Saved'}: {name}"


def _retire(services: Services, viewer: Viewer, asked: dict[str, Any]) -> str:
    number = asked.get("number")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise BadInput("number: the page named no saved view", "number")
    desk.retire_saved(services.store, viewer, viewer.officer, number)
    return "Retired; links to it still work"


def register(callbacks: Callbacks) -> None:
    """Attach the panel's callbacks."""
    callbacks.answer(
        [Output(ids.SAVED_LIST, "children"), Output(ids.SAVED_SHOWN, "data")],
        [Input(ids.SAVED_TURN, "data")],
        [State(ids.SAVED_SHOWN, "data")],
        checks=[text(200), text(100)],
        work=answer,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.SAVED_SAID, "data")],
        [Input(ids.SAVED_ASK, "data")],
        checks=[mapping(MAX_QUERY + 5_000)],
        work=do,
        prevent_initial_call=True,
    )
    callbacks.script("savedSaid", [], [Input(ids.SAVED_SAID, "data")], prevent_initial_call=True)
    callbacks.script("savedDrawn", [], [Input(ids.SAVED_SHOWN, "data")], prevent_initial_call=True)

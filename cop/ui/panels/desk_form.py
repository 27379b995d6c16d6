"""Acting on the open incident: the form at its foot, and the one way an act reaches the desk.

The form stands beside the detail, not in it, so that an answer which draws the detail again takes
no typed word away. Which fields an act shows, and the drafts, are `assets/61-desk.js`'s.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from cop import desk
from cop.errors import BadInput, BadQuestion, Conflict, CopError, NotFound
from cop.model.triage import ACTS_OF_DESK, MAX_TEXT
from cop.model.viewer import OFFICER_CHARACTERS, Viewer
from cop.model.vocabulary import LIFECYCLES, SEVERITIES, VERIFICATIONS
from cop.query.filters import Filters
from cop.query.url import MAX_QUERY, view_of
from cop.query.where import compile_where
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, mapping, text, whole
from cop.ui.panels import response, response_acts, response_form, triage
from cop.ui.panels.due_time import read_due

NO_NAME = "Give your name first: it signs what you do."
# What the answer says again of the act, so that the page knows which one it is of.
_ECHOED = ("n", "name", "id", "number", "form")


def layout() -> list[Any]:
    """The form, hidden until an act that needs words is chosen, and what it sends."""
    return [
        dcc.Store(id=ids.DESK_ASK),
        dcc.Store(id=ids.DESK_SAID),
        dcc.Store(id=ids.DESK_OPENED),
        html.Form(
            [
                html.H3("", className="desk-form-title"),
                _typed("owner", "Assign to", OFFICER_CHARACTERS[1]),
                _chosen("status", "Status", LIFECYCLES),
                _chosen("verification", "Verification", VERIFICATIONS),
                _chosen("severity", "Severity", SEVERITIES),
                _typed("next_action", "Next action", 300),
                _typed("next_due_at", "Due (+2h, 231800Z or 2026-11-23T18:00Z)", 40),
                _typed("text", "Reason", MAX_TEXT, rows=3),
                html.P("", className="desk-why", role="alert"),
                html.Div(
                    [
                        html.Button("Do it", type="submit", className="button primary"),
                        html.Button(
                            "Cancel", type="button", className="button", **{"data-desk": "cancel"}
                        ),
                    ],
                    className="desk-acts",
                ),
            ],
            id=ids.DESK_FORM,
            className="desk-form",
            hidden=True,
            **{"aria-label": "Act on this incident"},
        ),
        response_form.layout(),
        html.Div(id=f"{ids.DESK_FORM}-result", className="desk-result", role="status"),
    ]


def _typed(name: str, label: str, most: int, rows: int = 1) -> html.Label:
    typed = html.Textarea(name=name, rows=rows, maxLength=most, className="field", dir="auto")
    return html.Label([html.Span(label), typed], **{"data-desk-field": name})


def _chosen(name: str, label: str, vocabulary: Any) -> html.Label:
    options = [html.Option(vocabulary.label(slug), value=slug) for slug in vocabulary.slugs]
    return html.Label(
        [html.Span(label), html.Select(options, name=name, className="field")],
        **{"data-desk-field": name},
    )


def do_act(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """Do what the page asks for and say what came of it; nothing typed is lost on a refusal.

    `asked` names the act (`name`), the incident (`id`), what the officer saw (`version`,
    `act_no`) and `fields`, all texts. A conflict also says what stands now, so that the officer
    can look and send the same words again.
    """
    if not asked:
        return [no_update]
    said = {"ok": False} | {name: asked.get(name) for name in _ECHOED if name in asked}
    if not viewer.officer:
        return [said | {"words": NO_NAME, "needs_name": True}]
    is_response = response_acts.is_one(asked.get("name"))
    try:
        if is_response:
            response_acts.do(services, viewer, asked)
            return [said | {"ok": True}]
        act_no = _act(services, viewer, asked)
    except (BadInput, Conflict, NotFound) as error:
        field = getattr(error, "field", "") or ""
        words = str(error).removeprefix(f"{field}: ")
        look = response_acts.stands_now if is_response else _stands_now
        now = look(services, viewer, asked) if isinstance(error, Conflict) else {}
        return [said | now | {"words": words[:1].upper() + words[1:], "field": field}]
    return [said | {"ok": True, "act_no": act_no}]


def _act(services: Services, viewer: Viewer, asked: dict[str, Any]) -> int:
    """One act from what a page sent, each part checked. Raises BadInput naming the part."""
    name, incident_id, fields = asked.get("name"), asked.get("id"), asked.get("fields")
    if name == "see_all":
        return _see_all(services, viewer, asked)
    if not isinstance(name, str) or name not in ACTS_OF_DESK:
        raise BadInput("act: the desk does not know this", "act")
    if not isinstance(incident_id, str) or not isinstance(fields, dict):
        raise BadInput("act: the page sent no incident or no fields", "act")
    if name == "undo":
        number = _number(asked, "number")
        return desk.undo(services.store, viewer, viewer.officer, number)
    known = ACTS_OF_DESK[name]
    given: dict[str, Any] = {}
    for field in (*known.needs, *known.takes):
        value = fields.get(field, "")
        if not isinstance(value, str):
            raise BadInput(f"{field}: the page sent no text", field)
        given[field] = value
    if "next_due_at" in given:
        given["next_due_at"] = read_due(given["next_due_at"], services.store.clock())
    seen = "expected_version" if known.makes_version else "expected_act"
    number = _number(asked, "version" if known.makes_version else "act_no")
    return desk.act(
        services.store, viewer, viewer.officer, incident_id, name, **{seen: number}, **given
    )


def _see_all(services: Services, viewer: Viewer, asked: dict[str, Any]) -> int:
    """Count all as seen up to the moment of the answer that the page showed."""
    try:
        through = datetime.fromisoformat(str(asked.get("through")))
    except ValueError as error:
        raise BadInput("through: the page sent no moment", "through") from error
    desk.see_all(services.store, viewer.officer, through)
    return 0


def _number(asked: dict[str, Any], part: str) -> int:
    value = asked.get(part)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadInput(f"{part}: the page sent no number of what was seen", part)
    return value


def _stands_now(services: Services, viewer: Viewer, asked: dict[str, Any]) -> dict[str, Any]:
    """The version and the last act that stand, for an officer who goes on after a conflict."""
    incident = services.detail(str(asked["id"]), viewer)["incident"]
    standing, _ = triage.find(services, viewer, incident)
    return {"version": int(incident["version"]), "act_no": int(standing.get("act_no", 0))}


def keep_up(
    services: Services,
    viewer: Viewer,
    _desk: int,
    _version: int,
    _on_watch: str,
    said: dict[str, Any],
    selected: str,
    search: str,
    shown: str,
    shown_response: str,
) -> list[Any]:
    """The sections of the open detail, desk and response, where they differ from the page's."""
    nothing = [no_update] * 4
    if not selected or view_of(search).get("as_known_at"):
        return nothing
    try:
        incident = services.detail(selected, viewer)["incident"]
    except NotFound:
        return nothing  # the detail itself says so
    now = services.store.clock()
    standing, acts = triage.find(services, viewer, incident)
    key = triage.key_of(incident, standing, viewer.officer)
    answer = list(nothing)
    if key != shown:
        answer[:2] = [triage.render(incident, standing, acts, viewer, now), key]
    found = response.find(services, viewer, incident)
    refused = response.refusal_of(said, selected)
    key = response.key_of(incident, *found, refused)
    if key != shown_response:
        answer[2:] = [response.render(incident, *found, refused, now), key]
    return answer


def see(services: Services, viewer: Viewer, selected: str, _on_watch: str) -> list[Any]:
    """Count the incident that was opened as seen by the officer, where it was news."""
    if not selected or not viewer.officer:
        return [no_update]
    try:
        where = compile_where(Filters(id=(selected,)), viewer, now=services.store.clock())
    except (BadQuestion, CopError):
        return [no_update]
    news = services.store.read("news", where, officer=viewer.officer)
    pairs = [(row["incident_id"], int(row["version"])) for row in news["rows"]]
    if not pairs:
        return [no_update]
    desk.mark_seen(services.store, viewer.officer, pairs)
    return [selected]


def register(callbacks: Callbacks) -> None:
    """Attach the callbacks of acts and of the desk's section."""
    callbacks.answer(
        [Output(ids.DESK_SAID, "data")],
        [Input(ids.DESK_ASK, "data")],
        checks=[mapping(20_000)],
        work=do_act,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [
            Output(part, prop)
            for part in (ids.DESK_PANEL, ids.RESPONSE_PANEL)
            for prop in ("children", "data-of")
        ],
        [
            Input(ids.DESK_VERSION, "data"),
            Input(ids.STORE_VERSION, "data"),
            Input(ids.ON_WATCH, "data"),
            Input(ids.DESK_SAID, "data"),
        ],
        [
            State(ids.SELECTED, "data"),
            State(ids.ADDRESS, "search"),
            State(ids.DESK_PANEL, "data-of"),
            State(ids.RESPONSE_PANEL, "data-of"),
        ],
        checks=[
            whole,
            whole,
            text(100),
            mapping(20_000),
            text(200),
            text(MAX_QUERY + 2_000),
            text(1_000),
            text(1_000),
        ],
        work=keep_up,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.DESK_OPENED, "data")],
        [Input(ids.SELECTED, "data"), Input(ids.ON_WATCH, "data")],
        checks=[text(200), text(100)],
        work=see,
        prevent_initial_call=True,
    )
    callbacks.script("deskSaid", [], [Input(ids.DESK_SAID, "data")], prevent_initial_call=True)
    callbacks.script("signedOn", [], [Input(ids.ON_WATCH, "data")], prevent_initial_call=True)

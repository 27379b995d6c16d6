"""Taking a report down: a typed line fills a form, beside what is known already.

The drawer stands over the list and never over the map. Its form belongs to the officer: the
server proposes, `assets/66-report.js` keeps what was edited by hand, and the draft.
"""

from __future__ import annotations

from typing import Any

import orjson
from dash import Input, Output, dcc, html, no_update

from cop.errors import BadInput, Conflict, NotFound
from cop.feeds.desk import FEED
from cop.model.marking import strictest
from cop.model.viewer import Viewer
from cop.model.vocabulary import ACTS, MARKINGS, hazards
from cop.quick_entry import (
    FIELDS,
    BadForm,
    Filled,
    Flaw,
    fill_form,
    form_of,
    record_report,
    shown_at,
)
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping
from cop.ui.panels import report_form, report_known

MOST_SENT = 120_000
MOST_TYPED = 20_000
NO_NAME = "Give your name first: it signs the report."
BELOW_FLOOR = "Below this desk's floor, {}: sure that it may go so far?"
ABOVE_CLEARANCE = "Above what this screen is cleared for: nobody here could read it."
_TEMPLATE = (
    "place", "vessel_name", "vessel_type", "vessel_imo", "vessel_flag", "vessel_mmsi",
    "vessel_call_sign", "vessel_status", "summary",
)  # fmt: skip


def button() -> html.Button:
    """The button that opens the drawer; it says when a draft is waiting."""
    return html.Button(
        "Report",
        id=ids.REPORT_OPEN,
        type="button",
        className="button",
        title="Take a report down (r)",
        **{"data-report": "open", "aria-expanded": "false", "aria-controls": ids.REPORT},
    )


def layout() -> list[Any]:
    """The drawer, closed, and the line that says what became of a report."""
    return [
        dcc.Store(id=ids.REPORT_ASK),
        dcc.Store(id=ids.REPORT_SAID),
        dcc.Store(id=ids.REPORT_ALIKE),
        dcc.Store(id=ids.REPORT_SAVE),
        dcc.Store(id=ids.REPORT_SAVED),
        dcc.Store(id=ids.REPORT_SIGNS),
        html.Section(
            [
                html.Div(
                    [
                        html.H2("Report an incident"),
                        html.Button(
                            marks.icon("close"),
                            type="button",
                            className="icon-button",
                            title="Close, the draft is kept (Esc)",
                            **{
                                "aria-label": "Close, the draft is kept",
                                "data-report": "close",
                            },
                        ),
                    ],
                    className="detail-bar report-bar",
                ),
                html.Form(
                    report_form.layout(),
                    className="report-form",
                    **{"data-report-form": "", "aria-label": "The report"},
                ),
            ],
            id=ids.REPORT,
            className="report-drawer",
            hidden=True,
            **{"aria-label": "Report an incident"},
        ),
        html.Div(
            [
                html.Span("", className="report-kept-words", role="status"),
                html.Button(
                    "Back to the report",
                    type="button",
                    className="button",
                    **{"data-report": "open"},
                ),
            ],
            id=ids.REPORT_KEPT,
            className="report-kept",
            hidden=True,
        ),
        html.Div(
            [
                html.Span("Press the map where it happened."),
                html.Button(
                    "Back to the form",
                    type="button",
                    className="button",
                    **{"data-report": "unpick"},
                ),
            ],
            className="report-picking",
            role="status",
        ),
    ]


def read(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """What the form shows of a line, or of the incident that it begins from.

    `asked` holds the number of the question (`n`), `line`, `form` (all texts), `edited` (names of
    fields) and `exact`; for a template only `n` and `template`, an incident's id.
    """
    if not asked:
        return [no_update]
    if "template" in asked:
        return [_template(services, viewer, asked)]
    try:
        filled, form = _fill(services, asked)
    except BadInput as error:
        at = shown_at(error.field or "line")
        return [{"n": asked.get("n"), "flaws": {at: _flaw("error", str(error))}}]
    return [_shown(filled) | {"n": asked.get("n"), "at": report_known.place_of(form)}]


def know(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """What is known already of what `read` reads, and how many reports may be the same.

    It is a question of its own: the form does not wait for the store.
    """
    if not asked or "template" in asked:
        return [no_update, no_update]
    try:
        _, form = _fill(services, asked)
    except BadInput:
        return [no_update, no_update]  # `read` says what is wrong
    known, alike = report_known.render(services, viewer, form)
    return [known, {"n": asked.get("n"), "alike": alike}]


def _fill(services: Services, asked: dict[str, Any]) -> tuple[Filled, dict[str, Any]]:
    line, fields, edited, exact = _sent(asked)
    filled = fill_form(services.geography, line, fields, edited, exact, services.store.clock())
    return filled, form_of(line, filled.fields, filled.exact)


def _shown(filled: Filled) -> dict[str, Any]:
    marking = filled.fields["tlp"] or FEED.marking
    flaws = dict(filled.flaws)
    if marking in MARKINGS and MARKINGS.code(marking) < MARKINGS.code(FEED.marking):
        flaws["tlp"] = Flaw("check", BELOW_FLOOR.format(MARKINGS.label(FEED.marking)))
    return {
        "fields": filled.fields,
        "exact": filled.exact,
        "flaws": {name: _flaw(one.level, one.words) for name, one in flaws.items()},
        "hints": filled.hints,
    }


def _flaw(level: str, words: str) -> dict[str, str]:
    return {"level": level, "words": words}


def _sent(asked: dict[str, Any]) -> tuple[str, dict[str, str], list[str], dict[str, Any]]:
    """The parts of what a page sent, each checked. Raises BadInput."""
    line, form, edited = asked.get("line"), asked.get("form"), asked.get("edited")
    exact = asked.get("exact") or {}
    if not isinstance(line, str) or len(line) > MOST_TYPED:
        raise BadInput(f"A line has {MOST_TYPED:,} characters at most.", "line")
    if not (isinstance(form, dict) and isinstance(edited, list) and isinstance(exact, dict)):
        raise BadInput("The page sent no form.", "line")
    fields = {name: form.get(name, "") for name in FIELDS}
    for name, value in fields.items():
        if not isinstance(value, str) or len(value) > MOST_TYPED:
            raise BadInput(f"That has more than {MOST_TYPED:,} characters or is no text.", name)
    return line, fields, [name for name in FIELDS if name in edited], exact


def _template(services: Services, viewer: Viewer, asked: dict[str, Any]) -> dict[str, Any]:
    """An incident as a form: when and where are left open, and so is how sure it was."""
    try:
        incident = services.detail(str(asked["template"])[:200], viewer)["incident"]
    except NotFound:
        return {"n": asked.get("n"), "missing": "There is no such incident to begin from."}
    fields = {name: str(incident[name] or "") for name in _TEMPLATE}
    fields |= {
        "hazard": hazards().slug(incident["hazard"]),
        "act": ACTS.slug(incident["act"]),
        "severity": str(int(incident["severity"])),
    }
    if fields["hazard"] == "unclassified":
        fields["hazard"] = ""
    # Its words go no further than they came: a stricter marking stays, a laxer one does not.
    marking = strictest(MARKINGS.slug(incident["tlp"]), FEED.marking)
    fields["tlp"] = "" if marking == FEED.marking else marking
    return {"n": asked.get("n"), "template": incident["reference"], "fields": fields}


def save(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """Record the form as it is shown; its incident's id, or what is wrong, field by field."""
    if not asked:
        return [no_update]
    said = {"n": asked.get("n"), "ok": False}
    if not viewer.officer:
        return [said | {"words": NO_NAME, "needs_name": True}]
    try:
        return [said | _save(services, viewer, asked)]
    except BadForm as error:
        flaws = {shown_at(name): _capital(why) for name, why in error.problems.items()}
        return [said | {"flaws": flaws}]
    except (BadInput, Conflict) as error:
        at = getattr(error, "field", "") or ""
        why = _capital(str(error).removeprefix(f"{at}: "))
        return [said | ({"flaws": {shown_at(at): why}} if at else {"words": why})]


def _save(services: Services, viewer: Viewer, asked: dict[str, Any]) -> dict[str, Any]:
    line, fields, edited, exact = _sent(asked)
    now = services.store.clock()
    filled = fill_form(services.geography, line, fields, edited, exact, now)
    # What the line says wrongly would be left out without a word, were it not in the way.
    wrong = {name: flaw.words for name, flaw in filled.flaws.items() if flaw.level == "error"}
    marking = fields["tlp"] or FEED.marking
    if marking in MARKINGS and not viewer.may_read(marking):
        wrong["tlp"] = ABOVE_CLEARANCE
    if wrong:
        raise BadForm(wrong)
    form = form_of(line, fields, exact)
    # The same form of the same draft again is an answer that was lost on the way, not a second one.
    key = ("report", viewer.officer, str(asked.get("token"))[:80], orjson.dumps(form))
    incident_id = services.memo.get(
        key, lambda: record_report(services.store, services.geography, viewer.officer, form)
    )
    return {"ok": True, "id": incident_id, "officer": viewer.officer}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def register(callbacks: Callbacks) -> None:
    """Attach the drawer's callbacks."""
    callbacks.answer(
        [Output(ids.REPORT_SAID, "data")],
        [Input(ids.REPORT_ASK, "data")],
        checks=[mapping(MOST_SENT)],
        work=read,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.REPORT_KNOWN, "children"), Output(ids.REPORT_ALIKE, "data")],
        [Input(ids.REPORT_ASK, "data")],
        checks=[mapping(MOST_SENT)],
        work=know,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.REPORT_SAVED, "data")],
        [Input(ids.REPORT_SAVE, "data")],
        checks=[mapping(MOST_SENT)],
        work=save,
        prevent_initial_call=True,
    )
    for function, source in (
        ("reportRead", ids.REPORT_SAID),
        ("reportAlike", ids.REPORT_ALIKE),
        ("reportSaved", ids.REPORT_SAVED),
    ):
        callbacks.script(function, [], [Input(source, "data")], prevent_initial_call=True)
    # It has an output, because of two callbacks without one on the same input only one is called.
    signs = [Output(ids.REPORT_SIGNS, "data")]
    callbacks.script(
        "reportSigned", signs, [Input(ids.ON_WATCH, "data")], prevent_initial_call=True
    )

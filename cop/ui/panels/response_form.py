"""The form of the section Response: tasks, measures, contacts and changes of them.

It stands at the foot of the list, beside the detail and not in it, so that an answer which draws
the detail again takes no typed word away. Which fields are shown is `assets/72-response.js`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from cop.model.triage import MAX_TEXT, TASK_STATES
from cop.model.viewer import OFFICER_CHARACTERS
from cop.model.vocabulary import hazards, regions
from cop.ui import ids

_STATES = {
    "open": "To be done",
    "doing": "Being done",
    "done": "Done",
    "dropped": "Not applicable",
    "recommended": "Recommended",
    "taken": "Taken",
    "declined": "Declined",
}


def layout() -> html.Form:
    """The form, hidden until one of the section's buttons opens it."""
    region_words = {"": "Everywhere"} | {slug: regions().label(slug) for slug in regions().slugs}
    hazard_words = {"": "Any hazard"} | {slug: hazards().label(slug) for slug in hazards().slugs}
    kept = {"": "In use", "retired": "No longer in use"}
    return html.Form(
        [
            html.H3("", className="desk-form-title"),
            _typed("title", "What is to be done", 300, rows=2),
            _typed("name", "Name", 120),
            _typed("role", "Role", 120),
            _typed("organisation", "Organisation", 120),
            _typed("phone", "Telephone", 60),
            _typed("email", "E-mail", 120),
            _chosen("region", "For which region", region_words),
            _chosen("hazard", "For which hazard", hazard_words),
            _chosen("state", "State", {slug: say_state(slug) for slug in _STATES}),
            _typed("owner", "By whom", OFFICER_CHARACTERS[1]),
            _typed("due_at", "Due (+30min, 1800Z or 231800Z NOV 26)", 40),
            _typed("owed_to", "Who outside waits for it", 120),
            _typed("note", "Note", MAX_TEXT, rows=2),
            _chosen("kept", "Keep this contact", kept),
            html.P("", className="desk-why", role="alert"),
            html.Div(
                [
                    html.Button("Do it", type="submit", className="button primary"),
                    html.Button(
                        "Cancel", type="button", className="button", **{"data-response": "cancel"}
                    ),
                ],
                className="desk-acts",
            ),
        ],
        id=ids.RESPONSE_FORM,
        className="desk-form",
        hidden=True,
        **{"aria-label": "Response to this incident"},
    )


def say_state(state: str) -> str:
    """The state of a task, a step or a measure in words."""
    return _STATES[state]


def states_of(kind: str) -> str:
    """The states that a task of a kind can have, as the form reads them."""
    return ",".join(TASK_STATES[kind])


def _typed(name: str, label: str, most: int, rows: int = 1) -> html.Label:
    typed = html.Textarea(name=name, rows=rows, maxLength=most, className="field", dir="auto")
    return html.Label([html.Span(label), typed], **{"data-response-field": name})


def _chosen(name: str, label: str, words: Mapping[str, str]) -> html.Label:
    options: list[Any] = [html.Option(said, value=value) for value, said in words.items()]
    return html.Label(
        [html.Span(label), html.Select(options, name=name, className="field")],
        **{"data-response-field": name},
    )

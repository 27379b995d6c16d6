"""The response to an incident: checklists from playbooks, tasks, measures, and whom to call.

A panel of the detail that the desk's own callback keeps up (`desk_form.keep_up`). Nothing is typed
in it: its buttons act at once, or open the form beside the detail (`response_form`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from cop.model.playbooks import (
    NOTICE,
    PHASE_LABELS,
    PHASES,
    Playbook,
    Step,
    get_playbook,
    load_playbooks,
    playbooks_for,
)
from cop.model.viewer import Viewer
from cop.model.vocabulary import hazards, regions
from cop.services import Services
from cop.ui import ids
from cop.ui.panels import response_contacts
from cop.ui.panels.response_rows import (
    is_open,
    render_measures,
    render_refusal,
    render_rows,
)
from cop.ui.wording import say_many

Row = Mapping[str, Any]


def find(services: Services, viewer: Viewer, incident: Row) -> tuple[list[Row], list[Row]]:
    """The tasks of an incident, and the contacts for its region and hazard."""
    tasks = services.store.read("tasks", viewer, incident_id=str(incident["incident_id"]))
    region, hazard = _slugs(incident)
    return tasks, services.store.read("contacts", viewer, region=region, hazard=hazard)


def refusal_of(said: Row, incident_id: str) -> Row:
    """What the desk refused of an act of this section on an incident; empty for nothing.

    What a form asked for is said in the form.
    """
    is_ours = str(said.get("name", "")).startswith("response.") and said.get("id") == incident_id
    if not is_ours or said.get("ok") or said.get("needs_name") or said.get("form"):
        return {}
    return said


def key_of(incident: Row, tasks: Sequence[Row], contacts: Sequence[Row], refused: Row) -> str:
    """What the section is of: it differs where the section would."""
    shown = (
        incident["incident_id"],
        *_slugs(incident),
        int(incident["severity"]),
        [(int(task["task_no"]), int(task["version"])) for task in tasks],
        [(int(contact["contact_no"]), int(contact["version"])) for contact in contacts],
        refused.get("n"),
    )
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:20]


def layout(children: Sequence[Any], incident: Row, key: str) -> html.Section:
    """The section of the detail; filled again by itself when the desk changes."""
    region, hazard = _slugs(incident)
    return html.Section(
        list(children),
        id=ids.RESPONSE_PANEL,
        className="desk response",
        tabIndex=-1,
        **{
            "aria-label": "Response",
            "data-of": key,
            "data-response-incident": incident["incident_id"],
            "data-response-region": region,
            "data-response-hazard": hazard,
        },
    )


def render(
    incident: Row, tasks: Sequence[Row], contacts: Sequence[Row], refused: Row, now: datetime
) -> list[Any]:
    """The section's content: one line until something was started."""
    fitting, others = _playbooks(incident, tasks)
    if not tasks:
        return [
            html.Div(
                [
                    html.H3("Response: not started"),
                    _chooser("Start from playbook", fitting, others, refused),
                ],
                className="response-none",
            )
        ]
    started = list(dict.fromkeys(task["playbook"] for task in tasks if task["playbook"]))
    return [
        html.H3("Response"),
        _summary(tasks, now),
        html.Div(_adders(), className="desk-acts", role="group", **{"aria-label": "Add"}),
        *response_contacts.render(contacts, _place_words(incident)),
        *_listed("Tasks", [t for t in tasks if t["kind"] == "task"], refused, now),
        *render_measures([task for task in tasks if task["kind"] == "measure"], refused),
        *(part for id in started for part in _checklist(id, tasks, refused, now)),
        _chooser("Another playbook", fitting, others, refused),
    ]


def _slugs(incident: Row) -> tuple[str, str]:
    """The region (empty for none) and the hazard of an incident."""
    region = regions().slug(int(incident["region"])) if incident["region"] else ""
    return region, hazards().slug(int(incident["hazard"]))


def _place_words(incident: Row) -> str:
    region, hazard = _slugs(incident)
    where = regions().label(region) if region else "any region"
    return f"{where}, {hazards().label(hazard).lower()}"


def _playbooks(incident: Row, tasks: Sequence[Row]) -> tuple[list[Playbook], list[Playbook]]:
    """The fitting playbooks and all others, without those that were started."""
    started = {task["playbook"] for task in tasks}
    fitting = playbooks_for(_slugs(incident)[1], int(incident["severity"]))
    others = (playbook for playbook in load_playbooks() if playbook not in fitting)
    return (
        [playbook for playbook in fitting if playbook.id not in started],
        sorted((p for p in others if p.id not in started), key=lambda p: p.title.lower()),
    )


def _chooser(
    title: str, fitting: Sequence[Playbook], others: Sequence[Playbook], refused: Row
) -> html.Details:
    offered = [html.Ul([_offer(playbook) for playbook in fitting], className="response-offers")]
    is_first = title.startswith("Start")
    return html.Details(
        [
            html.Summary(title),
            *(offered if fitting else []),
            *([html.Div(_adders(), className="desk-acts")] if is_first else []),
            html.Details(
                [
                    html.Summary("Playbooks for other hazards"),
                    html.Ul([_offer(playbook) for playbook in others], className="response-offers"),
                ]
            ),
            html.P(NOTICE, className="quiet"),
            *render_refusal(refused, "start", None),
        ],
        className="report response-choose",
    )


def _offer(playbook: Playbook) -> html.Li:
    first = min((step.by_minutes for step in playbook.steps if step.by_minutes), default=None)
    within = "" if first is None else f", the first within {first} min"
    return html.Li(
        [
            html.Button(
                playbook.title,
                type="button",
                className="button",
                **{"data-response": "start", "data-playbook": playbook.id},
            ),
            html.Span(f"{say_many(len(playbook.steps), 'step')}{within}", className="note"),
        ]
    )


def _adders() -> list[Any]:
    return [
        html.Button(label, type="button", className="button", **{"data-response": name})
        for name, label in (
            ("task", "Task …"),
            ("measure", "Measure …"),
            ("contact", "Contact …"),
        )
    ]


def _summary(tasks: Sequence[Row], now: datetime) -> html.P:
    """How far the response is, in words; the page counts on what becomes overdue."""
    said = []
    if steps := [task for task in tasks if task["kind"] == "step"]:
        said.append(f"{_progress(steps)} steps done")
    waiting = [task for task in tasks if task["kind"] == "task" and is_open(task)]
    if waiting:
        said.append(f"{say_many(len(waiting), 'task')} to be done")
    if advised := sum(task["state"] == "recommended" for task in tasks):
        said.append(f"{say_many(advised, 'measure')} recommended")
    late = sum(is_open(task) and _is_late(task, now) for task in tasks)
    return html.P(
        [
            " · ".join(said) or "Nothing is left to do",
            html.Strong(f"{late} overdue" if late else "", className="overdue response-late"),
        ],
        className="response-summary",
    )


def _progress(steps: Sequence[Row]) -> str:
    """`3 of 11`, without the steps that were found not applicable."""
    meant = [step for step in steps if step["state"] != "dropped"]
    return f"{sum(step['state'] == 'done' for step in meant)} of {len(meant)}"


def _is_late(task: Row, now: datetime) -> bool:
    return task["due_at"] is not None and task["due_at"] < now


def _checklist(id: str, tasks: Sequence[Row], refused: Row, now: datetime) -> list[Any]:
    """One playbook as it is worked through: whom to call, its steps, what to report and keep."""
    # In their order in the playbook: the store gives what is due first.
    steps = sorted((t for t in tasks if t["playbook"] == id), key=lambda task: task["task_no"])
    playbook = get_playbook(id)
    done = _progress(steps)
    title = playbook.title if playbook else f"Playbook {id}"
    count, of = done.split(" of ")
    parts: list[Any] = [
        html.H4([title, html.Span(done, className="response-count")]),
        html.Progress(
            value=count, max=max(of, "1"), **{"aria-label": f"{title}: {done} steps done"}
        ),
    ]
    if playbook is None:
        said = "This playbook is no longer kept; its steps stay."
        return [*parts, html.P(said, className="quiet"), render_rows(steps, {}, refused, now)]
    known = _known_steps(playbook, steps)
    parts.append(html.H5("Call"))
    parts.append(html.Ul([html.Li(who) for who in playbook.contacts_needed]))
    for phase in PHASES:
        rows = [s for s in steps if s["step"] in known and known[s["step"]].phase == phase]
        if rows:
            heading = "Secure: " if phase == "immediate" else ""
            parts += [
                html.H5(heading + (PHASE_LABELS[phase].lower() if heading else PHASE_LABELS[phase]))
            ]
            parts.append(render_rows(rows, known, refused, now))
    if gone := [step for step in steps if step["step"] not in known]:
        parts += [html.H5("As the playbook was"), render_rows(gone, known, refused, now)]
    parts += [html.H5("Report"), html.Ul([_duty(duty) for duty in playbook.report])]
    parts += [html.H5("Preserve"), html.Ul([html.Li(what) for what in playbook.preserve])]
    sources = "; ".join(f"{source.name} ({source.year})" for source in playbook.sources)
    return [*parts, html.P(f"{NOTICE} After: {sources}.", className="quiet response-notice")]


def _known_steps(playbook: Playbook, steps: Sequence[Row]) -> dict[str, Step]:
    """The playbook's steps by their numbers, where they still are what was started."""
    numbered = {str(number): step for number, step in enumerate(playbook.steps, 1)}
    titles = {step["step"]: step["title"] for step in steps}
    return {no: step for no, step in numbered.items() if titles.get(no) == step.what}


def _duty(duty: Any) -> html.Li:
    how = f" ({duty.how})" if duty.how else ""
    return html.Li([f"{duty.to}: ", html.Strong(duty.by), how])


def _listed(title: str, rows: Sequence[Row], refused: Row, now: datetime) -> list[Any]:
    return [html.H4(title), render_rows(rows, {}, refused, now)] if rows else []

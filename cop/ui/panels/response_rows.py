"""The rows of a response: steps and tasks to tick, measures to take or decline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from cop.model.dtg import format_dtg
from cop.model.playbooks import Step
from cop.model.triage import OPEN_STATES
from cop.ui import marks
from cop.ui.panels.response_form import say_state, states_of
from cop.ui.panels.tasks import say_length

Row = Mapping[str, Any]
_MEASURE_CHOICES = {"taken": "Taken", "declined": "Declined"}


def is_open(task: Row) -> bool:
    """Whether a task, step or measure still wants something of somebody."""
    return task["state"] in OPEN_STATES


def render_rows(
    rows: Sequence[Row], known: Mapping[str, Step], refused: Row, now: datetime
) -> html.Ul:
    """Steps or tasks; `known` are the playbook's steps by number, `refused` what was refused."""
    return html.Ul(
        [_row(row, known.get(row["step"]), refused, now) for row in rows],
        className="response-rows",
    )


def _row(task: Row, step: Step | None, refused: Row, now: datetime) -> html.Li:
    """A task or step as a box to tick, with who, by when, and who did it."""
    is_done = task["state"] == "done"
    title = marks.foreign(task["title"])
    return html.Li(
        [
            html.Button(
                [html.Del(title) if task["state"] == "dropped" else title],
                type="button",
                role="checkbox",
                className="response-tick",
                **{
                    "aria-checked": "true" if is_done else "false",
                    "data-response": "tick",
                    **_numbered(task),
                },
            ),
            html.Div(_line(task, step, now), className="response-line"),
            *([html.Div(step.why, className="response-line quiet")] if step else []),
            *_note(task),
            *render_refusal(refused, "change", task),
        ],
        className=f"response-row is-{task['state']}",
    )


def _line(task: Row, step: Step | None, now: datetime) -> list[Any]:
    """Who does it, by when, whom to tell, and who did it: what is known of it."""
    said: list[list[Any]] = []
    if not is_open(task):
        word = "done" if task["state"] == "done" else "not applicable"
        by = [f"{word}: ", marks.foreign(task["actor"]), f" at {format_dtg(task['changed_at'])}"]
        said.append(by)
    elif task["state"] == "doing":
        said.append(["being done"])
    if task["owner"]:
        said.append([marks.foreign(task["owner"])])
    elif step:
        said.append([step.who])
    elif is_open(task):
        said.append(["nobody yet"])
    if task["due_at"] is not None and is_open(task):
        said.append([f"by {format_dtg(task['due_at'])}, ", _due(task["due_at"], now)])
    if step and step.report_to:
        said.append([f"tell {step.report_to}"])
    if task["owed_to"]:
        said.append(["owed to ", marks.foreign(task["owed_to"])])
    values = {name: task[name] for name in ("state", "owner", "owed_to", "note")}
    values["due_at"] = format_dtg(task["due_at"]) if task["due_at"] else ""
    said.append([_changer("change", task, values)])
    return [part for n, parts in enumerate(said) for part in ([" · "] if n else []) + parts]


def _due(due_at: datetime, now: datetime) -> html.Span:
    late = due_at < now
    words = f"overdue by {say_length(now - due_at)}" if late else f"in {say_length(due_at - now)}"
    return html.Span(
        words,
        className="overdue" if late else "",
        **{"data-due-at": f"{due_at:%Y-%m-%dT%H:%M:%S}Z"},
    )


def render_measures(rows: Sequence[Row], refused: Row) -> list[Any]:
    """Defensive measures under their heading; nothing where there are none."""
    if not rows:
        return []
    return [
        html.H4("Defensive measures"),
        html.Ul([_measure(row, refused) for row in rows], className="response-rows"),
    ]


def _measure(row: Row, refused: Row) -> html.Li:
    """A measure with its state, who said so, and the two things it can become."""
    said: list[Any] = [say_state(row["state"]), ": ", marks.foreign(row["actor"])]
    said.append(f" at {format_dtg(row['changed_at'])}")
    if row["owner"]:
        said += [" · ", marks.foreign(row["owner"])]
    values = {name: row[name] for name in ("state", "owner", "note")}
    return html.Li(
        [
            html.Div(marks.foreign(row["title"]), className="response-title"),
            html.Div(
                [*said, " · ", _changer("change_measure", row, values)], className="response-line"
            ),
            html.Div(
                [
                    html.Button(
                        label,
                        type="button",
                        className="button",
                        **{
                            "aria-pressed": "true" if row["state"] == state else "false",
                            "aria-label": f"{label}: {row['title']}",
                            "data-response": "state",
                            "data-state": state,
                            **_numbered(row),
                        },
                    )
                    for state, label in _MEASURE_CHOICES.items()
                ],
                className="desk-acts",
            ),
            *_note(row),
            *render_refusal(refused, "change", row),
        ],
        className=f"response-row is-{row['state']}",
    )


def _note(task: Row) -> list[Any]:
    return (
        [html.Div(marks.foreign(task["note"]), className="response-line")] if task["note"] else []
    )


def _numbered(row: Row) -> dict[str, Any]:
    return {"data-number": int(row["task_no"]), "data-version": int(row["version"])}


def _changer(form: str, row: Row, values: Row) -> html.Button:
    """The button that opens the form filled with what stands."""
    return html.Button(
        "Change …",
        type="button",
        className="link",
        **{
            "aria-label": f"Change {row['title']}",
            "data-response": form,
            "data-values": json.dumps(values, ensure_ascii=False),
            "data-states": states_of(row["kind"]),
            "data-title": row["title"],
            **_numbered(row),
        },
    )


def render_refusal(refused: Row, name: str, task: Row | None) -> list[Any]:
    """Why the last press on this was refused, as long as what it was refused for stands."""
    if refused.get("name") != f"response.{name}":
        return []
    if task and (task["task_no"], task["version"]) != (refused["number"], refused.get("version")):
        return []
    return [html.P(refused["words"], className="desk-why", role="alert")]

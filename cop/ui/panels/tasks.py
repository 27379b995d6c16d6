"""The open tasks of the desk: what is to be done, by whom, by when, and who waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from cop.model.dtg import format_dtg
from cop.ui import ids, marks
from cop.ui.panels.log import choices, field, link, press

# What a task, a step or a measure can become by one press: state and the button's word.
_NEXT = {
    "open": (("done", "Done"), ("dropped", "Drop")),
    "doing": (("done", "Done"), ("dropped", "Drop")),
    "recommended": (("taken", "Taken"), ("declined", "Declined")),
}


def layout() -> list[Any]:
    """The heading, the choice of whose tasks, the list's place, and the form of a new one."""
    return [
        html.Div(
            [
                html.H2("Open tasks"),
                choices(ids.LOG_MINE, {"": "All", "mine": "Mine"}, "Whose tasks"),
            ],
            className="log-line",
        ),
        html.Div(id=ids.LOG_TASKS),
        html.Details(
            [
                html.Summary("Add a task …"),
                field(ids.LOG_TASK, "What is to be done", most=300),
                html.Div(
                    [
                        field(ids.LOG_TASK_OWNER, "By whom", most=60, names=ids.LOG_NAMES),
                        field(ids.LOG_TASK_DUE, "Due", most=60, hint="1800Z, 241200Z NOV 26"),
                        field(ids.LOG_TASK_OWED, "Who outside waits for it", most=120),
                        field(ids.LOG_TASK_OF, "Incident", most=300, hint="its id or link"),
                        press("Add the task", "primary", act="task"),
                    ],
                    className="log-line",
                ),
            ],
            className="card log-add",
        ),
    ]


def render(
    tasks: Sequence[Mapping[str, Any]], officer: str, *, only_mine: bool, now: datetime
) -> list[Any]:
    """The open tasks, due first; with `only_mine` those of the officer."""
    if only_mine and not officer:
        return [html.P("Give your name above to see your own tasks.", className="quiet")]
    shown = [task for task in tasks if not only_mine or task["owner"] == officer]
    if not shown:
        said = f"No open task is {officer}'s." if only_mine else "No task is open."
        return [html.P(said, className="quiet")]
    return [
        html.Div(
            html.Table(
                [
                    html.Thead(
                        html.Tr(
                            [html.Th(name, scope="col") for name in ("Due", "Task", "By", "State")]
                            + [html.Td(html.Span("Change", className="unseen"))]
                        )
                    ),
                    html.Tbody([_row(task, officer, now) for task in shown]),
                ],
                className="log-table",
            ),
            className="table",
            tabIndex=0,
            role="region",
            **{"aria-label": "Open tasks"},
        )
    ]


def _row(task: Mapping[str, Any], officer: str, now: datetime) -> html.Tr:
    words: list[Any] = [marks.foreign(task["title"])]
    if task["owed_to"]:
        words += [" · owed to ", marks.foreign(task["owed_to"])]
    if task["incident_id"]:
        words += [" ", link(task["incident_id"])]
    if task["note"]:
        words.append(html.Div(marks.foreign(task["note"]), className="quiet"))
    at = {"no": task["task_no"], "version": task["version"]}
    buttons = [
        press(label, act="task-state", state=state, **at) for state, label in _NEXT[task["state"]]
    ]
    if officer and task["owner"] != officer:
        buttons.insert(0, press("Take it", act="task-take", **at))
    return html.Tr(
        [
            html.Td(_due(task["due_at"], now)),
            html.Td(words, className="log-words"),
            html.Td(marks.foreign(task["owner"]) if task["owner"] else "nobody"),
            html.Td(task["state"]),
            html.Td(html.Div(buttons, className="log-buttons")),
        ],
        id=f"task-{task['task_no']}",
    )


def _due(due_at: datetime | None, now: datetime) -> list[Any]:
    if due_at is None:
        return ["no time"]
    late = due_at < now
    words = f"overdue by {say_length(now - due_at)}" if late else f"in {say_length(due_at - now)}"
    return [format_dtg(due_at), html.Div(words, className="warn" if late else "quiet")]


def say_length(length: timedelta) -> str:
    """A length of time in its largest units: `under a minute`, `25 min`, `3 h 10 min`, `2 d`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes // 1440} d"

"""What is to be done, by whom and by when: tasks, steps of a playbook, defensive measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cop.desk.signing import clearance_of, marking_of, moment_of, name_of, signed
from cop.desk.watches import follow
from cop.errors import BadInput, Conflict, NotFound
from cop.model.dtg import format_dtg
from cop.model.triage import TASK_STATES, read_officer, read_text
from cop.model.viewer import Viewer
from cop.store import Store, Writer
from cop.store.desk_writing import Entry

MOST_STEPS = 100
_CHANGEABLE = ("title", "owner", "due_at", "state", "note", "owed_to")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a playbook as a task: its id there, what to do, and by when (naive UTC)."""

    step: str
    title: str
    due_at: datetime | None = None
    owner: str = ""
    note: str = ""


def add_task(
    store: Store,
    viewer: Viewer,
    officer: str,
    title: str,
    *,
    incident_id: str = "",
    owner: str = "",
    due_at: datetime | None = None,
    note: str = "",
    owed_to: str = "",
    tlp: str | None = None,
) -> int:
    """Add a task, of an incident or of the watch; its number.

    `owed_to` names who outside waits for it. A task of an incident has its marking, another one
    `tlp` (default AMBER). Raises NotFound for the incident, BadInput naming the field.
    """
    officer = name_of(officer)
    task = _new("task", "open", title, incident_id, owner, due_at, note, owed_to)
    with signed(store, officer, "task.add", incident_id or "watch") as writer:
        return _add(writer, viewer, officer, [task], tlp)[0]


def add_measure(
    store: Store,
    viewer: Viewer,
    officer: str,
    title: str,
    *,
    incident_id: str = "",
    state: str = "recommended",
    owner: str = "",
    note: str = "",
    tlp: str | None = None,
) -> int:
    """Record a defensive measure as recommended, taken or declined; its number as a task."""
    officer = name_of(officer)
    if state not in TASK_STATES["measure"]:
        raise BadInput(f"state: must be one of {', '.join(TASK_STATES['measure'])}", "state")
    measure = _new("measure", state, title, incident_id, owner, None, note, "")
    with signed(store, officer, "measure.add", incident_id or "watch") as writer:
        return _add(writer, viewer, officer, [measure], tlp)[0]


def add_checklist(
    store: Store,
    viewer: Viewer,
    officer: str,
    incident_id: str,
    playbook: str,
    steps: Sequence[Step],
) -> list[int]:
    """Add the steps of a playbook to an incident, all or none; their numbers.

    Raises Conflict where the incident has that checklist already.
    """
    officer = name_of(officer)
    if not (0 < len(steps) <= MOST_STEPS):
        raise BadInput(f"steps: a checklist has 1 to {MOST_STEPS}", "steps")
    tasks = [
        _new("step", "open", step.title, incident_id, step.owner, step.due_at, step.note, "")
        | {"playbook": read_text("playbook", playbook, required=True, most=80)}
        | {"step": read_text("step", step.step, most=80)}
        for step in steps
    ]
    with signed(store, officer, "checklist.add", incident_id) as writer:
        if added := writer.desk.checklist_added(incident_id, playbook):
            raise Conflict(
                f"{added[0]} added this checklist already, at {format_dtg(added[1])}; "
                "nothing was changed"
            )
        writer.note(playbook=playbook)
        return _add(writer, viewer, officer, tasks, None, f"Checklist {playbook}")


def change_task(
    store: Store,
    viewer: Viewer,
    officer: str,
    task_no: int,
    *,
    expected_version: int,
    **changed: Any,
) -> int:
    """Change a task's `title`, `owner`, `due_at`, `state`, `note` or `owed_to`; its new version.

    Raises NotFound, BadInput naming the field, Conflict where somebody changed it since.
    """
    officer = name_of(officer)
    with signed(store, officer, "task.change", f"task {task_no}") as writer:
        task = writer.desk.numbered("tasks", task_no)
        standing = writer.desk.standing_of(task["incident_id"])
        if max(task["tlp"], standing.tlp) > clearance_of(viewer):
            raise NotFound(f"there is no number {task_no} among the tasks")
        if task["version"] != expected_version:
            raise Conflict(
                f"{task['actor']} changed this task at {format_dtg(task['changed_at'])} "
                f"({task['state']}). Nothing was changed; look at it again"
            )
        wanted = _checked(task["kind"], changed)
        new = {name: value for name, value in wanted.items() if value != task[name]}
        if not new:
            return int(task["version"])
        writer.note(**new)
        writer.desk.put_numbered("tasks", task | new, officer)
        words = f"{_name(task | {'task_no': task_no})}: {_say(new)}"
        kind = "measure" if task["kind"] == "measure" else "task"
        writer.desk.log(Entry(kind, words, officer, task["tlp"], task["incident_id"]))
        return int(task["version"]) + 1


def _new(
    kind: str,
    state: str,
    title: str,
    incident_id: str,
    owner: str,
    due_at: datetime | None,
    note: str,
    owed_to: str,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "incident_id": incident_id,
        "playbook": "",
        "step": "",
        **_checked(
            kind,
            {
                "title": title,
                "owner": owner,
                "due_at": due_at,
                "state": state,
                "note": note,
                "owed_to": owed_to,
            },
        ),
    }


def _checked(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a task as they are kept. Raises BadInput naming the one at fault."""
    kept: dict[str, Any] = {}
    for name, value in given.items():
        match name:
            case "title":
                kept[name] = read_text(name, value, required=True, most=300)
            case "owner":
                kept[name] = read_officer(name, value) if value else ""
            case "due_at":
                kept[name] = moment_of(name, value)
            case "state":
                if value not in TASK_STATES[kind]:
                    raise BadInput(f"state: must be one of {', '.join(TASK_STATES[kind])}", name)
                kept[name] = value
            case "note":
                kept[name] = read_text(name, value)
            case "owed_to":
                kept[name] = read_text(name, value, most=120)
            case _:
                raise BadInput(f"{name}: one of {', '.join(_CHANGEABLE)} can be changed", name)
    return kept


def _add(
    writer: Writer,
    viewer: Viewer,
    officer: str,
    tasks: list[dict[str, Any]],
    tlp: str | None,
    as_one: str = "",
) -> list[int]:
    """Append new tasks of one incident or of none, each with its entry in the log.

    With `as_one` there is one entry for all of them, under that name.
    """
    marking, about = marking_of(viewer, tlp), ""
    if tasks[0]["incident_id"]:
        marking, about = follow(writer, viewer, tasks[0]["incident_id"])
    numbers, entries = [], []
    for task in tasks:
        number = writer.desk.put_numbered("tasks", task | {"tlp": marking}, officer)
        words = f"{about}{_name(task | {'task_no': number})}: {_say(task)}"
        kind = "measure" if task["kind"] == "measure" else "task"
        entries.append(Entry(kind, words, officer, marking, task["incident_id"]))
        numbers.append(number)
    if as_one:
        words = f"{about}{as_one} started: steps {numbers[0]} to {numbers[-1]}"
        due = [task["due_at"] for task in tasks if task["due_at"]]
        words += f", the first due {format_dtg(min(due))}" if due else ""
        entries = [Entry("task", words, officer, marking, tasks[0]["incident_id"])]
    writer.desk.log(*entries)
    return numbers


def _name(task: dict[str, Any]) -> str:
    """A task as the log names it: kind, number and title, whose full stop gives way to a colon."""
    return f"{str(task['kind']).capitalize()} {task['task_no']} {task['title'].removesuffix('.')}"


def _say(task: dict[str, Any]) -> str:
    """The fields of a task that the log tells of, in words."""
    told = []
    if task.get("state"):
        told.append(task["state"])
    if task.get("owner"):
        told.append(f"for {task['owner']}")
    if task.get("due_at"):
        told.append(f"due {format_dtg(task['due_at'])}")
    if task.get("owed_to"):
        told.append(f"owed to {task['owed_to']}")
    if task.get("note"):
        told.append(str(task["note"]))
    return ", ".join(told) or "changed"

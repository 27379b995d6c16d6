"""What the section Response sends, done at the desk: checklists, tasks, measures, contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cop import desk
from cop.errors import BadInput
from cop.model.playbooks import Playbook, get_playbook
from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.panels.due_time import read_due

PREFIX = "response."
Asked = Mapping[str, Any]
# The fields that each act takes; all of them texts.
_TASK = ("title", "owner", "due_at", "owed_to", "note")
_CHANGE = ("state", "owner", "due_at", "owed_to", "note")
_MEASURE = ("title", "state", "owner", "note")
_CONTACT = ("name", "role", "organisation", "phone", "email", "region", "hazard", "note")


def is_one(name: object) -> bool:
    """Whether an act is of this section."""
    return isinstance(name, str) and name.startswith(PREFIX)


def do(services: Services, viewer: Viewer, asked: Asked) -> None:
    """Do what the page asks for, signed by the viewer's officer.

    `asked` has `name`, the incident (`id`), `fields`, and where something is changed its `number`
    and the `version` that was seen. Raises BadInput naming the field, Conflict, NotFound.
    """
    done = _ACTS.get(str(asked.get("name")).removeprefix(PREFIX))
    if done is None:
        raise BadInput("act: the desk does not know this", "act")
    if not isinstance(asked.get("id"), str) or not asked["id"].strip():
        raise BadInput("act: the page sent no incident", "act")
    done(services, viewer, asked)


def stands_now(services: Services, viewer: Viewer, asked: Asked) -> dict[str, Any]:
    """The version that stands of what was to be changed, for an officer who goes on regardless."""
    of_contact = asked.get("name") == PREFIX + "change_contact"
    question, column = ("contacts", "contact_no") if of_contact else ("tasks", "task_no")
    options = {} if of_contact else {"incident_id": str(asked["id"])}
    rows = services.store.read(question, viewer, **options)
    versions = [int(row["version"]) for row in rows if row[column] == asked.get("number")]
    return {"version": versions[0]} if versions else {}


def steps_of(playbook: Playbook, started_at: datetime) -> list[desk.Step]:
    """The steps of a playbook with the times they are due, counted from the start."""
    from_minute = started_at.replace(second=0, microsecond=0)
    return [
        desk.Step(
            str(number),
            step.what,
            None if step.by_minutes is None else from_minute + timedelta(minutes=step.by_minutes),
        )
        for number, step in enumerate(playbook.steps, 1)
    ]


def _start(services: Services, viewer: Viewer, asked: Asked) -> None:
    playbook = get_playbook(str(asked.get("playbook")))
    if playbook is None:
        raise BadInput("playbook: there is none of this name", "playbook")
    steps = steps_of(playbook, services.store.clock())
    desk.add_checklist(services.store, viewer, viewer.officer, str(asked["id"]), playbook.id, steps)


def _task(services: Services, viewer: Viewer, asked: Asked) -> None:
    given = _fields(services, asked, _TASK)
    title = given.pop("title", "")
    desk.add_task(
        services.store, viewer, viewer.officer, title, incident_id=str(asked["id"]), **given
    )


def _measure(services: Services, viewer: Viewer, asked: Asked) -> None:
    given = _fields(services, asked, _MEASURE)
    title = given.pop("title", "")
    desk.add_measure(
        services.store, viewer, viewer.officer, title, incident_id=str(asked["id"]), **given
    )


def _change(services: Services, viewer: Viewer, asked: Asked) -> None:
    number, version = (_number(asked, part) for part in ("number", "version"))
    desk.change_task(
        services.store,
        viewer,
        viewer.officer,
        number,
        expected_version=version,
        **_fields(services, asked, _CHANGE),
    )


def _contact(services: Services, viewer: Viewer, asked: Asked) -> None:
    given = _contact_fields(services, asked)
    name = given.pop("name", "")
    desk.add_contact(services.store, viewer, viewer.officer, name, **given)


def _change_contact(services: Services, viewer: Viewer, asked: Asked) -> None:
    number, version = (_number(asked, part) for part in ("number", "version"))
    desk.change_contact(
        services.store,
        viewer,
        viewer.officer,
        number,
        expected_version=version,
        retired=_fields(services, asked, ("kept",)).get("kept") == "retired",
        **_contact_fields(services, asked),
    )


_ACTS: dict[str, Callable[[Services, Viewer, Asked], None]] = {
    "start": _start,
    "task": _task,
    "measure": _measure,
    "change": _change,
    "contact": _contact,
    "change_contact": _change_contact,
}


def _contact_fields(services: Services, asked: Asked) -> dict[str, Any]:
    given = _fields(services, asked, _CONTACT)
    if "hazard" in given:
        hazard = given.pop("hazard")
        given["hazards"] = hazard.split(",") if hazard else []
    return given


def _fields(services: Services, asked: Asked, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that were sent, of those that the act takes. Raises BadInput naming one."""
    sent = asked.get("fields")
    if not isinstance(sent, dict):
        raise BadInput("act: the page sent no fields", "act")
    given: dict[str, Any] = {}
    for name in names:
        if name not in sent:
            continue
        if not isinstance(sent[name], str):
            raise BadInput(f"{name}: the page sent no text", name)
        given[name] = sent[name]
    if "due_at" in given:
        given["due_at"] = read_due(given["due_at"], services.store.clock(), "due_at")
    return given


def _number(asked: Asked, part: str) -> int:
    value = asked.get(part)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise BadInput(f"{part}: the page sent no number of what was seen", part)
    return value

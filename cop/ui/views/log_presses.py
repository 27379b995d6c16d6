"""What the buttons of the log view do: each press one act of the desk, said in words.

What could not be done is said with the field at fault; everything typed stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dash import no_update

from cop import desk
from cop.coverage import find_coverage
from cop.errors import BadInput, CopError
from cop.model.dtg import read_instant
from cop.model.triage import MAX_TEXT
from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids
from cop.ui.panels import handover

NO_NAME = "Give your name first (Watch officer, above): it signs what you do."
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):?([0-5]\d) ?[zZ]?")
_DAY = timedelta(days=1)
# The fields that a press reads, with the longest text of each.
FIELDS = {
    ids.LOG_NOTE: MAX_TEXT + 100,
    ids.LOG_NOTE_AT: 60,
    ids.LOG_NOTE_OF: 300,
    ids.LOG_STRIKE_WHY: MAX_TEXT + 100,
    ids.LOG_TASK: 400,
    ids.LOG_TASK_OWNER: 60,
    ids.LOG_TASK_DUE: 60,
    ids.LOG_TASK_OWED: 200,
    ids.LOG_TASK_OF: 300,
    ids.HANDOVER_REMARKS: handover.MOST_REMARKS + 100,
}
# The fields that are emptied once their press was done.
_EMPTIED = {
    "note": (ids.LOG_NOTE, ids.LOG_NOTE_AT, ids.LOG_NOTE_OF),
    "strike": (ids.LOG_STRIKE_WHY,),
    "task": (
        ids.LOG_TASK,
        ids.LOG_TASK_OWNER,
        ids.LOG_TASK_DUE,
        ids.LOG_TASK_OWED,
        ids.LOG_TASK_OF,
    ),
}
EMPTIABLE = [name for names in _EMPTIED.values() for name in names]


def press(
    services: Services,
    viewer: Viewer,
    pressed: dict[str, Any],
    turn: int,
    strike_no: int,
    seen: dict[str, Any],
    kept: list[str],
    *typed: str,
) -> list[Any]:
    """Do what a button says: words of what came of it, the turn, what the fields show then.

    What could not be done is said, and everything typed stays.
    """
    name = str(pressed.get("act", ""))
    fields = dict(zip(FIELDS, typed, strict=True))
    # One for each of: words, turn, seen, strike's hidden; then the fields that are emptied.
    nothing = [no_update] * len(EMPTIABLE)
    try:
        said, seen_then = _do(services, viewer, name, pressed, strike_no, seen, kept, fields)
    except CopError as error:
        return [_say_error(error), no_update, no_update, no_update, *nothing]
    emptied = ["" if field in _EMPTIED.get(name, ()) else no_update for field in EMPTIABLE]
    closed = True if name == "strike" else no_update
    return [said, turn + 1, seen_then, closed, *emptied]


def _say_error(error: CopError) -> str:
    words = str(error)
    field = getattr(error, "field", "")
    labels = {
        "text": "Note",
        "happened_at": "Happened at",
        "incident_id": "Incident",
        "reason": "Why it is struck",
        "title": "What is to be done",
        "owner": "By whom",
        "due_at": "Due",
        "owed_to": "Who outside waits for it",
        "remarks": "Remarks",
    }
    if field:
        words = words.removeprefix(f"{field}: ")
    if field in labels:
        words = f"{labels[field]}: {words}"
    return f"Not done. {words[:1].upper()}{words[1:]}" + ("" if words.endswith(".") else ".")


def _do(
    services: Services,
    viewer: Viewer,
    name: str,
    pressed: Mapping[str, Any],
    strike_no: int,
    seen: Mapping[str, Any],
    kept: list[str],
    fields: Mapping[str, str],
) -> tuple[str, Any]:
    """What came of a press in words, and what the hand-over's fields count as filled from."""
    store, officer = services.store, viewer.officer
    if name == "mine":
        return "Your remarks are kept; saving puts them in place of theirs.", {"mine": True}
    if name == "theirs":
        return "The hand-over is as it stands now.", None
    if not officer:
        raise BadInput(NO_NAME)
    now = store.clock()
    number, version = _whole(pressed, "no"), _whole(pressed, "version")
    match name:
        case "open":
            return f"Watch {desk.open_watch(store, officer)} is on.", no_update
        case "note":
            entry = desk.add_note(
                store,
                viewer,
                officer,
                fields[ids.LOG_NOTE],
                read_moment(fields[ids.LOG_NOTE_AT], now, "happened_at"),
                read_incident(fields[ids.LOG_NOTE_OF]),
            )
            return f"Entry {entry} is written.", no_update
        case "strike":
            desk.strike(store, viewer, officer, strike_no, fields[ids.LOG_STRIKE_WHY])
            return f"Entry {strike_no} is struck; it stays readable.", no_update
        case "task":
            task = desk.add_task(
                store,
                viewer,
                officer,
                fields[ids.LOG_TASK],
                incident_id=read_incident(fields[ids.LOG_TASK_OF]),
                owner=fields[ids.LOG_TASK_OWNER],
                due_at=read_moment(fields[ids.LOG_TASK_DUE], now, "due_at", ahead=True),
                owed_to=fields[ids.LOG_TASK_OWED],
            )
            return f"Task {task} is added.", no_update
        case "task-state" | "task-take":
            wanted = {"owner": officer}
            if name == "task-state":
                wanted = {"state": str(pressed.get("state", ""))}
            desk.change_task(store, viewer, officer, number, expected_version=version, **wanted)
            return f"Task {number}: {next(iter(wanted.values()))}.", no_update
        case "draft":
            return _draft(services, viewer, now, number, version, seen, fields)
        case "save":
            return _save(services, viewer, seen, kept, fields), None
        case "sign":
            _refuse_unsaved(seen, kept, fields)
            desk.sign_handover(store, officer, number, expected_version=version)
            return f"Signed by {officer}. The relief signs next, with their own name.", None
        case "relieve":
            then = desk.relieve(store, officer, number, expected_version=version)
            return f"Watch {then} is on, opened by {officer}.", None
    raise BadInput("The page pressed a button that this view does not have.")


def _whole(pressed: Mapping[str, Any], name: str) -> int:
    value = str(pressed.get(name, "") or "0")
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise BadInput("The page sent something else than a whole number.")
    return int(value)


def _draft(
    services: Services,
    viewer: Viewer,
    now: datetime,
    number: int,
    version: int,
    seen: Mapping[str, Any],
    fields: Mapping[str, str],
) -> tuple[str, Any]:
    """Draft the hand-over and keep it, with the remarks that were typed."""
    degraded = handover.degraded_items(services.sources(viewer), find_coverage(services, viewer))
    made = desk.draft_handover(services.store, viewer, now, degraded=degraded)
    if seen.get("watch"):
        number, version = int(seen["watch"]), int(seen["version"])
        made = replace(made, remarks=fields[ids.HANDOVER_REMARKS].strip())
    desk.edit_handover(
        services.store,
        viewer,
        viewer.officer,
        replace(made, watch_no=number),
        expected_version=version,
    )
    return "The hand-over is drafted. Read it, add remarks, save and sign.", None


def _save(
    services: Services,
    viewer: Viewer,
    seen: Mapping[str, Any],
    kept: list[str],
    fields: Mapping[str, str],
) -> str:
    if not seen.get("watch"):
        raise BadInput("There is no hand-over to save; prepare it first.")
    number, version = int(seen["watch"]), int(seen["version"])
    standing = services.store.read("handover", viewer, watch_no=number)
    edited = handover.keep(standing, kept, fields[ids.HANDOVER_REMARKS])
    desk.edit_handover(
        services.store,
        viewer,
        viewer.officer,
        desk.Handover(**edited),
        expected_version=version,
    )
    return "The hand-over is saved."


def _refuse_unsaved(seen: Mapping[str, Any], kept: list[str], fields: Mapping[str, str]) -> None:
    """Nobody signs a text that still differs from what they typed."""
    typed = fields[ids.HANDOVER_REMARKS].strip() != str(seen.get("remarks", "")).strip()
    if seen.get("watch") and (typed or set(kept) != set(seen.get("all", []))):
        raise BadInput("Your changes are not saved yet: save them, then sign.")


def read_incident(typed: str) -> str:
    """The id in what was typed: an id, or a link to an incident."""
    typed = typed.strip()
    if "sel=" not in typed:
        return typed
    return parse_qs(urlsplit(typed).query).get("sel", [""])[0]


def read_moment(typed: str, now: datetime, field: str, *, ahead: bool = False) -> datetime | None:
    """The time typed, None for none: a date-time group, ISO 8601, or a time of day alone.

    A time of day is the latest that is past, or with `ahead` the next. Raises BadInput naming the
    field for what cannot be read, and with `ahead` for what is past.
    """
    typed = " ".join(typed.split())
    if not typed:
        return None
    day = _TIME_OF_DAY.fullmatch(typed)
    if day:
        moment = now.replace(hour=int(day[1]), minute=int(day[2]), second=0, microsecond=0)
        if ahead:
            return moment if moment > now else moment + _DAY
        return moment if moment <= now else moment - _DAY
    try:
        moment = read_instant(typed, now)[0]
    except BadInput as error:
        raise BadInput(f"{field}: {error} Write 1305Z or 231305Z NOV 26", field) from error
    if ahead and moment <= now:
        raise BadInput(f"{field}: this is past; write the month as well, 241200Z NOV 26", field)
    return moment

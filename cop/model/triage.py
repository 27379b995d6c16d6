"""What a watch desk does with an incident: states, acts, what each needs, and what stands after it.

Pure: no clock, no store. An act changes some columns of what stands; the acts of an incident played
again in their order give what stands now, and an act is undone by one that puts back what stood
before it (domain.md 11, lifecycle status).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from cop.errors import BadInput, Conflict
from cop.model.dtg import format_dtg
from cop.model.text import tidy
from cop.model.viewer import fold_officer
from cop.model.vocabulary import LIFECYCLES, MARKINGS, SEVERITIES, VERIFICATIONS

CLAIM_MINUTES = 60
QUEUE_DAYS = 30
MAX_TEXT = 2_000
SOURCE = "source"  # the act of a source that says something new of an incident the desk follows
_NEXT_STATES = {
    "new": ("triaged", "active", "closed", "withdrawn"),
    "triaged": ("active", "closed", "withdrawn"),
    "active": ("closed", "withdrawn"),
    "closed": ("active",),
    "withdrawn": ("active",),
}
# What leaves the desk's sight, and what comes back into it, needs a reason.
_AT_REST = frozenset(("closed", "withdrawn"))
JUDGED = {"severity": SEVERITIES, "verification": VERIFICATIONS, "status": LIFECYCLES}


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One thing an officer can do; `needs` and `takes` name the fields it must and may have."""

    name: str
    label: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    makes_version: bool = False


ACTS_OF_DESK: dict[str, DeskAct] = {
    act.name: act
    for act in (
        DeskAct("acknowledge", "Acknowledge", takes=("text",)),
        DeskAct("claim", "Claim", takes=("text",)),
        DeskAct("release", "Release", takes=("text",)),
        DeskAct("assign", "Assign", needs=("owner",), takes=("text",)),
        DeskAct("comment", "Comment", needs=("text",)),
        DeskAct("set_status", "Set status", ("status",), ("text",), makes_version=True),
        DeskAct("verify", "Set verification", ("verification",), ("text",), makes_version=True),
        DeskAct("set_severity", "Set severity", ("severity", "text"), makes_version=True),
        DeskAct("set_next", "Set next action", takes=("next_action", "next_due_at", "text")),
        DeskAct("close", "Close", needs=("text",), makes_version=True),
        DeskAct("reopen", "Reopen", needs=("text",), makes_version=True),
        DeskAct("undo", "Undo", needs=("act_no",), takes=("text",)),
    )
}
TASK_STATES: dict[str, tuple[str, ...]] = {
    "task": ("open", "doing", "done", "dropped"),
    "step": ("open", "doing", "done", "dropped"),
    "measure": ("recommended", "taken", "declined"),
}
# States of a task that still wants something of somebody.
OPEN_STATES = ("open", "doing", "recommended")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one incident at the desk: the columns of the store's `triage`.

    `…_set` are codes of an officer's judgement (0: none), `…_said` those of the sources. Times are
    naive UTC. `act_no` is the last officer's act, 0 where the desk only follows the incident.
    """

    incident_id: str
    act_no: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None
    owner: str = ""
    owner_until: datetime | None = None
    next_action: str = ""
    next_due_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    severity_set: int = 0
    severity_reason: str = ""
    verification_set: int = 0
    status_set: int = 0
    severity_said: int = 0
    verification_said: int = 0
    status_said: int = 0
    tlp: int = 0

    @property
    def severity(self) -> int:
        """The severity that stands, as a code: the officer's, or else the sources'."""
        return self.severity_set or self.severity_said

    @property
    def verification(self) -> int:
        """The verification that stands, as a code."""
        return self.verification_set or self.verification_said

    @property
    def status(self) -> int:
        """The lifecycle status that stands, as a code."""
        return self.status_set or self.status_said


COLUMNS = tuple(field.name for field in fields(Standing))
TIMES = tuple(name for name in COLUMNS if name.endswith(("_at", "_until")))


def next_states(status: str) -> tuple[str, ...]:
    """The states that may follow a lifecycle status."""
    return _NEXT_STATES[status]


def owner_at(owner: str, owner_until: datetime | None, now: datetime) -> str:
    """Who owns an incident now; nobody once a claim has ended."""
    return "" if owner_until is not None and owner_until <= now else owner


def changes_of(
    name: str, standing: Standing, officer: str, at: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    """What an act other than `undo` changes of what stands, as new values by column.

    Empty for a comment. Raises BadInput naming the field that is missing or wrong, Conflict where
    another officer has done it or holds the incident.
    """
    act = ACTS_OF_DESK.get(name)
    if act is None or name == "undo":
        raise BadInput(f"act: {name} is not something the desk does", field="act")
    text = read_text("text", given.get("text", ""), required="text" in act.needs)
    for field in given:
        if field not in (*act.needs, *act.takes, "text"):
            raise BadInput(f"{field}: {act.label.lower()} does not take it", field=field)
    match name:
        case "acknowledge":
            return _acknowledge(standing, officer, at)
        case "claim":
            _refuse_held(standing, officer, at)
            return {"owner": officer, "owner_until": at + timedelta(minutes=CLAIM_MINUTES)}
        case "release":
            _refuse_held(standing, officer, at)
            if not standing.owner:
                raise BadInput("owner: nobody holds this incident", field="owner")
            return {"owner": "", "owner_until": None}
        case "assign":
            return {"owner": read_officer("owner", given.get("owner", "")), "owner_until": None}
        case "set_status":
            return _move_to(standing, str(given.get("status", "")), text)
        case "close":
            return _move_to(standing, "closed", text)
        case "reopen":
            if LIFECYCLES.slug(standing.status) not in _AT_REST:
                raise BadInput("status: only what is closed or withdrawn is reopened", "status")
            return _move_to(standing, "active", text)
        case "verify":
            code = _code(VERIFICATIONS, "verification", given.get("verification"))
            return {"verification_set": code}
        case "set_severity":
            code = _code(SEVERITIES, "severity", given.get("severity"))
            return {"severity_set": code, "severity_reason": text}
        case "set_next":
            due_at = given.get("next_due_at")
            next_action = read_text("next_action", given.get("next_action", ""), most=300)
            if due_at is not None and not next_action:
                raise BadInput("next_action: say what is due", field="next_action")
            return {"next_action": next_action, "next_due_at": due_at}
    return {}


def stand(standing: Standing, act: str, actor: str, act_no: int, done_at: datetime,
          after: Mapping[str, Any]) -> Standing:  # fmt: skip
    """What stands after one act; what a source says is no officer's act."""
    if act == SOURCE:
        return replace(standing, **after)
    return replace(standing, **after, act_no=act_no, changed_by=actor, changed_at=done_at)


def replay(acts: Iterable[Mapping[str, Any]]) -> dict[str, Standing]:
    """What stands of each incident after its acts, given in order with `after` as values."""
    found: dict[str, Standing] = {}
    for act in acts:
        incident_id = act["incident_id"]
        found[incident_id] = stand(
            found.get(incident_id, Standing(incident_id)),
            act["act"],
            act["actor"],
            act["act_no"],
            act["done_at"],
            act["after"],
        )
    return found


def standing_acts(acts: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers of an incident's acts that are not undone; given in order."""
    known = list(acts)
    undone: set[int] = set()
    for act in reversed(known):  # a later act first: what undoes an act may be undone itself
        if act["undoes"] is not None and act["act_no"] not in undone:
            undone.add(act["undoes"])
    return {act["act_no"] for act in known} - undone


def why_not_undone(act_no: int, acts: Iterable[Mapping[str, Any]]) -> str:
    """Why an act of an incident can't be undone now; empty where it can. Acts are in order.

    A later act stands on it where it changed the same columns and is not undone itself.
    """
    known = list(acts)
    standing = standing_acts(known)
    wanted = next((act for act in known if act["act_no"] == act_no), None)
    if wanted is None or wanted["act"] == SOURCE:
        return "there is no such act of an officer"
    if act_no not in standing:
        return "it was undone already"
    if not wanted["after"]:
        return "it changed nothing; strike its entry in the log"
    for later in known:
        # An undo only takes away what stood; that what it undid is gone is known already.
        if later["act_no"] <= act_no or later["act"] in (SOURCE, "undo"):
            continue
        if later["act_no"] in standing and set(later["after"]) & set(wanted["after"]):
            return f"{say_act(later)} stands on it"
    return ""


def say_act(act: Mapping[str, Any]) -> str:
    """An act in words, with who and when: `acknowledge by A. Okoro at 231105Z NOV 26`."""
    label = ACTS_OF_DESK[act["act"]].label.lower() if act["act"] in ACTS_OF_DESK else "a report"
    return f"{label} by {act['actor']} at {format_dtg(act['done_at'])}"


def read_text(field: str, text: object, *, required: bool = False, most: int = MAX_TEXT) -> str:
    """A text that an officer typed, tidied. Raises BadInput naming the field."""
    tidied = tidy(str(text or ""))
    if required and not tidied:
        raise BadInput(f"{field}: this needs a text, and a reason where it asks for one", field)
    if len(tidied) > most:
        raise BadInput(f"{field}: {len(tidied):,} characters are too many; at most {most:,}", field)
    return tidied


def read_officer(field: str, text: object) -> str:
    """An officer's name, folded. Raises BadInput naming the field."""
    try:
        return fold_officer(str(text or ""))
    except BadInput as error:
        raise BadInput(f"{field}: {str(error).removeprefix('name: ')}", field) from error


def _acknowledge(standing: Standing, officer: str, at: datetime) -> dict[str, Any]:
    if standing.acknowledged_at is not None:
        raise Conflict(
            f"{standing.acknowledged_by} acknowledged this at "
            f"{format_dtg(standing.acknowledged_at)}; nothing was changed"
        )
    return {"acknowledged_by": officer, "acknowledged_at": at}


def _refuse_held(standing: Standing, officer: str, at: datetime) -> None:
    holder = owner_at(standing.owner, standing.owner_until, at)
    if holder and holder != officer:
        until = f" until {format_dtg(standing.owner_until)}" if standing.owner_until else ""
        raise Conflict(f"{holder} holds this incident{until}; nothing was changed")


def _move_to(standing: Standing, status: str, reason: str) -> dict[str, Any]:
    now = LIFECYCLES.slug(standing.status)
    code = _code(LIFECYCLES, "status", status)
    if status not in next_states(now):
        allowed = ", ".join(next_states(now))
        raise BadInput(f"status: from {now} an incident becomes {allowed}", field="status")
    if not reason and _AT_REST & {now, status}:
        raise BadInput("text: say why", field="text")
    return {"status_set": code}


def _code(vocabulary: Any, field: str, slug: object) -> int:
    if str(slug) not in vocabulary:
        allowed = ", ".join(vocabulary.slugs)
        raise BadInput(f"{field}: must be one of {allowed}", field=field)
    return int(vocabulary.code(str(slug)))


def dump_columns(values: Mapping[str, Any]) -> str:
    """Columns of what stands as JSON; times as ISO 8601."""
    return json.dumps(values, ensure_ascii=False, default=datetime.isoformat)


def parse_columns(text: str) -> dict[str, Any]:
    """The other way of `dump_columns`."""
    values: dict[str, Any] = json.loads(text)
    return {
        name: datetime.fromisoformat(value) if name in TIMES and value else value
        for name, value in values.items()
    }


def words_of(act: str, before: Standing, after: Standing, text: str) -> str:
    """An act as the log says it: `Severity 3 to 5: shots were fired`."""
    match act:
        case "acknowledge":
            said = "Acknowledged"
        case "claim":
            assert after.owner_until is not None
            said = f"Claimed until {format_dtg(after.owner_until)}"
        case "release":
            said = f"Released by {before.owner}"
        case "assign":
            said = f"Assigned to {after.owner}"
        case "set_next":
            said = f"Next action: {after.next_action or 'none'}"
            said += f" by {format_dtg(after.next_due_at)}" if after.next_due_at else ""
        case "comment":
            said = "Comment"
        case _:
            said = ", ".join(_say_changes(before, after)) or "Nothing changed"
    return f"{said}: {text}" if text else said


def _say_changes(before: Standing, after: Standing) -> Iterator[str]:
    """What differs in the picture, in words; without that, what differs at the desk."""
    for name, vocabulary in JUDGED.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name} {vocabulary.slug(was)} to {vocabulary.slug(now)}".capitalize()
    if before.tlp != after.tlp:
        yield f"marking {MARKINGS.label(MARKINGS.slug(after.tlp))}"
    for name in ("owner", "acknowledged_by", "next_action"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name.replace('_', ' ')} {was or 'nobody'} to {now or 'none'}".capitalize()

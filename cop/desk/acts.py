"""Acts of officers on incidents: checked against what they saw, recorded whole, undone by acts."""

from __future__ import annotations

from typing import Any

from cop.desk.signing import clearance_of, moment_of, name_of, signed
from cop.errors import BadInput, Conflict
from cop.model.dtg import format_dtg
from cop.model.triage import (
    ACTS_OF_DESK,
    JUDGED,
    SOURCE,
    Standing,
    changes_of,
    read_text,
    say_act,
    why_not_undone,
)
from cop.model.viewer import Viewer
from cop.store import Store, Writer
from cop.store.desk_writing import Incident


def act(
    store: Store,
    viewer: Viewer,
    officer: str,
    incident_id: str,
    name: str,
    *,
    expected_version: int | None = None,
    expected_act: int | None = None,
    **fields: Any,
) -> int:
    """Do one thing of `ACTS_OF_DESK` with an incident; the number of the act.

    `expected_version` is the version of the incident that the officer saw, needed by acts that
    make a new one; `expected_act` the last act they saw (`act_no` of triage, 0 for none). Either
    is enough for the others; a comment needs none. `fields` are those the act needs or takes.
    Raises NotFound, BadInput naming the field, and Conflict, saying who did what and when, where
    something else stands than the officer saw: nothing is changed then.
    """
    officer = name_of(officer)
    if name == "undo":
        return undo(store, viewer, officer, int(fields["act_no"]), text=fields.get("text", ""))
    if name not in ACTS_OF_DESK:
        raise BadInput(f"act: {name} is not something the desk does", "act")
    moment_of("next_due_at", fields.get("next_due_at"))
    with signed(store, officer, f"incident.{name}", incident_id) as writer:
        incident = writer.desk.find_incident(incident_id, clearance_of(viewer))
        standing = writer.desk.follow(incident)
        if name != "comment":
            _refuse_unseen(writer, incident, standing, name, expected_version, expected_act)
        changed = changes_of(name, standing, officer, writer.at, fields)
        text = read_text("text", fields.get("text", ""))
        writer.note(text=text, changed=changed)
        return writer.desk.record_act(
            incident,
            standing,
            name,
            officer,
            text,
            changed,
            makes_version=ACTS_OF_DESK[name].makes_version,
        )


def undo(store: Store, viewer: Viewer, officer: str, act_no: int, *, text: str = "") -> int:
    """Put back what stood before an act, as a new act; its number.

    Raises NotFound where there is no such act for the viewer, Conflict where a later act stands on
    it or it was undone already.
    """
    officer, text = name_of(officer), read_text("text", text)
    with signed(store, officer, "incident.undo", f"act {act_no}") as writer:
        incident_id = writer.desk.act_numbered(act_no)["incident_id"]
        incident = writer.desk.find_incident(incident_id, clearance_of(viewer))
        acts = writer.desk.acts_of(incident_id)
        if why_not := why_not_undone(act_no, acts):
            raise Conflict(f"this cannot be undone: {why_not}; nothing was changed")
        wanted = next(done for done in acts if done["act_no"] == act_no)
        writer.note(incident_id=incident_id, act_no=act_no, text=text)
        return writer.desk.record_act(
            incident,
            writer.desk.follow(incident),
            "undo",
            officer,
            text or f"undoes {say_act(wanted)}",
            wanted["before"],
            makes_version=any(f"{name}_set" in wanted["before"] for name in JUDGED),
            undoes=act_no,
        )


def _refuse_unseen(
    writer: Writer,
    incident: Incident,
    standing: Standing,
    name: str,
    expected_version: int | None,
    expected_act: int | None,
) -> None:
    """Raise Conflict where another version or act stands than the officer saw."""
    if expected_version is None and (expected_act is None or ACTS_OF_DESK[name].makes_version):
        raise BadInput("expected_version: say which version of the incident was seen")
    incident_id, version = incident["incident_id"], int(incident["version"])
    if expected_act is not None and expected_act != standing.act_no:
        later = [
            done
            for done in writer.desk.acts_of(incident_id)
            if done["act"] != SOURCE and done["act_no"] > expected_act
        ]
        what = "; ".join(say_act(done) for done in later) or "another act stands than was seen"
        raise Conflict(f"{what}. Nothing was changed; look at the incident again")
    if expected_version is not None and expected_version != version:
        actor, made_at = writer.desk.version_made(incident_id, version)
        made = [done for done in writer.desk.acts_of(incident_id) if done["version"] == version]
        by_desk = [done for done in made if done["act"] != SOURCE and done["done_at"] == made_at]
        what = (
            say_act(by_desk[0])
            if by_desk
            else f"a new report (version {version}), taken in by {actor} at {format_dtg(made_at)}"
        )
        raise Conflict(f"{what}. Nothing was changed; look at the incident again")

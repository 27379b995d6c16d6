"""The watch and its log: opened, noted in, handed over, signed by both, relieved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cop.desk.handover import Handover, dump_handover, parse_handover
from cop.desk.signing import clearance_of, marking_of, moment_of, name_of, signed
from cop.errors import BadInput, Conflict, NotFound
from cop.model.dtg import format_dtg
from cop.model.triage import read_text
from cop.model.viewer import Viewer
from cop.store import Store, Writer
from cop.store.desk_overlay import short_title
from cop.store.desk_writing import Entry

# An officer's clock may be a little ahead of ours.
_AHEAD = timedelta(minutes=1)


def open_watch(store: Store, officer: str) -> int:
    """Open the first watch; its number. The first act of an officer would open it as well.

    Raises Conflict where one is on: that one is relieved.
    """
    officer = name_of(officer)
    with signed(store, officer, "watch.open", "watch") as writer:
        watch = writer.desk.open_watch()
        if watch is not None:
            raise Conflict(
                f"watch {watch['watch_no']}, opened by {watch['opened_by']} at "
                f"{format_dtg(watch['opened_at'])}, is on; relieve it instead"
            )
        return int(writer.desk.begin_watch(officer)["watch_no"])


def add_note(
    store: Store,
    viewer: Viewer,
    officer: str,
    text: str,
    happened_at: datetime | None = None,
    incident_id: str = "",
    *,
    tlp: str | None = None,
) -> int:
    """Write a note into the log of the watch; the number of the entry.

    A note on an incident has the incident's marking, another one `tlp` (default AMBER). Raises
    NotFound for the incident, BadInput for an empty text or a time yet to come.
    """
    officer = name_of(officer)
    text = read_text("text", text, required=True)
    happened_at = moment_of("happened_at", happened_at)
    with signed(store, officer, "log.note", incident_id or "log") as writer:
        if happened_at is not None and happened_at > writer.at + _AHEAD:
            raise BadInput("happened_at: this is yet to come", "happened_at")
        marking, about = marking_of(viewer, tlp), ""
        if incident_id:
            marking, about = follow(writer, viewer, incident_id)
        entry = Entry("note", about + text, officer, marking, incident_id, happened_at)
        return writer.desk.log(entry)


def strike(store: Store, viewer: Viewer, officer: str, entry_no: int, reason: str) -> int:
    """Strike an entry of the log by another one that says why; the number of that one.

    The struck entry stays readable. Only notes and measures are struck; acts are undone. Raises
    NotFound, BadInput without a reason, Conflict where it was struck already.
    """
    officer, reason = name_of(officer), read_text("reason", reason, required=True)
    with signed(store, officer, "log.strike", f"entry {entry_no}") as writer:
        struck = writer.desk.entry_numbered(entry_no, clearance_of(viewer))
        if struck["struck_by"] is not None:
            raise Conflict("this entry was struck already; nothing was changed")
        if struck["kind"] not in ("note", "measure") or struck["strikes"] is not None:
            raise BadInput("entry_no: only notes and measures are struck; acts are undone")
        text = f"Strikes entry {entry_no}: {reason}"
        incident_id = struck["incident_id"]
        return writer.desk.log(
            Entry("note", text, officer, struck["tlp"], incident_id, strikes=entry_no)
        )


def edit_handover(
    store: Store,
    viewer: Viewer,
    officer: str,
    handover: Handover,
    *,
    expected_version: int,
) -> int:
    """Keep a hand-over, drafted or edited, with the watch that is on; the watch's new version.

    A signature under an earlier text is taken off. Its marking is the strictest of its items and of
    what the officer writes. Raises Conflict where the watch is another one, or was changed.
    """
    officer = name_of(officer)
    handover = parse_handover(dump_handover(handover))
    with signed(store, officer, "handover.edit", f"watch {handover.watch_no}") as writer:
        watch = _the_watch(writer, handover.watch_no, expected_version)
        if watch["tlp"] > clearance_of(viewer):
            raise NotFound("there is no such watch")
        tlp = handover.tlp
        if handover.remarks:
            tlp = max(tlp, marking_of(viewer, None))
        if tlp > clearance_of(viewer):
            raise BadInput("tlp: nobody marks above what they may read themselves", "tlp")
        text = dump_handover(handover)
        unsigned = {"signed_by": "", "signed_at": None}
        writer.desk.put_numbered("watches", watch | {"handover": text, "tlp": tlp} | unsigned,
                                 officer)  # fmt: skip
        if watch["signed_by"]:
            words = f"Hand-over changed by {officer}; {watch['signed_by']} no longer signs it"
            writer.desk.log(Entry("watch", words, officer, 0))
        return int(watch["version"]) + 1


def sign_handover(store: Store, officer: str, watch_no: int, *, expected_version: int) -> int:
    """Sign the hand-over of the watch that is on, as it stands; the watch's new version.

    Raises BadInput where none was written, Conflict where it is not the one the officer read.
    """
    officer = name_of(officer)
    with signed(store, officer, "handover.sign", f"watch {watch_no}") as writer:
        watch = _the_watch(writer, watch_no, expected_version)
        if not watch["handover"]:
            raise BadInput("handover: write the hand-over first", "handover")
        signature = {"signed_by": officer, "signed_at": writer.at}
        writer.desk.put_numbered("watches", watch | signature, officer)
        writer.desk.log(Entry("watch", f"Hand-over signed by {officer}", officer, 0))
        return int(watch["version"]) + 1


def relieve(store: Store, officer: str, watch_no: int, *, expected_version: int) -> int:
    """Take over: the relief signs, the watch closes, the next one opens with its hand-over.

    The number of the next watch. Raises BadInput where the hand-over is not signed, or by the same
    officer; Conflict where it is not the one the relief read.
    """
    officer = name_of(officer)
    with signed(store, officer, "watch.relieve", f"watch {watch_no}") as writer:
        watch = _the_watch(writer, watch_no, expected_version)
        if not watch["signed_by"]:
            raise BadInput("handover: the officer who hands over signs first", "handover")
        if watch["signed_by"] == officer:
            raise BadInput("officer: the relief signs with their own name", "officer")
        words = f"Watch {watch_no} relieved: {watch['signed_by']} handed over to {officer}"
        writer.desk.log(Entry("watch", words, officer, 0))
        end = {"relieved_by": officer, "relieved_at": writer.at, "closed_at": writer.at}
        writer.desk.put_numbered("watches", watch | end, officer)
        return int(writer.desk.begin_watch(officer, from_watch=watch_no)["watch_no"])


def follow(writer: Writer, viewer: Viewer, incident_id: str) -> tuple[int, str]:
    """Have the desk follow an incident: its marking (code), and how an entry on it begins.

    Raises NotFound where it does not exist for the viewer.
    """
    incident = writer.desk.find_incident(incident_id, clearance_of(viewer))
    standing = writer.desk.follow(incident)
    return standing.tlp, f"{short_title(incident['title'])} — "


def _the_watch(writer: Writer, watch_no: int, expected_version: int) -> dict[str, Any]:
    """The watch that is on, as the officer saw it. Raises Conflict where it is another."""
    watch = writer.desk.open_watch()
    if watch is None or watch["watch_no"] != watch_no:
        now = f"watch {watch['watch_no']} of {watch['opened_by']} is on" if watch else "none is on"
        raise Conflict(f"watch {watch_no} is not on any more: {now}. Nothing was changed")
    if watch["version"] != expected_version:
        raise Conflict(
            f"{watch['actor']} changed the hand-over at {format_dtg(watch['changed_at'])}. "
            "Nothing was changed; read it again"
        )
    return watch

"""How the watch desk's memory is written: acts and what stands, the log, numbered things.

Reached as `Writer.desk` only. Everything is appended; only `triage`, which the acts give again when
they are played in their order, is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from cop.errors import NotFound
from cop.model.triage import JUDGED, SOURCE, Standing, dump_columns, stand, words_of
from cop.store.desk_overlay import hear, lay_over, rows_of, said_by, short_title
from cop.store.desk_rows import (
    append_rows,
    as_arrow,
    one_row,
    read_acts,
    read_standings,
    records_of,
)

if TYPE_CHECKING:
    from cop.store.writing import Rows, Writer

Incident = dict[str, Any]  # by column of the picture
# Tables of things with versions, and the column of their number.
NUMBERED = {
    "watches": "watch_no",
    "tasks": "task_no",
    "contacts": "contact_no",
    "saved": "saved_no",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry for the log of the watch; without `happened_at` it happened as it is written."""

    kind: str
    text: str
    actor: str
    tlp: int
    incident_id: str = ""
    happened_at: datetime | None = None
    strikes: int | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """One act to record, on what stood before it."""

    before: Standing
    act: str
    text: str
    actor: str
    changed: dict[str, Any]
    version: int
    undoes: int | None = None


class DeskWriter:
    """Writes what the desk did through the cursor of an audited transaction."""

    def __init__(self, writer: Writer, cursor: duckdb.DuckDBPyConnection) -> None:
        self._writer, self._cursor = writer, cursor
        self.was_used = False
        # Whether the queue may have changed, and whose news may have.
        self.queue_changed = False
        self.news_changed: set[str] = set()
        self._is_acting = False

    # Incidents and what stands of them

    def find_incident(self, incident_id: str, clearance: int) -> Incident:
        """The incident as it stands, by column of the picture without `recorded_at`.

        Raises NotFound where there is none up to a clearance (code of a marking).
        """
        found = records_of(
            self._cursor.execute(
                "SELECT * EXCLUDE (recorded_at) FROM incidents WHERE incident_id = ? AND tlp <= ?",
                [incident_id, clearance],
            )
        )
        if len(found) != 1:
            raise NotFound("there is no such incident")
        return found[0]

    def version_made(self, incident_id: str, version: int) -> tuple[str, datetime]:
        """Who recorded a version of an incident, and when."""
        actor, made_at = self._cursor.execute(
            "SELECT actor, recorded_at FROM incident_versions "
            "WHERE incident_id = ? AND version = ?",
            [incident_id, version],
        ).fetchall()[0]
        return str(actor), made_at

    def standing_of(self, incident_id: str) -> Standing:
        """What stands of an incident at the desk; nothing where the desk does not follow it."""
        found = read_standings(self._cursor, "WHERE incident_id = ?", [incident_id])
        return found[0] if found else Standing(incident_id)

    def acts_of(self, incident_id: str) -> list[dict[str, Any]]:
        """All acts of an incident in their order, `before` and `after` as values."""
        return read_acts(self._cursor, "WHERE incident_id = ?", [incident_id])

    def act_numbered(self, act_no: int) -> dict[str, Any]:
        """One act. Raises NotFound."""
        found = read_acts(self._cursor, "WHERE act_no = ?", [act_no])
        if not found:
            raise NotFound("there is no such act")
        return found[0]

    def follow(self, incident: Incident) -> Standing:
        """What stands of an incident, which the desk follows from now on at the latest."""
        standing = self.standing_of(incident["incident_id"])
        if standing.status_said:
            return standing
        text, actor, version = "as it was taken up", self._writer.actor, incident["version"]
        done = _Done(standing, SOURCE, text, actor, dict(said_by(incident)), version)
        return self._record([done])[0]

    def record_act(
        self,
        incident: Incident,
        before: Standing,
        act: str,
        officer: str,
        text: str,
        changed: dict[str, Any],
        *,
        makes_version: bool,
        undoes: int | None = None,
    ) -> int:
        """Record an officer's act, what stands after it, its version and its entry in the log.

        `before` is what `follow` gave, `changed` are columns of triage. The number of the act.
        """
        version = int(incident["version"]) + makes_version
        done = _Done(before, act, text, officer, changed, version, undoes)
        [after] = self._record([done])
        if makes_version:
            self._put_version(incident, after, version, officer)
        words = f"{short_title(incident['title'])} — {words_of(act, before, after, text)}"
        self.log(Entry("act", words, officer, after.tlp, after.incident_id))
        return after.act_no

    def overlay(self, incidents: Rows) -> Rows:
        """The staged rows with the officers' standing judgements on them.

        What the sources say instead is kept beside the judgement, as an act of the source, and
        goes into the log. Where the desk follows nothing this is one look at an empty table.
        """
        if not self._number("SELECT count(*) FROM triage"):
            return incidents
        self._cursor.register("overlaid", incidents)
        try:
            followed = read_standings(self._cursor, "SEMI JOIN overlaid USING (incident_id)")
        finally:
            self._cursor.unregister("overlaid")
        if not followed:
            return incidents
        table = as_arrow(incidents)
        rows = rows_of(table, followed)
        if not self._is_acting:
            self._hear_sources(followed, {key: row for key, (_, row) in rows.items()})
        return lay_over(table, followed, rows)

    # The log

    def log(self, *entries: Entry) -> int:
        """Append to the log of the watch, which is opened where none is on; the last number."""
        watch = self.open_watch() or self.begin_watch(entries[0].actor)
        first = self._writer.next_number("log_entries", "entry_no")
        rows = [
            asdict(entry)
            | {
                "entry_no": number,
                "watch_no": watch["watch_no"],
                "happened_at": entry.happened_at or self._writer.at,
                "written_at": self._writer.at,
            }
            for number, entry in enumerate(entries, first)
        ]
        self._append("log_entries", rows)
        return first + len(rows) - 1

    def entry_numbered(self, entry_no: int, clearance: int) -> dict[str, Any]:
        """An entry of the log with `struck_by`. Raises NotFound where the reader may not see it."""
        found = records_of(
            self._cursor.execute(
                "SELECT e.*, s.entry_no AS struck_by FROM log_entries AS e "
                "LEFT JOIN log_entries AS s ON s.strikes = e.entry_no "
                "LEFT JOIN triage AS t ON t.incident_id = e.incident_id "
                "WHERE e.entry_no = ? AND greatest(e.tlp, coalesce(t.tlp, 0)) <= ?",
                [entry_no, clearance],
            )
        )
        if not found:
            raise NotFound("there is no such entry in the log")
        return found[0]

    # Watches, tasks, contacts, saved views and areas

    def open_watch(self) -> dict[str, Any] | None:
        """The watch that is on; None before the first."""
        found = records_of(
            self._cursor.execute(
                "SELECT * FROM watches ORDER BY watch_no DESC, version DESC LIMIT 1"
            )
        )
        return found[0] if found else None

    def begin_watch(self, officer: str, from_watch: int | None = None) -> dict[str, Any]:
        """Open the next watch, with its first entry in the log."""
        watch = {
            "opened_at": self._writer.at,
            "opened_by": officer,
            "from_watch": from_watch,
            "handover": "",
            "tlp": 0,
            "signed_by": "",
            "signed_at": None,
            "relieved_by": "",
            "relieved_at": None,
            "closed_at": None,
        }
        number = self.put_numbered("watches", watch, officer)
        relieving = f", relieving watch {from_watch}" if from_watch else ""
        self.log(Entry("watch", f"Watch {number} opened by {officer}{relieving}", officer, 0))
        return self.numbered("watches", number)

    def checklist_added(self, incident_id: str, playbook: str) -> tuple[str, datetime] | None:
        """Who added a playbook's checklist to an incident, and when; None where nobody did."""
        rows = self._cursor.execute(
            "SELECT actor, changed_at FROM tasks WHERE incident_id = ? AND playbook = ? "
            "ORDER BY task_no, version LIMIT 1",
            [incident_id, playbook],
        ).fetchall()
        return (str(rows[0][0]), rows[0][1]) if rows else None

    def numbered(self, table: str, number: int) -> dict[str, Any]:
        """The latest version of a numbered thing. Raises NotFound."""
        found = records_of(
            self._cursor.execute(
                f"SELECT * FROM {table} WHERE {NUMBERED[table]} = ? ORDER BY version DESC LIMIT 1",
                [number],
            )
        )
        if not found:
            raise NotFound(f"there is no number {number} among the {table}")
        return found[0]

    def put_numbered(self, table: str, row: dict[str, Any], actor: str) -> int:
        """Append a numbered thing, or the next version of one whose row has its number."""
        column = NUMBERED[table]
        number = int(row.get(column) or self._writer.next_number(table, column))
        made = {
            column: number,
            "version": row.get("version", 0) + 1,
            "actor": actor,
            "saved_at" if table == "saved" else "changed_at": self._writer.at,
        }
        self._append(table, [row | made])
        return number

    # Officers and what they have seen

    def sign_on(self, officer: str) -> None:
        """Know an officer: what was recorded before counts as seen by them."""
        self.was_used = True
        if not self._number("SELECT count(*) FROM officers WHERE name = ?", officer):
            self._put_officer(officer, self._writer.at, self._writer.at)

    def see_through(self, officer: str, through: datetime) -> None:
        """Count everything recorded up to an instant as seen; it never goes back."""
        self.sign_on(officer)
        first, before = self._cursor.execute(
            "SELECT min(first_seen_at), max(seen_through) FROM officers WHERE name = ?", [officer]
        ).fetchall()[0]
        if through > before:
            self._put_officer(officer, first, through)

    def see(self, officer: str, pairs: Iterable[tuple[str, int]]) -> None:
        """Mark versions of incidents as seen by an officer, each once."""
        self.sign_on(officer)
        self.news_changed.add(officer)
        given = list(dict.fromkeys(pairs))
        looked_at = pa.table(
            {
                "incident_id": pa.array([incident_id for incident_id, _ in given], pa.string()),
                "version": pa.array([version for _, version in given], pa.int32()),
            }
        )
        self._cursor.register("looked_at", looked_at)
        try:
            self._cursor.execute(
                "INSERT INTO seen SELECT ?, l.incident_id, l.version, ? FROM looked_at AS l "
                "WHERE NOT EXISTS (FROM seen AS s WHERE s.officer = ? "
                "AND s.incident_id = l.incident_id AND s.version >= l.version)",
                [officer, self._writer.at, officer],
            )
        finally:
            self._cursor.unregister("looked_at")

    # Inside

    def _record(self, done: Sequence[_Done]) -> list[Standing]:
        """Append acts and replace what stands of their incidents, one act an incident."""
        first = self._writer.next_number("acts", "act_no")
        at = self._writer.at
        standings = [
            stand(one.before, one.act, one.actor, number, at, one.changed)
            for number, one in enumerate(done, first)
        ]
        self._append(
            "acts",
            [
                {
                    "act_no": number,
                    "incident_id": one.before.incident_id,
                    "version": one.version,
                    "act": one.act,
                    "text": one.text,
                    "actor": one.actor,
                    "done_at": at,
                    "before": dump_columns({k: getattr(one.before, k) for k in one.changed}),
                    "after": dump_columns(one.changed),
                    "undoes": one.undoes,
                    "audit_no": self._writer.audit_no,
                }
                for number, one in enumerate(done, first)
            ],
        )
        # A first act puts an incident into the queue; a later comment changes nothing in it.
        if any(one.changed or not one.before.act_no for one in done):
            self.queue_changed = True
        ids = [standing.incident_id for standing in standings]
        self._cursor.execute("DELETE FROM triage WHERE list_contains(?, incident_id)", [ids])
        self._append("triage", [asdict(standing) for standing in standings])
        return standings

    def _put_version(
        self, incident: Incident, standing: Standing, version: int, officer: str
    ) -> None:
        """The incident's next version, as its sources have it; the overlay adds the judgements."""
        said = {name: getattr(standing, f"{name}_said") for name in JUDGED}
        self._is_acting = True
        try:
            self._writer.put_incidents(one_row(incident | said | {"version": version}))
        finally:
            self._is_acting = False
        self.see(officer, [(standing.incident_id, version)])

    def _hear_sources(self, followed: Sequence[Standing], rows: dict[str, dict[str, Any]]) -> None:
        """Record what the sources now say of incidents that the desk follows."""
        actor, done, entries = self._writer.actor, [], []
        for standing in followed:
            row = rows[standing.incident_id]
            changed, after, words = hear(standing, row)
            if changed:
                done.append(_Done(standing, SOURCE, words, actor, dict(changed), row["version"]))
            text = f"{short_title(row['title'])} — {words}"
            entries.append(Entry("source", text, actor, after.tlp, after.incident_id))
        if done:
            self._record(done)
        self.log(*entries)

    def _put_officer(self, name: str, first: datetime, through: datetime) -> None:
        self.news_changed.add(name)
        row = {"name": name, "first_seen_at": first, "seen_through": through}
        self._append("officers", [row | {"changed_at": self._writer.at}])

    def _append(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        self.was_used = True
        append_rows(self._cursor, table, rows)

    def _number(self, sql: str, *values: Any) -> int:
        return int(self._cursor.execute(sql, list(values)).fetchall()[0][0])

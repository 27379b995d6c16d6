"""What can be changed, inside one audited transaction. Made by `Store.write` only."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from cop.store.desk_writing import DeskWriter
from cop.store.position_writing import PositionWriter
from cop.store.replacing import Locate, Replacing

SQL = Path(__file__).parent / "sql"
GENESIS = "0" * 64
# An Arrow table is taken as it lies; a frame costs milliseconds of looking at its columns.
Rows: TypeAlias = pd.DataFrame | pa.Table
References: TypeAlias = list[str] | pa.Array


def audit_hash(
    previous: str, number: int, at: datetime, actor: str, action: str, subject: str, detail: str
) -> str:
    """The hash of an audit row, over its own words and the hash of the row before it."""
    text = json.dumps(
        [previous, number, at.isoformat(), actor, action, subject, detail], ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


class Writer:
    """The hand that writes: `at` is the one recorded time of everything in the transaction.

    `at` never repeats or goes back, even when the clock does, so that versions have an order.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        actor: str,
        action: str,
        subject: str,
        now: datetime,
        locate: Locate | None = None,
    ) -> None:
        self._cursor = cursor
        self._replacing = Replacing(cursor, locate)
        self.positions = PositionWriter(cursor)
        self.actor, self.action, self.subject = actor, action, subject
        # Whether anything but the watch desk's memory was changed.
        self.touched_picture = False
        self._keeps_once = self._noted_once = False
        self._detail: dict[str, Any] = {}
        last = self._rows(
            "SELECT audit_no, done_at, hash FROM audit ORDER BY audit_no DESC LIMIT 1"
        )
        number, at, digest = last[0] if last else (0, datetime.min, GENESIS)
        self._previous_hash: str = digest
        self.audit_no = number + 1
        self.at = max(now, at + timedelta(microseconds=1)) if last else now
        self.desk = DeskWriter(self, cursor)

    def keep_once(self) -> None:
        """Write each incident of this change once: the picture's row is its version as well.

        Its version is kept apart when the next one comes, which costs that change more: right
        for a bulk import, half of whose work it spares. To be called before the first is written.
        """
        self._keeps_once = True

    def note(self, **detail: Any) -> None:
        """Add to what the audit row says of this change."""
        self._detail |= detail

    def next_number(self, table: str, column: str) -> int:
        """The next free number of a table that is numbered from one."""
        return int(self._rows(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}")[0][0])

    # Incidents and reports

    def known_facts(
        self, source: int, references: References
    ) -> list[tuple[str, str, int, str, int]]:
        """What a source said of references: `incident_id, reference, version, facts, tlp`."""
        return self._find_by_reference(SQL / "incident" / "find_known.sql", source, references)

    def known_raw(self, source: int, references: References) -> list[tuple[str, str]]:
        """The hashes of every report kept for these references: `reference, raw_sha256`."""
        return self._find_by_reference(SQL / "report" / "find_hashes.sql", source, references)

    def add_reports(self, reports: Rows) -> None:
        """Append reports; columns as in the table."""
        self._append("reports", reports)

    def link_reports(self, links: Rows) -> None:
        """Join reports to incidents: columns `incident_id, report_id, score, reason`."""
        self._append("incident_reports", links, linked_at=self.at, actor=self.actor)

    def put_incidents(self, incidents: Rows) -> None:
        """Record new versions: columns as in `incidents`, without `recorded_at`.

        The versions they follow are superseded at the same instant, and the picture of now is
        changed with them. Deleting and inserting a staged batch is 30 times faster than upserting.
        """
        if not len(incidents):
            return
        incidents = self.desk.overlay(incidents)
        self._cursor.register("staged", incidents)
        try:
            column = incidents["incident_id"]
            ids = column.to_pylist() if isinstance(incidents, pa.Table) else column.tolist()
            self._replacing.take_out(ids, self.at)
            recorded = {"recorded_at": self.at}
            if self._keeps_once:
                self._note_once()
            else:
                change = {"actor": self.actor, "action": self.action, "audit_no": self.audit_no}
                self._insert("kept_versions", "staged", incidents, recorded | change)
            self._insert("incidents", "staged", incidents, recorded)
        finally:
            self._cursor.unregister("staged")

    def add_incidents(self, incidents: pa.Table) -> None:
        """Append incidents never heard of before: columns as for `put_incidents`.

        Nothing is looked up or taken out: that none of them is known is the caller's promise.
        Only in a change that keeps once.
        """
        if not self._keeps_once:
            raise ValueError("incidents are added in a change that keeps them once")
        self._note_once()
        self._append("incidents", incidents, recorded_at=self.at)

    def _note_once(self) -> None:
        if not self._noted_once:
            self._noted_once = True
            self._cursor.execute(
                "INSERT INTO kept_once VALUES (?, ?, ?, ?)",
                [self.at, self.actor, self.action, self.audit_no],
            )

    def add_history(self, incidents: pa.Table, earlier: pa.Table, reports: pa.Table) -> None:
        """Append incidents never heard of before with all that is known of them, in one sweep.

        `incidents`: columns as in the table, in the order they are to lie in. `earlier`: versions
        they superseded, the same columns and `superseded_at`. `reports`: one or more an incident,
        columns as in the table without id and hash, and `incident_id`. Recorded times are the
        caller's. That nothing of it is known already is the caller's promise: nothing is looked
        up, so that millions of rows take a minute.
        """
        self.touched_picture = True
        # Recorded in the past: the index can't tell that there is something it has not seen.
        self._replacing = Replacing(self._cursor, None)
        given = {"made": incidents, "made_earlier": earlier, "made_reports": reports}
        for name, table in given.items():
            self._cursor.register(name, table)
        try:
            columns = ", ".join(f'"{name}"' for name in incidents.column_names)
            self._cursor.execute(f"INSERT INTO incidents ({columns}) SELECT {columns} FROM made")
            for source, end in (("made", "NULL"), ("made_earlier", "superseded_at")):
                self._cursor.execute(
                    f"INSERT INTO kept_versions ({columns}, superseded_at, actor, action, "
                    f"audit_no) SELECT {columns}, {end}, ?, ?, ? FROM {source}",
                    [self.actor, self.action, self.audit_no],
                )
            self._run(SQL / "report" / "add_made.sql")
            self._run(SQL / "report" / "link_made.sql", [self.actor])
        finally:
            for name in given:
                self._cursor.unregister(name)

    # Around them

    def add_run(self, run: dict[str, Any]) -> None:
        """Append one feed run; `actor` and `finished_at` are ours."""
        self.touched_picture = True
        row = run | {"actor": self.actor}
        columns, values = ", ".join(row), ", ".join("?" * len(row))
        self._cursor.execute(
            f"INSERT INTO feed_runs ({columns}) VALUES ({values})", list(row.values())
        )

    def keep_aside(self, items: pd.DataFrame) -> None:
        """Append quarantined and rejected records, numbered from here on."""
        if items.empty:
            return
        first = self.next_number("quarantine", "item_id")
        self._append(
            "quarantine",
            items.assign(
                item_id=range(first, first + len(items)),
                kept_at=self.at,
                settled_at=pd.Series([pd.NaT] * len(items), dtype="datetime64[us]"),
                settled_by="",
            ),
        )

    def settle_quarantined(self, item_id: int, state: str) -> int:
        """Mark an open item `corrected` or `dismissed`; how many items that was, 0 or 1."""
        self.touched_picture = True
        changed = self._cursor.execute(
            "UPDATE quarantine SET state = ?, settled_at = ?, settled_by = ? "
            "WHERE item_id = ? AND state = 'open'",
            [state, self.at, self.actor, item_id],
        ).fetchall()
        return int(changed[0][0])

    def replace_reference(self, table: str, rows: pd.DataFrame) -> None:
        """Replace a reference list (`ports`, `regions`, `vessel_areas`) whole."""
        if table not in ("ports", "regions", "vessel_areas"):
            raise ValueError(f"{table} is not a reference list")
        self.touched_picture = True
        self._cursor.execute(f"DELETE FROM {table}")
        self._append(table, rows)

    def set_meta(self, key: str, value: str) -> None:
        """Set one fact about the store itself."""
        self.touched_picture = True
        self._cursor.execute("DELETE FROM meta WHERE key = ?", [key])
        self._cursor.execute("INSERT INTO meta VALUES (?, ?)", [key, value])

    def seal(self) -> int:
        """Write the audit row; its number is the store's new version."""
        detail = json.dumps(self._detail, ensure_ascii=False, sort_keys=True, default=str)
        digest = audit_hash(
            self._previous_hash,
            self.audit_no,
            self.at,
            self.actor,
            self.action,
            self.subject,
            detail,
        )
        self._cursor.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                self.audit_no,
                self.at,
                self.actor,
                self.action,
                self.subject,
                detail,
                self._previous_hash,
                digest,
            ],
        )
        return self.audit_no

    # Inside

    def _append(self, table: str, rows: Rows, **same: Any) -> None:
        if not len(rows):
            return
        self._cursor.register("appended", rows)
        try:
            self._insert(table, "appended", rows, same)
        finally:
            self._cursor.unregister("appended")

    def _insert(self, table: str, source: str, rows: Rows, same: dict[str, Any]) -> None:
        """Insert `rows`, registered as `source`, with columns that are the same in all of them."""
        self.touched_picture = True
        names = rows.column_names if isinstance(rows, pa.Table) else rows.columns
        columns = ", ".join(f'"{name}"' for name in (*names, *same))
        given = ", ".join((*(f'"{name}"' for name in names), *("?" for _ in same)))
        self._cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {given} FROM {source}", list(same.values())
        )

    def _find_by_reference(self, file: Path, source: int, references: References) -> list[Any]:
        self._cursor.register("asked", pa.table({"reference": pa.array(references, pa.string())}))
        try:
            return self._rows(file.read_text("utf-8"), [source])
        finally:
            self._cursor.unregister("asked")

    def _run(self, file: Path, values: list[Any] | None = None) -> None:
        self._cursor.execute(file.read_text("utf-8"), values or [])

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[Any]:
        return self._cursor.execute(sql, values or []).fetchall()

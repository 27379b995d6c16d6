"""What the watch desk asks of itself: watches and their log, tasks, contacts, what is saved.

What belongs to an incident has the stricter of two markings: its own, and the incident's of now,
which `triage` keeps of every incident that the desk follows.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

from cop.errors import NotFound
from cop.model.triage import OPEN_STATES
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.store.desk_rows import records_of

_READABLE = (
    "LEFT JOIN triage AS t ON t.incident_id = x.incident_id "
    "WHERE greatest(x.tlp, coalesce(t.tlp, 0)) <= ?"
)


def answer_watch(
    cursor: duckdb.DuckDBPyConnection, _: Viewer, *, watch_no: int | None = None
) -> dict[str, Any] | None:
    """A watch, by default the one that is on; None before the first. Its hand-over is apart.

    `has_handover` says whether one was drafted.
    """
    found = answer_watches(cursor, _, watch_no=watch_no, limit=1)
    return found[0] if found else None


def answer_watches(
    cursor: duckdb.DuckDBPyConnection,
    _: Viewer,
    *,
    watch_no: int | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The latest watches, newest first."""
    return records_of(
        cursor.execute(
            "SELECT * EXCLUDE (handover), handover <> '' AS has_handover FROM watches "
            "WHERE ?::BIGINT IS NULL OR watch_no = ? "
            "QUALIFY row_number() OVER (PARTITION BY watch_no ORDER BY version DESC) = 1 "
            "ORDER BY watch_no DESC LIMIT ?",
            [watch_no, watch_no, int(limit)],
        )
    )


def answer_handover(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, watch_no: int
) -> dict[str, Any] | None:
    """The hand-over of a watch as values of `cop.desk.Handover`; None where none was drafted.

    Items above the viewer's clearance are left out, by the markings of now as well as of then.
    Raises NotFound where there is no such watch, or its text is marked above the viewer.
    """
    clearance = MARKINGS.code(viewer.clearance)
    found = cursor.execute(
        "SELECT handover, tlp FROM watches WHERE watch_no = ? ORDER BY version DESC LIMIT 1",
        [watch_no],
    ).fetchall()
    if not found or found[0][1] > clearance:
        raise NotFound("there is no such watch")
    if not found[0][0]:
        return None
    handover: dict[str, Any] = json.loads(found[0][0])
    sections = [name for name, items in handover.items() if isinstance(items, list)]
    ids = [item.get("incident_id", "") for name in sections for item in handover[name]]
    hidden = {
        row[0]
        for row in cursor.execute(
            "SELECT incident_id FROM incidents WHERE list_contains(?, incident_id) AND tlp > ?",
            [ids, clearance],
        ).fetchall()
    }
    for name in sections:
        handover[name] = [
            item
            for item in handover[name]
            if item.get("incident_id", "") not in hidden and item.get("tlp", 0) <= clearance
        ]
    return handover


def answer_log(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    watch_no: int | None = None,
    incident_id: str = "",
    limit: int = 500,
) -> dict[str, Any]:
    """The newest entries of a watch's log in the order they were written, and how many there are.

    Without a watch: of all watches; with an incident: only its own. `struck_by` names the entry
    that strikes one; it stays readable.
    """
    meets = (
        f"FROM log_entries AS x LEFT JOIN log_entries AS s ON s.strikes = x.entry_no {_READABLE} "
        "AND (?::BIGINT IS NULL OR x.watch_no = ?) AND (? = '' OR x.incident_id = ?)"
    )
    values = [MARKINGS.code(viewer.clearance), watch_no, watch_no, incident_id, incident_id]
    total = cursor.execute(f"SELECT count(*) {meets}", values).fetchall()[0][0]
    entries = records_of(
        cursor.execute(
            f"SELECT x.*, s.entry_no AS struck_by {meets} ORDER BY x.entry_no DESC LIMIT ?",
            [*values, int(limit)],
        )
    )
    return {"entries": entries[::-1], "total": int(total)}


def answer_tasks(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, incident_id: str = ""
) -> list[dict[str, Any]]:
    """The tasks of an incident, settled ones too; without one, all that are open. Due first."""
    of_what = "x.incident_id = ?" if incident_id else f"list_contains({list(OPEN_STATES)}, x.state)"
    return records_of(
        cursor.execute(
            "SELECT x.* FROM (SELECT * FROM tasks QUALIFY row_number() "
            f"OVER (PARTITION BY task_no ORDER BY version DESC) = 1) AS x {_READABLE} "
            f"AND {of_what} ORDER BY x.due_at NULLS LAST, x.task_no",
            [MARKINGS.code(viewer.clearance), *([incident_id] if incident_id else [])],
        )
    )


def answer_contacts(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, region: str = "", hazard: str = ""
) -> list[dict[str, Any]]:
    """Contacts by name; with a region or hazard (slugs) those for it and those for any."""
    return records_of(
        cursor.execute(
            "SELECT * FROM contacts WHERE TRUE "
            "QUALIFY row_number() OVER (PARTITION BY contact_no ORDER BY version DESC) = 1 "
            "AND retired_at IS NULL AND tlp <= ? AND (? = '' OR region IN ('', ?)) "
            "AND (? = '' OR hazards = '' OR list_contains(string_split(hazards, ','), ?)) "
            "ORDER BY lower(name), contact_no",
            [MARKINGS.code(viewer.clearance), region, region, hazard, hazard],
        )
    )


def answer_saved(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, officer: str, kind: str = ""
) -> list[dict[str, Any]]:
    """An officer's saved views and areas with those that others share, by name."""
    return records_of(
        cursor.execute(
            "SELECT * FROM saved WHERE TRUE "
            "QUALIFY row_number() OVER (PARTITION BY saved_no ORDER BY version DESC) = 1 "
            "AND retired_at IS NULL AND tlp <= ? AND (owner = ? OR shared) "
            "AND (? = '' OR kind = ?) ORDER BY kind, lower(name), saved_no",
            [MARKINGS.code(viewer.clearance), officer, kind, kind],
        )
    )


def answer_officers(cursor: duckdb.DuckDBPyConnection, _: Viewer) -> list[str]:
    """The names of all officers who ever signed on, the newest first."""
    return [
        row[0]
        for row in cursor.execute(
            "SELECT name FROM officers GROUP BY name ORDER BY min(first_seen_at) DESC, name"
        ).fetchall()
    ]

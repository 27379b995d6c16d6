"""What must hold of the watch desk's memory; asked by `verify`."""

from __future__ import annotations

import duckdb

from cop.errors import StoreDamaged
from cop.model.triage import JUDGED, replay
from cop.store.desk_rows import read_acts, read_standings

_VERSIONS_IN_ORDER = (
    "SELECT count(*) FROM (SELECT version, row_number() OVER (PARTITION BY {number} "
    "ORDER BY version) AS place FROM {table}) WHERE version <> place"
)
_JUDGEMENTS_DIFFER = " OR ".join(
    f"i.{name} <> CASE WHEN t.{name}_set > 0 THEN t.{name}_set ELSE t.{name}_said END"
    for name in JUDGED
)
DESK_RULES = {
    "every act has its version of the incident": (
        "SELECT count(*) FROM acts ANTI JOIN incident_versions USING (incident_id, version)"
    ),
    "every act names a change": "SELECT count(*) FROM acts ANTI JOIN audit USING (audit_no)",
    "acts and entries are numbered without gaps": (
        "SELECT (SELECT count(*) <> coalesce(max(act_no), 0) FROM acts)::INT + "
        "(SELECT count(*) <> coalesce(max(entry_no), 0) FROM log_entries)::INT"
    ),
    "an undo undoes an earlier act of the same incident": (
        "SELECT count(*) FROM acts AS u WHERE u.undoes IS NOT NULL AND NOT EXISTS (FROM acts AS a "
        "WHERE a.act_no = u.undoes AND a.act_no < u.act_no AND a.incident_id = u.incident_id)"
    ),
    "the picture shows what officers judged": (
        "SELECT count(*) FROM triage AS t JOIN incidents AS i USING (incident_id) "
        f"WHERE i.tlp <> t.tlp OR {_JUDGEMENTS_DIFFER}"
    ),
    "every entry is of a watch": (
        "SELECT count(*) FROM log_entries ANTI JOIN watches USING (watch_no)"
    ),
    "an entry is struck once, by a later one": (
        "SELECT count(*) FROM (SELECT s.strikes, count(*) AS n, count(e.entry_no) AS found "
        "FROM log_entries AS s LEFT JOIN log_entries AS e "
        "ON e.entry_no = s.strikes AND e.entry_no < s.entry_no "
        "WHERE s.strikes IS NOT NULL GROUP BY s.strikes) WHERE n > 1 OR found <> 1"
    ),
    "only the last watch is on": (
        "SELECT count(*) FROM (SELECT watch_no, closed_at, max(watch_no) OVER () AS last "
        "FROM watches QUALIFY row_number() OVER (PARTITION BY watch_no ORDER BY version DESC) = 1) "
        "WHERE (closed_at IS NULL) <> (watch_no = last)"
    ),
    **{
        f"the versions of {table} follow each other": _VERSIONS_IN_ORDER.format(
            table=table, number=number
        )
        for table, number in (
            ("watches", "watch_no"),
            ("tasks", "task_no"),
            ("contacts", "contact_no"),
            ("saved", "saved_no"),
        )
    },
}


def check_replay(cursor: duckdb.DuckDBPyConnection) -> None:
    """Raise StoreDamaged where what stands is not what the acts give, played in their order."""
    played = replay(read_acts(cursor))
    standing = {found.incident_id: found for found in read_standings(cursor)}
    broken = [key for key in {*played, *standing} if played.get(key) != standing.get(key)]
    if broken:
        raise StoreDamaged(
            f"{len(broken)} rows break the rule: what stands at the desk is its acts played again"
        )

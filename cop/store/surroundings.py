"""What surrounds the incidents: feed runs, records kept aside, reference lists, the audit chain."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from cop.errors import NotFound, StoreDamaged
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.store.desk_rules import DESK_RULES, check_replay
from cop.store.positions import POSITION_RULES
from cop.store.writing import GENESIS, audit_hash


def answer_store_version(cursor: duckdb.DuckDBPyConnection, _: None) -> int:
    """The number of the last change; it grows by one a change."""
    return int(cursor.execute("SELECT coalesce(max(audit_no), 0) FROM audit").fetchall()[0][0])


def answer_meta(cursor: duckdb.DuckDBPyConnection, _: None) -> dict[str, str]:
    """The facts about the store itself."""
    return dict(cursor.execute("SELECT key, value FROM meta").fetchall())


def answer_reference(cursor: duckdb.DuckDBPyConnection, _: None, *, name: str) -> pd.DataFrame:
    """A reference list: `ports`, `regions` or `vessel_areas`."""
    if name not in ("ports", "regions", "vessel_areas"):
        raise NotFound(f"there is no reference list {name}")
    return cursor.execute(f"SELECT * FROM {name}").df()


# What a run says of records whatever their marking: how many there were, in which file.
_SAYS_OF_RECORDS = (
    "received, accepted, quarantined, rejected, new, updated, unchanged, input_name, input_sha256"
)


def _reads_all(viewer: Viewer) -> bool:
    return viewer.clearance == MARKINGS.slugs[-1]


def answer_sources(cursor: duckdb.DuckDBPyConnection, viewer: Viewer) -> list[dict[str, Any]]:
    """Of each feed: its last run, the last that succeeded, the last that brought something new.

    The last is None for a viewer who may not read every marking: it may have been above theirs.
    """
    rows = _records(
        cursor.execute(
            "SELECT feed, count(*) AS runs, max(finished_at) AS last_run_at, "
            "max(finished_at) FILTER (state = 'ok') AS last_success_at, "
            "max(finished_at) FILTER (new + updated > 0) AS last_new_at, "
            "arg_max(state, run_id) AS last_state, arg_max(reason, run_id) AS last_reason "
            "FROM feed_runs GROUP BY feed"
        )
    )
    return rows if _reads_all(viewer) else [row | {"last_new_at": None} for row in rows]


def answer_runs(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, limit: int = 100
) -> list[dict[str, Any]]:
    """The latest feed runs, newest first.

    Their counts and inputs are None for a viewer who may not read every marking: a count that
    includes records above theirs would tell of them.
    """
    hidden = "" if _reads_all(viewer) else f" EXCLUDE ({_SAYS_OF_RECORDS})"
    rows = _records(
        cursor.execute(
            f"SELECT *{hidden} FROM feed_runs ORDER BY run_id DESC LIMIT ?", [int(limit)]
        )
    )
    blank = dict.fromkeys(_SAYS_OF_RECORDS.split(", "))
    return rows if not hidden else [row | blank for row in rows]


def answer_quarantine(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    state: str = "open",
    limit: int = 500,
    with_raw: bool = True,
) -> list[dict[str, Any]]:
    """Records kept aside that the viewer may read, newest first.

    Their raw bytes may be large: `with_raw` leaves them and the header rows out.
    """
    columns = "*" if with_raw else "* EXCLUDE (raw, header)"
    return _records(
        cursor.execute(
            f"SELECT {columns} FROM quarantine WHERE state = ? AND tlp <= ? "
            "ORDER BY item_id DESC LIMIT ?",
            [state, MARKINGS.code(viewer.clearance), int(limit)],
        )
    )


def answer_quarantined(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, item_id: int
) -> dict[str, Any]:
    """One record kept aside. Raises NotFound where it does not exist for this viewer."""
    found = _records(
        cursor.execute(
            "SELECT * FROM quarantine WHERE item_id = ? AND tlp <= ?",
            [item_id, MARKINGS.code(viewer.clearance)],
        )
    )
    if not found:
        raise NotFound("there is no such record kept aside")
    return found[0]


def answer_quarantine_count(cursor: duckdb.DuckDBPyConnection, viewer: Viewer) -> int:
    """How many records wait to be corrected."""
    return int(
        cursor.execute(
            "SELECT count(*) FROM quarantine WHERE state = 'open' AND kind = 'quarantined' "
            "AND tlp <= ?",
            [MARKINGS.code(viewer.clearance)],
        ).fetchall()[0][0]
    )


def answer_counts(cursor: duckdb.DuckDBPyConnection, _: None) -> dict[str, int]:
    """Rows of each table and view, for checks and backups."""
    names = [
        row[0]
        for row in cursor.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT temporary UNION ALL "
            "SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary ORDER BY 1"
        ).fetchall()
    ]
    return {
        name: int(cursor.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])
        for name in names
    }


def answer_verify(cursor: duckdb.DuckDBPyConnection, _: None) -> dict[str, Any]:
    """Check the store against its own rules; what was checked, as counts.

    The audit chain is unbroken, the picture of now equals the versions not superseded, no incident
    stands twice, every version and link leads somewhere, what stands at the desk is what its acts
    give. Raises StoreDamaged naming the first
    broken rule.
    """
    previous = GENESIS
    rows = cursor.execute(
        "SELECT audit_no, done_at, actor, action, subject, detail, previous_hash, hash "
        "FROM audit ORDER BY audit_no"
    ).fetchall()
    for expected, (number, at, actor, action, subject, detail, before, digest) in enumerate(
        rows, 1
    ):
        if (
            number != expected
            or before != previous
            or digest != audit_hash(previous, number, at, actor, action, subject, detail)
        ):
            raise StoreDamaged(f"the audit chain is broken at entry {expected}")
        previous = digest
    for rule, sql in (_RULES | POSITION_RULES | DESK_RULES).items():
        broken = cursor.execute(sql).fetchall()[0][0]
        if broken:
            raise StoreDamaged(f"{broken} rows break the rule: {rule}")
    check_replay(cursor)
    return {"audit_head": previous, **answer_counts(cursor, None)}


_COLUMNS = "incident_id, version, hazard, severity, act, status, tlp, lon, lat, occurred_at, facts"
_RULES = {
    "an incident stands once in the picture": (
        "SELECT count(*) - count(DISTINCT incident_id) FROM incidents"
    ),
    "the picture is the versions that stand": (
        f"SELECT count(*) FROM ((SELECT {_COLUMNS} FROM incidents EXCEPT ALL "
        f"SELECT {_COLUMNS} FROM incident_versions WHERE superseded_at IS NULL) UNION ALL "
        f"(SELECT {_COLUMNS} FROM incident_versions WHERE superseded_at IS NULL EXCEPT ALL "
        f"SELECT {_COLUMNS} FROM incidents))"
    ),
    "a version is superseded when the next is recorded": (
        "SELECT count(*) FROM (SELECT superseded_at, lead(recorded_at) OVER "
        "(PARTITION BY incident_id ORDER BY version) AS next_at FROM incident_versions) "
        "WHERE superseded_at IS DISTINCT FROM next_at"
    ),
    "every version names a change": (
        "SELECT count(*) FROM incident_versions ANTI JOIN audit USING (audit_no)"
    ),
    "every link leads to a report": (
        "SELECT count(*) FROM incident_reports ANTI JOIN reports USING (report_id)"
    ),
    "every incident has a report": (
        "SELECT count(*) FROM incidents ANTI JOIN incident_reports USING (incident_id)"
    ),
    "received = accepted + quarantined + rejected": (
        "SELECT count(*) FROM feed_runs WHERE received <> accepted + quarantined + rejected "
        "OR accepted <> new + updated + unchanged"
    ),
}


def _records(rows: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    frame = rows.df()
    return [
        {str(k): (None if pd.api.types.is_scalar(v) and pd.isna(v) else v) for k, v in r.items()}
        for r in frame.to_dict("records")
    ]

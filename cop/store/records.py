"""Single incidents: pages of the list, one incident with all that is known, rows to take away."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from cop.errors import BadQuestion, NotFound
from cop.model.vocabulary import MARKINGS
from cop.query.answers import Page
from cop.query.where import Where
from cop.store.asked import Asked

# What a list may be sorted by; nothing else reaches the SQL.
SORTABLE = (
    "occurred_at",
    "recorded_at",
    "severity",
    "hazard",
    "region",
    "title",
    "act",
    "verification",
    "status",
    "source",
    "tlp",
    "reference",
    "vessel_name",
    "port_distance_nm",
)
# What a list shows of an incident, and what tells a caller which version that is.
LIST_COLUMNS = (
    "incident_id",
    "version",
    "title",
    "hazard",
    "domain",
    "severity",
    "act",
    "verification",
    "status",
    "tlp",
    "occurred_at",
    "last_at",
    "time_precision",
    "lon",
    "lat",
    "region",
    "source",
    "reference",
    "flags",
    "recorded_at",
)
MOST_ROWS = 1_000


def answer_count(cursor: duckdb.DuckDBPyConnection, where: Where) -> int:
    """How many incidents meet the question."""
    return int(Asked(cursor, where).fetch("count(*)")[0][0])


def answer_page(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    start: int = 0,
    stop: int = 100,
    sort: str = "occurred_at",
    descending: bool = True,
    only_unlocated: bool = False,
) -> Page:
    """Rows `start` to `stop` of the list, in a stable order; equal ones newest first.

    Raises BadQuestion for a column that a list is not sorted by, or a page above 1,000 rows.
    """
    check_page(start, stop, sort)
    rows = Asked(cursor, where).fetch(
        ", ".join(LIST_COLUMNS),
        f"ORDER BY {_order(sort, descending)} LIMIT {int(stop - start)} OFFSET {int(start)}",
        also="lon IS NULL" if only_unlocated else "",
    )
    columns = zip(*rows, strict=True) if rows else ((),) * len(LIST_COLUMNS)
    return Page({name: list(values) for name, values in zip(LIST_COLUMNS, columns, strict=True)})


def _order(sort: str, descending: bool) -> str:
    order = "DESC" if descending else "ASC"
    if sort == "occurred_at":
        return f"occurred_at {order}, incident_id {order}"
    return f"{sort} {order} NULLS LAST, occurred_at DESC, incident_id DESC"


def check_page(start: int, stop: int, sort: str) -> None:
    """Raise BadQuestion for a column that a list is not sorted by, or a page above 1,000 rows."""
    if sort not in SORTABLE:
        raise BadQuestion("sort", f"sort must be one of {', '.join(SORTABLE)}")
    if not (0 <= start < stop <= start + MOST_ROWS):
        raise BadQuestion("page", f"a page holds 1 to {MOST_ROWS} rows")


def answer_rank(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    incident_id: str,
    sort: str = "occurred_at",
    descending: bool = True,
) -> int | None:
    """The place of an incident in the sorted list, from 0; None where it is not in the set."""
    if sort not in SORTABLE:
        raise BadQuestion("sort", f"sort must be one of {', '.join(SORTABLE)}")
    rows = Asked(cursor, where).fetch(
        f"incident_id, row_number() OVER (ORDER BY {_order(sort, descending)}) - 1 AS place",
        "QUALIFY incident_id = ?",
        also_values=(incident_id,),
    )
    return int(rows[0][1]) if rows else None


def answer_detail(cursor: duckdb.DuckDBPyConnection, where: Where) -> dict[str, Any]:
    """One incident with its versions and the reports the viewer may read.

    `where` asks for exactly one id. Raises NotFound where it does not exist for this viewer.
    """
    found = Asked(cursor, where).frame("*").to_dict("records")
    if len(found) != 1:
        raise NotFound("there is no such incident")
    incident = {str(k): (None if pd.isna(v) else v) for k, v in found[0].items()}
    clearance = MARKINGS.code(where.viewer.clearance)
    until = where.as_known_at
    versions = cursor.execute(
        "SELECT version, recorded_at, superseded_at, actor, action, title, hazard, act, severity, "
        "verification, status, lon, lat, occurred_at, time_precision FROM incident_versions "
        "WHERE incident_id = ? AND tlp <= ? AND (?::TIMESTAMP IS NULL OR recorded_at <= ?) "
        "ORDER BY version DESC LIMIT 200",
        [incident["incident_id"], clearance, until, until],
    ).df()
    reports = cursor.execute(
        "SELECT r.report_id, r.source, r.reference, r.tlp, r.reliability, r.credibility, "
        "r.issued_at, r.received_at, r.raw, r.raw_sha256, l.score, l.reason, l.actor "
        "FROM incident_reports AS l JOIN reports AS r USING (report_id) "
        "WHERE l.incident_id = ? AND r.tlp <= ? AND (?::TIMESTAMP IS NULL OR l.linked_at <= ?) "
        "ORDER BY r.received_at DESC, r.report_id LIMIT 50",
        [incident["incident_id"], clearance, until, until],
    ).df()
    return {
        "incident": incident,
        "versions": versions.to_dict("records"),
        "reports": reports.to_dict("records"),
    }


def answer_rows(cursor: duckdb.DuckDBPyConnection, where: Where) -> pd.DataFrame:
    """All incidents of the question with all columns, newest first."""
    return Asked(cursor, where).frame("*", "ORDER BY occurred_at DESC, incident_id DESC")

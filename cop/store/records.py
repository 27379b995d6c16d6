"""Single incidents: pages of the list, one incident with all that is known, rows to take away."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from cop.errors import BadQuestion, NotFound
from cop.model.vocabulary import MARKINGS
from cop.query.answers import Page
from cop.query.where import Where
from cop.store.asked import Asked, fetch_dicts

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
# Rows by their ids: joined to a list they are looked up, compared with two ids all are read.
_AMONG = "rowid IN (SELECT unnest(?::BIGINT[]))"
# More versions than this are searched for by id, more links are joined by id.
MOST_FOLLOWED, MOST_LINKS = 6, 50


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


_OF_VERSION = (
    "version, recorded_at, superseded_at, actor, action, title, hazard, act, severity, "
    "verification, status, lon, lat, occurred_at, time_precision"
)


def answer_detail(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    lies_at: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """One incident with its versions and the reports the viewer may read.

    `where` asks for exactly one id; `lies_at` says by row id where its row and that of its newest
    version are thought to lie. Raises NotFound where it does not exist for this viewer.
    """
    asked = Asked(cursor, where)
    rowid, version_rowid = lies_at or (None, None)
    found: list[dict[str, Any]] = []
    if rowid is not None:
        found = asked.dicts("*", also="rowid = ?", also_values=(rowid,))
    if len(found) != 1:
        found = asked.dicts("*")
    if len(found) != 1:
        raise NotFound("there is no such incident")
    incident = found[0]
    incident_id: str = str(incident["incident_id"])
    clearance = MARKINGS.code(where.viewer.clearance)
    until = where.as_known_at
    wanted: list[Any]
    change = None if until else _kept_once(cursor, incident)
    rowids = None if until else _find_versions(cursor, incident, version_rowid, change is not None)
    table, those, wanted = "incident_versions", "incident_id = ?", [incident_id]
    if rowids is not None:
        table, those, wanted = "kept_versions", _AMONG, [rowids]
    versions = fetch_dicts(
        cursor,
        f"SELECT {_OF_VERSION} FROM {table} "
        f"WHERE {those} AND tlp <= ? AND (?::TIMESTAMP IS NULL OR recorded_at <= ?) "
        "ORDER BY version DESC LIMIT 200",
        [*wanted, clearance, until, until],
    )
    if rowids is not None and change is not None:
        stands = {name: incident.get(name) for name in _OF_VERSION.split(", ")}
        versions.insert(0, stands | change)
    links = _find_links(cursor, incident_id)
    those, wanted = "l.incident_id = ?", [incident_id]
    if links:
        those, wanted = f"l.{_AMONG} AND r.{_AMONG}", [links, links]
    reports = fetch_dicts(
        cursor,
        "SELECT r.report_id, r.source, r.reference, r.tlp, r.reliability, r.credibility, "
        "r.issued_at, r.received_at, r.raw, r.raw_sha256, l.score, l.reason, l.actor "
        "FROM incident_reports AS l JOIN reports AS r USING (report_id) "
        f"WHERE {those} AND r.tlp <= ? "
        "AND (?::TIMESTAMP IS NULL OR l.linked_at <= ?) "
        "ORDER BY r.received_at DESC, r.report_id LIMIT 50",
        [*wanted, clearance, until, until],
    )
    return {"incident": incident, "versions": versions, "reports": reports}


def _kept_once(
    cursor: duckdb.DuckDBPyConnection, incident: dict[str, Any]
) -> dict[str, str] | None:
    """Who recorded an incident whose row is its version too; None where that is kept apart."""
    found = fetch_dicts(
        cursor,
        "SELECT actor, action FROM kept_once WHERE recorded_at = ?",
        [incident["recorded_at"]],
    )
    return found[0] if found else None


def _find_versions(
    cursor: duckdb.DuckDBPyConnection,
    incident: dict[str, Any],
    newest: int | None,
    is_once: bool,
) -> list[int] | None:
    """Where the versions of an incident that are kept apart lie; None where it has to be searched
    for its id. `is_once`: that which stands is not among them.

    Each version is superseded at the very instant that the next is recorded: they are followed
    back by times, which are numbers, until none is older. Fewer than its number says that one was
    missed.
    """
    rowids: list[int] = []
    versions = incident["version"] - is_once
    column, at = "rowid", newest
    if is_once:
        column, at = "superseded_at", incident["recorded_at"]
    elif newest is None:
        column, at = "recorded_at", incident["recorded_at"]
    if not versions:
        return rowids
    while len(rowids) <= MOST_FOLLOWED:
        rows = cursor.execute(
            f"SELECT rowid, recorded_at FROM kept_versions WHERE {column} = ? AND incident_id = ?",
            [at, incident["incident_id"]],
        ).fetchall()
        if not rows and len(rowids) >= versions:
            return rowids
        if len(rows) != 1:
            break
        rowids.append(rows[0][0])
        column, at = "superseded_at", rows[0][1]
    return None


def _find_links(cursor: duckdb.DuckDBPyConnection, incident_id: str) -> list[int]:
    """Where the links of an incident lie, where its reports lie in the same places of their table.

    Reports and links are written together, so that they mostly do; empty where not, and then the
    tables are joined by id.
    """
    links = cursor.execute(
        "SELECT rowid, report_id FROM incident_reports WHERE incident_id = ?", [incident_id]
    ).fetchall()
    if not 0 < len(links) <= MOST_LINKS:
        return []
    rowids = [rowid for rowid, _ in links]
    there = cursor.execute(
        f"SELECT rowid, report_id FROM reports WHERE {_AMONG}", [rowids]
    ).fetchall()
    return rowids if sorted(there) == sorted(links) else []


def answer_rows(cursor: duckdb.DuckDBPyConnection, where: Where) -> pd.DataFrame:
    """All incidents of the question with all columns, newest first."""
    return Asked(cursor, where).frame("*", "ORDER BY occurred_at DESC, incident_id DESC")

"""DuckDB without a design: one time-ordered table, asked with several queries or with one.

The only module besides the store that imports duckdb: it is the peer, in a file of its own.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from cop.bench.measure import Counted
from cop.bench.questions import Workload
from cop.model.text import fold
from cop.model.vocabulary import LIFECYCLES

COLUMNS = (
    "incident_id, title, lon, lat, hazard, domain, severity, act, verification, status, tlp, "
    "region, occurred_at, last_at"
)
CELL_DEGREES = 1.0
SCATTERED = 1_000
WITHDRAWN = LIFECYCLES.code("withdrawn")
CLEARANCE = 4


class Plain:
    """The peers' table, copied from a world's file that nobody else has open."""

    def __init__(self, world: Path, file: Path, *, memory: str = "4GB", threads: int = 2) -> None:
        for old in (file, file.with_name(file.name + ".wal")):
            old.unlink(missing_ok=True)
        self._connection = duckdb.connect(
            str(file), config={"memory_limit": memory, "threads": threads}
        )
        path = str(world.resolve()).replace("'", "''")
        self._connection.execute(f"ATTACH '{path}' AS world (READ_ONLY)")
        self._connection.execute(
            f"CREATE TABLE facts AS SELECT {COLUMNS}, search_text FROM world.main.incidents "
            "ORDER BY occurred_at, incident_id"
        )
        # Whole incidents spread over the world, in a fixed order, for the upserts.
        self._connection.execute(
            "CREATE TABLE scattered AS SELECT * FROM world.main.incidents "
            f"ORDER BY hash(incident_id) LIMIT {SCATTERED}"
        )
        self._connection.execute("DETACH world")
        self._connection.execute("CHECKPOINT")

    def close(self) -> None:
        self._connection.close()

    def frame(self) -> pd.DataFrame:
        """The table as a frame, texts included."""
        return self._run("SELECT * FROM facts").df()

    def positions(self) -> pd.DataFrame:
        """Positions and codes alone, as a frame."""
        columns = "lon, lat, hazard, severity, region, last_at, tlp, status"
        return self._run(f"SELECT {columns} FROM facts").df()

    def scattered(self) -> pd.DataFrame:
        """The incidents of the upserts, whole."""
        return self._run("SELECT * FROM scattered").df()

    def arrow(self) -> pa.Table:
        """The table as Arrow."""
        table: pa.Table = self._run(f"SELECT {COLUMNS} FROM facts").to_arrow_table()
        return table

    def some_id(self) -> str:
        """The id of an incident in the middle of the table that nobody withdrew."""
        return str(
            self._run(
                f"SELECT incident_id FROM facts WHERE status <> {WITHDRAWN} ORDER BY incident_id "
                "LIMIT 1 OFFSET (SELECT count(*) // 2 FROM facts)"
            ).fetchall()[0][0]
        )

    def scan(self, workload: Workload, _repeat: int) -> Counted:
        """The bare scan: how many meet the condition, and nothing else."""
        condition, values = predicate(workload)
        rows = self._run(f"SELECT count(*) FROM facts WHERE {condition}", values).fetchall()
        return Counted(int(rows[0][0]))

    def several(self, workload: Workload, _repeat: int) -> Counted:
        """A query for each panel, as dashboards are written."""
        condition, values = predicate(workload)

        def ask(select: str, tail: str = "") -> list[tuple[Any, ...]]:
            return self._run(
                f"SELECT {select} FROM facts WHERE {condition} {tail}", values
            ).fetchall()

        by = {
            name: dict(ask(f"{name}, count(*)", f"GROUP BY {name}"))
            for name in ("hazard", "severity", "region", "act", "verification", "domain")
        }
        rest = {
            "count": ask("count(*)")[0][0],
            "months": ask("date_trunc('month', occurred_at), severity, count(*)", "GROUP BY 1, 2"),
            "cells": ask(f"{_CELLS}, count(*), max(severity), avg(lon), avg(lat)", "GROUP BY 1, 2"),
            "rows": ask(COLUMNS, "ORDER BY occurred_at DESC, incident_id DESC LIMIT 50"),
        }
        return _counted(rest["count"], by["hazard"], by["severity"], by["region"], {**by, **rest})

    def grouping_sets(self, workload: Workload, _repeat: int) -> Counted:
        """All counts in one GROUPING SETS query in time order, and the first rows."""
        condition, values = predicate(workload)
        names = ("hazard", "severity", "region", "act", "verification", "domain")
        sets = ", ".join(f"({name})" for name in names)
        found = self._run(
            f"SELECT grouping({', '.join(names)}) AS which, {', '.join(names)}, month, x, y, "
            "count(*), max(severity), avg(lon), avg(lat) "
            f"FROM (SELECT *, date_trunc('month', occurred_at) AS month, {_CELLS} "
            f"FROM facts WHERE {condition}) "
            f"GROUP BY GROUPING SETS ({sets}, (month, severity), (x, y), ())",
            values,
        ).fetchall()
        top = self._run(
            f"SELECT {COLUMNS} FROM facts WHERE {condition} "
            "ORDER BY occurred_at DESC, incident_id DESC LIMIT 50",
            values,
        ).fetchall()
        everything = (1 << len(names)) - 1
        by: dict[str, dict[int, int]] = {name: {} for name in names}
        total = 0
        for row in found:
            month, x, count = row[7], row[8], row[10]
            for place, name in enumerate(names):
                if row[0] == everything - (1 << (len(names) - 1 - place)) and month is None:
                    by[name][row[1 + place]] = count
            if row[0] == everything and x is None:
                # Incidents without a position form a cell of their own beside the total.
                total = max(total, count)
        return _counted(
            total, by["hazard"], by["severity"], by["region"], {"sets": found, "rows": top}
        )

    def page(self, workload: Workload, limit: int, _repeat: int) -> Counted:
        """A page of the list by severity."""
        condition, values = predicate(workload)
        rows = self._run(
            f"SELECT {COLUMNS} FROM facts WHERE {condition} "
            f"ORDER BY severity DESC, incident_id DESC LIMIT {limit}",
            values,
        ).fetchall()
        return _counted(len(rows), None, None, None, rows)

    def detail(self, incident_id: str, _repeat: int) -> Counted:
        """One row by its id, without an index."""
        rows = self._run("SELECT * FROM facts WHERE incident_id = ?", [incident_id]).fetchall()
        return _counted(len(rows), None, None, None, rows)

    def make_keyed(self) -> None:
        """A copy of the table with a primary key, which `INSERT OR REPLACE` needs."""
        self._run(f"CREATE TABLE keyed AS SELECT {COLUMNS} FROM facts")
        self._run("ALTER TABLE keyed ADD PRIMARY KEY (incident_id)")
        self._run("CHECKPOINT")

    def replace(self, incident_ids: list[str]) -> int:
        """Upsert scattered rows with their severity turned by one; how many it touched."""
        asked = pd.DataFrame({"incident_id": pd.Series(incident_ids, dtype="str")})
        self._connection.register("asked", asked)
        try:
            rows = self._run(
                f"SELECT {COLUMNS} FROM keyed SEMI JOIN asked USING (incident_id)"
            ).to_arrow_table()
        finally:
            self._connection.unregister("asked")
        self._connection.register("turned", rows)
        try:
            self._run(
                f"INSERT OR REPLACE INTO keyed SELECT {COLUMNS.replace('severity', _TURNED)} "
                "FROM turned"
            )
        finally:
            self._connection.unregister("turned")
        return int(rows.num_rows)

    def _run(self, sql: str, values: list[Any] | None = None) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, values or [])


_TURNED = "(severity % 5 + 1)::UTINYINT AS severity"
_CELLS = f"floor(lon / {CELL_DEGREES}) AS x, floor(lat / {CELL_DEGREES}) AS y"


def predicate(workload: Workload) -> tuple[str, list[Any]]:
    """The question as a condition, written here anew: it shares nothing with the store's own."""
    filters = workload.filters
    parts, values = [f"tlp <= {CLEARANCE}", f"status <> {WITHDRAWN}"], list[Any]()
    for column, codes in (
        ("hazard", workload.hazard_codes),
        ("severity", workload.severity_codes),
        ("region", workload.region_codes),
    ):
        if codes:
            parts.append(f"{column} IN ({', '.join(map(str, codes))})")
    if workload.since:
        parts.append("last_at >= ?")
        values.append(workload.since)
    box = filters.bbox
    if box:
        parts.append("lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?")
        values += [box.west, box.east, box.south, box.north]
    if filters.within:
        # The bare scan of a polygon is that of its box.
        west, south, east, north = shapely.bounds(shapely.Polygon(filters.within))
        parts.append("lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?")
        values += [float(n) for n in (west, east, south, north)]
    for word in fold(filters.q).split():
        parts.append("contains(search_text, ?)")
        values.append(word)
    return " AND ".join(parts), values


def _counted(
    count: int,
    by_hazard: dict[int, int] | None,
    by_severity: dict[int, int] | None,
    by_region: dict[int, int] | None,
    body: Any,
) -> Counted:
    raw = json.dumps(
        {str(k): v for k, v in body.items()} if isinstance(body, dict) else body, default=str
    ).encode()
    regions = None if by_region is None else {k: v for k, v in by_region.items() if k}
    return Counted(count, by_hazard, by_severity, regions, gzip.compress(raw, 1), len(raw))


def codes_of(values: np.ndarray) -> dict[int, int]:
    """Counts by code."""
    found, counts = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))

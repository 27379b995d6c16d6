"""Ships that incidents name: which there are, and what happened to one."""

from __future__ import annotations

from typing import Any

import duckdb

from cop.query.where import Where
from cop.store.asked import Asked

MOST_VESSELS = 50
MOST_INCIDENTS = 100
_COLUMNS = (
    "incident_id", "title", "reference", "hazard", "severity", "occurred_at", "time_precision",
    "lon", "lat", "vessel_name", "vessel_imo", "tlp", "source",
)  # fmt: skip


def answer_vessels(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    name: str = "",
    number: str = "",
    limit: int = 10,
) -> list[dict[str, Any]]:
    """Ships whose name begins with `name`, or that have an IMO number or MMSI beginning so.

    One row a name and number: `vessel_name`, `vessel_imo`, `vessel_mmsi`, `vessel_type`, `n`,
    `newest_at`; most incidents first. Empty where nothing is asked for.
    """
    if number:
        also = "(starts_with(vessel_imo, ?) OR starts_with(vessel_mmsi, ?))"
        values: tuple[Any, ...] = (number, number)
    elif name:
        also, values = "starts_with(upper(vessel_name), ?)", (name.upper(),)
    else:
        return []
    names = ("vessel_name", "vessel_imo", "vessel_mmsi", "vessel_type", "n", "newest_at")
    rows = Asked(cursor, where).fetch(
        "vessel_name, vessel_imo, vessel_mmsi, max(vessel_type), count(*) AS n, max(occurred_at)",
        "GROUP BY vessel_name, vessel_imo, vessel_mmsi "
        f"ORDER BY n DESC, vessel_name, vessel_imo LIMIT {min(int(limit), MOST_VESSELS)}",
        also=also,
        also_values=values,
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def answer_of_vessel(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    imo: str = "",
    name: str = "",
    limit: int = MOST_INCIDENTS,
) -> list[dict[str, Any]]:
    """Incidents of the ship with this IMO number, or else this very name, newest first.

    Where both are given either will do: names change, and a number is not always said.
    """
    asked = [("vessel_imo = ?", imo)] if imo else []
    asked += [("upper(vessel_name) = ?", name.upper())] if name else []
    if not asked:
        return []
    rows = Asked(cursor, where).fetch(
        ", ".join(_COLUMNS),
        f"ORDER BY occurred_at DESC, incident_id LIMIT {min(int(limit), MOST_INCIDENTS)}",
        also=f"({' OR '.join(sql for sql, _ in asked)})",
        also_values=tuple(value for _, value in asked),
    )
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]

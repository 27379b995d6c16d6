"""Rows of the watch desk's tables on one cursor: read as plain values, appended from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from cop.model.triage import COLUMNS, Standing, parse_columns

MOST_AT_ONCE = 200
_STANDING = ", ".join(f"triage.{name}" for name in COLUMNS)


def records_of(rows: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What a cursor has selected, as plain values by column; None for what is missing."""
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def read_acts(
    cursor: duckdb.DuckDBPyConnection, condition: str = "", values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Acts in their order, `before` and `after` as values by column of triage."""
    found = records_of(
        cursor.execute(f"SELECT * FROM acts {condition} ORDER BY act_no", list(values))
    )
    return [act | {name: parse_columns(act[name]) for name in ("before", "after")} for act in found]


def read_standings(
    cursor: duckdb.DuckDBPyConnection, condition: str = "", values: Sequence[Any] = ()
) -> list[Standing]:
    """What stands of the incidents that the desk follows."""
    rows = cursor.execute(f"SELECT {_STANDING} FROM triage {condition}", list(values)).fetchall()
    return [Standing(*row) for row in rows]


def append_rows(
    cursor: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Append rows that all have the same columns."""
    columns = ", ".join(f'"{name}"' for name in rows[0]) if rows else ""
    # A handful of values is bound faster than a frame is registered.
    for start in range(0, len(rows), MOST_AT_ONCE):
        batch = rows[start : start + MOST_AT_ONCE]
        places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(batch))
        values = [value for row in batch for value in row.values()]
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places}", values)


def as_arrow(rows: pd.DataFrame | pa.Table) -> pa.Table:
    """Staged rows as an Arrow table."""
    if isinstance(rows, pa.Table):
        return rows
    return pa.Table.from_pandas(rows, preserve_index=False)


def one_row(values: dict[str, Any]) -> pa.Table:
    """One row of the picture as an Arrow table."""
    # A mask of areas may have its highest bit set.
    return pa.table(
        {
            name: pa.array([value], pa.uint64() if name == "areas" else None)
            for name, value in values.items()
        }
    )

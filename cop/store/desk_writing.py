"""How the watch desk's memory is written. Reached as `Writer.desk` only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from cop.store.writing import Rows, Writer


class DeskWriter:
    """Writes what the desk did through the cursor of an audited transaction."""

    def __init__(self, writer: Writer, cursor: duckdb.DuckDBPyConnection) -> None:
        self._writer, self._cursor = writer, cursor
        self.was_used = False

    def overlay(self, incidents: Rows) -> Rows:
        """The staged rows with the officers' standing judgements on them."""
        return incidents

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[Any]:
        return self._cursor.execute(sql, values or []).fetchall()

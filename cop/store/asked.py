"""A question made ready on one cursor: which table, which condition, exact shapes tested."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from cop.query.where import Where

# A marking raised since holds for what was known before it, too: what was shared by mistake is
# withdrawn from every way out at once. A version that still stands has the marking of now; those
# since superseded are few, and theirs is looked up once a question.
_MARKED_SINCE = (
    "SELECT known.rowid AS n, greatest(known.tlp, current.tlp) AS tlp "
    "FROM kept_versions AS known LEFT JOIN incidents AS current USING (incident_id) "
    "WHERE known.recorded_at <= ? AND known.superseded_at > ?"
)
# One superseded between two statements is in neither part's marking: nobody is shown it (255).
_AS_KNOWN_AT = (
    "(SELECT * FROM incident_versions WHERE recorded_at <= ? AND superseded_at IS NULL "
    "UNION ALL BY NAME "
    "SELECT known.* REPLACE (coalesce(since.tlp, 255::UTINYINT) AS tlp) "
    "FROM kept_versions AS known LEFT JOIN marked_since AS since ON known.rowid = since.n "
    "WHERE known.recorded_at <= ? AND known.superseded_at > ?) AS incidents"
)


class Asked:
    """One `Where` on one cursor. Polygons and distances are tested exactly, once, on the rows of
    their box; what met them is named by `picked_<key>` tables of this cursor alone.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, where: Where) -> None:
        self._cursor = cursor
        self.where = where
        self._table, self._table_values = "incidents", []
        if where.as_known_at is not None:
            at = where.as_known_at
            cursor.register("marked_since", cursor.execute(_MARKED_SINCE, [at, at]).df())
            self._table, self._table_values = _AS_KNOWN_AT, [at, at, at]
        for clause in where.exact:
            self._pick(clause.key, clause.sql, clause.values, clause.test)

    def fetch(
        self,
        select: str,
        tail: str = "",
        *,
        without: str = "",
        also: str = "",
        also_values: tuple[Any, ...] = (),
    ) -> list[tuple[Any, ...]]:
        """Rows of `SELECT {select} … WHERE {question} {also} {tail}`."""
        return self._run(select, tail, without, also, also_values).fetchall()

    def dicts(
        self, select: str, tail: str = "", *, also: str = "", also_values: tuple[Any, ...] = ()
    ) -> list[dict[str, Any]]:
        """The same, a dict a row by column."""
        return _as_dicts(self._run(select, tail, "", also, also_values))

    def columns(
        self,
        select: str,
        tail: str = "",
        *,
        also: str = "",
        also_values: tuple[Any, ...] = (),
    ) -> dict[str, np.ndarray]:
        """The same, as one numpy array a column."""
        return self._run(select, tail, "", also, also_values).fetchnumpy()

    def frame(
        self, select: str, tail: str = "", *, also: str = "", also_values: tuple[Any, ...] = ()
    ) -> pd.DataFrame:
        """The same, as a frame."""
        return self._run(select, tail, "", also, also_values).df()

    def batches(self, select: str, tail: str = "", *, rows: int) -> pa.RecordBatchReader:
        """The same, as a stream of Arrow batches of about so many rows, read as they are asked for.

        The cursor must do nothing else until the stream is read or closed.
        """
        return self._run(select, tail, "", "", ()).to_arrow_reader(rows)

    def _run(
        self, select: str, tail: str, without: str, also: str, also_values: tuple[Any, ...]
    ) -> duckdb.DuckDBPyConnection:
        condition, values = self.where.predicate(without)
        if also:
            condition = f"{condition} AND {also}"
        sql = f"SELECT {select} FROM {self._table} WHERE {condition} {tail}"
        return self._cursor.execute(sql, [*self._table_values, *values, *also_values])

    def _pick(self, key: str, box: str, values: tuple[Any, ...], test: Any) -> None:
        rows = self._cursor.execute(
            f"SELECT incident_id, lon, lat FROM {self._table} WHERE lon IS NOT NULL AND {box}",
            [*self._table_values, *values],
        ).df()
        met = test(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float))
        self._cursor.register(f"picked_{key}", rows.loc[met, ["incident_id"]])


def fetch_dicts(
    cursor: duckdb.DuckDBPyConnection, sql: str, values: list[Any]
) -> list[dict[str, Any]]:
    """Rows of a statement, a dict each by column; None where nothing is stored."""
    return _as_dicts(cursor.execute(sql, values))


def _as_dicts(rows: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

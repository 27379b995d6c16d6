"""How positions enter the store: what is new, what is newest, and the counts, in one transaction.

Reached as `Writer.positions` only. A position is one vessel at one time in one place; said again it
is unchanged, whatever its speed or marking is the second time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from cop.formats.position_batch import PositionBatch

SQL = Path(__file__).parent / "sql" / "position"
ORDERED = "positions_ordered"
# Below this many, rows out of order cost a reader nothing worth the rewriting.
LEAST_TO_ORDER = 1_000_000


class PositionWriter:
    """Writes positions through the cursor of an audited transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def add(self, batch: PositionBatch, located: pd.DataFrame, run_id: int) -> dict[str, int]:
        """Take a batch in; how many of its records were new, updated and unchanged.

        `located` has a row a position: columns `x, y` (tile at zoom 10), `region` (code) and
        `areas` (bit mask). A record is new when it brings a position, or the first particulars of
        a vessel; updated when it only changes particulars.
        """
        keys = pd.DataFrame({"index": np.arange(len(batch.keys)), "key": batch.keys})
        digits = keys["key"].astype("str").str.fullmatch(r"\d{9}").astype(bool)
        keys["mmsi"] = pd.to_numeric(keys["key"].where(digits), errors="coerce").astype("Int32")
        self._run_on("number_vessels", position_keys=keys)
        numbers = self._numbers(keys)
        rows = pd.concat([batch.positions, located], axis=1)
        rows = rows[~rows.duplicated(["vessel", "at", "lon", "lat"])]
        self._run_on("find_new", position_batch=rows, position_numbers=numbers)
        new_rows = self._column("SELECT row FROM new_positions")
        if len(new_rows):
            self._run("add_new", run_id)
            self._run("find_newest")
            self._run("drop_older")
            self._run("add_newest", run_id)
            self._run("hide_older")
            self._run("add_density")
        first, changed = self._put_particulars(batch, numbers)
        told = np.union1d(first, changed)  # few: one a vessel at most
        told = told[~np.isin(told, new_rows)]
        # A record with a position the store has is no new one, even if it names its vessel first.
        n_first = int((np.isin(told, first) & ~np.isin(told, batch.positions["row"])).sum())
        new, updated = len(new_rows) + n_first, len(told) - n_first
        return {"new": new, "updated": updated, "unchanged": batch.accepted - new - updated}

    def order(self) -> None:
        """Lay the facts in order and gather the counts, where enough has come since the last time.

        Rewritten each time their number has doubled, so that a row is rewritten twice on average.
        """
        total = self._number("SELECT count(*) FROM positions")
        last = self._number(f"SELECT coalesce(max(value), '0') FROM meta WHERE key = '{ORDERED}'")
        if total - last < max(LEAST_TO_ORDER, last):
            return
        self._rewrite("positions", "positions_ordered", "order_facts")
        self._rewrite("position_density", "density_gathered", "gather_density")
        self.declare_ordered()

    def declare_ordered(self) -> None:
        """Note that the facts lie in order now, because they came so or were laid so."""
        total = self._number("SELECT count(*) FROM positions")
        self._cursor.execute("DELETE FROM meta WHERE key = ?", [ORDERED])
        self._cursor.execute("INSERT INTO meta VALUES (?, ?)", [ORDERED, str(total)])

    def _put_particulars(
        self, batch: PositionBatch, numbers: pd.DataFrame
    ) -> tuple[np.ndarray, np.ndarray]:
        """The one row of each vessel that brought its first particulars, or changed them."""
        empty = np.array([], dtype=np.int64)
        if batch.particulars.empty:
            return empty, empty
        self._run_on(
            "change_particulars",
            particulars_batch=batch.particulars,
            position_numbers=numbers,
        )
        self._run("drop_particulars")
        self._run("add_particulars")
        by = "SELECT max(row) FROM changed_particulars WHERE differs AND {} GROUP BY vessel, tlp"
        first = self._column(by.format("NOT was_known"))
        changed = self._column(by.format("was_known"))
        return np.unique(first), np.unique(changed)

    def _numbers(self, keys: pd.DataFrame) -> pd.DataFrame:
        self._cursor.register("asked_keys", keys)
        try:
            return self._cursor.execute(
                "SELECT a.index, v.vessel FROM asked_keys AS a JOIN vessels AS v USING (key)"
            ).df()
        finally:
            self._cursor.unregister("asked_keys")

    def _rewrite(self, table: str, ordered: str, file: str) -> None:
        self._cursor.execute(f"CREATE TABLE {ordered} AS SELECT * FROM {table} LIMIT 0")
        self._run(file)
        self._cursor.execute(f"DROP TABLE {table}")
        self._cursor.execute(f"ALTER TABLE {ordered} RENAME TO {table}")

    def _run(self, name: str, *values: Any) -> None:
        self._cursor.execute((SQL / f"{name}.sql").read_text("utf-8"), list(values))

    def _run_on(self, name: str, **frames: pd.DataFrame) -> None:
        for table, frame in frames.items():
            self._cursor.register(table, frame)
        try:
            self._run(name)
        finally:
            for table in frames:
                self._cursor.unregister(table)

    def _column(self, sql: str) -> np.ndarray:
        column: np.ndarray = next(iter(self._cursor.execute(sql).fetchnumpy().values()))
        return column

    def _number(self, sql: str) -> int:
        return int(self._cursor.execute(sql).fetchall()[0][0])

"""How the rows that new versions follow are taken out of the picture of now and superseded.

Where the index tells their row ids the tables are not searched for incident ids, which at ten
million rows takes a quarter of a second a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from cop.errors import StoreError

if TYPE_CHECKING:
    from cop.store.index.locating import Located, Places

SQL = Path(__file__).parent / "sql" / "incident"
UNKNOWN = 0xFFFF_FFFF
Locate = Callable[[Sequence[str]], "Places | None"]


class Replacing:
    """Takes incidents out by row id where `locate` knows them, else by searching for `staged`.

    DuckDB keeps the order of rows when it packs a table, so where the row with the highest id is
    still itself all those before it are too: that one is compared with its incident's id.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, locate: Locate | None) -> None:
        self._cursor, self._locate = cursor, locate
        # Incidents taken out of which neither the place of a version is known nor one was kept.
        self._unknown = 0

    def take_out(self, ids: list[str], at: datetime) -> None:
        """Remove the incidents in the frame `staged` from the picture; close their versions."""
        places = self._places(ids)
        kept_once = self._change("SELECT count(*) FROM kept_once") > 0
        self._unknown = 0
        if places is None or not all(
            self._take_out_located(part, at, kept_once) for part in places.parts
        ):
            if kept_once:
                self._change((SQL / "keep_staged.sql").read_text("utf-8"), [at])
            # What does not stand has no version to close either: that table need not be read.
            if self._change((SQL / "delete_staged.sql").read_text("utf-8")) or places is not None:
                self._supersede_staged(at)
        elif self._unknown or not all(self._supersede_located(part, at) for part in places.parts):
            self._supersede_staged(at)

    def _places(self, ids: list[str]) -> Places | None:
        """None where the index does not know, or rows were recorded that it has not seen."""
        places = self._locate(ids) if self._locate is not None else None
        if places is None:
            return None
        until = datetime(1970, 1, 1) + timedelta(microseconds=max(places.until, 0))
        later = "SELECT count(*) FROM incidents WHERE recorded_at > ?"
        return None if self._change(later, [until]) else places

    def _take_out_located(self, located: Located, at: datetime, kept_once: bool) -> bool:
        """Whether the rows lay where they should; where not, nothing of them is changed."""
        last = [int(located.rowids[-1]), located.ids[-1]]
        alone = located.rowids[located.version_rowids == UNKNOWN]
        if len(alone) and kept_once:
            lies = "SELECT count(*) FROM incidents WHERE rowid = ? AND incident_id = ?"
            if not self._change(lies, last):
                return False
            self._unknown -= self._change_placed("keep_placed.sql", alone, [at])
        self._unknown += len(alone)
        if not self._change("DELETE FROM incidents WHERE rowid = ? AND incident_id = ?", last):
            return False
        self._change_all_placed("delete_placed.sql", located.rowids[:-1])
        return True

    def _supersede_located(self, located: Located, at: datetime) -> bool:
        known = np.flatnonzero(located.version_rowids != UNKNOWN)
        if not len(known):
            return True
        order = known[np.argsort(located.version_rowids[known])]
        rowids = located.version_rowids[order]
        last = [at, int(rowids[-1]), located.ids[int(order[-1])]]
        if not self._change(
            "UPDATE kept_versions SET superseded_at = ? "
            "WHERE rowid = ? AND incident_id = ? AND superseded_at IS NULL",
            last,
        ):
            return False
        self._change_all_placed("supersede_placed.sql", rowids[:-1], [at])
        return True

    def _supersede_staged(self, at: datetime) -> None:
        self._change((SQL / "supersede.sql").read_text("utf-8"), [at])

    def _change_all_placed(
        self, file: str, rowids: np.ndarray, values: list[datetime] | None = None
    ) -> None:
        if len(rowids) and self._change_placed(file, rowids, values) != len(rowids):
            raise StoreError("incidents lie elsewhere than the index says; nothing was changed")

    def _change_placed(
        self, file: str, rowids: np.ndarray, values: list[datetime] | None = None
    ) -> int:
        self._cursor.register("placed", pa.table({"place": rowids}))
        try:
            return self._change((SQL / file).read_text("utf-8"), values)
        finally:
            self._cursor.unregister("placed")

    def _change(self, sql: str, values: list[object] | list[datetime] | None = None) -> int:
        """How many rows a statement changed, or counted."""
        return int(self._cursor.execute(sql, values or []).fetchall()[0][0])

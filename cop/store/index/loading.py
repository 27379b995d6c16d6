"""From the table of incidents to the columns of the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from cop.store.index import kernel
from cop.store.index.asking import EARLIEST
from cop.store.index.coding import GROUPS, Dictionary, Unusual
from cop.store.index.locating import make_table
from cop.store.index.segment import BLOCK_ROWS, COLUMNS, NO_CELL, NO_ROW, Segment
from cop.store.index.snapshot import Snapshot, build_snapshot
from cop.store.index.tally import instant
from cop.store.index.texts import COLUMNS as TEXT_COLUMNS
from cop.store.index.texts import Texts, hold_texts

BATCH_ROWS = 1 << 18
Dictionaries = tuple[Dictionary, Dictionary, Dictionary]

_CODED = ", ".join(name for group in GROUPS for name in group)
_HASH = "greatest(hash(incident_id), 1::UBIGINT) AS id_hash"
_NUMBERS = (
    f"{_CODED}, coalesce(cell, -1) AS cell, coalesce(lon, 'nan'::DOUBLE) AS lon, "
    "coalesce(lat, 'nan'::DOUBLE) AS lat, epoch_us(occurred_at) AS occurred, "
    "epoch_us(last_at) AS last, epoch_us(recorded_at) AS recorded, "
    f"rowid, {_HASH}"
)
_TEXTS = ", ".join(TEXT_COLUMNS)


def load_snapshot(
    cursor: duckdb.DuckDBPyConnection, folder: Path | None, **options: int
) -> Snapshot:
    """The whole picture of now as one transaction sees it; texts go to a file in `folder`.

    Raises Unusual where a row does not fit the index.
    """
    cursor.execute("BEGIN")
    try:
        version, until = _stand(cursor)
        dictionaries, columns = _read_numbers(cursor, "", [], _none())
        id_table = make_table(columns["id_hash"])
        columns["version_rowid"] = _read_versions(cursor, "", [], columns["id_hash"], id_table)
        texts = _read_texts(cursor, "", [], folder)
    finally:
        cursor.execute("ROLLBACK")
    until = max(until, _latest(columns))
    return build_snapshot(
        version, until, dictionaries, columns, texts, id_table=id_table, **options
    )


def catch_up(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, *, block_rows: int = BLOCK_ROWS
) -> Snapshot:
    """The snapshot with everything recorded after it.

    Every change of an incident writes its row anew with a later `recorded_at`, so those rows are
    the change. Raises Unusual where the table and the result do not have equally many rows.
    """
    cursor.execute("BEGIN")
    try:
        version, until = _stand(cursor)
        later = "WHERE recorded_at > ?"
        since = [instant(snapshot.until) if snapshot.until > EARLIEST else datetime.min]
        dictionaries, rows = _read_numbers(cursor, later, since, snapshot.dictionaries)
        texts = snapshot.tail_texts or Texts(())
        if len(rows["a"]):
            rows["place"] = rows["place"] + np.uint32(len(texts))
            texts = texts.and_more(_read_texts(cursor, later, since, None).batches)
            rows["version_rowid"] = _read_versions(
                cursor, "AND recorded_at > ?", since, rows["id_hash"], make_table(rows["id_hash"])
            )
        standing = cursor.execute("SELECT count(*) FROM incidents").fetchall()[0][0]
    finally:
        cursor.execute("ROLLBACK")
        tail = snapshot.tail
        if len(tail) and int(rows["rowid"].min(initial=snapshot.next_rowid)) < snapshot.next_rowid:
            # Rows are only ever added at the end, unless the table has been packed meanwhile.
            snapshot = replace(snapshot, tail=replace(tail, rowid=_read_rowids(cursor, tail)))
    newer = snapshot.advance(version, until, dictionaries, rows, texts, block_rows=block_rows)
    if len(newer) != standing:
        raise Unusual(f"{standing} incidents stand, the index has {len(newer)}")
    return newer


def _stand(cursor: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The store's version, and the instant (µs) of that change: no row is recorded later."""
    # The times of changes never go back, so that the latest is that of the last.
    last = cursor.execute("SELECT max(audit_no), epoch_us(max(done_at)) FROM audit")
    number, at = last.fetchall()[0]
    return (0, EARLIEST) if number is None else (int(number), int(at))


def _latest(columns: dict[str, np.ndarray]) -> int:
    return int(columns["recorded"].max(initial=EARLIEST))


def _none() -> Dictionaries:
    first, second, third = (Dictionary.empty(names) for names in GROUPS)
    return first, second, third


def _read_numbers(
    cursor: duckdb.DuckDBPyConnection, condition: str, values: list[Any], known: Dictionaries
) -> tuple[Dictionaries, dict[str, np.ndarray]]:
    """Columns of a segment, in the order of the table, and the dictionaries that code them."""
    dictionaries = list(known)
    total = cursor.execute(f"SELECT count(*) FROM incidents {condition}", values).fetchall()[0][0]
    columns = {name: np.empty(total, kind) for name, kind in COLUMNS.items()}
    start = 0
    for batch in _batches(cursor, f"SELECT {_NUMBERS} FROM incidents {condition}", values):
        found = {name: _array(batch, name) for name in batch.schema.names}
        _refuse_unusual(found)
        rows = slice(start, start + batch.num_rows)
        for n, name in enumerate("abc"):
            dictionaries[n], columns[name][rows] = dictionaries[n].encode(found)
        columns["cell"][rows] = np.where(found["cell"] < 0, np.int64(NO_CELL), found["cell"])
        for name in ("lon", "lat", "occurred", "last", "recorded", "id_hash", "rowid"):
            columns[name][rows] = found[name]
        start += batch.num_rows
    columns["place"] = np.arange(total, dtype=np.uint32)
    return (dictionaries[0], dictionaries[1], dictionaries[2]), columns


def _read_versions(
    cursor: duckdb.DuckDBPyConnection,
    condition: str,
    values: list[Any],
    hashes: np.ndarray,
    table: np.ndarray,
) -> np.ndarray:
    """Where the newest versions of the incidents with these hashes lie; `NO_ROW` for what is kept
    in `incidents` alone.
    """
    if not len(table):
        table = make_table(hashes, fewest=0)
    rowids = np.full(len(hashes), NO_ROW, np.uint32)
    for batch in _batches(
        cursor,
        f"SELECT rowid, {_HASH} FROM kept_versions WHERE superseded_at IS NULL {condition}",
        values,
    ):
        numbers = np.empty(batch.num_rows, np.int64)
        kernel.match_hashes(_array(batch, "id_hash"), hashes, table, numbers)
        known = numbers >= 0
        rowids[numbers[known]] = _array(batch, "rowid")[known]
    return rowids


def _read_rowids(cursor: duckdb.DuckDBPyConnection, tail: Segment) -> np.ndarray:
    """Where the incidents of a tail lie now, `NO_ROW` for those that no longer stand."""
    table = make_table(tail.id_hash, fewest=0)
    rowids = np.full(len(tail), NO_ROW, np.uint32)
    since = [instant(int(tail.recorded.min()))]
    sql = f"SELECT rowid, {_HASH} FROM incidents WHERE recorded_at >= ?"
    for batch in _batches(cursor, sql, since):
        numbers = np.empty(batch.num_rows, np.int64)
        kernel.match_hashes(_array(batch, "id_hash"), tail.id_hash, table, numbers)
        known = numbers >= 0
        rowids[numbers[known]] = _array(batch, "rowid")[known]
    return rowids


def _refuse_unusual(found: dict[str, np.ndarray]) -> None:
    placed = ~np.isnan(found["lon"])
    if (placed != ~np.isnan(found["lat"])).any() or (placed & (found["cell"] < 0)).any():
        raise Unusual("a position is half there")
    if not ((found["severity"] >= 1) & (found["severity"] <= 5)).all():
        raise Unusual("a severity is none of ours")
    if not ((found["domain"] >= 1) & (found["domain"] <= 7)).all():
        raise Unusual("a domain is none of ours")


def _read_texts(
    cursor: duckdb.DuckDBPyConnection, condition: str, values: list[Any], folder: Path | None
) -> Texts:
    reader = cursor.execute(f"SELECT {_TEXTS} FROM incidents {condition}", values).to_arrow_reader(
        BATCH_ROWS
    )
    return hold_texts(reader, reader.schema, folder)


def _batches(
    cursor: duckdb.DuckDBPyConnection, sql: str, values: list[Any]
) -> Iterator[pa.RecordBatch]:
    yield from cursor.execute(sql, values).to_arrow_reader(BATCH_ROWS)


def _array(batch: pa.RecordBatch, name: str) -> np.ndarray:
    return np.asarray(batch.column(name).to_numpy(zero_copy_only=False))

"""Backups that are whole or absent: copied, reopened, compared, and only then given their name.

A raw copy of the file is sometimes stale, and one killed half-way opens cleanly and is empty;
hence `COPY FROM DATABASE` inside the store and a comparison of every table's rows and checksum.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from cop.errors import BadInput, StoreDamaged, StoreError, StoreHeld


def back_up(cursor: duckdb.DuckDBPyConnection, target: Path) -> Path:
    """Write a checked copy to `target`, which must not exist; its folder must be allowed.

    The caller holds the writer's lock, so that nothing changes between copy and comparison.
    Raises BadInput where the name is taken, StoreDamaged where the copy does not compare equal,
    StoreError where it can't be written.
    """
    if target.exists():
        raise BadInput(f"{target.name} exists already; choose another name")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    here = cursor.execute("SELECT current_database()").fetchall()[0][0]
    path = str(part.resolve()).replace("'", "''")
    try:
        cursor.execute(f"ATTACH '{path}' AS backup_copy")
        cursor.execute(f'COPY FROM DATABASE "{here}" TO backup_copy')
        before = _fingerprint(cursor, here)
        after = _fingerprint(cursor, "backup_copy")
        cursor.execute("DETACH backup_copy")
        if before != after or before != fingerprint_of(part):
            raise StoreDamaged("the copy does not equal the store; it was thrown away")
    except duckdb.Error as error:
        _detach(cursor)
        part.unlink(missing_ok=True)
        raise StoreError("the copy could not be written (is the disk full?)") from error
    except BaseException:
        _detach(cursor)
        part.unlink(missing_ok=True)
        raise
    os.replace(part, target)
    return target


def restore(backup: Path, store: Path) -> Path | None:
    """Put a backup in a store's place; where the old file now is kept, or None if there was none.

    The store must not be open. Raises BadInput where the backup is missing, StoreDamaged where it
    does not open as a store of ours.
    """
    if not backup.is_file():
        raise BadInput(f"{backup.name} is not there")
    if "incidents" not in fingerprint_of(backup):
        raise StoreDamaged(f"{backup.name} is not a backup of a store")
    part = store.with_name(store.name + ".part")
    shutil.copyfile(backup, part)
    kept = _free_name(store.with_name(f"{store.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
    # A log without its file is moved too: replayed over the backup it would change or break it.
    wal = store.with_name(store.name + ".wal")
    if wal.exists():
        os.replace(wal, kept.with_name(kept.name + ".wal"))
    if not store.exists():
        os.replace(part, store)
        return None
    os.replace(store, kept)
    os.replace(part, store)
    return kept


def _free_name(wanted: Path) -> Path:
    """The path, or one like it that is not taken: a second restore keeps what the first kept."""
    path, number = wanted, 1
    while path.exists() or path.with_name(path.name + ".wal").exists():
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}")
    return path


def fingerprint_of(file: Path) -> dict[str, tuple[int, str]]:
    """Rows and checksum of each table of a store's file, opened for reading only.

    Raises StoreDamaged where it does not open.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            name = connection.execute("SELECT current_database()").fetchall()[0][0]
            return _fingerprint(connection, name)
    except duckdb.Error as error:
        raise StoreDamaged(f"{file.name} does not open as a store") from error


def _fingerprint(cursor: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[int, str]]:
    tables = cursor.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = ? AND NOT temporary ORDER BY table_name",
        [database],
    ).fetchall()
    return {
        name: cursor.execute(
            # bit_xor of row hashes does not depend on the order rows are kept in.
            "SELECT count(*), coalesce(bit_xor(hash(t)), 0)::VARCHAR "
            f'FROM "{database}".main."{name}" AS t'
        ).fetchall()[0]
        for (name,) in tables
    }


def _detach(cursor: duckdb.DuckDBPyConnection) -> None:
    attached = cursor.execute(
        "SELECT count(*) FROM duckdb_databases() WHERE database_name = 'backup_copy'"
    ).fetchall()
    if attached[0][0]:
        cursor.execute("DETACH backup_copy")


def ensure_free(store: Path) -> None:
    """Raise StoreHeld where a process has the store open; a missing or damaged file is free."""
    if not store.exists():
        return
    try:
        duckdb.connect(str(store), read_only=True).close()
    except duckdb.Error as error:
        if is_held(error):
            raise StoreHeld("the store is in use; stop the server first") from error


def is_held(error: duckdb.Error) -> bool:
    """Whether an error of opening says that another process has the file.

    "lock" alone would not do: a damaged file names the block that is broken.
    """
    return "could not set lock" in str(error).lower()

"""Numbered, atomic SQL migrations: `NNNN_name.sql`, applied in order, each whole or not at all."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from cop.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations by number. Raises StoreError for a gap, a repeat or a misnamed file."""
    found = []
    for file in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", file.stem)
        if not match:
            raise StoreError(f"{file.name} is not named like 0001_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise StoreError("the migrations are not numbered 1, 2, 3 … without gap or repeat")
    return found


def applied(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """Number -> hash of the migrations this store has had; empty for a new file. Never writes."""
    tables = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_migrations'"
    ).fetchall()
    if not tables[0][0]:
        return {}
    rows = connection.execute("SELECT number, sha256 FROM schema_migrations").fetchall()
    return dict(rows)


def pending(connection: duckdb.DuckDBPyConnection, migrations: list[Migration]) -> list[Migration]:
    """The migrations still to apply. Never writes.

    Raises StoreError where the store has one this program does not know, or another text of it.
    """
    done = applied(connection)
    known = {m.number: m for m in migrations}
    for number, digest in done.items():
        if number not in known:
            raise StoreError(
                "this store was made by a newer version of the program; nothing was changed"
            )
        if known[number].sha256 != digest:
            raise StoreError(f"migration {number:04} differs from the one this store has had")
    return [m for m in migrations if m.number not in done]


def migrate(
    connection: duckdb.DuckDBPyConnection, migrations: list[Migration], at: datetime
) -> list[int]:
    """Apply what is pending, each in its own transaction; the numbers applied."""
    todo = pending(connection, migrations)
    for migration in todo:
        connection.execute("BEGIN")
        try:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations "
                "(number INTEGER NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, "
                "applied_at TIMESTAMP NOT NULL)"
            )
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO schema_migrations VALUES (?, ?, ?, ?)",
                [migration.number, migration.name, migration.sha256, at],
            )
            connection.execute("COMMIT")
        except duckdb.Error as error:
            connection.execute("ROLLBACK")
            raise StoreError(
                f"migration {migration.number:04} failed and was rolled back whole"
            ) from error
    return [m.number for m in todo]

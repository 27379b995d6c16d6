"""Migrations: numbered, each whole or not at all, a backup before the first on a filled store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from synthetic import incident, put

from cop.errors import StoreError
from cop.store import Store
from cop.store import store as store_module
from cop.store.backup import fingerprint_of
from cop.store.migrate import Migration, applied, load_migrations, migrate, pending

AT = datetime(2026, 11, 23)
FIRST = Migration(1, "first", "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);")
SECOND = Migration(2, "second", "CREATE TABLE b (n INTEGER); INSERT INTO a VALUES (2);")
BROKEN = Migration(2, "second", "CREATE TABLE b (n INTEGER); INSERT INTO a VALUES ('x');")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }


def test_they_apply_once_and_in_order(connection: duckdb.DuckDBPyConnection) -> None:
    assert migrate(connection, [FIRST, SECOND], AT) == [1, 2]
    assert migrate(connection, [FIRST, SECOND], AT) == []
    assert connection.execute("SELECT n FROM a ORDER BY n").fetchall() == [(1,), (2,)]
    assert applied(connection) == {1: FIRST.sha256, 2: SECOND.sha256}


def test_asking_what_is_pending_never_writes(connection: duckdb.DuckDBPyConnection) -> None:
    assert pending(connection, [FIRST, SECOND]) == [FIRST, SECOND]
    assert tables(connection) == set()


def test_one_that_fails_leaves_nothing_behind(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(StoreError, match="migration 0002 failed and was rolled back whole"):
        migrate(connection, [FIRST, BROKEN], AT)
    assert tables(connection) == {"a", "schema_migrations"}
    assert connection.execute("SELECT n FROM a").fetchall() == [(1,)]
    assert set(applied(connection)) == {1}
    assert migrate(connection, [FIRST, SECOND], AT) == [2], "mended, it goes on from there"


def test_a_store_of_a_newer_program_is_left_alone(connection: duckdb.DuckDBPyConnection) -> None:
    migrate(connection, [FIRST, SECOND], AT)
    with pytest.raises(StoreError, match="newer version of the program; nothing was changed"):
        migrate(connection, [FIRST], AT)


def test_a_changed_text_is_noticed(connection: duckdb.DuckDBPyConnection) -> None:
    migrate(connection, [FIRST], AT)
    changed = Migration(1, "first", FIRST.sql + " -- changed")
    with pytest.raises(StoreError, match="migration 0001 differs"):
        migrate(connection, [changed, SECOND], AT)
    assert "b" not in tables(connection)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["0001_a.sql", "0003_b.sql"], "without gap or repeat"),
        (["0001_a.sql", "0001_b.sql"], "without gap or repeat"),
        (["0002_a.sql"], "without gap or repeat"),
        (["first.sql"], "not named like"),
    ],
)
def test_names_are_a_contract(tmp_path: Path, names: list[str], says: str) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(StoreError, match=says):
        load_migrations(tmp_path)


def test_ours_are_numbered_without_gaps() -> None:
    assert [m.number for m in load_migrations()] == list(range(1, len(load_migrations()) + 1))


def _with_one_more(sql: str) -> list[Migration]:
    ours = load_migrations()
    return [*ours, Migration(len(ours) + 1, "one_more", sql)]


def test_a_filled_store_is_backed_up_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "live.duckdb"
    store = Store(file)
    put(store, incident("a"))
    store.close()
    before = fingerprint_of(file)
    assert list((tmp_path / "backups").iterdir()) == []
    more = _with_one_more("CREATE TABLE one_more (n INTEGER)")
    monkeypatch.setattr(store_module, "load_migrations", lambda: more)
    Store(file).close()
    [kept] = (tmp_path / "backups").iterdir()
    assert kept.name.startswith(f"before-migration-{more[-1].number:04}-")
    assert fingerprint_of(kept) == before
    assert "one_more" in fingerprint_of(file)


def test_a_store_whose_migration_fails_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "live.duckdb"
    store = Store(file)
    put(store, incident("a"))
    store.close()
    before = fingerprint_of(file)
    with monkeypatch.context() as patch:
        broken = _with_one_more("CREATE TABLE one_more (n INTEGER); SELECT no_such_column;")
        patch.setattr(store_module, "load_migrations", lambda: broken)
        with pytest.raises(StoreError, match="rolled back whole"):
            Store(file)
    assert fingerprint_of(file) == before
    store = Store(file)
    assert store.read("counts", None)["incidents"] == 1
    store.close()


def test_a_new_store_needs_no_backup(tmp_path: Path) -> None:
    Store(tmp_path / "live.duckdb").close()
    assert list((tmp_path / "backups").iterdir()) == []

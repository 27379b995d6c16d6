"""A backup is whole or absent; putting one back keeps the file it replaces."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from synthetic import incident, put

from cop.errors import BadInput, StoreDamaged, StoreError
from cop.store import Store
from cop.store import backup as backup_module
from cop.store.backup import fingerprint_of, restore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "o'live.duckdb")
    put(made, *(incident(f"a{n}") for n in range(50)))
    yield made
    made.close()


def test_a_backup_equals_the_store(store: Store) -> None:
    target = store.back_up(store.backups / "a.duckdb")
    assert [file.name for file in store.backups.iterdir()] == ["a.duckdb"]
    put(store, incident("later"))
    store.close()
    assert store.path is not None
    whole, copy = fingerprint_of(store.path), fingerprint_of(target)
    assert copy.keys() == whole.keys()
    assert copy["incidents"][0] == 50
    assert whole["incidents"][0] == 51
    assert copy["ports"] == whole["ports"]
    opened = Store(target)
    assert opened.read("verify", None)["incidents"] == 50
    opened.close()


def test_a_taken_name_is_refused_and_left_alone(store: Store) -> None:
    target = store.backups / "a.duckdb"
    target.write_bytes(b"precious")
    with pytest.raises(BadInput, match=r"a\.duckdb exists already"):
        store.back_up(target)
    assert target.read_bytes() == b"precious"


def test_a_copy_that_differs_is_thrown_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = backup_module.fingerprint_of
    monkeypatch.setattr(
        backup_module, "fingerprint_of", lambda file: honest(file) | {"incidents": (0, "0")}
    )
    with pytest.raises(StoreDamaged, match="does not equal the store"):
        store.back_up(store.backups / "a.duckdb")
    assert list(store.backups.iterdir()) == []
    monkeypatch.undo()
    assert store.back_up(store.backups / "a.duckdb").is_file(), "the next one goes through"


def test_a_folder_that_is_not_ours_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(StoreError):
        store.back_up(tmp_path / "elsewhere" / "a.duckdb")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_killed_copy_never_gets_the_final_name(tmp_path: Path) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from cop.store import Store, backup
        store = Store(Path(sys.argv[1]))
        backup.fingerprint_of = lambda file: os.kill(os.getpid(), signal.SIGKILL)
        store.back_up(store.backups / "a.duckdb")
        """
    file = tmp_path / "live.duckdb"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), file], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert [left.name for left in (tmp_path / "backups").iterdir()] == ["a.duckdb.part"]
    store = Store(file)
    assert store.back_up(store.backups / "a.duckdb").is_file()
    assert [left.name for left in store.backups.iterdir()] == ["a.duckdb"]
    store.close()


def test_restoring_keeps_the_file_it_replaces(store: Store) -> None:
    assert store.path is not None
    kept_backup = store.back_up(store.backups / "a.duckdb")
    put(store, incident("later"))
    store.close()
    latest = fingerprint_of(store.path)
    old = restore(kept_backup, store.path)
    assert old is not None
    assert fingerprint_of(old) == latest
    assert fingerprint_of(store.path) == fingerprint_of(kept_backup)
    again = restore(kept_backup, store.path)
    assert again not in (None, old), "a second one in the same second keeps both"
    assert fingerprint_of(old) == latest
    opened = Store(store.path)
    assert opened.read("verify", None)["incidents"] == 50
    opened.close()


def test_restoring_moves_a_log_that_is_not_the_backups_own(store: Store) -> None:
    assert store.path is not None
    kept_backup = store.back_up(store.backups / "a.duckdb")
    store.close()
    store.path.unlink()
    wal = store.path.with_name(store.path.name + ".wal")
    wal.write_bytes(b"left by a crash")
    assert restore(kept_backup, store.path) is None
    assert not wal.exists()
    assert [f.read_bytes() for f in wal.parent.glob("*.replaced-*.wal")] == [b"left by a crash"]
    opened = Store(store.path)
    assert opened.read("verify", None)["incidents"] == 50
    opened.close()


@pytest.mark.parametrize("content", [None, b"", b"no backup", "other"])
def test_what_is_no_backup_is_not_restored(store: Store, content: bytes | str | None) -> None:
    assert store.path is not None
    store.close()
    before = store.path.read_bytes()
    wrong = store.backups / "wrong.duckdb"
    if content == "other":
        with duckdb.connect(str(wrong)) as connection:
            connection.execute("CREATE TABLE t (n INTEGER)")
    elif isinstance(content, bytes):
        wrong.write_bytes(content)
    with pytest.raises((BadInput, StoreDamaged)) as refusal:
        restore(wrong, store.path)
    assert "wrong.duckdb" in str(refusal.value)
    assert str(store.backups) not in str(refusal.value)
    assert store.path.read_bytes() == before
    assert not [name for name in os.listdir(store.path.parent) if "replaced" in name]

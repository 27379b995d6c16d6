"""One process, one file, a cursor a request: who may open a store, and what it lets in and out."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from synthetic import Synthetic, incident, put

from cop.errors import StoreDamaged, StoreError, StoreHeld
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store import Store
from cop.store.backup import ensure_free, restore
from cop.store.reading import QUESTIONS

ROOT = Path(__file__).resolve().parents[2]
HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"


def everything(clearance: str = "red") -> Where:
    return compile_where(Filters(), Viewer("test", clearance))


def run_python(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_threads_get_their_own_rows(synthetic: Synthetic) -> None:
    """A connection shared by threads hands one thread another's rows: a marking leak."""
    store = synthetic.store
    wheres = [everything(clearance) for clearance in MARKINGS.slugs]
    expected = [store.read("count", where) for where in wheres]
    assert len(set(expected)) == len(wheres), "each clearance has a count of its own"

    def ask(turn: int) -> tuple[int, int, int]:
        which = turn % len(wheres)
        if turn % 4:
            return which, store.read("count", wheres[which]), 0
        frame = store.read("page", wheres[which], stop=30, sort="tlp")
        return which, expected[which], max(frame["tlp"])

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8 * 200)))
    assert len(answers) == 1_600
    for which, count, strictest in answers:
        assert count == expected[which]
        assert strictest <= which


def test_a_question_is_asked_with_who_asks(synthetic: Synthetic) -> None:
    store = synthetic.store
    for question, (kind, _) in QUESTIONS.items():
        for wrong in (None, Viewer("x", "red"), everything()):
            if kind is not None and not isinstance(wrong, kind):
                with pytest.raises(TypeError, match=f"{question} is asked with a {kind.__name__}"):
                    store.read(question, wrong)
    with pytest.raises(KeyError):
        store.read("no-such-question", everything())


def test_what_shows_incidents_takes_a_where() -> None:
    about_incidents = {"count", "picture", "page", "rank", "detail", "rows"}
    assert {name for name, (kind, _) in QUESTIONS.items() if kind is Where} >= about_incidents
    assert {name for name, (kind, _) in QUESTIONS.items() if kind is None} == {
        "reference", "store_version", "meta", "counts", "verify", "position_first_received",
    }  # fmt: skip


def test_a_forked_child_is_refused(tmp_path: Path) -> None:
    done = run_python(
        """
        import os, sys
        from pathlib import Path
        from cop.errors import StoreForked
        from cop.store import Store
        store = Store(Path(sys.argv[1]))
        child = os.fork()
        if child == 0:
            refused = 0
            try:
                store.read("store_version", None)
            except StoreForked:
                refused += 1
            try:
                with store.write(actor="a", action="b.c", subject="d"):
                    pass
            except StoreForked:
                refused += 1
            os._exit(40 + refused)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with store.write(actor="a", action="b.c", subject="d"):
            pass
        assert store.read("store_version", None) == 1
        store.close()
        sys.exit(code)
        """,
        tmp_path / "live.duckdb",
    )
    assert done.returncode == 42, done.stderr


def test_a_second_process_is_told_who_holds_the_store(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    store = Store(file)
    done = run_python(
        """
        import os, sys
        from pathlib import Path
        from cop.errors import StoreHeld
        from cop.store import Store
        try:
            Store(Path(sys.argv[1]))
        except StoreHeld as error:
            print(error)
        """,
        file,
    )
    assert "the store is held by process" in done.stdout, done.stderr
    put(store, incident("a"))
    store.close()


def test_nothing_outside_is_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for store in (Store(tmp_path / "live.duckdb"), Store.memory()):
        with store._cursor() as cursor:
            for sql in (
                f"SELECT * FROM '{tmp_path}/secret.csv'",
                f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
                f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
                f"ATTACH '{tmp_path}/other.duckdb' AS other",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET enable_external_access = true",
                "SET autoload_known_extensions = true",
                "SET allowed_directories = ['/']",
            ):
                with pytest.raises(duckdb.Error):
                    cursor.execute(sql)
            loaded = cursor.execute(
                "SELECT current_setting('autoinstall_known_extensions'), "
                "current_setting('autoload_known_extensions')"
            ).fetchall()
        assert loaded == [(False, False)]
        store.close()
    assert not (tmp_path / "out.csv").exists()


def test_frames_of_the_program_are_not_seen_by_name() -> None:
    store = Store.memory()
    secret = pd.DataFrame({"a": [1]})
    with store._cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute("SELECT * FROM secret")
    assert len(secret) == 1
    store.close()


def test_a_closed_store_says_so() -> None:
    store = Store.memory()
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        store.read("store_version", None)


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 400, b"SQLite format 3\0" + bytes(4096)]
)
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "live.duckdb"
    file.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"live\.duckdb does not open") as refusal:
        Store(file)
    assert str(tmp_path) not in str(refusal.value)
    assert file.read_bytes() == content


@pytest.mark.parametrize("place", ["a folder", "below a file", "a name too long"])
def test_a_place_that_holds_no_store_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("text")
    path = {
        "a folder": tmp_path / "folder",
        "below a file": tmp_path / "file" / "live.duckdb",
        "a name too long": tmp_path / ("a" * 300),
    }[place]
    with pytest.raises(StoreError) as refusal:
        Store(path)
    assert not isinstance(refusal.value, StoreDamaged), "nothing is damaged there"
    assert str(tmp_path) not in str(refusal.value)


def test_a_commit_that_the_disk_refuses_is_said_and_kept_out(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from cop.errors import StoreError
from cop.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]))
before = store.read("store_version", None)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    with store.write(actor="a", action="test.put", subject="s") as writer:
        writer.note(text="x" * 100_000)
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert store.read("store_version", None) == before
with store.write(actor="a", action="test.put", subject="s"):
    pass
assert store.read("store_version", None) == before + 1
"""
    done = run_python(script, tmp_path / "live.duckdb")
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "nothing of this change was kept" in done.stdout


def test_a_store_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    Store(file).close()
    file.chmod(0o644)
    Store(file).close()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_never_an_empty_picture(tmp_path: Path) -> None:
    """Bytes flipped all over the file: what is read is whole, or the damage is said.

    Each trial is a process of its own: DuckDB 1.5.5 now and then dies of such a file, which at
    least shows no picture at all.
    """
    store = Store(tmp_path / "whole.duckdb")
    put(store, *(incident(f"a{n:05}", summary=f"words {n} " * 20) for n in range(3_000)))
    store.close()
    done = run_python(
        """
        import os, sys
        from pathlib import Path
        from cop.errors import CopError
        from cop.model.viewer import Viewer
        from cop.query.answers import Viewport
        from cop.query.filters import Filters
        from cop.query.where import compile_where
        from cop.store import Store

        folder = Path(sys.argv[1])
        whole = (folder / "whole.duckdb").read_bytes()
        for at in range(len(whole) // 20, len(whole), len(whole) // 20):
            broken = bytearray(whole)
            broken[at : at + 64] = bytes(byte ^ 0xFF for byte in broken[at : at + 64])
            file = folder / f"at-{at}.duckdb"
            file.write_bytes(broken)
            if os.fork() == 0:
                where = compile_where(Filters(), Viewer("test", "red"))
                try:
                    store = Store(file)
                    picture = store.read("picture", where, viewport=Viewport())
                    print("read", picture.count, len(store.read("rows", where)), flush=True)
                except CopError as error:
                    print(type(error).__name__, flush=True)
                os._exit(0)
            os.wait()
            file.unlink()
        """,
        tmp_path,
    )
    outcomes = done.stdout.splitlines()
    assert set(outcomes) == {"read 3000 3000", "StoreDamaged"}, (outcomes, done.stderr)
    assert outcomes.count("StoreDamaged") >= 3


def test_a_question_that_needs_too_much_memory_fails_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "live.duckdb")
    put(store, incident("a"))

    def too_much(cursor: duckdb.DuckDBPyConnection, _: None) -> None:
        raise duckdb.OutOfMemoryException("could not allocate")

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(QUESTIONS, "too_much", (None, too_much))
        with pytest.raises(StoreError, match="more memory"):
            store.read("too_much", None)
    assert store.read("count", everything()) == 1
    store.close()


def test_ensuring_that_a_store_is_free(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    ensure_free(file)
    Store(file).close()
    ensure_free(file)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreHeld, match="stop the server first"):
            ensure_free(file)
        holder.communicate(b"\n")


def test_a_damaged_store_is_not_taken_for_a_held_one(tmp_path: Path) -> None:
    """DuckDB names the broken block, and "block" holds "lock": restoring must not be refused."""
    file = tmp_path / "live.duckdb"
    store = Store(file)
    put(store, *(incident(f"a{n}", summary="words " * 50) for n in range(2_000)))
    kept = store.back_up(store.backups / "kept.duckdb")
    store.close()
    broken = bytearray(file.read_bytes())
    broken[4096:] = bytes(byte ^ 0xFF for byte in broken[4096:])
    file.write_bytes(broken)
    with pytest.raises(StoreDamaged, match="restore the last backup"):
        Store(file)
    ensure_free(file)
    restore(kept, file)
    store = Store(file)
    assert store.read("count", everything()) == 2_000
    store.close()

"""Every change has a name on it: one writer, one transaction, one link in the audit chain."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from synthetic import TICK, incident, put

from cop.errors import StoreDamaged, StoreError
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store import Store
from cop.store.writing import GENESIS, audit_hash

RED = Viewer("test", "red")


def everything(as_known_at: datetime | None = None, incident_id: str = "") -> Where:
    ids = (incident_id,) if incident_id else ()
    return compile_where(Filters(status=LIFECYCLES.slugs, id=ids), RED, as_known_at=as_known_at)


def audit_of(file: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("SELECT * FROM audit ORDER BY audit_no").fetchall()


@pytest.mark.parametrize("missing", ["actor", "action", "subject"])
def test_no_change_without_a_name_on_it(missing: str) -> None:
    store = Store.memory()
    named = {"actor": "a", "action": "b.c", "subject": "d"} | {missing: " "}
    with pytest.raises(ValueError, match="an actor, an action and a subject"), store.write(**named):
        pass
    assert store.version == 0
    store.close()


def test_a_change_and_its_audit_row_come_together(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    store = Store(file, clock=lambda: datetime(2026, 11, 23, 12))
    with store.write(actor="cli:ann", action="store.note", subject="the world") as writer:
        writer.set_meta("world", "live")
        writer.note(why="a trial", n=1)
        assert store.read("meta", None) == {}, "nothing is seen before it is sealed"
    assert store.read("meta", None) == {"world": "live"}
    assert store.version == 1
    put(store, incident("a"))
    store.close()
    first, second = audit_of(file)
    assert first[:6] == (
        1,
        datetime(2026, 11, 23, 12),
        "cli:ann",
        "store.note",
        "the world",
        '{"n": 1, "why": "a trial"}',
    )
    assert first[6] == GENESIS
    assert first[7] == audit_hash(GENESIS, *first[:6])  # type: ignore[arg-type]
    assert second[6] == first[7], "each row holds the hash of the one before"


def _break_off(store: Store, error: Exception) -> None:
    with store.write(actor="a", action="b.c", subject="d") as writer:
        writer.set_meta("world", "live")
        writer.replace_reference("ports", pd.DataFrame())
        raise error


def test_an_exception_takes_everything_back(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    store = Store(file)
    put(store, incident("a"))
    before = store.read("counts", None)
    with pytest.raises(RuntimeError, match="half-way"):
        _break_off(store, RuntimeError("half-way"))
    assert store.read("counts", None) == before
    assert store.version == 1
    put(store, incident("b"))
    assert store.version == 2, "the next change goes on"
    assert store.read("verify", None)["incidents"] == 2
    store.close()


def test_a_disk_that_refuses_is_said_so_and_nothing_is_kept() -> None:
    store = Store.memory()
    with pytest.raises(StoreError, match="is the disk full"):
        _break_off(store, duckdb.IOException("No space left on device"))
    assert store.read("meta", None) == {}
    put(store, incident("a"))
    store.close()


def test_listeners_hear_of_what_was_kept_only() -> None:
    store = Store.memory()
    heard: list[int] = []
    store.on_change(heard.append)
    put(store, incident("a"))
    with pytest.raises(KeyError), store.write(actor="a", action="b.c", subject="d"):
        raise KeyError
    put(store, incident("b"))
    assert heard == [1, 2]
    store.close()


def test_recorded_times_never_go_back_even_when_the_clock_does() -> None:
    clock = [datetime(2026, 11, 23, 12)]
    store = Store.memory(clock=lambda: clock[0])
    put(store, incident("a", title="one"))
    clock[0] -= timedelta(hours=1)
    put(store, incident("a", title="two", version=2))
    put(store, incident("a", title="three", version=3))
    clock[0] += timedelta(days=365)
    put(store, incident("a", title="four", version=4))
    versions = store.read("detail", everything(incident_id="a"))["versions"]
    times = [pd.Timestamp(v["recorded_at"]).to_pydatetime() for v in reversed(versions)]
    noon = datetime(2026, 11, 23, 12)
    assert times == [
        noon, noon + TICK, noon + 2 * TICK, noon - timedelta(hours=1) + timedelta(days=365),
    ]  # fmt: skip
    assert store.read("verify", None)["incident_versions"] == 4
    store.close()


def test_a_version_supersedes_the_one_before_and_nothing_is_lost() -> None:
    clock = [datetime(2026, 1, 1)]
    store = Store.memory(clock=lambda: clock[0])
    put(store, incident("a", title="one", severity="2"))
    clock[0] = datetime(2026, 2, 1)
    put(store, incident("a", title="two", severity="4", version=2), incident("b"))
    found = store.read("detail", everything(incident_id="a"))
    assert [(v["version"], v["title"], v["severity"]) for v in found["versions"]] == [
        (2, "two", 4),
        (1, "one", 2),
    ]
    assert pd.Timestamp(found["versions"][1]["superseded_at"]) == datetime(2026, 2, 1)
    assert pd.isna(found["versions"][0]["superseded_at"])
    assert [v["actor"] for v in found["versions"]] == ["test", "test"]

    def titles(at: datetime | None) -> list[str]:
        return sorted(store.read("rows", everything(at))["title"])

    assert titles(None) == ["Boarding", "two"]
    assert titles(datetime(2025, 12, 31)) == []
    assert titles(datetime(2026, 1, 1)) == ["one"]
    assert titles(datetime(2026, 2, 1) - TICK) == ["one"]
    assert titles(datetime(2026, 2, 1)) == ["Boarding", "two"]
    then = store.read("detail", everything(datetime(2026, 1, 15), "a"))
    assert then["incident"]["title"] == "one"
    assert len(then["versions"]) == 1
    store.close()


def _edited(tmp_path: Path, sql: str) -> Store:
    """A store of five changes, edited behind its back."""
    file = tmp_path / "live.duckdb"
    store = Store(file)
    for n in range(5):
        put(store, incident(f"a{n}"))
    assert store.read("verify", None)["audit"] == 5
    store.close()
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)
    return Store(file)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE audit SET actor = 'x' WHERE audit_no = 3", "broken at entry 3"),
        ("UPDATE audit SET detail = '{}' || ' ' WHERE audit_no = 1", "broken at entry 1"),
        ("UPDATE audit SET done_at = done_at + INTERVAL 1 SECOND WHERE audit_no = 2", "entry 2"),
        ("DELETE FROM audit WHERE audit_no = 3", "broken at entry 3"),
        ("DELETE FROM audit WHERE audit_no = 5", "rule: every version names a change"),
        ("UPDATE incidents SET severity = 5 WHERE incident_id = 'a1'", "picture is the versions"),
        ("DELETE FROM incidents WHERE incident_id = 'a1'", "picture is the versions"),
        ("INSERT INTO incidents FROM incidents WHERE incident_id = 'a1'", "stands once"),
        (
            "UPDATE kept_versions SET superseded_at = now()::TIMESTAMP, version = 0 "
            "WHERE incident_id = 'a1'",
            "2 rows|1 rows",
        ),
        ("DELETE FROM reports WHERE report_id = 'a1-r'", "every link leads to a report"),
        ("DELETE FROM incident_reports WHERE report_id = 'a1-r'", "every incident has a report"),
        (
            "INSERT INTO feed_runs VALUES (1, 'asam', '', '', now()::TIMESTAMP, "
            "now()::TIMESTAMP, 'ok', '', 3, 1, 1, 0, 1, 0, 0, 'x')",
            "received = accepted",
        ),
    ],
)
def test_what_was_edited_behind_its_back_is_found(tmp_path: Path, sql: str, says: str) -> None:
    store = _edited(tmp_path, sql)
    try:
        with pytest.raises(StoreDamaged, match=says):
            store.read("verify", None)
    finally:
        store.close()


def test_a_quarantined_record_is_settled_once() -> None:
    store = Store.memory()
    with store.write(actor="a", action="b.c", subject="d") as writer:
        writer.keep_aside(
            pd.DataFrame(
                [
                    {
                        "run_id": 1, "feed": "asam", "kind": "quarantined", "field": "date",
                        "reason": "r", "reference": "x", "raw": b"raw", "raw_sha256": "0",
                        "header": b"", "tlp": 0, "state": "open",
                    }
                ]
            )
        )  # fmt: skip
    with store.write(actor="ann", action="b.c", subject="d") as writer:
        assert writer.settle_quarantined(1, "corrected") == 1
        assert writer.settle_quarantined(1, "corrected") == 0
        assert writer.settle_quarantined(2, "corrected") == 0
    [item] = store.read("quarantine", RED, state="corrected")
    assert (item["item_id"], item["settled_by"], bytes(item["raw"])) == (1, "ann", b"raw")
    store.close()

"""The index keeps in step with the tables: after writes, beside readers, and when it is lost."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cop.model.viewer import Viewer
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.store import Store
from cop.store.index import keeper
from cop.store.index.keeper import Index
from cop.store.index.loading import catch_up

sys.path.insert(0, str(Path(__file__).parent))
from test_index import NOW, World, assert_same_picture, make_rows

EVERYTHING = Filters(status=("new", "triaged", "active", "closed", "withdrawn"))
ASKED = compile_where(EVERYTHING, Viewer("test", "red"), now=NOW)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(600, 20, 5)
    yield made
    made.store.close()


def wait_until(met: Callable[[], bool]) -> None:
    """Wait for a background thread; fails after half a minute."""
    for _ in range(300):
        if met():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about")


def index_of(store: Store) -> Index:
    assert store._index is not None
    return store._index


def test_a_reader_never_sees_half_a_write(world: World) -> None:
    """Every picture taken while rows are written has the rows of the version it names."""
    first = world.store.version
    counted: list[tuple[int, int]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            picture = world.store.read("picture", ASKED, viewport=Viewport())
            counted.append((picture.version, picture.count))

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(12):
        world.put(5, 7)
    done.set()
    for reader in readers:
        reader.join()
    assert len(counted) > 2
    for version, count in counted:
        assert count == 600 + 5 * (version - first)
    assert_same_picture(*world.ask("picture", ASKED, viewport=Viewport()))


def test_a_change_of_something_else_moves_the_version(world: World) -> None:
    """A write without incidents leaves the counts and is named by the picture."""
    before = world.store.read("picture", ASKED, viewport=Viewport())
    with world.store.write(actor="test", action="test.note", subject="nothing") as writer:
        writer.set_meta("a", "b")
    after = world.store.read("picture", ASKED, viewport=Viewport())
    assert (after.version, after.count) == (before.version + 1, before.count)


def put_and_fail(world: World) -> None:
    with world.store.write(actor="test", action="test.put", subject="rows") as writer:
        writer.put_incidents(make_rows(world.rng, np.array(["syn-1", "syn-9000"]), 5))
        raise RuntimeError("the hand slips")


def test_a_write_that_fails_leaves_the_index(world: World) -> None:
    """What was rolled back is in neither of them."""
    with pytest.raises(RuntimeError, match="the hand slips"):
        put_and_fail(world)
    assert_same_picture(*world.ask("picture", ASKED, viewport=Viewport()))
    assert world.store.read("count", ASKED) == 600


def test_many_changes_are_put_in_order_in_the_background(world: World) -> None:
    """A tail that has grown long becomes part of the base, and nothing is lost by it."""
    world.put(20_100, 50)
    wait_until(lambda: (s := index_of(world.store).snapshot) is not None and not len(s.tail))
    world.put(3, 3)
    assert_same_picture(*world.ask("picture", ASKED, viewport=Viewport()))
    assert world.store.read("count", ASKED) == 20_703


def test_an_index_that_lost_count_is_loaded_anew(world: World) -> None:
    """Rows that vanish behind its back are noticed at the next write; the tables answer then."""
    with world.store._cursor() as cursor:
        cursor.execute("DELETE FROM incidents WHERE incident_id = 'syn-7'")
    world.put(1)
    assert world.store.read("count", ASKED) == 600
    wait_until(lambda: index_of(world.store).snapshot is not None)
    assert_same_picture(*world.ask("picture", ASKED, viewport=Viewport()))


def test_an_index_that_fails_shows_nothing_old(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in it, the committed change is in the next answer."""
    faults = [IndexError("a fault of ours")]

    def fail_once(*arguments: Any, **options: Any) -> Any:
        if faults:
            raise faults.pop()
        return catch_up(*arguments, **options)

    monkeypatch.setattr(keeper, "catch_up", fail_once)
    world.put(1)
    assert not faults
    assert world.store.read("count", ASKED) == 601
    wait_until(lambda: index_of(world.store).snapshot is not None)
    assert_same_picture(*world.ask("picture", ASKED, viewport=Viewport()))


def test_the_past_is_asked_of_the_tables(world: World) -> None:
    """The index holds what stands now; what was known then comes from the versions."""
    world.put(10)
    then = compile_where(
        EVERYTHING, Viewer("test", "red"), as_known_at=world.at - timedelta(days=1)
    )
    assert world.store.read("count", then) == 600
    with world.store._cursor() as cursor:
        assert index_of(world.store).read("count", cursor, then, {}) is None


def test_texts_of_a_store_on_disk_leave_no_file(tmp_path: Path) -> None:
    """They are mapped from a file that has no name any more, and a page shows them."""
    with_rows = World(50, 3, 6)
    rows = make_rows(with_rows.rng, np.array([f"syn-{n}" for n in range(50)]), 3)
    with_rows.store.close()
    store = Store(tmp_path / "live.duckdb")
    with store.write(actor="test", action="test.put", subject="rows") as writer:
        writer.put_incidents(rows)
    store.load_index()
    assert sorted(p.name for p in tmp_path.iterdir() if "texts" in p.name) == []
    page = store.read("page", ASKED, start=0, stop=50)
    assert set(page["title"]) <= set(rows["title"])
    assert len(page) == 50
    store.close()


def test_the_index_is_loaded_beside_the_readers(tmp_path: Path) -> None:
    """Without waiting, the tables answer until the index is there."""
    store = Store(tmp_path / "live.duckdb")
    store.load_index(wait=False)
    assert store.read("count", ASKED) == 0
    wait_until(lambda: index_of(store).snapshot is not None)
    assert store.read("count", ASKED) == 0
    store.close()

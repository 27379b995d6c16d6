"""Changes find the rows they replace by row id, and by searching where these do not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cop.store.index.locating import hash_ids, make_table
from cop.store.index.segment import NO_ROW

sys.path.insert(0, str(Path(__file__).parent))
from test_index import World, make_rows

# The rules of `verify` that no report or link is needed for, as the tables have to meet them.
DOUBLED = "SELECT count(*) - count(DISTINCT incident_id) FROM incidents"
UNCLOSED = (
    "SELECT count(*) FROM (SELECT superseded_at, lead(recorded_at) OVER (PARTITION BY incident_id "
    "ORDER BY recorded_at, rowid) AS next_at FROM kept_versions) "
    "WHERE superseded_at IS DISTINCT FROM next_at"
)
MISPLACED = (
    "SELECT count(*) FROM incidents ANTI JOIN (FROM incident_versions WHERE superseded_at IS NULL) "
    "USING (incident_id, title, severity, recorded_at)"
)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(3_000, 20, 7)
    yield made
    made.store.close()


def assert_sound(world: World) -> None:
    with world.store._cursor() as cursor:
        assert [cursor.execute(q).fetchone() for q in (DOUBLED, UNCLOSED, MISPLACED)] == [(0,)] * 3
        standing = dict(cursor.execute("SELECT incident_id, rowid FROM incidents").fetchall())
    index = world.store._index
    assert index is not None
    assert index.snapshot is not None
    assert len(index.snapshot) == len(standing) == world.known
    ids = [*sorted(standing)[:50], *sorted(standing)[-50:], "none"]
    assert index.snapshot.find_rowids(ids) == [standing.get(i) for i in ids]


def test_changed_incidents_are_replaced_where_they_lie(world: World) -> None:
    """One, many, changed ones again, and twice in one change: each stands once, rightly closed."""
    for new, again in ((0, 1), (1, 0), (3, 40), (0, 900), (2, 500), (0, 1)):
        world.put(new, again)
        assert_sound(world)
    rows = make_rows(world.rng, np.array(["syn-3", "syn-900"]), 3)
    with world.store.write(actor="test", action="test.put", subject="twice") as writer:
        writer.put_incidents(rows)
        writer.put_incidents(rows.assign(title="again"))
    assert_sound(world)


def test_row_ids_that_no_longer_hold_are_not_gone_by(world: World) -> None:
    """Places that are off, as after the table was packed: the tables are searched."""
    index = world.store._index
    assert index is not None
    for name, wrong in (("rowid", np.uint32(1)), ("version_rowid", NO_ROW)):
        snapshot = index.snapshot
        assert snapshot is not None
        moved = getattr(snapshot.base, name) + wrong
        index._snapshot = replace(snapshot, base=replace(snapshot.base, **{name: moved}))
        world.put(2, 30)
        with world.store._cursor() as cursor:
            found = [cursor.execute(q).fetchone() for q in (DOUBLED, UNCLOSED, MISPLACED)]
        assert found == [(0,)] * 3
        index._snapshot = snapshot
        index.load()


def test_rows_that_moved_up_are_noticed(world: World) -> None:
    """A row recorded where an earlier one lay: the table was packed, and row ids are read anew."""
    index = world.store._index
    assert index is not None
    world.put(3, 60)
    snapshot = index.snapshot
    assert snapshot is not None
    tail = replace(snapshot.tail, rowid=snapshot.tail.rowid + np.uint32(40))
    index._snapshot = replace(snapshot, tail=tail, next_rowid=snapshot.next_rowid + 40)
    world.put(1, 0)
    assert_sound(world)
    world.put(1, 60)
    assert_sound(world)


def test_ids_with_the_same_place_in_the_table_are_told_apart() -> None:
    """Every id of a full table is found by its hash, and no other."""
    from cop.store.index import kernel

    hashes = np.sort(hash_ids([f"id-{n}" for n in range(3_000)]))
    table = make_table(hashes)
    assert len(table) > len(hashes)
    numbers = np.empty(4_000, np.int64)
    kernel.match_hashes(hash_ids([f"id-{n}" for n in range(4_000)]), hashes, table, numbers)
    assert sorted(numbers[:3_000].tolist()) == list(range(3_000))
    assert (numbers[3_000:] == -1).all()

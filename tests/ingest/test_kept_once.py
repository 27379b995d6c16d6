"""Versions that a bulk import writes once: no answer of the store tells the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from asam_inputs import everything
from test_bulk import as_csv, rows

from cop.bulk import ingest_columns
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store import Store

NOW = datetime(2026, 11, 23, 12)
FIRST = as_csv(rows(*({"severity": n % 5 + 1, "lon": 100 + n / 10} for n in range(30))))
SECOND = as_csv(
    rows(*({"severity": 5 if n < 8 else n % 5 + 1, "lon": 100 + n / 10} for n in range(30)))
)


class Clock:
    """Moves on by a minute whenever it is looked at."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture(params=[False, True], ids=["tables", "index"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    made = Store.memory(clock=Clock())
    if request.param:
        made.load_index()
    yield made
    made.close()


def edit(store: Store, incident_id: str, **columns: Any) -> None:
    """A change of one incident by an officer."""
    found = store.read("rows", everything(id=(incident_id,)))
    found = found.drop(columns=["recorded_at"]).assign(version=found["version"] + 1, **columns)
    with store.write(actor="ann", action="incident.edit", subject=incident_id) as writer:
        writer.put_incidents(found.astype({"version": "int32"}))


def known_at(at: datetime, *ids: str) -> Where:
    filters = Filters(status=LIFECYCLES.slugs, id=ids)
    return compile_where(filters, Viewer("test", "red"), as_known_at=at)


def count(store: Store, table: str) -> int:
    return int(store.read("counts", None)[table])


def versions_of(store: Store, n: int) -> list[tuple[int, str, str]]:
    detail = store.read("detail", everything(id=(f"columns-P-{n}",)))
    found = detail["versions"]
    for newer, older in pairwise(found):
        assert older["superseded_at"] == newer["recorded_at"]
    assert found[0]["superseded_at"] is None
    return [(v["version"], v["actor"], v["action"]) for v in found]


def test_versions_are_written_apart_when_the_next_one_comes(
    store: Store, geography: Geography
) -> None:
    ingest_columns(store, geography, FIRST, actor="first")
    assert (count(store, "incident_versions"), count(store, "kept_versions")) == (30, 0)
    until = store.clock()
    assert ingest_columns(store, geography, SECOND, actor="second").updated == 7
    assert (count(store, "incident_versions"), count(store, "kept_versions")) == (37, 7)
    store.read("verify", None)
    # P-2 was changed by the second import and now by hand, P-20 by hand only, twice.
    for incident_id in ("columns-P-2", "columns-P-20", "columns-P-20"):
        edit(store, incident_id, title="Edited")
        store.read("verify", None)
    taken = "feed.ingest"
    by_hand = "incident.edit"
    assert versions_of(store, 1) == [(2, "second", taken), (1, "first", taken)]
    assert versions_of(store, 2) == [(3, "ann", by_hand), (2, "second", taken), (1, "first", taken)]
    assert versions_of(store, 20) == [(3, "ann", by_hand), (2, "ann", by_hand), (1, "first", taken)]
    assert versions_of(store, 25) == [(1, "first", taken)]
    before = store.read("rows", known_at(until))
    assert (before["version"] == 1).all()
    assert sorted(before["severity"]) == sorted([1, 2, 3, 4, 5] * 6)
    detail = store.read("detail", known_at(until, "columns-P-2"))
    assert [v["version"] for v in detail["versions"]] == [1]
    assert store.read("count", everything(severity=("5",))) == 12 + 1


def test_one_reference_twice_in_a_file_is_two_versions(store: Store, geography: Geography) -> None:
    twice = as_csv(rows({}, {}) + rows({"title": "Said again"}))
    tally = ingest_columns(store, geography, twice, actor="first")
    assert (tally.new, tally.updated) == (2, 1)
    assert versions_of(store, 1) == [(2, "first", "feed.ingest"), (1, "first", "feed.ingest")]
    assert ingest_columns(store, geography, twice, actor="second").unchanged == 3
    assert (
        ingest(store, geography, "columns", as_csv(rows({"severity": "1"})), actor="x").updated == 1
    )
    assert [version for version, _, _ in versions_of(store, 1)] == [3, 2, 1]
    store.read("verify", None)


def test_a_store_made_before_is_read_as_it_was(tmp_path: Path, geography: Geography) -> None:
    """Tables as they were before versions were kept once, opened by the program of now."""
    file = tmp_path / "old.duckdb"
    store = Store(file, clock=Clock())
    ingest(store, geography, "columns", FIRST, actor="first")
    ingest(store, geography, "columns", SECOND, actor="second")
    before = [versions_of(store, n) for n in range(1, 31)]
    store.close()
    with duckdb.connect(str(file)) as old:
        old.execute("DROP VIEW incident_versions")
        old.execute("DROP TABLE kept_once")
        old.execute("ALTER TABLE kept_versions RENAME TO incident_versions")
        old.execute("DELETE FROM schema_migrations WHERE number = 5")
    store = Store(file, clock=lambda: NOW + timedelta(days=1))
    try:
        assert len(list(store.backups.glob("before-migration-0005-*"))) == 1
        assert [versions_of(store, n) for n in range(1, 31)] == before
        assert ingest_columns(store, geography, SECOND, actor="third").unchanged == 30
        fresh = as_csv(rows({"reference": "N-1"}, {"severity": "4"}))
        assert ingest_columns(store, geography, fresh, actor="third").new == 1
        store.read("verify", None)
        copy = store.back_up(store.backups / "copy.duckdb")
    finally:
        store.close()
    again = Store(copy)
    try:
        assert count(again, "incident_versions") == 30 + 7 + 2
        again.read("verify", None)
    finally:
        again.close()

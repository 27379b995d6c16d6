"""What was learned since a moment, and how long learning takes, held to a slow plain reckoning."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import pytest
from oracle import STRICTNESS, answer
from synthetic import Synthetic, incident, make_synthetic, put

from cop.errors import BadQuestion
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES
from cop.query.answers import LAG_EDGES_S
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.where import compile_where
from cop.store import Store

Row = dict[str, Any]
MOMENTS = (
    datetime(2025, 1, 1),
    datetime(2026, 3, 1),
    datetime(2026, 11, 1),
    datetime(2026, 11, 23),
)
QUESTIONS = (
    Filters(),
    Filters(status=LIFECYCLES.slugs),
    Filters(severity=("4", "5"), since=TimeBound(at=datetime(2000, 1, 1))),
    Filters(until=TimeBound(at=datetime(2026, 11, 22))),
    Filters(bbox=BBox(-20, -60, 60, 60)),
    Filters(within=((-20.0, -20.0), (30.0, -20.0), (30.0, 50.0), (-20.0, 50.0))),
)


@pytest.fixture(scope="module")
def world() -> Iterator[Synthetic]:
    made = make_synthetic()
    yield made
    made.store.close()


def known_by(world: Synthetic, at: datetime) -> dict[str, Row]:
    """The newest version of each incident that was recorded by then."""
    found: dict[str, Row] = {}
    for moment, rows in world.written:
        if moment <= at:
            found |= {row["incident_id"]: row for row in rows}
    return found


def first_known(world: Synthetic) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for moment, rows in world.written:
        for row in rows:
            found.setdefault(row["incident_id"], moment)
    return found


@pytest.mark.parametrize("clearance", ["clear", "red"])
@pytest.mark.parametrize("at", MOMENTS)
def test_what_was_learned_since(world: Synthetic, at: datetime, clearance: str) -> None:
    viewer = Viewer("test", clearance)
    now, first = known_by(world, world.now), first_known(world)
    # A marking raised since holds for what was known before it.
    then = {
        key: row | {"tlp": max(row["tlp"], now[key]["tlp"], key=STRICTNESS.index)}
        for key, row in known_by(world, at).items()
    }
    told = 0
    for filters in QUESTIONS:
        where = compile_where(filters, viewer, now=world.now, as_known_at=at)
        found = world.store.read("known_changes", where)
        of_then = {
            r["incident_id"] for r in answer([*then.values()], filters, clearance, world.now)
        }
        of_now = {r["incident_id"] for r in answer([*now.values()], filters, clearance, world.now)}
        unknown = {key for key in of_now if first[key] > at}
        late = {key for key in unknown if now[key]["start"] <= at}
        changed = {key for key in of_then if now[key]["version"] > then[key]["version"]}
        joined = {key for key in of_now - of_then if first[key] <= at}
        assert found.late == len(late)
        assert found.after == len(unknown - late)
        assert found.changed == len(changed)
        assert found.left == len(changed - of_now)
        assert found.joined == len(joined)
        assert found.newer == len(unknown | changed | joined)
        assert set(found.late_ids) in (late, set())
        assert set(found.changed_ids) in (changed, set())
        told += found.newer
    assert told > 0 or at >= MOMENTS[-1]


def test_it_is_not_asked_of_now(world: Synthetic) -> None:
    with pytest.raises(BadQuestion, match="needs a moment"):
        world.store.read("known_changes", compile_where(Filters(), Viewer("test", "red")))


@pytest.mark.parametrize("known_at", [None, datetime(2026, 3, 1)])
def test_the_lag(known_at: datetime | None) -> None:
    dice = random.Random(7)
    clock = [datetime(2026, 1, 1)]
    store = Store.memory(clock=lambda: clock[0])
    edges = [timedelta(seconds=edge + more) for edge in LAG_EDGES_S for more in (-1, 0, 1)]
    drawn = [timedelta(hours=dice.expovariate(1 / 40)) for _ in range(60)]
    delays = [*edges, *drawn, timedelta(0), timedelta(microseconds=-1), timedelta(days=-9)]
    first: dict[str, timedelta] = {}
    for month in (1, 2, 4):
        clock[0] = datetime(2026, month, 1)
        rows = []
        for n, delay in enumerate(delays):
            row = incident(
                f"i-{month}-{n}",
                start=clock[0] - delay,
                time_precision=("instant", "interval")[n % 3 == 0],
                tlp=("clear", "red")[n % 7 == 0],
            )
            rows.append(row)
            if row["tlp"] == "clear" and (known_at is None or clock[0] <= known_at):
                first[row["incident_id"]] = delay
        put(store, *rows)
        # A correction later changes nothing of when each was first known.
        clock[0] += timedelta(days=9)
        put(store, *(row | {"version": 2, "severity": "5"} for row in rows[::4]))
    clock[0] = datetime(2026, 5, 1)
    where = compile_where(Filters(), Viewer("test", "clear"), now=clock[0], as_known_at=known_at)
    found = store.read("lag", where)
    year = timedelta(seconds=LAG_EDGES_S[-1])
    whole = {delay: delay // timedelta(seconds=1) for delay in first.values()}
    usual = sorted(whole[d] for d in first.values() if 0 <= whole[d] <= LAG_EDGES_S[-1])
    assert found.n == len(usual) == sum(found.counts)
    assert found.later == sum(delay >= year + timedelta(seconds=1) for delay in first.values()) > 0
    assert found.before == sum(delay < timedelta(0) for delay in first.values()) > 0
    assert found.n + found.later + found.before == len(first) == store.read("count", where)
    assert found.dates == sum(int(key.split("-")[2]) % 3 == 0 for key in first)
    assert found.median_s == usual[ceil(0.5 * len(usual)) - 1]
    assert found.most_s == usual[ceil(0.9 * len(usual)) - 1]
    bounds = (-1, *LAG_EDGES_S)
    for n, count in enumerate(found.counts):
        assert count == sum(bounds[n] < delay <= bounds[n + 1] for delay in usual) > 0
    store.close()


def test_moments_to_step_through_are_those_of_what_the_viewer_may_see() -> None:
    clock = [datetime(2026, 1, 1)]
    store = Store.memory(clock=lambda: clock[0])
    assert store.read("known_steps", Viewer("test", "red")) == []
    for day, marking in enumerate(("clear", "red", "clear")):
        clock[0] = datetime(2026, 1, 1 + day)
        put(store, incident(f"i-{day}", tlp=marking))
    assert store.read("known_steps", Viewer("test", "clear")) == [
        datetime(2026, 1, 1),
        datetime(2026, 1, 3),
    ]
    assert len(store.read("known_steps", Viewer("test", "red"))) == 3
    # What is marked higher since says nothing of when it was first known either.
    clock[0] = datetime(2026, 1, 4)
    put(store, incident("i-0", tlp="red", version=2))
    assert store.read("known_steps", Viewer("test", "clear")) == [datetime(2026, 1, 3)]
    store.close()

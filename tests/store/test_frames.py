"""Frames hold every located incident in view once, at the step in which it began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_index import NOW, World, questions, viewports

from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query.answers import Frames, Viewport
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store import frames

N_STEPS = 90


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World(6_000, 3, 7)
    yield made
    made.store.close()


def window(years: float) -> dict[str, Any]:
    start = NOW - timedelta(days=365 * years)
    return {"start": start, "step": (NOW - start) / N_STEPS, "n_steps": N_STEPS}


def read_list(world: World, where: Where, viewport: Viewport) -> dict[str, tuple[datetime, int]]:
    """When each incident of the list began that lies in view, and how severe it is, by its id."""
    pages = [
        world.store.read("page", where, start=n, stop=n + 1_000) for n in range(0, 7_000, 1_000)
    ]
    spans = [(viewport.west, viewport.east)]
    if viewport.west > viewport.east:
        spans = [(viewport.west, 180.0), (-180.0, viewport.east)]
    if viewport.west <= viewport.east and 180.0 in (viewport.east, -viewport.west):
        spans += [(-180.0, -180.0), (180.0, 180.0)]
    rows = zip(
        *(
            [value for page in pages for value in page[name]]
            for name in ("incident_id", "lon", "lat", "occurred_at", "severity")
        ),
        strict=True,
    )
    return {
        name: (began, severity)
        for name, lon, lat, began, severity in rows
        if lon is not None
        and viewport.south <= lat <= viewport.north
        and any(west <= lon <= east for west, east in spans)
    }


def assert_same(fast: Frames, slow: Frames) -> None:
    assert fast.total == slow.total
    for mine, theirs in ((fast.points, slow.points), (fast.cells, slow.cells)):
        assert (mine is None) == (theirs is None)
        for name in mine.__slots__ if mine is not None else ():
            left, right = np.asarray(getattr(mine, name)), np.asarray(getattr(theirs, name))
            if left.dtype.kind == "f":
                np.testing.assert_allclose(left, right.astype(float), rtol=0, atol=1e-9)
            else:
                np.testing.assert_array_equal(left, right, name)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.just(Filters()) | questions(),
    st.sampled_from(MARKINGS.slugs),
    viewports(),
    st.sampled_from([0.3, 3, 9]),
)
def test_frames_are_those_of_the_tables_and_of_the_list(
    world: World, filters: Filters, clearance: str, viewport: Viewport, years: float
) -> None:
    where = compile_where(filters, Viewer("test", clearance), now=NOW)
    asked = window(years)
    fast, slow = world.ask("frames", where, viewport=viewport, **asked)
    assert_same(fast, slow)
    listed = read_list(world, where, viewport)
    assert fast.total == len(listed)
    if fast.points is not None:
        assert set(fast.points.incident_id) == set(listed)
        assert (fast.points.last_at >= fast.points.occurred_at).all()
        return
    cells = fast.cells
    assert cells is not None
    steps = [
        min(N_STEPS - 1, max(0, (began - asked["start"]) // asked["step"]))
        for began, _ in listed.values()
    ]
    by_step = np.bincount(cells.step, cells.count, N_STEPS)
    np.testing.assert_array_equal(by_step, np.bincount(steps, minlength=N_STEPS))
    for step in set(steps):
        worst = max(s for (_, s), n in zip(listed.values(), steps, strict=True) if n == step)
        assert cells.worst[cells.step == step].max() == worst


def test_many_cells_are_joined_and_nothing_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too much for the wire is told more coarsely, never left out."""
    where = compile_where(Filters(), Viewer("test", "red"), now=NOW)
    asked = {"viewport": Viewport(zoom=9.0), **window(3)}
    monkeypatch.setattr(frames, "MOST_ENTRIES", 200)
    fast, slow = world.ask("frames", where, **asked)
    assert_same(fast, slow)
    assert fast.cells is not None
    assert len(fast.cells.count) <= 200
    assert (
        fast.cells.count.sum()
        == fast.total
        == world.store.read("picture", where, viewport=asked["viewport"]).in_view
    )


def test_marking_holds_in_every_frame(world: World) -> None:
    counts = []
    for clearance in ("clear", "red"):
        where = compile_where(Filters(), Viewer("test", clearance), now=NOW)
        found = world.store.read("frames", where, viewport=Viewport(zoom=8.0), **window(3))
        counts.append(found.total)
        if found.points is not None:
            assert set(found.points.tlp) == {MARKINGS.code("clear")}
    assert 0 < counts[0] < counts[1]

"""The index answers every question as the tables do: the slow path is the oracle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.model.ports import ports
from cop.model.viewer import Viewer
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    SEVERITIES,
    SOURCES,
    VERIFICATIONS,
    areas,
    hazards,
    regions,
)
from cop.query.answers import Page, Picture, Viewport
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.where import Where, compile_where
from cop.store import Store
from cop.store.cells import cells_of
from cop.store.records import SORTABLE

NOW = datetime(2026, 11, 1, 12, 0)
PLACES = [(51.9, 4.1), (1.2, 103.7), (6.4, 3.4), (12.6, 43.3), (-17.8, 179.9), (-17.9, -179.9)]


def make_rows(rng: np.random.Generator, ids: np.ndarray, years: float) -> pd.DataFrame:
    """Synthetic incidents around a few places, some without a position, some on its edges."""
    n = len(ids)
    place = rng.integers(0, len(PLACES), n)
    lat = np.array(PLACES)[place, 0] + rng.normal(0, 1.0, n)
    lon = (np.array(PLACES)[place, 1] + rng.normal(0, 1.0, n) + 180) % 360 - 180
    lon = np.where(rng.random(n) < 0.02, 180.0, np.round(lon, 3))
    lat = np.where(rng.random(n) < 0.02, 89.0, np.round(lat, 3))
    nowhere = rng.random(n) < 0.1
    lon, lat = np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)
    cell = cells_of(lon, lat)
    hazard = rng.choice([t.code for t in hazards()], n)
    domain = {t.code: DOMAINS.code(t.extra["domain"]) for t in hazards()}
    start = np.datetime64(NOW, "us") - (rng.random(n) * years * 365.25 * 86_400e6).astype(
        "timedelta64[us]"
    )
    start = np.where(rng.random(n) < 0.3, start.astype("datetime64[D]"), start)
    length = rng.choice([0, 86_400_000_000 - 1, 40 * 86_400_000_000], n, p=[0.7, 0.2, 0.1])
    mask = np.where(
        nowhere | (rng.random(n) < 0.5), 0, 1 << rng.choice([t.code for t in areas()], n)
    ).astype(np.uint64)
    words = np.array(["skiff", "boarding", "drone", "mine"])[rng.integers(0, 4, n)]
    frame = pd.DataFrame(
        {
            "incident_id": ids,
            "version": rng.integers(1, 9, n),
            "title": [f"{word} no {k}" for k, word in enumerate(words)],
            "search_text": [f"{word} no {k}" for k, word in enumerate(words)],
            "hazard": hazard,
            "domain": [domain[code] for code in hazard],
            "severity": rng.integers(1, 6, n),
            "act": rng.integers(1, len(ACTS) + 1, n),
            "verification": rng.integers(1, len(VERIFICATIONS) + 1, n),
            "status": rng.integers(1, len(LIFECYCLES) + 1, n),
            "tlp": rng.integers(0, len(MARKINGS), n),
            "occurred_at": start.astype("datetime64[us]"),
            "last_at": start.astype("datetime64[us]") + length.astype("timedelta64[us]"),
            "time_precision": rng.integers(0, 4, n),
            "lon": lon,
            "lat": lat,
            "cell": pd.Series(cell, dtype="Int64").mask(cell < 0),
            "position_precision": rng.integers(0, 5, n),
            "uncertainty_nm": rng.random(n),
            "region": np.where(nowhere, 0, rng.integers(1, len(regions()) + 1, n)),
            "areas": mask,
            "navarea": np.where(nowhere, 0, rng.integers(1, len(NAVAREAS) + 1, n)),
            "port_distance_nm": np.where(nowhere, np.nan, rng.integers(0, 9, n)),
            "coast_distance_nm": 1.0,
            "zone": 0,
            "source": rng.integers(1, len(SOURCES) + 1, n),
            "reference": [f"R-{k % 7}" for k in range(n)],
            "vessel_name": [f"MV {k % 5}" for k in range(n)],
        }
    )
    texts = """summary reliability credibility position_written place port vessel_type vessel_flag
        vessel_imo vessel_mmsi vessel_call_sign vessel_status source_name source_url source_type
        source_severity source_navarea source_subregion hazard_rule act_rule severity_rule flags
        facts"""
    return frame.assign(**dict.fromkeys(texts.split(), ""))


class World:
    """A store with an index, and the same questions asked of its tables."""

    def __init__(self, n: int, years: float, seed: int, *, ways_known: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.at = NOW - timedelta(days=3)
        self.store = Store.memory(clock=lambda: self.at)
        self.years, self.ways_known = years, ways_known
        self.known = 0
        self.put(n)
        self.at = NOW - timedelta(hours=2)
        self.store.load_index(block_rows=16, slice_rows=200, fewest_for_cubes=500, latest_rows=50)

    def put(self, new: int, again: int = 0) -> None:
        """Record new incidents, and some of the known ones anew."""
        ids = [f"syn-{k}" for k in range(self.known, self.known + new)]
        old = self.rng.choice(self.known, min(again, self.known), replace=False) if again else []
        self.known += new
        rows = make_rows(self.rng, np.array([*ids, *(f"syn-{k}" for k in old)]), self.years)
        if self.ways_known:
            ways = ("act", "verification", "source")
            rows = rows.assign(**{name: rows[name] % self.ways_known + 1 for name in ways})
        with self.store.write(actor="test", action="test.put", subject="rows") as writer:
            writer.put_incidents(rows)

    def ask(self, question: str, where: Where, **options: Any) -> tuple[Any, Any]:
        """The answer of the index and that of the tables."""
        index = self.store._index
        assert index is not None
        with self.store._cursor() as cursor:
            fast = index.read(question, cursor, where, options)
        assert fast is not None, "the index did not answer"
        self.store._index = None
        try:
            return fast.value, self.store.read(question, where, **options)
        finally:
            self.store._index = index


@pytest.fixture(scope="module")
def worlds() -> Any:
    made = [World(4_000, 30, 1), World(3_000, 1.5, 2), World(900, 0.008, 3), World(0, 5, 4)]
    yield made
    for world in made:
        world.store.close()


def some_of(slugs: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from(slugs), max_size=6).map(tuple))


degrees = st.floats(0, 1, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> BBox:
    south, north = sorted((draw(degrees) * 180 - 90, draw(degrees) * 180 - 90))
    if draw(st.booleans()):
        lat, lon = draw(st.sampled_from(PLACES))
        return BBox(max(-180.0, lon - 1), lat - 1, min(180.0, lon + 1), lat + 1)
    return BBox(
        draw(st.sampled_from([-180.0, 180.0, 170.0, draw(degrees) * 360 - 180])),
        south,
        draw(st.sampled_from([180.0, -180.0, -170.0, draw(degrees) * 360 - 180])),
        north,
    )


@st.composite
def questions(draw: st.DrawFn) -> Filters:
    age = st.sampled_from([None, 1.5, 40, 400, 3_000]).map(
        lambda days: None if days is None else TimeBound(at=NOW - timedelta(days=days))
    )
    since = draw(age)
    until = draw(age)
    if since and until and since.resolve(NOW) >= until.resolve(NOW):
        until = None
    chosen = draw(st.sampled_from(["", "", "", "place", "text", "id"]))
    lat, lon = draw(st.sampled_from(PLACES[:4]))
    ring = ((lon - 1, lat - 1), (lon + 1.5, lat), (lon, lat + 1.5), (lon - 0.2, lat - 0.5))
    return Filters(
        hazard=draw(some_of((*DOMAINS.slugs[:3], *hazards().slugs))),
        severity=draw(some_of(SEVERITIES.slugs)),
        region=draw(some_of(regions().slugs)),
        area=draw(some_of(areas().slugs)) if draw(st.booleans()) else (),
        navarea=draw(some_of(NAVAREAS.slugs)) if draw(st.booleans()) else (),
        act=draw(some_of(ACTS.slugs)) if draw(st.booleans()) else (),
        verification=draw(some_of(VERIFICATIONS.slugs)) if draw(st.booleans()) else (),
        status=draw(some_of(LIFECYCLES.slugs)),
        tlp=draw(some_of(MARKINGS.slugs)) if draw(st.booleans()) else (),
        source=draw(some_of(SOURCES.slugs)) if draw(st.booleans()) else (),
        since=since,
        until=until,
        bbox=draw(st.none() | boxes()),
        within=ring if chosen == "place" and draw(st.booleans()) else (),
        port=("NLRTM", "SGSIN") if chosen == "place" else (),
        radius_nm=60.0 if chosen == "place" else 10.0,
        q="skiff 1" if chosen == "text" else "",
        id=("syn-1", "syn-20", "syn-3000", "none") if chosen == "id" else (),
    )


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    if draw(st.booleans()):
        return Viewport(zoom=draw(st.sampled_from([0.0, 1.4, 3.0, 9.0])))
    box = draw(boxes())
    return Viewport(box.west, box.south, box.east, box.north, draw(degrees) * 16)


def assert_same_picture(fast: Picture, slow: Picture) -> None:
    for name in ("count", "located", "in_view", "facets", "tiles", "words", "highest_tlp"):
        assert getattr(fast, name) == getattr(slow, name), name
    for name in ("newest_at", "newest_recorded_at", "version"):
        assert getattr(fast, name) == getattr(slow, name), name
    assert fast.timeline.step == slow.timeline.step
    np.testing.assert_array_equal(fast.timeline.start, slow.timeline.start)
    np.testing.assert_array_equal(fast.timeline.by_severity, slow.timeline.by_severity)
    for mine, theirs in ((fast.cells, slow.cells), (fast.points, slow.points)):
        assert (mine is None) == (theirs is None)
        if mine is None:
            continue
        for name in mine.__slots__:
            left, right = np.asarray(getattr(mine, name)), np.asarray(getattr(theirs, name))
            if left.dtype.kind == "f":
                np.testing.assert_allclose(left, right.astype(float), rtol=0, atol=1e-9)
            else:
                np.testing.assert_array_equal(left, right, name)


MANY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(st.integers(0, 3), questions(), st.sampled_from(MARKINGS.slugs), viewports(), st.data())
def test_the_picture_is_that_of_the_tables(
    worlds: list[World], n: int, filters: Filters, clearance: str, viewport: Viewport, data: Any
) -> None:
    """Random questions, viewers, viewports and writes: every count and mark is equal."""
    world = worlds[n]
    if data.draw(st.sampled_from([False, False, False, True])):
        world.put(*data.draw(st.sampled_from([(1, 0), (0, 1), (3, 5), (0, 40)])))
    where = compile_where(filters, Viewer("test", clearance), now=NOW)
    assert_same_picture(*world.ask("picture", where, viewport=viewport))
    fast, slow = world.ask("extent", where)
    assert fast == slow
    fast, slow = world.ask("count", where)
    assert fast == slow


@pytest.fixture(scope="module")
def few_ways() -> Any:
    """A world with few enough combinations of how incidents are known for totals by them."""
    world = World(4_000, 30, 5, ways_known=2)
    index = world.store._index
    assert index is not None
    assert index.snapshot is not None
    assert index.snapshot.cubes is not None
    assert index.snapshot.cubes.known is not None
    yield world
    world.store.close()


@MANY
@given(
    st.builds(
        Filters,
        act=some_of(ACTS.slugs[:3]),
        verification=some_of(VERIFICATIONS.slugs[:3]),
        source=some_of(SOURCES.slugs[:3]),
        status=some_of(LIFECYCLES.slugs),
        tlp=some_of(MARKINGS.slugs),
        severity=st.sampled_from([(), (), (), ("4", "5")]),
    ),
    st.sampled_from(MARKINGS.slugs),
    viewports(),
    st.sampled_from([(0, 0), (0, 0), (0, 0), (1, 0), (0, 1), (3, 5), (0, 40)]),
    st.sampled_from([0, 0, 10, 24 * 400]),
)
def test_totals_by_how_it_is_known_are_those_of_the_tables(
    few_ways: World,
    filters: Filters,
    clearance: str,
    viewport: Viewport,
    put: tuple[int, int],
    hours_ago: int,
) -> None:
    """Questions that restrict no time and no place, with writes between, also of another now."""
    if any(put):
        few_ways.put(*put)
    now = NOW - timedelta(hours=hours_ago)
    where = compile_where(filters, Viewer("test", clearance), now=now)
    assert_same_picture(*few_ways.ask("picture", where, viewport=viewport))


@MANY
@given(
    st.integers(0, 3),
    questions(),
    st.sampled_from(MARKINGS.slugs),
    st.sampled_from(SORTABLE),
    st.sampled_from([(0, 50), (3, 20), (90, 1_000), (1_500, 1_520)]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(0, 0), (0, 0), (3, 5), (0, 40)]),
)
def test_the_list_is_that_of_the_tables(
    worlds: list[World],
    n: int,
    filters: Filters,
    clearance: str,
    sort: str,
    page: tuple[int, int],
    descending: bool,
    only_unlocated: bool,
    put: tuple[int, int],
) -> None:
    """Pages in any order and the places of their rows are equal, values and kinds."""
    world = worlds[n]
    if any(put):
        world.put(*put)
    where = compile_where(filters, Viewer("test", clearance), now=NOW)
    order: dict[str, Any] = {"sort": sort, "descending": descending}
    fast, slow = world.ask(
        "page", where, start=page[0], stop=page[1], only_unlocated=only_unlocated, **order
    )
    assert fast == slow
    assert list(map(type, _first(fast))) == list(map(type, _first(slow)))
    for incident_id in (*slow["incident_id"][:2], "syn-5", "none"):
        fast, slow_rank = world.ask("rank", where, incident_id=incident_id, **order)
        assert fast == slow_rank


def _first(page: Page) -> list[Any]:
    return [values[0] for values in page.columns.values()] if len(page) else []


def test_ports_of_the_test_are_known() -> None:
    """The places asked around are ports of the list."""
    assert {"NLRTM", "SGSIN"} <= set(ports())


def test_the_detail_is_that_of_the_tables(worlds: list[World]) -> None:
    """Incidents of one version and of many, as they are, all that is known of them."""
    world = worlds[0]
    for _ in range(3):
        world.put(2, 400)
    versions = set()  # how many an incident has; their numbers are made up in this world
    for incident_id in ("syn-1", *(f"syn-{k}" for k in range(0, world.known, 211))):
        filters = Filters(id=(incident_id,), status=LIFECYCLES.slugs)
        fast, slow = world.ask("detail", compile_where(filters, Viewer("test", "red"), now=NOW))
        assert fast == slow
        with world.store._cursor() as cursor:
            found = cursor.execute(
                "SELECT version, recorded_at, superseded_at FROM incident_versions "
                "WHERE incident_id = ? ORDER BY version DESC",
                [incident_id],
            ).fetchall()
        said = [(v["version"], v["recorded_at"], v["superseded_at"]) for v in fast["versions"]]
        assert sorted(said, key=str) == sorted(found, key=str)
        versions.add(len(found))
    assert len(versions) > 1

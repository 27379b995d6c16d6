"""Every way out equals a slow and obvious reading of the question (tests/oracle.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import oracle
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from synthetic import DAY, TICK, Synthetic

from cop.model.viewer import Viewer
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    SEVERITIES,
    SOURCES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    areas,
    hazards,
    regions,
)
from cop.query.answers import Viewport
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.url import from_query, to_query
from cop.query.where import Where, compile_where
from cop.store import picture as picture_module

RED = Viewer("all-seeing", "red")


@pytest.fixture(scope="module")
def rows(synthetic: Synthetic) -> list[oracle.Row]:
    """The whole store in words, from one unfiltered read."""
    everything = compile_where(Filters(status=LIFECYCLES.slugs), RED, now=synthetic.now)
    return [_in_words(row) for row in synthetic.store.read("rows", everything).to_dict("records")]


def _in_words(row: dict[str, Any]) -> oracle.Row:
    precision = TIME_PRECISIONS.slug(row["time_precision"])
    last = pd.Timestamp(row["last_at"]).to_pydatetime()
    located = not np.isnan(row["lon"])
    return {
        "incident_id": row["incident_id"],
        "title": row["title"],
        "summary": row["summary"],
        "vessel_name": row["vessel_name"],
        "vessel_imo": row["vessel_imo"],
        "reference": row["reference"],
        "hazard": hazards().slug(row["hazard"]),
        "domain": DOMAINS.slug(row["domain"]),
        "severity": SEVERITIES.slug(row["severity"]),
        "act": ACTS.slug(row["act"]),
        "verification": VERIFICATIONS.slug(row["verification"]),
        "status": LIFECYCLES.slug(row["status"]),
        "tlp": MARKINGS.slug(row["tlp"]),
        "source": SOURCES.slug(row["source"]),
        "region": regions().slug(row["region"]) if row["region"] else "",
        "navarea": NAVAREAS.slug(row["navarea"]) if row["navarea"] else "",
        "areas": {term.slug for term in areas() if int(row["areas"]) >> term.code & 1},
        "lon": float(row["lon"]) if located else None,
        "lat": float(row["lat"]) if located else None,
        "time_precision": precision,
        "start": pd.Timestamp(row["occurred_at"]).to_pydatetime(),
        "end": last + (timedelta(0) if precision == "instant" else TICK),
        "recorded_at": pd.Timestamp(row["recorded_at"]).to_pydatetime(),
    }


def replayed(synthetic: Synthetic, at: datetime) -> list[oracle.Row]:
    """What was known at an instant, from what was written, without asking the store.

    A marking that was raised later holds for it all the same.
    """
    known: dict[str, oracle.Row] = {}
    markings: dict[str, str] = {}
    for moment, batch in synthetic.written:
        for row in batch:
            markings[row["incident_id"]] = row["tlp"]
            if moment <= at:
                known[row["incident_id"]] = _as_written(row, moment)
    for incident_id, row in known.items():
        row["tlp"] = max(row["tlp"], markings[incident_id], key=oracle.STRICTNESS.index)
    return list(known.values())


def _as_written(row: dict[str, Any], moment: datetime) -> oracle.Row:
    located = not np.isnan(row["lon"])
    return {key: value for key, value in row.items() if key != "version"} | {
        "domain": hazards()[row["hazard"]].extra["domain"],
        "areas": set(row["areas"]),
        "lon": row["lon"] if located else None,
        "lat": row["lat"] if located else None,
        "recorded_at": moment,
    }


def _by_id(rows: list[oracle.Row]) -> dict[str, oracle.Row]:
    return {row["incident_id"]: row for row in rows}


def test_the_store_holds_what_was_written(synthetic: Synthetic, rows: list[oracle.Row]) -> None:
    assert _by_id(rows) == _by_id(replayed(synthetic, synthetic.now))
    assert len(rows) == 400
    assert {slug for row in rows for slug in row["areas"]} >= {"cabo-delgado"}


_NOW = datetime(2026, 11, 23, 12)
_EDGES = [
    day + dice
    for day in (datetime(1978, 7, 1), datetime(2026, 10, 14), datetime(2026, 11, 22), _NOW)
    for dice in (timedelta(0), TICK, -TICK, timedelta(hours=6), DAY, -DAY, -timedelta(hours=12))
]
_BOUNDS = st.sampled_from(_EDGES).map(lambda at: TimeBound(at=at)) | st.sampled_from(
    ["-0h", "-1d", "-24h", "-36h", "-6w"]
).map(lambda text: from_query(f"since={text}").since)
_LONS = st.sampled_from([-180, -179.5, -170, -10, -5, 0, 0.5, 5, 9.5, 10, 100, 160.6, 179.5, 180])
_LATS = st.sampled_from([-90, -85.5, -60, -25.89, -5, 0, 0.5, 5, 9.5, 10, 45, 85.5, 90])
_BOXES = st.builds(lambda w, e, a, b: BBox(w, min(a, b), e, max(a, b)), _LONS, _LONS, _LATS, _LATS)
_CORNERS = st.tuples(
    st.sampled_from([-360, -200, -180, -170, -10, -5, 0, 5, 10, 100, 170, 180, 190, 200, 360]),
    st.sampled_from([-90, -60, -10, -5, 0, 5, 10, 45, 90]),
)
_RINGS = st.lists(_CORNERS, min_size=3, max_size=6, unique=True).map(tuple)
_WORDS = st.lists(
    st.sampled_from(
        ["lome", "LOMÉ", "attack", "strasse", "istanbul", "σοφια", "grey", "greygull", "gull",
         "sao", "joão", "sa\u0303o", "%", "_", "x%", "o'brien", "9074729", "asam-0", "safe",
         "shots", "safe.shots", "tele\u200bphone", "\u200b", "œuvre", "b"]
    ),
    max_size=2,
).map(" ".join)  # fmt: skip


def _few(slugs: tuple[str, ...], most: int = 5) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(slugs), min_size=1, max_size=most).map(tuple)


@st.composite
def questions(draw: st.DrawFn) -> Filters:
    """Questions that meet the edges of the made-up incidents, a few conditions at a time."""
    port = draw(st.sampled_from([(), (), (), ("NLRTM",), ("NLRTM", "SGSIN")]))
    asked: dict[str, Any] = {
        "hazard": _few((*DOMAINS.slugs, "piracy", "hijack", "ice", "spill"), 3),
        "severity": _few(SEVERITIES.slugs),
        "region": _few(regions().slugs, 20),
        "area": _few((*areas().slugs, "cabo-delgado"), 20),
        "navarea": _few(NAVAREAS.slugs, 12),
        "act": _few(ACTS.slugs),
        "verification": _few(VERIFICATIONS.slugs),
        "status": _few(LIFECYCLES.slugs),
        "tlp": _few(MARKINGS.slugs),
        "source": _few(SOURCES.slugs),
        "since": _BOUNDS,
        "until": _BOUNDS,
        "q": _WORDS,
        "bbox": _BOXES,
        "within": _RINGS,
        "id": st.just(tuple(f"asam-{n:03}" for n in range(0, 400, 3))),
    }
    keys = draw(st.lists(st.sampled_from(sorted(asked)), max_size=3, unique=True))
    said = {key: draw(asked[key]) for key in keys}
    if "since" in said and "until" in said:
        first, last = (said[key].resolve(_NOW) for key in ("since", "until"))
        assume(first < last)
    ring = said.get("within")
    if ring:
        _assume_plain(ring)
    if port:
        said |= {"port": port, "radius_nm": draw(st.sampled_from([2.0, 10.0, 50.0, 999.0]))}
    return Filters(**said)


def _assume_plain(ring: tuple[tuple[float, float], ...]) -> None:
    """Where a ring crosses itself, new corners are rounded: stay off its edges there."""
    if shapely.Polygon(ring).is_valid:
        return
    line = shapely.LinearRing(ring)
    for lon in (-180, -179.5, -170, -10, -5, 0, 0.5, 5, 9.5, 10, 100, 160.6, 179.5, 180):
        for turn in (-360, 0, 360):
            points = shapely.points(lon + turn, [-90, -85.5, -60, -25.89, -10, -5, 0, 0.5, 5, 9.5])
            near = shapely.distance(line, points)
            assume(not np.any((near > 0) & (near < 1e-6)))
            assume(not np.any(near == 0) or _on_a_corner_or_straight(ring, points[near == 0]))


def _on_a_corner_or_straight(ring: Any, points: Any) -> bool:
    """On a corner, or on an edge along a parallel or meridian, rounding does not matter."""
    straight = shapely.union_all(
        [
            *(shapely.Point(corner) for corner in ring),
            *(
                shapely.LineString(edge)
                for edge in oracle.edges_of(ring)
                if edge[0][0] == edge[1][0] or edge[0][1] == edge[1][1]
            ),
        ]
    )
    return bool(np.all(shapely.intersects(straight, points)))


_VIEWS = st.builds(
    lambda box, zoom: Viewport(box.west, box.south, box.east, box.north, zoom),
    _BOXES | st.just(BBox(-180, -90, 180, 90)),
    st.sampled_from([0.0, 1.4, 3.0, 8.5, 22.0]),
)


def check(synthetic: Synthetic, rows: list[oracle.Row], where: Where, view: Viewport) -> None:
    """Count, page, facets, timeline, tiles and marks of one question against the oracle."""
    store, filters, clearance = synthetic.store, where.filters, where.viewer.clearance
    expected = oracle.answer(rows, filters, clearance, where.now)
    ids = {row["incident_id"] for row in expected}
    assert store.read("count", where) == len(expected)
    page = store.read("page", where, stop=1_000)
    assert list(page["incident_id"]) == [
        row["incident_id"]
        for row in sorted(expected, key=lambda r: (r["start"], r["incident_id"]), reverse=True)
    ]
    assert set(store.read("rows", where)["incident_id"]) == ids
    picture = store.read("picture", where, viewport=view)
    assert picture.count == len(expected)
    assert picture.tiles == oracle.tiles(rows, filters, clearance, where.now)
    assert picture.located == len([row for row in expected if row["lon"] is not None])
    unlocated = store.read("page", where, stop=1_000, only_unlocated=True)
    assert len(unlocated) == picture.tiles["unlocated"]
    assert picture.facets == oracle.facets(rows, filters, clearance, where.now)
    assert picture.timeline.by_severity.sum() == len(expected)
    for n, severity in enumerate(SEVERITIES.slugs):
        assert picture.timeline.by_severity[:, n].sum() == sum(
            row["severity"] == severity for row in expected
        )
    box = BBox(view.west, view.south, view.east, view.north)
    seen = {
        row["incident_id"]
        for row in expected
        if row["lon"] is not None and oracle.inside_box(row["lon"], row["lat"], box)
    }
    assert picture.in_view == len(seen)
    if picture.points is not None:
        assert picture.cells is None
        assert set(picture.points.incident_id) == seen
    else:
        assert picture.cells.count.sum() == len(seen)
        assert picture.cells.by_severity.sum() == len(seen)
        assert picture.cells.by_domain.sum() == len(seen)
        assert len(picture.cells.count) <= picture_module.MOST_CELLS
    strictest = max((row["tlp"] for row in expected), key=oracle.STRICTNESS.index, default="clear")
    assert picture.highest_tlp == strictest
    assert picture.newest_at == max((row["start"] for row in expected), default=None)


@example_settings(max_examples=100)
@given(questions(), st.sampled_from(MARKINGS.slugs), _VIEWS, st.booleans())
def test_every_way_out_equals_the_oracle(
    synthetic: Synthetic,
    rows: list[oracle.Row],
    filters: Filters,
    clearance: str,
    view: Viewport,
    crowded: bool,
) -> None:
    where = compile_where(filters, Viewer("officer", clearance), now=synthetic.now)
    with pytest.MonkeyPatch.context() as patch:
        if crowded:  # as on a store a hundred times larger: cells instead of points
            patch.setattr(picture_module, "MOST_POINTS", 5)
            patch.setattr(picture_module, "MOST_CELLS", 40)
        check(synthetic, rows, where, view)


@example_settings(max_examples=60)
@given(
    questions(),
    st.sampled_from(MARKINGS.slugs),
    st.sampled_from([at + dice for at in (datetime(2026, 1, 1, 8), datetime(2026, 6, 1, 8))
                     for dice in (-TICK, timedelta(0), TICK, 30 * DAY)]),
)  # fmt: skip
def test_what_was_known_then_equals_the_oracle(
    synthetic: Synthetic, filters: Filters, clearance: str, known_at: datetime
) -> None:
    viewer = Viewer("officer", clearance)
    where = compile_where(filters, viewer, now=synthetic.now, as_known_at=known_at)
    check(synthetic, replayed(synthetic, known_at), where, Viewport())


@example_settings(max_examples=60)
@given(questions(), st.sampled_from(MARKINGS.slugs))
def test_a_link_asks_the_same_as_the_question_it_was_made_of(
    synthetic: Synthetic, rows: list[oracle.Row], filters: Filters, clearance: str
) -> None:
    viewer = Viewer("officer", clearance)
    again = compile_where(from_query(to_query(filters)), viewer, now=synthetic.now)
    expected = oracle.answer(rows, filters, clearance, synthetic.now)
    assert synthetic.store.read("count", again) == len(expected)

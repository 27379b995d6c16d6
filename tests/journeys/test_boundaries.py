"""Where a question begins and ends, by example: times, boxes, polygons, circles, words, markings.

The oracle holds the same over many made-up questions; here each rule can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from synthetic import ROTTERDAM, TICK, incident, put

from cop.errors import NotFound
from cop.model.viewer import Viewer
from cop.query.answers import Viewport
from cop.query.url import from_query
from cop.query.where import Where, compile_where
from cop.store import Store
from cop.store import picture as picture_module

NOW = datetime(2026, 11, 23, 12)
Found = Callable[..., set[str]]


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.memory(clock=lambda: NOW)
    yield made
    made.close()


def ask(query: str, clearance: str = "red") -> Where:
    return compile_where(from_query(query), Viewer("officer", clearance), now=NOW)


@pytest.fixture
def found(store: Store) -> Found:
    def _found(query: str, clearance: str = "red") -> set[str]:
        return set(store.read("rows", ask(query, clearance))["incident_id"])

    return _found


def at(incident_id: str, lon: float, lat: float, **said: Any) -> dict[str, Any]:
    return incident(incident_id, lon=lon, lat=lat, region="oceania", **said)


def test_everything_means_all_that_stands(store: Store, found: Found) -> None:
    put(
        store,
        incident("a", act="unfounded"),
        incident("b", status="withdrawn"),
        at("c", 1, 1, start=datetime(1978, 1, 1)),
    )
    assert found("") == {"a", "c"}
    assert found("status=withdrawn") == {"b"}
    assert found("status=new,withdrawn") == {"a", "b", "c"}


def test_the_time_window_is_half_open(store: Store, found: Found) -> None:
    noon = datetime(2026, 5, 1, 12)
    put(store, incident("a", start=noon, time_precision="instant"))
    assert found("since=2026-05-01T12:00Z") == {"a"}
    assert found("since=2026-05-01T12:00:00.000001Z") == set()
    assert found("until=2026-05-01T12:00Z") == set()
    assert found("until=2026-05-01T12:00:00.000001Z") == {"a"}


def test_a_date_matches_while_its_day_overlaps(store: Store, found: Found) -> None:
    put(store, incident("a", start=datetime(2026, 5, 1)))
    assert found("since=2026-05-01T23:59Z") == {"a"}
    assert found("since=2026-05-02") == set()
    assert found("until=2026-05-01T00:01Z") == {"a"}
    assert found("until=2026-05-01") == set()


def test_a_month_and_an_interval_match_while_they_overlap(store: Store, found: Found) -> None:
    may, june = datetime(2026, 5, 1), datetime(2026, 6, 1)
    put(
        store,
        incident("month", start=may, end=june, time_precision="month"),
        incident("span", start=datetime(2026, 4, 30, 22), end=june, time_precision="interval"),
    )
    assert found("since=2026-05-31T23:59:59Z") == {"month", "span"}
    assert found("since=2026-06-01") == set()
    assert found("until=2026-05-01") == {"span"}


def test_relative_times_count_back_from_now(store: Store, found: Found) -> None:
    six_hours = datetime(2026, 11, 23, 6)
    put(
        store,
        incident("edge", start=six_hours, time_precision="instant"),
        incident("before", start=six_hours - TICK, time_precision="instant"),
    )
    assert found("since=-6h") == {"edge"}
    assert found("until=-6h") == {"before"}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("bbox=0,0,10,10", {"corner", "inside"}),
        ("bbox=10,10,10,10", {"corner"}),
        ("bbox=10.0000001,0,20,20", set()),
        ("bbox=160.6,-55.95,-170,-25.89", {"east", "west", "line", "minus-line"}),
        ("bbox=179.9,-40,180,-30", {"line", "minus-line"}),
        ("bbox=-180,-40,-179.9,-30", {"line", "minus-line"}),
        ("bbox=180,-40,-180,-30", {"line", "minus-line"}),
        ("bbox=-180,-90,180,90", {"corner", "inside", "east", "west", "line", "minus-line"}),
    ],
)
def test_a_box_is_closed_and_may_cross_180(
    store: Store, found: Found, box: str, expected: set[str]
) -> None:
    put(
        store,
        at("corner", 10, 10),
        at("inside", 5, 5),
        at("east", 170, -30),
        at("west", -175, -30),
        at("line", 180, -35),
        at("minus-line", -180, -35),
        incident("nowhere"),
    )
    assert found(box) == expected
    numbers = [float(n) for n in box.removeprefix("bbox=").split(",")]
    seen = store.read("picture", ask(""), viewport=Viewport(*numbers, zoom=3))
    assert (seen.in_view, seen.count) == (len(expected), 7), "the map sees what the box finds"


@pytest.mark.parametrize(
    ("ring", "expected"),
    [
        ("0 0;10 0;10 10;0 10", {"inside", "edge", "corner", "waist"}),
        # A bow-tie, its waist at 5 5: between the wings is outside.
        ("0 0;10 10;10 0;0 10", {"edge", "corner", "waist"}),
        ("170 -10;190 -10;190 10;170 10", {"east", "west", "line"}),
        ("-190 -10;-170 -10;-170 10;-190 10", {"east", "west", "line"}),
        ("170 -10;-170 -10;-170 10;170 10", {"inside-wide", "inside", "edge", "corner", "waist"}),
    ],
)
def test_a_polygon_may_cross_itself_and_180(
    store: Store, found: Found, ring: str, expected: set[str]
) -> None:
    put(
        store,
        at("inside", 5, 2),
        at("edge", 0, 5),
        at("corner", 10, 0),
        at("waist", 5, 5),
        at("east", 175, 0),
        at("west", -175, 0),
        at("line", 180, 0),
        at("inside-wide", 100, 0),
        incident("nowhere"),
    )
    assert found(f"within={ring}") == expected


def test_a_port_reaches_as_far_as_its_radius_on_the_ellipsoid(store: Store, found: Found) -> None:
    for bearing in (0, 90, 217):
        for nm in (0.0, 9.999, 10.001):
            lon, lat, _ = Geod(ellps="WGS84").fwd(*ROTTERDAM, bearing, nm * 1852)
            put(store, at(f"{bearing}-{nm}", lon, lat))
    put(store, incident("nowhere"))
    inside = {f"{bearing}-{nm}" for bearing in (0, 90, 217) for nm in (0.0, 9.999)}
    assert found("port=NLRTM") == inside
    assert found("port=NLRTM,SGSIN") == inside
    assert len(found("port=NLRTM&radius_nm=10.002")) == 9
    assert len(found("port=NLRTM&radius_nm=0.5")) == 3


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("SAO", {"a"}),
        ("são joão", {"a"}),
        ("joão são", {"a"}),
        ("oao", {"a"}),
        ("gull", {"b"}),
        ("GREY%E2%80%8BGULL", {"b"}),
        ("crew 9074729", {"b"}),
        ("strasse", {"c"}),
        ("attack", {"c"}),
        ("safe.shots", set()),
        ("100%25", {"d"}),
        ("_", set()),
        ("a-1", {"a"}),
        ("%E2%80%8B", set()),
    ],
)
def test_words_are_found_blind_to_case_accents_and_invisible_characters(
    store: Store, found: Found, q: str, expected: set[str]
) -> None:
    put(
        store,
        incident("a", title="São JOÃO", reference="a-1"),
        incident(
            "b", vessel_name="Grey\u200bGull", vessel_imo="9074729", summary="Crew safe.\nShots"
        ),
        incident("c", title="Straße", summary="Ａｔｔａｃｋ"),
        incident("d", title="100% loss", reference="d"),
    )
    assert found(f"q={q}") == expected


def test_a_marking_above_the_clearance_is_nowhere(store: Store, found: Found) -> None:
    put(store, at("open", 1, 1), at("secret", 2, 2, tlp="red", hazard="mine", title="Unheard of"))
    assert found("", "amber-strict") == {"open"}
    assert found("id=secret", "amber-strict") == found("tlp=red", "amber-strict") == set()
    assert found("q=unheard", "amber-strict") == found("bbox=2,2,2,2", "green") == set()
    assert found("id=secret", "red") == {"secret"}
    picture = store.read("picture", ask("tlp=clear", "amber"), viewport=Viewport())
    assert picture.facets["hazard"] == {"piracy": 1}
    assert picture.facets["tlp"] == {"clear": 1}
    assert picture.highest_tlp == "clear"
    assert store.read("rank", ask("", "amber"), incident_id="secret") is None
    with pytest.raises(NotFound) as hidden:
        store.read("detail", ask("id=secret", "amber"))
    with pytest.raises(NotFound) as missing:
        store.read("detail", ask("id=none", "amber"))
    assert str(hidden.value) == str(missing.value)


def test_cells_beside_the_date_line_are_drawn_beside_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_module, "MOST_POINTS", 1)
    put(store, at("a", 180, 0.5), at("b", -180, 0.5), at("c", -179.9, 0.5))
    cells = store.read("picture", ask(""), viewport=Viewport(zoom=1)).cells
    assert cells.count.tolist() == [3]
    assert np.allclose(cells.lon, -179.9666, atol=1e-3)


def test_the_status_facet_says_what_choosing_a_status_would_show(store: Store) -> None:
    put(store, incident("a"), incident("b", status="withdrawn"))
    picture = store.read("picture", ask(""), viewport=Viewport())
    assert picture.facets["status"] == {"new": 1, "withdrawn": 1}
    assert picture.count == 1


def test_an_incident_from_before_the_window_counts_in_its_first_bucket(store: Store) -> None:
    begun, end = datetime(2026, 3, 30), datetime(2026, 5, 20)
    put(
        store,
        incident("long", start=begun, end=end, time_precision="interval", severity="5"),
        incident("late", start=datetime(2026, 5, 10, 5), time_precision="instant"),
    )
    timeline = store.read("picture", ask("since=2026-05-08"), viewport=Viewport()).timeline
    assert timeline.step == "hour"
    assert timeline.start[0] == np.datetime64("2026-05-08T00:00:00")
    assert timeline.by_severity[0].tolist() == [0, 0, 0, 0, 1]
    assert timeline.by_severity.sum() == 2
    assert (np.diff(timeline.start) == np.timedelta64(1, "h")).all(), "gaps are filled"

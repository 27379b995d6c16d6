"""What the search box finds, in which order, and for whom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.places import KINDS, Place, find_places, read_gazetteer
from cop.query.url import from_query
from cop.quick_entry import record_report
from cop.store import Store
from cop.ui.look import look_of

NOW = datetime(2026, 11, 23, 12)
RED, GREEN = Viewer("officer", "red"), Viewer("visitor", "green")


@pytest.fixture(scope="module")
def store(geography: Geography) -> Iterator[Store]:
    made = Store.memory(clock=lambda: NOW)
    for n, tlp in enumerate(("green", "amber", "red")):
        record_report(made, geography, "Lt Example", {
            "occurred": "231105Z NOV 26", "position": "1°15'N 103°48'E", "hazard": "armed-robbery",
            "tlp": tlp, "vessel_name": f"EXAMPLE {'ABC'[n]}", "vessel_imo": "9074729",
        })  # fmt: skip
    yield made
    made.close()


def find(store: Store, geography: Geography, typed: str, viewer: Viewer = RED) -> list[Place]:
    found = find_places(store, geography, viewer, typed)
    assert all(place.kind in KINDS for place in found)
    assert [place.score for place in found] == sorted((p.score for p in found), reverse=True)
    return found


@pytest.mark.parametrize(
    ("typed", "kind", "title", "key"),
    [
        ("SGSIN", "port", "Singapore", ("port", "SGSIN")),
        ("sgsin", "port", "Singapore", ("port", "SGSIN")),
        ("rotterd", "port", "Rotterdam", ("port", "NLRTM")),
        ("roterdam", "port", "Rotterdam", ("port", "NLRTM")),
        ("rotetrdam", "port", "Rotterdam", ("port", "NLRTM")),
        ("baltic sea", "region", "Baltic Sea", ("region", "baltic")),
        ("hormuz", "area", "Strait of Hormuz", ("area", "hormuz")),
        ("navarea iii", "navarea", "NAVAREA III", ("navarea", "III")),
        ("sargasso", "sea", "Sargasso Sea", ("z", "3.9")),
        ("1°15.3'N 103°48.2'E", "position", "01°15.30'N 103°48.20'E", ("z", "9")),
        ("48N UG 66862 38745", "position", "01°15.30'N 103°48.20'E", ("center", "103.8,1.255")),
        ("DESK-20261123-0001", "incident", "Armed robbery: EXAMPLE A",
         ("sel", "desk-DESK-20261123-0001")),
        ("desk-DESK-20261123-0002", "incident", "Armed robbery: EXAMPLE B",
         ("sel", "desk-DESK-20261123-0002")),
        ("example b", "vessel", "EXAMPLE B", ("q", "9074729")),
        ("IMO 9074729", "vessel", "EXAMPLE A", ("q", "9074729")),
    ],
)  # fmt: skip
def test_what_stands_first(
    store: Store, geography: Geography, typed: str, kind: str, title: str, key: tuple[str, str]
) -> None:
    first = find(store, geography, typed)[0]
    assert (first.kind, first.title) == (kind, title)
    assert first.keys[key[0]] == key[1]


def test_the_beginning_of_a_name_before_a_word_before_a_part(
    store: Store, geography: Geography
) -> None:
    names = [place.title for place in find(store, geography, "san")]
    assert all(name.startswith("San") for name in names[:4])
    assert len(names) == 12


def test_the_marking_holds_for_ships_and_incidents(store: Store, geography: Geography) -> None:
    titles = {place.title for place in find(store, geography, "example", GREEN)}
    assert titles & {"EXAMPLE A", "EXAMPLE B", "EXAMPLE C"} == {"EXAMPLE A"}
    assert find(store, geography, "DESK-20261123-0003", GREEN) == []
    assert find(store, geography, "DESK-20261123-0003", RED) != []


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "\x00", "\u202e", "a,b,1234", "%_1234", "'; DROP TABLE 1--", "9" * 500, "°'"],
)
def test_odd_text_finds_nothing_and_breaks_nothing(
    store: Store, geography: Geography, typed: str
) -> None:
    assert find(store, geography, typed) == []


def test_every_place_of_the_gazetteer_is_an_address_that_works(geography: Geography) -> None:
    entries = read_gazetteer(geography).entries
    assert len(entries) > 4_000
    for entry in entries[:5] + entries[3_873:]:
        place = entry.place
        query = "&".join(f"{key}={value}" for key, value in place.keys.items())
        from_query(query)
        look = look_of(query, ())
        assert -180 <= look.center[0] <= 180
        if place.bbox is not None:
            _, south, _, north = place.bbox
            assert south <= look.center[1] <= north or abs(look.center[1]) > 80


def test_a_zone_across_the_antimeridian_has_its_true_extent(geography: Geography) -> None:
    boxes = {e.place.title: e.place.bbox for e in read_gazetteer(geography).entries}
    west, _, east, _ = boxes["NAVAREA XIV"] or (0, 0, 0, 0)
    assert west > east


def test_a_keystroke_is_answered_in_time(store: Store, geography: Geography) -> None:
    find(store, geography, "warm up")
    started = time.process_time()
    for typed in ("s", "si", "sin", "sing", "singapor", "roterdam", "1°15'N 103°48'E"):
        find_places(store, geography, RED, typed)
    assert (time.process_time() - started) / 7 < 0.06  # 20 ms alone, with room for a busy machine

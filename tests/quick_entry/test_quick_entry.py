"""From a typed line to an incident, what it may repeat, and what is refused at which field."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from cop.errors import BadInput
from cop.feeds import get_feed
from cop.formats import desk as desk_format
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.report import Defect, Report
from cop.model.viewer import Viewer
from cop.model.vocabulary import ACTS, MARKINGS, VERIFICATIONS, hazards
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.quick_entry import (
    BadForm,
    check_form,
    find_background,
    find_similar,
    read_line,
    record_report,
)
from cop.store import Store

NOW = datetime(2026, 11, 23, 12)
RED, GREEN = Viewer("officer", "red"), Viewer("visitor", "green")
LINE = "231105Z NOV 26 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives stores stolen"


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.memory(clock=lambda: NOW)
    yield made
    made.read("verify", None)
    made.close()


def detail(store: Store, incident_id: str) -> dict[str, Any]:
    where = compile_where(Filters(id=(incident_id,)), RED, now=NOW)
    found: dict[str, Any] = store.read("detail", where)["incident"]
    return found


def record(store: Store, geography: Geography, **form: Any) -> str:
    whole = {"occurred": "231105Z NOV 26", "summary": "four men boarded"} | form
    return record_report(store, geography, "Lt Example", whole)


def test_a_line_becomes_an_incident(store: Store, geography: Geography) -> None:
    draft = read_line(geography, LINE, NOW)
    assert draft.problems == ()
    first = record_report(store, geography, "Lt Example", draft.form())
    second = record_report(store, geography, "Lt Example", draft.form())
    assert (first, second) == ("desk-DESK-20261123-0001", "desk-DESK-20261123-0002")
    found = detail(store, first)
    assert found["title"] == "Armed robbery: EXAMPLE"
    assert found["vessel_name"] == "EXAMPLE"
    assert found["region"] > 0
    assert MARKINGS.slug(found["tlp"]) == "amber"
    assert found["source_name"] == "Watch desk, Lt Example"
    assert "Means: knives. Persons involved: 4." in found["summary"]
    assert detail(store, second)["reference"] == "DESK-20261123-0002"


def test_the_officers_judgement_goes_before_the_rules(store: Store, geography: Geography) -> None:
    incident_id = record(
        store, geography, hazard="drone-sighting", act="claimed", severity="5",
        verification="confirmed", tlp="green", reliability="B", credibility="2",
    )  # fmt: skip
    found = detail(store, incident_id)
    assert hazards().slug(found["hazard"]) == "drone-sighting"
    assert (ACTS.slug(found["act"]), found["severity"]) == ("claimed", 5)
    assert VERIFICATIONS.slug(found["verification"]) == "confirmed"
    assert (found["hazard_rule"], found["severity_rule"]) == ("stated", "stated")
    assert (found["reliability"], found["credibility"]) == ("B", "2")
    assert MARKINGS.slug(found["tlp"]) == "green"


def test_officers_at_once_get_numbers_of_their_own(store: Store, geography: Geography) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda n: record(store, geography, summary=f"boat {n}"), range(8)))
    assert len(set(ids)) == 8
    assert store.read("count", compile_where(Filters(), RED, now=NOW)) == 8


def test_every_wrong_field_is_named_at_once(store: Store, geography: Geography) -> None:
    form = {
        "occurred": "251105Z NOV 26", "position": "91°15'N 103°48'E", "hazard": "krakens",
        "severity": "9", "persons": "some", "vessel_imo": "12", "tlp": "purple",
        "source_url": "javascript:alert(1)", "reference": "DESK-1", "nonsense": "x",
    }  # fmt: skip
    with pytest.raises(BadForm) as refused:
        record_report(store, geography, "Lt Example", form)
    assert set(refused.value.problems) == {
        "occurred", "latitude", "hazard", "severity", "persons", "vessel_imo", "tlp",
        "source_url", "reference", "nonsense",
    }  # fmt: skip
    assert store.read("count", compile_where(Filters(), RED, now=NOW)) == 0


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "occurred"),
        ({"occurred": "231105Z NOV 26"}, "summary"),
        ({"occurred": "2200LT", "summary": "x"}, "occurred"),
        ({"occurred": "231105Z NOV 26", "summary": "x", "latitude": 1}, "position"),
        ({"occurred": "231105Z NOV 26", "summary": "x\x00y", "place": "a\x00b"}, "place"),
        ({"occurred": "231105Z NOV 26", "summary": "\ud800"}, "summary"),
        ({"occurred": "231105Z NOV 26", "summary": "x", "weapons": [1]}, "weapons"),
        ({"occurred": "231105Z NOV 26", "summary": "x", "title": "y" * 600}, "title"),
        ({"occurred": ["x"], "summary": "x"}, "occurred"),
    ],
)
def test_what_is_refused(
    store: Store, geography: Geography, form: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadForm) as refused:
        record_report(store, geography, "Lt Example", form)
    assert field in refused.value.problems


def test_nobody_records_without_a_name_or_in_a_demo_world(
    store: Store, geography: Geography
) -> None:
    with pytest.raises(BadInput, match="name"):
        record_report(store, geography, " ", {"occurred": "1105Z", "summary": "x"})
    with store.write(actor="test", action="store.fill", subject="demo") as writer:
        writer.set_meta("world", "demo")
    with pytest.raises(BadInput, match="demo world"):
        record(store, geography)


def test_text_of_the_form_is_read_as_typed() -> None:
    record_, problems = check_form(
        {"occurred": "1105Z", "position": "48N UG 66862 38745", "weapons": "knives, guns",
         "persons": "4", "severity": "3", "summary": " two boats ", "place": ""}, NOW
    )  # fmt: skip
    assert problems == {}
    assert record_["occurred"] == "2026-11-23T11:05Z"
    assert record_["latitude"] == pytest.approx(1.255, abs=1e-4)
    assert (record_["weapons"], record_["persons"], record_["severity"]) == (
        ["knives", "guns"],
        4,
        3,
    )
    assert record_["title"] == "Unclassified"
    assert "place" not in record_


def test_possible_duplicates_are_scored_with_reasons(store: Store, geography: Geography) -> None:
    here = {"position": "1°15.3'N 103°48.2'E", "hazard": "armed-robbery"}
    same = record(store, geography, **here, vessel_name="EXAMPLE STAR", vessel_imo="9074729")
    near = record(store, geography, **here, occurred="220500Z NOV 26")
    record(store, geography, position="5°00'N 103°48.2'E")  # too far
    record(store, geography, **here, occurred="181105Z NOV 26")  # too long ago
    moved = record(
        store, geography, position="5°00'N 105°00'E", occurred="181105Z NOV 26",
        vessel_name="Example Star",
    )  # fmt: skip
    form = here | {"occurred": "231110Z NOV 26", "vessel_name": "EXAMPLE STAR",
                   "vessel_imo": "IMO 9074729"}  # fmt: skip
    found = find_similar(store, RED, form)
    assert [similar.incident_id for similar in found] == [same, near, moved]
    assert found[0].reasons == ("0.0 nm away", "5 min earlier", "same IMO number", "same type")
    assert found[0].score > 0.95 > found[1].score > found[2].score
    assert "same ship's name" in found[2].reasons
    assert find_similar(store, GREEN, form) == ()  # AMBER stays out of sight


def test_what_went_before_of_the_ship_and_of_the_place(store: Store, geography: Geography) -> None:
    here = {"position": "0°00'N 179°58'E"}
    for day in range(7):
        at = NOW - timedelta(days=10 + 30 * day)
        record(store, geography, occurred=f"{at:%Y-%m-%dT%H:%MZ}", vessel_name="EXAMPLE", **here)
    record(store, geography, occurred="2024-01-01", vessel_name="EXAMPLE", **here)
    across = {"occurred": "1105Z", "position": "0°00'N 179°58'W", "vessel_name": "Example"}
    known = find_background(store, RED, across)
    assert known.vessel is not None
    assert known.place is not None
    assert (known.vessel.count, known.place.count) == (7, 7)
    assert len(known.place.newest) == 5
    assert known.vessel.newest[0].occurred_at > known.vessel.newest[1].occurred_at
    assert find_background(store, RED, {"occurred": "11", "position": "1°"}).place is None


def test_a_desk_file_sets_broken_records_aside(store: Store, geography: Geography) -> None:
    sound = {"reference": "DESK-20261123-0001", "officer": "Lt Example", "title": "Robbery",
             "entered_at": "2026-11-23T11:30:00Z", "occurred": "2026-11-23T11:05Z",
             "summary": "two men boarded", "longitude": 103.8, "latitude": 1.25}  # fmt: skip
    wrong = {
        "reference": "7", "officer": "", "entered_at": "soon", "occurred": "", "title": "",
        "severity": 9, "hazard": "krakens", "tlp": "purple", "longitude": 999.0, "persons": -1,
        "weapons": "knives", "uncertainty_nm": -1, "source_url": "file:///x",
        "position_precision": "none", "ended": "2026-11-01",
    }  # fmt: skip
    records = [sound, *(sound | {name: value} for name, value in wrong.items())]
    data = desk_format.dump(records)
    items = list(get_feed("desk").parse(data, NOW))
    assert [type(item) for item in items] == [Report, *[Defect] * len(wrong)]
    tally = ingest(store, geography, "desk", data, actor="test")
    assert (tally.new, tally.quarantined) == (1, len(wrong))
    corrected = desk_format.dump([sound | {"summary": "three men boarded", "persons": 3}])
    assert ingest(store, geography, "desk", corrected, actor="test").updated == 1
    assert ingest(store, geography, "desk", data, actor="test").new == 0

"""What a typed line becomes: fields with their words, doubts by name, nothing in silence."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.formats.quick_line import Draft, Surroundings, dump_line, parse_line
from cop.formats.typed_line import Found
from cop.model.measure import measure_leg
from cop.model.report import Position, TimeSpan

NOW = datetime(2026, 11, 23, 12)
EXAMPLE = (
    "231105Z NOV 26 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives stores stolen"
)


def at_sea(lon: float, lat: float) -> Surroundings:
    """North of the equator 40 nm off, south of it in a harbour."""
    return Surroundings(40.0, 0.0) if lat > 0 else Surroundings(0.0, 1.0)


def said(draft: Draft, field: str) -> str:
    return " / ".join(problem.message for problem in draft.problems_at(field))


def test_the_example_is_read_whole() -> None:
    draft = parse_line(EXAMPLE, now=NOW)
    assert draft.problems == ()
    assert draft.is_sound
    assert draft.value("occurred").start == datetime(2026, 11, 23, 11, 5)
    position = draft.value("position")
    assert (position.lat, position.lon) == (1.255, 103.8033333)
    plain = {
        name: draft.value(name)
        for name in ("hazard", "act", "severity", "vessel_name", "persons", "weapons")
    }
    assert plain == {
        "hazard": "armed-robbery",
        "act": "committed",
        "severity": 3,
        "vessel_name": "EXAMPLE",
        "persons": 4,
        "weapons": ("knives",),
    }
    assert draft.narrative == "armed robbery four men knives stores stolen"
    for name, found in draft.fields.items():
        assert found.text == EXAMPLE[found.start : found.end] or found.start == -1, name
    assert draft.form()["title"] == "Armed robbery: EXAMPLE"


def test_the_form_holds_what_the_desk_record_takes() -> None:
    form = parse_line("1105Z at SGSIN robbery two men", now=NOW).form()
    assert form["occurred"] == "2026-11-23T11:05Z"
    assert (form["place"], form["position_precision"], form["uncertainty_nm"]) == (
        "Singapore, Singapore",
        "area",
        10.0,
    )
    assert "vessel_name" not in form


INSTANT = datetime(2026, 11, 23, 11, 5)


@pytest.mark.parametrize(
    ("text", "moment", "doubt"),
    [
        ("231105Z NOV 26 robbery", INSTANT, ""),
        ("231105zNov2026 robbery", INSTANT, ""),
        ("231105 UTC NOV 26 robbery", INSTANT, ""),
        ("231105Z robbery", INSTANT, "No month is given"),
        ("231105Z NOV robbery", INSTANT, "No year is given"),
        ("231105Z NOV 12 men boarded", INSTANT, "No year is given"),
        ("231105Z NOV 12 nm off SGSIN", INSTANT, "No year is given"),
        ("1105Z robbery", INSTANT, "No date is given"),
        ("2215Z robbery", datetime(2026, 11, 22, 22, 15), "No date is given"),
        ("2026-11-23T11:05:00Z robbery", INSTANT, ""),
        ("2026-11-23T13:05+02:00 robbery", INSTANT, ""),
        ("2026-11-23 11:05 robbery", INSTANT, "UTC is assumed"),
        ("23 Nov 26 1105Z robbery", INSTANT, ""),
        ("1105Z 23 Nov 2026 robbery", INSTANT, ""),
        ("23 Nov 1105 UTC robbery", INSTANT, "No year is given"),
        ("23112026 1105Z robbery", INSTANT, ""),
        ("yesterday 2200Z robbery", datetime(2026, 11, 22, 22), ""),
        ("today at 11:05Z robbery", INSTANT, ""),
        ("55 min ago robbery", INSTANT, "Counted back"),
        ("2 h ago robbery", datetime(2026, 11, 23, 10), "Counted back"),
        ("221105Z NOV 24 robbery", datetime(2024, 11, 22, 11, 5), "more than a year"),
        ("231105Z NOV 26 boarded left 1140Z", INSTANT, "A second time is named"),
    ],
)
def test_times(text: str, moment: datetime, doubt: str) -> None:
    draft = parse_line(text, now=NOW)
    assert draft.value("occurred") == TimeSpan(moment, moment, "instant")
    assert (doubt in said(draft, "occurred")) if doubt else not draft.problems_at("occurred")
    assert all(problem.level == "check" for problem in draft.problems_at("occurred"))


@pytest.mark.parametrize(
    "text", ["2026-11-22 robbery", "22 Nov 26 robbery", "22 Nov 2026 robbery", "yesterday robbery"]
)
def test_a_date_alone_is_the_whole_day(text: str) -> None:
    draft = parse_line(text, now=NOW)
    start = datetime(2026, 11, 22)
    assert draft.value("occurred") == TimeSpan(start, start + timedelta(days=1), "date")
    assert "Only the date" in said(draft, "occurred")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("robbery off SGSIN", "No time is given"),
        ("2200LT robbery", "Local time"),
        ("22:00 ship's time robbery", "Local time"),
        ("231105H NOV 26 robbery", "zone letter is not Z"),
        ("251105Z NOV 26 robbery", "in the future"),
        ("231105Z FOO 26 2561Z robbery", "no time of day"),
        ("321105Z NOV 26 robbery", "no day of the calendar"),
        ("232561Z NOV 26 robbery", "no time of day"),
    ],
)
def test_times_that_cannot_be(text: str, error: str) -> None:
    draft = parse_line(text, now=NOW)
    assert error in said(draft, "occurred")
    assert not draft.is_sound


@pytest.mark.parametrize(
    "written",
    [
        "1°15.3'N 103°48.2'E", "0115.3N 10348.2E", "01-15.3N 103-48.2E", "01 15.3 N, 103 48.2 E",
        "N01°15.3' E103°48.2'", "1°15'18\"N 103°48'12\"E", "1º15’18”N – 103º48’12”E",
        "01:15.3N / 103:48.2E", "1.255N 103.8033333E", "1.255, 103.8033333",
        "1 deg 15.3 min north 103 deg 48.2 min east", "48N UG 66862 38745", "48NUG6686238745",
        "\u200e1°15.3'N\u200f 103°48.2'E", "１°１５.３'N 103°48.2'E", "-0 nm 1°15.3'N 103°48.2'E",
    ],
)  # fmt: skip
def test_positions_in_every_spelling(written: str) -> None:
    draft = parse_line(f"231105Z NOV 26 {written} robbery two men", now=NOW)
    found = draft.value("position")
    assert found is not None, draft.problems
    assert measure_leg(found.lon, found.lat, 103.8033333, 1.255).distance_nm < 0.002
    assert all(problem.level == "check" for problem in draft.problems)


@pytest.mark.parametrize(
    ("text", "field", "doubt", "level"),
    [
        ("91°15'N 103°48'E robbery", "position", "beyond 90", "error"),
        ("1°15'N 203°48'W robbery", "position", "beyond 180", "error"),
        ("01 75.3N 103 48.2E robbery", "position", "minutes above 60", "error"),
        ("-01°15'N 103°48'E robbery", "position", "sign and a hemisphere", "error"),
        ("0115.3N robbery", "position", "Only one of latitude and longitude", "error"),
        ("48N ZZ 66862 38745 robbery", "position", "no square of the grid", "error"),
        ("robbery two men", "position", "No position", "check"),
        ("0°00'N 0°00'E robbery", "position", "lost positions", "check"),
        ("1N 103E robbery", "position", "good to 30 nm", "check"),
        ("1°15'N 103°48'E and 2°15'N 104°48'E", "position", "A second position", "check"),
        ("at Georgetown robbery", "position", "7 ports called Georgetown", "error"),
        ("5000 nm NW of SGSIN", "position", "too far", "error"),
        ("12 nm NNN of SGSIN", "position", "no point of the compass", "error"),
        ("1°15'N 103°48'E off Fujairah", "position", "nm from Fujairah", "check"),
        ("IMO 9074728 robbery", "vessel_imo", "check digit", "check"),
        ("IMO 90747 robbery", "vessel_imo", "seven digits", "error"),
        ("MMSI 12345678 robbery", "vessel_mmsi", "nine digits", "error"),
        ("MMSI 111222333 robbery", "vessel_mmsi", "not one of a ship", "check"),
        ("MV (name unknown) robbery", "vessel_name", "No name follows", "check"),
        ("MV EXAMPLE BOARDED BY MEN", "vessel_name", "whole name", "check"),
        ("4-5 men boarded", "persons", "5 is taken", "check"),
        ("about 8 men boarded", "persons", "About 8", "check"),
        ("something odd", "hazard", "do not say what type", "check"),
    ],
)
def test_doubts_are_named_at_their_field(text: str, field: str, doubt: str, level: str) -> None:
    draft = parse_line(f"231105Z NOV 26 {text}", now=NOW)
    matching = [problem for problem in draft.problems_at(field) if doubt in problem.message]
    assert [problem.level for problem in matching] == [level], draft.problems


@pytest.mark.parametrize(
    ("text", "lat", "lon", "radius"),
    [
        ("12 nm NW of SGSIN", 1.3813, 103.6912, 1.2),
        ("12nm north-west of Singapore", 1.3813, 103.6912, 1.2),
        ("315° 12 nm from Singapore", 1.3813, 103.6912, 0.5),
        ("12 nm off Singapore", 1.2392, 103.8325, 12.0),
        ("off Singapore", 1.2392, 103.8325, 25.0),
        ("at Georgetown, Guyana", 6.8153, -58.1543, 10.0),
        ("at Georgetown GYGEO", 6.8153, -58.1543, 10.0),
        ("60 nm E of 0°00'N 179°30'E", 0.0, -179.5023, 6.0),
    ],
)
def test_places_by_distance_and_port(text: str, lat: float, lon: float, radius: float) -> None:
    position = parse_line(f"231105Z NOV 26 {text} robbery", now=NOW).value("position")
    assert measure_leg(position.lon, position.lat, lon, lat).distance_nm < 0.1
    assert position.uncertainty_nm == radius
    assert position.precision in ("area", "approximate")


def test_a_strait_or_a_hull_is_no_port() -> None:
    for text in ("in Singapore Strait robbery", "hole in hull above waterline"):
        draft = parse_line(f"231105Z NOV 26 {text}", now=NOW)
        assert draft.value("position") is None
        assert draft.value("port") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MT Example Star 7 boarded", {"vessel_name": "Example Star 7", "vessel_type": "tanker"}),
        ('MV "Lady of the Sea" boarded', {"vessel_name": "Lady of the Sea"}),
        ("mv example boarded", {"vessel_name": "example"}),
        ("F/V EXAMPLE IMO 9074729 C/S 9VAB2", {"vessel_imo": "9074729", "vessel_call_sign": "9VAB2",
                                               "vessel_type": "fishing vessel"}),
        ("Panama-flagged bulk carrier at anchor", {"vessel_flag": "Panama", "vessel_type":
                                                   "bulk carrier", "vessel_status": "anchored"}),
        ("MMSI 563012345 robbery", {"vessel_mmsi": "563012345"}),
        ("twelve robbers armed with guns and an RPG", {"persons": 12, "weapons": ("RPG", "guns")}),
        ("2 men, no weapons seen", {"persons": 2, "weapons": None}),
        ("USV hit tanker, 22 POB", {"weapons": ("unmanned surface vessel",), "pob": 22}),
        ("6 armed men", {"persons": 6, "weapons": ("weapons, not said which",)}),
        ("crew of 20, long knives", {"weapons": ("machetes",)}),
        ("fire in engine room", {"hazard": "fire-explosion"}),
        ("gps jamming several ships", {"hazard": "gnss-interference"}),
        ("tanker hard aground on the reef", {"hazard": "grounding"}),
        ("boarding, stores stolen at anchor", {"hazard": "armed-robbery"}),
        ("drone sighting over berth", {"hazard": "drone-sighting", "severity": 1}),
    ],
)  # fmt: skip
def test_ships_persons_weapons_and_types(text: str, expected: dict[str, Any]) -> None:
    draft = parse_line(f"231105Z NOV 26 {text}", now=NOW)
    assert {name: draft.value(name) for name in expected} == expected


def test_twelve_miles_decide_between_piracy_and_robbery() -> None:
    off = parse_line("231105Z 5°00'N 3°00'E robbers boarded", now=NOW, look_round=at_sea)
    harbour = parse_line("231105Z 5°00'S 3°00'E robbers boarded", now=NOW, look_round=at_sea)
    assert (off.value("hazard"), harbour.value("hazard")) == ("piracy", "armed-robbery")
    typed = parse_line("231105Z 5°00'S 3°00'E piracy", now=NOW, look_round=at_sea)
    assert typed.value("hazard") == "piracy"
    assert "armed robbery by the rule" in said(typed, "hazard")


def test_a_position_far_inland_is_asked_about() -> None:
    draft = parse_line(
        "231105Z 15°00'N 20°00'E robbery", now=NOW, look_round=lambda *_: Surroundings(0, 600)
    )
    assert "on land, 600 nm from the coast" in said(draft, "position")


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00\x1f\x7f", "\u202e\u200f", "\ud800robbery\udfff", "=cmd|' /C calc'!A0",
        "<img src=x onerror=alert(1)> 231105Z NOV 26", "1" * 10_000, "1 " * 5_000, "°'" * 5_000,
        "MV " * 3_000, "12 nm NW of " * 900, "231105Z NOV " * 900, "N1 " * 3_000, "A " * 5_000,
        "9" * 300 + ".5N 1E", "٢٣١١٠٥Z", "1-1N" * 2_500, "\x1f" * 100 + "1°15'N 103°48'E",
    ],
)  # fmt: skip
def test_hostile_lines_are_answered_in_time(text: str) -> None:
    started = time.thread_time()
    draft = parse_line(text, now=NOW)
    assert time.thread_time() - started < 0.5
    assert "\x00" not in draft.narrative
    draft.narrative.encode()
    assert draft.problems


def test_a_long_line_is_kept_whole() -> None:
    draft = parse_line("231105Z NOV 26 robbery " + "word " * 2_000 + "end", now=NOW)
    assert draft.narrative.endswith("word end")
    assert "first 2,000" in said(draft, "text")


@settings(max_examples=80)
@given(st.text(max_size=120))
def test_any_text_is_answered(text: str) -> None:
    draft = parse_line(text, now=NOW)
    for found in draft.fields.values():
        assert found.start == -1 or text[found.start : found.end] == found.text
    assert dump_line(draft) is not None


@settings(max_examples=80)
@given(
    moment=st.datetimes(datetime(1951, 1, 1), datetime(2026, 11, 23)),
    lon=st.floats(-179.9999999, 180).map(lambda x: round(x, 7) + 0.0),
    lat=st.floats(-90, 90).map(lambda x: round(x, 7) + 0.0),
    whole_minute=st.booleans(),
)
def test_what_is_dumped_reads_back(
    moment: datetime, lon: float, lat: float, whole_minute: bool
) -> None:
    moment = moment.replace(microsecond=0, second=0 if whole_minute else moment.second)
    fields = {
        "occurred": Found(TimeSpan(moment, moment, "instant")),
        "position": Found(Position(lon, lat)),
    }
    line = dump_line(Draft("", fields, (), "robbery"))
    back = parse_line(line, now=NOW)
    assert back.value("occurred") == TimeSpan(moment, moment, "instant"), line
    assert (back.value("position").lon, back.value("position").lat) == (lon, lat), line
    assert back.narrative == "robbery"

"""The report drawer: a line fills the form, edits stay, and what is wrong is said where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import all_with, text_of, walk

import layers
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.viewer import Viewer
from cop.quick_entry import FIELDS, fill_form
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui.panels import detail, report

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "asam"
NOW = datetime(2026, 11, 23, 12, 58)
ANN = Viewer("test", "red", "Ann")
LINE = "231105Z NOV 26 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives stores stolen"


@pytest.fixture
def desk(geography: Geography) -> Iterator[Services]:
    """A store that a test may write to, with a few records."""
    store = Store.memory(clock=lambda: NOW)
    ingest(store, geography, "asam", (FIXTURES / "plain.csv").read_bytes(), actor="t", name="a")
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def sent(line: str = "", edited: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    edited = edited or {}
    return {"n": 7, "line": line, "form": edited, "edited": list(edited), **more}


def read(desk: Services, line: str = "", **edited: str) -> tuple[dict[str, Any], list[Any]]:
    asked = sent(line, edited)
    return report.read(desk, ANN, asked)[0], report.know(desk, ANN, asked)[0]


def save(
    desk: Services, said: dict[str, Any], line: str = "", viewer: Viewer = ANN, **more: Any
) -> dict[str, Any]:
    """Save the form as the page shows it."""
    asked = {"n": 8, "line": line, "form": said["fields"], "edited": [], "token": "a"}
    done: dict[str, Any] = report.save(desk, viewer, asked | {"exact": said["exact"]} | more)[0]
    return done


def test_the_form_has_every_field_once_with_its_label_and_its_place_for_words() -> None:
    tree = report.layout()
    named = {part.name: part for part in all_with(tree, "name")}
    assert set(named) == {"line", *FIELDS}
    labels = {part.htmlFor: text_of(part) for part in all_with(tree, "htmlFor")}
    ids = {part.id for part in all_with(tree, "id")}
    for name, control in named.items():
        assert labels[control.id], name
        assert getattr(control, "aria-describedby") in ids


def test_a_line_fills_the_form(desk: Services) -> None:
    said, known = read(desk, LINE)
    fields = {name: text for name, text in said["fields"].items() if text}
    assert fields == {
        "occurred": "231105Z NOV 26",
        "position": "1°15.3'N 103°48.2'E",
        "hazard": "armed-robbery",
        "act": "committed",
        "severity": "3",
        "vessel_name": "EXAMPLE",
        "weapons": "knives",
        "persons": "4",
        "summary": "armed robbery four men knives stores stolen",
    }
    assert said["flaws"] == {}
    assert said["hints"]["severity"] == "by rule: weapons-seen"
    assert said["at"] == pytest.approx([103.80333, 1.255], abs=1e-4)
    assert "None within 50 nm and 48 h" in text_of(known)
    assert "This place before" in text_of(known)


def test_what_was_edited_stays_and_the_rules_follow_it(desk: Services) -> None:
    said, _ = read(desk, LINE, vessel_name="OTHER", hazard="drone-sighting", occurred="1110Z")
    assert said["fields"]["vessel_name"] == "OTHER"
    assert said["fields"]["hazard"] == "drone-sighting"
    assert said["fields"]["severity"] != ""
    assert "rule" in said["hints"]["severity"]
    assert said["hints"]["occurred"] == "read as 231110Z NOV 26"
    assert said["fields"]["weapons"] == "knives"


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("321105Z NOV 26 1°15'N 103°48'E robbery", "occurred", "no day of the calendar"),
        ("251105Z NOV 26 1°15'N 103°48'E robbery", "occurred", "in the future"),
        ("231105Z NOV 26 91°15.3'N 103°48.2'E robbery", "position", "beyond 90 degrees"),
        ("231105Z NOV 26 at Lagos robbery", "position", "2 ports called Lagos"),
        ("231105Z NOV 26 robbery IMO 12345", "vessel_imo", "seven digits"),
    ],
)
def test_what_the_line_says_wrongly_is_named_and_cannot_be_left_out_unseen(
    desk: Services, line: str, field: str, words: str
) -> None:
    said, _ = read(desk, line)
    assert said["flaws"][field]["level"] == "error"
    assert words in said["flaws"][field]["words"]
    refused = save(desk, said, line)
    assert words in refused["flaws"][field]
    if field == "position":  # the officer says that none is known
        assert save(desk, said, line, edited=["position"])["ok"]


def test_an_edited_field_is_checked_where_it_stands(desk: Services) -> None:
    said, _ = read(desk, LINE, position="95N 10E", persons="many", tlp="clear", occurred="x")
    assert {name for name, flaw in said["flaws"].items() if flaw["level"] == "error"} == {
        "position", "persons", "occurred",
    }  # fmt: skip
    assert "Below this desk's floor, TLP:AMBER" in said["flaws"]["tlp"]["words"]
    inland, _ = read(desk, LINE, position="0°N 20°E")
    assert "on land" in inland["flaws"]["position"]["words"]


def test_a_saved_form_is_an_incident_signed_and_amber(desk: Services) -> None:
    said, _ = read(desk, LINE, source_name="the agent", came_by="Telephone")
    done = save(desk, said, LINE)
    assert done["ok"]
    assert done["officer"] == "Ann"
    again = save(desk, said, LINE)
    assert again["id"] == done["id"]  # the answer was lost, the report was not
    incident = desk.detail(done["id"], ANN)["incident"]
    assert incident["vessel_name"] == "EXAMPLE"
    assert (incident["lon"], incident["lat"]) == pytest.approx((103.80333, 1.255), abs=1e-4)
    assert incident["tlp"] == 2  # amber
    assert incident["source_name"] == "Telephone, the agent"
    found, known = read(desk, LINE)
    assert found["n"] == 7
    shown = [getattr(row, "data-report-show") for row in all_with(known, "data-report-show")]
    assert shown[0] == done["id"]
    assert "likely" in text_of(known)


def test_a_report_needs_a_name_a_time_and_what_happened(desk: Services) -> None:
    said, _ = read(desk)
    nobody = Viewer("test", "red")
    assert save(desk, said, viewer=nobody)["needs_name"]
    assert set(save(desk, said)["flaws"]) == {"occurred", "summary"}
    green = Viewer("test", "green", "Cid")
    full, _ = read(desk, LINE)
    assert "cleared" in save(desk, full, LINE, viewer=green)["flaws"]["tlp"]


def test_a_press_on_the_map_is_approximate(desk: Services) -> None:
    text = "01°15.30'N 103°48.20'E"
    exact = {
        "text": text, "longitude": 103.80333, "latitude": 1.255, "uncertainty_nm": 2.4,
        "position_written": f"{text} (from the map)", "position_precision": "approximate",
    }  # fmt: skip
    [said] = report.read(desk, ANN, sent(LINE, {"position": text}, exact=exact))
    assert said["hints"]["position"] == "approximate, within 2.4 nm"
    done = save(desk, said, LINE, edited=["position"])
    incident = desk.detail(done["id"], ANN)["incident"]
    assert incident["uncertainty_nm"] == pytest.approx(2.4)
    assert incident["position_written"].endswith("(from the map)")


def test_a_template_leaves_when_where_and_how_sure_open(desk: Services) -> None:
    [said] = report.read(desk, ANN, {"n": 3, "template": "asam-2030-1"})
    fields = said["fields"]
    assert fields["vessel_name"] == "BLUE HERON"
    assert fields["hazard"] == "armed-robbery"
    assert not {"occurred", "position", "verification", "reliability"} & set(fields)
    assert fields["tlp"] == ""  # the source is CLEAR, this desk's floor is not
    assert report.read(desk, ANN, {"n": 3, "template": "none"})[0]["missing"]
    drawn = detail.render(desk.detail("asam-2030-1", ANN), NOW, {})
    assert [getattr(one, "data-report-template") for one in all_with(drawn, "data-report-template")]


def test_a_hostile_page_is_told_what_is_wrong(desk: Services) -> None:
    [long] = report.read(desk, ANN, sent("x" * 30_000))
    assert "20,000 characters" in long["flaws"]["line"]["words"]
    ten, _ = read(desk, "231105Z NOV 26 <script>alert(1)</script> robbery " + "ab " * 3_400)
    assert "first 2,000" in ten["flaws"]["line"]["words"]
    assert "<script>" in ten["fields"]["summary"]
    marked, known = read(desk, "231105Z NOV 26 1°15'N 103°48'E MV \u202e<b>EVIL\u200b robbery")
    assert all(not hasattr(part, "dangerously_allow_html") for part in walk(known))
    assert marked["flaws"].get("occurred") is None
    unseen, _ = read(desk, "\u200b\u2060", hazard="piracy", position="1N " * 6_000)
    assert unseen["fields"]["hazard"] == "piracy"
    assert unseen["flaws"]["position"]["level"] == "error"
    wrongs: list[dict[str, Any]] = [
        {"line": 5},
        {"form": []},
        {"edited": None},
        {"form": {"place": 3}},
    ]
    for wrong in wrongs:
        assert report.read(desk, ANN, sent() | wrong)[0]["flaws"]
        assert not report.save(desk, ANN, sent() | wrong)[0]["ok"]


@settings(max_examples=15, deadline=None)
@given(
    line=st.text(max_size=80) | st.just(LINE),
    values=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30), max_size=5),
)
def test_whatever_is_typed_is_kept(geography: Geography, line: str, values: dict[str, str]) -> None:
    filled = fill_form(geography, line, values, list(values), {}, NOW)
    assert {name: filled.fields[name] for name in values} == values
    assert set(filled.flaws) <= {"line", *FIELDS}

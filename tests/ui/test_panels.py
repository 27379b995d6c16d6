"""Small panels: facets, chips, ports, sources, records kept aside, words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from reading import all_with, revive, text_of

from cop.actions import MAX_CORRECTION
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query.url import from_query
from cop.services import Services
from cop.ui import ids, show_view
from cop.ui.panels import caption, facets, header, kept_aside, ports, sources
from cop.ui.panels import map as map_panel
from cop.ui.views import quarantine
from cop.ui.wording import FLAGS, say_admiralty, say_age, say_count, say_flag, say_when

NOW = datetime(2026, 11, 23, 12, 58)


def test_every_choice_stands_once_with_its_count() -> None:
    counts = {"hazard": {"piracy": 12}, "domain": {"physical": 12}, "severity": {"3": 1_204}}
    found = facets.render(counts, {"hazard": ("piracy",), "severity": ("5",)})
    assert set(found) == {*ids.HAZARD_FACETS.values(), *ids.PLAIN_FACETS.values()}
    props = [o["props"] for options in found.values() for o in options]
    names = [(p["data-pick"], p["data-value"]) for p in props]
    assert len(names) == len(set(names))
    by_name = dict(zip(names, props, strict=True))
    assert by_name["hazard", "piracy"]["aria-checked"] == "true"
    assert by_name["hazard", "physical"]["aria-checked"] == "mixed"
    assert text_of(revive(by_name["hazard", "piracy"]["children"])) == "Piracy12"
    assert text_of(revive(by_name["severity", "3"]["children"])) == "3 Moderate1\u2009204"
    # Chosen and without any: dimmed, still there.
    assert by_name["severity", "5"]["aria-checked"] == "true"
    assert "is-zero" in by_name["severity", "5"]["className"]


def test_a_refused_question_leaves_numbers_out_and_choices_in() -> None:
    found = facets.render({}, facets.chosen_in("severity=9,4&colour=red"))
    four = next(o for o in revive(found["facet-severity"]) if getattr(o, "data-value") == "4")
    assert getattr(four, "aria-checked") == "true"
    assert text_of(four) == "4 High"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("hazard=physical,ransomware", "Hazard: Physical, Ransomware"),
        ("severity=3,4,5", "Severity: Moderate, High, Critical"),
        ("since=-30d", "From: 30d ago"),
        ("since=2024-01-31T06:00Z", "From: 2024-01-31 06:00Z"),
        ("until=2024-01-31", "Before: 2024-01-31"),
        ("bbox=170,-10,-170,5", "Box: 170, -10 to -170, 5"),
        ("within=0 0;1 0;1 1", "Drawn area: 3 corners"),
        ("port=NLRTM&radius_nm=25", "Port: Rotterdam within 25 nm"),
        ("id=asam-1", "Incident: asam-1"),
    ],
)
def test_chips_say_each_condition(query: str, words: str) -> None:
    chips = caption.chips(from_query(query))
    assert [text_of(chip) for chip in chips] == [words]
    assert len(all_with(chips, "data-go")) == 1


def test_dropping_a_port_drops_its_radius() -> None:
    filters = from_query("port=NLRTM&radius_nm=25&severity=5")
    assert caption.without(filters, "port") == from_query("severity=5")


@pytest.mark.parametrize(
    ("query", "west", "east"),
    [("bbox=170,-10,-170,5", 170, 190), ("bbox=1,2,3,4", 1, 3), ("within=1 2;3 2;3 4", 1, 3)],
)
def test_what_is_asked_inside_is_outlined(query: str, west: float, east: float) -> None:
    (line,) = map_panel.outline(from_query(query), "day")
    assert (min(line["lon"]), max(line["lon"])) == (west, east)
    assert line["lon"][0] == line["lon"][-1]
    assert map_panel.outline(from_query("severity=5"), "day") == []


def test_ports_by_letters_and_code() -> None:
    assert ports.render("", []) == []
    assert ports.render("r", []) == []
    assert ports.render("nlrtm", [])[0]["value"] == "NLRTM"
    assert "NLRTM" in [option["value"] for option in ports.render("ROTTER", [])]
    assert ports.render("", ["NLRTM", "XXXXX"])[1] == {"value": "XXXXX", "label": "XXXXX"}
    assert len(ports.render("po", [])) <= ports.MOST


def test_a_source_that_never_ran_is_never_calm(services: Services, viewer: Viewer) -> None:
    known = services.sources(viewer)
    runs = services.store.read("runs", viewer)
    said = text_of(sources.render(known, runs, NOW))
    assert "3 of 4 sources have not delivered" in said
    assert "never loaded" in said
    assert "published archive" in said
    assert "bundled register, not live" in said
    assert "3 of 4 degraded" in text_of(header.no_answer(known))


@pytest.mark.parametrize("clearance", MARKINGS.slugs)
def test_counts_of_runs_are_for_those_who_may_read_all(services: Services, clearance: str) -> None:
    viewer = Viewer("test", clearance)
    runs, known = services.store.read("runs", viewer), services.sources(viewer)
    said = text_of(sources.render(known, runs, NOW))
    asam = next(source for source in known if source["feed"] == "asam")
    if clearance == "red":
        assert "hostile.csv" in said
        assert "Last counts" in said
        assert asam["last_new_at"]
        assert runs[0]["received"]
    else:
        assert "hostile.csv" not in said
        assert "quarantined" not in said.lower()
        assert "cleared for every marking" in said
        assert asam["last_new_at"] is None
        assert {runs[0][name] for name in ("received", "new", "input_name")} == {None}
    assert asam["last_state"] == "ok", "whether it delivers is for everybody"


@pytest.mark.parametrize(
    ("kind", "known_at", "said"),
    [
        ("live", None, "LIVE"),
        ("demo", None, "SYNTHETIC DEMO, NOT REAL"),
        ("live", NOW, "AS KNOWN AT 231258Z NOV 26, not the live picture"),
    ],
)
def test_the_world_is_named(kind: str, known_at: datetime | None, said: str) -> None:
    assert header.world(kind, known_at)[0] == said


def test_records_kept_aside_are_shown_whole(services: Services, viewer: Viewer) -> None:
    items = services.store.read("quarantine", viewer)
    wrong_day = next(item for item in items if item["reference"] == "2031-4")
    said = text_of(kept_aside.render_list(items, wrong_day["item_id"], NOW))
    assert wrong_day["reason"] in said
    assert "newest" not in said
    more = text_of(kept_aside.render_list(items, 0, NOW, 1_500))
    assert f"{say_count(1_500)} records" in more
    assert "newest" in more
    _, pane = quarantine.choose(services, viewer, wrong_day["item_id"])
    raw = next(part for part in all_with(pane, "id") if part.id == ids.ITEM_RAW)
    assert "2026-02-30" in raw.value
    assert kept_aside.MOST_EDITED <= MAX_CORRECTION


def test_what_is_still_wrong_is_said_beside_the_record(services: Services, viewer: Viewer) -> None:
    item = next(i for i in services.store.read("quarantine", viewer) if i["reference"] == "2031-4")
    number, raw = item["item_id"], bytes(item["raw"]).decode()
    said, *_ = quarantine.settle(services, viewer, 1, 0, number, raw, "", ids.ITEM_RUN)
    assert said.startswith("Still kept aside: ")
    said, *_ = quarantine.settle(services, viewer, 1, 1, number, raw, " ", ids.ITEM_DISMISS)
    assert "say why" in said


@pytest.mark.parametrize("path", ["/watch", "/quarantine", "/sources"])
def test_each_view_has_one_heading_and_one_main(
    services: Services, viewer: Viewer, path: str
) -> None:
    from reading import walk

    kinds = [part._type for part in walk(show_view(services, viewer, path))]
    assert kinds.count("H1") == 1
    assert kinds.count("Main") == 1


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=600), "600 d ago"),
        (timedelta(days=4_400), "12 y ago"),
        (timedelta(days=-2), "in the future"),
    ],
)
def test_ages(age: timedelta, said: str) -> None:
    assert say_age(age) == said


def test_a_time_is_no_finer_than_it_is_known() -> None:
    at = datetime(2026, 11, 3, 12, 58)
    assert say_when(at, "instant") == "031258Z NOV 26"
    assert say_when(at, "date") == "3 NOV 2026"
    assert say_when(at, "month") == "NOV 2026"
    assert say_when(at, "interval", at + timedelta(days=2)) == "3 NOV 2026 to 5 NOV 2026"


def test_codes_are_spelled_out() -> None:
    assert say_admiralty("B", "2") == "Source: usually reliable. Information: probably true."
    assert "cannot be judged" in say_admiralty("F", "6")
    assert say_flag("null-island") == FLAGS["null-island"]
    assert say_flag("some-new-flag") == "Some new flag"

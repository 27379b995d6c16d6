"""Who may see what came in: the feed's floor, stricter markings, and records set aside."""

from __future__ import annotations

from datetime import datetime

import pytest
from asam_inputs import Take, as_csv, as_json, as_sqlite, asam, everything

from cop.errors import NotFound, NotThisFormat
from cop.geography import Geography
from cop.ingest import ingest, marking_written
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.store import Store


def marking_of(store: Store, incident_id: str) -> str:
    [code] = store.read("rows", everything(id=(incident_id,)))["tlp"]
    return MARKINGS.slug(code)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, "clear"),
        ("", "clear"),
        ("RED", "red"),
        ("TLP:AMBER+STRICT", "amber-strict"),
        ("tlp: amber", "amber"),
        ("TLP:WHITE", "clear"),
        ("TLP:PURPLE", "amber"),
    ],
)
def test_unmarked_is_the_floor_and_unknown_is_never_clear(
    store: Store, take: Take, written: str | None, meant: str
) -> None:
    take(as_json(asam("2026-1") | ({} if written is None else {"tlp": written})))
    assert marking_of(store, "asam-2026-1") == meant


def test_a_stricter_record_is_nowhere_for_the_less_cleared(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1"), asam("2026-2", tlp="RED", hostility="Missile", victim="SECRET")))
    for clearance in MARKINGS.slugs[:-1]:
        assert store.read("count", everything(clearance)) == 1
        assert list(store.read("page", everything(clearance))["reference"]) == ["2026-1"]
        picture = store.read("picture", everything(clearance), viewport=Viewport())
        assert (picture.count, picture.in_view, picture.highest_tlp) == (1, 1, "clear")
        assert list(picture.facets["tlp"].items()) == [("clear", 1)]
        assert sum(picture.facets["hazard"].values()) == 1
        assert store.read("count", everything(clearance, q="secret")) == 0
        with pytest.raises(NotFound):
            store.read("detail", everything(clearance, id=("asam-2026-2",)))
    assert store.read("count", everything("red")) == 2


def test_a_marking_that_is_raised_hides_the_incident_at_once(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1")))
    assert store.read("count", everything("green")) == 1
    assert take(as_json(asam("2026-1", tlp="RED"))).updated == 1
    assert store.read("count", everything("green")) == 0
    assert store.read("count", everything("red")) == 1


def test_a_layout_without_markings_does_not_lower_one(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1", tlp="RED")))
    assert take(as_sqlite(asam("2026-1"))).unchanged == 1
    assert take(as_csv(asam("2026-1", description="Another story altogether."))).updated == 1
    assert marking_of(store, "asam-2026-1") == "red"
    with pytest.raises(NotFound):
        store.read("detail", everything("amber-strict", id=("asam-2026-1",)))


def test_a_source_may_lower_its_own_marking(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1", tlp="RED")))
    assert take(as_json(asam("2026-1", tlp="CLEAR"))).updated == 1
    found = store.read("detail", everything("clear", id=("asam-2026-1",)))
    assert len(found["reports"]) == 1, "the report that was marked RED stays so"
    assert [version["version"] for version in found["versions"]] == [2]


@pytest.mark.parametrize("layout", ["csv", "json", "json-twice", "csv-shifted"])
def test_a_stricter_record_set_aside_shows_its_bytes_to_the_cleared_only(
    store: Store, take: Take, layout: str
) -> None:
    bad = asam("2026-2", date="soon", tlp="RED")
    if layout.startswith("csv"):
        data = as_csv(asam("2026-1", tlp=""), bad, extra=("tlp",))
        if layout == "csv-shifted":
            data = data.replace(b"2026-2,soon,", b"2026-2,")
    else:
        data = as_json(asam("2026-1"), bad)
        if layout == "json-twice":
            data = data.replace(b'"tlp": "RED"', b'"tlp": "RED", "tlp": "CLEAR"')
    assert take(data).quarantined == 1
    for clearance in MARKINGS.slugs[:-1]:
        viewer = Viewer("test", clearance)
        assert store.read("quarantine", viewer) == []
        assert store.read("quarantine_count", viewer) == 0
        with pytest.raises(NotFound):
            store.read("quarantined", viewer, item_id=1)
    assert len(store.read("quarantine", Viewer("test", "red"))) == 1


def test_a_file_refused_whole_keeps_the_strictest_marking_in_it(store: Store, take: Take) -> None:
    cut_off = as_json(asam("2026-1", tlp="GREEN"), asam("2026-2", tlp="RED"))[:-2]
    with pytest.raises(NotThisFormat):
        take(cut_off)
    assert store.read("quarantine", Viewer("test", "amber"), state="dismissed") == []
    [item] = store.read("quarantine", Viewer("test", "red"), state="dismissed")
    assert item["kind"] == "rejected"


@pytest.mark.parametrize(
    ("raw", "header", "marking"),
    [
        (b"2026-1,,Red Sea", b"reference,tlp,place", "clear"),
        (b"2026-1,PURPLE,Red Sea", b"reference,tlp,place", "amber"),
        (b'2026-1,"a, b",PURPLE\r\n', b"reference,place,tlp", "amber"),
        (b"2026-1,PURPLE", b"reference,tlp,place", "clear"),
        (b"2026-1,RED,Red Sea", b"reference,place,note", "clear"),
        (b'2026-1,"TLP:RED",x', b'reference,"tlp",place', "red"),
        (b"2026-1,GREEN\r\n", b"reference,tlp", "green"),
        (b'{"tlp": "PURPLE"}', b"", "amber"),
        (b'{"pinColour": "Red"}', b"", "clear"),
        (b"", b"", "clear"),
    ],
)
def test_a_marking_is_found_where_it_is_written(raw: bytes, header: bytes, marking: str) -> None:
    assert marking_written(raw, header, "clear") == marking
    assert marking_written(raw, header, "red") == "red", "the floor holds"


def test_what_was_known_before_a_marking_was_raised_is_withdrawn_too(geography: Geography) -> None:
    clock = [datetime(2026, 1, 1)]
    store = Store.memory(clock=lambda: clock[0])
    ingest(store, geography, "asam", as_json(asam("2025-1")), actor="test")
    clock[0] = datetime(2026, 2, 1)
    ingest(store, geography, "asam", as_json(asam("2025-1", tlp="AMBER")), actor="test")

    def count(clearance: str, known_at: datetime) -> int:
        where = compile_where(Filters(), Viewer("test", clearance), as_known_at=known_at)
        return int(store.read("count", where))

    assert count("amber", datetime(2026, 1, 15)) == count("amber", datetime(2026, 2, 15)) == 1
    assert count("green", datetime(2026, 1, 15)) == count("green", datetime(2026, 2, 15)) == 0
    store.close()

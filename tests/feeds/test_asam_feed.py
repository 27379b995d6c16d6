"""ASAM reports: one record says the same in three layouts; damaged ones are set aside."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from cop.feeds import get_feed
from cop.feeds.asam import parse
from cop.model.report import Defect, Report, TimeSpan, Vessel

FIXTURES = Path(__file__).parents[1] / "fixtures" / "asam"
RECEIVED = datetime(2026, 11, 23)


def read(data: bytes) -> list[Report | Defect]:
    return list(parse(data, RECEIVED))


def reports(data: bytes) -> dict[str, Report]:
    return {item.reference: item for item in read(data) if isinstance(item, Report)}


def test_a_record_becomes_a_report() -> None:
    report = reports((FIXTURES / "plain.csv").read_bytes())["2030-1"]
    assert report.title == "Boarding: Panama-flagged tanker BLUE HERON"
    assert report.occurred == TimeSpan(datetime(2026, 5, 1), datetime(2026, 5, 2), "date")
    assert report.position is not None
    assert (report.position.lat, report.position.lon) == (1.1166667, 103.5166667)
    assert report.position.precision == "reported"
    assert report.vessel == Vessel(name="BLUE HERON", type="tanker", flag="Panama")
    assert (report.place, report.source_navarea, report.source_subregion) == (
        "INDONESIA",
        "XI",
        "71",
    )
    assert report.source_type == "Boarding"
    assert report.summary.endswith("The ship’s crew was safe. Tel: [phone removed].")
    assert report.flags == ("text-repaired",)
    assert (report.reliability, report.credibility, report.marking) == ("B", "3", "")
    assert report.raw.startswith(b"2030-1,2026-05-01,")


def test_sparse_records_and_carried_minutes() -> None:
    found = reports((FIXTURES / "plain.csv").read_bytes())
    assert found["2030-2"].title == "Report: merchant vessel"
    assert found["2030-2"].flags == ("minutes-60",)
    assert found["2030-2"].vessel == Vessel()
    assert found["2030-3"].position is None
    assert found["2030-3"].vessel.name == "GREY GULL"
    assert found["2030-3"].title == "Pirates: M/V GREY GULL"


def test_one_record_has_the_same_facts_in_every_layout() -> None:
    csv = reports((FIXTURES / "plain.csv").read_bytes())["2030-1"]
    api = reports((FIXTURES / "api.json").read_bytes())["2030-1"]
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE asams (date_of_occurrence, reference_number, subregion, latitude, longitude,"
        " aggressor, victim, description)"
    )
    connection.execute(
        "INSERT INTO asams VALUES (?,?,?,?,?,?,?,?)",
        (
            "2026-05-01", "2030-1", "71", 1.116666555, 103.5166700, "BOARDING",
            "Panama-flagged tanker BLUE HERON", csv.summary.replace("’", "'").replace(
                "[phone removed]", "+60 3 5550 0014").upper(),
        ),
    )  # fmt: skip
    connection.commit()
    copy = reports(connection.serialize())["2030-1"]
    connection.close()
    assert dict(csv.facts) == dict(api.facts)
    shared = dict(copy.facts).keys() & dict(csv.facts).keys()
    assert len(shared) == 6
    assert {name: dict(copy.facts)[name] for name in shared} == {
        name: dict(csv.facts)[name] for name in shared
    }


def test_a_changed_record_has_other_facts() -> None:
    data = (FIXTURES / "plain.csv").read_bytes()
    was = reports(data)["2030-1"]
    for old, new in (
        (b"three robbers", b"four robbers"),
        (b"07'00", b"08'00"),
        (b"HERON", b"CRANE"),
    ):
        assert reports(data.replace(old, new))["2030-1"].facts != was.facts


def test_two_positions_that_differ_and_a_new_field_are_flagged() -> None:
    report = reports((FIXTURES / "api.json").read_bytes())["2030-4"]
    assert report.position is not None
    assert report.position.lon == -104.0
    assert report.flags == ("position-conflict", "unknown-field")


def test_hostile_rows_stand_alone_and_nothing_is_lost() -> None:
    data = (FIXTURES / "hostile.csv").read_bytes()
    items = read(data)
    assert len(items) == 14
    bad = {item.raw.split(b",")[0].decode(): item for item in items if isinstance(item, Defect)}
    reasons = {reference: (item.field, item.reason) for reference, item in bad.items()}
    assert reasons == {
        "2031-2": ("", "The row has 8 cells where the header has 9."),
        "2031-3": ("", "The row holds a NUL byte."),
        "2031-4": ("date", "'2026-02-30' is no day of the calendar."),
        "2031-5": ("latitude", "Latitude 91.11666667 is beyond 90 degrees."),
        "2031-6": ("position", "Position 'somewhere' cannot be read."),
        "2031-7": (
            "latitude",
            "Latitude in '1°61\\'00\"N 103°31\\'00\"E' has minutes above 60.",
        ),
        "2031-9": ("", "The row has a quote that is not closed or not doubled."),
        "not-a-number": ("reference", "Reference 'not-a-number' is not a year and a number."),
        "2031-12": ("date", "Year 2099 is outside 1900 to ten years from now."),
    }
    assert {item.kind for item in bad.values()} == {"quarantined"}
    good = {item.reference: item for item in items if isinstance(item, Report)}
    assert {reference: item.flags for reference, item in good.items()} == {
        "2031-1": (),
        "2031-8": ("encoding-cp1252",),
        "2031-10": ("null-island",),
        "2031-13": ("future-event",),
        "2031-14": (),
    }
    assert good["2031-10"].source_type == "=cmd|' /C calc'!A0"
    assert "<img src=x onerror=alert(1)>" in good["2031-10"].title
    assert b"".join(item.raw for item in items) == data.split(b"\n", 1)[1]


def test_hostile_objects_stand_alone() -> None:
    items = read((FIXTURES / "hostile.json").read_bytes())
    kinds = [item.kind if isinstance(item, Defect) else "ok" for item in items]
    assert kinds == [
        "ok", *["quarantined"] * 5, "rejected", *["quarantined"] * 3, "ok", "ok", "quarantined",
    ]  # fmt: skip
    good = [item for item in items if isinstance(item, Report)]
    assert [(item.reference, item.marking) for item in good] == [
        ("2032-1", ""), ("2032-11", "red"), ("2032-12", "amber"),
    ]  # fmt: skip


def test_long_fields_are_capped_with_a_flag() -> None:
    record = {"reference": "2033-1", "date": "2026-05-01", "description": "x " * 50_000,
              "victim": "y" * 5000}  # fmt: skip
    (report,) = read(json.dumps([record]).encode())
    assert isinstance(report, Report)
    assert len(report.summary) <= 64 * 1024
    assert len(report.title) <= 120
    assert report.flags == ("truncated",)


def test_the_name_cut_at_fifty_characters_is_completed() -> None:
    record = {"reference": "2033-1", "date": "2026-05-01",
              "victim": "Marshall Islands-flagged bulk carrier MAGNIFIC HER",
              "description": "INDONESIA: The bulk carrier MAGNIFIC HERON underway."}  # fmt: skip
    (report,) = read(json.dumps([record]).encode())
    assert isinstance(report, Report)
    assert report.vessel == Vessel("MAGNIFIC HERON", "bulk carrier", "Marshall Islands")


def test_the_contract_of_the_feed() -> None:
    feed = get_feed("asam")
    assert (feed.id, feed.code, feed.marking, feed.kind) == (
        "asam",
        1,
        "clear",
        "published archive",
    )
    with pytest.raises(AttributeError):
        feed.code = 9  # type: ignore[misc]

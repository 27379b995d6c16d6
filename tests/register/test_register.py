"""The bundled register is complete, sourced, in vocabulary and in the right place."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import shapely
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "data" / "register" / "incidents.csv"
REGIONS = ROOT / "data" / "reference" / "regions.geojson"
HAZARDS = ROOT / "data" / "taxonomy" / "hazards.toml"

HEADER = (
    "reference,title,summary,hazard,act_status,severity,verification,occurred,ended,longitude,"
    "latitude,position_precision,uncertainty_nm,place,region,vessel_name,vessel_imo,vessel_type,"
    "vessel_flag,reliability,credibility,tlp,source_name,source_url,source_reference,retrieved_on"
)
DOMAINS = {
    "physical": "hijack kidnapping piracy armed-robbery armed-attack mine terrorism sabotage "
    "seizure suspicious-approach drone-sighting smuggling stowaway irregular-migration "
    "iuu-fishing theft facility-breach protest",
    "cyber": "ransomware ot-intrusion data-breach denial-of-service gnss-interference "
    "ais-manipulation comms-outage vulnerability",
    "cognitive": "disinformation misinformation impersonation",
    "natural": "tropical-cyclone severe-weather tsunami earthquake volcano flood ice",
    "safety": "collision grounding fire-explosion sinking spill derelict cargo-loss "
    "infrastructure-failure person-overboard",
    "disruption": "strike health port-closure congestion sanction",
}
DOMAIN_OF = {slug: domain for domain, slugs in DOMAINS.items() for slug in slugs.split()}
VOCABULARY = {
    "hazard": set(DOMAIN_OF),
    "act_status": {"committed", "attempted", "suspected", "claimed", "unfounded"},
    "severity": set("12345"),
    "verification": {"unverified", "corroborated", "confirmed", "contradicted", "debunked"},
    "position_precision": {"exact", "reported", "approximate", "area", "none"},
    "reliability": set("ABCDEF"),
    "credibility": set("123456"),
    "tlp": {"clear"},
}
PIRACY = {"hijack", "kidnapping", "piracy", "armed-robbery"}
MINIMUM_ROWS = 200
MINIMUM_REGIONS = 28

Row = dict[str, str]


@cache
def read_rows() -> tuple[Row, ...]:
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def read_regions() -> tuple[tuple[str, shapely.Geometry], ...]:
    features = json.loads(REGIONS.read_text(encoding="utf-8"))["features"]
    return tuple((f["properties"]["code"], shape(f["geometry"])) for f in features)


def find_region(longitude: float, latitude: float) -> str:
    """First region in file order that covers the point (an edge belongs to the first)."""
    point = shapely.Point(longitude, latitude)
    return next(code for code, polygon in read_regions() if polygon.covers(point))


def read_period(text: str) -> tuple[date, date]:
    """First and last day that an `occurred` value can mean."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", text):
        day = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).date()
        return day, day
    if re.fullmatch(r"\d{4}-\d{2}", text):
        first = date.fromisoformat(f"{text}-01")
        last = date.fromordinal(
            date(first.year + first.month // 12, first.month % 12 + 1, 1).toordinal() - 1
        )
        return first, last
    day = date.fromisoformat(text)
    return day, day


def hold_imo(number: str) -> bool:
    """Whether the seventh digit is the check digit of the first six."""
    if not re.fullmatch(r"\d{7}", number):
        return False
    weighted = sum(
        int(digit) * weight for digit, weight in zip(number, range(7, 1, -1), strict=False)
    )
    return weighted % 10 == int(number[6])


def find_duplicates(column: str) -> list[str]:
    counts = Counter(row[column].casefold() for row in read_rows())
    return [value for value, times in counts.items() if times > 1]


each_row = pytest.mark.parametrize("row", read_rows(), ids=lambda row: row["reference"])


def test_file_is_plain_csv_with_the_agreed_header() -> None:
    raw = REGISTER.read_bytes()
    assert raw.split(b"\n", 1)[0].decode("utf-8") == HEADER
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        widths = {len(cells) for cells in csv.reader(lines)}
    assert widths == {len(HEADER.split(","))}


def test_references_and_titles_are_unique_and_in_order() -> None:
    assert find_duplicates("reference") == []
    assert find_duplicates("title") == []
    references = [row["reference"] for row in read_rows()]
    assert references == sorted(references)


def test_register_shows_all_hazards_around_the_globe() -> None:
    rows = read_rows()
    assert len(rows) >= MINIMUM_ROWS
    assert {DOMAIN_OF[row["hazard"]] for row in rows} == set(DOMAINS)
    assert len({row["region"] for row in rows} - {""}) >= MINIMUM_REGIONS
    assert len({row["occurred"][:4] for row in rows}) >= 20
    assert sum(row["hazard"] in PIRACY for row in rows) <= len(rows) / 2


def test_hazards_are_those_of_the_taxonomy() -> None:
    entries = tomllib.loads(HAZARDS.read_text(encoding="utf-8"))["hazard"]
    known = {entry["slug"]: entry["domain"] for entry in entries}
    used = {row["hazard"] for row in read_rows()}
    assert {slug: known.get(slug) for slug in used} == {slug: DOMAIN_OF[slug] for slug in used}


@each_row
def test_words_are_in_vocabulary(row: Row) -> None:
    wrong = {name: row[name] for name, words in VOCABULARY.items() if row[name] not in words}
    assert wrong == {}


@each_row
def test_text_is_plain_and_of_reading_length(row: Row) -> None:
    assert 10 <= len(row["title"]) < 90
    assert 60 <= len(row["summary"]) <= 400
    assert row["place"]
    for name, value in row.items():
        assert value == value.strip(), f"{name} has blanks at an end"
        assert "\n" not in value, f"{name} holds a line break"
        assert "�" not in value, f"{name} holds a broken character"
        assert not re.search(r"<[a-zA-Z/]", value), f"{name} holds markup"


@each_row
def test_time_is_plausible(row: Row) -> None:
    first, last = read_period(row["occurred"])
    retrieved = date.fromisoformat(row["retrieved_on"])
    assert date(2000, 1, 1) <= first <= retrieved
    match = re.fullmatch(r"REG-(\d{4})-\d{3}", row["reference"])
    assert match, "reference is REG-year-number"
    assert int(match[1]) == first.year
    if row["ended"]:
        assert last <= date.fromisoformat(row["ended"]) <= retrieved


@each_row
def test_position_lies_in_the_stated_region(row: Row) -> None:
    if row["position_precision"] == "none":
        assert (row["longitude"], row["latitude"], row["region"], row["uncertainty_nm"]) == (
            ("",) * 4
        )
        return
    longitude, latitude = float(row["longitude"]), float(row["latitude"])
    assert -180 <= longitude <= 180
    assert -90 <= latitude <= 90
    assert row["region"] == find_region(longitude, latitude)
    if row["position_precision"] in {"approximate", "area"}:
        assert float(row["uncertainty_nm"]) > 0
    else:
        assert row["uncertainty_nm"] == ""


@each_row
def test_imo_number_holds(row: Row) -> None:
    if row["vessel_imo"]:
        assert hold_imo(row["vessel_imo"]), f"check digit of {row['vessel_imo']}"
        assert row["vessel_name"], "an IMO number without the ship's name"


@each_row
def test_row_names_a_source_one_can_follow(row: Row) -> None:
    assert row["source_name"]
    assert row["source_url"] or row["source_reference"], "no source at all"
    if row["source_url"]:
        parts = urlsplit(row["source_url"])
        assert parts.scheme == "https"
        assert parts.hostname
        assert "." in parts.hostname
        assert parts.username is None
        assert not re.search(r"[\s<>\"']", row["source_url"])


@pytest.mark.parametrize(
    ("number", "holds"),
    [("9074729", True), ("9074728", False), ("907472", False), ("IMO9074", False)],
)
def test_check_digit_is_really_checked(number: str, holds: bool) -> None:
    assert hold_imo(number) is holds

"""The published files as they are: what is taken in, what is set aside, and why."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from cop.feeds import get_feed
from cop.model.privacy import mask_personal
from cop.model.report import Defect, Report

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "incidents"
RECEIVED = datetime(2026, 11, 23)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published files are not beside the project"),
]


@cache
def read(feed: str, file: str) -> tuple[list[Report], list[Defect]]:
    items = list(get_feed(feed).parse((DATA / file).read_bytes(), RECEIVED))
    return (
        [item for item in items if isinstance(item, Report)],
        [item for item in items if isinstance(item, Defect)],
    )


@pytest.mark.parametrize(
    ("feed", "file", "accepted", "reasons"),
    [
        ("asam", "asam_1978_2022.csv", 8642, {}),
        ("asam", "asam_api.json", 2, {}),
        ("asam", "asam_1978_2014.sqlite", 6456, {}),
        (
            "imb",
            "imb_pirate_attacks_1993_2020.csv",
            7510,
            {"Time '2020-03-22T18:85Z' is no time of day.": 1},
        ),
        ("ukmto", "ukmto_api.json", 21, {}),
    ],
)
def test_received_is_accepted_and_quarantined(
    feed: str, file: str, accepted: int, reasons: dict[str, int]
) -> None:
    reports, defects = read(feed, file)
    assert len(reports) == accepted
    assert Counter(defect.reason for defect in defects) == reasons
    assert all(len(report.title) <= 120 and report.title for report in reports)
    assert all(report.raw for report in reports)


def test_flags_of_the_asam_export() -> None:
    reports, _ = read("asam", "asam_1978_2022.csv")
    assert Counter(flag for report in reports for flag in report.flags) == {
        "minutes-60": 378,
        "text-repaired": 226,
        "position-conflict": 72,
        "text-damaged": 30,
        "control-removed": 3,
    }


def test_layouts_of_asam_agree_but_for_real_differences() -> None:
    export = {report.reference: report for report in read("asam", "asam_1978_2022.csv")[0]}
    copy = {report.reference: report for report in read("asam", "asam_1978_2014.sqlite")[0]}
    shared = export.keys() & copy.keys()
    equal = 0
    for reference in shared:
        one, other = dict(export[reference].facts), dict(copy[reference].facts)
        equal += all(one[name] == other[name] for name in one.keys() & other.keys())
    assert len(shared) == 6454
    assert equal >= 6385


def test_a_repeated_reference_repeats_the_record() -> None:
    reports, _ = read("asam", "asam_1978_2022.csv")
    seen: dict[str, Report] = {}
    repeated = [r for r in reports if seen.setdefault(r.reference, r) is not r]
    assert sorted(r.reference for r in repeated) == ["2021-161", "2021-207"]
    assert all(r.facts == seen[r.reference].facts for r in repeated)


def test_what_is_masked_in_the_published_narratives() -> None:
    texts = [r.summary for r in read("asam", "asam_1978_2022.csv")[0]]
    assert sum(text.count("[phone removed]") for text in texts) == 14
    assert sum(text.count("[e-mail removed]") for text in texts) == 1
    assert sum("removed]" in text for text in texts) == 5
    for feed, file in (("imb", "imb_pirate_attacks_1993_2020.csv"), ("ukmto", "ukmto_api.json")):
        assert not any("removed]" in report.summary for report in read(feed, file)[0])
    assert mask_personal(texts[0]) == texts[0]


def test_no_placeholder_is_a_vessel_name() -> None:
    reports, _ = read("ukmto", "ukmto_api.json")
    assert {report.vessel.name for report in reports} == {""}

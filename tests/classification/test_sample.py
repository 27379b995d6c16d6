"""The rules against real records that people labelled by the conventions of the field."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from cop.model.vocabulary import ACTS, hazards
from tests.classification.measure import INCIDENTS, LABELS, Judged, judge_sample, score

# A little under what was measured; raise them when the rules get better.
FLOORS = {
    "tune": {
        "hazard": 0.96,
        "act": 0.96,
        "severity": 0.96,
        "severity within one": 0.98,
        "covered": 0.95,
    },
    "report": {
        "hazard": 0.96,
        "act": 0.97,
        "severity": 0.97,
        "severity within one": 0.98,
        "covered": 0.94,
    },
}


@pytest.fixture(scope="module")
def sample() -> list[Judged]:
    if not INCIDENTS.is_dir():
        pytest.skip(f"the published incident records are not at {INCIDENTS}")
    return judge_sample()


@pytest.mark.real
@pytest.mark.parametrize("half", ["tune", "report"])
def test_share_of_right_answers_stays_above_the_floor(sample: list[Judged], half: str) -> None:
    found = score([j for j in sample if j.half == half])
    shares = {name: right / n for name, (right, n) in found.items()}
    low = {name: share for name, share in shares.items() if share < FLOORS[half][name]}
    assert not low


@pytest.mark.real
@pytest.mark.parametrize("hazard", ["piracy", "armed-robbery", "hijack", "suspicious-approach"])
def test_common_types_are_found_and_rightly_said(sample: list[Judged], hazard: str) -> None:
    part = [j for j in sample if j.half == "report"]
    both = sum(j.hazard == hazard == j.found.hazard for j in part)
    assert both / sum(j.hazard == hazard for j in part) >= 0.9
    assert both / sum(j.found.hazard == hazard for j in part) >= 0.9


def test_labels_are_of_the_vocabulary_and_keep_no_text() -> None:
    with LABELS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 580
    assert len({(row["feed"], row["reference"]) for row in rows}) == len(rows)
    assert all(row["hazard"] in hazards() and row["act"] in ACTS for row in rows)
    assert all(row["severity"] in "12345" for row in rows)
    assert all(len(row["note"]) <= 60 and not re.search(r"\d{3}", row["note"]) for row in rows)
    halves = Counter(row["half"] for row in rows)
    assert min(halves["tune"], halves["report"]) >= 100

"""Measure the rules against the labelled sample, and print the tables of docs/classification.md.

Run with `python -m tests.classification.measure`. The texts are read from the published data sets
in ../shared/data/incidents; only references and labels are kept here.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from cop.feeds import get_feed
from cop.geography import Geography
from cop.model.classify import classify
from cop.model.report import Classification, Report

ROOT = Path(__file__).resolve().parents[2]
INCIDENTS = ROOT.parent / "shared" / "data" / "incidents"
LABELS = Path(__file__).with_name("labels.csv")
RECEIVED = datetime(2026, 1, 1)
FILES = {
    "asam": "asam_1978_2022.csv",
    "imb": "imb_pirate_attacks_1993_2020.csv",
    "ukmto": "ukmto_api.json",
}


@dataclass(frozen=True)
class Judged:
    """One labelled record and what the rules made of it."""

    feed: str
    half: str
    hazard: str
    act: str
    severity: int
    found: Classification


def read_records() -> Iterator[Report]:
    """Yield every record of the three data sets as the product's own feeds read it."""
    for feed, name in FILES.items():
        for found in get_feed(feed).parse((INCIDENTS / name).read_bytes(), RECEIVED):
            if isinstance(found, Report):
                yield found


def judge_sample() -> list[Judged]:
    """Classify every labelled record; raises KeyError where a reference is not in the data."""
    with LABELS.open(newline="") as file:
        labels = {(row["feed"], row["reference"]): row for row in csv.DictReader(file)}
    found: dict[tuple[str, str], Report] = {}
    for report in read_records():
        key = (report.feed, report.reference)
        if key in labels:
            found.setdefault(key, report)
    reports = [found[key] for key in labels]
    lon = np.array([r.position.lon if r.position else math.nan for r in reports])
    lat = np.array([r.position.lat if r.position else math.nan for r in reports])
    places = Geography.load(ROOT / "data" / "reference").locate(lon, lat)
    return [
        Judged(
            report.feed,
            label["half"],
            label["hazard"],
            label["act"],
            int(label["severity"]),
            classify(report, _measure_offing(place)),
        )
        for report, label, place in zip(
            reports, labels.values(), places.itertuples(index=False), strict=True
        )
    ]


def _measure_offing(place: Any) -> float | None:
    """The distance to the coast as the product gives it to the rules: none on land."""
    if math.isnan(place.coast_distance_nm):
        return None
    return 0.0 if place.on_land else float(place.coast_distance_nm)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a proportion, (0, 1) for none."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, right / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def score(sample: list[Judged]) -> dict[str, tuple[int, int]]:
    """Right answers and n for each question asked of the whole sample."""
    n = len(sample)
    return {
        "hazard": (sum(j.found.hazard == j.hazard for j in sample), n),
        "act": (sum(j.found.act == j.act for j in sample), n),
        "severity": (sum(j.found.severity == j.severity for j in sample), n),
        "severity within one": (sum(abs(j.found.severity - j.severity) <= 1 for j in sample), n),
        "covered": (sum(j.found.hazard != "unclassified" for j in sample), n),
    }


def tabulate(pairs: Iterable[tuple[object, object]]) -> Iterator[tuple[object, int, int, int]]:
    """For each class: times labelled, times said, times both; sorted by times labelled."""
    pairs = list(pairs)
    labelled = Counter(label for label, _ in pairs)
    said = Counter(answer for _, answer in pairs)
    both = Counter(label for label, answer in pairs if label == answer)
    for name in sorted(labelled | said, key=lambda c: (-labelled[c], str(c))):
        yield name, labelled[name], said[name], both[name]


def print_tables(sample: list[Judged]) -> None:
    for half in ("tune", "report"):
        part = [j for j in sample if j.half == half]
        print(f"\n### {half} half, n = {len(part)}\n")
        print("| question | right | share | 95 % interval |\n|---|---|---|---|")
        for name, (right, n) in score(part).items():
            low, high = wilson(right, n)
            print(f"| {name} | {right}/{n} | {right / n:.1%} | {low:.1%} to {high:.1%} |")
        for title, pairs in (
            ("hazard", [(j.hazard, j.found.hazard) for j in part]),
            ("act", [(j.act, j.found.act) for j in part]),
            ("severity", [(j.severity, j.found.severity) for j in part]),
        ):
            print(f"\n| {title} | labelled | said | precision | recall |\n|---|---|---|---|---|")
            for label, labelled, said, both in tabulate(pairs):
                precision = f"{both / said:.0%}" if said else "–"
                recall = f"{both / labelled:.0%}" if labelled else "–"
                print(f"| {label} | {labelled} | {said} | {precision} | {recall} |")


if __name__ == "__main__":
    print_tables(judge_sample())

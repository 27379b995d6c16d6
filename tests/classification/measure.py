"""Measure the rules against the labelled sample, and print the tables of docs/classification.md.

Run with `python -m tests.classification.measure`. The texts are read from the published data sets
in ../shared/data/incidents; only references and labels are kept here.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from cop.geography import Geography
from cop.model.classify import classify
from cop.model.report import Classification, Report, TimeSpan, Vessel

ROOT = Path(__file__).resolve().parents[2]
INCIDENTS = ROOT.parent / "shared" / "data" / "incidents"
LABELS = Path(__file__).with_name("labels.csv")
SPAN = TimeSpan(datetime(2000, 1, 1), datetime(2000, 1, 2), "date")
# The columns that make the key of an IMB record, which has none of its own.
IMB_KEY = (
    *("date", "time", "longitude", "latitude", "attack_type", "location_description"),
    *("attack_description", "vessel_name", "vessel_type", "vessel_status"),
)
_DMS = re.compile(r"(\d+)°(\d+)'([\d.]+)\"([NS])\s*(\d+)°(\d+)'([\d.]+)\"([EW])")


@dataclass(frozen=True)
class Judged:
    """One labelled record and what the rules made of it."""

    feed: str
    half: str
    hazard: str
    act: str
    severity: int
    found: Classification


def read_records() -> Iterator[tuple[Report, float, float]]:
    """Yield every record of the three data sets as a report with its position, NaN where unread."""
    with (INCIDENTS / "asam_1978_2022.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lon, lat = _read_dms(row["position"])
            report = _make_report("asam", row["reference"].strip(), row["description"].strip())
            yield _with(report, source_type=row["hostility"].strip()), lon, lat
    with (INCIDENTS / "imb_pirate_attacks_1993_2020.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            key = "\x1f".join(row[name] for name in IMB_KEY)
            reference = hashlib.sha256(key.encode()).hexdigest()[:12]
            known = {name: "" if text == "NA" else text for name, text in row.items()}
            report = _with(
                _make_report("imb", reference, known["attack_description"]),
                source_type=known["attack_type"],
                place=known["location_description"],
                vessel=Vessel(status=known["vessel_status"]),
            )
            yield report, float(known["longitude"] or "nan"), float(known["latitude"] or "nan")
    for item in json.loads((INCIDENTS / "ukmto_api.json").read_bytes()):
        reference = f"{item['utcDateOfIncident'][:4]}-{item['incidentNumber']}"
        report = _with(
            _make_report("ukmto", reference, item["otherDetails"]),
            source_type=item["incidentTypeName"],
            place=item["place"],
        )
        yield report, item["locationLongitude"], item["locationLatitude"]


def judge_sample() -> list[Judged]:
    """Classify every labelled record; raises KeyError where a reference is not in the data."""
    with LABELS.open(newline="") as file:
        labels = {(row["feed"], row["reference"]): row for row in csv.DictReader(file)}
    found: dict[tuple[str, str], tuple[Report, float, float]] = {}
    for report, lon, lat in read_records():
        key = (report.feed, report.reference)
        if key in labels:
            found.setdefault(key, (report, lon, lat))
    rows = [found[key] for key in labels]
    distances = Geography.load(ROOT / "data" / "reference").locate(
        np.array([lon for _, lon, _ in rows]), np.array([lat for _, _, lat in rows])
    )["coast_distance_nm"]
    return [
        Judged(
            report.feed,
            label["half"],
            label["hazard"],
            label["act"],
            int(label["severity"]),
            classify(report, None if math.isnan(nm) else float(nm)),
        )
        for (report, _, _), label, nm in zip(rows, labels.values(), distances, strict=True)
    ]


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


def _read_dms(text: str) -> tuple[float, float]:
    m = _DMS.search(text.replace('""', '"'))
    if not m:
        return math.nan, math.nan
    lat = (int(m[1]) + int(m[2]) / 60 + float(m[3]) / 3600) * (1 if m[4] == "N" else -1)
    lon = (int(m[5]) + int(m[6]) / 60 + float(m[7]) / 3600) * (1 if m[8] == "E" else -1)
    return lon, lat


def _make_report(feed: str, reference: str, summary: str) -> Report:
    return Report(feed=feed, reference=reference, raw=b"", title="", summary=summary, occurred=SPAN)


def _with(report: Report, **fields: object) -> Report:
    known = {name: getattr(report, name) for name in Report.__slots__}
    return Report(**{**known, **fields})


if __name__ == "__main__":
    print_tables(judge_sample())

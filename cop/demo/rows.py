"""Rows of a synthetic world as Arrow tables: a batch of incidents, their history and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from cop.demo.columns import at_moments, join_words, pick_words, repeat_word, words_at
from cop.demo.places import Places
from cop.demo.words import write_facts, write_words
from cop.feeds import ALL as FEEDS
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    POSITION_PRECISIONS,
    TIME_PRECISIONS,
    VERIFICATIONS,
    domain_of,
    hazards,
)

# What is reported most, by share; every other type has RARE.
COMMON = {
    "armed-robbery": 14.0, "suspicious-approach": 11.0, "piracy": 9.0, "theft": 8.0,
    "gnss-interference": 7.0, "severe-weather": 6.0, "armed-attack": 5.0, "grounding": 4.0,
    "collision": 4.0, "fire-explosion": 3.5, "smuggling": 3.5, "drone-sighting": 3.0,
    "irregular-migration": 3.0, "iuu-fishing": 2.5, "spill": 2.0, "stowaway": 2.0,
    "ais-manipulation": 2.0, "ransomware": 1.5, "congestion": 1.5, "strike": 1.5, "hijack": 1.2,
    "tropical-cyclone": 1.0, "person-overboard": 1.0, "kidnapping": 0.8, "unclassified": 0.8,
}  # fmt: skip
RARE = 0.12
# Shares of severity 1 to 5: of most types, and of those that are grave by nature.
USUAL = (0.36, 0.34, 0.19, 0.08, 0.03)
GRAVE = (0.08, 0.24, 0.36, 0.22, 0.10)
GRAVE_TYPES = frozenset(
    ("hijack", "kidnapping", "armed-attack", "mine", "terrorism", "sinking", "tsunami", "piracy")
)
ACT_SHARES = (0.62, 0.21, 0.11, 0.04, 0.02)
VERIFICATION_SHARES = (0.48, 0.24, 0.22, 0.04, 0.02)
STATUS_SHARES = (0.18, 0.17, 0.14, 0.50, 0.01)
MARKING_SHARES = (0.55, 0.20, 0.15, 0.06, 0.04)
SOURCE_SHARES = (0.45, 0.30, 0.20, 0.05)
DATE_ONLY_SHARE = 0.6
UPDATED_SHARE = 0.04
# Exponent of age: above 1 the past is thinner than the present; 1.72 puts 4.6 % in 90 days.
RECENT = 1.72
US_PER_DAY = 86_400_000_000
US_PER_MINUTE = 60_000_000


@dataclass(frozen=True)
class Batch:
    """`incidents` as in the table; `earlier` are versions they superseded, with `superseded_at`;
    `reports` have `incident_id` and no hash or id of their own; `by_feed` counts by source code.
    """

    incidents: pa.Table
    earlier: pa.Table
    reports: pa.Table
    by_feed: dict[int, int]


def build_batch(
    places: Places,
    place: np.ndarray,
    numbers: np.ndarray,
    rng: np.random.Generator,
    span: tuple[datetime, datetime],
    now: datetime,
    runs_from: int,
) -> Batch:
    """A batch: one row for each element of `place` (row of `places`, -1 for no position).

    All happened within `span`, and all that is known of it was known by `now`.
    """
    n = len(place)
    codes = _codes(rng, n)
    occurred, last, precision = _times(rng, n, span)
    first_known, known = _known(rng, last, now)
    is_updated = rng.random(n) < UPDATED_SHARE
    recorded = np.where(is_updated, known, first_known)
    where = _where(places, place, rng)
    words = write_words(places, place, numbers, codes, rng)
    columns: dict[str, Any] = {
        "incident_id": words["incident_id"],
        "version": np.ones(n, np.int32),
        "title": words["title"],
        "summary": words["summary"],
        **codes,
        "reliability": pick_words(("A", "B", "C", "F"), rng.integers(0, 4, n)),
        "credibility": pick_words(("1", "2", "3", "6"), rng.integers(0, 4, n)),
        "occurred_at": at_moments(occurred),
        "last_at": at_moments(last),
        "time_precision": precision,
        **where,
        "place": words["place"],
        **{name: words[name] for name in words if name.startswith("vessel_")},
        "reference": words["reference"],
        "source_name": pick_words([f"DEMO {f.title}" for f in FEEDS], codes["source"] - 1),
        "source_url": repeat_word("", n),
        "source_type": words["type"],
        "source_severity": repeat_word("", n),
        "source_navarea": repeat_word("", n),
        "source_subregion": repeat_word("", n),
        "hazard_rule": repeat_word("demo", n),
        "act_rule": repeat_word("demo", n),
        "severity_rule": repeat_word("demo", n),
        "facts": write_facts(occurred, where),
        "search_text": words["search_text"],
        "recorded_at": at_moments(recorded),
    }
    columns["version"] = np.where(is_updated, 2, 1).astype(np.int32)
    incidents = pa.table(columns)
    reports = _reports(incidents, words, codes["source"], first_known, runs_from)
    found, counts = np.unique(codes["source"], return_counts=True)
    by_feed = dict(zip(found.tolist(), counts.tolist(), strict=True))
    return Batch(incidents, _earlier(incidents, is_updated, first_known), reports, by_feed)


def _earlier(incidents: pa.Table, is_updated: np.ndarray, first_known: np.ndarray) -> pa.Table:
    """The first versions of those that were updated: a level less grave, known earlier."""
    at = np.flatnonzero(is_updated)
    first = incidents.take(at)
    severity = np.maximum(first["severity"].to_numpy().astype(int) - 1, 1).astype(np.uint8)
    changed = {
        "version": np.ones(len(at), np.int32),
        "severity": severity,
        "recorded_at": at_moments(first_known[at]),
    }
    for name, values in changed.items():
        first = first.set_column(first.column_names.index(name), name, pa.array(values))
    return first.append_column("superseded_at", incidents["recorded_at"].take(at))


def _codes(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    terms = hazards().terms
    weights = np.array([COMMON.get(term.slug, RARE) for term in terms])
    kind = rng.choice(len(terms), n, p=weights / weights.sum())
    limits = np.array([np.cumsum(GRAVE if t.slug in GRAVE_TYPES else USUAL)[:4] for t in terms])
    severity = 1 + (rng.random(n)[:, None] > limits[kind]).sum(axis=1)
    domain = np.array([DOMAINS.code(domain_of(term.slug)) for term in terms], np.uint8)
    return {
        "hazard": np.array([term.code for term in terms], np.uint8)[kind],
        "domain": domain[kind],
        "severity": severity.astype(np.uint8),
        "act": _choose(rng, n, ACTS.terms, ACT_SHARES),
        "verification": _choose(rng, n, VERIFICATIONS.terms, VERIFICATION_SHARES),
        "status": _choose(rng, n, LIFECYCLES.terms, STATUS_SHARES),
        "tlp": _choose(rng, n, MARKINGS.terms, MARKING_SHARES),
        "source": _choose(rng, n, FEEDS, SOURCE_SHARES),
    }


def _choose(
    rng: np.random.Generator, n: int, terms: Sequence[Any], shares: Sequence[float]
) -> np.ndarray:
    codes = np.array([term.code for term in terms], np.uint8)
    return codes[np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")]


def _times(
    rng: np.random.Generator, n: int, span: tuple[datetime, datetime]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last moment in microseconds of the epoch, and the time precision's code."""
    start, end = (int(np.datetime64(t, "us").astype(np.int64)) for t in span)
    age = rng.random(n) ** RECENT * (end - start - US_PER_DAY)
    at = end - US_PER_DAY - age.astype(np.int64)
    is_date = rng.random(n) < DATE_ONLY_SHARE
    unit = np.where(is_date, US_PER_DAY, US_PER_MINUTE)
    occurred = at // unit * unit
    last = np.where(is_date, occurred + US_PER_DAY - 1, occurred)
    precision = np.where(is_date, TIME_PRECISIONS.code("date"), TIME_PRECISIONS.code("instant"))
    return occurred, last, precision.astype(np.uint8)


def _known(
    rng: np.random.Generator, last: np.ndarray, now: datetime
) -> tuple[np.ndarray, np.ndarray]:
    """When it was first known, days after it happened, and when more was, up to now."""
    end = int(np.datetime64(now, "us").astype(np.int64))
    lag = (rng.exponential(3.0, len(last)) * US_PER_DAY).astype(np.int64)
    first = np.minimum(last + lag, end - US_PER_MINUTE)
    later = (rng.random(len(last)) ** 3 * (end - first)).astype(np.int64)
    return first, np.maximum(first + later, first + US_PER_MINUTE)


def _where(places: Places, place: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """The columns of place; empty as ingest leaves them where there is no position."""
    n = len(place)
    missing = place < 0
    names = ("none", "exact", "reported", "approximate", "area")
    none, exact, reported, approximate, area = (POSITION_PRECISIONS.code(name) for name in names)
    drawn = np.array([exact, reported, approximate, area], np.uint8)
    precision = drawn[np.searchsorted([0.25, 0.90, 0.98], rng.random(n))]
    precision = np.where(missing, none, precision).astype(np.uint8)
    doubtful = precision == approximate
    uncertainty = np.where(precision == area, 30.0, np.where(doubtful, 5.0, 0.0))
    return {
        "lon": pa.array(places.lon[place], mask=missing),
        "lat": pa.array(places.lat[place], mask=missing),
        "cell": pa.array(places.cell[place], mask=missing),
        "position_precision": precision,
        "uncertainty_nm": uncertainty,
        "position_written": words_at(places.written, place),
        "region": np.where(missing, 0, places.region[place]).astype(np.uint8),
        "areas": np.where(missing, np.uint64(0), places.areas[place]),
        "navarea": np.where(missing, 0, places.navarea[place]).astype(np.uint8),
        "port": words_at(places.port, place),
        "port_distance_nm": pa.array(places.port_distance_nm[place], mask=missing),
        "coast_distance_nm": pa.array(places.coast_distance_nm[place], mask=missing),
        "zone": np.where(missing, 0, places.zone[place]).astype(np.uint8),
        "flags": pick_words(("", "position-conflict"), doubtful.astype(np.int64)),
    }


def _reports(
    incidents: pa.Table,
    words: dict[str, pa.Array],
    source: np.ndarray,
    received: np.ndarray,
    runs_from: int,
) -> pa.Table:
    """One report an incident; its bytes say again what the incident's facts say."""
    found = np.unique(source)
    runs = runs_from + np.searchsorted(found, source)
    kept = incidents.select(
        ["incident_id", "source", "reference", "tlp", "reliability", "credibility"]
    )
    raw = join_words('{"reference": "', words["reference"], '", "facts": ', incidents["facts"], "}")
    return (
        kept.append_column("raw", raw.cast(pa.binary()))
        .append_column("issued_at", incidents["last_at"])
        .append_column("received_at", at_moments(received))
        .append_column("run_id", pa.array(runs.astype(np.int64)))
    )

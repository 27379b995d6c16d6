"""Reports become incidents: placed on the globe, classified, flagged, ready for the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from cop.feeds.feed import Feed
from cop.geography import Geography
from cop.model.classify import Texts, classify, read_rules, read_signals, texts_of
from cop.model.marking import parse_marking
from cop.model.report import Classification, Report
from cop.model.text import fold
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    POSITION_PRECISIONS,
    SEVERITIES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    ZONES,
    areas,
    domain_of,
    hazards,
    regions,
)
from cop.store.cells import cells_of

TERRITORIAL_SEA_NM = 12.0
# Harbours and rivers reach inland; a position deeper than this is more likely a mistake.
FAR_INLAND_NM = 5.0
_TICK = timedelta(microseconds=1)
_encode_facts = json.JSONEncoder(ensure_ascii=False).encode
SignalsOf = Callable[[Texts], int]
UNCERTAIN = frozenset(("null-island", "on-land", "position-conflict", "region-conflict"))


def warm_up(geography: Geography) -> None:
    """Read the rules and the reference geography, so that the first report need not wait for them.

    Takes a second or two once a process; a server calls it in the background when it starts.
    """
    read_rules()
    geography.locate(np.zeros(1), np.zeros(1))


def build_incidents(
    feed: Feed,
    geography: Geography,
    batch: Sequence[tuple[Report, str, int]],
    signals_of: SignalsOf = read_signals,
) -> pa.Table:
    """Rows of `incidents` for (report, incident id, version), in order; no `recorded_at`."""
    reports = [report for report, _, _ in batch]
    lon = np.array([r.position.lon if r.position else np.nan for r in reports], float)
    lat = np.array([r.position.lat if r.position else np.nan for r in reports], float)
    places = geography.locate(lon, lat)
    coast_nm = places["coast_distance_nm"].to_numpy(float)
    # On land the coast is at hand, whatever its distance: harbours and rivers are inside.
    offings = [
        None if np.isnan(nm) else 0.0 if on_land else nm
        for nm, on_land in zip(coast_nm.tolist(), places["on_land"].tolist(), strict=True)
    ]
    judged = [
        classify(report, offing_nm, signals_of(texts_of(report)))
        for report, offing_nm in zip(reports, offings, strict=True)
    ]
    flags = [
        _flags(*each)
        for each in zip(
            reports,
            judged,
            places["region"].tolist(),
            places["navarea"].tolist(),
            (places["inland_nm"] > FAR_INLAND_NM).tolist(),
            strict=True,
        )
    ]
    cells = cells_of(lon, lat)
    masks = [sum(1 << areas().code(slug) for slug in slugs) for slugs in places["areas"].tolist()]
    columns = {
        "incident_id": [incident_id for _, incident_id, _ in batch],
        "version": [version for _, _, version in batch],
        **_stated_columns(feed, reports),
        **_judged_columns(judged),
        "position_precision": [
            POSITION_PRECISIONS.code(_precision(*each)) for each in zip(reports, flags, strict=True)
        ],
        "region": [regions().code(slug) if slug else 0 for slug in places["region"].tolist()],
        "navarea": places["navarea"].tolist(),
        "port": places["port"].tolist(),
        "zone": [ZONES.code(_zone(nm)) for nm in offings],
        "flags": [",".join(each) for each in flags],
    }
    measured = {
        "lon": lon,
        "lat": lat,
        "port_distance_nm": places["port_distance_nm"].to_numpy(float),
        "coast_distance_nm": coast_nm,
    }
    return pa.table(
        columns
        | {name: pa.array(numbers, from_pandas=True) for name, numbers in measured.items()}
        | {"cell": pa.array(cells, mask=cells < 0), "areas": pa.array(masks, pa.uint64())}
    )


def _stated_columns(feed: Feed, reports: list[Report]) -> dict[str, list[Any]]:
    """What the reports say themselves, wherever it was and whatever it is judged to be."""
    spans = [report.occurred for report in reports]
    vessels = [report.vessel for report in reports]
    positions = [report.position for report in reports]
    return {
        "title": [r.title for r in reports],
        "summary": [r.summary for r in reports],
        "verification": [
            VERIFICATIONS.code(r.stated.verification or "unverified") for r in reports
        ],
        "status": [LIFECYCLES.code("new")] * len(reports),
        "tlp": [MARKINGS.code(parse_marking(r.marking or None, feed.marking)) for r in reports],
        "reliability": [r.reliability for r in reports],
        "credibility": [r.credibility for r in reports],
        "occurred_at": [s.start for s in spans],
        "last_at": [s.start if s.precision == "instant" else s.end - _TICK for s in spans],
        "time_precision": [TIME_PRECISIONS.code(s.precision) for s in spans],
        "uncertainty_nm": [p.uncertainty_nm if p else 0.0 for p in positions],
        "position_written": [p.written if p else "" for p in positions],
        "place": [r.place for r in reports],
        "vessel_name": [v.name for v in vessels],
        "vessel_type": [v.type for v in vessels],
        "vessel_flag": [v.flag for v in vessels],
        "vessel_imo": [v.imo for v in vessels],
        "vessel_mmsi": [v.mmsi for v in vessels],
        "vessel_call_sign": [v.call_sign for v in vessels],
        "vessel_status": [v.status for v in vessels],
        "source": [feed.code] * len(reports),
        "reference": [r.reference for r in reports],
        "source_name": [r.source_name or feed.title for r in reports],
        "source_url": [r.source_url for r in reports],
        "source_type": [r.source_type for r in reports],
        "source_severity": [r.source_severity for r in reports],
        "source_navarea": [r.source_navarea for r in reports],
        "source_subregion": [r.source_subregion for r in reports],
        "facts": [_encode_facts(dict(r.facts)) for r in reports],
        "search_text": [
            search_text(r.title, r.summary, r.vessel.name, r.vessel.imo, r.reference)
            for r in reports
        ],
    }


def _judged_columns(judged: list[Classification]) -> dict[str, list[Any]]:
    """What the reports were judged to be, and the rules that said so."""
    return {
        "hazard": [hazards().code(j.hazard) for j in judged],
        "domain": [DOMAINS.code(domain_of(j.hazard)) for j in judged],
        "severity": [SEVERITIES.code(str(j.severity)) for j in judged],
        "act": [ACTS.code(j.act) for j in judged],
        "hazard_rule": [j.hazard_rule for j in judged],
        "act_rule": [j.act_rule for j in judged],
        "severity_rule": [j.severity_rule for j in judged],
    }


def search_text(*fields: str) -> str:
    """The folded fields that `q` searches, one a line: a word never spans two of them."""
    return "\n".join(fold(field) for field in fields)


def _flags(
    report: Report, judged: Classification, region: str, navarea: int, far_inland: bool
) -> tuple[str, ...]:
    """The report's own flags with those of its place and its classification, each once."""
    flags = [*report.flags, *judged.flags]
    if far_inland:
        flags.append("on-land")
    if report.stated.region and region and report.stated.region != region:
        flags.append("region-conflict")
    if report.source_navarea and navarea and NAVAREAS.code(report.source_navarea) != navarea:
        flags.append("navarea-differs")
    return tuple(dict.fromkeys(flags))


def _precision(report: Report, flags: tuple[str, ...]) -> str:
    """How sure the plotted position is: a doubtful one is never drawn as certain."""
    if report.position is None:
        return "none"
    if UNCERTAIN.intersection(flags) and report.position.precision in ("exact", "reported"):
        return "approximate"
    return report.position.precision


def _zone(offing_nm: float | None) -> str:
    if offing_nm is None:
        return "unknown"
    return "inside-12nm" if offing_nm <= TERRITORIAL_SEA_NM else "beyond-12nm"

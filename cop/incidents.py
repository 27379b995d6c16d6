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
    rows = [
        _row(feed, report, incident_id, version, place, signals_of(texts_of(report)))
        for (report, incident_id, version), place in zip(
            batch, places.itertuples(index=False), strict=True
        )
    ]
    cells = cells_of(lon, lat)
    masks = [sum(1 << areas().code(slug) for slug in slugs) for slugs in places["areas"]]
    measured = {
        "lon": lon,
        "lat": lat,
        "port_distance_nm": places["port_distance_nm"].to_numpy(float),
        "coast_distance_nm": places["coast_distance_nm"].to_numpy(float),
    }
    return pa.table(
        {name: [row[name] for row in rows] for name in rows[0]}
        | {name: pa.array(numbers, from_pandas=True) for name, numbers in measured.items()}
        | {"cell": pa.array(cells, mask=cells < 0), "areas": pa.array(masks, pa.uint64())}
    )


def _row(
    feed: Feed, report: Report, incident_id: str, version: int, place: Any, signals: int
) -> dict[str, Any]:
    coast_nm = float(place.coast_distance_nm)
    # On land the coast is at hand, whatever its distance: harbours and rivers are inside.
    offing_nm = None if np.isnan(coast_nm) else (0.0 if place.on_land else coast_nm)
    judged = classify(report, offing_nm, signals)
    flags = _flags(report, place, judged)
    vessel, span = report.vessel, report.occurred
    last_at = span.start if span.precision == "instant" else span.end - _TICK
    return {
        "incident_id": incident_id,
        "version": version,
        "title": report.title,
        "summary": report.summary,
        "hazard": hazards().code(judged.hazard),
        "domain": DOMAINS.code(domain_of(judged.hazard)),
        "severity": SEVERITIES.code(str(judged.severity)),
        "act": ACTS.code(judged.act),
        "verification": VERIFICATIONS.code(report.stated.verification or "unverified"),
        "status": LIFECYCLES.code("new"),
        "tlp": MARKINGS.code(parse_marking(report.marking or None, feed.marking)),
        "reliability": report.reliability,
        "credibility": report.credibility,
        "occurred_at": span.start,
        "last_at": last_at,
        "time_precision": TIME_PRECISIONS.code(span.precision),
        "position_precision": POSITION_PRECISIONS.code(_precision(report, flags)),
        "uncertainty_nm": report.position.uncertainty_nm if report.position else 0.0,
        "position_written": report.position.written if report.position else "",
        "place": report.place,
        "region": regions().code(place.region) if place.region else 0,
        "navarea": int(place.navarea),
        "port": place.port,
        "zone": ZONES.code(_zone(offing_nm)),
        "vessel_name": vessel.name,
        "vessel_type": vessel.type,
        "vessel_flag": vessel.flag,
        "vessel_imo": vessel.imo,
        "vessel_mmsi": vessel.mmsi,
        "vessel_call_sign": vessel.call_sign,
        "vessel_status": vessel.status,
        "source": feed.code,
        "reference": report.reference,
        "source_name": report.source_name or feed.title,
        "source_url": report.source_url,
        "source_type": report.source_type,
        "source_severity": report.source_severity,
        "source_navarea": report.source_navarea,
        "source_subregion": report.source_subregion,
        "hazard_rule": judged.hazard_rule,
        "act_rule": judged.act_rule,
        "severity_rule": judged.severity_rule,
        "flags": ",".join(flags),
        "facts": _encode_facts(dict(report.facts)),
        "search_text": search_text(
            report.title, report.summary, vessel.name, vessel.imo, report.reference
        ),
    }


def search_text(*fields: str) -> str:
    """The folded fields that `q` searches, one a line: a word never spans two of them."""
    return "\n".join(fold(field) for field in fields)


def _flags(report: Report, place: Any, judged: Classification) -> tuple[str, ...]:
    """The report's own flags with those of its place and its classification, each once."""
    flags = [*report.flags, *judged.flags]
    if place.on_land and place.inland_nm > FAR_INLAND_NM:
        flags.append("on-land")
    if report.stated.region and place.region and report.stated.region != place.region:
        flags.append("region-conflict")
    if report.source_navarea and place.navarea:
        stated = NAVAREAS.code(report.source_navarea)
        if stated != place.navarea:
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

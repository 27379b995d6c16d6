"""Judged rows of our own columns as rows of `incidents`: what `cop.incidents` makes, by column."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cop.feeds import columns as feed
from cop.feeds.columns import FEED, Judged, flag_names, report_of
from cop.geography import Geography
from cop.incidents import (
    FAR_INLAND_NM,
    TERRITORIAL_SEA_NM,
    UNCERTAIN,
    search_text,
)
from cop.model.classify import classify
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    POSITION_PRECISIONS,
    SEVERITIES,
    VERIFICATIONS,
    ZONES,
    areas,
    domain_of,
    hazards,
    regions,
)
from cop.store.cells import cells_of

MOST_PLACES = 500_000


def build_rows(places: Places, judged: Judged, ids: pa.Array, versions: np.ndarray) -> pa.Table:
    """Rows of `incidents`, in order, without `recorded_at`: as `cop.incidents` builds them."""
    texts, codes, n = judged.texts, judged.codes, len(judged)
    # 180 is -180 here: the regions end at the one and begin at the other.
    found = places.locate(np.where(judged.lon == 180.0, -180.0, judged.lon), judged.lat)
    coast = found["coast_distance_nm"].to_numpy(float)
    offing = np.where(found["on_land"], 0.0, coast)
    decided = _decide(judged, offing)
    inland = found["on_land"].to_numpy(bool) & (found["inland_nm"].to_numpy(float) > FAR_INLAND_NM)
    flags, doubtful = _flags(judged, decided, inland)
    precision = codes["position_precision"]
    sure = [POSITION_PRECISIONS.code(word) for word in ("exact", "reported")]
    approximate = POSITION_PRECISIONS.code("approximate")
    domain = np.zeros(256, np.int64)
    for term in hazards():
        domain[term.code] = DOMAINS.code(domain_of(term.slug))
    region = {"": 0} | {slug: regions().code(slug) for slug in regions().slugs}
    cell = cells_of(judged.lon, judged.lat)
    near = np.isnan(coast)
    zone = np.where(
        near,
        ZONES.code("unknown"),
        np.where(
            offing <= TERRITORIAL_SEA_NM, ZONES.code("inside-12nm"), ZONES.code("beyond-12nm")
        ),
    )
    verification = np.where(
        codes["verification"] < 0, VERIFICATIONS.code("unverified"), codes["verification"]
    )
    status = np.where(codes["status"] < 0, LIFECYCLES.code("new"), codes["status"])
    empty = repeat("", n, pa.string())
    return pa.table(
        {
            "incident_id": ids,
            "version": versions.astype(np.int32),
            "title": texts["title"],
            "summary": texts["summary"],
            "hazard": decided["hazard"].astype(np.uint8),
            "domain": domain[decided["hazard"]].astype(np.uint8),
            "severity": decided["severity"].astype(np.uint8),
            "act": decided["act"].astype(np.uint8),
            "verification": verification.astype(np.uint8),
            "status": status.astype(np.uint8),
            "tlp": codes["tlp"].astype(np.uint8),
            "reliability": texts["reliability"],
            "credibility": texts["credibility"],
            "occurred_at": judged.occurred.view("datetime64[us]"),
            "last_at": judged.last.view("datetime64[us]"),
            "time_precision": codes["time_precision"].astype(np.uint8),
            "position_precision": np.where(
                doubtful & np.isin(precision, sure), approximate, precision
            ).astype(np.uint8),
            "uncertainty_nm": judged.uncertainty_nm,
            "position_written": texts["position_written"],
            "place": texts["place"],
            "region": found["region"].map(region).to_numpy(np.uint8),
            "navarea": found["navarea"].to_numpy(np.uint8),
            "port": pa.array(found["port"], pa.string()),
            "zone": zone.astype(np.uint8),
            **{name: texts[name] for name in texts if name.startswith("vessel_")},
            "source": repeat(FEED.code, n, pa.uint8()),
            "reference": judged.reference,
            "source_name": texts["source_name"],
            "source_url": texts["source_url"],
            "source_type": texts["source_type"],
            "source_severity": texts["source_severity"],
            "source_navarea": empty,
            "source_subregion": empty,
            "hazard_rule": decided["hazard_rule"],
            "act_rule": decided["act_rule"],
            "severity_rule": decided["severity_rule"],
            "flags": flags,
            "facts": pa.array([f'{{"row": "{digest}"}}' for digest in judged.digest]),
            "search_text": _search_texts(judged),
            "lon": pa.array(judged.lon, from_pandas=True),
            "lat": pa.array(judged.lat, from_pandas=True),
            "port_distance_nm": pa.array(found["port_distance_nm"], from_pandas=True),
            "coast_distance_nm": pa.array(coast, from_pandas=True),
            "cell": pa.array(cell, mask=cell < 0),
            "areas": pa.array(found["areas"], pa.uint64()),
        }
    )


class Places:
    """Where positions lie; many rows of a file share one, which is looked up once.

    Safe to share between threads.
    """

    def __init__(self, geography: Geography) -> None:
        self._geography = geography
        self._locating = Lock()
        self._known = pd.Index([], dtype=np.complex128)
        self._found = pd.DataFrame()

    def locate(self, lon: np.ndarray, lat: np.ndarray) -> pd.DataFrame:
        """As `Geography.locate`, with `areas` as a bit mask of area codes."""
        # A position that is not known stands beyond the pole, which none that is can do.
        pairs = np.where(np.isnan(lon), 1000.0, lon) + 1j * np.where(np.isnan(lat), 1000.0, lat)
        codes, unique = pd.factorize(pairs)
        with self._locating:
            return self._find(unique).take(codes)

    def _find(self, unique: np.ndarray) -> pd.DataFrame:
        fresh = unique[self._known.get_indexer(pd.Index(unique)) < 0]
        if len(fresh):
            if len(self._known) > MOST_PLACES:
                self._known, self._found, fresh = self._known[:0], self._found[:0], unique
            made = self._geography.locate(fresh.real.copy(), fresh.imag.copy())
            masks = [sum(1 << areas().code(slug) for slug in slugs) for slugs in made["areas"]]
            made = made.assign(areas=np.array(masks, np.uint64))
            known = [self._found, made] if len(self._found) else [made]
            self._found = pd.concat(known, ignore_index=True)
            self._known = self._known.append(pd.Index(fresh))
        return self._found.take(self._known.get_indexer(pd.Index(unique)))


def _decide(judged: Judged, offing: np.ndarray) -> dict[str, Any]:
    """Hazard, act and severity as stated; by the rules where a row leaves one of them out."""
    codes, n = judged.codes, len(judged)
    decided: dict[str, Any] = {name: codes[name].copy() for name in ("hazard", "act", "severity")}
    rules = {f"{name}_rule": np.full(n, "stated", object) for name in decided}
    flags: dict[int, tuple[str, ...]] = {}
    unstated = np.any([codes[name] < 0 for name in decided], axis=0)
    for row in np.flatnonzero(unstated).tolist():
        distance = float(offing[row])
        verdict = classify(report_of(judged, row), None if np.isnan(distance) else distance)
        decided["hazard"][row] = hazards().code(verdict.hazard)
        decided["act"][row] = ACTS.code(verdict.act)
        decided["severity"][row] = SEVERITIES.code(str(verdict.severity))
        rules["hazard_rule"][row] = verdict.hazard_rule
        rules["act_rule"][row] = verdict.act_rule
        rules["severity_rule"][row] = verdict.severity_rule
        if verdict.flags:
            flags[row] = verdict.flags
    words = {
        name: pa.array(rule, pa.string()) if unstated.any() else repeat("stated", n, pa.string())
        for name, rule in rules.items()
    }
    return decided | words | {"flags": flags}


def _flags(
    judged: Judged, decided: dict[str, Any], inland: np.ndarray
) -> tuple[pa.Array, np.ndarray]:
    """The flags of each row, joined by commas, and which positions are doubtful for them."""
    on_land = 1 << len(feed.FLAGS)
    bits = judged.flags | np.where(inland, on_land, 0)
    unique, codes = np.unique(bits, return_inverse=True)
    names = [
        (*flag_names(mask), *(("on-land",) if mask & on_land else ())) for mask in unique.tolist()
    ]
    joined = pa.array([",".join(row) for row in names], pa.string()).take(pa.array(codes))
    doubtful = np.array([bool(UNCERTAIN.intersection(row)) for row in names], bool)[codes]
    judged_flags: dict[int, tuple[str, ...]] = decided["flags"]
    if judged_flags:
        every = joined.to_pylist()
        for row, found in judged_flags.items():
            own = flag_names(int(judged.flags[row]))
            land = ("on-land",) if inland[row] else ()
            every[row] = ",".join(dict.fromkeys((*own, *found, *land)))
            doubtful[row] |= bool(UNCERTAIN.intersection(found))
        joined = pa.array(every, pa.string())
    return joined, doubtful


def _search_texts(judged: Judged) -> pa.Array:
    """As `search_text`: what is plain ASCII on clean lines is folded at once."""
    texts = judged.texts
    names = ("title", "summary", "vessel_name", "vessel_imo")
    fields = [*(texts[name] for name in names), judged.reference]
    joined = pc.utf8_lower(pc.binary_join_element_wise(*fields, "\n"))
    odd = pc.or_(pc.invert(pc.string_is_ascii(joined)), pc.match_substring(texts["summary"], "\n"))
    if pc.any(odd).as_py():
        rows = zip(*(field.filter(odd).to_pylist() for field in fields), strict=True)
        made = pa.array([search_text(*row) for row in rows], pa.string())
        joined = pc.replace_with_mask(joined, odd, made)
    return joined


def repeat(value: Any, n: int, kind: pa.DataType) -> pa.Array:
    """The same value n times."""
    return pa.array([value], kind).take(pa.array(np.zeros(n, np.int8)))

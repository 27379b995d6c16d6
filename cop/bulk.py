"""Our own columns from bytes to the store by the hundred thousand: a chunk of rows at a time.

The same rules as `cop.ingest`, for columns instead of records: received = accepted + quarantined +
rejected, accepted = new + updated + unchanged; what was said before, word for word, or in another
layout, changes nothing. One file is one audited transaction, however many chunks it has.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cop.errors import BadInput, NotThisFormat
from cop.feeds import columns as feed
from cop.feeds.columns import FEED, Judged, flag_names, judge, report_of
from cop.formats import columns as table
from cop.geography import Geography
from cop.incidents import (
    FAR_INLAND_NM,
    TERRITORIAL_SEA_NM,
    UNCERTAIN,
    search_text,
)
from cop.ingest import Tally, begin_run, incident_id_of, judge_run, keep_defects, record_failure
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
from cop.store import Store, Writer
from cop.store.cells import cells_of

# DuckDB writes as many parts of a table at once as it is given.
PARTS = 2
MOST_PLACES = 500_000
# Of records set aside in one run so many are kept with their bytes; all are counted.
MOST_KEPT = 10_000
_SAFE = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$"


def ingest_columns(
    store: Store, geography: Geography, data: bytes, *, actor: str, name: str = ""
) -> Tally:
    """Take one table of our own columns into the store, in one transaction; what became of it.

    Raises NotThisFormat, after recording the failed run, where the input is no such table: what the
    store held before stays. A demo world takes nothing in.
    """
    if store.read("meta", None).get("world") == "demo":
        raise BadInput("this store holds a demo world; reports are taken into the live one only")
    run = begin_run(FEED, data, name, store.clock())
    try:
        header = table.header_of(data)
        with store.write(actor=actor, action="feed.ingest", subject=FEED.id) as writer:
            writer.keep_once()
            run_id = writer.next_number("feed_runs", "run_id")
            counts: Counter[str] = Counter()
            reasons: Counter[str] = Counter()
            places = _Places(geography)
            for judged in _judge_ahead(data, run["started_at"]):
                counts.update(_take_in(writer, places, judged, run_id, run["started_at"]))
                room = MOST_KEPT - counts["quarantined"]
                if judged.defects and room > 0:
                    keep_defects(writer, FEED, list(judged.defects[:room]), run_id, header)
                counts["quarantined"] += len(judged.defects)
                reasons.update(defect.reason for defect in judged.defects)
            tally = _close_run(writer, run, run_id, counts, store)
            if reasons:
                writer.note(reasons=dict(reasons.most_common(20)))
    except NotThisFormat as error:
        record_failure(store, FEED, data, run, str(error), actor)
        raise
    return tally


def _judge_ahead(data: bytes, received_at: datetime) -> Iterator[Judged]:
    """The chunks of a table, each read and judged while the one before it is being written."""
    chunks = table.parse(data)

    def judge_next() -> Judged | None:
        chunk = next(chunks, None)
        return None if chunk is None else judge(chunk, received_at)

    with ThreadPoolExecutor(1, thread_name_prefix="cop-bulk") as ahead:
        coming = ahead.submit(judge_next)
        while (judged := coming.result()) is not None:
            coming = ahead.submit(judge_next)
            yield judged


def _close_run(
    writer: Writer, run: dict[str, Any], run_id: int, counts: Counter[str], store: Store
) -> Tally:
    fates = {fate: counts[fate] for fate in ("new", "updated", "unchanged")}
    accepted = sum(fates.values())
    tally = Tally(
        FEED.id,
        received=accepted + counts["quarantined"],
        accepted=accepted,
        quarantined=counts["quarantined"],
        **fates,
    )
    state, reason = judge_run(tally)
    told = {k: v for k, v in asdict(tally).items() if k != "feed"}
    ended = {"run_id": run_id, "finished_at": store.clock(), "state": state, "reason": reason}
    writer.add_run(run | told | ended)
    writer.note(run_id=run_id, **asdict(tally))
    return tally


def _take_in(
    writer: Writer, places: _Places, judged: Judged, run_id: int, received_at: datetime
) -> Counter[str]:
    """Write what is new or changed of a chunk; how many rows were new, updated and unchanged."""
    fates: Counter[str] = Counter()
    if not len(judged):
        return fates
    # Rows that speak of one reference are taken in one after the other.
    turn = pd.Series(judged.reference.dictionary_encode().indices.to_numpy())
    turns = turn.groupby(turn, sort=False).cumcount().to_numpy()
    for number in range(int(turns.max()) + 1):
        rows = np.flatnonzero(turns == number)
        part = judged if len(rows) == len(judged) else _pick(judged, rows)
        fates.update(_take_turn(writer, places, part, run_id, received_at))
    return fates


def _take_turn(
    writer: Writer, places: _Places, judged: Judged, run_id: int, received_at: datetime
) -> Counter[str]:
    """As `_take_in`, for rows that each have a reference of their own."""
    references = judged.reference.to_pylist()
    ids = _incident_ids(judged.reference)
    known = {row[1]: row for row in writer.known_facts(FEED.code, references)}
    if not known:
        _add_new(writer, places, judged, ids, run_id, received_at)
        return Counter(new=len(judged))
    said = set(writer.known_raw(FEED.code, references))
    new, updated, restated, versions = [], [], [], []
    fates: Counter[str] = Counter()
    for n, reference in enumerate(references):
        before = known.get(reference)
        if before is None:
            new.append(n)
            continue
        if (reference, sha256(judged.raw[n].as_py()).hexdigest()) in said:
            fates["unchanged"] += 1
            continue
        restated.append(n)
        same = json.loads(before[3]).get("row") == judged.digest[n]
        if same and before[4] == judged.codes["tlp"][n]:
            fates["unchanged"] += 1
        else:
            updated.append(n)
            versions.append(before[2] + 1)
    if new:
        part = _pick(judged, np.array(new))
        _add_new(writer, places, part, ids.take(pa.array(new)), run_id, received_at)
    if restated:
        part = _pick(judged, np.array(restated))
        _keep_reports(writer, part, ids.take(pa.array(restated)), run_id, received_at)
    if updated:
        part = _pick(judged, np.array(updated))
        rows = build_rows(places, part, ids.take(pa.array(updated)), np.array(versions))
        writer.put_incidents(rows)
    return fates + Counter(new=len(new), updated=len(updated))


def _pick(judged: Judged, rows: np.ndarray) -> Judged:
    return replace(
        judged,
        reference=judged.reference.take(rows),
        raw=judged.raw.take(rows),
        codes={name: codes[rows] for name, codes in judged.codes.items()},
        texts={name: text.take(rows) for name, text in judged.texts.items()},
        occurred=judged.occurred[rows],
        last=judged.last[rows],
        lon=judged.lon[rows],
        lat=judged.lat[rows],
        uncertainty_nm=judged.uncertainty_nm[rows],
        flags=judged.flags[rows],
        digest=[judged.digest[row] for row in rows.tolist()],
        defects=(),
    )


def _incident_ids(references: pa.Array) -> pa.Array:
    """As `incident_id_of`, for many: only references with odd characters are made one by one."""
    ids = pc.binary_join_element_wise(pa.scalar(FEED.id), references, "-")
    odd = pc.invert(pc.match_substring_regex(references, _SAFE))
    if pc.any(odd).as_py():
        made = [incident_id_of(FEED.id, r) for r in references.filter(odd).to_pylist()]
        ids = pc.replace_with_mask(ids, odd, pa.array(made, pa.string()))
    return ids


def _add_new(
    writer: Writer,
    places: _Places,
    judged: Judged,
    ids: pa.Array,
    run_id: int,
    received_at: datetime,
) -> None:
    """Rows of references never heard of: nothing has to be looked up or taken out for them."""
    rows = build_rows(places, judged, ids, np.ones(len(judged), np.int32))
    writer.add_incidents(_split(rows))
    _keep_reports(writer, judged, ids, run_id, received_at)


def _reports(judged: Judged, ids: pa.Array, run_id: int, received_at: datetime) -> pa.Table:
    n = len(judged)
    return pa.table(
        {
            "incident_id": ids,
            "source": _same(FEED.code, n, pa.uint8()),
            "reference": judged.reference,
            "raw": judged.raw,
            "tlp": pa.array(judged.codes["tlp"], pa.uint8()),
            "reliability": judged.texts["reliability"],
            "credibility": judged.texts["credibility"],
            "issued_at": pa.nulls(n, pa.timestamp("us")),
            "received_at": _same(received_at, n, pa.timestamp("us")),
            "run_id": _same(run_id, n, pa.int64()),
        }
    )


def _keep_reports(
    writer: Writer, judged: Judged, ids: pa.Array, run_id: int, received_at: datetime
) -> None:
    """Keep rows as reports, each joined to its incident."""
    digests = [sha256(raw).hexdigest() for raw in judged.raw.to_pylist()]
    short = pa.array([digest[:12] for digest in digests])
    report_ids = pc.binary_join_element_wise(ids, short, "-")
    reports = _reports(judged, ids, run_id, received_at).drop_columns(["incident_id"])
    named = reports.append_column("report_id", report_ids)
    writer.add_reports(_split(named.append_column("raw_sha256", pa.array(digests))))
    n = len(judged)
    writer.link_reports(
        pa.table(
            {
                "incident_id": ids,
                "report_id": report_ids,
                "score": _same(1.0, n, pa.float64()),
                "reason": _same("same source, same reference", n, pa.string()),
            }
        )
    )


def build_rows(places: _Places, judged: Judged, ids: pa.Array, versions: np.ndarray) -> pa.Table:
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
    empty = _same("", n, pa.string())
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
            "source": _same(FEED.code, n, pa.uint8()),
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


class _Places:
    """Where positions lie; many rows of a file share one, which is looked up once."""

    def __init__(self, geography: Geography) -> None:
        self._geography = geography
        self._known = pd.Index([], dtype=np.complex128)
        self._found = pd.DataFrame()

    def locate(self, lon: np.ndarray, lat: np.ndarray) -> pd.DataFrame:
        """As `Geography.locate`, with `areas` as a bit mask of area codes."""
        # A position that is not known stands beyond the pole, which none that is can do.
        pairs = np.where(np.isnan(lon), 1000.0, lon) + 1j * np.where(np.isnan(lat), 1000.0, lat)
        codes, unique = pd.factorize(pairs)
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
        return self._found.take(self._known.get_indexer(pd.Index(unique))[codes])


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
        name: pa.array(rule, pa.string()) if unstated.any() else _same("stated", n, pa.string())
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


def _split(rows: pa.Table) -> pa.Table:
    """The same rows in parts that are written side by side."""
    return pa.Table.from_batches(rows.to_batches(max_chunksize=-(-len(rows) // PARTS) or 1))


def _same(value: Any, n: int, kind: pa.DataType) -> pa.Array:
    return pa.array([value], kind).take(pa.array(np.zeros(n, np.int8)))

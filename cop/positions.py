"""From AIS bytes to the store: NMEA sentences, CSV or Parquet, told apart by what they hold.

Conservation as in `cop.ingest`: received = accepted + quarantined + rejected, and accepted = new +
updated + unchanged. A message is one record however many sentences it took. A record is `new` when
it brings a position, or the first particulars of a vessel; `updated` when it only changes a
vessel's particulars; `unchanged` when the store has it, or when it says nothing that is kept (a
position "not available", a message of another type: the audit says how many of each).

Undated sentences are dated by when their bytes were first received, so that the same file read
again changes nothing. What a receiver hears is its operator's own data: AMBER, unless a row of our
own layout says otherwise.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely

from cop.errors import NotThisFormat
from cop.feeds.feed import CURRENT
from cop.formats.ais_csv import (
    header_of,
    is_ais_csv,
    is_parquet,
    parse_ais_csv,
    parse_ais_parquet,
)
from cop.formats.nmea import AisMessage, is_nmea, parse_nmea
from cop.formats.position_batch import (
    NO_COG,
    NO_HEADING,
    NO_SOG,
    POSITION_COLUMNS,
    PositionBatch,
    empty_positions,
    particulars_of,
)
from cop.geography import Geography, Zones
from cop.geography.prepared import touches
from cop.ingest import Tally, marking_written
from cop.model.marking import FLOOR_WHEN_UNDECLARED
from cop.model.report import Defect
from cop.model.vessel_position import (
    E7,
    FUTURE,
    FUTURE_AFTER,
    PARTICULARS,
    VesselParticulars,
    VesselPosition,
)
from cop.model.vocabulary import MARKINGS, areas, regions
from cop.store import Store
from cop.store.position_density import DENSITY_ZOOM
from cop.store.tiles import tiles_of

FEED = "ais"
MARKING = FLOOR_WHEN_UNDECLARED
# What `cop.feeds.feed.Feed` says of a source of reports; positions come in another way.
SOURCE = {
    "feed": FEED,
    "title": "AIS positions of vessels",
    "publisher": "the operator's own receivers and files",
    "licence": "the operator's own; of a published file, its publisher's",
    "attribution": "as named by the operator who read the file",
    "kind": CURRENT,
    "marking": MARKING,
}
BATCH_RECORDS = 200_000
# What is kept of records set aside, per run; all are counted, by reason, in the audit.
MOST_KEPT = 1_000
MOST_RAW_BYTES = 1 << 20
MOST_RAW_OF_ONE = 4_096


@dataclass(slots=True)
class _SetAside:
    """Records not taken in: all counted, the first ones kept with their bytes.

    `header` is the header row of a table, which says in which cell a marking stands.
    """

    header: bytes = b""
    quarantined: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    kept: list[Defect] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    markings: list[str] = field(default_factory=list)
    raw_bytes: int = 0

    def add(self, defects: Iterable[Defect]) -> None:
        for defect in defects:
            if defect.kind == "quarantined":
                self.quarantined += 1
            else:
                self.rejected += 1
            self.reasons[defect.reason] += 1
            if len(self.kept) >= MOST_KEPT:
                continue
            # Of what is no record of this format only the hash is kept.
            raw = defect.raw[:MOST_RAW_OF_ONE] if defect.kind == "quarantined" else b""
            if self.raw_bytes + len(raw) > MOST_RAW_BYTES:
                raw = b""
            self.raw_bytes += len(raw)
            self.hashes.append(hashlib.sha256(defect.raw).hexdigest())
            # Of a record that was not understood the marking counts all the same.
            self.markings.append(marking_written(defect.raw, self.header, MARKING))
            self.kept.append(
                Defect(defect.kind, defect.reason, raw, defect.reference, defect.field)
            )


def ingest_positions(
    store: Store, geography: Geography, data: bytes, *, actor: str, name: str = ""
) -> Tally:
    """Take one file of AIS into the store, in one transaction; what became of its records.

    Raises NotThisFormat, after recording the failed run, where the input is none of the formats.
    """
    started_at = store.clock()
    digest = hashlib.sha256(data).hexdigest()
    run = {
        "feed": FEED,
        "input_name": name[:200],
        "input_sha256": digest,
        "started_at": started_at,
    }
    received_at = store.read("position_first_received", None, sha256=digest) or started_at
    header = header_of(data[:8_192]) if not is_parquet(data) and is_ais_csv(data) else b""
    aside = _SetAside(header)
    try:
        batches = [_settle(batch, aside) for batch in read_batches(data, received_at)]
    except NotThisFormat as error:
        _record_failure(store, run, data, str(error), actor)
        raise
    fates: Counter[str] = Counter(new=0, updated=0, unchanged=0)
    passed: Counter[str] = Counter()
    with store.write(actor=actor, action="feed.ingest", subject=FEED) as writer:
        run_id = writer.next_number("feed_runs", "run_id")
        for batch in batches:
            dated = _flag_future(batch, received_at)
            fates.update(writer.positions.add(dated, locate(geography, dated.positions), run_id))
            passed.update(batch.passed)
        writer.positions.order()
        writer.keep_aside(_kept_aside(aside, run_id))
        accepted = sum(batch.accepted for batch in batches)
        tally = Tally(
            FEED,
            received=accepted + aside.quarantined + aside.rejected,
            accepted=accepted,
            quarantined=aside.quarantined,
            rejected=aside.rejected,
            **fates,
        )
        state, reason = _judge(tally)
        counts = {k: v for k, v in asdict(tally).items() if k != "feed"}
        writer.add_run(
            run
            | counts
            | {"run_id": run_id, "finished_at": store.clock(), "state": state, "reason": reason}
        )
        writer.note(
            run_id=run_id,
            passed=dict(passed.most_common(40)),
            reasons=dict(aside.reasons.most_common(20)),
            kept_aside=len(aside.kept),
            **asdict(tally),
        )
    return tally


def read_batches(data: bytes, received_at: datetime) -> Iterator[PositionBatch]:
    """The records of an input in batches; raises NotThisFormat where it is no AIS."""
    if is_parquet(data):
        return parse_ais_parquet(data)
    if is_ais_csv(data):
        return parse_ais_csv(data)
    if is_nmea(data):
        return _gather_messages(parse_nmea(data, received_at))
    raise NotThisFormat(
        "The input is no AIS: neither NMEA sentences (!AIVDM), nor a CSV or Parquet of positions."
    )


def locate(geography: Geography, positions: pd.DataFrame) -> pd.DataFrame:
    """Tile at zoom 10, region code and vessel areas (bit mask) of each position."""
    lon, lat = positions["lon"].to_numpy() / E7, positions["lat"].to_numpy() / E7
    x, y = tiles_of(lon, lat, DENSITY_ZOOM)
    # 180 is -180 here: the regions end at the one and begin at the other.
    lon = np.where(lon == 180.0, -180.0, lon)
    codes = np.array([0, *(regions().code(slug) for slug in geography.regions.slugs)], np.uint8)
    return pd.DataFrame(
        {
            "x": x.astype(np.int16),
            "y": y.astype(np.int16),
            "region": codes[geography.regions.find_first(lon, lat) + 1],
            "areas": _areas_of(geography.areas, lon, lat),
        }
    )


def _areas_of(zones: Zones, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """The bit mask of the vessel areas each position lies in, an area at a time."""
    mask = np.zeros(len(lon), dtype=np.uint64)
    for slug, shape in zip(zones.slugs, zones.shapes, strict=True):
        west, south, east, north = shapely.bounds(shape)
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        inside = near[touches(shape, lon[near], lat[near])]
        mask[inside] |= np.uint64(1 << areas().code(slug))
    return mask


def _gather_messages(items: Iterator[AisMessage | Defect]) -> Iterator[PositionBatch]:
    """Messages in batches; the number of a record is its place among those taken in."""
    row = 0
    messages: list[AisMessage] = []
    defects: list[Defect] = []
    for item in items:
        if isinstance(item, Defect):
            defects.append(item)
        else:
            messages.append(item)
        if len(messages) + len(defects) >= BATCH_RECORDS:
            yield _batch_of(messages, defects, row)
            row += len(messages)
            messages, defects = [], []
    yield _batch_of(messages, defects, row)


def _batch_of(messages: list[AisMessage], defects: list[Defect], first_row: int) -> PositionBatch:
    said = [(n, m.position) for n, m in enumerate(messages, first_row) if m.position]
    told = [(n, m.particulars) for n, m in enumerate(messages, first_row) if m.particulars]
    codes, keys = pd.factorize(
        np.array([p.vessel for _, p in said] + [p.vessel for _, p in told], dtype=object)
    )
    tlp = MARKINGS.code(MARKING)
    return PositionBatch(
        keys=np.asarray(keys, dtype=object),
        positions=_positions_of(said, codes[: len(said)], tlp),
        particulars=_particulars_of(told, codes[len(said) :].astype(np.int32), tlp),
        accepted=len(messages),
        passed=dict(Counter(m.passed for m in messages if m.passed)),
        defects=tuple(defects),
    )


def _positions_of(
    said: list[tuple[int, VesselPosition]], codes: np.ndarray, tlp: int
) -> pd.DataFrame:
    if not said:
        return empty_positions()
    return pd.DataFrame(
        {
            "row": [n for n, _ in said],
            "vessel": codes,
            "at": np.array([p.at for _, p in said], dtype="datetime64[us]"),
            "lon": [round(p.lon * E7) for _, p in said],
            "lat": [round(p.lat * E7) for _, p in said],
            "sog": [NO_SOG if p.sog_kn is None else round(p.sog_kn * 10) for _, p in said],
            "cog": [NO_COG if p.cog_deg is None else round(p.cog_deg * 10) for _, p in said],
            "heading": [NO_HEADING if p.heading_deg is None else p.heading_deg for _, p in said],
            "tlp": tlp,
            "flags": [p.flags for _, p in said],
        }
    ).astype(POSITION_COLUMNS)


def _particulars_of(
    told: list[tuple[int, VesselParticulars]], codes: np.ndarray, tlp: int
) -> pd.DataFrame:
    return particulars_of(
        np.array([n for n, _ in told], dtype=np.int64),
        codes,
        np.full(len(told), tlp, dtype=np.uint8),
        np.array([p.at for _, p in told], dtype="datetime64[us]"),
        {name: pd.Series([getattr(p, name) for _, p in told], dtype="str") for name in PARTICULARS},
    )


def _settle(batch: PositionBatch, aside: _SetAside) -> PositionBatch:
    """The batch without its defects, which are counted and the first of them kept."""
    aside.add(batch.defects)
    return PositionBatch(
        batch.keys, batch.positions, batch.particulars, batch.accepted, batch.passed
    )


def _flag_future(batch: PositionBatch, received_at: datetime) -> PositionBatch:
    late = batch.positions["at"].to_numpy() > np.datetime64(received_at + FUTURE_AFTER)
    if late.any():
        flags = batch.positions["flags"].to_numpy()
        batch.positions["flags"] = np.where(late, flags | FUTURE, flags).astype(np.uint8)
    return batch


def _judge(tally: Tally) -> tuple[str, str]:
    if tally.accepted:
        return "ok", ""
    return "failed", "no record of this input could be taken in"


def _record_failure(
    store: Store, run: dict[str, Any], data: bytes, reason: str, actor: str
) -> None:
    """An input that is not AIS counts as one rejected record; its hash is kept."""
    with store.write(actor=actor, action="feed.refuse", subject=FEED) as writer:
        run_id = writer.next_number("feed_runs", "run_id")
        writer.add_run(
            run
            | {"run_id": run_id, "finished_at": store.clock(), "state": "failed"}
            | {"reason": reason, "received": 1, "rejected": 1}
            | dict.fromkeys(("accepted", "quarantined", "new", "updated", "unchanged"), 0)
        )
        aside = _SetAside()
        aside.add([Defect("rejected", reason, data)])
        writer.keep_aside(_kept_aside(aside, run_id))
        writer.note(run_id=run_id, reason=reason)


def _kept_aside(aside: _SetAside, run_id: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": run_id,
            "feed": FEED,
            "kind": [d.kind for d in aside.kept],
            "field": [d.field for d in aside.kept],
            "reason": [d.reason for d in aside.kept],
            "reference": [d.reference for d in aside.kept],
            "raw": [d.raw for d in aside.kept],
            "raw_sha256": aside.hashes,
            "header": aside.header,
            "tlp": [MARKINGS.code(marking) for marking in aside.markings],
            "state": ["open" if d.kind == "quarantined" else "dismissed" for d in aside.kept],
        }
    )

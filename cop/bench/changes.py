"""What changing costs: scattered updates of a large world, and taking reports in."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from cop.bench.measure import Contender, Counted, alternate
from cop.bench.peers.plain import SCATTERED, Plain
from cop.bulk import ingest_columns
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.vocabulary import hazards
from cop.settings import Settings
from cop.store import Store

ACTOR = "system:bench"
RECORDS = 20_000
# Above one of the store's row groups, so that it is written as a large file is.
BULK_RECORDS = 500_000
BULK_PLACES = 20_000
SINGLE = 20
_PLACES = ("SINGAPORE STRAIT", "GULF OF ADEN", "NIGERIA", "RED SEA", "MALACCA STRAIT")
_ACTS = ("boarded", "fired upon", "approached", "hijacked", "robbed")


def measure_upserts(store: Store, plain: Plain) -> list[dict[str, Any]]:
    """1,000 scattered incidents, and a single one, given new severities; durable, each repeat.

    The severities turn by one a repeat and
    the last repeat brings back those there were, so that a kept world stays what it was.
    """
    stated = plain.scattered().drop(columns=["recorded_at"])
    first = stated["severity"].to_numpy()
    versions = stated["version"].to_numpy()
    given = {"turns": 0}

    def put(count: int, last: bool) -> Counted:
        given["turns"] += 1
        severity = first if last else (first + given["turns"] - 1) % 5 + 1
        part = stated.assign(
            severity=severity.astype(np.uint8),
            version=(versions + given["turns"]).astype(np.int32),
        ).head(count)
        with store.write(
            actor=ACTOR, action="incident.edit", subject=f"{count} incidents"
        ) as writer:
            writer.put_incidents(part)
        return Counted(count)

    ids = stated["incident_id"].tolist()
    plain.make_keyed()
    upserts = alternate(
        {
            "ours": Contender(lambda _: put(SCATTERED, False), rounds=4, warm=False),
            "plain": Contender(lambda _: Counted(plain.replace(ids)), rounds=3, warm=False),
        }
    )
    single = alternate({"ours": Contender(lambda _: put(1, False), rounds=9, warm=False)})
    put(SCATTERED, True)
    selected = len(stated)
    return [
        {
            "workload": "upsert",
            "title": f"{selected:,} scattered incidents changed, durable (peer: INSERT OR REPLACE)",
            "selected": selected,
            "ours_ms": upserts["ours"].median,
            "ours_p95_ms": upserts["ours"].p95,
            "plain_ms": upserts["plain"].median,
        },
        {
            "workload": "change-one",
            "title": "one incident changed, durable",
            "selected": 1,
            "ours_ms": single["ours"].median,
            "ours_p95_ms": single["ours"].p95,
        },
    ]


def measure_ingest(settings: Settings, geography: Geography, folder: Path) -> list[dict[str, Any]]:
    """ASAM text from bytes to a new store, and single reports into it; all of it durable."""
    file = folder / "ingest.duckdb"
    remove(file)
    store = Store(file, memory=settings.memory, threads=settings.threads)
    try:
        ingest(store, geography, "asam", write_asam(200, 0), actor=ACTOR, name="warm-up")
        data = write_asam(RECORDS, 1_000)
        began = time.perf_counter()
        tally = ingest(store, geography, "asam", data, actor=ACTOR, name="bulk")
        bulk_ms = (time.perf_counter() - began) * 1e3
        assert tally.new == RECORDS, tally
        single = []
        for n in range(SINGLE):
            one = write_asam(1, 100_000 + n)
            began = time.perf_counter()
            ingest(store, geography, "asam", one, actor=ACTOR, name="single")
            single.append((time.perf_counter() - began) * 1e3)
    finally:
        store.close()
        remove(file)
    return [
        {
            "workload": "ingest-text",
            "title": f"{RECORDS:,} ASAM records, text to store",
            "selected": RECORDS,
            "ours_ms": bulk_ms,
            "ours_p95_ms": bulk_ms,
            "input_bytes": len(data),
            "records_per_s": round(RECORDS / bulk_ms * 1e3),
        },
        {
            "workload": "ingest-one",
            "title": "a single ASAM report, text to durable",
            "selected": 1,
            "ours_ms": float(np.median(single)),
            "ours_p95_ms": float(np.percentile(single, 95)),
        },
    ]


def measure_bulk(settings: Settings, geography: Geography, folder: Path) -> list[dict[str, Any]]:
    """Our own columns as CSV, bytes to durable in a store of its own."""
    file = folder / "ingest-bulk.duckdb"
    remove(file)
    store = Store(file, memory=settings.memory, threads=settings.threads)
    try:
        data = write_columns(BULK_RECORDS)
        began = time.perf_counter()
        tally = ingest_columns(store, geography, data, actor=ACTOR, name="bulk")
        bulk_ms = (time.perf_counter() - began) * 1e3
        assert tally.new == BULK_RECORDS, tally
    finally:
        store.close()
        remove(file)
    return [
        {
            "workload": "ingest-bulk",
            "title": f"{BULK_RECORDS:,} rows of our own columns, CSV to store",
            "selected": BULK_RECORDS,
            "ours_ms": bulk_ms,
            "ours_p95_ms": bulk_ms,
            "input_bytes": len(data),
            "records_per_s": round(BULK_RECORDS / bulk_ms * 1e3),
        }
    ]


def write_columns(records: int, first: int = 0) -> bytes:
    """A CSV of our own columns, made up, numbered from `first`; equal arguments, equal bytes."""
    rng = np.random.default_rng(records + first)
    slugs = np.array([term.slug for term in hazards()])
    at = rng.integers(0, BULK_PLACES, records)
    lon, lat = rng.uniform(-180, 180, BULK_PLACES), rng.uniform(-60, 70, BULK_PLACES)
    seconds = np.datetime64("2000-01-01T00:00:00") + rng.integers(0, 800_000_000, records)
    hazard = slugs[rng.integers(0, len(slugs), records)].tolist()
    numbers = range(first, first + records)
    table = pa.table(
        {
            "reference": [f"BULK-{n}" for n in numbers],
            "title": [
                f"Made-up {kind} near place {n % 977}" for n, kind in enumerate(hazard, first)
            ],
            "summary": [
                f"Made-up record {n} for measuring: {n % 9 + 2} persons in a skiff came near, the "
                f"crew raised the alarm, and they left after {n % 50} minutes."
                for n in numbers
            ],
            "occurred_at": [f"{moment}Z" for moment in seconds.astype(str)],
            "lon": np.round(lon, 4)[at],
            "lat": np.round(lat, 4)[at],
            "hazard": hazard,
            "act": [("committed", "attempted", "suspected")[n % 3] for n in numbers],
            "severity": [n % 5 + 1 for n in numbers],
            "verification": ["unverified"] * records,
            "status": ["closed"] * records,
            "tlp": [("clear", "green", "amber")[n % 3] for n in numbers],
            "vessel_name": [f"EXAMPLE {n % 5_000}" for n in numbers],
            "source_name": ["A made-up picture"] * records,
        }
    )
    out = io.BytesIO()
    arrow_csv.write_csv(table, out)
    return out.getvalue()


def write_asam(records: int, first: int) -> bytes:
    """A file in the layout of the ASAM site's CSV export, made up; equal arguments, equal bytes."""
    rng = np.random.default_rng([records, first])
    lines = ["reference,date,position,navArea,subreg,hostility,victim,description,"]
    for n in range(first, first + records):
        lat, lon = rng.uniform(-40, 55), rng.uniform(-170, 170)
        place, act = _PLACES[n % len(_PLACES)], _ACTS[n // 7 % len(_ACTS)]
        day = np.datetime64("1990-01-01") + int(rng.integers(0, 12_000))
        lines.append(
            f'{1990 + n // 90_000}-{n % 90_000 + 1},{day},"{_degrees(lat, "NS")}\n'
            f'{_degrees(lon, "EW")}",XI,71,Pirates,Merchant vessel,'
            f'"{place}: Made-up record {n} for measuring. The vessel EXAMPLE {n} was {act} by '
            f"{n % 9 + 2} persons armed with knives about {n % 40 + 1} nm from the coast. "
            'The crew is safe.",'
        )
    return ("\n".join(lines) + "\n").encode()


def _degrees(value: float, signs: str) -> str:
    seconds = round(abs(value) * 3600)
    sign = signs[0] if value >= 0 else signs[1]
    # A quotation mark inside a quoted cell is written twice.
    return f'{seconds // 3600}°{seconds // 60 % 60:02}\'{seconds % 60:02}""{sign}'


def remove(file: Path) -> None:
    """Take away a store's file and its log."""
    for name in (file.name, f"{file.name}.wal"):
        file.with_name(name).unlink(missing_ok=True)

"""The incidents of a question as a stream: Arrow batches of one snapshot, in constant memory.

A stream holds one transaction open on a cursor of its own, so that its count, its markings and its
rows are of one moment, whatever is written meanwhile. Up to `SORTED_ROWS` incidents come newest
first, as the list shows them; more come in the order in which they lie in the store, because
sorting a million rows would take the memory that streaming saves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from cop.errors import StoreError
from cop.model.vocabulary import MARKINGS, SOURCES
from cop.query.where import Where
from cop.store.asked import Asked

SORTED_ROWS = 100_000
BATCH_ROWS = 32_768
# What of an incident may be taken away; what it was compared or searched by stays.
STREAMED = (
    "incident_id", "version", "title", "summary", "hazard", "domain", "severity", "act",
    "verification", "status", "tlp", "reliability", "credibility", "occurred_at", "last_at",
    "time_precision", "lon", "lat", "position_precision", "uncertainty_nm", "position_written",
    "place", "region", "areas", "navarea", "port", "port_distance_nm", "coast_distance_nm", "zone",
    "vessel_name", "vessel_type", "vessel_flag", "vessel_imo", "vessel_mmsi", "vessel_call_sign",
    "vessel_status", "source", "reference", "source_name", "source_url", "flags", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What a set of incidents holds, counted before the first row is read.

    `highest_tlp` is the strictest marking in it (`clear` where it is empty), `by_source` counts by
    source slug, `bounds` west, south, east, north in degrees or None without a position.
    """

    rows: int
    unlocated: int
    highest_tlp: str
    by_source: dict[str, int]
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A summary, and the rows it counted: columns of `STREAMED`, codes not slugs.

    `read_at` (naive UTC) is the moment the snapshot was taken. `batches` can be read once.
    """

    summary: Summary
    read_at: datetime
    is_sorted: bool
    batches: Iterator[pa.RecordBatch]


@contextmanager
def open_stream(
    cursor: duckdb.DuckDBPyConnection, where: Where, clock: Callable[[], datetime]
) -> Iterator[Stream]:
    """The stream of a question on a cursor that nothing else uses until it is closed.

    Raises StoreError while reading where the store cannot be read to the end.
    """
    cursor.execute("BEGIN")
    try:
        asked = Asked(cursor, where)
        summary = _summarise(asked)
        is_sorted = summary.rows <= SORTED_ROWS
        order = "ORDER BY occurred_at DESC, incident_id DESC" if is_sorted else ""
        yield Stream(summary, clock(), is_sorted, _read(asked, order))
    finally:
        cursor.execute("ROLLBACK")  # it only read


def answer_summary(cursor: duckdb.DuckDBPyConnection, where: Where) -> Summary:
    """What the incidents of a question hold in all."""
    return _summarise(Asked(cursor, where))


def _summarise(asked: Asked) -> Summary:
    rows = asked.fetch(
        "source, count(*), count(lon), max(tlp), min(lon), min(lat), max(lon), max(lat)",
        "GROUP BY source ORDER BY source",
    )
    total = sum(row[1] for row in rows)
    placed = [row for row in rows if row[2]]
    bounds = None
    if placed:
        bounds = (
            float(min(row[4] for row in placed)),
            float(min(row[5] for row in placed)),
            float(max(row[6] for row in placed)),
            float(max(row[7] for row in placed)),
        )
    return Summary(
        rows=total,
        unlocated=total - sum(row[2] for row in rows),
        highest_tlp=MARKINGS.slug(max((row[3] for row in rows), default=0)),
        by_source={SOURCES.slug(row[0]): row[1] for row in rows},
        bounds=bounds,
    )


def _read(asked: Asked, order: str) -> Iterator[pa.RecordBatch]:
    reader = asked.batches(", ".join(STREAMED), order, rows=BATCH_ROWS)
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (pa.ArrowException, OSError) as error:
            raise StoreError("the store could not be read to the end") from error
        if batch.num_rows:
            yield batch

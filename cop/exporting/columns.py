"""The columns of an export: what each is called and means, and how it is made from codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cop.model.privacy import mask_personal
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    POSITION_PRECISIONS,
    SOURCES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    ZONES,
    Vocabulary,
    areas,
    hazards,
    regions,
)

Kind = Literal["text", "whole", "number", "time"]
TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int32(),
    "number": pa.float64(),
    "time": pa.timestamp("ms", tz="UTC"),
}
# Every text that `mask_personal` could change has one of these; the rest need not be looked at.
_MAY_BE_PERSONAL = (
    r"(?i)@|telex|tlx|\b(?:(?:tele)?phone|tel|te?le?fax|fax|mobile|cell|hotline|whatsapp|inmarsat"
    r"|iridium|ring|call|dial|contact|reached)|\+\s{0,3}\(?\d|00[1-9]\d[ \-]|\d{3}\)?[ \-]\d{3}-"
)
_MASKED = ("title", "summary", "place", "source_name")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows themselves do not say: the licence of each source slug, and the present."""

    licences: Mapping[str, str]
    generated_at: datetime


Build = Callable[[pa.RecordBatch, Facts], pa.Array]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `build(batch, facts)` makes it from a batch of `cop.store.streaming.STREAMED`."""

    name: str
    kind: Kind
    meaning: str
    build: Build


def build_rows(batch: pa.RecordBatch, facts: Facts) -> pa.RecordBatch:
    """The columns of an export from stored ones: slugs for codes, null for what is not known."""
    made = [column.build(batch, facts).cast(TYPES[column.kind]) for column in COLUMNS]
    return pa.RecordBatch.from_arrays(made, schema=SCHEMA)


def spell_times(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with times as ISO 8601 text, UTC with Z."""
    for index, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type):
            # Without a zone a cast is many times faster; it writes `2026-05-01 06:00:00.000`.
            written = batch.column(index).cast(pa.timestamp("ms")).cast(pa.string())
            marked = pc.binary_join_element_wise(
                pc.utf8_replace_slice(written, start=10, stop=11, replacement="T"), "Z", ""
            )
            whole = pc.replace_substring(marked, ".000Z", "Z")
            batch = batch.set_column(index, pa.field(field.name, pa.string()), whole)
    return batch


def _as_stored(name: str) -> Build:
    return lambda batch, _: batch.column(name)


def _text(name: str) -> Build:
    def build(batch: pa.RecordBatch, _: Facts) -> pa.Array:
        written = batch.column(name)
        if name in _MASKED:
            written = _mask(written)
        # An empty text says that nothing is known, which every format has its own way to say.
        return pc.if_else(pc.equal(written, ""), pa.scalar(None, pa.string()), written)

    return build


def _mask(written: pa.Array) -> pa.Array:
    suspects = pc.match_substring_regex(written, _MAY_BE_PERSONAL)
    if not pc.any(suspects).as_py():
        return written
    masked = [mask_personal(text) for text in written.filter(suspects).to_pylist()]
    return pc.replace_with_mask(written, suspects, pa.array(masked, pa.string()))


def _slug(name: str, vocabulary: Vocabulary) -> Build:
    """The slug of a code; null for a code that stands for nothing."""
    slugs: list[str | None] = [None] * 256
    for term in vocabulary:
        slugs[term.code] = term.slug
    table = pa.array(slugs, pa.string())
    return lambda batch, _: table.take(batch.column(name))


def _areas(batch: pa.RecordBatch, _: Facts) -> pa.Array:
    """The vessel areas an incident lies in, their slugs joined by a blank."""
    coded = batch.column("areas").dictionary_encode()
    terms = [(term.code, term.slug) for term in areas()]
    joined = [
        " ".join(slug for code, slug in terms if mask >> code & 1) or None
        for mask in coded.dictionary.to_pylist()
    ]
    return pa.array(joined, pa.string()).take(coded.indices)


def _licence(batch: pa.RecordBatch, facts: Facts) -> pa.Array:
    table: list[str | None] = [None] * 256
    for term in SOURCES:
        table[term.code] = facts.licences.get(term.slug)
    return pa.array(table, pa.string()).take(batch.column("source"))


def _age_days(batch: pa.RecordBatch, facts: Facts) -> pa.Array:
    """Whole days from the event to the export, downwards; null for an event still to come."""
    now = np.datetime64(facts.generated_at, "us")
    passed = now - batch.column("occurred_at").to_numpy(zero_copy_only=False)
    days = passed // np.timedelta64(timedelta(days=1))
    return pa.array(days, pa.int32(), mask=passed < np.timedelta64(0, "us"))


def _rounded(name: str) -> Build:
    return lambda batch, _: pc.round(batch.column(name), ndigits=2)


def _time(name: str) -> Build:
    """A time downwards to the millisecond: finer ones are rounded up to second 60 by readers."""
    return lambda batch, _: pc.floor_temporal(batch.column(name), unit="millisecond")


def _column(name: str, kind: Kind, meaning: str, build: Build | None = None) -> Column:
    default = {"text": _text, "time": _time}.get(kind, _as_stored)
    return Column(name, kind, meaning, build or default(name))


COLUMNS: tuple[Column, ...] = (
    _column("incident_id", "text", "our name of the incident"),
    _column("version", "whole", "which version of it, from 1"),
    _column("title", "text", "what happened, in a line"),
    _column("summary", "text", "the narrative, personal data masked"),
    _column("hazard", "text", "kind of hazard, slug", _slug("hazard", hazards())),
    _column("domain", "text", "domain of the hazard, slug", _slug("domain", DOMAINS)),
    _column("severity", "whole", "1 minor to 5 critical"),
    _column("act", "text", "committed, attempted, suspected, …", _slug("act", ACTS)),
    _column("verification", "text", "how far it is verified, slug",
            _slug("verification", VERIFICATIONS)),
    _column("status", "text", "where it stands with us, slug", _slug("status", LIFECYCLES)),
    _column("tlp", "text", "marking of this row, TLP 2.0 slug", _slug("tlp", MARKINGS)),
    _column("reliability", "text", "of the source, A to F (Admiralty)"),
    _column("credibility", "text", "of the information, 1 to 6 (Admiralty)"),
    _column("occurred_at", "time", "first moment it may have happened, UTC"),
    _column("last_at", "time", "last moment, inclusive, UTC, to the millisecond"),
    _column("time_precision", "text", "instant, date, month, interval",
            _slug("time_precision", TIME_PRECISIONS)),
    _column("age_days", "whole", "whole days from occurred_at to the export", _age_days),
    _column("lon", "number", "longitude, WGS 84 degrees"),
    _column("lat", "number", "latitude, WGS 84 degrees"),
    _column("position_precision", "text", "none, exact, reported, approximate, area",
            _slug("position_precision", POSITION_PRECISIONS)),
    _column("uncertainty_nm", "number", "radius around the position, nautical miles"),
    _column("position_written", "text", "the position as the source wrote it"),
    _column("place", "text", "place as written"),
    _column("region", "text", "operational region, slug", _slug("region", regions())),
    _column("areas", "text", "vessel areas, slugs joined by a blank", _areas),
    _column("navarea", "text", "NAVAREA, Roman numeral", _slug("navarea", NAVAREAS)),
    _column("port", "text", "nearest port, UN/LOCODE"),
    _column("port_distance_nm", "number", "to the nearest port, nautical miles, to 0.01",
            _rounded("port_distance_nm")),
    _column("coast_distance_nm", "number", "to the coast (estimate), nautical miles, to 0.01",
            _rounded("coast_distance_nm")),
    _column("zone", "text", "inside or beyond 12 nm (estimate)", _slug("zone", ZONES)),
    _column("vessel_name", "text", "name of the vessel as reported"),
    _column("vessel_type", "text", "type of the vessel as reported"),
    _column("vessel_flag", "text", "flag as reported"),
    _column("vessel_imo", "text", "IMO number as reported"),
    _column("vessel_mmsi", "text", "MMSI as reported"),
    _column("vessel_call_sign", "text", "call sign as reported"),
    _column("vessel_status", "text", "what the vessel was doing, as reported"),
    _column("source", "text", "feed it comes from, slug", _slug("source", SOURCES)),
    _column("reference", "text", "the source's own reference"),
    _column("source_name", "text", "publication, as the source names it"),
    _column("source_url", "text", "where the source says it"),
    _column("licence", "text", "licence of the source", _licence),
    _column("flags", "text", "what is doubtful of the record, joined by commas"),
    _column("recorded_at", "time", "when this version was recorded, UTC"),
)  # fmt: skip
SCHEMA = pa.schema([pa.field(column.name, TYPES[column.kind]) for column in COLUMNS])


def rows_of(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """A batch as one dict a row, times as text: for formats written row by row."""
    spelled = spell_times(batch)
    names = spelled.schema.names
    columns = [column.to_pylist() for column in spelled.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


NO_ROWS = pa.RecordBatch.from_pylist([], SCHEMA)

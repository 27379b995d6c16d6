"""The register: landmark incidents of every hazard, described by this project from named sources.

The rows state hazard, act, severity and verification in our own vocabulary, and each its grading;
an ungraded row is F6. The marking of a row is that of its `tlp` cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from cop.feeds.feed import (
    BUNDLED,
    BadField,
    Feed,
    clip,
    flag_fields,
    map_records,
    marking_of,
    required_text,
    text_of,
)
from cop.feeds.narrative import clean_narrative
from cop.formats import register
from cop.formats.record import Record
from cop.model.dtg import BadTime, interval_span, parse_date, read_time
from cop.model.geo import parse_latitude, parse_longitude, read_position
from cop.model.report import Defect, Position, Report, Stated, TimeSpan, Vessel
from cop.model.vessels import is_imo_number

_KNOWN = frozenset(register.COLUMNS)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_UNCERTAINTY_NM = 5400.0  # a quarter of the globe: beyond it a position says nothing
_MAX_TITLE = 160


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The reports of a register file."""
    return map_records(register.parse(data), partial(_report, received_at=received_at))


def _report(record: Record, received_at: datetime) -> Report:
    fields = record.fields
    reference = required_text(fields, "reference")
    if not _REFERENCE.fullmatch(reference):
        raise BadField("reference", "Reference is not letters, digits, dots and dashes.")
    occurred, time_flags = _occurred(fields, received_at)
    position, position_flags = _position(fields)
    title, _ = clean_narrative(required_text(fields, "title"))
    summary, narrative_flags = clean_narrative(str(fields["summary"]))
    vessel, vessel_flags = _vessel(fields)
    retrieved = text_of(fields, "retrieved_on")
    if retrieved:
        parse_date(retrieved, received_at, "retrieved_on")
    url = text_of(fields, "source_url")
    if url and not url.startswith(("https://", "http://")):
        raise BadField("source_url", "source_url is not a web address.")
    source = (text_of(fields, "source_name"), text_of(fields, "source_reference"))
    flags = (
        *record.flags,
        *time_flags,
        *position_flags,
        *narrative_flags,
        *vessel_flags,
        *flag_fields(fields, _KNOWN, "summary"),
    )
    return Report(
        feed="register",
        reference=reference,
        raw=record.raw,
        title=clip(title, _MAX_TITLE),
        summary=summary,
        occurred=occurred,
        position=position,
        place=text_of(fields, "place"),
        vessel=vessel,
        reliability=text_of(fields, "reliability") or "F",
        credibility=text_of(fields, "credibility") or "6",
        marking=marking_of(fields),
        source_name=", ".join(part for part in source if part),
        source_url=url,
        stated=Stated(
            hazard=text_of(fields, "hazard"),
            act=text_of(fields, "act_status"),
            severity=int(text_of(fields, "severity") or 0),
            verification=text_of(fields, "verification"),
            region=text_of(fields, "region"),
        ),
        flags=tuple(dict.fromkeys(flags)),
        facts=tuple(
            (name, " ".join(str(fields[name]).split()))
            for name in register.COLUMNS
            if name != "retrieved_on"
        ),
    )


def _occurred(
    fields: Mapping[str, object], received_at: datetime
) -> tuple[TimeSpan, tuple[str, ...]]:
    try:
        span, flags = read_time(required_text(fields, "occurred"), received_at)
    except BadTime as error:
        raise BadTime(str(error), "occurred") from error
    ended = text_of(fields, "ended")
    if not ended:
        return span, flags
    return interval_span(span.start, parse_date(ended, received_at, "ended")), flags


def _position(fields: Mapping[str, object]) -> tuple[Position | None, tuple[str, ...]]:
    lon, lat = text_of(fields, "longitude"), text_of(fields, "latitude")
    precision = text_of(fields, "position_precision")
    if not lon and not lat:
        if precision not in ("", "none"):
            raise BadField("position_precision", "A precision is stated but no position.")
        return None, ()
    if not lon or not lat:
        raise BadField("longitude", "Only one of latitude and longitude is given.")
    if precision == "none":
        raise BadField("position_precision", "A position is given, but its precision is 'none'.")
    parse_latitude(lat)  # each cell holds its own axis
    parse_longitude(lon)
    position, flags = read_position(f"{lat}, {lon}", precision or "reported")
    return (
        Position(
            position.lon, position.lat, position.precision, _uncertainty(fields), position.written
        ),
        flags,
    )


def _uncertainty(fields: Mapping[str, object]) -> float:
    written = text_of(fields, "uncertainty_nm")
    try:
        value = float(written or 0)
    except ValueError:
        value = math.nan
    if not 0 <= value <= _MAX_UNCERTAINTY_NM:
        raise BadField("uncertainty_nm", f"uncertainty_nm {written[:40]!r} is no radius in miles.")
    return value


def _vessel(fields: Mapping[str, object]) -> tuple[Vessel, tuple[str, ...]]:
    imo = text_of(fields, "vessel_imo").upper().removeprefix("IMO").strip()
    vessel = Vessel(
        name=text_of(fields, "vessel_name"),
        type=text_of(fields, "vessel_type"),
        flag=text_of(fields, "vessel_flag"),
        imo=imo,
    )
    return vessel, () if not imo or is_imo_number(imo) else ("imo-check-digit",)


FEED = Feed(
    id="register",
    code=4,
    title="Register of landmark incidents",
    publisher="Maritime COP project",
    licence="CC0 1.0",
    attribution="Register of landmark incidents, compiled by this project from the sources named",
    marking="clear",
    kind=BUNDLED,
    parse=parse,
)

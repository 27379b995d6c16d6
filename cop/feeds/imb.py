"""Crime at Sea: attacks reported to the International Maritime Bureau, 1993 to 2020.

The rows have no number of their own: the reference is made from the cells that say what happened,
so that it stays the same in every edition that keeps them. Rows that agree in all of those cells
(20 of 7,511: six unnamed vessels hijacked at one place on one day) may be one event told twice or
several: none is lost, each counts, and the second and later ones are flagged `repeated-row` and
numbered after the reference.

Position: rows of `mappingpiracy` were placed by coders from a description ("Coded as Buenaventura
Port"; 2,345 of 6,338 share a point with another) and are `approximate`; rows of `imb` repeat the
position the ship gave (976 of 1,030 agree with their narrative to 0.02°) and are `reported`.

Grading: B3 for rows with the Bureau's narrative; C3 for the coded rows, which name no account.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256

from cop.feeds.feed import (
    ARCHIVE,
    EVERYWHERE,
    BadField,
    Feed,
    clip,
    flag_fields,
    map_records,
    marking_of,
    normal_form,
    required_text,
    text_of,
)
from cop.feeds.narrative import clean_narrative, contradicts
from cop.feeds.victim import is_generic
from cop.formats import imb
from cop.formats.record import Record
from cop.model.dtg import day_span, future_flags, parse_date, read_time
from cop.model.geo import arc_seconds, read_position
from cop.model.report import Defect, Position, Report, TimeSpan, Vessel

_KEY = (
    "date", "time", "longitude", "latitude", "attack_type", "location_description",
    "attack_description", "vessel_name", "vessel_type", "vessel_status",
)  # fmt: skip
_KNOWN = frozenset((*imb.COLUMNS, "tlp"))
_CLOCK = re.compile(r"(\d{2}):(\d{2})( UTC)?")
_NO_NAME = frozenset(("name withheld", "unspecified", "unknown", "nil", "n/a", "not stated"))
_STATUSES = {"steaming": "underway", "stationary": "stopped", "grounded": "aground"}
_HEAD = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_PREFIX = re.compile(r"(?i)^m\.?[vt]\.? +")


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The reports of the data set."""
    seen: Counter[str] = Counter()
    for found in map_records(
        imb.parse(data), partial(_report, received_at=received_at), _reference
    ):
        if isinstance(found, Report):
            seen[found.reference] += 1
            if seen[found.reference] > 1:
                number = f"{found.reference}-{seen[found.reference]}"
                found = replace(found, reference=number, flags=(*found.flags, "repeated-row"))
        yield found


def _report(record: Record, received_at: datetime) -> Report:
    fields = record.fields
    on = parse_date(required_text(fields, "date"), received_at)
    narrative = str(fields["attack_description"])
    occurred, time_flags = _occurred(on, text_of(fields, "time"), received_at)
    coded = text_of(fields, "data_source") != "imb"
    position, position_flags = _position(fields, "approximate" if coded else "reported")
    summary, narrative_flags = clean_narrative(narrative)
    head = _HEAD.match(summary)
    if head and f"{head[3]}-{head[2]}-{head[1]}" != on.isoformat():
        time_flags += ("time-conflict",)
    if position and contradicts(summary, position):
        position_flags += ("position-conflict",)
    kind, place = text_of(fields, "attack_type"), text_of(fields, "location_description")
    vessel = _vessel(fields)
    flags = (
        *record.flags,
        *time_flags,
        *position_flags,
        *narrative_flags,
        *future_flags(occurred, received_at),
        *flag_fields(fields, _KNOWN, "attack_description"),
    )
    return Report(
        feed="imb",
        reference=_reference(fields),
        raw=record.raw,
        title=_title(kind, vessel, place),
        summary=summary,
        occurred=occurred,
        position=position,
        place=place,
        vessel=vessel,
        source_type=kind,
        reliability="C" if coded else "B",
        credibility="3",
        marking=marking_of(fields),
        source_name="IMB reports (Crime at Sea)",
        source_url="https://doi.org/10.5334/johd.39",
        flags=tuple(dict.fromkeys(flags)),
        facts=(
            ("date", occurred.start.isoformat()),
            ("latitude", str(arc_seconds(position.lat)) if position else ""),
            ("longitude", str(arc_seconds(position.lon)) if position else ""),
            ("type", normal_form(kind)),
            ("place", normal_form(place)),
            ("vessel", normal_form(vessel.name + vessel.type + vessel.status)),
            ("narrative", normal_form(narrative)),
        ),
    )


def _reference(fields: Mapping[str, object]) -> str:
    """The first 12 hexadecimal digits of a hash over the raw cells of the key, NA as ''."""
    return sha256("\x1f".join(str(fields[name]) for name in _KEY).encode()).hexdigest()[:12]


def _occurred(on: date, clock: str, received_at: datetime) -> tuple[TimeSpan, tuple[str, ...]]:
    """An instant where UTC is stated; a local time of an unstated zone leaves the date alone."""
    if not clock:
        return day_span(on), ()
    match = _CLOCK.fullmatch(clock)
    if not match:
        raise BadField("time", f"Time {clock[:40]!r} is not HH:MM.")
    span, flags = read_time(f"{on.isoformat()}T{match[1]}:{match[2]}Z", received_at)
    return (span, flags) if match[3] else (day_span(on), ("local-time-unconverted",))


def _position(
    fields: Mapping[str, object], precision: str
) -> tuple[Position | None, tuple[str, ...]]:
    lon, lat = text_of(fields, "longitude"), text_of(fields, "latitude")
    if not lon and not lat:
        return None, ()
    return read_position(f"{lat}, {lon}", precision)


def _vessel(fields: Mapping[str, object]) -> Vessel:
    name = _PREFIX.sub("", text_of(fields, "vessel_name"))
    status = text_of(fields, "vessel_status").lower()
    return Vessel(
        name="" if name.lower() in _NO_NAME or is_generic(name) else name,
        type=text_of(fields, "vessel_type"),
        status=_STATUSES.get(status, status),
    )


def _title(kind: str, vessel: Vessel, place: str) -> str:
    """`Boarded: Maersk Alabama, Off Somalia`."""
    whom = vessel.name or (vessel.type or "vessel not named").lower()
    return clip(f"{kind or 'Report'}: {whom}{', ' if place else ''}{place}", 120)


FEED = Feed(
    id="imb",
    code=2,
    title="Crime at Sea (IMB reports 1993-2020)",
    publisher="Crime at Sea data set, from reports of the International Maritime Bureau",
    licence="CC BY-SA 4.0",
    attribution="Crime at Sea, doi 10.5334/johd.39, from IMB reports; CC BY-SA 4.0",
    marking="clear",
    kind=ARCHIVE,
    parse=parse,
    every=None,  # the data set ends in 2020
    covers=EVERYWHERE,
)

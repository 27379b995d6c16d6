"""What the watch itself takes down: telephone calls, VHF, e-mail, what a patrol saw.

One record a report, as the quick-entry form sends it (`cop/formats/desk.py`); it goes the one way
that all data goes. What the officer chose (hazard, act, severity, verification, grading, marking)
is stated and goes before what the rules would say; what was left open is judged by the rules. A
report without a marking is AMBER, without a grading F6.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from cop.feeds.feed import (
    BadField,
    Feed,
    clip,
    flag_fields,
    map_records,
    marking_of,
    number_of,
    required_text,
    text_of,
)
from cop.feeds.narrative import clean_narrative
from cop.formats import desk
from cop.formats.record import Record
from cop.model.dtg import BadTime, interval_span, parse_date, read_instant, read_time
from cop.model.geo import position_at
from cop.model.marking import FLOOR_WHEN_UNDECLARED, parse_marking
from cop.model.report import Defect, Position, Report, Stated, TimeSpan, Vessel
from cop.model.vessels import is_imo_number, is_ship_mmsi
from cop.model.vocabulary import (
    ACTS,
    MARKINGS,
    POSITION_PRECISIONS,
    SEVERITIES,
    VERIFICATIONS,
    hazards,
)

OPERATOR = "entered by this watch"
REFERENCE = re.compile(r"DESK-\d{8}-\d{4,6}", re.ASCII)
MAX_TITLE = 160
MAX_PERSONS = 100_000
MAX_UNCERTAINTY_NM = 5400.0  # a quarter of the globe: beyond it a position says nothing
_KNOWN = frozenset(desk.NAMES)
_NOT_COMPARED = frozenset(("entered_at", "officer", "line"))


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The reports of one or more entries of the form."""
    return map_records(desk.parse(data), partial(_report, received_at=received_at))


def closed_lists() -> dict[str, tuple[str, ...]]:
    """The words that a field may hold, for the fields that are chosen from a list."""
    return {
        "hazard": hazards().slugs,
        "act": ACTS.slugs,
        "severity": SEVERITIES.slugs,
        "verification": VERIFICATIONS.slugs,
        "tlp": MARKINGS.slugs,
        "reliability": tuple("ABCDEF"),
        "credibility": tuple("123456"),
        "position_precision": POSITION_PRECISIONS.slugs,
    }


def _report(record: Record, received_at: datetime) -> Report:
    fields = record.fields
    reference = required_text(fields, "reference")
    if not REFERENCE.fullmatch(reference):
        raise BadField("reference", "Reference is not of the form DESK-20261123-0001.")
    _check_words(fields)
    officer = required_text(fields, "officer")
    issued_at = _instant(fields, "entered_at", received_at)
    occurred, time_flags = _occurred(fields, issued_at)
    position, position_flags = _position(fields)
    title, _ = clean_narrative(required_text(fields, "title"))
    summary, narrative_flags = _summary(fields)
    vessel, vessel_flags = _vessel(fields)
    source = (text_of(fields, "source_name"), text_of(fields, "source_reference"))
    url = text_of(fields, "source_url")
    if url and not url.startswith(("https://", "http://")):
        raise BadField("source_url", "source_url is not a web address.")
    flags = (
        *record.flags,
        *time_flags,
        *position_flags,
        *narrative_flags,
        *vessel_flags,
        *flag_fields(fields, _KNOWN, "summary"),
    )
    return Report(
        feed="desk",
        reference=reference,
        raw=record.raw,
        title=clip(title, MAX_TITLE),
        summary=summary,
        occurred=occurred,
        position=position,
        place=text_of(fields, "place"),
        vessel=vessel,
        reliability=text_of(fields, "reliability") or "F",
        credibility=text_of(fields, "credibility") or "6",
        marking=marking_of(fields),
        source_name=", ".join(part for part in source if part) or f"Watch desk, {officer}",
        source_url=url,
        issued_at=issued_at,
        stated=Stated(
            hazard=text_of(fields, "hazard"),
            act=text_of(fields, "act"),
            severity=int(text_of(fields, "severity") or 0),
            verification=text_of(fields, "verification"),
        ),
        flags=tuple(dict.fromkeys(flags)),
        facts=tuple(
            (name, _compared(fields.get(name))) for name in desk.NAMES if name not in _NOT_COMPARED
        ),
    )


def _compared(value: object) -> str:
    """A value as it is compared: numbers alike however written, lists joined, blanks folded."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _check_words(fields: Mapping[str, object]) -> None:
    for name, words in closed_lists().items():
        word = text_of(fields, name)
        if name == "tlp":
            # Two floors that differ: a word that both fall back from is none that we know.
            known = parse_marking(word, "clear") == parse_marking(word, FLOOR_WHEN_UNDECLARED)
            if word and not known:
                raise BadField(name, f"tlp {word[:60]!r} is no marking.")
        elif word and word not in words:
            raise BadField(name, f"{name} {word[:60]!r} is not a word of its list.")


def _instant(fields: Mapping[str, object], name: str, received_at: datetime) -> datetime:
    try:
        return read_instant(required_text(fields, name), received_at)[0]
    except BadTime as error:
        raise BadTime(str(error), name) from error


def _occurred(
    fields: Mapping[str, object], issued_at: datetime
) -> tuple[TimeSpan, tuple[str, ...]]:
    try:
        span, flags = read_time(required_text(fields, "occurred"), issued_at)
    except BadTime as error:
        raise BadTime(str(error), "occurred") from error
    ended = text_of(fields, "ended")
    if not ended:
        return span, flags
    return interval_span(span.start, parse_date(ended, issued_at, "ended")), flags


def _position(fields: Mapping[str, object]) -> tuple[Position | None, tuple[str, ...]]:
    lon, lat = number_of(fields, "longitude"), number_of(fields, "latitude")
    precision = text_of(fields, "position_precision")
    if lon is None and lat is None:
        if precision not in ("", "none"):
            raise BadField("position_precision", "A precision is stated but no position.")
        return None, ()
    if lon is None or lat is None:
        raise BadField("longitude", "Only one of latitude and longitude is given.")
    if precision == "none":
        raise BadField("position_precision", "A position is given, but its precision is 'none'.")
    position, flags = position_at(
        lon, lat, text_of(fields, "position_written"), precision or "reported"
    )
    radius = number_of(fields, "uncertainty_nm") or 0.0
    if not (math.isfinite(radius) and 0 <= radius <= MAX_UNCERTAINTY_NM):
        raise BadField("uncertainty_nm", "uncertainty_nm is no radius in miles.")
    written = position.written
    return Position(position.lon, position.lat, position.precision, radius, written), flags


def _summary(fields: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """The narrative, and after it what the form states of means and persons."""
    narrative = fields.get("summary") or ""
    if not isinstance(narrative, str):
        raise BadField("summary", "summary is not text.")
    weapons = fields.get("weapons") or []
    if not isinstance(weapons, list) or not all(isinstance(word, str) for word in weapons):
        raise BadField("weapons", "weapons is not a list of words.")
    said = [f"Means: {', '.join(word[:60] for word in weapons[:20])}." if weapons else ""]
    for name, label in (("persons", "Persons involved"), ("pob", "Persons on board")):
        number = number_of(fields, name)
        if number is not None:
            if not (0 <= number <= MAX_PERSONS and number == int(number)):
                raise BadField(name, f"{name} is no number of persons.")
            said.append(f"{label}: {int(number)}.")
    stated = " ".join(part for part in said if part)
    return clean_narrative(f"{narrative}\n{stated}" if stated else narrative)


def _vessel(fields: Mapping[str, object]) -> tuple[Vessel, tuple[str, ...]]:
    imo = text_of(fields, "vessel_imo").upper().removeprefix("IMO").strip()
    mmsi = text_of(fields, "vessel_mmsi")
    vessel = Vessel(
        name=text_of(fields, "vessel_name"),
        type=text_of(fields, "vessel_type"),
        flag=text_of(fields, "vessel_flag"),
        imo=imo,
        mmsi=mmsi,
        call_sign=text_of(fields, "vessel_call_sign"),
        status=text_of(fields, "vessel_status"),
    )
    doubts = (
        ("imo-check-digit", bool(imo) and not is_imo_number(imo)),
        ("mmsi-unusual", bool(mmsi) and not is_ship_mmsi(mmsi)),
    )
    return vessel, tuple(name for name, odd in doubts if odd)


FEED = Feed(
    id="desk",
    code=5,
    title="Watch desk reports",
    publisher="this watch",
    licence="the watch's own; under the marking of each report",
    attribution="Watch desk, as signed by the officer named in each report",
    marking="amber",
    kind=OPERATOR,
    parse=parse,
)

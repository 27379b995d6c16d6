"""Warnings and advisories of the United Kingdom Maritime Trade Operations centre.

The reference is the year of issue and the incident number. The level is UKMTO's own, kept as
issued. Placeholders for a name that is withheld (`.`, `-`, `Merchant`) are no name.

Grading: B3 for warnings: an established naval reporting centre passes on one account. B6 for
advisories, which UKMTO itself issues without verification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from cop.feeds.feed import (
    CURRENT,
    BadField,
    Feed,
    clip,
    flag_fields,
    map_records,
    marking_of,
    normal_form,
    number_of,
    required_text,
    text_of,
)
from cop.feeds.narrative import clean_narrative
from cop.feeds.victim import is_generic
from cop.formats import ukmto
from cop.formats.record import Record
from cop.model.dtg import BadTime, parse_dtg, read_time
from cop.model.geo import BadPosition, arc_seconds, parse_latitude, parse_longitude, position_at
from cop.model.report import Defect, Position, Report, Vessel

_KNOWN = ukmto.MAPPED | ukmto.IGNORED | {"tlp"}
_TOLERANCE = 1.5 / 3600  # degrees: the packed text is in whole arc-seconds
_STATED_DATE = re.compile(r"(?i)(Incident|Report) Date ?: ?(\d{1,2}) ([A-Z]{3,9}) (\d{4}|\d{2})\b")


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The reports of a list of UKMTO incidents."""
    return map_records(
        ukmto.parse(data),
        partial(_report, received_at=received_at),
        lambda fields: fields.get("incidentNumber"),
    )


def _report(record: Record, received_at: datetime) -> Report:
    fields = record.fields
    number = fields.get("incidentNumber")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 100_000:
        raise BadField("incidentNumber", "incidentNumber is not a positive number.")
    occurred, flags = read_time(required_text(fields, "utcDateOfIncident"), received_at)
    created = text_of(fields, "utcDateCreated")
    issued = read_time(created, received_at)[0].start if created else None
    position, position_flags = _position(fields)
    details = fields.get("otherDetails") or ""
    if not isinstance(details, str):
        raise BadField("otherDetails", "otherDetails is not text.")
    summary, narrative_flags = clean_narrative(details)
    kind, level = text_of(fields, "incidentTypeName"), text_of(fields, "incidentTypeLevel")
    place = text_of(fields, "place")
    vessel = Vessel(_vessel_name(fields), text_of(fields, "vesselType").lower())
    held, crew = fields.get("vesselUnderPirateControl") is True, number_of(fields, "crewHeld") or 0
    signals = [
        ("time-conflict", _time_conflict(summary, occurred.start, issued, received_at)),
        ("under-pirate-control", held),
        ("crew-held", crew > 0),
    ]
    flags += flag_fields(fields, _KNOWN, "otherDetails") + position_flags + narrative_flags
    flags += tuple(name for name, said in signals if said)
    return Report(
        feed="ukmto",
        reference=f"{(issued or occurred.start).year}-{number:03d}",
        raw=record.raw,
        title=_title(kind, vessel, place),
        summary=summary,
        occurred=occurred,
        position=position,
        place=place,
        vessel=vessel,
        source_type=kind,
        source_severity=level,
        reliability="B",
        credibility="6" if kind.lower() == "advisory" else "3",
        marking=marking_of(fields),
        source_name="UKMTO",
        source_url="https://www.ukmto.org/",
        issued_at=issued,
        flags=tuple(dict.fromkeys((*record.flags, *flags))),
        facts=(
            ("time", occurred.start.isoformat()),
            ("latitude", str(arc_seconds(position.lat)) if position else ""),
            ("longitude", str(arc_seconds(position.lon)) if position else ""),
            ("type", normal_form(kind)),
            ("level", level),
            ("place", normal_form(place)),
            ("vessel", normal_form(vessel.name + vessel.type)),
            ("held", f"{held} {crew:g}"),
            ("narrative", normal_form(details)),
        ),
    )


def _vessel_name(fields: Mapping[str, object]) -> str:
    name = text_of(fields, "vesselName")
    stated = any(char.isalpha() for char in name)
    return "" if not stated or is_generic(name) else name


def _position(fields: Mapping[str, object]) -> tuple[Position | None, tuple[str, ...]]:
    """The decimal degrees; packed text that says something else is flagged `position-conflict`."""
    lon, lat = number_of(fields, "locationLongitude"), number_of(fields, "locationLatitude")
    if lon is None and lat is None:
        return None, ()
    if lon is None or lat is None:
        raise BadField("locationLongitude", "Only one of latitude and longitude is given.")
    north = text_of(fields, "locationLatitudeDDDMMSS")
    east = text_of(fields, "locationLongitudeDDDMMSS")
    position, flags = position_at(lon, lat, f"{north} {east}".strip())
    if north and east:
        try:
            apart = max(
                abs(parse_latitude(north) - position.lat),
                abs(parse_longitude(east) - position.lon),
            )
        except BadPosition:  # the decimals hold; that the text cannot be read is a conflict too
            apart = 1.0
        if _TOLERANCE < apart < 360 - _TOLERANCE:
            flags += ("position-conflict",)
    return position, flags


def _time_conflict(
    summary: str, at: datetime, issued: datetime | None, received_at: datetime
) -> bool:
    """Whether it happened after it was issued, or on another day than the text says."""
    if issued and at > issued + timedelta(minutes=5):
        return True
    for what, day, month, year in _STATED_DATE.findall(summary):
        try:
            stated = parse_dtg(f"{int(day):02d}0000Z {month} {year}", received_at).date()
        except BadTime:  # no date after all, so there is nothing to disagree with
            continue
        if _disagrees(what, stated, at.date()):
            return True
    return False


def _disagrees(what: str, stated: date, on: date) -> bool:
    """An incident happened on its day; a report is not made before it."""
    return stated != on if what.lower() == "incident" else stated < on


def _title(kind: str, vessel: Vessel, place: str) -> str:
    """`Attack: tanker, Strait of Hormuz`."""
    known = vessel.type if vessel.type not in ("", "other") else "vessel"
    whom = vessel.name or known
    return clip(f"{kind or 'Report'}: {whom}{', ' if place else ''}{place}", 120)


FEED = Feed(
    id="ukmto",
    code=3,
    title="UKMTO warnings and advisories",
    publisher="United Kingdom Maritime Trade Operations",
    licence="Open Government Licence v3.0",
    attribution="UKMTO; contains public sector information under Open Government Licence v3.0",
    marking="clear",
    kind=CURRENT,
    parse=parse,
    # Warnings are sent at once and stand in the list from then on: who has not read it for an hour
    # does not know. Its voluntary reporting area reaches from Suez and the Gulf to 78°E and 10°S
    # (Admiralty chart Q6099); the seas around India lie in it in part only.
    every=timedelta(hours=1),
    covers=("red-sea-aden", "persian-gulf-oman", "arabian-sea-somali-basin"),
)

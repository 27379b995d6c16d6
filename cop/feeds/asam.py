"""Anti-Shipping Activity Messages of the US National Geospatial-Intelligence Agency.

Reports come late with old dates, so that the file is always read whole. One record says the same
in all three layouts: `facts` holds what they share in a form in which layout does not matter.

Grading: B3. The agency is an established compiler (B), but it passes on what masters, companies
and the press report, one account each and without an assessment (3, possibly true).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

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
    number_of,
    required_text,
    text_of,
)
from cop.feeds.narrative import clean_narrative, contradicts
from cop.feeds.victim import is_generic, read_victim
from cop.formats import asam
from cop.formats.record import Record
from cop.model.dtg import day_span, future_flags, parse_date
from cop.model.geo import arc_seconds, position_at, read_position
from cop.model.report import Defect, Position, Report
from cop.model.vocabulary import NAVAREAS

_KNOWN = frozenset((*asam.COLUMNS, "latitude", "longitude", "tlp"))
_REFERENCE = re.compile(r"\d{4}-\d{1,5}")
_PLACE = re.compile(r"(?:\(U\) ?)?([A-Z][A-Za-z .,'()/&-]{1,59}):")
_SAYS_NOTHING = frozenset(("", "n/a", "na", "unknown", "none", "unk"))
_MAX_TITLE = 120
_POSITION_TOLERANCE = 1.5 / 3600  # degrees: the text of a position is in arc-seconds


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The reports of an ASAM file in any of its three layouts."""
    return map_records(asam.parse(data), partial(_report, received_at=received_at))


def _report(record: Record, received_at: datetime) -> Report:
    fields = record.fields
    reference = required_text(fields, "reference")
    if not _REFERENCE.fullmatch(reference):
        raise BadField("reference", f"Reference {reference[:40]!r} is not a year and a number.")
    occurred = day_span(parse_date(required_text(fields, "date"), received_at))
    position, position_flags = _position(fields)
    narrative = _narrative(fields)
    summary, narrative_flags = clean_narrative(narrative)
    if position and ("REFERENCE ONLY" in summary or "reference only" in summary):
        # "Position is for reference only, not position of incident."
        position = replace(position, precision="approximate")
    if position and contradicts(summary, position):
        position_flags += ("position-conflict",)
    victim, hostility = text_of(fields, "victim"), text_of(fields, "hostility")
    navarea, subregion = text_of(fields, "navArea"), text_of(fields, "subreg")
    place = _PLACE.match(summary)
    flags = (
        *record.flags,
        *position_flags,
        *narrative_flags,
        *future_flags(occurred, received_at),
        *flag_fields(fields, _KNOWN, "description"),
    )
    facts = [
        ("date", occurred.start.date().isoformat()),
        ("latitude", str(arc_seconds(position.lat)) if position else ""),
        ("longitude", str(arc_seconds(position.lon)) if position else ""),
        ("hostility", normal_form(hostility)),
        ("victim", normal_form(victim)),
        ("narrative", normal_form(narrative)),
    ]
    if navarea:
        facts.append(("navarea", navarea))
    return Report(
        feed="asam",
        reference=reference,
        raw=record.raw,
        title=_title(hostility, victim, place[1] if place else ""),
        summary=summary,
        occurred=occurred,
        position=position,
        place=place[1].strip() if place else "",
        vessel=read_victim(victim, summary),
        source_type=hostility,
        source_navarea=navarea if navarea in NAVAREAS else "",
        source_subregion=subregion,
        reliability="B",
        credibility="3",
        marking=marking_of(fields),
        source_name="NGA ASAM",
        flags=tuple(dict.fromkeys(flags)),
        facts=tuple(facts),
    )


def _narrative(fields: Mapping[str, object]) -> str:
    value = fields.get("description")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadField("description", "description is not text.")
    return value


def _position(fields: Mapping[str, object]) -> tuple[Position | None, tuple[str, ...]]:
    """Decimal degrees where the layout has them, else the text; a differing text is flagged."""
    written = fields.get("position") or ""
    if not isinstance(written, str):
        raise BadField("position", "position is not text.")
    lon, lat = number_of(fields, "longitude"), number_of(fields, "latitude")
    if lon is None and lat is None:
        return read_position(written) if written.strip() else (None, ())
    if lon is None or lat is None:
        raise BadField("longitude", "Only one of latitude and longitude is given.")
    position, flags = position_at(lon, lat, written)
    if written.strip():
        text, text_flags = read_position(written)
        apart = max(abs(text.lat - position.lat), abs(text.lon - position.lon))
        if _POSITION_TOLERANCE < apart < 360 - _POSITION_TOLERANCE:
            text_flags += ("position-conflict",)
        flags = tuple(dict.fromkeys(flags + text_flags))
    return position, flags


def _title(hostility: str, victim: str, place: str) -> str:
    """`Boarding: Panama-flagged tanker YONG XING`; capitals that shout are lowered, names stay."""
    what = "" if hostility.lower() in _SAYS_NOTHING else _calm(hostility)
    whom = "" if victim.lower() in _SAYS_NOTHING else victim
    if whom.isupper() and is_generic(whom):
        whom = whom.lower()
    title = f"{what or 'Report'}: {whom or place.title() or 'no vessel named'}"
    return clip(title[0].upper() + title[1:], _MAX_TITLE)


def _calm(words: str) -> str:
    return words.capitalize() if words.isupper() else words


FEED = Feed(
    id="asam",
    code=1,
    title="Anti-Shipping Activity Messages",
    publisher="US National Geospatial-Intelligence Agency",
    licence="US Government work, public domain",
    attribution="NGA Maritime Safety Information, Anti-Shipping Activity Messages",
    marking="clear",
    kind=ARCHIVE,
    parse=parse,
    # The agency adds the reports of a week at a time, of any sea. Whether it still does is said by
    # its newest record: a file that was read today and ends years ago does not count as coverage.
    every=timedelta(days=7),
    covers=EVERYWHERE,
)

"""One typed line becomes a draft of a report: each field with its words, each doubt by name.

    231105Z NOV 26 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives stores stolen

Nothing is guessed silently: what had to be assumed is a problem of level `check`, what cannot be
is one of level `error`, at the field it concerns. Type, act and severity come from the words by
the rules of `data/taxonomy`, or from a type that the officer names; the rest is the narrative.
Left out: local times, more than one time, position or ship (the first counts, the others are said).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from cop.formats.typed_line import Found, Problem, TypedLine
from cop.formats.typed_place import read_where
from cop.formats.typed_time import read_when
from cop.formats.typed_words import read_numbers, read_who
from cop.model.classify import classify
from cop.model.dtg import format_dtg
from cop.model.report import Classification, Position, Report, Stated, TimeSpan, Vessel
from cop.model.vocabulary import hazards

FAR_INLAND_NM = 5.0  # deeper inland than harbours and rivers are: more likely a mistake
TERRITORIAL_SEA_NM = 12.0
UNCLASSIFIED = "unclassified"
# Shorthand of the watch that is no sentence; read only where the rules find nothing.
_SHORTHAND = tuple(
    (slug, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])"))
    for slug, words in (
        ("hijack", "hijack(?:ed|ing)?"),
        ("kidnapping", "kidnap(?:ped|ping)?|crew taken"),
        ("stowaway", "stowaways?"),
        ("gnss-interference", "(?:gps|gnss) (?:jamming|jammed|interference|spoofing|lost|loss)"),
        ("ais-manipulation", "ais (?:spoofing|spoofed|off|manipulation)"),
        ("drone-sighting", "drones? (?:sighted|seen|overhead|over)"),
        ("person-overboard", "(?:man|person) overboard|mob"),
        ("fire-explosion", "fire|explosion|on fire|ablaze"),
        ("collision", "collision|collided|allision"),
        ("grounding", "aground|grounded|grounding"),
        ("sinking", "sank|sinking|sunk|capsized|foundered"),
        ("spill", "(?:oil |chemical )?spill|slick|pollution"),
        ("ransomware", "ransomware"),
        (
            "suspicious-approach",
            "suspicious (?:craft|boats?|skiffs?)|(?:skiffs?|boats?) approach(?:ed|ing)?",
        ),
        ("mine", "(?:drifting |sea |limpet )mine"),
    )
)
_BOARDING = re.compile(r"(?<![\w-])(?:board(?:ed|ing)|robbery|robbed|robbers?|pirates?)(?![\w-])")
_IN_PORT = re.compile(
    r"(?<!\w)(?:at anchor|anchored|anchorage|berth(?:ed)?|alongside|in port)(?!\w)"
)
_AT_SEA = (("piracy", False), ("armed-robbery", True))  # the law: which of them is inside 12 nm


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies round a position: distance to land in nm (0 on land), and how far inland it is."""

    offing_nm: float
    inland_nm: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What a line says: `fields` by name, each with its span of text, and `problems` by field.

    Fields, where found: `occurred` (TimeSpan), `position` (Position), `port` (Port), `hazard`,
    `act` (slugs), `severity` (int), `vessel_name`, `vessel_type`, `vessel_flag`, `vessel_imo`,
    `vessel_mmsi`, `vessel_call_sign`, `vessel_status` (text), `weapons` (tuple of text),
    `persons`, `pob` (int).
    """

    line: str
    fields: Mapping[str, Found]
    problems: tuple[Problem, ...]
    narrative: str

    def value(self, name: str) -> Any:
        """The value of a field, None where the line does not say it."""
        found = self.fields.get(name)
        return None if found is None else found.value

    @property
    def is_sound(self) -> bool:
        """Whether no problem keeps it from being recorded."""
        return all(problem.level != "error" for problem in self.problems)

    def problems_at(self, field: str) -> tuple[Problem, ...]:
        """The problems of one field."""
        return tuple(problem for problem in self.problems if problem.field == field)

    def form(self) -> dict[str, Any]:
        """The draft as the quick-entry form is filled: names and values of `cop.formats.desk`.

        Only what the officer typed is stated; type, act and severity by rule are left to be
        proposed, except where the form asks for them by `value`.
        """
        filled: dict[str, Any] = {"line": self.line[:2_000], "summary": self.narrative}
        span: TimeSpan | None = self.value("occurred")
        if span is not None:
            filled["occurred"] = written_time(span)
        position: Position | None = self.value("position")
        if position is not None:
            filled |= {
                "longitude": position.lon,
                "latitude": position.lat,
                "position_written": position.written,
                "position_precision": position.precision,
                "uncertainty_nm": position.uncertainty_nm,
            }
        port = self.value("port")
        if port is not None:
            filled["place"] = f"{port.name}, {port.country}"
        for name in _PLAIN:
            if self.value(name) is not None:
                filled[name] = self.value(name)
        if "weapons" in filled:
            filled["weapons"] = list(filled["weapons"])
        filled["title"] = title_of(filled)
        return filled


_PLAIN = (
    "hazard", "act", "severity", "vessel_name", "vessel_type", "vessel_flag", "vessel_imo",
    "vessel_mmsi", "vessel_call_sign", "vessel_status", "weapons", "persons", "pob",
)  # fmt: skip


def parse_line(
    text: str, *, now: datetime, look_round: Callable[[float, float], Surroundings] | None = None
) -> Draft:
    """The draft that a typed line gives at `now` (naive UTC); never raises for what is typed.

    `look_round(lon, lat)` says how far from the coast a position is; without it, positions are
    not checked against land, and piracy is not told from armed robbery by distance.
    """
    line = TypedLine(text)
    if not line.left.strip():
        line.refuse("text", "The line is empty.")
        return Draft(text, MappingProxyType({}), tuple(line.problems), "")
    read_numbers(line)
    read_when(line, now)
    read_where(line)
    read_who(line)
    narrative = line.rest()
    _classify(line, narrative, _surroundings(line, look_round))
    return Draft(text, MappingProxyType(dict(line.fields)), tuple(line.problems), narrative)


def dump_line(draft: Draft) -> str:
    """A draft as one line that reads back to the same time, position, type and ship."""
    parts = []
    span, position = draft.value("occurred"), draft.value("position")
    if span is not None:
        parts.append(_typed_time(span))
    if position is not None:
        parts.append(_typed_position(position))
    if draft.value("hazard") not in (None, UNCLASSIFIED):
        parts.append(hazards().label(draft.value("hazard")).lower())
    if draft.value("vessel_name"):
        parts.append(f'MV "{draft.value("vessel_name")}"')
    for label, name in (("IMO", "vessel_imo"), ("MMSI", "vessel_mmsi")):
        if draft.value(name):
            parts.append(f"{label} {draft.value(name)}")
    return " ".join([*parts, draft.narrative]).strip()


def title_of(form: Mapping[str, Any]) -> str:
    """`Armed robbery: EXAMPLE, Singapore`: what, whom and where of a form, in 160 letters."""
    slug = form.get("hazard") or UNCLASSIFIED
    what = hazards().label(slug) if slug in hazards() else "Report"
    whom = form.get("vessel_name") or form.get("vessel_type") or ""
    where = str(form.get("place") or "").split(",")[0]
    rest = ", ".join(str(part) for part in (whom, where) if part)
    return f"{what}: {rest}"[:160] if rest else what


def written_time(span: TimeSpan) -> str:
    """A time as the form and the desk record hold it: `2026-11-23T11:05Z`, or a date alone."""
    if span.precision == "date":
        return f"{span.start:%Y-%m-%d}"
    if span.precision == "month":
        return f"{span.start:%Y-%m}"
    seconds = "" if not (span.start.second or span.start.microsecond) else f"{span.start:%S}"
    return f"{span.start:%Y-%m-%dT%H:%M}{':' if seconds else ''}{seconds}Z"


def _typed_time(span: TimeSpan) -> str:
    plain = span.precision == "instant" and not span.start.second and span.start.year >= 1950
    return format_dtg(span.start) if plain and span.start.year < 2050 else written_time(span)


def _typed_position(position: Position) -> str:
    """Decimal degrees with letters: seven decimals are all that a position holds."""
    north, east = "S" if position.lat < 0 else "N", "W" if position.lon < 0 else "E"
    return f"{abs(position.lat):.7f}{north} {abs(position.lon):.7f}{east}"


def _surroundings(
    line: TypedLine, look_round: Callable[[float, float], Surroundings] | None
) -> Surroundings | None:
    found = line.fields.get("position")
    if found is None or look_round is None:
        return None
    position = found.value
    assert isinstance(position, Position)
    here = look_round(position.lon, position.lat)
    if here.inland_nm > FAR_INLAND_NM and "port" not in line.fields:
        line.problems.append(
            Problem(
                "position",
                f"The position is on land, {here.inland_nm:.0f} nm from the coast.",
                "check",
                found.start,
                found.end,
            )
        )
    return here


def _classify(line: TypedLine, narrative: str, here: Surroundings | None) -> None:
    """Type, act and severity: the type that is named, else what the rules make of the words."""
    typed = _typed_hazard(narrative)
    judged = _judge(line, narrative, typed[0] if typed else "", here)
    if not typed and judged.hazard == UNCLASSIFIED:
        typed = _shorthand(line, narrative, here)
        judged = _judge(line, narrative, typed[0] if typed else "", here)
    if typed:
        slug, words = typed
        start = line.original.lower().find(words)
        line.fields["hazard"] = Found(slug, words, start, start + len(words) if start >= 0 else -1)
        _check_law(line, slug, here)
    else:
        line.fields["hazard"] = Found(judged.hazard, by=f"rule: {judged.hazard_rule}")
        if judged.hazard == UNCLASSIFIED:
            line.doubt("hazard", "The words do not say what type of incident it is.")
    line.fields["act"] = Found(judged.act, by=f"rule: {judged.act_rule}")
    line.fields["severity"] = Found(judged.severity, by=f"rule: {judged.severity_rule}")


def _judge(
    line: TypedLine, narrative: str, hazard: str, here: Surroundings | None
) -> Classification:
    status = line.fields.get("vessel_status")
    never = datetime(1970, 1, 1)  # the rules do not ask when
    report = Report(
        feed="desk",
        reference="",
        raw=b"",
        title="",
        summary=narrative,
        occurred=TimeSpan(never, never, "instant"),
        vessel=Vessel(status=str(status.value) if status else ""),
        stated=Stated(hazard=hazard),
    )
    return classify(report, here.offing_nm if here else None)


def _shorthand(
    line: TypedLine, narrative: str, here: Surroundings | None
) -> tuple[str, str] | None:
    """What a single word of the watch's shorthand says where the rules need a sentence."""
    lowered = narrative.lower()
    for slug, pattern in _SHORTHAND:
        match = pattern.search(lowered)
        if match:
            return slug, match[0]
    match = _BOARDING.search(lowered)
    if match is None:
        return None
    if _IN_PORT.search(lowered):
        return "armed-robbery", match[0]
    if here is None:
        line.doubt("hazard", "Piracy or armed robbery depends on the distance from land.")
        return None
    inside = here.offing_nm <= TERRITORIAL_SEA_NM
    line.doubt("hazard", f"By the rule of 12 nm: {here.offing_nm:.0f} nm from land (estimate).")
    return ("armed-robbery" if inside else "piracy"), match[0]


def _check_law(line: TypedLine, slug: str, here: Surroundings | None) -> None:
    if here is None:
        return
    for word, inside in _AT_SEA:
        if slug == word and (here.offing_nm <= TERRITORIAL_SEA_NM) != inside:
            other = "armed robbery" if slug == "piracy" else "piracy"
            line.doubt(
                "hazard",
                f"{here.offing_nm:.0f} nm from land it is {other} by the rule of 12 nm (estimate).",
            )


def _typed_hazard(narrative: str) -> tuple[str, str] | None:
    """The one type that is named by its label or slug; None where none or several are."""
    found: dict[str, str] = {}
    for match in _hazard_words().finditer(narrative.lower()):
        words = match[0]
        found.setdefault(_hazard_slugs()[re.sub(r"[ -]+", " ", words)], words)
    return next(iter(found.items())) if len(found) == 1 else None


@cache
def _hazard_slugs() -> dict[str, str]:
    """Labels and slugs of all types, with blanks for dashes."""
    named = {}
    for term in hazards():
        if term.slug != UNCLASSIFIED:
            for words in (term.label.lower(), term.slug):
                named[re.sub(r"[ -]+", " ", words)] = term.slug
    return named


@cache
def _hazard_words() -> re.Pattern[str]:
    longest_first = sorted(_hazard_slugs(), key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\ ", "[ -]") for name in longest_first)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")

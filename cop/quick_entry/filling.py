"""The quick-entry form filled from a typed line, beside what the officer wrote by hand.

What is on the form is what is recorded: `fill_form` proposes texts for the fields that were not
edited, `form_of` reads all texts back as the form that is checked and recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cop.errors import BadInput
from cop.formats.quick_line import (
    FAR_INLAND_NM,
    UNCLASSIFIED,
    Draft,
    Surroundings,
    parse_line,
    written_time,
)
from cop.formats.typed_line import ASSUMED, MAX_READ, TYPED
from cop.geography import Geography
from cop.model.classify import classify
from cop.model.coordinates import parse_position
from cop.model.dtg import format_dtg
from cop.model.geo import format_ddm
from cop.model.report import Position, Report, Stated, TimeSpan, Vessel
from cop.model.vocabulary import hazards
from cop.quick_entry.form import check_form, number_in, position_of
from cop.quick_entry.recording import looking_round

# The fields of the form, as texts. `came_by` (telephone, radio …) is said before the source's name.
FIELDS = (
    "occurred", "position", "place", "hazard", "act", "severity", "verification", "vessel_name",
    "vessel_type", "vessel_imo", "vessel_flag", "vessel_mmsi", "vessel_call_sign", "vessel_status",
    "weapons", "persons", "pob", "summary", "came_by", "source_name", "reliability", "credibility",
    "tlp",
)  # fmt: skip
EXACT = ("longitude", "latitude", "position_written", "position_precision", "uncertainty_nm")
# Fields of a record and of a typed line that stand in another field of the form.
_SHOWN_AT = {
    "text": "line", "form": "line", "title": "summary", "port": "position", "ended": "occurred",
    "source_reference": "source_name", "source_url": "source_name",
    **dict.fromkeys(EXACT, "position"),
}  # fmt: skip
MAX_TIME = 40  # characters of a time
_BY_RULE = ("hazard", "act", "severity")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong at a field (`error`) or should be looked at (`check`), in words."""

    level: str
    words: str


@dataclass(frozen=True, slots=True)
class Filled:
    """All fields as texts; the position as exactly as the line says it; flaws and hints by field.

    `exact` holds the keys of EXACT, and as `text` the words in the field that it stands for.
    """

    fields: dict[str, str]
    exact: dict[str, Any]
    flaws: dict[str, Flaw]
    hints: dict[str, str]


def fill_form(
    geography: Geography,
    line: str,
    typed: Mapping[str, str],
    edited: Collection[str],
    exact: Mapping[str, Any],
    now: datetime,
) -> Filled:
    """The form of a line at `now`, with the texts of the fields that were edited as they are.

    `typed` are the texts on the form, `exact` the position that the one among them stands for.
    Never raises for what is typed: that is a flaw at its field.
    """
    look = looking_round(geography)
    draft = parse_line(line, now=now, look_round=look) if line.strip() else None
    fields = dict.fromkeys(FIELDS, "") | (_texts(draft) if draft else {})
    fields |= {name: typed.get(name, "") for name in edited if name in fields}
    position = draft.value("position") if draft else None
    if position is not None and "position" not in edited:
        exact = _exact(position, fields["position"])
    form = form_of(line, fields, exact)
    place = position_of(form)
    hints = _hints(draft, edited) | _read_as(fields, edited, exact, place, now)
    here = look(place.lon, place.lat) if place else None
    if draft and {"hazard", "position"} & set(edited):
        _judge_again(draft, fields, edited, here, hints)
    hints = {name: words for name, words in hints.items() if fields[name]}
    flaws = _flaws(draft, fields, edited)
    for name, words in check_form(form, now)[1].items():
        at = shown_at(name)
        # What is still empty is asked for when it is recorded, not while somebody types.
        if fields.get(at) and (at in edited or at not in flaws):
            flaws[at] = Flaw("error", words)
    inland = here.inland_nm if here and "position" in edited else 0.0
    if inland > FAR_INLAND_NM:
        words = f"The position is on land, {inland:.0f} nm from the coast."
        flaws.setdefault("position", Flaw("check", words))
    return Filled(fields, dict(exact) if exact else {}, flaws, hints)


def form_of(line: str, fields: Mapping[str, str], exact: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of the form as `check_form` and `record_report` take them; empty ones left out."""
    form: dict[str, Any] = {
        name: fields[name] for name in FIELDS if fields.get(name, "").strip() and name != "came_by"
    }
    if line.strip():
        form["line"] = line[:MAX_READ]
    if exact and "position" in form and exact.get("text") == form["position"]:
        del form["position"]
        form |= {name: exact[name] for name in EXACT if exact.get(name) not in (None, "")}
    source = [fields.get(name, "").strip() for name in ("came_by", "source_name")]
    if any(source):
        form["source_name"] = ", ".join(part for part in source if part)
    return form


def shown_at(name: str) -> str:
    """The field of the form at which a problem with a field of the record is said."""
    at = _SHOWN_AT.get(name, name)
    return at if at in FIELDS else "line"


def _texts(draft: Draft) -> dict[str, str]:
    filled = draft.form()
    texts = {
        name: ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in filled.items()
        if name in FIELDS
    }
    if texts.get("hazard") == UNCLASSIFIED:
        texts["hazard"] = ""
    span: TimeSpan | None = draft.value("occurred")
    if span is not None:
        texts["occurred"] = say_time(span)
    position: Position | None = draft.value("position")
    if position is not None:
        texts["position"] = _say_position(position)
    return texts


def say_time(span: TimeSpan) -> str:
    """A time for the form: a date-time group where one can say it, else as it is recorded."""
    plain = span.precision == "instant" and not (span.start.second or span.start.microsecond)
    if plain and 1950 <= span.start.year < 2050:
        return format_dtg(span.start)
    return written_time(span)


def _say_position(position: Position) -> str:
    """As it was typed where that alone says it, else in degrees and minutes."""
    try:
        read = parse_position(position.written)
    except BadInput:  # words such as a port's name: the position itself is said
        return format_ddm(position.lon, position.lat)
    same = (read.lon, read.lat) == (position.lon, position.lat)
    return position.written if same else format_ddm(position.lon, position.lat)


def _exact(position: Position, text: str) -> dict[str, Any]:
    return {
        "text": text,
        "longitude": position.lon,
        "latitude": position.lat,
        "position_written": position.written,
        "position_precision": position.precision,
        "uncertainty_nm": position.uncertainty_nm,
    }


def _hints(draft: Draft | None, edited: Collection[str]) -> dict[str, str]:
    """How a value came about that the officer did not type."""
    hints: dict[str, str] = {}
    for name, found in draft.fields.items() if draft else ():
        if name in FIELDS and name not in edited and found.by not in (TYPED, ASSUMED):
            hints[name] = f"by {found.by}"
    return hints


def _read_as(
    fields: Mapping[str, str],
    edited: Collection[str],
    exact: Mapping[str, Any],
    place: Position | None,
    now: datetime,
) -> dict[str, str]:
    """How a time and a position written by hand are read, where they were written otherwise."""
    hints: dict[str, str] = {}
    if "occurred" in edited and 0 < len(fields["occurred"].strip()) <= MAX_TIME:
        span = parse_line(fields["occurred"], now=now).value("occurred")
        if span is not None and say_time(span) != fields["occurred"].strip():
            hints["occurred"] = f"read as {say_time(span)}"
    if "position" in edited and place is not None:
        said = format_ddm(place.lon, place.lat)
        parts = [] if said == fields["position"].strip() else [f"read as {said}"]
        radius = exact.get("uncertainty_nm") if exact.get("text") == fields["position"] else 0
        radius = number_in(radius) or place.uncertainty_nm
        parts += [f"approximate, within {radius:g} nm"] if radius else []
        if parts:
            hints["position"] = "; ".join(parts)
    return hints


def _judge_again(
    draft: Draft,
    fields: dict[str, str],
    edited: Collection[str],
    here: Surroundings | None,
    hints: dict[str, str],
) -> None:
    """What the rules make of the line with the type or the position that the officer gave."""
    by_rule = {name for name in _BY_RULE if name in draft.fields and draft.fields[name].by != TYPED}
    by_rule -= set(edited)
    stated = "" if "hazard" in by_rule else fields["hazard"]
    report = Report(
        feed="desk",
        reference="",
        raw=b"",
        title="",
        summary=fields["summary"],
        occurred=TimeSpan(datetime.min, datetime.min, "instant"),  # the rules do not ask when
        vessel=Vessel(status=fields["vessel_status"]),
        stated=Stated(hazard=stated if stated in hazards() else ""),
    )
    judged = classify(report, here.offing_nm if here else None)
    for name in by_rule:
        value = str(getattr(judged, name))
        fields[name] = "" if value == UNCLASSIFIED else value
        hints[name] = f"by rule: {getattr(judged, f'{name}_rule')}"


def _flaws(
    draft: Draft | None, fields: Mapping[str, str], edited: Collection[str]
) -> dict[str, Flaw]:
    flaws: dict[str, Flaw] = {}
    for problem in draft.problems if draft else ():
        at = shown_at(problem.field)
        if at in edited or (at == "hazard" and fields["hazard"] and "position" in edited):
            continue
        # Of something that is not in the line at all it is enough to be reminded.
        is_error = problem.level == "error" and problem.start >= 0
        before = flaws.get(at)
        words = f"{before.words} {problem.message}" if before else problem.message
        is_error |= before is not None and before.level == "error"
        flaws[at] = Flaw("error" if is_error else "check", words)
    return flaws

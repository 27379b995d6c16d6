"""The quick-entry form: what is wrong with it, field by field, and what it says unfinished."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from cop.errors import BadInput
from cop.feeds import desk
from cop.formats import desk as desk_format
from cop.formats.quick_line import parse_line, title_of, written_time
from cop.formats.typed_time import SLACK
from cop.model.coordinates import parse_position
from cop.model.dtg import BadTime, read_time
from cop.model.report import Position
from cop.model.vessels import is_imo_number

_ACCEPTED = frozenset((*desk_format.NAMES, "position"))
_CHOSEN_HERE = ("reference", "entered_at", "officer")
_WHOLE = ("persons", "pob")
# Control characters other than line breaks and tabs, and half characters.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class BadForm(BadInput):
    """A form that cannot be recorded; `problems` says of each field at fault what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(f"{name}: {why}" for name, why in self.problems.items()))


def check_form(form: Mapping[str, Any], now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """A form as a desk record (without its number), and what is wrong with it, by field.

    Texts are taken as typed: numbers may be text, `occurred` any time and `position` any position
    that can be read. Fields left open stay out.
    """
    problems: dict[str, str] = {}
    record: dict[str, Any] = {}
    for name, value in form.items():
        if name not in _ACCEPTED or name in _CHOSEN_HERE:
            problems[name] = "is no field of this form"
        elif isinstance(value, str):
            if value.strip():
                record[name] = value.strip()
        elif value is not None and value != []:
            record[name] = value
    for name, check in (
        ("occurred", _check_time),
        ("position", _check_position),
        ("weapons", _check_weapons),
        ("counts", _check_counts),
        ("words", _check_words),
        ("vessel_imo", _check_imo),
    ):
        try:
            check(record, now, problems)
        except BadInput as error:
            problems.setdefault(getattr(error, "field", "") or name, str(error))
    record.pop("position", None)
    if not record.get("summary") and not record.get("hazard"):
        problems.setdefault("summary", "Say what happened, or choose a type.")
    if not record.get("title"):
        record["title"] = title_of(record)
    return record, problems


def _check_time(record: dict[str, Any], now: datetime, problems: dict[str, str]) -> None:
    written = record.get("occurred")
    if not isinstance(written, str):
        problems["occurred"] = "Give the time, such as 231105Z NOV 26."
        return
    if len(written) > 40:
        problems["occurred"] = "That is too long for a time."
        return
    draft = parse_line(written, now=now)
    errors = [
        problem.message for problem in draft.problems_at("occurred") if problem.level == "error"
    ]
    span = draft.value("occurred")
    if span is None:
        # Months and other spellings of the record that nobody types in a line.
        try:
            span = read_time(written, now)[0]
        except BadTime as error:
            problems["occurred"] = errors[0] if errors else str(error)
            return
        errors = ["That is in the future."] if span.start > now + SLACK else []
    if errors:
        problems["occurred"] = errors[0]
    record["occurred"] = written_time(span)


def _check_position(record: dict[str, Any], _: datetime, problems: dict[str, str]) -> None:
    written = record.get("position")
    if isinstance(written, str):
        position = parse_position(written)
        record |= {
            "longitude": position.lon,
            "latitude": position.lat,
            "position_written": position.written,
        }
        record.setdefault("position_precision", position.precision)
        if position.uncertainty_nm:
            record.setdefault("uncertainty_nm", position.uncertainty_nm)
    elif written is not None:
        problems["position"] = "A position is typed as text."
    for name, limit in (("longitude", 180.0), ("latitude", 90.0), ("uncertainty_nm", 5400.0)):
        if name in record:
            record[name] = number = number_in(record[name])
            if number is None or abs(number) > limit or (name == "uncertainty_nm" and number < 0):
                problems[name] = f"{name} is a number up to {limit:g}."
    if ("longitude" in record) != ("latitude" in record):
        problems["position"] = "Only one of latitude and longitude is given."


def _check_weapons(record: dict[str, Any], _: datetime, problems: dict[str, str]) -> None:
    given = record.get("weapons")
    if isinstance(given, str):
        given = [word.strip() for word in given.split(",") if word.strip()]
    if given is None:
        return
    if not isinstance(given, list | tuple) or not all(isinstance(word, str) for word in given):
        problems["weapons"] = "Weapons are words, joined by commas."
        return
    record["weapons"] = [word[:60] for word in given[:20]]


def _check_counts(record: dict[str, Any], _: datetime, problems: dict[str, str]) -> None:
    for name in _WHOLE:
        if name in record:
            number = number_in(record[name])
            if number is None or number != int(number) or not 0 <= number <= desk.MAX_PERSONS:
                problems[name] = "Give a whole number of persons."
            else:
                record[name] = int(number)


def _check_words(record: dict[str, Any], _: datetime, problems: dict[str, str]) -> None:
    for name, words in desk.closed_lists().items():
        if name in record:
            word = str(record[name])
            record[name] = word
            if word not in words:
                problems[name] = f"Choose one of {', '.join(words[:12])}."
    for name in desk_format.NAMES:
        value = record.get(name)
        if isinstance(value, str) and name not in ("summary", "line") and len(value) > 500:
            problems[name] = "That is longer than 500 characters."
        if isinstance(value, str) and _UNREADABLE.search(value):
            problems[name] = "That holds characters that are no text."
    if "severity" in record and "severity" not in problems:
        record["severity"] = int(record["severity"])
    if str(record.get("source_url", "https://")).startswith(("https://", "http://")) is False:
        problems["source_url"] = "A web address begins with https://."


def _check_imo(record: dict[str, Any], _: datetime, problems: dict[str, str]) -> None:
    if "vessel_imo" in record:
        imo = str(record["vessel_imo"]).upper().removeprefix("IMO").strip()
        record["vessel_imo"] = imo
        if len(imo) != 7 or not imo.isascii() or not imo.isdigit():
            problems["vessel_imo"] = "An IMO number has seven digits."
    if "vessel_mmsi" in record:
        mmsi = str(record["vessel_mmsi"]).strip()
        record["vessel_mmsi"] = mmsi
        if len(mmsi) != 9 or not mmsi.isascii() or not mmsi.isdigit():
            problems["vessel_mmsi"] = "An MMSI has nine digits."


def number_in(value: object) -> float | None:
    """A finite number, however it came; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


# What a form that may be unfinished says


def time_of(form: Mapping[str, Any], now: datetime) -> datetime | None:
    """When the form says it happened, as far as it can be read."""
    written = form.get("occurred")
    if not isinstance(written, str) or not written.strip() or len(written) > 40:
        return None
    span = parse_line(written, now=now).value("occurred")
    return None if span is None else span.start


def position_of(form: Mapping[str, Any]) -> Position | None:
    """Where the form says it happened, as far as it can be read."""
    typed = form.get("position")
    if isinstance(typed, str) and typed.strip():
        try:
            return parse_position(typed)
        except BadInput:  # not finished yet: there is no place to look round
            return None
    lon, lat = number_in(form.get("longitude")), number_in(form.get("latitude"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    return Position(lon, lat)


def ship_of(form: Mapping[str, Any]) -> tuple[str, str]:
    """IMO number where its check digit holds, and a name of three letters or more."""
    imo = str(form.get("vessel_imo") or "").upper().removeprefix("IMO").strip()
    name = " ".join(str(form.get("vessel_name") or "").split())[:100]
    return imo if is_imo_number(imo) else "", name if len(name) >= 3 else ""

"""Words for people: times with their age, flags and codes spelled out."""

from __future__ import annotations

from datetime import datetime, timedelta

from cop.model.dtg import format_dtg
from cop.model.vocabulary import TIME_PRECISIONS

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
THIN_SPACE = "\u2009"

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
FLAGS = {
    "null-island": "Position is exactly 0°N 0°E, which usually means that none was entered",
    "position-conflict": "Written position and coordinates disagree",
    "narrative-conflict": "Position and narrative disagree; the recorded position was kept",
    "region-conflict": "Position and the source's own region disagree",
    "subregion-conflict": "Position lies outside the source's own subregion",
    "navarea-conflict": "Position lies outside the NAVAREA that the source names",
    "on-land": "Position is on land, away from water",
    "near-12nm-line": "Close to the 12 nm line: piracy or armed robbery is a close call",
    "facts-not-stated": "The source says that something happened, not what",
    "time-assumed-utc": "No time zone was given; taken as UTC",
    "leap-second": "Written as second 60; kept as second 59",
    "sixty-seconds": "Position written with exactly 60 seconds",
    "future-event": "Dated after it was received",
    "date-only": "Only the date is known",
    "unknown-field": "The source has begun to send a field that is not read",
    "longitude-normalised": "Longitude was written beyond 180° and turned back",
    "clock-skew": "The sender's clock is ahead of ours",
    "truncated": "A field was too long and was cut",
    "personal-data-masked": "A telephone number or address was masked",
}


def say_flag(flag: str) -> str:
    """A flag in a sentence; one we have no sentence for in its own words."""
    return FLAGS.get(flag, flag.replace("-", " ").capitalize())


def say_admiralty(reliability: str, credibility: str) -> str:
    """Both axes in words: source, then information. F and 6 say that it cannot be judged."""
    source = RELIABILITY.get(reliability, "reliability not stated")
    information = CREDIBILITY.get(credibility, "credibility not stated")
    return f"Source: {source}. Information: {information}."


def say_age(age: timedelta) -> str:
    """An age in its largest unit: `just now`, `5 min ago`, `2 h ago`, `3 d ago`, `12 y ago`."""
    seconds = age.total_seconds()
    if seconds < -60:
        return "in the future"
    for size, unit in ((31_557_600, "y"), (86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size * (2 if unit == "y" else 1):
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def say_when(occurred_at: datetime, precision: str, last_at: datetime | None = None) -> str:
    """A time no finer than it is known: `231258Z NOV 26`, `23 NOV 2026`, `NOV 2026`."""
    if precision == "instant":
        return format_dtg(occurred_at)
    if precision == "month":
        return f"{_MONTHS[occurred_at.month - 1]} {occurred_at.year}"
    day = say_day(occurred_at)
    if precision == "interval" and last_at is not None:
        return f"{day} to {say_day(last_at)}"
    return day


def say_precision(precision: str) -> str:
    """What is known of a time: `date only`, `month only`, `some time between`; empty if exact."""
    return {"date": "date only", "month": "month only", "interval": "some time between"}.get(
        precision, ""
    )


def say_day(moment: datetime) -> str:
    """`23 NOV 2026`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def time_precision(code: int) -> str:
    """The slug of a stored time precision."""
    return TIME_PRECISIONS.slug(int(code))


def say_count(count: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{count:,}".replace(",", THIN_SPACE)


def say_many(count: int, one: str, many: str = "") -> str:
    """`1 incident`, `1 204 incidents`."""
    return f"{say_count(count)} {one if count == 1 else many or one + 's'}"

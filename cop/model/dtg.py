"""Times as the world writes them: ISO 8601 and date-time groups in, naive UTC out.

Rules (domain.md 9 and 14): a date alone is the whole UTC day, never midnight; an instant without
a zone is taken as UTC and flagged `time-assumed-utc`; `24:00:00` is the next day; a leap second is
kept as :59, flagged `leap-second`; a year outside 1900 to ten years after receipt is a defect; an
event more than a day after receipt is flagged `future-event`. Fractions beyond a microsecond are
cut.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from cop.errors import BadInput
from cop.model.report import TimeSpan

EARLIEST_YEAR = 1900
YEARS_AHEAD = 10
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_NAMES = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_MONTH_OF = {
    **{name: n for n, name in enumerate(_MONTH_NAMES, 1)},
    **{name: n for n, name in enumerate(_MONTHS, 1)},
    "SEPT": 9,
}
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r" ?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_DTG = re.compile(r"(\d{2})(\d{2})(\d{2}) ?(Z|UTC|GMT) ?(?:([A-Z]{3,9})[ .]{0,2}(\d{4}|\d{2})?)?")
_TYPED = re.compile(r"(\d{2})(\d{2})(\d{4}) (\d{2})(\d{2}) ?(Z|UTC)?")
_DAY = timedelta(days=1)


class BadTime(BadInput):
    """A time that cannot be taken; `field` names what it was to be."""

    def __init__(self, reason: str, field: str = "date") -> None:
        super().__init__(reason)
        self.field = field


def read_time(text: str, received_at: datetime) -> tuple[TimeSpan, tuple[str, ...]]:
    """When a text says it happened, with flags: an ISO date, month or instant, or a DTG."""
    written = " ".join(text.split())
    match = _DATE.fullmatch(written)
    if match:
        span = day_span(_date(match[1], match[2], match[3], written, received_at))
        return span, future_flags(span, received_at)
    match = _MONTH.fullmatch(written)
    if match:
        span = month_span(_date(match[1], match[2], "01", written, received_at))
        return span, future_flags(span, received_at)
    moment, flags = read_instant(written, received_at)
    span = TimeSpan(moment, moment, "instant")
    return span, flags + future_flags(span, received_at)


def read_instant(text: str, received_at: datetime) -> tuple[datetime, tuple[str, ...]]:
    """The instant a text names, in naive UTC, with flags; raises BadTime."""
    written = " ".join(text.split())
    match = _INSTANT.fullmatch(written)
    if not match:
        return parse_dtg(written, received_at), ()
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    on = _date(year, month, day, written, received_at)
    moment, flags = _clock(on, int(hour), int(minute), int(second or 0), written)
    moment += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
    moment -= _offset(zone, written)
    if "leap-second" in flags and (moment.hour, moment.minute) != (23, 59):
        raise BadTime(f"Time {written[:60]!r} has a leap second where there can be none.")
    if not zone:
        flags = (*flags, "time-assumed-utc")
    return moment, flags


def parse_dtg(text: str, received_at: datetime) -> datetime:
    """The instant of a date-time group, in naive UTC; raises BadTime.

    `131350Z JUN 17`, `131350ZJUN17`, `081653Z MAY 2024`, `130800 UTC JUL 26` and the typed
    `17022022 0800`. A two-digit year is 1950 to 2049. A missing year or month is the latest that
    is not more than a day after receipt.
    """
    written = " ".join(text.split()).upper()
    typed = _TYPED.fullmatch(written)
    if typed:
        day, month, year, hour, minute, _zone = typed.groups()
        return _clock(
            _date(year, month, day, written, received_at), int(hour), int(minute), 0, written
        )[0]
    match = _DTG.fullmatch(written)
    if not match:
        raise BadTime(f"Time {text[:60]!r} cannot be read.")
    day, hour, minute, _zone, name, year = match.groups()
    if name and name not in _MONTH_OF:
        raise BadTime(f"Time {text[:60]!r} names no month that can be read.")
    if name and year:
        full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 50 else 2000)
        on = _date(str(full), str(_MONTH_OF[name]), day, written, received_at)
        return _clock(on, int(hour), int(minute), 0, written)[0]
    return _latest(int(day), int(hour), int(minute), _MONTH_OF.get(name or ""), text, received_at)


def format_dtg(moment: datetime) -> str:
    """A date-time group for people: `231258Z NOV 26`."""
    month = _MONTHS[moment.month - 1]
    return f"{moment:%d%H%M}Z {month} {moment.year % 100:02d}"


def day_span(on: date) -> TimeSpan:
    """A whole UTC day."""
    start = datetime(on.year, on.month, on.day)
    return TimeSpan(start, start + _DAY, "date")


def month_span(on: date) -> TimeSpan:
    """The whole UTC month that holds a day."""
    start = datetime(on.year, on.month, 1)
    end = datetime(on.year + on.month // 12, on.month % 12 + 1, 1)
    return TimeSpan(start, end, "month")


def interval_span(first: datetime, last_day: date) -> TimeSpan:
    """From an instant to the end of a last day, which is inside; raises BadTime when reversed."""
    end = datetime(last_day.year, last_day.month, last_day.day) + _DAY
    if end <= first:
        raise BadTime("The last day comes before the first.", "ended")
    return TimeSpan(first, end, "interval")


def parse_date(text: str, received_at: datetime, field: str = "date") -> date:
    """An ISO date that exists and lies in the years taken; raises BadTime naming the field."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise BadTime(f"{field} {text[:60]!r} is not a date as YYYY-MM-DD.", field)
    return _date(match[1], match[2], match[3], text, received_at, field)


def future_flags(span: TimeSpan, received_at: datetime) -> tuple[str, ...]:
    """`future-event` when it happens more than a day after it was received."""
    return ("future-event",) if span.start > received_at + _DAY else ()


def _date(
    year: str, month: str, day: str, text: str, received_at: datetime, field: str = "date"
) -> date:
    if not EARLIEST_YEAR <= int(year) <= received_at.year + YEARS_AHEAD:
        raise BadTime(f"Year {year} is outside {EARLIEST_YEAR} to ten years from now.", field)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise BadTime(f"{text[:60]!r} is no day of the calendar.", field) from error


def _clock(
    on: date, hour: int, minute: int, second: int, text: str
) -> tuple[datetime, tuple[str, ...]]:
    start = datetime(on.year, on.month, on.day)
    if (hour, minute, second) == (24, 0, 0):
        return start + _DAY, ()
    if hour > 23 or minute > 59 or second > 60:
        raise BadTime(f"Time {text[:60]!r} is no time of day.")
    flags = ("leap-second",) if second == 60 else ()
    return start + timedelta(hours=hour, minutes=minute, seconds=min(second, 59)), flags


def _offset(zone: str | None, text: str) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    limit = timedelta(hours=14 if zone[0] == "+" else 12)  # the widest zones in use
    if minutes > 59 or offset > limit:
        raise BadTime(f"Time {text[:60]!r} has an offset that no zone has.")
    return -offset if zone[0] == "-" else offset


def _latest(
    day: int, hour: int, minute: int, month: int | None, text: str, received_at: datetime
) -> datetime:
    """The latest such day and time that is no more than a day after receipt."""
    year, at = received_at.year + 1, 1
    for _ in range(12 * 9 + 1):  # nine years reach a 29 February in every case but none beyond
        year, at = (year, at) if at else (year - 1, 12)
        if month in (None, at):
            try:
                moment = _clock(date(year, at, day), hour, minute, 0, text)[0]
            except ValueError:  # the month is too short
                moment = None
            if moment and moment <= received_at + _DAY:
                return moment
        at -= 1
    raise BadTime(f"Time {text[:60]!r} is no day of the calendar.")

"""When it happened, out of a typed line: a date-time group first, then every other way to say it.

Taken are ISO 8601, `231105Z NOV 26`, `231105Z`, `23 Nov 26 1105Z`, `1105Z 23 NOV`, `1105Z`,
`yesterday 2200Z`, `20 min ago`, and dates alone. What had to be assumed (the month, the day, the
zone) is said. Local times are not converted: no zone is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from cop.formats.typed_line import ASSUMED, TypedLine
from cop.model.dtg import BadTime, day_span, format_dtg, parse_dtg, read_instant, read_time
from cop.model.report import TimeSpan

SLACK = timedelta(minutes=15)  # two clocks may differ by so much
LONG_AGO = timedelta(days=366)
_DAY = timedelta(days=1)
_MONTH = r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"  # noqa: E501
# Two digits after a month are no year where they count something or begin a position.
_NO_YEAR = (
    r"(?![\d.°:'-]| ?(?:nm|n\.m|miles?|men|man|persons?|people|pob|crew|robbers|pirates|armed"
    r"|perpetrators|intruders|attackers|knots?|kts?|hours?|hrs?|min|°|[NSEW]\b))"
)
_YEAR = rf"(?:[ .,'-]{{0,2}}(?P<year>\d{{4}}|\d{{2}}){_NO_YEAR})?"
_ON = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]?(?P<month>{_MONTH})\b{_YEAR}"
_AT = (
    r"(?P<hour>\d{2})(?P<colon>:?)(?P<minute>\d{2})(?![\d.°'-])"
    r" ?(?P<zone>Z|UTC|GMT|(?:hrs?|hours) ?(?:UTC|GMT|Z)?)?(?![A-Z°'])"
)
_AT_ZULU = r"(?P<hour>\d{2})(?P<colon>:?)(?P<minute>\d{2}) ?(?P<zone>Z|UTC|GMT)\b"
_LINK = r"(?:,? at | on |, ?| ?)"
# `23 Nov 2026` is a day of a year, not an hour of a day.
_NO_HOUR = r"(?!(?:19|20)\d{2}(?! ?(?:Z|UTC|GMT|h)))"
_SPOKEN = r"(?P<spoken>yesterday|today)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.°]){pattern}", re.IGNORECASE | re.ASCII)


_ISO = _compiled(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
    r"(?: ?(?:Z|UTC|GMT)\b|[+-]\d{2}:?\d{2}(?!\d))?(?![\d:])"
)
_DTG = _compiled(
    rf"(?P<group>\d{{6}}) ?(?:Z|UTC|GMT)(?:[ /-]?(?P<month>{_MONTH}){_YEAR})?(?![A-Z])"
)
_PACKED = _compiled(r"(?P<day>\d{2})(?P<m>\d{2})(?P<year>\d{4}) \d{4} ?(?:Z|UTC)?\b")
_OTHER_ZONE = _compiled(rf"\d{{6}} ?[A-IK-MO-RT-VXY](?=\b)(?: ?{_MONTH}\b{_YEAR})?")
_LOCAL = _compiled(r"\d{2}:?\d{2} ?(?:hrs?|hours)? ?(?:LT|L/T|local(?: time)?|ship'?s time)\b")
_AGO = _compiled(r"(?P<n>\d{1,3}) ?(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|h|days?) ago\b")
_TOLD = (
    _compiled(rf"{_ON}{_LINK}{_NO_HOUR}{_AT}"),
    _compiled(rf"{_AT_ZULU}{_LINK}{_ON}"),
    _compiled(rf"{_SPOKEN}{_LINK}{_AT}"),
    _compiled(rf"{_AT_ZULU}{_LINK}{_SPOKEN}\b"),
)
_DATE = _compiled(r"\d{4}-\d{2}-\d{2}(?![\dT:-])")
_DAY_ALONE = (_compiled(rf"{_ON}(?![A-Z])"), _compiled(rf"{_SPOKEN}\b"))
_HOUR_ALONE = _compiled(_AT_ZULU)

# A reading: the span, what had to be assumed, and whether the day itself was.
Reading = tuple[TimeSpan, tuple[str, ...]]
Reader = Callable[[re.Match[str], datetime], Reading]


def read_when(line: TypedLine, now: datetime) -> None:
    """Take the time of a line as field `occurred`, a TimeSpan; name what is odd about it."""
    found: list[tuple[int, int, Reading]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(line.left):
            try:
                reading = read(match, now)
            except BadTime as error:
                line.refuse("occurred", str(error), match.start(), match.end())
                line.drop(match.start(), match.end())
                continue
            if not found:
                line.take("occurred", reading[0], match.start(), match.end())
            elif any(s <= match.start() < e for s, e, _ in found):
                continue
            found.append((match.start(), match.end(), reading))
    if not found:
        _say_what_is_missing(line)
        return
    start, end, (span, assumed) = found[0]
    if assumed:
        line.keep("occurred", span, start, end, ASSUMED)
    for words in assumed:
        line.doubt("occurred", words, start, end)
    _judge(line, span, now, start, end)
    for other_start, other_end, (other, _) in found[1:]:
        if other.start != span.start:
            said = _words(other)
            line.doubt("occurred", f"A second time is named, {said}.", other_start, other_end)


def _say_what_is_missing(line: TypedLine) -> None:
    for pattern, words in (
        (_LOCAL, "Local time: its zone is not known. Give the time in UTC (Z)."),
        (_OTHER_ZONE, "The zone letter is not Z. Give the time in UTC (Z)."),
    ):
        match = pattern.search(line.left)
        if match:
            line.refuse("occurred", words, match.start(), match.end())
            return
    if not any(problem.field == "occurred" for problem in line.problems):
        line.refuse("occurred", "No time is given, such as 231105Z NOV 26.")


def _judge(line: TypedLine, span: TimeSpan, now: datetime, start: int, end: int) -> None:
    if span.start > now + SLACK:
        line.refuse("occurred", f"{_words(span)} is in the future.", start, end)
    elif now - span.start > LONG_AGO:
        line.doubt("occurred", f"{_words(span)} is more than a year ago.", start, end)


def _words(span: TimeSpan) -> str:
    return f"{span.start:%d %b %Y}" if span.precision == "date" else format_dtg(span.start)


def _instant(moment: datetime) -> TimeSpan:
    return TimeSpan(moment, moment, "instant")


def _read_iso(match: re.Match[str], now: datetime) -> Reading:
    text = match[0].upper()
    text = re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text)
    moment, flags = read_instant(text, now)
    said = ("No zone is given: UTC is assumed.",) if "time-assumed-utc" in flags else ()
    return _instant(moment), said


def _read_dtg(match: re.Match[str], now: datetime) -> Reading:
    month, year = match["month"], match["year"]
    text = f"{match['group']}Z {month or ''} {year or ''}".strip()
    moment = parse_dtg(text, now)
    if month and year:
        return _instant(moment), ()
    lacking = "year" if month else "month"
    return _instant(moment), (f"No {lacking} is given: {format_dtg(moment)} is assumed.",)


def _read_packed(match: re.Match[str], now: datetime) -> Reading:
    text = match[0].upper()
    said = () if text.endswith(("Z", "UTC")) else ("No zone is given: UTC is assumed.",)
    return _instant(parse_dtg(text, now)), said


def _read_told(match: re.Match[str], now: datetime) -> Reading:
    """A day and an hour, in either order."""
    on, said = _day(match, now)
    zone = (match["zone"] or "").upper()
    if not zone.endswith(("Z", "UTC", "GMT")):
        said = (*said, "No zone is given: UTC is assumed.")
    return _instant(_at(match, on)), said


def _day(match: re.Match[str], now: datetime) -> tuple[date, tuple[str, ...]]:
    named = match.groupdict()
    if named.get("spoken"):
        return (now - (_DAY if named["spoken"].lower() == "yesterday" else _DAY * 0)).date(), ()
    year = named["year"]
    group = f"{int(named['day']):02d}0000Z {named['month']} {year or ''}".strip()
    on = parse_dtg(group, now).date()
    return on, () if year else (f"No year is given: {on.year} is assumed.",)


def _at(match: re.Match[str], on: date) -> datetime:
    hour, minute = int(match["hour"]), int(match["minute"])
    if (hour, minute) != (24, 0) and (hour > 23 or minute > 59):
        raise BadTime(f"{match['hour']}{match['minute']} is no time of day.")
    return datetime(on.year, on.month, on.day) + timedelta(hours=hour, minutes=minute)


def _read_ago(match: re.Match[str], now: datetime) -> Reading:
    unit = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": _DAY}[match["unit"][0].lower()]
    moment = (now - int(match["n"]) * unit).replace(second=0, microsecond=0)
    return _instant(moment), (f"Counted back from now: {format_dtg(moment)}.",)


def _read_date(match: re.Match[str], now: datetime) -> Reading:
    return read_time(match[0], now)[0], ("Only the date is given.",)


def _read_day(match: re.Match[str], now: datetime) -> Reading:
    on, said = _day(match, now)
    return day_span(on), (*said, "Only the date is given.")


def _read_hour(match: re.Match[str], now: datetime) -> Reading:
    moment = _at(match, now.date())
    while moment > now + SLACK:
        moment -= _DAY
    return _instant(moment), (f"No date is given: {format_dtg(moment)} is assumed.",)


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_ISO, _read_iso),
    (_DTG, _read_dtg),
    (_PACKED, _read_packed),
    *((pattern, _read_told) for pattern in _TOLD),
    (_AGO, _read_ago),
    (_DATE, _read_date),
    *((pattern, _read_day) for pattern in _DAY_ALONE),
    (_HOUR_ALONE, _read_hour),
)

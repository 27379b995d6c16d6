"""The address and the question, both ways: `from_query(to_query(filters)) == filters`.

A key or value that means nothing is refused with BadQuestion, never skipped: skipping would
answer a wider question than the one asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, quote, urlsplit

from cop.errors import BadQuestion
from cop.query.filters import (
    DEFAULT_RADIUS_NM,
    FIELD_NAMES,
    LIST_KEYS,
    BBox,
    Filters,
    TimeBound,
    shown,
)

# How one looks, not what one asks (domain.md 14): kept in links, ignored by the question.
VIEW_KEYS: tuple[str, ...] = (
    "layers",
    "center",
    "z",
    "sel",
    "theme",
    "tab",
    "rings",
    "as_known_at",
)
VIEW_KEYS += ("kiosk", "views", "every")  # a screen on the wall, what it goes through, how fast

# The longest question that can be asked, a polygon of 2,000 corners with all decimals, fits.
MAX_QUERY = 256_000
_AGO = re.compile(r"-(\d{1,6})(h|d|w)", re.ASCII)
_AGO_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+ -](?:0\d|1[0-4]):[0-5]\d)?",
    re.ASCII,
)


def query_of(text: str) -> str:
    """The query string in a text that is a query string, one with `?`, or a whole link.

    Raises BadQuestion for a link that cannot be read.
    """
    text = text.strip()
    if text.startswith(("http://", "https://", "/")) or "?" in text.split("=", 1)[0]:
        try:
            return urlsplit(text).query
        except ValueError as error:
            words = "the link cannot be read; give the part after its question mark"
            raise BadQuestion("query", words) from error
    return text


def from_query(query: str) -> Filters:
    """The question of an address. Raises BadQuestion for an unknown key or a wrong value."""
    if len(query) > MAX_QUERY:
        raise BadQuestion("query", f"the question is longer than {MAX_QUERY} characters")
    if any("\ud800" <= character <= "\udfff" for character in query):
        # Half a character: no encoding can carry it, and the database driver refuses it.
        raise BadQuestion("query", "the question holds characters that are no text")
    values: dict[str, object] = {}
    for key, text in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        if key in VIEW_KEYS:
            continue
        if key not in FIELD_NAMES:
            allowed = ", ".join((*FIELD_NAMES, *VIEW_KEYS))
            raise BadQuestion(key, f"{shown(key)} is not a filter; allowed are {allowed}")
        if key in values:
            raise BadQuestion(key, f"{key} stands twice; join its values with commas")
        if not text.strip():
            raise BadQuestion(key, f"{key} is empty; leave it out or give it a value")
        values[key] = _READERS[key](key, text)
    return Filters(**values)  # type: ignore[arg-type]


def view_of(query: str) -> dict[str, str]:
    """The view keys of an address, as written; the last one wins."""
    return {k: v for k, v in parse_qsl(query.lstrip("?")) if k in VIEW_KEYS}


def to_query(filters: Filters, view: dict[str, str] | None = None) -> str:
    """The address of a question, keys in a fixed order; view keys follow."""
    parts = [(key, ",".join(getattr(filters, key))) for key in LIST_KEYS]
    if filters.port and filters.radius_nm != DEFAULT_RADIUS_NM:
        parts.append(("radius_nm", _number(filters.radius_nm)))
    parts += [("since", _bound(filters.since)), ("until", _bound(filters.until))]
    parts.append(("q", filters.q))
    if filters.bbox is not None:
        box = filters.bbox
        parts.append(("bbox", _numbers((box.west, box.south, box.east, box.north))))
    parts.append(("within", ";".join(f"{_number(x)} {_number(y)}" for x, y in filters.within)))
    parts += [(key, (view or {}).get(key, "")) for key in VIEW_KEYS]
    return "&".join(f"{key}={quote(text, safe=',:;./-')}" for key, text in parts if text)


def parse_instant(key: str, text: str) -> datetime:
    """An ISO date or instant as naive UTC; a date means its first moment.

    Raises BadQuestion naming `key`. A blank before an offset is a `+` that was not escaped.
    """
    written = text.strip()
    if _DATE.fullmatch(written) or _INSTANT.fullmatch(written):
        try:
            parsed = datetime.fromisoformat(written.replace(" ", "+"))
            if parsed.tzinfo is not None:
                parsed = parsed.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            pass
        else:
            if 1900 <= parsed.year <= 9000:
                return parsed
    ago = "" if key == "as_known_at" else ", or an age such as -30d, -6h"
    raise BadQuestion(
        key, f"{key} must be a date (2024-01-31) or a UTC instant (2024-01-31T06:00Z){ago}"
    )


def _read_list(key: str, text: str) -> tuple[str, ...]:
    values = tuple(part.strip() for part in text.split(","))
    if not all(values):
        raise BadQuestion(key, f"{key} has an empty value between its commas")
    if key in ("navarea", "port"):
        return tuple(value.upper() for value in values)
    return values if key == "id" else tuple(value.lower() for value in values)


def _read_bound(key: str, text: str) -> TimeBound:
    ago = _AGO.fullmatch(text.strip())
    if ago:
        span = int(ago[1]) * _AGO_UNITS[ago[2]]
        if span > timedelta(days=36_600):
            raise BadQuestion(key, f"{key}: at most 100 years back")
        return TimeBound(ago=span, written=ago[0])
    return TimeBound(at=parse_instant(key, text))


def _read_float(key: str, text: str) -> float:
    # float() also reads "1_0" and "infinity"; neither is a number people write in a link.
    if re.fullmatch(r"[+-]?(\d{1,9}(\.\d{0,400})?|\.\d{1,400})", text.strip(), re.ASCII):
        return float(text)
    raise BadQuestion(key, f"{key}: {shown(text)} is not a number")


def _read_bbox(key: str, text: str) -> BBox:
    parts = text.split(",")
    if len(parts) != 4:
        raise BadQuestion(key, "bbox must be four numbers: west,south,east,north")
    west, south, east, north = (_read_float(key, part) for part in parts)
    return BBox(west, south, east, north)


def _read_ring(key: str, text: str) -> tuple[tuple[float, float], ...]:
    corners = []
    for corner in text.strip().rstrip(";").split(";"):
        numbers = corner.split()
        if len(numbers) != 2:
            raise BadQuestion(key, "within must be corners such as 3 4;6 4;6 6 (lon lat;lon lat)")
        corners.append((_read_float(key, numbers[0]), _read_float(key, numbers[1])))
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    return tuple(corners)


_READERS: dict[str, Callable[[str, str], object]] = {
    **dict.fromkeys(LIST_KEYS, _read_list),
    "radius_nm": _read_float,
    "since": _read_bound,
    "until": _read_bound,
    "q": lambda _key, text: text,
    "bbox": _read_bbox,
    "within": _read_ring,
}


def _number(value: float) -> str:
    """The shortest plain decimal that reads back as the same number."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def _numbers(values: Iterable[float]) -> str:
    return ",".join(_number(value) for value in values)


def _bound(bound: TimeBound | None) -> str:
    if bound is None:
        return ""
    if bound.at is None:
        return bound.written
    if bound.at.time() == datetime.min.time():
        return bound.at.date().isoformat()
    return bound.at.isoformat() + "Z"

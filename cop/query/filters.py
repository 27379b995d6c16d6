"""What was asked, as one frozen value: the meaning of each field is domain.md 14.

Empty means no restriction. Several values of a field mean any of them; different fields are *and*.
Values are kept in the order of their word list, so that equal questions are equal values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from cop.errors import BadQuestion
from cop.model.ports import ports
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    SEVERITIES,
    SOURCES,
    VERIFICATIONS,
    Vocabulary,
    areas,
    hazards,
    regions,
)

DEFAULT_RADIUS_NM = 10.0
MAX_RADIUS_NM = 1_000.0
MAX_TEXT = 200
MAX_VALUES = 500
MAX_VERTICES = 2_000
_BREAKS = frozenset(", ")


def vocabulary_of(key: str) -> Vocabulary | None:
    """The closed word list of a key's values; None where they are open (`id`, `port`) or mixed."""
    return {
        "severity": SEVERITIES,
        "status": LIFECYCLES,
        "act": ACTS,
        "verification": VERIFICATIONS,
        "region": regions(),
        "area": areas(),
        "navarea": NAVAREAS,
        "tlp": MARKINGS,
        "source": SOURCES,
    }.get(key)


LIST_KEYS = (
    "hazard",
    "severity",
    "region",
    "area",
    "navarea",
    "port",
    "act",
    "verification",
    "status",
    "tlp",
    "source",
    "id",
)


@dataclass(frozen=True, slots=True)
class TimeBound:
    """An end of the time window: an instant (naive UTC), or an age before now, as `written`.

    Raises ValueError unless it is exactly one of the two, and an age says how it is written.
    """

    at: datetime | None = None
    ago: timedelta | None = None
    written: str = ""

    def __post_init__(self) -> None:
        if (self.at is None) == (self.ago is None) or (self.ago is None) == bool(self.written):
            raise ValueError("a time bound is an instant, or an age with its spelling")

    def resolve(self, now: datetime) -> datetime:
        """The instant meant, for a reader who asks at `now`."""
        if self.at is not None:
            return self.at
        assert self.ago is not None
        return now - self.ago


@dataclass(frozen=True, slots=True)
class BBox:
    """A closed box in degrees; west > east crosses 180°."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        numbers = (self.west, self.south, self.east, self.north)
        if not all(math.isfinite(n) for n in numbers):
            raise BadQuestion("bbox", "bbox: every number must be finite")
        if not (-180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise BadQuestion("bbox", "bbox: west and east must lie within -180 to 180")
        if not (-90 <= self.south <= 90 and -90 <= self.north <= 90):
            raise BadQuestion("bbox", "bbox: south and north must lie within -90 to 90")
        if self.south > self.north:
            raise BadQuestion("bbox", "bbox: south must not be north of north")

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """The longitude ranges, each west <= east."""
        if self.west <= self.east:
            return ((self.west, self.east),)
        return ((self.west, 180.0), (-180.0, self.east))


@dataclass(frozen=True, slots=True)
class Filters:
    """One question. Raises BadQuestion, naming the key and what is allowed, for a wrong value."""

    hazard: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    navarea: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    verification: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    tlp: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    radius_nm: float = DEFAULT_RADIUS_NM
    since: TimeBound | None = None
    until: TimeBound | None = None
    q: str = ""
    bbox: BBox | None = None
    within: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        for key in LIST_KEYS:
            object.__setattr__(self, key, _checked(key, getattr(self, key)))
        if not (math.isfinite(self.radius_nm) and 0 < self.radius_nm <= MAX_RADIUS_NM):
            raise BadQuestion(
                "radius_nm", f"radius_nm must be above 0 and at most {MAX_RADIUS_NM:.0f}"
            )
        if self.radius_nm != DEFAULT_RADIUS_NM and not self.port:
            raise BadQuestion("radius_nm", "radius_nm needs a port, for example port=NLRTM")
        object.__setattr__(self, "q", " ".join(self.q.split()))
        if len(self.q) > MAX_TEXT:
            raise BadQuestion("q", f"q: at most {MAX_TEXT} characters")
        if any("\ud800" <= character <= "\udfff" for character in self.q):
            raise BadQuestion("q", "q holds characters that are no text")
        self._check_times()
        _check_ring(self.within)

    def _check_times(self) -> None:
        if self.since is None or self.until is None:
            return
        now = datetime.now(UTC).replace(tzinfo=None)
        if self.since.resolve(now) >= self.until.resolve(now):
            raise BadQuestion("until", "until must be later than since")

    @property
    def is_empty(self) -> bool:
        """True for the question that asks for everything current."""
        return self == Filters()

    def hazard_slugs(self) -> tuple[str, ...]:
        """The hazard types asked for, domains spelled out as their types, in code order."""
        wanted = set(self.hazard)
        return tuple(t.slug for t in hazards() if t.slug in wanted or t.extra["domain"] in wanted)


FIELD_NAMES = tuple(field.name for field in fields(Filters))


def _checked(key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct, allowed values in the order of their word list."""
    if not values:
        return ()
    if len(values) > MAX_VALUES:
        raise BadQuestion(key, f"{key}: at most {MAX_VALUES} values")
    wanted = set(values)
    if key == "hazard":
        allowed = (*DOMAINS.slugs, *(slug for slug in hazards().slugs if slug not in DOMAINS))
    elif key == "port":
        known = ports()
        for value in sorted(wanted):
            if value not in known:
                raise BadQuestion(
                    key, f"port: {shown(value)} is not a UN/LOCODE we know, such as NLRTM"
                )
        return tuple(sorted(wanted))
    elif key == "id":
        for value in wanted:
            # What could not stand in a link's list, between commas, is no id of ours.
            if not 0 < len(value) <= 200 or not value.isprintable() or _BREAKS & set(value):
                raise BadQuestion(key, "id: an incident id has 1 to 200 letters, digits and dashes")
        return tuple(sorted(wanted))
    else:
        vocabulary = vocabulary_of(key)
        assert vocabulary is not None
        allowed = vocabulary.slugs
    for value in sorted(wanted):
        if value not in allowed:
            raise BadQuestion(key, f"{key}: {shown(value)} is not one of {', '.join(allowed)}")
    return tuple(slug for slug in allowed if slug in wanted)


def shown(value: str) -> str:
    """A foreign value quoted for a message: short and printable."""
    clean = "".join(c if c.isprintable() else "?" for c in value)
    return f"“{clean[:40]}…”" if len(clean) > 40 else f"“{clean}”"


def _check_ring(ring: tuple[tuple[float, float], ...]) -> None:
    if not ring:
        return
    if len(ring) > MAX_VERTICES:
        raise BadQuestion("within", f"within: at most {MAX_VERTICES} corners")
    if len(set(ring)) < 3:
        raise BadQuestion("within", "within: a polygon needs at least three different corners")
    for lon, lat in ring:
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise BadQuestion("within", "within: every number must be finite")
        if not (-360 <= lon <= 360 and -90 <= lat <= 90):
            raise BadQuestion(
                "within", "within: longitudes lie within -360 to 360, latitudes within -90 to 90"
            )

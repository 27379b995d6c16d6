"""Where a vessel said it was, and what it said of itself: the words of AIS, not yet stored.

A vessel is known by a key: nine MMSI digits, or `id:N` where a source gives only numbers of its
own. "Not available" (latitude 91, longitude 181, speed 102.3, course 360, heading 511) is None
here, never a value. Source: ITU-R M.1371-5, annex 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_MMSI, GREATEST_MMSI = 100_000_000, 999_999_999
# No AIS before its first trials; what is dated earlier is a clock that was never set.
EARLIEST = datetime(1990, 1, 1)
# Clocks differ; what is dated later than this after its receipt is flagged and never "latest".
FUTURE_AFTER = timedelta(hours=1)
E7 = 10_000_000  # positions are kept as whole 1e-7 degrees, about a centimetre

# Flags of a stored position, as bits.
TIME_ASSUMED_RECEIVED = 1  # undated: the time its bytes were first received
TIME_ASSUMED_UTC = 2  # dated without a zone
FUTURE = 4  # dated after its receipt
NULL_ISLAND = 8  # exactly 0,0
# Flags of a point in a track, judged when it is read.
JUMP = 16  # one end of a leg that no ship can sail
AT_ONCE = 32  # the vessel was somewhere else at the same instant
AFTER_GAP = 64  # nothing was heard for a long time before

FLAG_NAMES = {
    TIME_ASSUMED_RECEIVED: "time-assumed-received",
    TIME_ASSUMED_UTC: "time-assumed-utc",
    FUTURE: "future",
    NULL_ISLAND: "null-island",
    JUMP: "jump",
    AT_ONCE: "two-places-at-once",
    AFTER_GAP: "after-gap",
}
PARTICULARS = ("name", "type", "call_sign", "imo")


@dataclass(frozen=True, slots=True)
class VesselPosition:
    """One position report; lon within (-180, 180], `at` naive UTC, `flags` as bits."""

    vessel: str
    at: datetime
    lon: float
    lat: float
    sog_kn: float | None = None
    cog_deg: float | None = None
    heading_deg: int | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class VesselParticulars:
    """What a vessel said of itself; empty text where it did not say."""

    vessel: str
    at: datetime
    name: str = ""
    type: str = ""
    call_sign: str = ""
    imo: str = ""


def is_mmsi(number: int) -> bool:
    """True for nine digits that do not begin with zero: a ship, a craft, an aircraft, a beacon.

    Coast stations and groups begin with zero and are no vessels (ITU-R M.585).
    """
    return LEAST_MMSI <= number <= GREATEST_MMSI


def name_flags(flags: int) -> tuple[str, ...]:
    """The names of the bits that are set."""
    return tuple(name for bit, name in FLAG_NAMES.items() if flags & bit)


def describe_type(code: int) -> str:
    """The kind of vessel an AIS ship type stands for; empty for 0 and what is reserved."""
    if code in _SINGLE_TYPES:
        return _SINGLE_TYPES[code]
    return _TYPE_DECADES.get(code // 10, "") if 20 <= code <= 99 else ""


# ITU-R M.1371-5, table 53.
_SINGLE_TYPES = {
    30: "fishing",
    31: "towing",
    32: "towing",
    33: "dredging",
    34: "diving",
    35: "military",
    36: "sailing",
    37: "pleasure craft",
    38: "",
    39: "",
    50: "pilot",
    51: "search and rescue",
    52: "tug",
    53: "port tender",
    54: "anti-pollution",
    55: "law enforcement",
    56: "local",
    57: "local",
    58: "medical",
    59: "non-combatant",
}
_TYPE_DECADES = {
    2: "wing in ground",
    4: "high-speed craft",
    6: "passenger",
    7: "cargo",
    8: "tanker",
    9: "other",
}

"""Positions in the style a person has chosen: degrees and minutes, seconds, decimal, or MGRS.

`format_position` writes any of the four, `parse_position` reads any spelling of them. Angles are
read by `cop.model.geo`, whose rules hold here too. MGRS is that of NGA.STND.0037: grid squares on
UTM between 80°S and 84°N, on UPS beyond; a reference means its whole square, so that a square of a
kilometre or more is an approximate position in its middle, with its half diagonal as uncertainty.
"""

from __future__ import annotations

import math
import re
import threading
from dataclasses import replace

from mgrs import MGRS
from mgrs.core import MGRSError

from cop.model import geo
from cop.model.geo import BadPosition, format_ddm
from cop.model.report import Position

STYLES = ("ddm", "dms", "decimal", "mgrs")
STYLE_LABELS = {
    "ddm": "Degrees and minutes",
    "dms": "Degrees, minutes, seconds",
    "decimal": "Decimal degrees",
    "mgrs": "MGRS",
}
METRES_PER_NM = 1852.0
APPROXIMATE_FROM_M = 1_000
_MGRS = re.compile(
    r"(?:(\d{1,2}[C-HJ-NP-X])|([ABYZ])) ?([A-HJ-NP-Z]{2}) ?(\d{1,5} \d{1,5}|\d{2,10})", re.ASCII
)
_converter = MGRS()
_converting = threading.Lock()  # the library beneath keeps the zone it works in for itself


def format_position(lon: float, lat: float, style: str = "ddm") -> str:
    """A position for people, in one of STYLES; raises ValueError for another word.

    `ddm` 01°15.30'N 103°48.20'E (to 18 m), `dms` 01°15'18.0"N 103°48'12.0"E (to 3 m), `decimal`
    1.25500, 103.80333 (to 1 m), `mgrs` 48N UG 66862 38745 (to 1 m). Decimal is lat before lon, as
    it is spoken.
    """
    if style == "ddm":
        return format_ddm(lon, lat)
    if style == "dms":
        return f"{_dms(lat, 2, 'N', 'S')} {_dms(lon, 3, 'E', 'W')}"
    if style == "decimal":
        return f"{lat:.5f}, {lon:.5f}"
    if style == "mgrs":
        return format_mgrs(lon, lat)
    raise ValueError(f"style {style!r} is not one of {', '.join(STYLES)}")


def format_mgrs(lon: float, lat: float) -> str:
    """The square metre of a position: `48N UG 66862 38745`, or `Z AH 00000 00000` near a pole."""
    with _converting:
        packed = _converter.toMGRS(lat, lon, MGRSPrecision=5)
    head, east, north = packed[:-10], packed[-10:-5], packed[-5:]
    return f"{head[:-2]} {head[-2:]} {east} {north}"


def parse_position(text: str) -> Position:
    """The position that a text writes down in any of the styles; raises BadPosition.

    See `cop.model.geo` for the spellings of degrees; an MGRS reference needs at least the digits
    of a 10 km square.
    """
    return read_position(text)[0]


def read_position(text: str) -> tuple[Position, tuple[str, ...]]:
    """The position that a text writes down, with the flags of what was odd; raises BadPosition."""
    if len(text) <= 40:
        found = _MGRS.fullmatch(" ".join(text.upper().split()))
        if found:
            return _read_mgrs(found, text), ()
    return geo.read_position(text)


def _read_mgrs(found: re.Match[str], text: str) -> Position:
    zone, polar, square, digits = found.groups()
    east, north = _halves(digits, text)
    side_m = 10 ** (5 - len(east))
    whole = f"{zone.zfill(3) if zone else polar}{square}{east}{north}"
    try:
        with _converting:
            lat, lon = _converter.toLatLon(whole)  # the middle of the square
    except MGRSError as error:
        raise BadPosition("position", f"{text.strip()[:40]!r} is no square of the grid.") from error
    position, _ = geo.position_at(lon, lat, text)
    if side_m < APPROXIMATE_FROM_M:
        return position
    half_diagonal = side_m / math.sqrt(2) / METRES_PER_NM
    return replace(position, precision="approximate", uncertainty_nm=round(half_diagonal, 2))


def _halves(digits: str, text: str) -> tuple[str, str]:
    """Easting and northing; they have as many digits."""
    east, _, north = digits.partition(" ")
    if not north and len(east) % 2 == 0:
        east, north = east[: len(east) // 2], east[len(east) // 2 :]
    if len(east) != len(north):
        raise BadPosition(
            "position", f"{text.strip()[:40]!r} has not as many digits east as north."
        )
    return east, north


def _dms(degrees: float, width: int, positive: str, negative: str) -> str:
    whole, tenths = divmod(round(abs(degrees) * 36_000), 36_000)
    minutes, tenths = divmod(tenths, 600)
    letter = negative if degrees < 0 and (whole or minutes or tenths) else positive
    return f"{whole:0{width}d}°{minutes:02d}'{tenths // 10:02d}.{tenths % 10}\"{letter}"

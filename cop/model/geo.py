"""Positions as the world writes them: every spelling in, decimal degrees out, and back.

Degrees are WGS 84, lon before lat in arguments. Rules, all of domain.md 9 and 14:

* A sign applies to the whole value: `-0°30.5'` is half a degree and a bit south.
* A minus sign beside a hemisphere letter, or a plus beside S or W, is a contradiction.
* A form with minutes needs a hemisphere letter or a sign; a bare decimal number does not.
* Without hemisphere letters the latitude comes first, as it is spoken.
* Longitude in (180, 360] becomes itself less 360, flagged `longitude-normalised`.
* -180 and 180 are one meridian, kept as 180.
* Minutes or seconds of exactly 60 carry over, flagged `minutes-60` and `seconds-60`.
* Exact 0,0 is kept, flagged `null-island`.
* Values are rounded to 1e-7 degrees (about 1 cm), so that float noise never makes a new version.
"""

from __future__ import annotations

import math
import re

from cop.errors import BadInput
from cop.model.report import Position

DECIMALS = 7
_MAX_WRITTEN = 200  # no position is longer; what is, is a narrative
_UNIFY = str.maketrans(
    {
        "º": "°", "˚": "°", "∘": "°", "⁰": "°",
        "’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "ʹ": "'", "ʼ": "'", "＇": "'",
        "”": '"', "“": '"', "″": '"', "ʺ": '"', "＂": '"', "˝": '"',
        "‐": "-", "‑": "-", "‒": "–", "—": "–", "―": "–", "−": "-", "－": "-",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\r": " ", "\t": " ",
        "\u200e": "", "\u200f": "", "\u200b": "", "\ufeff": "",
    }
)  # fmt: skip
_WORDS = re.compile(r"(?i)\b(north|south|east|west)\b")
_UNITS = (
    (re.compile(r"(?i)(?<![a-z])deg(?:rees?)?(?![a-z])\.?"), "°"),
    (re.compile(r"(?i)(?<![a-z])min(?:utes?)?(?![a-z])\.?"), "'"),
    (re.compile(r"(?i)(?<![a-z])sec(?:onds?)?(?![a-z])\.?"), '"'),
)
_LABEL = re.compile(r"(?i)\b(?:posn|position|pos|latitude|lat|longitude|long|lon)\b[.:=]?")
# The spelling of nearly every published record, tried first.
_PLAIN_DMS = re.compile(
    r"(\d{1,2})°(\d{1,2})'(\d{1,2}(?:\.\d{1,9})?)\" ?([NS])\s{1,4}"
    r"(\d{1,3})°(\d{1,2})'(\d{1,2}(?:\.\d{1,9})?)\" ?([EW])\s{0,4}"
)
_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{1,20})?|\.\d{1,20}) ?°?")
_PACKED = re.compile(r"(\d{4,7})(\.\d{1,12})?")
_SEPARATED = re.compile(
    r"(\d{1,3}) ?(?:°|:|-| ) ?-? ?"  # degrees; `105 -16.0E` occurs
    r"(\d{1,3}(?:\.\d{1,12})?) ?"  # minutes
    r"(?:(?:'|:|-| ) ?(\d{1,3}(?:\.\d{1,12})?)? ?)?"  # seconds
    r"[\"']?"
)
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,9} ?['\"])")
_DECIMAL_COMMA_PAIR = re.compile(r"[+-]?\d{1,3},\d{1,9}")
_TWO_NUMBERS = re.compile(r"([^\s,;/]{1,40}+)(?: ?[,;/] ?| )([^\s,;/]{1,40}+)")


class BadPosition(BadInput):
    """A position that cannot be taken; `field` is latitude, longitude or position."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def parse_position(text: str) -> Position:
    """The position a text writes down; raises BadPosition for a defect of domain.md 14."""
    return read_position(text)[0]


def read_position(text: str, precision: str = "reported") -> tuple[Position, tuple[str, ...]]:
    """The position a text writes down, and the flags of what was odd about it.

    Precision `reported` becomes `exact` never: a spelling does not say how good a fix was.
    """
    plain = _PLAIN_DMS.fullmatch(text)
    if plain:
        flags: list[str] = []
        lat_d, lat_m, lat_s, south, lon_d, lon_m, lon_s, west = plain.groups()
        lat = _sum(lat_d, lat_m, lat_s, "latitude", text, flags)
        lon = _sum(lon_d, lon_m, lon_s, "longitude", text, flags)
        return position_at(
            -lon if west == "W" else lon, -lat if south == "S" else lat, text, precision, flags
        )
    first, second = _split(text)
    flags = []
    if first[1] in ("E", "W"):
        first, second = second, first
    lat = _angle(*first, "latitude", text, flags)
    lon = _angle(*second, "longitude", text, flags)
    return position_at(lon, lat, text, precision, flags)


def position_at(
    lon: float,
    lat: float,
    written: str = "",
    precision: str = "reported",
    flags: list[str] | None = None,
) -> tuple[Position, tuple[str, ...]]:
    """A position from decimal degrees, range-checked, with its flags; raises BadPosition."""
    found = list(flags or ())
    lon = _in_range_lon(lon, found)
    lat = _in_range_lat(lat)
    if lon == 0 and lat == 0:
        found.append("null-island")
    return Position(lon, lat, precision, 0.0, written[:_MAX_WRITTEN]), tuple(dict.fromkeys(found))


def parse_latitude(text: str) -> float:
    """The latitude a text writes down, in degrees north; raises BadPosition."""
    body, letter = _hemisphere(_unify(text), "latitude")
    if letter in ("E", "W"):
        raise BadPosition("latitude", f"Latitude {_quote(text)} has an east or west letter.")
    return _in_range_lat(_angle(body, letter, "latitude", text, []))


def parse_longitude(text: str) -> float:
    """The longitude a text writes down, in degrees east within (-180, 180]; raises BadPosition."""
    body, letter = _hemisphere(_unify(text), "longitude")
    if letter in ("N", "S"):
        raise BadPosition("longitude", f"Longitude {_quote(text)} has a north or south letter.")
    return _in_range_lon(_angle(body, letter, "longitude", text, []), [])


def format_ddm(lon: float, lat: float) -> str:
    """A position for people: `01°15.30'N 103°48.20'E` (domain.md 9), to 0.01 minute (18 m)."""
    return f"{_ddm(lat, 2, 'N', 'S')} {_ddm(lon, 3, 'E', 'W')}"


def unify_signs(text: str) -> str:
    """The text with one spelling of each degree, minute and second sign, dash and blank."""
    return text.translate(_UNIFY)


def arc_seconds(degrees: float) -> int:
    """Degrees in whole arc-seconds (31 m at most), to compare positions across layouts.

    Copies held as 32-bit floats are off by hundredths of an arc-second, so that finer units
    would make an update of every second record.
    """
    return round(degrees * 3600)


def _ddm(degrees: float, width: int, positive: str, negative: str) -> str:
    whole, hundredths = divmod(round(abs(degrees) * 6000), 6000)
    letter = negative if degrees < 0 and (whole or hundredths) else positive
    return f"{whole:0{width}d}°{hundredths // 100:02d}.{hundredths % 100:02d}'{letter}"


def _in_range_lat(lat: float) -> float:
    if not math.isfinite(lat):
        raise BadPosition("latitude", "Latitude is not a finite number.")
    if abs(lat) > 90:
        raise BadPosition("latitude", f"Latitude {lat:.10g} is beyond 90 degrees.")
    return round(lat, DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0


def _in_range_lon(lon: float, flags: list[str]) -> float:
    if not math.isfinite(lon):
        raise BadPosition("longitude", "Longitude is not a finite number.")
    if 180 < lon <= 360:
        lon -= 360
        flags.append("longitude-normalised")
    if abs(lon) > 180:
        raise BadPosition("longitude", f"Longitude {lon:.10g} is beyond 180 degrees.")
    lon = round(lon, DECIMALS) + 0.0
    return 180.0 if lon == -180 else lon


def _quote(text: str) -> str:
    """A written value inside a sentence, on one line and short."""
    return repr(" ".join(text.split())[:60])


def _unify(text: str) -> str:
    if len(text) > _MAX_WRITTEN:
        raise BadPosition("position", f"Position {_quote(text)} … is too long to be one.")
    plain = text.translate(_UNIFY)
    plain = _WORDS.sub(lambda match: match.group()[0].upper(), plain)
    for pattern, sign in _UNITS:
        plain = pattern.sub(sign, plain)
    plain = _LABEL.sub(" ", plain).replace("''", '"')
    return " ".join(plain.split()).strip(" ,;()[]")


def _split(text: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two angles of a position text, each a body with its hemisphere letter or ''."""
    plain = _unify(text).upper()
    if not plain:
        raise BadPosition("position", "Position is empty.")
    at = [i for i, char in enumerate(plain) if char in "NSEW"]
    if len(at) == 2:
        letters = plain[at[0]], plain[at[1]]
        if (letters[0] in "NS") == (letters[1] in "NS"):
            raise BadPosition("position", f"Position {_quote(text)} names one axis twice.")
        if at[0] == 0:  # N12-33 E043-31
            one, two = plain[1 : at[1]], plain[at[1] + 1 :]
        elif at[1] == len(plain) - 1:  # 12-33N 043-31E
            one, two = plain[: at[0]], _after_separator(plain[at[0] + 1 : at[1]])
        else:
            raise BadPosition("position", f"Position {_quote(text)} cannot be read.")
        return (one.strip(" ,;/–"), letters[0]), (two.strip(" ,;/–"), letters[1])
    if at:
        reason = "has a hemisphere letter on one value only" if len(at) == 1 else "cannot be read"
        raise BadPosition("position", f"Position {_quote(text)} {reason}.")
    pair = _TWO_NUMBERS.fullmatch(plain)
    if not pair:
        raise BadPosition(
            "position", f"Position {_quote(text)} is not two values that can be read."
        )
    if _DECIMAL_COMMA_PAIR.fullmatch(plain) and plain != "0,0":
        raise BadPosition(
            "position", f"Position {_quote(text)} may be one number with a decimal comma."
        )
    return (pair[1], ""), (pair[2], "")


def _after_separator(text: str) -> str:
    """The second angle without what stands between the two; a dash that is a sign stays.

    `01-08N - 103-46E` and `01-08N-103-46E` separate; `01-08N -103-46E` has a sign.
    """
    if text.startswith("-"):
        return text[1:].lstrip()
    text = text.lstrip(" ,;/–")
    return text[2:].lstrip() if text.startswith("- ") else text


def _hemisphere(plain: str, field: str) -> tuple[str, str]:
    plain = plain.upper()
    if not plain:
        raise BadPosition(field, f"{field.capitalize()} is empty.")
    if plain[-1] in "NSEW":
        return plain[:-1].strip(), plain[-1]
    if plain[0] in "NSEW":
        return plain[1:].strip(), plain[0]
    return plain, ""


def _angle(body: str, letter: str, field: str, text: str, flags: list[str]) -> float:
    """Signed degrees of one written angle."""
    sign = body[:1] if body[:1] in ("+", "-") else ""
    body = body[len(sign) :].strip()
    if letter and ((sign == "-") or (sign == "+" and letter in "SW")):
        raise BadPosition(
            field,
            f"{field.capitalize()} in {_quote(text)} has a sign and a hemisphere that differ.",
        )
    magnitude, has_minutes = _magnitude(body, bool(letter), field, text, flags)
    if has_minutes and not (letter or sign):
        raise BadPosition(field, f"{field.capitalize()} in {_quote(text)} has no hemisphere.")
    return -magnitude if letter in ("S", "W") or sign == "-" else magnitude


def _magnitude(
    body: str, lettered: bool, field: str, text: str, flags: list[str]
) -> tuple[float, bool]:
    decimal = _DECIMAL.fullmatch(body)
    if decimal:
        return float(decimal[1]), False
    packed = _PACKED.fullmatch(body)
    if packed:
        digits, fraction = packed[1], packed[2] or ""
        odd = len(digits) % 2 == 1
        if not lettered:
            raise BadPosition(field, f"{field.capitalize()} in {_quote(text)} has no hemisphere.")
        if not (field == "latitude" and odd):
            seconds = len(digits) > 5
            cut = len(digits) - (4 if seconds else 2)
            if seconds:
                parts = digits[:cut], digits[cut : cut + 2], digits[cut + 2 :] + fraction
            else:
                parts = digits[:cut], digits[cut:] + fraction, ""
            return _sum(*parts, field, text, flags), True
    if "," in body:
        body = _DECIMAL_COMMA.sub(".", body)
    match = _SEPARATED.fullmatch(body)
    if not match:
        raise BadPosition(field, f"{field.capitalize()} in {_quote(text)} cannot be read.")
    degrees, minutes, seconds_text = match[1], match[2], match[3] or ""
    if seconds_text and "." in minutes:
        raise BadPosition(
            field, f"{field.capitalize()} in {_quote(text)} has part minutes and seconds as well."
        )
    return _sum(degrees, minutes, seconds_text, field, text, flags), True


def _sum(
    degrees: str, minutes: str, seconds: str, field: str, text: str, flags: list[str]
) -> float:
    """Degrees of the three parts; exactly 60 carries over with a flag, more is a defect."""
    m, s = float(minutes), float(seconds or 0)
    for name, value in (("minutes", m), ("seconds", s)):
        if value >= 60:
            if value > 60:
                raise BadPosition(
                    field, f"{field.capitalize()} in {_quote(text)} has {name} above 60."
                )
            flags.append(f"{name}-60")
    return float(degrees) + m / 60 + s / 3600

"""Where it happened, out of a typed line: written positions, a distance from a place, a port.

Taken in this order are degrees with hemisphere letters (any spelling of `cop.model.geo`), MGRS,
signed decimals; `12 nm NW of` in front of a position or a port moves it; a port by UN/LOCODE or by
name after a word such as `off` or `at` gives its own position with a radius. Two ports of one name
are asked about, never chosen between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cop.formats.typed_line import ASSUMED, TAKEN, TYPED, TypedLine
from cop.model.coordinates import read_position
from cop.model.geo import BadPosition
from cop.model.measure import COMPASS_POINTS, bearing_of, go_from, measure_leg
from cop.model.ports import Port, ports, ports_by_name
from cop.model.report import Position
from cop.model.text import fold

AT_PORT_NM = 10.0
OFF_PORT_NM = 25.0
FAR_FROM_PORT_NM = 60.0
WHOLE_DEGREES_NM = 30.0
MOST_DISTANCE_NM = 1_500.0
_DEG = r"°|deg(?:rees?)?\.?"
_BODY = (
    r"(?:\d{6,7}(?:\.\d{1,9})?|\d{4,5}(?:\.\d{1,9})?"
    rf"|\d{{1,3}}(?: ?(?:{_DEG}) ?| ?[:-] ?| )\d{{1,3}}(?:[.,]\d{{1,9}})?"
    r"(?:(?: ?(?:'|min(?:utes?)?\.?) ?|[ :-])(?:\d{1,3}(?:\.\d{1,9})?)?)? ?"
    r"(?:\"|''|'|sec(?:onds?)?\.?)?"
    rf"|\d{{1,3}}(?:\.\d{{1,20}})? ?(?:{_DEG})?)"
)
_NORTH, _EAST = r"(?:N(?:orth)?|S(?:outh)?)", r"(?:E(?:ast)?|W(?:est)?)"
_BETWEEN = r"[ ,;/–-]{0,4}"
_PAIR = re.compile(
    rf"(?<![\w.°'])[+-]?{_BODY} ?{_NORTH}(?![A-Za-z]){_BETWEEN}[+-]?{_BODY} ?{_EAST}(?![A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_LETTERS_FIRST = re.compile(
    rf"(?<![\w.]){_NORTH} ?{_BODY}{_BETWEEN}{_EAST} ?{_BODY}(?![\w])", re.IGNORECASE | re.ASCII
)
_SIGNED = re.compile(
    r"(?<![\w.])[+-]?\d{1,3}\.\d{2,20} ?°?(?: ?[,;/] ?| )[+-]?\d{1,3}\.\d{2,20} ?°?(?![\w.])",
    re.ASCII,
)
_GRID = re.compile(
    r"(?<!\w)\d{1,2}[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?(?:\d{2,5} \d{2,5}|\d{4,10})(?!\w)", re.ASCII
)
_HALF = re.compile(
    r"(?<![\w.])(?:\d{4,7}(?:\.\d{1,9})?|\d{1,3} ?[°:-] ?\d{1,3}(?:\.\d{1,9})?'?"
    r"|\d{1,3}\.\d{2,9}°?) ?[NSEW](?!\w)",
    re.ASCII,
)
_WHOLE_DEGREES = re.compile(rf"\d{{1,3}} ?(?:{_DEG})? ?\D{{1,8}}\d{{1,3}} ?(?:{_DEG})? ?\D{{1,5}}")
_SIDES = {"north": "n", "south": "s", "east": "e", "west": "w"}
_SIDE = r"(?:north|south|east|west)"
_POINT = rf"(?:{_SIDE}(?:[ -]?{_SIDE}){{0,2}}|[NSEW][NSEW]?[NSEW]?)"
_NM = r"(?P<nm>\d{1,4}(?:\.\d{1,3})?) ?(?:nm|n\.m\.|nautical miles?|miles?)"
_OFFSET = re.compile(
    rf"(?<![\w.]){_NM},? (?:to the |due )?(?:(?P<point>{_POINT})(?: of| from)?"
    r"|(?P<bearing>\d{3}) ?(?:°|deg(?:rees?)?)? ?T?(?: from| of)?|off|from) ",
    re.IGNORECASE | re.ASCII,
)
_BEARING_FIRST = re.compile(
    r"(?<![\w.])(?:bearing )?(?P<bearing>\d{3}) ?(?:°|deg(?:rees?)?)? ?T?,? "
    rf"(?:x |at )?{_NM} (?:from|off|of) ",
    re.IGNORECASE | re.ASCII,
)
_LEAD = re.compile(
    r"(?<![\w])(?P<word>at|off|near|in|outside|approaches to|port of|of|from) ", re.IGNORECASE
)
_WORD = re.compile(rf"[^\s{TAKEN},;]+")
_SEAS = frozenset(
    ("strait", "straits", "channel", "sea", "gulf", "bay", "tss", "sound", "delta", "coast",
     "island", "islands", "ocean", "basin", "river")
)  # fmt: skip
# Ports whose names are words of a report: they are taken as `port of Hull` or by LOCODE only.
_WORDS_TOO = frozenset(
    ("bar", "bay", "deal", "eden", "ham", "hope", "hull", "nice", "par", "papa", "port", "rasa",
     "rye", "sale", "vita", "wick", "boma", "ende")
)  # fmt: skip
_CODE_AFTER = re.compile(r"[ ,(]{1,2}([A-Z]{2}[A-Z2-9]{3})\b\)?", re.ASCII)
_LOCODE = re.compile(r"[A-Z]{2} ?[A-Z2-9]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Place:
    """A port that a line names: the only one it can mean, or several."""

    ports: tuple[Port, ...]
    start: int
    end: int


def read_where(line: TypedLine) -> None:
    """Take the position of a line as field `position`, a Position, and a port as field `port`."""
    where = _written(line)
    offset = _offset_before(line, where) if where else None
    port = _named_port(line)
    if where is not None:
        position, start, end = where
        if offset is not None:
            position = _moved(line, position, offset)
            start = offset.start()
        line.take("position", position, start, end)
        _compare(line, position, port)
    elif port is not None:
        _at_port(line, port)
    elif not any(problem.field == "position" for problem in line.problems):
        half = _HALF.search(line.left)
        if half:
            line.refuse("position", "Only one of latitude and longitude is given.", *half.span())
        else:
            line.doubt("position", "No position is given.")


def _written(line: TypedLine) -> tuple[Position, int, int] | None:
    """The first position written out; every one that cannot be is an error and set aside."""
    found: tuple[Position, int, int] | None = None
    for pattern in (_PAIR, _LETTERS_FIRST, _GRID, _SIGNED):
        for match in pattern.finditer(line.left):
            try:
                position, flags = read_position(match[0])
            except BadPosition as error:
                line.refuse("position", str(error), *match.span())
                line.drop(*match.span())
                continue
            if found is None:
                found = _judged(line, position, flags, match), *match.span()
                line.drop(*match.span())
            elif (position.lon, position.lat) != (found[0].lon, found[0].lat):
                said = line.span(*match.span())[0]
                line.doubt("position", f"A second position is named, {said}.", *match.span())
    return found


def _judged(
    line: TypedLine, position: Position, flags: tuple[str, ...], match: re.Match[str]
) -> Position:
    spot = match.span()
    if match.re is _SIGNED:
        line.doubt("position", "Read as latitude, then longitude, in decimal degrees.", *spot)
    if "null-island" in flags:
        line.doubt("position", "0° N 0° E is where lost positions end up.", *spot)
    if "longitude-normalised" in flags:
        line.doubt("position", "A longitude above 180 was read as west.", *spot)
    if "minutes-60" in flags or "seconds-60" in flags:
        line.doubt("position", "60 minutes or seconds were carried over.", *spot)
    if _WHOLE_DEGREES.fullmatch(match[0]):
        line.doubt("position", "Whole degrees only: good to 30 nm.", *spot)
        return replace(position, precision="approximate", uncertainty_nm=WHOLE_DEGREES_NM)
    return position


def _offset_before(line: TypedLine, where: tuple[Position, int, int]) -> re.Match[str] | None:
    """`12 nm NW of`, ending where the position begins."""
    for pattern in (_BEARING_FIRST, _OFFSET):
        for match in pattern.finditer(line.left):
            if match.end() == where[1]:
                return match
    return None


def _moved(line: TypedLine, position: Position, offset: re.Match[str]) -> Position:
    """A position so far off on its bearing; without a bearing it is somewhere round it."""
    distance = float(offset["nm"])
    if distance > MOST_DISTANCE_NM:
        line.refuse("position", f"{distance:g} nm is too far for a bearing.", *offset.span())
        return position
    bearing = _bearing(line, offset)
    written = line.span(*offset.span())[0] + position.written
    if bearing is None:
        line.doubt("position", f"No bearing: somewhere within {distance:g} nm.", *offset.span())
        radius = max(distance, position.uncertainty_nm)
        return replace(position, precision="approximate", uncertainty_nm=radius, written=written)
    lon, lat = go_from(position.lon, position.lat, bearing, distance)
    # A bearing by compass point is good to half a point.
    radius = round(max(0.5, distance * (0.1 if offset["bearing"] is None else 0.02)), 1)
    return Position(round(lon, 7), round(lat, 7), "approximate", radius, written[:200])


def _bearing(line: TypedLine, offset: re.Match[str]) -> float | None:
    named = offset.groupdict()
    if named.get("bearing"):
        degrees = float(named["bearing"])
        if degrees > 360:
            line.refuse("position", f"{degrees:.0f}° is no bearing.", *offset.span())
            return None
        return degrees % 360
    if not named.get("point"):
        return None
    word = named["point"].lower()
    for side, letter in _SIDES.items():
        word = word.replace(side, letter)
    point = word.replace(" ", "").replace("-", "").upper()
    if point not in COMPASS_POINTS:
        line.refuse("position", f"{named['point']} is no point of the compass.", *offset.span())
        return None
    return bearing_of(point)


def _named_port(line: TypedLine) -> tuple[_Place, re.Match[str]] | None:
    """The first port that a line names, with the words before it."""
    for pattern in (_BEARING_FIRST, _OFFSET, _LEAD):
        for match in pattern.finditer(line.left):
            place = _port_at(line, match.end(), of_port="port" in match[0].lower())
            if place is not None:
                return place, match
    return None


def _port_at(line: TypedLine, start: int, of_port: bool) -> _Place | None:
    code = _LOCODE.match(line.left, start)
    if code and not line.left[code.end() : code.end() + 1].isalnum():
        known = ports().get(code[0].replace(" ", ""))
        if known:
            return _Place((known,), start, code.end())
    words = _words_from(line.left, start)
    for count in range(len(words), 0, -1):
        name = fold(line.left[words[0].start() : words[count - 1].end()]).rstrip(".")
        named = ports_by_name().get(name.removeprefix("port of "), ())
        if not named or (name in _WORDS_TOO and not of_port):
            continue
        if count < len(words) and fold(words[count][0]).rstrip(".") in _SEAS:
            return None  # Singapore Strait is no port
        end = words[count - 1].end()
        return _in_country(line, named, start, end)
    return None


def _words_from(text: str, start: int) -> list[re.Match[str]]:
    """Up to five words that follow each other from here."""
    words: list[re.Match[str]] = []
    at = start
    while len(words) < 5:
        word = _WORD.match(text, at)
        if word is None:
            break
        words.append(word)
        at = word.end() + 1
    return words


def _in_country(line: TypedLine, named: tuple[Port, ...], start: int, end: int) -> _Place:
    """Of ports with one name, that whose LOCODE follows, or those of the country that does."""
    code = _CODE_AFTER.match(line.left, end)
    chosen = tuple(port for port in named if code and port.locode == code[1])
    if code and chosen:
        return _Place(chosen, start, code.end())
    after = fold(line.left[end : end + 40].lstrip(" ,("))
    here = tuple(port for port in named if after.startswith(fold(port.country)))
    if not here:
        return _Place(named, start, end)
    country = re.compile(r"[ ,(]*" + re.escape(here[0].country) + r"\)?", re.IGNORECASE)
    match = country.match(line.left, end)
    return _Place(here, start, match.end() if match else end)


def _at_port(line: TypedLine, named: tuple[_Place, re.Match[str]]) -> None:
    place, lead = named
    spot = lead.start(), place.end
    if len(place.ports) > 1:
        line.refuse("position", _which(place.ports), place.start, place.end)
        return
    port = place.ports[0]
    line.keep("port", port, place.start, place.end)
    here = Position(port.lon, port.lat, "area", AT_PORT_NM, line.span(*spot)[0][:200])
    if "nm" in lead.groupdict():
        position = replace(_moved(line, replace(here, written=port.name), lead))
        line.keep("position", replace(position, written=here.written), *spot, TYPED)
        return
    radius = OFF_PORT_NM if lead["word"].lower() in ("off", "near", "outside") else AT_PORT_NM
    line.doubt("position", f"The port's own position, within {radius:g} nm.", *spot)
    line.keep("position", replace(here, uncertainty_nm=radius), *spot, ASSUMED)


def _compare(
    line: TypedLine, position: Position, named: tuple[_Place, re.Match[str]] | None
) -> None:
    """A port named beside a position: one of that name must be near it."""
    if named is None:
        return
    place, _ = named
    far = {
        port: measure_leg(port.lon, port.lat, position.lon, position.lat).distance_nm
        for port in place.ports
    }
    port = min(far, key=lambda each: far[each])
    line.keep("port", port, place.start, place.end)
    if far[port] > FAR_FROM_PORT_NM:
        words = f"The position is {far[port]:.0f} nm from {port.name} ({port.locode})."
        line.doubt("position", words, place.start, place.end)


def _which(named: tuple[Port, ...]) -> str:
    options = ", ".join(f"{port.locode} ({port.country})" for port in named[:6])
    return f"There are {len(named)} ports called {named[0].name}: {options}. Which?"

"""Who and with what, out of a typed line: the ship, the persons, the weapons.

A ship is named after MV, MT or another such prefix, or in quotation marks after a word for a ship;
IMO number (with its check digit), MMSI and call sign are read where they are labelled. What is
denied (`no weapons`, `unarmed`) is not taken for seen.
"""

from __future__ import annotations

import re

from cop.formats.typed_line import TAKEN, TypedLine
from cop.model.vessels import VESSEL_TYPE, is_imo_number, is_ship_mmsi, vessel_type_of

MOST_NAME_WORDS = 5
_IMO = re.compile(r"(?<!\w)IMO(?: ?(?:no\.?|number|#))?[ .:]{0,3}(\d[\d ]{0,11}\d)(?!\w)", re.I)
_MMSI = re.compile(r"(?<!\w)MMSI(?: ?(?:no\.?|number|#))?[ .:]{0,3}(\d{1,12})(?!\w)", re.I)
_CALL_SIGN = re.compile(
    r"(?<!\w)(?:call ?sign|c/s|callsign)[ .:]{0,3}([A-Z0-9]{3,7})(?!\w)", re.I | re.ASCII
)
_FLAG = re.compile(r"(?<!\w)([A-Z][a-z]+(?: [A-Z][a-z]+){0,2})[ -]flag(?:ged)?(?!\w)")
_FLAG_AFTER = re.compile(r"(?<!\w)flag[ :]{1,2}([A-Z][A-Za-z]+)(?!\w)")
# A prefix that says what the ship is; the rest only that it is one.
_PREFIX_TYPES = {
    "mt": "tanker", "fv": "fishing vessel", "sy": "yacht", "lng": "LNG tanker",
    "lpg": "LPG tanker", "rv": "research vessel", "vlcc": "tanker",
}  # fmt: skip
_PREFIX = re.compile(
    r"(?<![\w/])(M/?V|M/?T|F/?V|S/?Y|S/?V|M/?Y|R/?V|MSV|LNG|LPG|VLCC|SS|MS|M\.V\.|M\.T\.)"
    r"[ :]{1,2}(?=\S)",
    re.IGNORECASE,
)
_QUOTED = re.compile(rf"[\"“]([^\"”{TAKEN}]{{2,40}})[\"”]")
_NAME_WORD = re.compile(rf"[^\s{TAKEN},;:()\"]+")
# Words that come after a ship's name and are no part of it.
_PROSE = """
    a an and the was were is are has had have been being be by of in on at off near from to with
    while when after before for as into onto
    one two three four five six seven eight nine ten eleven twelve several many some about approx
    approximately around man men person persons people robber robbers pirate pirates perpetrator
    perpetrators intruder intruders crew master captain armed unarmed masked knives knife gun guns
    machete machetes boarded board boarding attacked attack hijacked seized approached approach
    suspicious fired hit struck reported reports reporting underway anchored anchor anchorage
    berthed moored alongside drifting aground grounded collided sinking sank fire explosion drone
    drones missile uav usv mine imo mmsi callsign call flag flagged bulk bulker tanker container
    cargo fishing lost gps gnss ais spoofing jamming ransomware stowaway stowaways medical mayday
    distress nm hijack robbery piracy theft stores stolen
"""
_AFTER_NAME = frozenset(_PROSE.split())
_STATUS = re.compile(
    r"(?<!\w)(?:(?:at )?anchor(?:ed)?|berthed|alongside|moored|drifting|under ?way|making way"
    r"|aground)(?!\w)",
    re.IGNORECASE,
)
_STATUS_WORDS = {"anchor": "anchored", "alongside": "berthed", "making way": "underway"}
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve"), 1
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "a dozen": 12, "dozen": 12, "a": 1}  # fmt: skip
_COUNT = (
    r"(?<![\w.°:'-])(?P<about>(?:about|approx(?:\.|imately)?|some|around|at least|up to|more than)"
    r" )?(?P<low>\d{1,5}|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r")"
    r"(?:(?: ?[-–/] ?| to | or )(?P<high>\d{1,5}|" + "|".join(_NUMBER_WORDS) + r"))?"
)
_PERSONS = re.compile(
    _COUNT + r" (?:(?:armed|masked|unarmed|unknown|suspected|local|unidentified) ){0,2}"
    r"(?:m[ae]n|persons?|people|pax|perpetrators?|robbers?|pirates?|attackers?|intruders?"
    r"|suspects?|assailants?|stowaways?|migrants?|thieves|hijackers?|terrorists?)(?! overboard)\b",
    re.IGNORECASE,
)
_ON_BOARD = re.compile(
    _COUNT + r" ?(?:p\.?o\.?b\b|(?:persons?|people|souls|crew|crew members?) on ?board|crew\b)",
    re.IGNORECASE,
)
_POB_FIRST = re.compile(r"(?<!\w)POB[ :]{1,2}(?P<low>\d{1,5})(?!\w)", re.IGNORECASE)
# What was used, and the words that say it.
WEAPONS = (
    ("unmanned surface vessel", r"usvs?|wbieds?|drone boats?|(?:unmanned|uncrewed) (?:surface )?(?:vessels?|boats?|craft)|explosive[- ]laden boats?"),  # noqa: E501
    ("drone", r"drones?|uavs?|uas|quadcopters?|(?:unmanned|uncrewed) aerial vehicles?"),
    ("missile", r"(?:cruise |ballistic |anti-ship )?missiles?|asb?m|rockets?"),
    ("mine", r"(?:limpet |sea |naval |drifting )?mines?"),
    ("RPG", r"rpgs?|rocket[- ]propelled grenades?"),
    ("grenade", r"(?:hand )?grenades?"),
    ("explosives", r"explosives?|bombs?|ieds?|dynamite"),
    ("guns", r"guns?|rifles?|pistols?|handguns?|firearms?|shotguns?|ak-?47s?|machine ?guns?|automatic weapons?|small arms"),  # noqa: E501
    ("knives", r"kni(?:fe|ves)|blades?|daggers?"),
    ("machetes", r"machetes?|parangs?|cutlass(?:es)?|long knives|swords?|axes?"),
    ("bars and tools", r"(?:iron|steel|metal) (?:bars?|rods?|pipes?)|crowbars?|clubs?|wrench(?:es)?|hammers?"),  # noqa: E501
    ("stones", r"stones?|rocks?"),
    ("ladders and hooks", r"ladders?|hooks?|grapnels?|grappling hooks?"),
    ("weapons, not said which", r"weapons?|armed (?:men|persons?|robbers|pirates)"),
)  # fmt: skip
_WEAPON = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"({words})" for _, words in WEAPONS) + r")(?![\w-])", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:no|not|without|nil|never|neither|nor|denied?)(?: [\w/]+,?){0,3}? ?\Z", re.IGNORECASE
)


def read_who(line: TypedLine) -> None:
    """Take ship, numbers, persons and weapons of a line as fields of their own names.

    Fields: `vessel_name`, `vessel_imo`, `vessel_mmsi`, `vessel_call_sign`, `vessel_type`,
    `vessel_flag`, `vessel_status` (text), `persons`, `pob` (int), `weapons` (tuple of text).
    """
    _read_name(line)
    _read_type(line)
    _read_flag(line)
    _read_status(line)
    _read_count(line, "pob", (_POB_FIRST, _ON_BOARD))
    _read_count(line, "persons", (_PERSONS,))
    _read_weapons(line)


def read_numbers(line: TypedLine) -> None:
    """Take the numbers that identify a ship; before positions, which are digits too."""
    match = _IMO.search(line.left)
    if match:
        imo = match[1].replace(" ", "")
        if len(imo) != 7:
            line.refuse("vessel_imo", f"IMO {imo} has not seven digits.", *match.span())
        elif not is_imo_number(imo):
            line.doubt("vessel_imo", f"IMO {imo} fails its check digit.", *match.span())
        line.take("vessel_imo", imo, *match.span())
    match = _MMSI.search(line.left)
    if match:
        if len(match[1]) != 9:
            line.refuse("vessel_mmsi", f"MMSI {match[1]} has not nine digits.", *match.span())
        elif not is_ship_mmsi(match[1]):
            line.doubt("vessel_mmsi", f"MMSI {match[1]} is not one of a ship.", *match.span())
        line.take("vessel_mmsi", match[1], *match.span())
    match = _CALL_SIGN.search(line.left)
    if match:
        line.take("vessel_call_sign", match[1].upper(), *match.span())


def _read_name(line: TypedLine) -> None:
    prefix = _PREFIX.search(line.left)
    if prefix is None:
        return
    kind = _PREFIX_TYPES.get(re.sub(r"[/.]", "", prefix[1]).lower())
    if kind:
        line.keep("vessel_type", kind, prefix.start(1), prefix.end(1))
    quoted = _QUOTED.match(line.left, prefix.end())
    if quoted:
        line.take("vessel_name", " ".join(quoted[1].split()), prefix.start(), quoted.end())
        return
    words = _name_words(line.left, prefix.end())
    if not words:
        line.doubt("vessel_name", "No name follows the ship's prefix.", *prefix.span())
        return
    start, end = words[0].start(), words[-1].end()
    name = " ".join(word[0] for word in words).rstrip(".")
    if line.left.isupper() or line.left.islower():
        line.doubt("vessel_name", f"Is {name} the whole name?", start, end)
    line.take("vessel_name", name, prefix.start(), end)


def _name_words(text: str, start: int) -> list[re.Match[str]]:
    """The words of a name: capitals in a line of both cases, up to prose in any."""
    mixed = not (text.isupper() or text.islower())
    capitals = False
    words: list[re.Match[str]] = []
    at = start
    while len(words) < MOST_NAME_WORDS:
        word = _NAME_WORD.match(text, at)
        if word is None:
            break
        plain = word[0].strip(".'").lower()
        if plain in _AFTER_NAME and (words or not word[0].isupper() or not mixed):
            break
        if mixed and words:
            if capitals and not (word[0].isupper() or word[0].isdigit()):
                break
            if not (word[0][0].isupper() or word[0][0].isdigit()):
                break
        if not words:
            capitals = mixed and word[0].isupper() and len(word[0]) > 1
        words.append(word)
        if text[word.end() : word.end() + 1] != " ":
            break
        at = word.end() + 1
    return words


def _read_type(line: TypedLine) -> None:
    match = VESSEL_TYPE.search(line.left)
    if match:
        line.keep("vessel_type", vessel_type_of(match), *match.span())


def _read_flag(line: TypedLine) -> None:
    match = _FLAG.search(line.left) or _FLAG_AFTER.search(line.left)
    if match:
        line.keep("vessel_flag", match[1], *match.span())


def _read_status(line: TypedLine) -> None:
    match = _STATUS.search(line.left)
    if match:
        word = match[0].lower().removeprefix("at ").replace("under way", "underway")
        line.keep("vessel_status", _STATUS_WORDS.get(word, word), *match.span())


def _read_count(line: TypedLine, name: str, patterns: tuple[re.Pattern[str], ...]) -> None:
    for pattern in patterns:
        match = pattern.search(line.left)
        if match is None:
            continue
        said = match.groupdict()
        low, high = _number(said["low"]), _number(said.get("high") or said["low"])
        if low != high:
            words = f"{low} to {high} are named: {max(low, high)} is taken."
            line.doubt(name, words, *match.span())
        elif said.get("about"):
            line.doubt(name, f"About {low} is said: {low} is taken.", *match.span())
        line.keep(name, max(low, high), *match.span())
        return


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBER_WORDS[word.lower()]


def _read_weapons(line: TypedLine) -> None:
    seen: dict[str, tuple[int, int]] = {}
    for match in _WEAPON.finditer(line.left):
        if _DENIED.search(line.left, max(0, match.start() - 40), match.start()):
            continue
        assert match.lastindex is not None
        seen.setdefault(WEAPONS[match.lastindex - 1][0], match.span())
    said = [name for name, _ in WEAPONS if name in seen]
    if len(said) > 1 and said[-1] == WEAPONS[-1][0]:
        said.pop()  # they are said, after all
    if said:
        first = min(seen[name][0] for name in said)
        last = max(seen[name][1] for name in said)
        line.keep("weapons", tuple(said), first, last)

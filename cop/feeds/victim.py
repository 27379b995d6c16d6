"""Who was attacked, out of the one phrase in which a source says it.

`Tanzania-flagged tanker BRENTIX` holds a flag, a type and a name; `MERCHANT VESSEL` holds none of
them. Conservative: what is not plainly a name is none.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from cop.model.report import Vessel
from cop.model.vessels import VESSEL_TYPE, vessel_type_of

_STATUS = re.compile(r"(?i)\b(anchor(?:ed)?|berthed|moored|drifting|underway|aground|towed)\b")
_FLAG = re.compile(r"(?i)\b([A-Za-z][A-Za-z.' &-]{1,40}?)[ -]flag(?:ged)?\b")
_BEFORE_FLAG = re.compile(r"(?i)^(?:anchored|berthed|moored|underway|drifting|two|three|the) +")
_PREFIX = re.compile(r"(?:^|(?<=[\s/]))(?:M/?[VTY]|F/[VB]|S/[YV]|MSV|SS|M\.V\.)\s+(?=\S)")
_QUOTED = re.compile(r"[\"“]([^\"”]{2,40})[\"”]")
_CAPITALS = re.compile(r"[A-Z0-9][A-Z0-9.'&/-]*+")
_PLAIN_WORDS = """
    A AN THE AND OF WITH TWO THREE FOUR FIVE SIX SEVEN EIGHT SEVERAL UNKNOWN UKNOWN UNIDENTIFIED
    UNNAMED UNSPECIFIED VARIOUS ALL MERCHANT MOTOR VESSEL VESSELS SHIP SHIPS SHIPPING BOAT BOATS
    CRAFT CRAFTS BULK CARRIER CARRIERS BULKER CONTAINER CONTAINERSHIP TANKER TANKERS CHEMICAL
    PRODUCT PRODUCTS OIL CRUDE PETROLEUM LPG LNG GAS BITUMEN ASPHALT CARGO GENERAL REFRIGERATED
    REEFER FISHING TRAWLER TRAWLERS TUG TUGS TUGBOAT TUGBOATS BARGE BARGES TOW TUB SUPPLY SUPPORT
    OFFSHORE OSV PSV AHTS FPSO FSO RIG PLATFORM DRILLING SAILING YACHT YACHTS SAILBOAT SAILBOATS
    CATAMARAN PLEASURE CIVILIAN COMMERCIAL PASSENGER CRUISE FERRY DHOW DHOWS RESEARCH SURVEY NAVAL
    NAVY WARSHIP MILITARY ARMY POLICE OUTPOST SECURITY LANDING VEHICLE CAR CEMENT ORE WOOD CHIP
    LIVESTOCK RORO RO-RO FISHERMEN FISHERMAN CREW PIPELINE UNDERWAY ANCHORED BERTHED MOORED AT
    ANCHOR DRIFTING SUSPICIOUS APPROACH PIRATES PIRATE ROBBERS N/A NA NONE NIL M/V M/T F/V S/Y MV
    MT FV SY V FLAGGED FLAG US U.S. UK UN IRGC USA LIGHTER SPEEDBOAT SPEEDBOATS SKIFF SKIFFS HEAVY
    LIFT MULTIPURPOSE MULTI-PURPOSE TUG/BARGE VLCC CABLE LAYER PIPE RIVER COASTAL SMALL MULTIPLE
    UNDER LOAD SERVICE GUARD DERELICT SALVAGE PATROL DREDGER HOUSEBOAT WORKBOAT FERRYBOAT CABLESHIP
    SHIPYARD RIGS THIEVES REFUGEES HOSTAGES CONTAINERS
"""
_GENERIC = frozenset(_PLAIN_WORDS.split())
_SHIP_WORDS = frozenset(
    ("VESSEL", "VESSELS", "SHIP", "SHIPS", "BOAT", "BOATS", "TANKER", "TANKERS", "CRAFT")
)


def read_victim(victim: str, narrative: str = "", limit: int = 50) -> Vessel:
    """The vessel that a phrase names, with whatever of type, flag and status it says.

    A source that cuts the phrase at `limit` characters has its name completed from the narrative.
    """
    vessel = _read(victim)
    if vessel.name and len(victim) >= limit - 2 and victim.endswith(vessel.name):
        return replace(vessel, name=_completed(vessel.name, narrative))
    return vessel


@lru_cache(maxsize=4096)  # a few phrases make up most of an archive
def _read(victim: str) -> Vessel:
    kind = VESSEL_TYPE.search(victim)
    status = _STATUS.search(victim)
    flag = _FLAG.search(victim)
    word = status[1].lower() if status else ""
    return Vessel(
        name=_name(victim),
        type=vessel_type_of(kind) if kind else "",
        flag=_BEFORE_FLAG.sub("", flag[1].split(" - ")[-1]).strip() if flag else "",
        status="anchored" if word == "anchor" else word,
    )


def is_generic(phrase: str) -> bool:
    """Whether every word of a phrase is a plain word for ships and none can be a name."""
    if phrase.upper() in _GENERIC:  # N/A, TUG/BARGE
        return True
    return all(
        word.strip(".,()\"'").upper() in _GENERIC for word in phrase.replace("/", " ").split()
    )


def _name(victim: str) -> str:
    quoted = _QUOTED.search(victim)
    if quoted:
        return quoted[1].strip()
    if not victim or is_generic(victim):
        return ""
    prefix = _PREFIX.search(victim)
    if prefix:
        return _without_generic(victim[prefix.end() :])
    if victim.isupper():
        return _without_generic(victim)
    return _without_generic(_trailing_capitals(victim))


def _trailing_capitals(victim: str) -> str:
    """The words in capitals that end a phrase, if one of them is longer than two characters."""
    words = victim.split()
    start = len(words)
    while start and _CAPITALS.fullmatch(words[start - 1]):
        start -= 1
    return " ".join(words[start:]) if any(len(word) > 2 for word in words[start:]) else ""


def _without_generic(words: str) -> str:
    """The words after the plain ones; nothing when what is left is plain too, or ends as a kind.

    A kind may be misspelt (`CONATAINER SHIP GREY GULL`), so the ship word near the start counts.
    """
    parts = words.split()
    while parts and parts[0].strip(",.()") in _GENERIC:
        parts = parts[1:]
    for at, word in enumerate(parts[:3]):
        if word in _SHIP_WORDS and "AND" not in parts[:at]:
            parts = parts[at + 1 :]
            break
    rest = " ".join(parts).strip(" ,;()")
    if not any(char.isalpha() for char in rest) or is_generic(rest):
        return ""
    return "" if parts[-1] in _SHIP_WORDS else rest


def _completed(name: str, narrative: str) -> str:
    """A name that was cut short, as the narrative spells it out."""
    at = narrative.find(name)
    if at < 0:
        return name
    end = at + len(name)
    while end < len(narrative) and (narrative[end].isupper() or narrative[end].isdigit()):
        end += 1
    return narrative[at:end]

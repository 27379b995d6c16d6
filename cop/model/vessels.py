"""Vessels as people write them: kinds of ship, and the numbers that identify one.

IMO numbers: IMO resolution A.1117(30). MMSI: ITU-R M.585, nine digits, of which a ship's begin
with the three of its country (201 to 775).
"""

from __future__ import annotations

import re

# What we call a kind, and the words that say it; the more special ones stand first.
VESSEL_TYPES = (
    ("chemical tanker", "chemical tankers?"),
    ("product tanker", "product tankers?"),
    ("crude oil tanker", "crude (?:oil )?tankers?"),
    ("oil tanker", "oil (?:tankers?|ship)"),
    ("LPG tanker", "lpg(?: (?:tankers?|carriers?))?"),
    ("LNG tanker", "lng(?: (?:tankers?|carriers?))?"),
    ("tanker", "tankers?|vlcc"),
    ("bulk carrier", "bulk (?:cargo )?(?:carriers?|vessels?|ships?)|bulkers?|ore carriers?"),
    ("container ship", "container(?: ?(?:ships?|vessels?))?|containerships?"),
    ("vehicle carrier", "(?:vehicle|car) carriers?"),
    ("ro-ro", "ro-?ro(?: (?:ship|vessel))?"),
    ("refrigerated cargo ship", "refrigerated (?:cargo )?(?:ship|vessel)|reefer(?: vessel)?"),
    ("general cargo ship", "general cargo(?: (?:ships?|vessels?))?"),
    ("livestock carrier", "livestock carrier"),
    ("cargo ship", "cargo (?:ships?|vessels?)|freighter"),
    ("fishing vessel", "fishing (?:vessels?|boats?|trawlers?|craft)|trawlers?|f/v"),
    ("supply vessel", "(?:offshore )?(?:supply|support) (?:vessels?|ships?|boats?)|osv|psv|ahts"),
    ("research vessel", "(?:research|survey) (?:vessels?|ships?)"),
    ("tug", "tugs?|tug ?boats?"),
    ("barge", "barges?"),
    (
        "yacht",
        "(?:sailing )?yachts?|s/y|catamarans?|sail(?:ing )?(?:boats?|vessels?)|pleasure craft",
    ),
    ("dhow", "dhows?"),
    ("cruise ship", "cruise ships?"),
    ("passenger ship", "passenger (?:ships?|vessels?|boats?|ferry)|ferry|ferries"),
    ("warship", "warships?|naval (?:vessels?|ships?)|frigate|usns|patrol (?:boat|vessel)"),
    ("offshore unit", "fpso|fso|(?:oil |drilling )?rigs?|(?:oil )?platforms?"),
    ("landing craft", "landing craft"),
)
VESSEL_TYPE = re.compile(
    r"\b(?:" + "|".join(f"({pattern})" for _, pattern in VESSEL_TYPES) + r")\b", re.IGNORECASE
)


def vessel_type_of(match: re.Match[str]) -> str:
    """The kind that a match of VESSEL_TYPE says."""
    return VESSEL_TYPES[match.lastindex - 1][0] if match.lastindex else ""


def is_imo_number(text: str) -> bool:
    """Whether seven digits end in their check digit: 7 to 2 times the first six, summed, mod 10.

    IMO resolution A.1117(30), ship identification number scheme.
    """
    if len(text) != 7 or not text.isascii() or not text.isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, range(7, 1, -1), strict=False))
    return total % 10 == int(text[6])


def is_ship_mmsi(text: str) -> bool:
    """Whether nine digits can be a ship's MMSI: a country's three digits come first."""
    return len(text) == 9 and text.isascii() and text.isdigit() and "201" <= text[:3] <= "775"

"""TLP 2.0 markings: read every spelling the world uses, never read one down.

Source: FIRST, Traffic Light Protocol 2.0; misp-taxonomies `tlp`. TLP:WHITE of version 1 is CLEAR.
"""

from __future__ import annotations

from cop.model.vocabulary import MARKINGS

STRICTEST = "red"
FLOOR_WHEN_UNDECLARED = "amber"
_SPELLINGS = {
    "white": "clear",
    "clear": "clear",
    "green": "green",
    "amber": "amber",
    "amber+strict": "amber-strict",
    "amber-strict": "amber-strict",
    "amber strict": "amber-strict",
    "red": "red",
}


def parse_marking(text: str | None, floor: str = FLOOR_WHEN_UNDECLARED) -> str:
    """The slug of a marking as written; missing or unknown words mean the feed's floor.

    A written marking below the floor is believed: the source says who may read it.
    """
    if text is None:
        return floor
    word = text.strip().lower().removeprefix("tlp").lstrip(": ").strip()
    return _SPELLINGS.get(word, floor)


def strictest(*markings: str) -> str:
    """The marking of things read together: the strictest of them."""
    return max(markings, key=MARKINGS.code)

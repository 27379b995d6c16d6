"""Who is looking: a name and a clearance, minted by the server or the command line only."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cop.errors import BadInput
from cop.model.vocabulary import MARKINGS

OFFICER_CHARACTERS = (2, 40)


def fold_officer(text: str) -> str:
    """An officer's name as it is signed: composed, single blanks, 2 to 40 printable characters.

    Raises BadInput saying what is wrong with it. Characters that cannot be seen or that turn the
    direction of the text are refused: two names that look the same would be two officers.
    """
    least, most = OFFICER_CHARACTERS
    name = " ".join(unicodedata.normalize("NFKC", text[: 10 * most]).split())
    if not name.isprintable() or not any(c.isalnum() for c in name):
        raise BadInput("name: an officer's name is letters that can be read, such as Lt. A. Okoro")
    if not least <= len(name) <= most:
        raise BadInput(f"name: an officer's name has {least} to {most} characters")
    return name


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or program that reads; `clearance` is the strictest marking it may see.

    `officer` is the name given once on this screen, which signs every act; empty for none.
    Raises ValueError for a clearance that is not a TLP slug.
    """

    name: str
    clearance: str
    officer: str = ""

    def __post_init__(self) -> None:
        if self.clearance not in MARKINGS:
            raise ValueError(f"clearance {self.clearance!r} is not one of {MARKINGS.slugs}")

    def may_read(self, marking: str) -> bool:
        """True where the viewer's clearance reaches the marking."""
        return MARKINGS.code(marking) <= MARKINGS.code(self.clearance)

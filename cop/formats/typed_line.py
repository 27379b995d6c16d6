"""A line as an officer typed it, read piece by piece: what was found where, and what is doubtful.

Signs that cannot be seen are left out and digits of other scripts are read as 0 to 9, but every
span that is reported counts characters of the line as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from cop.model.geo import unify_signs

# What is read of a line; the rest of a longer one goes to the narrative as it is.
MAX_READ = 2_000
TAKEN = "\x1f"  # stands where something was taken: no pattern reaches across it
TYPED = "typed"
ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Found:
    """The value of a field, and the text it was read from at [start, end) of the line.

    by: `typed`, `assumed` (with a problem that says so), or `rule: ID` for what the
    classification concluded from the whole line; its text is empty then.
    """

    value: object
    text: str = ""
    start: int = -1
    end: int = -1
    by: str = TYPED


@dataclass(frozen=True, slots=True)
class Problem:
    """What an officer should look at before signing, at the field it concerns.

    level: `error` keeps the report from being recorded, `check` only asks.
    """

    field: str
    message: str
    level: str = "check"
    start: int = -1
    end: int = -1


@dataclass(slots=True)
class TypedLine:
    """The line while it is read; `left` is what nothing has been made of yet."""

    original: str
    left: str = ""
    fields: dict[str, Found] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        readable: list[str] = []
        foreign = broken = False
        for place, sign in enumerate(self.original[:MAX_READ]):
            plain = _plain(sign)
            foreign |= plain.isdigit() and not sign.isascii()
            broken |= unicodedata.category(sign) == "Cs"
            readable += plain
            self._at += [place] * len(plain)
        self._at.append(min(len(self.original), MAX_READ))
        self.left = "".join(readable)
        if foreign:
            self.doubt("text", "Digits of another script were read as 0 to 9.")
        if broken:
            self.doubt("text", "Half characters (lone surrogates) were left out.")
        if len(self.original) > MAX_READ:
            self.doubt(
                "text",
                f"Only the first {MAX_READ:,} characters were read; all is in the narrative.",
            )

    def keep(self, name: str, value: object, start: int, end: int, by: str = TYPED) -> None:
        """Note a field; its words stay for others to read."""
        self.fields[name] = Found(value, *self.span(start, end), by)

    def take(self, name: str, value: object, start: int, end: int, by: str = TYPED) -> None:
        """Note a field and set its words aside."""
        self.keep(name, value, start, end, by)
        self.drop(start, end)

    def drop(self, start: int, end: int) -> None:
        """Set words aside that are understood and belong to no narrative."""
        self.left = self.left[:start] + TAKEN * (end - start) + self.left[end:]

    def doubt(
        self, name: str, message: str, start: int = -1, end: int = -1, level: str = "check"
    ) -> None:
        """Name a problem at a field, once."""
        place = self.span(start, end)[1:] if start >= 0 else (-1, -1)
        problem = Problem(name, message, level, *place)
        if problem not in self.problems:
            self.problems.append(problem)

    def refuse(self, name: str, message: str, start: int = -1, end: int = -1) -> None:
        """Name an error at a field."""
        self.doubt(name, message, start, end, "error")

    def span(self, start: int, end: int) -> tuple[str, int, int]:
        """The words as typed, and where they stand in the original."""
        first, last = self._at[start], self._at[end - 1] + 1 if end > start else self._at[start]
        return self.original[first:last], first, last

    def rest(self) -> str:
        """What was not set aside, as a narrative; of a longer line also what was not read."""
        words = re.sub(rf"(?: *{TAKEN}+[ ,;:/-]*)+", " ", self.left)
        unread = self.original[MAX_READ:].translate(_CONTROLS)
        return " ".join(f"{words}{unread}".split()).strip(" ,;/")


_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(32), *range(127, 160)), " ")
_CONTROLS |= dict.fromkeys(range(0xD800, 0xE000))


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() else " "
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    unified = unify_signs(sign)
    if unified != sign:
        return unified
    if kind in ("Cf", "Cs", "Co", "Cn"):
        return ""
    if kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    narrow = unicodedata.normalize("NFKC", sign)
    return narrow if len(narrow) == 1 else sign

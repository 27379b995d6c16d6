"""Text as it is searched, blind to case, accents and invisible characters; and as it is kept."""

from __future__ import annotations

import re
import unicodedata

_ASCII_CONTROLS = {n: None for n in (*range(32), 127) if not chr(n).isspace()}


class _Searched(dict[int, str | None]):
    """What stands for a character in the searched form; each is looked up once."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        if unicodedata.combining(character):
            kept = None
        elif character.isspace():
            kept = " "
        else:
            kept = character if unicodedata.category(character)[0] != "C" else None
        self[code] = kept
        return kept


_SEARCHED = _Searched()


def fold(text: str) -> str:
    """The searchable form of a text: no case, no accents, no zero-width or control characters.

    Line breaks become blanks, so that a search word never spans two fields joined by one.
    """
    if text.isascii():
        lowered = text.lower()
        # Most texts have nothing but printable characters, which needs no translating.
        plain = lowered if lowered.isprintable() else lowered.translate(_ASCII_CONTROLS)
        return " ".join(plain.split())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(unicodedata.normalize("NFKD", decomposed).translate(_SEARCHED).split())


def tidy(text: str) -> str:
    """What a person typed, as it is kept: composed, no control or direction characters, no ends.

    Line breaks stay, at most one blank line at a time; other white space becomes single blanks.
    """
    lines = (
        " ".join("".join(c for c in line if c.isspace() or _is_kept(c)).split())
        for line in unicodedata.normalize("NFC", text).splitlines()
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_kept(character: str) -> bool:
    """Joiners shape letters and emoji; other invisible characters hide or turn what is read."""
    return unicodedata.category(character)[0] != "C" or character in "\u200c\u200d"

"""Text as it is searched, blind to case, accents and invisible characters; and as it is kept."""

from __future__ import annotations

import re
import unicodedata

_ASCII_CONTROLS = {n: None for n in (*range(32), 127) if not chr(n).isspace()}


def fold(text: str) -> str:
    """The searchable form of a text: no case, no accents, no zero-width or control characters.

    Line breaks become blanks, so that a search word never spans two fields joined by one.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_CONTROLS).split())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFKD", decomposed)
        if not unicodedata.combining(c) and (c.isspace() or unicodedata.category(c)[0] != "C")
    )
    return " ".join("".join(kept).split())


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

"""Text as it is searched: blind to case, accents and invisible characters."""

from __future__ import annotations

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

"""Words on a figure: safe against markup in ship names and titles, times and counts for people."""

from __future__ import annotations

import re
from datetime import datetime

from cop.model.dtg import format_dtg

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Plotly reads a few HTML tags in text, and a pair of dollar signs as a formula.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})
_MARKUP = re.compile("[&<>$]")
# Control characters, and those that turn the direction of the text around them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_THIN_SPACE = "\u2009"


def escape(text: str, limit: int = 80) -> str:
    """Foreign text as plain text for a Plotly figure: shown, never obeyed; cut at `limit`."""
    plain = " ".join(_UNSEEN.sub(" ", text).split())
    if len(plain) > limit:
        plain = plain[: limit - 1].rstrip() + "…"
    # Most titles hold no markup, and looking is ten times cheaper than translating.
    return plain.translate(_ENTITIES) if _MARKUP.search(plain) else plain


def format_count(count: int) -> str:
    """A whole number with thin spaces between thousands."""
    return str(count) if count < 1_000 else f"{count:,}".replace(",", _THIN_SPACE)


def shorten_count(count: int) -> str:
    """A count for the inside of a circle: `87`, `1.2k`, `34k`, `1.4M`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            short = count / size
            return f"{short:.1f}{letter}" if short < 9.95 else f"{short:.0f}{letter}"
    return str(count)


def format_when(moment: datetime | None, precision: str) -> str:
    """A time no finer than it is known: `231258Z NOV 26`, `23 NOV 2026`, `NOV 2026`."""
    if moment is None:
        return "time not known"
    if precision == "instant":
        return format_dtg(moment)
    month = f"{_MONTHS[moment.month - 1]} {moment.year}"
    if precision == "month":
        return month
    day = f"{moment.day} {month}"
    return f"from {day}" if precision == "interval" else day

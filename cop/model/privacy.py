"""Personal data in narratives: telephone, fax and telex numbers and e-mail addresses are masked.

Positions, dates, date-time groups, IMO and message numbers, tonnages and prices stay: a number is
masked only when a word before it says that it is called, or when it is written as only telephone
numbers are (a leading `+`, `00` with groups, or the North American 3-3-4 groups). What is left
out: names of persons, and numbers written with no word and no such shape.
"""

from __future__ import annotations

import re

PHONE = "[phone removed]"
EMAIL = "[e-mail removed]"

# Possessive quantifiers (Python 3.11) keep these linear on hostile text.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++", re.ASCII)
_NUMBER = r"\+?\(?\d(?:[\d()/.\-]|[ \t\r\n]{1,3}(?=[\d(+\-]))*+"
_LABELLED = re.compile(
    r"\b(?:(?:tele)?phones?|tel|te?le?fax|fax|mobile|cell|hotlines?|whatsapp|inmarsat|iridium"
    r"|ring|call|dial|contact|reached at)\b"
    r"(?:[ \t]?(?:nos?\.?|numbers?|is|at|on|us|line))*+[ \t\r\n]{0,3}+[.:=]{0,2}+[ \t\r\n]{0,3}+"
    rf"(?P<number>{_NUMBER})",
    re.IGNORECASE,
)
_TELEX = re.compile(
    r"\b(?:telex|tlx)\b[ .:]{0,4}+(?P<number>(?:[A-Z]{2,3} ?)?\d{4,9}+(?: ?[A-Z]{2,8}\b)?)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w.+])(?P<number>\+{_NUMBER[3:]}"
    rf"|00[1-9]\d[ \-]{_NUMBER[3:]}"
    r"|(?:1[ \-])?\(?\d{3}\)?[ \-]\d{3}-[ ]?\d{4}(?![\d.]))"
)
# Seven digits with little between them: no number that is masked has fewer.
_LONG_NUMBER = re.compile(r"\d(?:[ ()/.+\-\t\r\n]{0,4}+\d){6}")
# What follows a coordinate, a time or an amount, and never a telephone number.
_NOT_A_PHONE = re.compile(
    r"\s{0,2}(?:[NSEWZ]\b|[°'\"’′]|UTC|LT\b|hrs?\b|hours|nm\b|kts?\b|knots|miles|tons?|dwt|gt\b|grt)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\(?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2})(?: \d{4})?\Z"
)


def mask_personal(text: str) -> str:
    """The text with telephone, fax and telex numbers and e-mail addresses replaced by a note."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL, text)
    lowered = text.lower()
    if "telex" in lowered or "tlx" in lowered:
        text = _TELEX.sub(_mask_telex, text)
    if _LONG_NUMBER.search(text):
        text = _BARE.sub(_mask, _LABELLED.sub(_mask, text))
    return text


def _mask_telex(match: re.Match[str]) -> str:
    return match[0][: match.start("number") - match.start()] + PHONE


def _mask(match: re.Match[str]) -> str:
    """The match with its number masked, if it can be a telephone number (7 to 16 digits)."""
    number = match["number"]
    kept = number.rstrip(" .,-/(\t\r\n")
    digits = sum(char.isdigit() for char in kept)
    if not 7 <= digits <= 16 or _DATE.match(kept):
        return match[0]
    rest = match.string[match.start("number") + len(kept) : match.end() + 12]
    if _NOT_A_PHONE.match(rest):
        return match[0]
    return match[0][: match.start("number") - match.start()] + PHONE + number[len(kept) :]

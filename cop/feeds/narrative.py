"""Narratives made fit to keep: capped, repaired where certain, and without personal data."""

from __future__ import annotations

import re

from cop.model.privacy import mask_personal
from cop.model.report import Position

MAX_NARRATIVE = 64 * 1024  # characters; the longest published one has 2,427
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r"\n{3,}+")
# A lost character shows as ¿, or as U+FFFD with the question marks of its other two bytes.
_LOST = r"(?:¿|�\?{0,2})"
_APOSTROPHE = re.compile(rf"(?<=[A-Za-z]){_LOST}(?=s\b)")
_DASH = re.compile(rf"(?<= ){_LOST}(?= )")
_POSITION = re.compile(
    # No digit or point before it; said after the first digit, which is what is scanned for.
    r"(\d(?<![\d.]\d)\d?)[-:° ] ?(\d{1,2}(?:\.\d{1,4})?)['’]? ?([NSns])\b[\s,–-]{1,4}"
    r"(\d{1,3})[-:° ] ?(\d{1,2}(?:\.\d{1,4})?)['’]? ?([EWew])\b"
)
# Said of where it happened; `off Lamu Island (01-24N 041-51E)` is not.
_OWN_POSITION = re.compile(r"(?i)\b(?:position|posn?|vicinity|in|at)[ :]{1,4}\Z")
_CONFLICT_DEGREES = 0.25  # 15 nm: beyond rounding, drift and a boarding that took an hour


def clean_narrative(text: str) -> tuple[str, tuple[str, ...]]:
    """The narrative to keep, with flags of what was done to it.

    `truncated`: cut at 64 kB; `text-repaired`: a lost apostrophe before s, or a lost dash between
    spaces, was put back; `text-damaged`: other lost characters stand as they came;
    `control-removed`: control characters were taken out. Personal data is masked last.
    """
    flags: list[str] = []
    if len(text) > MAX_NARRATIVE:
        text = text[:MAX_NARRATIVE]
        flags.append("truncated")
    if not text.isprintable():  # a line break is not; most narratives have none
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROL.search(text):
            text = _CONTROL.sub("", text)
            flags.append("control-removed")
    if "¿" in text or "�" in text:
        repaired = _DASH.sub("–", _APOSTROPHE.sub("’", text))
        if repaired != text:
            flags.append("text-repaired")
        if "¿" in repaired or "�" in repaired:
            flags.append("text-damaged")
        text = repaired
    return mask_personal(_fold(text)), tuple(flags)


def _fold(text: str) -> str:
    """Runs of spaces as one, blank lines as at most one: old messages are padded to columns."""
    if "\n" not in text:
        return " ".join(text.split())
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


def contradicts(narrative: str, position: Position) -> bool:
    """Whether the position a narrative gives lies more than 15 nm from the recorded one.

    Only degree-minute forms are looked for; a narrative with none contradicts nothing.
    """
    for match in _POSITION.finditer(narrative):
        if _OWN_POSITION.search(narrative, max(0, match.start() - 14), match.start()):
            return _apart(match, position) > _CONFLICT_DEGREES
    return False


def _apart(match: re.Match[str], position: Position) -> float:
    lat_d, lat_m, north, lon_d, lon_m, east = match.groups()
    lat = (int(lat_d) + float(lat_m) / 60) * (-1 if north in "Ss" else 1)
    lon = (int(lon_d) + float(lon_m) / 60) * (-1 if east in "Ww" else 1)
    apart = abs(lon - position.lon)
    return max(abs(lat - position.lat), min(apart, 360 - apart))

"""Narratives made fit to keep: capped, repaired where certain, and without personal data."""

from __future__ import annotations

import re

from cop.model.privacy import mask_personal

MAX_NARRATIVE = 64 * 1024  # characters; the longest published one has 2,427
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r"\n{3,}+")
# A lost character shows as ¿, or as U+FFFD with the question marks of its other two bytes.
_LOST = r"(?:¿|�\?{0,2})"
_APOSTROPHE = re.compile(rf"(?<=[A-Za-z]){_LOST}(?=s\b)")
_DASH = re.compile(rf"(?<= ){_LOST}(?= )")


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

"""One record of a file as it stands there: its fields, its raw bytes, and what was odd about it."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from cop.errors import NotThisFormat

MAX_BYTES = 64 * 1024 * 1024  # no file of these formats is near it; what is, is hostile


@dataclass(frozen=True, slots=True)
class Record:
    """Fields by the format's own names, not yet judged; `raw` is the record as received.

    flags: `encoding-cp1252` where the bytes were not UTF-8 and were read as Windows text.
    """

    fields: Mapping[str, object]
    raw: bytes
    flags: tuple[str, ...] = ()


def require_content(data: bytes, what: str) -> bytes:
    """The input without its byte-order mark; raises NotThisFormat when it is plainly no data.

    An empty body, a web page (a log-in page served with status 200), UTF-16 text or an input
    beyond 64 MiB is refused whole, so that the data held before stays.
    """
    if len(data) > MAX_BYTES:
        raise NotThisFormat(f"The input is larger than {MAX_BYTES >> 20} MiB: not {what}.")
    body = data.removeprefix(codecs.BOM_UTF8)
    start = body[:200].lstrip()
    if not start and not body.strip():
        raise NotThisFormat(f"The input is empty: not {what}.")
    if start.startswith(b"<"):
        raise NotThisFormat(f"The input is a web page or XML: not {what}.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotThisFormat(f"The input is UTF-16 text: not {what} in UTF-8.")
    return body


def decode_text(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of UTF-8 bytes, or of Windows-1252 bytes with a flag; raises UnicodeDecodeError."""
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252"), ("encoding-cp1252",)

"""Sentences made for tests: position reports and static data, with tag blocks where asked."""

from __future__ import annotations

import functools
import operator
from typing import Any

from pyais.encode import encode_dict


def checksum(body: bytes) -> bytes:
    return b"%02X" % functools.reduce(operator.xor, body, 0)


def tag(at: int | str, more: str = "") -> bytes:
    words = f"{more}c:{at}".encode()
    return b"\\" + words + b"*" + checksum(words) + b"\\"


def report(mmsi: int = 244000001, at: int | None = None, kind: int = 1, **said: Any) -> bytes:
    """One position report as a line, not ended."""
    fields = {"lon": 4.1, "lat": 51.9, "speed": 10.0, "course": 90.0, "heading": 91} | said
    line = encode_dict({"type": kind, "mmsi": mmsi, **fields})[0].encode()
    return (tag(at) if at is not None else b"") + line


def static(mmsi: int = 244000001, seq: int = 1, **said: Any) -> list[bytes]:
    """Static data of type 5 as its two sentences."""
    fields = {"shipname": "ANNA", "callsign": "PABC", "imo": 9074729, "ship_type": 70} | said
    lines = encode_dict({"type": 5, "mmsi": mmsi, **fields}, seq_id=seq)
    return [line.encode() for line in lines]

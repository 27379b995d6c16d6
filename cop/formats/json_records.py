"""Strict JSON: a list of objects, each with its exact bytes, each judged alone.

Stricter than the standard library (RFC 8259): NaN, Infinity, numbers beyond a float, integers
beyond 20 digits, repeated keys, lone surrogates and nesting beyond 64 are refused: the first five
cost the one object, the last the whole file. A truncated file is refused whole, since what is
missing cannot be counted.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Generator, Iterator

from cop.errors import NotThisFormat
from cop.formats.record import Record, require_content
from cop.model.report import Defect

MAX_DEPTH = 64
_MAX_DIGITS = 20
_SPACE = re.compile(r"[ \t\r\n]*+")
# An unclosed text runs to the end: were it no match, every quote in it would be tried again.
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_records(data: bytes, what: str, key: str = "") -> Iterator[Record | Defect]:
    """The objects of a top-level array, or of the array under `key` of a top-level object.

    Raises NotThisFormat when the whole is not that; yields a Defect for an object that is flawed.
    """
    body = require_content(data, what)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotThisFormat(f"The input is not UTF-8 text: not {what}.") from error
    _refuse_depth(text, what)
    try:
        slices = list(_objects(text, key, what))
    except (json.JSONDecodeError, IndexError, RecursionError) as error:
        raise NotThisFormat(f"The JSON is cut off or malformed: not {what}.") from error
    yield from slices


class _Judge:
    """A decoder that notes what is wrong in the value it reads instead of giving up."""

    def __init__(self) -> None:
        self.flaws: list[str] = []
        self.decoder = json.JSONDecoder(
            parse_constant=self._constant,
            parse_float=self._float,
            parse_int=self._int,
            object_pairs_hook=self._pairs,
        )

    def read(self, text: str, at: int) -> tuple[object, int]:
        self.flaws.clear()
        return self.decoder.raw_decode(text, at)

    def _constant(self, name: str) -> None:
        self.flaws.append(f"holds {name}, which is no number")

    def _float(self, digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            self.flaws.append(f"holds {digits[:20]}, which is beyond any number")
        return number

    def _int(self, digits: str) -> int:
        if len(digits) > _MAX_DIGITS:
            self.flaws.append(f"holds an integer of {len(digits)} digits")
            return 0
        return int(digits)

    def _pairs(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            self.flaws.append(f"names {twice[:60]!r} twice")
        return found


def _refuse_depth(text: str, what: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        mark = match.group()[0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotThisFormat(f"The JSON is nested deeper than {MAX_DEPTH}: not {what}.")
        elif mark in "]}":
            depth -= 1


def _objects(text: str, key: str, what: str) -> Iterator[Record | Defect]:
    judge = _Judge()
    at = _skip(text, 0)
    if text[at] == "[":
        at = yield from _array(text, at, judge)
    elif text[at] == "{" and key:
        at = yield from _under_key(text, at, key, judge, what)
    else:
        raise NotThisFormat(f"The JSON is not a list of records: not {what}.")
    if _skip(text, at) != len(text):
        raise NotThisFormat(f"The JSON is followed by something else: not {what}.")


def _under_key(
    text: str, at: int, key: str, judge: _Judge, what: str
) -> Generator[Record | Defect, None, int]:
    """The array under the key; other keys of the wrapper (counts, paging) are read past."""
    found = False
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = judge.read(text, at)
        at = _skip(text, at)
        if not isinstance(name, str) or text[at] != ":":
            raise json.JSONDecodeError("malformed object", text, at)
        at = _skip(text, at + 1)
        if name == key and text[at] == "[":
            if found:
                raise NotThisFormat(f"Key {key!r} stands twice: not {what}.")
            found = True
            at = yield from _array(text, at, judge)
        else:
            _, at = judge.read(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != "}":
            raise json.JSONDecodeError("malformed object", text, at)
    if not found:
        raise NotThisFormat(f"Key {key!r} with a list is missing: not {what}.")
    return at + 1


def _array(text: str, at: int, judge: _Judge) -> Generator[Record | Defect, None, int]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        start = at
        value, at = judge.read(text, at)
        yield _judged(value, text[start:at], judge.flaws)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
            if text[at] == "]":
                raise json.JSONDecodeError("comma before the end", text, at)
        elif text[at] != "]":
            raise json.JSONDecodeError("malformed list", text, at)
    return at + 1


def _judged(value: object, written: str, flaws: list[str]) -> Record | Defect:
    raw = written.encode("utf-8")
    if not isinstance(value, dict):
        return Defect("rejected", "The item is not a record with named fields.", raw)
    if flaws:
        return Defect("quarantined", f"The record {flaws[0]}.", raw)
    if _SURROGATE_ESCAPE.search(written) and _SURROGATE.search(
        json.dumps(value, ensure_ascii=False)
    ):
        return Defect("quarantined", "The record holds half a character (a lone surrogate).", raw)
    return Record(value, raw)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at

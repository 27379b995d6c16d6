"""Callback bodies, checked before Dash sees them: any client may post anything.

A body must be small, plain JSON, and name a callback we have with exactly its inputs and states;
what passes has the shape Dash expects, and what does not is a 400, never a 500.
"""

from __future__ import annotations

import json
import math
from typing import Any

from cop.errors import BadInput

MAX_BODY = 1_000_000
MAX_DEPTH = 48


def check_body(raw: bytes, callbacks: dict[str, Any]) -> None:
    """Raise BadInput where a body is not a call of one of `callbacks` (Dash's callback_map)."""
    body = _load(raw)
    if not isinstance(body, dict):
        raise BadInput("the body is not an object")
    output = body.get("output")
    if not isinstance(output, str) or output not in callbacks:
        raise BadInput("there is no such callback")
    callback = callbacks[output]
    _check_parts("inputs", body.get("inputs"), callback["inputs"])
    _check_parts("state", body.get("state", []), callback["state"])
    changed = body.get("changedPropIds")
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        raise BadInput("changedPropIds is not a list of names")
    _check_outputs(body.get("outputs"), output)


def _check_parts(name: str, given: Any, declared: list[dict[str, Any]]) -> None:
    if not isinstance(given, list) or len(given) != len(declared):
        raise BadInput(f"{name} does not fit the callback")
    for part, expected in zip(given, declared, strict=True):
        if isinstance(part, list):  # wildcard ids come as a list of matches
            if not _is_wildcard(expected["id"]) or not all(isinstance(p, dict) for p in part):
                raise BadInput(f"{name} does not fit the callback")
            continue
        if not isinstance(part, dict) or part.get("property") != expected["property"]:
            raise BadInput(f"{name} does not fit the callback")
        if not _is_wildcard(expected["id"]) and part.get("id") != expected["id"]:
            raise BadInput(f"{name} does not fit the callback")


def _check_outputs(given: Any, output: str) -> None:
    """The outputs are those that the callback's own name spells, in its order."""
    is_many = output.startswith("..")
    names = output[2:-2].split("...") if is_many else [output]
    parts = given if is_many else [given]
    if not isinstance(parts, list) or len(parts) != len(names):
        raise BadInput("outputs do not fit the callback")
    for part, name in zip(parts, names, strict=True):
        identifier, _, declared = name.rpartition(".")
        if not isinstance(part, dict) or part.get("id") != identifier:
            raise BadInput("outputs do not fit the callback")
        # An output that another callback has too is told apart by what follows the @.
        if part.get("property") not in (declared, declared.partition("@")[0]):
            raise BadInput("outputs do not fit the callback")


def _is_wildcard(identifier: Any) -> bool:
    return isinstance(identifier, str) and identifier.startswith("{")


def _load(raw: bytes) -> Any:
    depth = deepest = 0
    in_text = escaped = False
    for byte in raw:
        if in_text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_text = False
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise BadInput("the body is nested too deeply")
    try:
        body = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
        if b"\\u" in raw:
            json.dumps(body, ensure_ascii=False).encode()  # half a character can't be encoded
        return body
    except (ValueError, RecursionError) as error:
        raise BadInput("the body is not JSON") from error


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large for a number")
    return value


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")

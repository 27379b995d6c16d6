"""The ports that a few typed letters may mean."""

from __future__ import annotations

from functools import cache

from cop.model.ports import Port, ports
from cop.model.text import fold

MOST = 30


def render(typed: str, chosen: list[str]) -> list[dict[str, str]]:
    """Options for the port control: what is chosen, then what begins with the letters, then holds
    them. A port that is chosen but not known is kept, so that its message stays readable.
    """
    options = {code: _label(ports()[code]) if code in ports() else code for code in chosen}
    needle = fold(typed)
    if len(needle) >= 2:
        found = sorted(
            (not name.startswith(needle) and not code.startswith(needle), code)
            for code, name in _folded()
            if needle in name or code.startswith(needle) or needle in f"{name} ({code})"
        )
        for _, code in found[:MOST]:
            options.setdefault(code.upper(), _label(ports()[code.upper()]))
    return [{"value": code, "label": label} for code, label in options.items()]


@cache
def _folded() -> tuple[tuple[str, str], ...]:
    return tuple((port.locode.lower(), fold(port.name)) for port in ports().values())


def _label(port: Port) -> str:
    return f"{port.name}, {port.country} ({port.locode})"

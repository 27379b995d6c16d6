"""Number tiles of the filtered set; each says of what, and leads to it."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from cop.query.answers import Picture
from cop.ui.wording import say_count

_TILES = (
    # key of Picture.tiles, label, the address change that shows exactly these
    ("severe", "high or critical", {"severity": "4,5"}),
    ("occurred_24h", "in the last 24 h", {"since": "-24h", "until": ""}),
    ("unlocated", "without position", None),
    ("unverified", "unverified", {"verification": "unverified"}),
    ("unfounded", "unfounded", {"act": "unfounded"}),
)


def render(picture: Picture | None) -> list[Any]:
    """A tile a number; dashes where there is no answer to show."""
    return [_tile(picture, *tile) for tile in _TILES]


def _tile(picture: Picture | None, key: str, label: str, changes: dict[str, str] | None) -> Any:
    count = picture.tiles[key] if picture else None
    number = "–" if count is None else say_count(count)
    parts = [
        html.Span(number, className="tile-number"),
        html.Span(label, className="tile-label"),
    ]
    if changes is None or not count:
        return html.Div(parts, className="tile", role="group")
    return html.Button(
        parts,
        type="button",
        className="tile",
        title=f"Show only these {number}",
        **{"data-go": json.dumps(changes)},
    )

"""Entries of `layout.map.layers` for reference geometry, taken from an address of our own server.

Plotly draws them without hover or click. Traps: a symbol entry without an icon asks the
network for one called `marker`, so the icon is set empty; and after a change of style Plotly
believes its entries are still there unless their source changed, so the light is part of it; and
without `below` an entry lands anywhere.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from cop.figures.style import BELOW_LAND, BELOW_MARKS


def link_geometry(
    name: str,
    theme: str,
    *,
    kind: str = "",
    codes: tuple[str, ...] = (),
    shown_as: str = "",
) -> str:
    """The address of a reference geometry, or of a part of it, for one light.

    `shown_as` is `points` (for labels), `outlines` (for lines), `joined` (for
    fills across 180°) or empty for as it is.
    """
    wanted = {
        "kind": kind,
        "code": ",".join(codes),
        "as": shown_as,
        "light": theme,
    }
    return f"/basemap/{name}.geojson?" + urlencode({k: v for k, v in wanted.items() if v})


def build_lines(
    source: str,
    colour: str,
    *,
    width: float = 1.0,
    opacity: float = 1.0,
    dash: tuple[float, ...] = (),
    min_zoom: float = 0,
    below: str = BELOW_LAND,
) -> dict[str, Any]:
    """Lines or outlines; `dash` in multiples of the width."""
    line: dict[str, Any] = {"width": width}
    if dash:
        line["dash"] = list(dash)
    return {
        "sourcetype": "geojson",
        "source": source,
        "type": "line",
        "color": colour,
        "opacity": opacity,
        "line": line,
        "minzoom": min_zoom,
        "below": below,
    }


def build_fill(
    source: str, colour: str, *, opacity: float, below: str = BELOW_LAND
) -> dict[str, Any]:
    """A flat tint."""
    return {
        "sourcetype": "geojson",
        "source": source,
        "type": "fill",
        "color": colour,
        "opacity": opacity,
        "fill": {"outlinecolor": "rgba(0,0,0,0)"},
        "below": below,
    }


def build_labels(
    source: str, text: str, colour: str, *, size: float = 11, min_zoom: float = 0
) -> dict[str, Any]:
    """Labels at points; `text` names properties in braces. They give way to each other."""
    return {
        "sourcetype": "geojson",
        "source": source,
        "type": "symbol",
        "color": colour,
        "symbol": {
            "icon": "",
            "text": text,
            "placement": "point",
            "textposition": "middle center",
            "textfont": {"size": size, "color": colour},
        },
        "minzoom": min_zoom,
        "below": BELOW_MARKS,
    }

"""The map: layers in their order on our own basemap, as a plain dict ready to serialise.

Also reads what the map says back: where it was moved to and what was clicked. Both come from a
browser, so anything that does not fit is None rather than an error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cop.figures.theme import FONT, Theme, get_theme, with_alpha
from cop.layer import Context, Layer
from cop.query.answers import Viewport

ATTRIBUTION: Final = "Natural Earth · boundaries are not authoritative · not for navigation"
MIN_ZOOM, MAX_ZOOM = 0.0, 16.0
MAX_LATITUDE = 85.0

GRAPH_CONFIG: Final[dict[str, Any]] = {
    "showSendToCloud": False,  # Plotly's own button uploads the data
    "displaylogo": False,
    "scrollZoom": True,
    "doubleClick": False,
    "displayModeBar": True,
    "modeBarButtons": [["zoomInMap", "zoomOutMap"], ["pan2d", "select2d", "lasso2d"]],
    "responsive": True,
}


@dataclass(frozen=True, slots=True)
class View:
    """What the map shows after a move: its centre, its zoom and the box that is seen."""

    lon: float
    lat: float
    viewport: Viewport


@dataclass(frozen=True, slots=True)
class Click:
    """What was clicked: `kind` is incident, port, region (each with its `key`) or cell.

    A cell says where to go: `lon`, `lat` and `zoom`.
    """

    kind: str
    key: str = ""
    lon: float = 0.0
    lat: float = 0.0
    zoom: float = 0.0


def build_map(
    layers: Sequence[Layer],
    context: Context,
    *,
    on: Sequence[str],
    center: tuple[float, float],
    zoom: float,
    selected: str = "",
) -> dict[str, Any]:
    """The figure of the map.

    `layers` in drawing order, `on` the ids of those to draw, `center` longitude and latitude,
    `selected` the id of the incident to ring.
    Moving stays with the browser: `uirevision` is constant, so a refresh never moves the view.
    """
    theme = get_theme(context.theme)
    context = replace(context, selected=selected)
    traces: list[dict[str, Any]] = []
    map_layers: list[dict[str, Any]] = []
    credits = [ATTRIBUTION]
    for layer in layers:
        if layer.id not in on:
            continue
        drawing = layer.draw(layer.load(context), context.theme)
        # A stable id lets the browser keep a trace that did not change. Without `below` of its own
        # Plotly gives a trace that of the one before it (plotly.js 4.1, fillBelowLookup).
        traces += [
            {"below": "", "uid": f"{layer.id}-{n}"} | trace
            for n, trace in enumerate(drawing.traces)
        ]
        map_layers += drawing.map_layers
        if layer.attribution:
            credits.append(layer.attribution)
    return {
        "data": traces or [_blank()],
        "layout": _build_layout(theme, map_layers, " · ".join(credits), center, zoom),
    }


def _blank() -> dict[str, Any]:
    """A trace without points: without any trace Plotly draws no map at all."""
    return {
        "type": "scattermap",
        "subplot": "map",
        "lon": [None],
        "lat": [None],
        "mode": "markers",
        "hoverinfo": "skip",
        "uid": "blank",
        "showlegend": False,
    }


def _build_layout(
    theme: Theme,
    map_layers: list[dict[str, Any]],
    attribution: str,
    center: tuple[float, float],
    zoom: float,
) -> dict[str, Any]:
    return {
        "autosize": True,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": theme.sea,
        "font": {"family": FONT, "size": 13, "color": theme.text},
        "showlegend": False,
        "uirevision": "map",
        "selectionrevision": "map",
        "dragmode": "pan",
        "hovermode": "closest",
        "hoverdistance": 14,
        "clickmode": "event",
        "hoverlabel": {
            "bgcolor": theme.raised,
            "bordercolor": theme.line,
            "font": {"family": FONT, "size": 12, "color": theme.text},
            "align": "left",
            "namelength": 0,
        },
        "modebar": {
            "orientation": "v",
            "bgcolor": with_alpha(theme.panel, 0.85),
            "color": theme.muted,
            "activecolor": theme.focus,
        },
        "newselection": {"line": {"color": theme.focus, "width": 1.5, "dash": "dash"}},
        "map": {
            "style": f"/basemap/style/{theme.name}.json",
            "center": {"lon": center[0], "lat": center[1]},
            "zoom": min(max(zoom, MIN_ZOOM), MAX_ZOOM),
            "bearing": 0,
            "pitch": 0,
            "layers": map_layers,
        },
        "annotations": [
            {
                "text": attribution,
                "xref": "paper",
                "yref": "paper",
                "x": 1,
                "y": 0,
                "xanchor": "right",
                "yanchor": "bottom",
                "showarrow": False,
                "borderpad": 3,
                "bgcolor": with_alpha(theme.panel, 0.72),
                "font": {"size": 10, "color": theme.muted},
            }
        ],
    }


def read_view(moved: Mapping[str, Any] | None) -> View | None:
    """The view a `relayoutData` of the map reports; None for any other change."""
    if not isinstance(moved, Mapping):
        return None
    center, derived = moved.get("map.center"), moved.get("map._derived")
    if not isinstance(center, Mapping) or not isinstance(derived, Mapping):
        return None
    try:
        lon, lat, zoom = float(center["lon"]), float(center["lat"]), float(moved["map.zoom"])
        corners = [(float(x), float(y)) for x, y in derived["coordinates"]]
    except (KeyError, TypeError, ValueError):
        return None
    numbers = [lon, lat, zoom, *(n for corner in corners for n in corner)]
    if len(corners) != 4 or not all(math.isfinite(n) for n in numbers):
        return None
    return View(_wrap(lon), _clip(lat), _box(corners, min(max(zoom, MIN_ZOOM), MAX_ZOOM)))


def _box(corners: list[tuple[float, float]], zoom: float) -> Viewport:
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = (_clip(edge(y for _, y in corners)) for edge in (min, max))
    if east - west >= 360:
        return Viewport(-180.0, south, 180.0, north, zoom)
    return Viewport(_wrap(west), south, _wrap(east), north, zoom)


def _wrap(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180


def _clip(lat: float) -> float:
    return min(max(lat, -MAX_LATITUDE), MAX_LATITUDE)


def read_click(clicked: Mapping[str, Any] | None) -> Click | None:
    """What a `clickData` of the map means; None for nothing that can be opened."""
    try:
        key = clicked["points"][0]["customdata"]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None
    if not isinstance(key, str) or not 0 < len(key) <= 200:
        return None
    if key.startswith("cell:"):
        return _read_cell(clicked["points"][0], key.removeprefix("cell:"))  # type: ignore[index]
    for kind in ("port", "region"):
        if key.startswith(f"{kind}:"):
            return Click(kind, key.removeprefix(f"{kind}:"))
    return Click("incident", key)


def _read_cell(point: Mapping[str, Any], target: str) -> Click | None:
    try:
        lon, lat, zoom = float(point["lon"]), float(point["lat"]), float(target)
    except (KeyError, TypeError, ValueError):
        return None
    if not all(math.isfinite(n) for n in (lon, lat, zoom)):
        return None
    return Click("cell", "", _wrap(lon), _clip(lat), min(max(zoom, MIN_ZOOM), MAX_ZOOM))

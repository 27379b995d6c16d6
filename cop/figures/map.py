"""The map: layers in their order on our own basemap, as a plain dict ready to serialise.

What a click finds in `customdata`: an incident's id, `port:<LOCODE>`, `region:<slug>`, or for a
cell `[lon, lat, zoom]`, the place to go to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from cop.figures.theme import FONT, Theme, get_theme, with_alpha
from cop.layer import Context, Layer

# Of the basemap; each layer that is on adds its own.
ATTRIBUTION: Final = "Natural Earth · boundaries are not authoritative · not for navigation"
MIN_ZOOM, MAX_ZOOM = 0.0, 16.0

GRAPH_CONFIG: Final[dict[str, Any]] = {
    "showSendToCloud": False,  # Plotly's own button uploads the data
    "displaylogo": False,
    "scrollZoom": True,
    "doubleClick": False,
    "displayModeBar": True,
    "modeBarButtons": [["zoomInMap", "zoomOutMap"], ["pan2d", "select2d", "lasso2d"]],
    "responsive": True,
}


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
    owed: list[str] = []
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
            owed.append(layer.attribution)
    return {
        "data": traces or [_blank()],
        "layout": _build_layout(theme, map_layers, center, zoom, say_attribution(owed)),
    }


def say_attribution(owed: Sequence[str]) -> str:
    """Whom the map is owed to: the layers' two a line, so that a phone holds them, basemap last."""
    lines = [" · ".join(owed[n : n + 2]) for n in range(0, len(owed), 2)]
    return "<br>".join([*lines, ATTRIBUTION])


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
    center: tuple[float, float],
    zoom: float,
    attribution: str,
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
                "align": "right",
                "xref": "paper",
                "yref": "paper",
                "x": 1,
                "y": 0,
                "xanchor": "right",
                "yanchor": "bottom",
                "showarrow": False,
                "borderpad": 3,
                "bgcolor": with_alpha(theme.panel, 0.88),
                "font": {"size": 10, "color": theme.muted},
            }
        ],
    }

"""Ports: small rings that appear with zoom, named where there is room; filtered ports always."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cop.figures.arrays import pack_array
from cop.figures.theme import MAP_FONT, get_theme
from cop.figures.wording import escape
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.query.answers import Viewport

FROM_ZOOM = 5.0
NAMES_FROM_ZOOM = 6.0
MAX_PORTS = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """Ports to draw: frames with `locode`, `name`, `country`, `longitude`, `latitude`."""

    near: pd.DataFrame
    chosen: pd.DataFrame
    named: bool


def load(context: Context) -> Shown:
    """The ports of the viewport, thinned evenly to `MAX_PORTS`, and those filtered for."""
    ports = context.reference("ports")
    chosen = ports["locode"].isin(context.where.filters.port)
    seen = _inside(ports, context.viewport) & ~chosen
    near = ports[seen] if context.viewport.zoom >= FROM_ZOOM else ports.iloc[:0]
    return Shown(_thin(near), ports[chosen], context.viewport.zoom >= NAMES_FROM_ZOOM)


def _inside(ports: pd.DataFrame, view: Viewport) -> pd.Series:
    lon, lat = ports["longitude"], ports["latitude"]
    if view.west <= view.east:
        across = (lon >= view.west) & (lon <= view.east)
    else:
        across = (lon >= view.west) | (lon <= view.east)
    return across & (lat >= view.south) & (lat <= view.north)


def _thin(ports: pd.DataFrame) -> pd.DataFrame:
    """At most `MAX_PORTS`, one a square degree fraction first, so that no coast is left empty."""
    if len(ports) <= MAX_PORTS:
        return ports
    for step in (0.25, 0.5, 1.0, 2.0, 4.0):
        squares = np.floor(ports[["longitude", "latitude"]] / step)
        kept = ports[~squares.duplicated()]
        if len(kept) <= MAX_PORTS:
            return kept
    return ports.iloc[:MAX_PORTS]


def draw(loaded: Shown, theme: str) -> Drawing:
    """One trace for the ports in view and one, above it, for the ports asked for."""
    traces = []
    if len(loaded.near):
        traces.append(_draw_ports(loaded.near, theme, "port_small", loaded.named))
    if len(loaded.chosen):
        traces.append(_draw_ports(loaded.chosen, theme, "port_chosen", True))
    return Drawing(traces=traces)


def _draw_ports(ports: pd.DataFrame, theme: str, symbol: str, named: bool) -> dict[str, Any]:
    light = get_theme(theme)
    names = [escape(name, 40) for name in ports["name"]]
    trace: dict[str, Any] = {
        "type": "scattermap",
        "subplot": "map",
        "mode": "markers+text" if named else "markers",
        "lon": pack_array(ports["longitude"]),
        "lat": pack_array(ports["latitude"]),
        # Without overlap a name that has no room goes, and its ring with it, until zoom makes room.
        "marker": {"symbol": symbol, "size": 10, "allowoverlap": not named},
        "customdata": [f"port:{code}" for code in ports["locode"]],
        "hoverinfo": "text",
        "hovertext": [
            f"<b>{name}</b> {escape(code, 5)}<br>{escape(country, 40)}"
            for name, code, country in zip(names, ports["locode"], ports["country"], strict=True)
        ],
        "showlegend": False,
    }
    if named:
        trace["text"] = names
        trace["textposition"] = "middle right"
        trace["textfont"] = {
            "family": MAP_FONT,
            "size": 11,
            "color": light.focus if symbol == "port_chosen" else light.muted,
        }
    return trace


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """The ring, and the ring asked for."""
    light = get_theme(theme)
    return (
        LegendEntry("Port (from zoom 5)", light.reference_strong, "port"),
        LegendEntry("Port asked for", light.focus, "port"),
    )


LAYER = Layer(
    id="ports",
    title="Ports",
    group="Reference",
    attribution="Ports: searoute (Apache-2.0), UN/LOCODE",
    load=load,
    draw=draw,
    legend=legend,
)

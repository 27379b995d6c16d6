"""The map: the picture's marks and the layers that are on, as a figure."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import dcc, html

from cop.coverage import find_coverage
from cop.figures.map import GRAPH_CONFIG, build_map
from cop.figures.theme import get_theme
from cop.layer import Context
from cop.model.coverage import Coverage
from cop.query.answers import Picture, Points, Timeline, Viewport
from cop.query.filters import Filters
from cop.query.where import Where
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.look import Look
from cop.ui.panels import legend, place, play

# Our own buttons say what they do and are reached by keyboard; Plotly's bar is neither.
CONFIG = GRAPH_CONFIG | {"displayModeBar": False}


def layout(services: Services) -> html.Section:
    """The map's place, with its tools; the figure comes with the first answer."""
    return html.Section(
        [
            html.H2("Map", className="unseen"),
            dcc.Graph(id=ids.MAP, figure=blank(), config=CONFIG, className="map-figure"),
            html.Div(
                [
                    legend.picker(services.layers),
                    legend.layout(),
                    html.Button(
                        [marks.icon("frame"), "List what I see"],
                        type="button",
                        className="map-tool",
                        title="Ask only for incidents inside this view",
                        **{"data-act": "ask-view"},
                    ),
                    html.Button(
                        [marks.icon("target"), "Fit to these"],
                        type="button",
                        className="map-tool",
                        title="Move the map to where the incidents of this question are",
                        **{"data-fit": "answer"},
                    ),
                    html.Button(
                        [marks.icon("box"), "Box"],
                        type="button",
                        className="map-tool",
                        title="Draw a box to ask inside it",
                        **{"data-draw": "select", "aria-pressed": "false"},
                    ),
                    html.Button(
                        [marks.icon("lasso"), "Area"],
                        type="button",
                        className="map-tool",
                        title="Draw an area to ask inside it",
                        **{"data-draw": "lasso", "aria-pressed": "false"},
                    ),
                    html.Button(
                        [marks.icon("world"), "World"],
                        type="button",
                        className="map-tool",
                        title="Show the whole world",
                        **{"data-fly": "30,15,1.2"},
                    ),
                    place.tool(),
                    place.cards(),
                ],
                className="map-tools",
            ),
            html.Div(
                [_zoom("+", "Zoom in", "1"), _zoom("−", "Zoom out", "-1"), _full_screen()],
                className="zoom",
            ),
            html.Button(
                id=ids.TRAY,
                type="button",
                className="tray",
                title="Incidents without a position are not on the map",
                **{"data-act": "list-unlocated"},
            ),
            *place.overlay(),
            play.mark(),
            html.Div(id=ids.NOTICE, className="notice", role="status", hidden=True),
        ],
        className="map-panel",
        **{"aria-label": "Map of the incidents", "data-pane": "map"},
    )


def _zoom(sign: str, label: str, by: str) -> html.Button:
    return html.Button(
        sign,
        type="button",
        className="map-tool",
        title=label,
        **{"aria-label": label, "data-zoom": by},
    )


def _full_screen() -> html.Button:
    return html.Button(
        marks.icon("full"),
        type="button",
        className="map-tool",
        title="Full screen (f)",
        **{"aria-label": "Full screen of the map", "aria-pressed": "false", "data-full": ""},
    )


def blank() -> dict[str, Any]:
    """A figure that draws nothing, while the first answer is on its way."""
    return {
        "data": [],
        "layout": {
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        },
    }


def render(
    services: Services, where: Where, picture: Picture, viewport: Viewport, look: Look
) -> dict[str, Any]:
    """The figure of a picture."""

    def coverage() -> Coverage | None:
        # Who reported in the past is not what is asked: sources stand as they stand now.
        return None if where.as_known_at else find_coverage(services, where.viewer)

    context = Context(
        where=where,
        picture=picture,
        viewport=viewport,
        theme=look.theme,
        reference=services.reference,
        selected=look.selected,
        coverage=coverage,
    )
    figure = build_map(
        services.layers,
        context,
        on=look.layers,
        center=look.center,
        zoom=look.zoom,
        selected=look.selected,
    )
    figure["data"] += outline(where.filters, look.theme)
    return figure


def outline(filters: Filters, theme: str) -> list[dict[str, Any]]:
    """The edge of the box or the drawn area that is asked for; nothing without one."""
    ring = list(filters.within)
    if filters.bbox is not None:
        box = filters.bbox
        east = box.east if box.east >= box.west else box.east + 360.0
        ring = [(box.west, box.south), (east, box.south), (east, box.north), (box.west, box.north)]
    if not ring:
        return []
    ring.append(ring[0])
    return [
        {
            "type": "scattermap",
            "subplot": "map",
            "mode": "lines",
            "lon": [lon for lon, _ in ring],
            "lat": [lat for _, lat in ring],
            "line": {"color": get_theme(theme).focus, "width": 1.5},
            "hoverinfo": "skip",
            "showlegend": False,
            "uid": "asked-inside",
        }
    ]


def no_picture(where: Where) -> Picture:
    """A picture without any incident, for a question that cannot be answered."""
    nothing = np.array([], "datetime64[s]")
    return Picture(
        count=0,
        located=0,
        in_view=0,
        cells=None,
        points=Points(**dict.fromkeys(Points.__dataclass_fields__, nothing)),
        facets={},
        timeline=Timeline(np.array([], "datetime64[s]"), "day", np.zeros((0, 5), int)),
        tiles={},
        version=0,
        words=where.words,
        newest_at=None,
    )

"""The sources view: how each feed stands."""

from __future__ import annotations

from dash import html

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.panels import sources

MOST_RUNS = 100


def layout(services: Services, viewer: Viewer) -> html.Div:
    """The view, answered when it is opened."""
    runs = services.store.read("runs", viewer, limit=MOST_RUNS)
    return html.Div(
        [
            html.H2("Sources", className="view-title"),
            *sources.render(services.sources(viewer), runs, services.store.clock()),
        ],
        className="page",
    )

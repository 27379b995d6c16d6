"""The quarantine view, for now its list."""

from __future__ import annotations

from dash import html

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.callbacks import Callbacks


def layout(services: Services, viewer: Viewer) -> html.Div:
    """The view."""
    items = services.store.read("quarantine", viewer)
    return html.Div([html.H2("Kept aside"), html.P(f"{len(items)} records")], className="page")


def register(callbacks: Callbacks) -> None:
    """Attach the view's callbacks."""
    del callbacks

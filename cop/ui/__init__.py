"""What people see: shell, views and panels on Dash. Panels meet only in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dash
from dash import Input, Output

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids, shell
from cop.ui.callbacks import Callbacks, text
from cop.ui.panels import search
from cop.ui.views import log, quarantine, sources, watch


def register(app: dash.Dash, services: Services, viewer_of: Callable[[], Viewer]) -> None:
    """Attach every callback to the app; `viewer_of()` names the session's viewer inside one.

    The app needs `suppress_callback_exceptions`: a view's parts exist while it is shown.
    """
    callbacks = Callbacks(app, services, viewer_of)
    callbacks.answer(
        [Output(ids.VIEW, "children")],
        [Input(ids.PAGE, "pathname")],
        checks=[text(200)],
        work=show_view,
    )
    watch.register(callbacks)
    quarantine.register(callbacks)
    sources.register(callbacks)
    log.register(callbacks)
    # Dash lists its scripts and styles on the first request below `/_dash-`, which comes after
    # the first page: without this, that page would have neither (4.4.1 on FastAPI).
    app._setup_server()


def show_view(services: Services, viewer: Viewer, path: str) -> list[Any]:
    """The view of a path."""
    if path.rstrip("/") == "/quarantine":
        view, marking = quarantine.layout(services, viewer)
        return [shell.frame(services, viewer, view, marking)]
    if path.rstrip("/") == "/log":
        view, marking = log.layout(services, viewer)
        return [shell.frame(services, viewer, view, marking)]
    if path.rstrip("/") == "/sources":
        return [shell.frame(services, viewer, sources.layout(services, viewer))]
    return [shell.frame(services, viewer, watch.layout(services), beside=[search.layout()])]

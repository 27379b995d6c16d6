"""The frame around every view: page, header, message line, help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.panels import header

NAME = "Maritime picture"
INDEX = """<!DOCTYPE html>
<html lang="en" data-theme="dusk">
<head>
{%metas%}
<meta name="color-scheme" content="dark light">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
<noscript>This picture needs JavaScript. Nothing is loaded from other servers.</noscript>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>
"""


def layout(services: Services) -> dmc.MantineProvider:
    """The page before any view is in it."""
    return dmc.MantineProvider(
        [
            dcc.Location(id=ids.PAGE, refresh=False),
            html.A("Skip to the incidents", href="#main", className="skip"),
            html.Div(id=ids.VIEW),
            # A change of it makes the panels of the watch desk ask again.
            dcc.Store(id=ids.DESK_VERSION, data=services.store.desk_version),
            html.Div(id=ids.LOST, className="lost", hidden=True, role="alert"),
            _alarms(),
            html.Div(id=ids.MESSAGE, className="message", hidden=True, role="alert"),
            _help(),
        ],
        id="mantine",
        forceColorScheme="dark",
    )


def _alarms() -> html.Div:
    """The line of what sounds until somebody acknowledges it; its own script fills it."""
    return html.Div(
        [
            marks.icon("caution"),
            html.Button(
                id=ids.ALARM_WORDS,
                type="button",
                className="link alarm-words",
                **{"data-alarm": "open"},
            ),
            html.Button("Silence", type="button", className="button", **{"data-alarm": "silence"}),
            html.Button(
                "Acknowledge",
                type="button",
                className="button primary",
                **{"data-alarm": "acknowledge"},
            ),
        ],
        id=ids.ALARMS,
        className="alarms",
        hidden=True,
        role="alert",
    )


def frame(
    services: Services,
    viewer: Viewer,
    view: Any,
    marking: str = "clear",
    beside: Sequence[Any] = (),
) -> list[Any]:
    """A view under the two lines that stand above every view.

    `marking` is the highest in it, `beside` what it has in the header for itself.
    """
    above = header.layout(
        NAME, services.world(), marking, services.sources(viewer), viewer.officer, beside
    )
    return [*above, html.Main(view, id="main", tabIndex=-1)]


def _help() -> html.Div:
    return html.Div(
        html.Div(
            [
                html.H2("Keys"),
                # Every script says which keys it answers; they fill the list when it opens.
                html.Dl(id="help-keys"),
                html.Button(
                    "Letter keys are on",
                    type="button",
                    className="button",
                    role="switch",
                    **{"aria-checked": "true", "data-keys-switch": ""},
                ),
                html.P(
                    "Positions are WGS 84, times UTC. Not for navigation: a web page is no "
                    "substitute for GMDSS reception.",
                    className="quiet",
                ),
                html.Button("Close", type="button", className="button", **{"data-close": "help"}),
            ],
            className="dialog-box",
            role="dialog",
            **{"aria-modal": "true", "aria-label": "Keyboard help"},
        ),
        id="help",
        className="dialog",
        hidden=True,
    )

"""Who is on watch: the name that signs every act, given once and changed here."""

from __future__ import annotations

from dash import dcc, html

from cop.model.viewer import OFFICER_CHARACTERS
from cop.ui import ids

NOBODY = "Watch officer: name …"


def say(name: str) -> str:
    """The control's own words; `assets/27-officer.js` says the same after a change."""
    return f"Watch officer: {name}" if name else NOBODY


def layout(name: str) -> html.Details:
    """The control in the header; its script sends the name, the server signs it.

    Panels that show something of the officer's own listen to `ids.ON_WATCH`; who the officer is
    they read from the viewer, never from the page.
    """
    _, most = OFFICER_CHARACTERS
    return html.Details(
        [
            html.Summary(
                say(name),
                id=ids.OFFICER_NAME,
                className="button foreign",
                dir="auto",
                title="Who signs what is done at this screen",
            ),
            html.Form(
                [
                    html.Label("Your name or call sign", htmlFor=ids.OFFICER_FIELD),
                    dcc.Input(
                        id=ids.OFFICER_FIELD,
                        type="text",
                        value=name,
                        maxLength=most,
                        autoComplete="off",
                        className="field",
                    ),
                    html.Button("Sign on", type="submit", className="button primary"),
                    html.P("", id=ids.OFFICER_WHY, className="warn", role="alert"),
                    html.P(
                        "It signs every act of this browser for 30 days. Until accounts exist "
                        "nobody checks it.",
                        className="quiet",
                    ),
                ],
                className="drop",
                id=f"{ids.OFFICER}-form",
            ),
            dcc.Store(id=ids.ON_WATCH, data=name),
        ],
        id=ids.OFFICER,
        className="drop-down",
    )

"""Where things are: the position under the cursor, measuring, range rings, a typed position's pin.

What is drawn and measured is the browser's own (`assets/24-geodesy.js`, `68-measure.js`,
`68-readout.js`); the server only reads positions that are typed.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, dcc, html

from cop.errors import BadInput
from cop.model.coordinates import STYLE_LABELS, STYLES, read_position
from cop.model.ports import ports
from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping

RADII = (5, 12, 24, 50, 100)
MOST_POINTS, MOST_TYPED = 2, 60
_SHORT = {"ddm": "DDM", "dms": "DMS", "decimal": "Decimal", "mgrs": "MGRS"}


def tool() -> html.Button:
    """The button that begins to measure."""
    return html.Button(
        [marks.icon("legs"), "Measure"],
        type="button",
        className="map-tool",
        title="Measure distances and bearings, draw range rings (m)",
        **{"data-place": "measure", "aria-pressed": "false", "aria-controls": "measure-card"},
    )


def cards() -> html.Div:
    """What the tools say, below the map's buttons: measured legs, the position of the pin."""
    return html.Div([_measure(), _pin()], className="place-cards")


def overlay() -> list[Any]:
    """What lies over the map: lines and rings, and the line that says a position."""
    return [
        html.Div(id="map-drawn", className="map-drawn", **{"aria-hidden": "true"}),
        html.Div(
            [
                html.Span("centre", id="readout-what", className="quiet"),
                html.Span("", id="readout-at", className="position"),
                html.Button(
                    "Copy",
                    type="button",
                    className="link",
                    title="Copy this position",
                    **{"data-place": "copy-readout", "aria-live": "polite"},
                ),
                html.Label("Style of positions", htmlFor="position-style", className="unseen"),
                html.Select(
                    [html.Option(_SHORT[style], value=style) for style in STYLES],
                    id="position-style",
                    title="How positions are written, here and in the detail",
                    className="readout-style",
                ),
            ],
            id="readout",
            className="readout",
            role="group",
            **{"aria-label": "Position on the map"},
        ),
        dcc.Store(id=ids.POINTS_ASK),
        dcc.Store(id=ids.POINTS_FOUND),
    ]


def _head(title: str, name: str) -> html.Div:
    return html.Div(
        [
            html.H3(title),
            html.Button(
                marks.icon("close"),
                type="button",
                className="icon-button",
                title="Close (Esc)",
                **{"data-place": f"close-{name}", "aria-label": f"Close: {title.lower()}"},
            ),
        ],
        className="place-head",
    )


def _line(control: str, label: str, placeholder: str) -> html.Div:
    return html.Div(
        [
            html.Label(label, htmlFor=control),
            dcc.Input(
                id=control,
                type="text",
                value="",
                maxLength=MOST_TYPED,
                placeholder=placeholder,
                className="field",
                autoComplete="off",
            ),
        ],
        className="place-line",
    )


def _button(label: str, act: str, **more: Any) -> html.Button:
    return html.Button(label, type="button", className="button", **({"data-place": act} | more))


def _measure() -> html.Section:
    return html.Section(
        [
            _head("Measure", "measure"),
            html.P("Press points on the map, or type two positions or LOCODEs.", className="note"),
            html.Ol(id="measure-legs", className="legs", **{"aria-live": "polite"}),
            html.P("", id="measure-total", className="legs-total", role="status"),
            html.Div(
                [
                    _line("measure-from", "From", "SGSIN"),
                    _line("measure-to", "To", "1 15N 103 48E"),
                ],
                className="place-pair",
            ),
            html.Div(
                [
                    _button("Measure these", "measure-typed"),
                    _button("Undo point", "measure-undo", disabled=True),
                    _button("Clear", "measure-clear", disabled=True),
                ],
                className="place-acts",
            ),
            html.H3("Range rings, nm"),
            html.Div(
                [
                    *(
                        html.Button(
                            str(radius),
                            type="button",
                            className="button",
                            **{
                                "data-ring": str(radius),
                                "aria-pressed": "true" if radius in (12, 24) else "false",
                                "aria-label": f"{radius} nautical miles",
                            },
                        )
                        for radius in RADII
                    ),
                    html.Label("Own radius, nm", htmlFor="ring-own", className="unseen"),
                    dcc.Input(
                        id="ring-own",
                        type="text",
                        inputMode="decimal",
                        value="",
                        maxLength=8,
                        placeholder="own",
                        className="field ring-own",
                        autoComplete="off",
                    ),
                ],
                className="place-acts",
                role="group",
                **{"aria-label": "Radii of the rings"},
            ),
            _line("ring-around", "Around", "position or LOCODE; empty: last point"),
            html.Div(
                [
                    _button("Draw rings", "rings-draw"),
                    _button("Remove rings", "rings-remove", disabled=True),
                ],
                className="place-acts",
            ),
            html.P("", id="place-why", className="warn", role="alert"),
        ],
        id="measure-card",
        className="place-card",
        hidden=True,
        **{"aria-label": "Measure and rings"},
    )


def _pin() -> html.Section:
    return html.Section(
        [
            _head("Position", "pin"),
            html.P("", id="pin-words", className="note foreign"),
            html.Dl(
                [
                    part
                    for style in STYLES
                    for part in (
                        html.Dt(STYLE_LABELS[style]),
                        html.Dd(
                            [
                                html.Span("", className="position", **{"data-pin-style": style}),
                                html.Button(
                                    "Copy",
                                    type="button",
                                    className="link",
                                    **{
                                        "data-place": "copy-pin",
                                        "data-style": style,
                                        "aria-label": f"Copy, {STYLE_LABELS[style].lower()}",
                                    },
                                ),
                            ]
                        ),
                    )
                ]
            ),
            html.Div(
                [_button("Measure from here", "pin-measure"), _button("Rings here", "pin-rings")],
                className="place-acts",
            ),
        ],
        id="pin-card",
        className="place-card",
        hidden=True,
        **{"aria-label": "The typed position"},
    )


def read_points(_services: Services, _viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """The positions that were typed: `{"n", "points"}`, each `{"lon", "lat"}` or `{"why"}`.

    A position in any style, or the UN/LOCODE of a port we know.
    """
    typed, number = asked.get("texts", []), asked.get("n", 0)
    if not isinstance(typed, list) or not all(isinstance(text, str) for text in typed):
        raise BadInput("The page sent something else than positions.")
    points = [_read_point(text[:MOST_TYPED]) for text in typed[:MOST_POINTS]]
    return [{"n": number, "points": points}]


def _read_point(typed: str) -> dict[str, Any]:
    port = ports().get(typed.strip().upper())
    if port is not None:
        return {"lon": port.lon, "lat": port.lat}
    try:
        position, _ = read_position(typed)
    except BadInput as error:
        return {"why": str(error).removeprefix("position: ")}
    return {"lon": position.lon, "lat": position.lat}


def register(callbacks: Callbacks) -> None:
    """Attach the callback of typed positions."""
    callbacks.answer(
        [Output(ids.POINTS_FOUND, "data")],
        [Input(ids.POINTS_ASK, "data")],
        checks=[mapping(2_000)],
        work=read_points,
        prevent_initial_call=True,
    )
    callbacks.script(
        "pointsFound", [], [Input(ids.POINTS_FOUND, "data")], prevent_initial_call=True
    )

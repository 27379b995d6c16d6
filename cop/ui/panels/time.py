"""The one time control: LIVE, the usual windows, and a window of one's own, over the time strip.

Which of them stands in the address is said by `assets/65-time.js`; times are UTC.
"""

from __future__ import annotations

import json
from typing import Any

from dash import dcc, html

from cop.ui import ids, marks

WINDOWS = (
    ("6 h", "-6h"),
    ("24 h", "-24h"),
    ("72 h", "-72h"),
    ("7 d", "-7d"),
    ("30 d", "-30d"),
    ("All", ""),
)
HELD = (
    "A window holds every incident that may have happened in it: one of a known time by that time, "
    "one of a known date by its whole UTC day, one of an interval if the interval reaches into "
    "the window."
)


def layout(*more: Any) -> html.Div:
    """The row over the strip: window, its state in words, and what a bar of the strip is.

    `more` are controls of other panels that belong beside it.
    """
    return html.Div(
        [
            html.Button(
                "LIVE",
                id=ids.TIME_LIVE,
                type="button",
                className="button time-live",
                title="The window ends now; key t comes back to it",
                **{"data-live": "", "aria-pressed": "true"},
            ),
            html.Span("", id=ids.TIME_PAST, className="time-past", role="status"),
            html.Div(
                [_preset(label, since) for label, since in WINDOWS],
                className="presets",
                role="group",
                title=HELD,
                **{"aria-label": "Time window: the last"},
            ),
            custom(),
            *more,
            html.Div(id=ids.TIMELINE_CAPTION, className="timeline-caption"),
        ],
        className="time-row",
    )


def _preset(label: str, since: str) -> html.Button:
    return marks.say_button(
        label, json.dumps({"since": since, "until": ""}), "preset", **{"data-since": since}
    )


def custom() -> html.Details:
    """A window from one moment to another, typed."""
    return html.Details(
        [
            html.Summary("Custom", id=ids.TIME_CUSTOM),
            html.Div(
                [
                    html.H3("Window of occurrence, UTC"),
                    html.Div(
                        [
                            field(ids.ASK_SINCE, "From", "231200Z NOV 26"),
                            field(ids.ASK_UNTIL, "Before", "now"),
                        ],
                        className="bounds",
                    ),
                    html.P(
                        "Date-time group, ISO time (2026-11-23T12:00Z), date, or age (-72h, -30d).",
                        className="note",
                    ),
                    html.P(HELD, className="note"),
                ],
                className="popover",
            ),
        ],
        className="map-tool time-more",
    )


def field(control: str, label: str, placeholder: str) -> html.Div:
    """A line for a moment; the script writes it into the address as ISO."""
    return html.Div(
        [
            html.Label(label, htmlFor=control),
            dcc.Input(
                id=control,
                type="text",
                debounce=True,
                value="",
                maxLength=40,
                placeholder=placeholder,
                className="field",
                autoComplete="off",
            ),
        ]
    )

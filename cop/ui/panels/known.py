"""As known at: the picture of then, what was learned since, and how long learning takes.

The moment stands in the address (`as_known_at`). The script `assets/65-time.js` asks for this
panel only while it is open or a moment is set, so that nobody else pays for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import Input, Output, dcc, html, no_update

from cop.errors import BadQuestion
from cop.figures.lag import LAG_CONFIG, build_lag
from cop.model.dtg import format_dtg
from cop.model.viewer import Viewer
from cop.query.answers import KnownChanges, Lag
from cop.query.filters import FIELD_NAMES
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping
from cop.ui.look import safe_theme
from cop.ui.panels.map import blank
from cop.ui.panels.time import field
from cop.ui.wording import say_count, say_many

MINUTE = timedelta(minutes=1)


def layout() -> html.Details:
    """The panel that opens over the map, and what the page keeps for it."""
    return html.Details(
        [
            html.Summary("Known at", id=ids.KNOWN_SUMMARY),
            html.Div(
                [
                    html.H3("The picture as it was known at a moment, UTC"),
                    html.Div(
                        [
                            field(ids.ASK_KNOWN_AT, "Known at", "now"),
                            html.Button(
                                "Back to now",
                                type="button",
                                className="button",
                                **{"data-go": '{"as_known_at": ""}'},
                            ),
                        ],
                        className="known-moment",
                    ),
                    # A range control of the script's own: its steps come with the first answer.
                    html.Div(id=ids.KNOWN_SLIDER, className="known-slider"),
                    html.P(
                        "Reports and corrections recorded later are left out. "
                        "Ages such as the last 24 h count from this moment.",
                        className="note",
                    ),
                    html.H3("Reporting lag of this question", className="known-title"),
                    html.P("", id=ids.LAG_WORDS, className="known-words"),
                    html.Div(
                        dcc.Graph(
                            id=ids.LAG, figure=blank(), config=LAG_CONFIG, className="lag-figure"
                        ),
                        id=ids.LAG_BOX,
                        hidden=True,
                    ),
                ],
                className="popover",
            ),
            dcc.Store(id=ids.KNOWN_OPEN, data=False),
            dcc.Store(id=ids.KNOWN_ASK),
            dcc.Store(id=ids.KNOWN_STEPS),
        ],
        id=ids.KNOWN,
        className="map-tool time-more",
    )


def line() -> html.Div:
    """The place of what was learned since, under the row of the time control."""
    return html.Div(id=ids.KNOWN_LINE, className="known-line", role="status")


def answer(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """What was learned since, how many changes are newer, the lag in words and bars, the steps."""
    search = str(asked.get("search") or "")
    try:
        where = services.ask(search, viewer)
    except BadQuestion:
        return ["", "", "This question cannot be answered.", blank(), True, no_update]
    version = services.store.version
    said: Any = ""
    newer = ""
    if where.as_known_at is not None:
        changes: KnownChanges = services.memo.get(
            ("known_changes", version, where.key),
            lambda: services.store.read("known_changes", where),
        )
        said = render(changes, where.as_known_at)
        newer = f"{say_many(changes.newer, 'newer change')} here" if changes.newer else ""
    if not asked.get("open"):
        return [said, newer, *[no_update] * 4]
    lag: Lag = services.memo.get(
        ("lag", version, where.key), lambda: services.store.read("lag", where)
    )
    steps = services.memo.get(
        ("known_steps", version, viewer.clearance),
        lambda: services.store.read("known_steps", viewer),
    )
    bars = build_lag(lag, safe_theme(search))
    return [said, newer, say_lag(lag), bars, not lag.n, write_steps(steps)]


def render(changes: KnownChanges, at: datetime) -> list[Any]:
    """Late reports and corrections in words, each listed by a button where they are few."""
    parts: list[Any] = [
        html.Strong(f"Known at {format_dtg(at)}."),
        html.Span(
            [
                f"{say_count(changes.late)} happened in this window but were not known then",
                *_list_button("list them as of now", changes.late_ids, now=True),
            ]
        ),
        html.Span(
            [
                f"{say_count(changes.changed)} changed since",
                f", {say_count(changes.left)} of them left this question" if changes.left else "",
                *_list_button("list them as then", changes.changed_ids, now=False),
            ]
        ),
    ]
    if changes.joined:
        parts.append(html.Span(f"{say_count(changes.joined)} joined it by a correction"))
    if changes.after:
        parts.append(html.Span(f"{say_count(changes.after)} happened later"))
    # Apart for those who hear them as well.
    return [part for one in parts for part in (one, " ")]


def _list_button(label: str, incidents: Sequence[str], *, now: bool) -> list[Any]:
    if not incidents:
        return []
    # Only these: a window that counts back from now would hold others of them than from then.
    go = {key: "" for key in FIELD_NAMES if key != "status"}
    go |= {"id": ",".join(incidents), "sel": ""}
    if now:
        go["as_known_at"] = ""
    return [" ", marks.say_button(label, json.dumps(go), "link")]


def say_lag(lag: Lag) -> str:
    """The lag in words: half and nine in ten, of how many, and what is left out of it."""
    if not (lag.n or lag.later or lag.before):
        return "No incidents to tell it from."
    parts = []
    if lag.n:
        parts.append(
            f"Half were first recorded within {say_span(lag.median_s)} of happening, nine in ten "
            f"within {say_span(lag.most_s)} (n = {say_count(lag.n)})."
        )
    if lag.later:
        parts.append(f"Taken in later than a year after, and not counted: {say_count(lag.later)}.")
    if lag.before:
        parts.append(f"Recorded before they happened, not counted: {say_count(lag.before)}.")
    if lag.dates:
        parts.append(
            f"Of {say_count(lag.dates)} only the date or a longer span is known: their delay "
            "counts from its first moment."
        )
    return " ".join(parts)


def say_span(seconds: int) -> str:
    """A length of time in its two largest units: `2 d 17 h`, `6 h 5 min`, `under 1 min`."""
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h" if hours and days < 30 else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else "under 1 min"


def write_steps(steps: Sequence[datetime]) -> list[str]:
    """Moments for the slider, ISO to the minute: the first minute by whose start each was known."""
    rounded = {moment + (datetime.min - moment) % MINUTE for moment in steps}
    return [f"{moment:%Y-%m-%dT%H:%M}Z" for moment in sorted(rounded)]


def register(callbacks: Callbacks) -> None:
    """Attach the panel's callbacks."""
    callbacks.script(
        "knownAsk",
        [Output(ids.KNOWN_ASK, "data")],
        [
            Input(ids.ADDRESS, "search"),
            Input(ids.STORE_VERSION, "data"),
            Input(ids.KNOWN_OPEN, "data"),
        ],
    )
    callbacks.answer(
        [
            Output(ids.KNOWN_LINE, "children"),
            Output(ids.NEWER, "children"),
            Output(ids.LAG_WORDS, "children"),
            Output(ids.LAG, "figure"),
            Output(ids.LAG_BOX, "hidden"),
            Output(ids.KNOWN_STEPS, "data"),
        ],
        [Input(ids.KNOWN_ASK, "data")],
        checks=[mapping(300_000)],
        work=answer,
        prevent_initial_call=True,
    )
    callbacks.script(
        "knownSteps",
        [],
        [Input(ids.KNOWN_STEPS, "data"), Input(ids.ADDRESS, "search")],
        prevent_initial_call=True,
    )

"""The timeline: how many happened when; a brush over it sets the time filter."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from cop.figures.timeline import TIMELINE_CONFIG, build_timeline
from cop.query.answers import Picture
from cop.query.where import Where
from cop.ui import ids
from cop.ui.panels import play
from cop.ui.panels.map import blank
from cop.ui.wording import say_day


def layout() -> html.Section:
    """The timeline's place, 104 px high."""
    return html.Section(
        [
            html.H2("Timeline", className="unseen"),
            html.Div(id=ids.TIMELINE_CAPTION, className="timeline-caption"),
            dcc.Graph(
                id=ids.TIMELINE, figure=blank(), config=TIMELINE_CONFIG, className="timeline-figure"
            ),
            play.layout(),
        ],
        className="timeline-panel",
        **{"aria-label": "Timeline"},
    )


def render(picture: Picture, where: Where, theme: str) -> dict[str, Any]:
    """The figure of a picture's timeline."""
    return build_timeline(picture.timeline, theme, where.since, where.until)


def caption(picture: Picture | None, where: Where | None) -> list[Any]:
    """What a bar is, which span is shown, and how to leave a chosen window."""
    if picture is None or where is None or not len(picture.timeline.start):
        return []
    start = picture.timeline.start
    first, last = start[0].item(), start[-1].item()
    said = f"By {picture.timeline.step}, {say_day(first)} to {say_day(last)}"
    parts: list[Any] = [html.Span(said)]
    if where.filters.since or where.filters.until:
        parts.append(
            html.Button(
                "Clear the time window",
                type="button",
                className="link",
                **{"data-go": '{"since": "", "until": ""}'},
            )
        )
    else:
        parts.append(html.Span("drag to choose a window", className="quiet"))
    return parts

"""The timeline: how many happened when; a brush over it sets the time filter."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from cop.figures.timeline import TIMELINE_CONFIG, build_timeline, find_open_bucket
from cop.query.answers import Picture
from cop.query.where import Where
from cop.ui import ids
from cop.ui.panels import known, play, time
from cop.ui.panels.map import blank
from cop.ui.wording import say_day

STRIP_LABEL = (
    "Time strip: left and right arrow move the window by its own length, "
    "plus and minus make it wider and narrower; drag to choose one"
)


def layout() -> html.Section:
    """The timeline's place: the time control, and below it the bars, 104 px high."""
    return html.Section(
        [
            html.H2("Time", className="unseen"),
            time.layout(known.layout()),
            known.line(),
            html.Div(
                dcc.Graph(
                    id=ids.TIMELINE,
                    figure=blank(),
                    config=TIMELINE_CONFIG,
                    className="timeline-figure",
                ),
                id=ids.TIMELINE_STRIP,
                className="timeline-strip",
                tabIndex=0,
                role="group",
                **{"aria-label": STRIP_LABEL},
            ),
            play.layout(),
        ],
        className="timeline-panel",
        **{"aria-label": "Time"},
    )


def render(picture: Picture, where: Where, theme: str) -> dict[str, Any]:
    """The figure of a picture's timeline."""
    return build_timeline(picture.timeline, theme, where.since, where.until, where.now)


def caption(picture: Picture | None, where: Where | None) -> list[Any]:
    """What a bar is and which span is shown; how a window is chosen where there is none."""
    if picture is None or where is None or not len(picture.timeline.start):
        return []
    start = picture.timeline.start
    first, last = start[0].item(), start[-1].item()
    said = f"By {picture.timeline.step}, {say_day(first)} to {say_day(last)}"
    parts: list[Any] = [html.Span(said)]
    if find_open_bucket(picture.timeline, where.now) is not None:
        parts.append(html.Span(f"hatched: {picture.timeline.step} not over yet"))
    if not (where.filters.since or where.filters.until):
        parts.append(html.Span("drag to choose a window", className="quiet"))
    return parts

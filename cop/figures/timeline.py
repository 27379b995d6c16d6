"""The timeline: stacked bars by severity, brushed by dragging along the time axis."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.theme import FONT, Theme, get_theme, with_alpha
from cop.figures.wording import format_count
from cop.model.vocabulary import SEVERITIES
from cop.query.answers import Timeline

HEIGHT_PX = 104
# A window much wider than its bars would make them too thin to be seen; then only the bars' own
# span is shown.
MOST_BUCKETS = 800
TIMELINE_CONFIG: Final[dict[str, Any]] = {
    "showSendToCloud": False,
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
_STEPS: Final = {"hour": "h", "day": "D", "week": "7D", "month": "M", "year": "Y"}
_FORMATS: Final = {
    "hour": "%d %b %Y %H:%MZ",
    "day": "%d %b %Y",
    "week": "week of %d %b %Y",
    "month": "%b %Y",
    "year": "%Y",
}


def add_step(start: np.ndarray, step: str) -> np.ndarray:
    """Each bucket's end: its start and one step of the calendar later, datetime64[s]."""
    if step in ("month", "year"):
        unit = f"datetime64[{_STEPS[step]}]"
        ends: np.ndarray = (start.astype(unit) + 1).astype("datetime64[s]")
        return ends
    length = {"hour": 3600, "day": 86400, "week": 7 * 86400}[step]
    later: np.ndarray = start + np.timedelta64(length, "s")
    return later


def build_timeline(
    timeline: Timeline,
    theme: str,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """The figure of the timeline, 104 px high; times are UTC.

    `since` and `until` are the window asked for: shaded where it is narrower than the bars shown,
    and shown whole where it is wider. The bucket that holds `now` is hatched: it is not over yet.
    """
    light = get_theme(theme)
    empty = not len(timeline.start) or not timeline.by_severity.sum()
    return {
        "data": [] if empty else _draw_bars(timeline, light, now),
        "layout": _build_layout(timeline, light, since, until, now, empty),
    }


def find_open_bucket(timeline: Timeline, now: datetime | None) -> int | None:
    """Which bucket `now` lies in, so that its count is only that of so far; None for none."""
    if now is None or not len(timeline.start):
        return None
    moment = np.datetime64(now, "s")
    n = int(np.searchsorted(timeline.start, moment, side="right")) - 1
    if n < 0 or moment >= add_step(timeline.start[n : n + 1], timeline.step)[0]:
        return None
    return n


def _draw_bars(timeline: Timeline, theme: Theme, now: datetime | None) -> list[dict[str, Any]]:
    starts, labels, width = _word_buckets(
        timeline.start.astype("datetime64[s]").tobytes(), timeline.step
    )
    still_open = find_open_bucket(timeline, now)
    pattern: dict[str, Any] = {}
    if still_open is not None:
        labels = [*labels]
        labels[still_open] += " (not over yet)"
        shapes = [""] * len(labels)
        shapes[still_open] = "/"
        pattern = {
            "pattern": {
                "shape": shapes,
                "fillmode": "overlay",
                "fgcolor": theme.panel,
                "fgopacity": 0.75,
                "size": 5,
                "solidity": 0.45,
            }
        }
    totals = [f" of {format_count(n)}" for n in timeline.by_severity.sum(axis=1).tolist()]
    bars = []
    for level, term in enumerate(SEVERITIES):
        counts = timeline.by_severity[:, level]
        if not counts.any():
            continue
        said = f"<br>{term.label} "
        bars.append(
            {
                "type": "bar",
                "uid": f"severity-{term.slug}",
                "name": term.label,
                "x": starts,
                "y": pack_array(counts, "int32"),
                "width": width,
                "offset": 0,
                "marker": {
                    "color": theme.severity[level],
                    "line": {"width": 0.5, "color": theme.panel},
                    **pattern,
                },
                "hoverinfo": "text",
                "hovertext": [
                    f"{label}{said}{format_count(n)}{of}"
                    for label, n, of in zip(labels, counts.tolist(), totals, strict=True)
                ],
                "textposition": "none",
                # Brushing is a question, not a highlight: nothing fades while it is answered.
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 1}},
            }
        )
    return bars


@lru_cache(maxsize=128)
def _word_buckets(starts: bytes, step: str) -> tuple[list[str], list[str], dict[str, str]]:
    """Of buckets (datetime64[s] as bytes): ISO starts, words for people, and widths in ms, packed.

    Most questions that follow each other ask of the same span. Not to be changed.
    """
    start = np.frombuffer(starts, "datetime64[s]")
    moments = start.tolist()
    width = (add_step(start, step) - start).astype("int64") * 1000
    return (
        [moment.isoformat() for moment in moments],
        [moment.strftime(_FORMATS[step]) for moment in moments],
        pack_array(width, "float64"),
    )


def _build_layout(
    timeline: Timeline,
    theme: Theme,
    since: datetime | None,
    until: datetime | None,
    now: datetime | None,
    empty: bool,
) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "height": HEIGHT_PX,
        "autosize": True,
        "margin": {"l": 34, "r": 10, "t": 8, "b": 20},
        "paper_bgcolor": theme.panel,
        "plot_bgcolor": theme.panel,
        "font": {"family": FONT, "size": 11, "color": theme.muted},
        "showlegend": False,
        "barmode": "stack",
        "bargap": 0,
        "dragmode": "select",
        "selectdirection": "h",
        "hovermode": "closest",
        "uirevision": "timeline",
        "newselection": {"mode": "immediate", "line": {"color": theme.focus, "width": 1}},
        "hoverlabel": {
            "bgcolor": theme.raised,
            "bordercolor": theme.line,
            "font": {"family": FONT, "size": 12, "color": theme.text},
            "align": "left",
        },
        "xaxis": {
            "type": "date",
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": theme.line,
            "ticks": "outside",
            "ticklen": 3,
            "tickcolor": theme.line,
            "nticks": 9,
            "tickformatstops": [
                {"dtickrange": [None, 86_399_999], "value": "%H:%MZ\n%d %b"},
                {"dtickrange": [86_400_000, "M1"], "value": "%d %b\n%Y"},
                {"dtickrange": ["M1", "M11"], "value": "%b\n%Y"},
                {"dtickrange": ["M12", None], "value": "%Y"},
            ],
        },
        "yaxis": {
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "nticks": 3,
            "rangemode": "tozero",
            "tickformat": ",d",
            "side": "left",
        },
        "shapes": [],
        "annotations": [],
    }
    if empty:
        layout["xaxis"] |= {"visible": False}
        layout["yaxis"] |= {"visible": False}
        layout["annotations"] = [
            {
                "text": "No incidents in this window",
                "xref": "paper",
                "yref": "paper",
                "x": 0.5,
                "y": 0.5,
                "showarrow": False,
                "font": {"size": 12, "color": theme.muted},
            }
        ]
        return layout
    first, last = timeline.start[0], add_step(timeline.start[-1:], timeline.step)[0]
    layout["xaxis"]["range"] = [_iso(end) for end in _shown(timeline, since, until, now)]
    layout["shapes"] = _shade_outside(first, last, since, until, theme)
    return layout


def _shown(
    timeline: Timeline, since: datetime | None, until: datetime | None, now: datetime | None
) -> tuple[np.datetime64, np.datetime64]:
    """The span of the time axis: the window asked for with all bars, or the bars alone.

    A window that ends now is shown up to now, so that a quiet end of it is seen as quiet.
    """
    first, last = timeline.start[0], add_step(timeline.start[-1:], timeline.step)[0]
    if since is None:
        return first, last
    ends = [moment for moment in (until or now,) if moment is not None]
    whole_first = min(first, np.datetime64(since, "s"))
    whole_last = max([last, *(np.datetime64(moment, "s") for moment in ends)])
    bucket = (last - first) / len(timeline.start)
    if (whole_last - whole_first) / bucket > MOST_BUCKETS:
        return first, last
    return whole_first, whole_last


def _iso(moment: np.datetime64) -> str:
    return str(moment.astype("datetime64[s]"))


def _shade_outside(
    first: np.datetime64,
    last: np.datetime64,
    since: datetime | None,
    until: datetime | None,
    theme: Theme,
) -> list[dict[str, Any]]:
    """Veils over the bars' time before and after the window asked for."""
    spans = []
    if since is not None and np.datetime64(since, "s") > first:
        spans.append((_iso(first), since.isoformat()))
    if until is not None and np.datetime64(until, "s") < last:
        spans.append((until.isoformat(), _iso(last)))
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": x0,
            "x1": x1,
            "y0": 0,
            "y1": 1,
            "line": {"width": 0},
            "fillcolor": with_alpha(theme.panel, 0.6),
        }
        for x0, x1 in spans
    ]

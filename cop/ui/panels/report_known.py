"""Beside the report form: what may be the same, and what happened to the ship and at the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from dash import html

from cop.model.dtg import format_dtg
from cop.model.viewer import Viewer
from cop.model.vocabulary import hazards
from cop.quick_entry import Background, Prior, Similar, find_background
from cop.quick_entry.form import position_of, ship_of, time_of
from cop.services import Services
from cop.ui import marks
from cop.ui.wording import say_count, say_many

_ASKED = ("occurred", "position", "longitude", "latitude", "vessel_name", "vessel_imo", "hazard")
LIKELY = 0.6


def place_of(form: Mapping[str, Any]) -> list[float] | None:
    """Longitude and latitude that the form names, for the pin on the map."""
    position = position_of(form)
    return None if position is None else [position.lon, position.lat]


def render(services: Services, viewer: Viewer, form: Mapping[str, Any]) -> tuple[list[Any], int]:
    """Possible duplicates with scores and reasons, and the twelve months before; how many may be
    duplicates.
    """
    now = services.store.clock()
    asked = {name: form[name] for name in _ASKED if name in form}
    when, where = time_of(asked, now), position_of(asked)
    if where is None and not any(ship_of(asked)):
        said = "Similar reports are looked for once a place or a ship is named."
        return [html.P(said, className="quiet")], 0
    minute = now.replace(second=0, microsecond=0)
    key = (
        "report-known",
        services.store.version,
        viewer.clearance,
        minute,
        orjson.dumps(asked),
    )
    found: Background = services.memo.get(
        key, lambda: find_background(services.store, viewer, asked)
    )
    drawn = [
        *_similar(found, when is not None),
        *_prior("This vessel before", found.vessel),
        *_prior("This place before", found.place),
    ]
    return drawn, len(found.similar)


def _similar(found: Background, has_time: bool) -> list[Any]:
    title = html.H3("Possible duplicates", className="report-known-title")
    if not has_time:
        return [title, html.P("Looked for once the time is given.", className="quiet")]
    if not found.similar:
        none = "None within 50 nm and 48 h, nor of this ship within seven days."
        return [title, html.P(none, className="quiet")]
    rows = [_row(one, score=True) for one in found.similar]
    return [title, html.Ul(rows, className="report-rows")]


def _prior(title: str, prior: Prior | None) -> list[Any]:
    if prior is None:
        return []
    count = f"{'more than ' if prior.is_more else ''}{say_many(prior.count, 'incident')}"
    parts: list[Any] = [marks.foreign(prior.words), f": {count}"]
    if prior.count > len(prior.newest):
        parts += [
            ". ",
            html.A(
                f"List all {say_count(prior.count)}" if not prior.is_more else "List them all",
                href=f"/watch?{prior.query}",
                target="_blank",
                title="Opens another tab; the report stays",
            ),
        ]
    return [
        html.H3(title, className="report-known-title"),
        html.P(parts, className="quiet"),
        html.Ul([_row(one, score=False) for one in prior.newest], className="report-rows"),
    ]


def _row(one: Similar, *, score: bool) -> html.Li:
    said = [format_dtg(one.occurred_at), hazards().label(one.hazard).lower(), *one.reasons]
    likely = [html.Strong("likely · ")] if score and one.score >= LIKELY else []
    match = [html.Span(f"{one.score:.2f}", className="report-score", title="0 to 1: how alike")]
    return html.Li(
        html.Button(
            [
                html.Span(
                    [marks.foreign(one.title), *(match if score else [])], className="desk-title"
                ),
                html.Span([*likely, " · ".join(said)], className="desk-line quiet"),
            ],
            type="button",
            className="desk-row",
            title="Open it; the draft is kept",
            **{"data-report-show": one.incident_id},
        )
    )

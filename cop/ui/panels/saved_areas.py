"""Saved areas of interest: what was drawn on the map, kept under a name to ask within again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dash import html

from cop.errors import BadInput, BadQuestion
from cop.model.dtg import format_dtg
from cop.model.viewer import Viewer
from cop.query.url import query_of
from cop.services import Services
from cop.ui import marks

Row = Mapping[str, Any]
Corner = tuple[float, float]


def corners_of(services: Services, viewer: Viewer, search: str) -> list[Corner]:
    """The corners (lon, lat) of the area that an address asks within, or of its box.

    Raises BadInput for an address with neither, and for one that has no answer.
    """
    try:
        filters = services.ask(query_of(search), viewer).filters
    except BadQuestion as error:
        raise BadInput(f"query: {error}", "query") from error
    if filters.within:
        return list(filters.within)
    if filters.bbox is None:
        raise BadInput("query: draw a box or an area on the map first", "query")
    box = filters.bbox
    return [
        (box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north),
    ]  # fmt: skip


def keys_of(row: Row) -> dict[str, str]:
    """The keys of the address that ask within a saved area; the empty one is dropped from it."""
    ring = [(x, y) for x, y in json.loads(row["body"])["coordinates"][0][:-1]]
    (west, south), (east, north) = ring[0], ring[2 % len(ring)]
    # West > east is a box across 180 degrees, which as a ring would go the other way round.
    if ring == [(west, south), (east, south), (east, north), (west, north)]:
        return {"bbox": ",".join(map(_number, (west, south, east, north))), "within": ""}
    return {"bbox": "", "within": ";".join(f"{_number(x)} {_number(y)}" for x, y in ring)}


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def render(rows: list[Row], officer: str) -> list[Any]:
    """The list of saved areas; nothing where there are none."""
    if not rows:
        return []
    return [
        html.H3("Areas of interest", className="saved-head"),
        html.Ul([_row(row, officer) for row in rows], className="saved-rows"),
    ]


def _row(row: Row, officer: str) -> html.Li:
    name, is_mine = str(row["name"]), bool(officer) and row["owner"] == officer
    owner: list[Any] = (
        ["yours, shared" if row["shared"] else "yours"]
        if is_mine
        else ["of ", marks.foreign(str(row["owner"]))]
    )
    parts: list[Any] = [
        html.Span(
            [
                html.Button(
                    marks.foreign(name),
                    type="button",
                    className="link saved-name",
                    title="Ask within this area",
                    **{"data-saved-area": json.dumps(keys_of(row))},
                ),
                html.Span([*owner, f", {format_dtg(row['saved_at'])}"], className="note"),
            ],
            className="saved-words",
        )
    ]
    if is_mine:
        parts.append(
            html.Button(
                "Retire",
                type="button",
                className="button",
                title="Take it off the list",
                **{"aria-label": f"Retire {name}", "data-saved-retire": str(row["saved_no"])},
            )
        )
    return html.Li(parts)

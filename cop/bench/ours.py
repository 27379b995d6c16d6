"""The picture as a screen gets it: asked of the services, drawn, serialised, compressed."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import numpy as np
import orjson

from cop.bench.measure import Counted
from cop.bench.questions import KNOWN_AT, Workload
from cop.figures.cells import draw_cells
from cop.figures.map import build_map
from cop.figures.points import draw_points
from cop.figures.theme import get_theme
from cop.figures.timeline import build_timeline
from cop.layer import Context, Drawing, Layer
from cop.model.viewer import Viewer
from cop.model.vocabulary import Vocabulary, hazards, regions
from cop.query.answers import Page, Picture, Viewport
from cop.query.where import Where
from cop.services import Memo, Services

VIEWER = Viewer("bench", "red")
THEME = "dusk"
COMPRESSION = 1
ROWS = 50
PAGE = 100


def answer_picture(
    services: Services, workload: Workload, repeat: int, known: bool = False
) -> Counted:
    """Map, facets, timeline, tiles and the first rows, to final bytes; nothing remembered."""
    fresh = replace(services, memo=Memo())
    query = workload.query
    if known:
        query = f"{query}&as_known_at={KNOWN_AT:%Y-%m-%d}".lstrip("&")
    where = fresh.ask(query, VIEWER)
    # A hair's breadth of another viewport: no answer kept by its question can be the same one.
    viewport = replace(workload.viewport, west=workload.viewport.west + (repeat + 2) * 1e-9)
    picture = fresh.picture(where, viewport)
    rows = fresh.page(where, start=0, stop=ROWS)
    return _count(picture, workload, serialise(fresh, where, picture, viewport, rows))


def answer_move(services: Services, where: Where, viewport: Viewport) -> Counted:
    """The same question seen elsewhere: what a pan or a zoom costs."""
    fresh = replace(services, memo=Memo())
    picture = fresh.picture(where, viewport)
    raw = orjson.dumps(_draw(fresh, where, picture, viewport))
    return Counted(picture.count, sent=gzip.compress(raw, COMPRESSION), raw=len(raw))


def answer_page(services: Services, workload: Workload) -> Counted:
    """A page of the list."""
    where = services.ask(workload.query, VIEWER)
    rows = services.page(where, start=0, stop=PAGE, sort="severity")
    raw = orjson.dumps(rows.columns)
    return Counted(len(rows), sent=gzip.compress(raw, COMPRESSION), raw=len(raw))


def answer_detail(services: Services, incident_id: str) -> Counted:
    """One incident with its versions and reports."""
    found = services.detail(incident_id, VIEWER)
    raw = orjson.dumps(found, default=str, option=orjson.OPT_SERIALIZE_NUMPY)
    return Counted(1, sent=gzip.compress(raw, COMPRESSION), raw=len(raw))


def serialise(
    services: Services, where: Where, picture: Picture, viewport: Viewport, rows: Page
) -> bytes:
    """What a callback sends of a picture, as JSON."""
    return orjson.dumps(
        {
            "map": _draw(services, where, picture, viewport),
            "timeline": build_timeline(picture.timeline, THEME, where.since, where.until),
            "facets": picture.facets,
            "tiles": picture.tiles,
            "words": picture.words,
            "rows": rows.columns,
        },
        default=int,
    )


def _draw(services: Services, where: Where, picture: Picture, viewport: Viewport) -> dict[str, Any]:
    context = Context(where, picture, viewport, THEME, services.reference)
    centre = ((viewport.west + viewport.east) / 2, (viewport.south + viewport.north) / 2)
    return build_map([_INCIDENTS], context, on=["incidents"], center=centre, zoom=viewport.zoom)


def _draw_incidents(context: Context, theme: str) -> Drawing:
    picture, light = context.picture, get_theme(theme)
    if picture.cells is not None:
        return Drawing(traces=draw_cells(picture.cells, light, context.viewport.zoom))
    if picture.points is None:
        return Drawing()
    start = picture.timeline.start
    window = (start[0], start[-1]) if len(start) else (np.datetime64(0, "s"),) * 2
    traces = draw_points(picture.points, light, context.viewport.zoom, window, "")
    return Drawing(traces=traces)


# The registry of layers is above this package; incidents alone is what every question draws.
_INCIDENTS = Layer(
    "incidents", "Incidents", "Incidents", "", lambda c: c, _draw_incidents, lambda _: ()
)


def _count(picture: Picture, workload: Workload, raw: bytes) -> Counted:
    """The counts of the selected: a facet shows other values too, which are left out here."""
    filters = workload.filters
    marks = picture.cells.lon if picture.cells is not None else None
    if marks is None and picture.points is not None:
        marks = picture.points.lon
    severity = picture.facets["severity"]
    wanted = filters.severity or tuple(severity)
    return Counted(
        picture.count,
        _selected(picture.facets["hazard"], filters.hazard_slugs(), hazards()),
        {int(slug): n for slug, n in severity.items() if slug in wanted and n},
        _selected(picture.facets["region"], filters.region, regions()),
        gzip.compress(raw, COMPRESSION),
        len(raw),
        0 if marks is None else len(marks),
    )


def _selected(
    facet: dict[str, int], chosen: tuple[str, ...], vocabulary: Vocabulary
) -> dict[int, int]:
    return {
        vocabulary.code(slug): count
        for slug, count in facet.items()
        if count and (not chosen or slug in chosen)
    }

"""Draw cells: a circle a cell with its number inside and a ring split by severity around it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.symbols import name_mix
from cop.figures.theme import INK, MAP_FONT_STRONG, Theme
from cop.figures.wording import format_count, format_when, shorten_count
from cop.model.vocabulary import DOMAINS, SEVERITIES
from cop.query.answers import Cells

# Radii in pixels. Steps, because a ring is a picture that must fit its circle.
STEPS = np.array([8.0, 9.5, 11.5, 14.0, 17.0, 20.5, 24.5])
SINGLE_RADIUS = 5.0
MAX_RINGS = 1_000  # a ring is a mark of its own, and 2,000 marks are what a browser draws smoothly
SIXTHS = 6
RING_GAP = 1.4  # dark, so that a ring is told from a fill of the same colour
EDGE = 1.2
RING_INNER = 28.0 - 4.5  # of the picture at size 10, see cop/figures/sprite.py
ZOOM_STEP = 2.0


def scale_radii(count: np.ndarray) -> np.ndarray:
    """Circle radii in pixels: area proportional to count, the busiest cell at the largest step.

    Rounded to `STEPS`; never too small for the number inside; one incident is a plain dot.
    """
    if not len(count):
        return np.array([])
    wanted = STEPS[-1] * np.sqrt(count / count.max())
    digits = np.array([len(shorten_count(int(n))) for n in count])
    wanted = np.maximum(wanted, 4.4 + 2.6 * digits)
    nearest = np.abs(wanted[:, None] - STEPS[None, :]).argmin(axis=1)
    radii: np.ndarray = np.where(count == 1, SINGLE_RADIUS, STEPS[nearest])
    return radii


def share_sixths(by_severity: np.ndarray) -> np.ndarray:
    """Counts by severity (n, 5) as whole sixths that sum to six; the worst always keeps one."""
    total = by_severity.sum(axis=1, keepdims=True)
    exact = by_severity * SIXTHS / np.maximum(total, 1)
    sixths = np.floor(exact).astype(int)
    rows = np.arange(len(sixths))
    # Largest remainder: hand out what is left, one at a time.
    for _ in range(SIXTHS):
        short = sixths.sum(axis=1) < SIXTHS
        gains = np.where(by_severity > 0, exact - sixths, -np.inf).argmax(axis=1)
        sixths[rows[short], gains[short]] += 1
    worst = 4 - (by_severity[:, ::-1] > 0).argmax(axis=1)
    missing = sixths[rows, worst] == 0
    most = sixths.argmax(axis=1)
    sixths[rows[missing], most[missing]] -= 1
    sixths[rows[missing], worst[missing]] += 1
    return sixths


def draw_cells(cells: Cells, theme: Theme, zoom: float) -> list[dict[str, Any]]:
    """The traces of cells, rings first; nothing for none.

    `customdata` of a circle is `[lon, lat, zoom]`: where a click on it should take the map.
    """
    if not len(cells.lon):
        return []
    order = np.argsort(-cells.count, kind="stable")  # small circles on top of large ones
    radii = scale_radii(cells.count)
    traces = []
    if len(cells.lon) <= MAX_RINGS:
        traces += _draw_edges(cells, np.flatnonzero(radii == SINGLE_RADIUS), radii)
        traces += _draw_rings(cells, radii)
    traces.append(_draw_circles(cells, order, radii, theme, zoom))
    return traces


def _draw_circles(
    cells: Cells, order: np.ndarray, radii: np.ndarray, theme: Theme, zoom: float
) -> dict[str, Any]:
    colours = np.array(theme.severity)
    lon, lat = np.round(cells.lon[order], 3), np.round(cells.lat[order], 3)
    target = min(zoom + ZOOM_STEP, 12.0)
    return {
        "type": "scattermap",
        "subplot": "map",
        "mode": "markers+text",
        "lon": pack_array(lon),
        "lat": pack_array(lat),
        "marker": {
            "size": pack_array(radii[order] * 2),
            "color": colours[cells.worst[order] - 1].tolist(),
            "opacity": 1,
        },
        "text": [shorten_count(int(n)) if n > 1 else "" for n in cells.count[order]],
        "textposition": "middle center",
        "textfont": {"family": MAP_FONT_STRONG, "weight": 600, "size": 11, "color": theme.ink},
        "customdata": [
            [x, y, target]
            for x, y in zip(lon.round(2).tolist(), lat.round(2).tolist(), strict=True)
        ],
        "hoverinfo": "text",
        "hovertext": [_describe(cells, n, full=len(order) <= MAX_RINGS) for n in order],
        "showlegend": False,
    }


def _draw_edges(cells: Cells, at: np.ndarray, radii: np.ndarray) -> list[dict[str, Any]]:
    """A dark disc a little larger under each plain dot: its outline on any ground."""
    if not len(at):
        return []
    return [
        {
            "type": "scattermap",
            "subplot": "map",
            "mode": "markers",
            "lon": pack_array(np.round(cells.lon[at], 3)),
            "lat": pack_array(np.round(cells.lat[at], 3)),
            "marker": {
                "size": pack_array((radii[at] + EDGE) * 2),
                "color": INK,
                "opacity": 1,  # with an array of sizes Plotly's own is 0.7
            },
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _draw_rings(cells: Cells, radii: np.ndarray) -> list[dict[str, Any]]:
    """One trace a radius, because Plotly takes a single size for pictures."""
    names = [name_mix(tuple(parts)) for parts in share_sixths(cells.by_severity).tolist()]
    rings = []
    for radius in STEPS:
        at = np.flatnonzero(radii == radius)
        if not len(at):
            continue
        rings.append(
            {
                "type": "scattermap",
                "subplot": "map",
                "mode": "markers",
                "lon": pack_array(np.round(cells.lon[at], 3)),
                "lat": pack_array(np.round(cells.lat[at], 3)),
                "marker": {
                    "symbol": [f"mix:{names[n]}" for n in at],
                    "size": round(10 * (float(radius) + RING_GAP) / RING_INNER, 2),
                    "allowoverlap": True,
                },
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return rings


def _describe(cells: Cells, n: int, full: bool) -> str:
    """Hover text of a cell: counts, worst, newest, what a click does; the mix only when `full`."""
    count = int(cells.count[n])
    noun = "incident" if count == 1 else "incidents"
    head = f"<b>{format_count(count)} {noun}</b><br>"
    tail = f"<br>newest {format_when(cells.newest_at[n], 'instant')}<br>click to zoom in"
    if not full:
        return f"{head}worst {SEVERITIES.terms[int(cells.worst[n]) - 1].label}{tail}"
    domains = sorted(
        zip(cells.by_domain[n].tolist(), DOMAINS.terms, strict=True), key=lambda pair: -pair[0]
    )
    kinds = " · ".join(f"{term.label} {format_count(c)}" for c, term in domains if c)
    levels = " · ".join(
        f"{SEVERITIES.terms[level].label} {format_count(int(c))}"
        for level, c in reversed(list(enumerate(cells.by_severity[n])))
        if c
    )
    return f"{head}{levels}<br>{kinds}{tail}"

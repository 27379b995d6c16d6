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
    digits = np.array([len(shorten_count(n)) for n in count.tolist()])
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
        if not short.any():
            break
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
            "color": [theme.severity[level - 1] for level in cells.worst[order].tolist()],
            "opacity": 1,
        },
        "text": [shorten_count(n) if n > 1 else "" for n in cells.count[order].tolist()],
        "textposition": "middle center",
        "textfont": {"family": MAP_FONT_STRONG, "weight": 600, "size": 11, "color": theme.ink},
        "customdata": [
            [x, y, target]
            for x, y in zip(lon.round(2).tolist(), lat.round(2).tolist(), strict=True)
        ],
        "hoverinfo": "text",
        "hovertext": _describe(cells, order, full=len(order) <= MAX_RINGS),
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
    names = [f"mix:{name_mix(tuple(parts))}" for parts in share_sixths(cells.by_severity).tolist()]
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
                    "symbol": [names[n] for n in at.tolist()],
                    "size": round(10 * (float(radius) + RING_GAP) / RING_INNER, 2),
                    "allowoverlap": True,
                },
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return rings


def _describe(cells: Cells, order: np.ndarray, full: bool) -> list[str]:
    """Hover texts: counts, worst, newest, what a click does; the mix only when `full`."""
    return [
        f"<b>{format_count(count)} {'incident' if count == 1 else 'incidents'}</b><br>"
        f"{middle}<br>newest {format_when(newest_at, 'instant')}<br>click to zoom in"
        for count, newest_at, middle in zip(
            cells.count[order].tolist(),
            cells.newest_at[order].astype("datetime64[s]").tolist(),
            _say_mixes(cells, order) if full else _say_worst(cells, order),
            strict=True,
        )
    ]


def _say_worst(cells: Cells, order: np.ndarray) -> list[str]:
    words = [f"worst {term.label}" for term in SEVERITIES.terms]
    return [words[level - 1] for level in cells.worst[order].tolist()]


def _say_mixes(cells: Cells, order: np.ndarray) -> list[str]:
    """Counts by severity, the worst first, and by domain, the most first."""
    severities = list(enumerate(term.label for term in SEVERITIES.terms))[::-1]
    domains = [term.label for term in DOMAINS.terms]
    # Largest first, equal ones in the order of the vocabulary.
    ranked = np.argsort(-cells.by_domain[order], axis=1, kind="stable").tolist()
    said = []
    for levels, kinds, rank in zip(
        cells.by_severity[order].tolist(), cells.by_domain[order].tolist(), ranked, strict=True
    ):
        by_level = [f"{label} {format_count(levels[k])}" for k, label in severities if levels[k]]
        by_kind = [f"{domains[k]} {format_count(kinds[k])}" for k in rank if kinds[k]]
        said.append(f"{' · '.join(by_level)}<br>{' · '.join(by_kind)}")
    return said

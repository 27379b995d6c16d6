"""Draw single incidents: shape is the domain, fill the severity, outline the verification."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import Geod

from cop.figures.arrays import pack_array
from cop.figures.symbols import name_symbol, style_of
from cop.figures.theme import Theme, with_alpha
from cop.figures.wording import escape, format_when
from cop.model.vocabulary import (
    ACTS,
    MARKINGS,
    POSITION_PRECISIONS,
    SEVERITIES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    domain_of,
    hazards,
)
from cop.query.answers import Points

# 10 is a symbol at its drawn size; crowded ones are drawn smaller so that they can be told apart.
SIZES = ((150, 10.0), (500, 8.0), (2_000, 6.5))
APPROXIMATE_SHARE = 0.75
# Opacity by the third of the window an incident lies in, oldest first.
AGE_OPACITY = (0.55, 0.78, 1.0)
# With more incidents than this a map is crowded: circles of uncertainty would hide each other, and
# titles in hover text are cut short so that the wire stays light.
CROWD = 600
FULL_TITLE, SHORT_TITLE = 64, 20
MIN_CIRCLE_PX = 12.0
MAX_CORNERS = 1_200  # of all circles together: what the wire can carry
METRES_PER_NM = 1852.0
_METRES_PER_PX_AT_0 = 78271.517  # Web Mercator, 512 px tiles, zoom 0, equator
_EARTH = Geod(ellps="WGS84")
_VAGUE = [POSITION_PRECISIONS.code("approximate"), POSITION_PRECISIONS.code("area")]


@lru_cache(maxsize=4096)
def name_mark(hazard: int, severity: int, act: int, verification: int) -> str:
    """The sprite id of an incident's symbol, from its codes."""
    style = style_of(ACTS.slug(act), VERIFICATIONS.slug(verification))
    return name_symbol(domain_of(hazards().slug(hazard)), severity, style)


@lru_cache(maxsize=4096)
def _kind_words(hazard: int, severity: int, act: int) -> str:
    words = f"{hazards().label(hazards().slug(hazard))} · {SEVERITIES.terms[severity - 1].label}"
    return words if act == ACTS.code("committed") else f"{words} · {ACTS.slug(act)}"


@lru_cache(maxsize=64)
def _trust_words(verification: int, tlp: int) -> str:
    return f"{VERIFICATIONS.slug(verification)} · {MARKINGS.label(MARKINGS.slug(tlp))}"


def rate_age(occurred_at: np.ndarray, since: np.datetime64, until: np.datetime64) -> np.ndarray:
    """The third of a window each time lies in: 0 oldest, 2 newest; all 2 in an empty window."""
    span = (until - since) / np.timedelta64(1, "s")
    if span <= 0:
        return np.full(len(occurred_at), 2)
    share = (occurred_at - since) / np.timedelta64(1, "s") / span
    thirds: np.ndarray = np.clip(np.floor(share * 3), 0, 2).astype(int)
    return thirds


def _uncertainty(points: Points) -> np.ndarray:
    """Radii in nm as numbers; NaN where none was stated."""
    return np.asarray(points.uncertainty_nm, dtype=float)


def measure_circles(points: Points, zoom: float) -> np.ndarray:
    """Radius in pixels of each position's uncertainty; 0 where the position is not approximate."""
    vague = np.isin(points.position_precision, _VAGUE)
    metres = np.where(vague, np.nan_to_num(_uncertainty(points)), 0) * METRES_PER_NM
    per_px = _METRES_PER_PX_AT_0 * np.cos(np.radians(points.lat)) / 2**zoom
    radius: np.ndarray = metres / np.maximum(per_px, 1e-9)
    return radius


def trace_circle(
    lon: float, lat: float, radius_nm: float, corners: int
) -> tuple[np.ndarray, np.ndarray]:
    """A closed geodesic circle, degrees; longitudes run on across 180° so that no edge streaks."""
    bearings = np.linspace(0, 360, corners + 1)
    n = len(bearings)
    lons, lats, _back = _EARTH.fwd(
        np.full(n, lon), np.full(n, lat), bearings, np.full(n, radius_nm * METRES_PER_NM)
    )
    return np.unwrap(lons, period=360), lats


def draw_points(
    points: Points,
    theme: Theme,
    zoom: float,
    window: tuple[np.datetime64, np.datetime64],
    selected: str,
) -> list[dict[str, Any]]:
    """The traces of incidents: uncertainty below, then the selection's ring, then symbols.

    `customdata` of a symbol is the incident's id. Nothing for no incidents.
    """
    if not len(points.lon):
        return []
    traces: list[dict[str, Any]] = []
    if len(points.lon) <= CROWD:
        traces += _draw_circles(points, measure_circles(points, zoom), theme)
    chosen = np.flatnonzero(points.incident_id == selected) if selected else np.array([], int)
    if len(chosen):
        traces.append(_draw_halo(points, int(chosen[0])))
    ages = rate_age(points.occurred_at, *window)
    vague = np.isin(points.position_precision, _VAGUE)
    full = next((size for most, size in SIZES if len(points.lon) <= most), SIZES[-1][1])
    for age, opacity in enumerate(AGE_OPACITY):
        for is_vague, size in ((True, full * APPROXIMATE_SHARE), (False, full)):
            at = np.flatnonzero((ages == age) & (vague == is_vague))
            if len(at):
                traces.append(_draw_symbols(points, at, size, opacity))
    return traces


def _draw_symbols(points: Points, at: np.ndarray, size: float, opacity: float) -> dict[str, Any]:
    """One trace of symbols: Plotly takes one size and one opacity for pictures."""
    limit = FULL_TITLE if len(points.lon) <= CROWD else SHORT_TITLE
    codes = zip(
        points.hazard[at].tolist(),
        points.severity[at].tolist(),
        points.act[at].tolist(),
        points.verification[at].tolist(),
        strict=True,
    )
    return {
        "type": "scattermap",
        "subplot": "map",
        "mode": "markers",
        "lon": pack_array(points.lon[at]),
        "lat": pack_array(points.lat[at]),
        "marker": {
            "symbol": [name_mark(*code) for code in codes],
            "size": size,
            "allowoverlap": True,
            "opacity": round(opacity, 3),
        },
        "customdata": points.incident_id[at].tolist(),
        "hoverinfo": "text",
        "hovertext": _describe(points, at, limit),
        "showlegend": False,
    }


def _describe(points: Points, at: np.ndarray, limit: int) -> list[str]:
    """Hover texts of incidents, three or four short lines each."""
    columns = (
        points.title[at],
        points.hazard[at],
        points.severity[at],
        points.act[at],
        points.occurred_at[at].astype("datetime64[s]"),
        points.time_precision[at],
        points.verification[at],
        points.tlp[at],
        points.position_precision[at],
        _uncertainty(points)[at],
    )
    said = []
    for title, hazard, severity, act, when, precise, verification, tlp, place, within in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        lines = (
            f"<b>{escape(str(title), limit)}</b><br>{_kind_words(hazard, severity, act)}<br>"
            f"{format_when(when, TIME_PRECISIONS.slug(precise))} · "
            f"{_trust_words(verification, tlp)}"
        )
        if place in _VAGUE:
            lines += "<br>approximate" + (f", within {within:.0f} nm" if within > 0 else "")
        said.append(lines)
    return said


def _draw_halo(points: Points, n: int) -> dict[str, Any]:
    return {
        "type": "scattermap",
        "subplot": "map",
        "mode": "markers",
        "lon": [float(points.lon[n])],
        "lat": [float(points.lat[n])],
        "marker": {
            "symbol": "halo_focus",
            "size": 10,
            "allowoverlap": True,
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _draw_circles(points: Points, radius_px: np.ndarray, theme: Theme) -> list[dict[str, Any]]:
    """Circles of uncertainty that are large enough to see, the newest where there are many."""
    at = np.flatnonzero(radius_px >= MIN_CIRCLE_PX)[::-1]
    corners = np.where(radius_px[at] < 40, 24, np.where(radius_px[at] < 160, 48, 96))
    room = np.cumsum(corners) <= MAX_CORNERS
    at, corners = at[room], corners[room]
    if not len(at):
        return []
    lons: list[np.ndarray] = []
    lats: list[np.ndarray] = []
    gap = np.array([np.nan])
    for n, count in zip(at, corners, strict=True):
        lon, lat = trace_circle(points.lon[n], points.lat[n], points.uncertainty_nm[n], count)
        lons += [lon, gap]
        lats += [lat, gap]
    return [
        {
            "type": "scattermap",
            "subplot": "map",
            "mode": "lines",
            "lon": pack_array(np.concatenate(lons)),
            "lat": pack_array(np.concatenate(lats)),
            "line": {"width": 1, "color": with_alpha(theme.muted, 0.5)},
            "fill": "toself",
            "fillcolor": with_alpha(theme.muted, 0.07),
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]

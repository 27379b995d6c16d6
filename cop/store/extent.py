"""The smallest box that holds what has a position, right where it crosses 180°."""

from __future__ import annotations

import duckdb
import numpy as np

from cop.query.where import Where
from cop.store.asked import Asked

Extent = tuple[float, float, float, float]
_STRIPS = 360


def answer_extent(cursor: duckdb.DuckDBPyConnection, where: Where) -> Extent | None:
    """West, south, east, north of what meets the question; west > east across 180°.

    None where nothing that meets it has a position.
    """
    rows = Asked(cursor, where).fetch(
        "floor(lon)::INTEGER AS strip, min(lon), max(lon), min(lat), max(lat)",
        "GROUP BY strip ORDER BY strip",
        also="lon IS NOT NULL",
    )
    return _around([row[1:] for row in rows])


def extent_of(lon: np.ndarray, lat: np.ndarray) -> Extent | None:
    """The same of positions at hand; those that are not finite count for nothing."""
    here = np.isfinite(lon)
    if not here.any():
        return None
    lon, lat = lon[here], lat[here]
    strip = np.floor(lon).astype(np.int64) + _STRIPS // 2
    west = np.full(_STRIPS + 1, np.inf)
    east = np.full(_STRIPS + 1, -np.inf)
    np.minimum.at(west, strip, lon)
    np.maximum.at(east, strip, lon)
    south, north = float(lat.min()), float(lat.max())
    used = np.flatnonzero(np.isfinite(west))
    return _around([(float(west[n]), float(east[n]), south, north) for n in used])


def _around(strips: list[tuple[float, float, float, float]]) -> Extent | None:
    """The box round strips in order from the west: it leaves out the widest gap between two."""
    if not strips:
        return None
    south, north = min(strip[2] for strip in strips), max(strip[3] for strip in strips)
    nexts = [*strips[1:], (strips[0][0] + 360.0, 0.0, 0.0, 0.0)]
    gaps = [after[0] - strip[1] for strip, after in zip(strips, nexts, strict=True)]
    widest = max(range(len(gaps)), key=lambda n: gaps[n])
    west = strips[(widest + 1) % len(strips)][0]
    return west, south, strips[widest][1], north

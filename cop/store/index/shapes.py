"""Drawn areas and distances over millions of positions: most are told by a grid or a bound.

Only positions near an edge are left to the exact test of the question's own clause.
"""

from __future__ import annotations

import numpy as np

from cop.model.ports import ports
from cop.query.where import METRES_PER_NM, Clause, Where
from cop.store.index import kernel
from cop.store.index.asking import Box

# So few positions are tested exactly in less time than a grid is made in.
FEW = 5_000
COLUMNS, ROWS = 128, 64
OUT, IN, UNSURE = 0, 1, 2


def meet(where: Where, clause: Clause, box: Box, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Which positions (degrees) meet an exact clause; all lie in its `box`."""
    assert clause.test is not None
    if len(lon) <= FEW:
        return np.asarray(clause.test(lon, lat), bool) if len(lon) else np.zeros(0, bool)
    states = np.full(len(lon), UNSURE, np.uint8)
    if clause.key == "within":
        _state_by_grid(where, clause, box, lon, lat, states)
    elif clause.key == "port":
        places = [ports()[locode] for locode in where.filters.port]
        kernel.bound_distances(
            lon,
            lat,
            np.array([place.lon for place in places]),
            np.array([place.lat for place in places]),
            where.filters.radius_nm * METRES_PER_NM,
            states,
        )
    unsure = np.flatnonzero(states == UNSURE)
    met = states == IN
    if len(unsure):
        met[unsure] = clause.test(lon[unsure], lat[unsure])
    return met


def _state_by_grid(
    where: Where, clause: Clause, box: Box, lon: np.ndarray, lat: np.ndarray, states: np.ndarray
) -> None:
    """A grid cell that no edge of the area comes near is all in or all out, as its middle is."""
    west, east = float(box.spans[:, 0].min()), float(box.spans[:, 1].max())
    width, height = (east - west) / COLUMNS, (box.north - box.south) / ROWS
    if width <= 0 or height <= 0:
        return
    assert clause.test is not None
    grid = np.full((ROWS, COLUMNS), OUT, np.uint8)
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    _mark_edges(np.array(where.filters.within, float), west, box.south, width, height, grid)
    sure = grid != UNSURE
    middles = west + (columns[sure] + 0.5) * width, box.south + (rows[sure] + 0.5) * height
    grid[sure] = np.asarray(clause.test(*middles), np.uint8)
    kernel.look_up(lon, lat, west, box.south, width, height, grid, states)


def _mark_edges(
    ring: np.ndarray, west: float, south: float, width: float, height: float, grid: np.ndarray
) -> None:
    """Mark the cells along the edges of a ring and all their neighbours as unsure."""
    steps = np.roll(ring, -1, axis=0) - ring
    # Samples half a cell apart: an edge never leaves the neighbourhood of its samples.
    parts = 2 * np.ceil(np.maximum(abs(steps[:, 0]) / width, abs(steps[:, 1]) / height)) + 1
    edge = np.repeat(np.arange(len(ring)), parts.astype(int) + 1)
    first = np.concatenate([[0], np.cumsum(parts.astype(int) + 1)[:-1]])
    share = (np.arange(len(edge)) - first[edge]) / parts[edge]
    lon, lat = (ring[edge] + share[:, None] * steps[edge]).T
    for turn in (-360.0, 0.0, 360.0):
        column = np.floor((lon + turn - west) / width).astype(int)
        row = np.floor((lat - south) / height).astype(int)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                x, y = column + dx, row + dy
                inside = (x >= 0) & (x < COLUMNS) & (y >= 0) & (y < ROWS)
                grid[y[inside], x[inside]] = UNSURE

"""Web-Mercator tiles: column and row at a zoom, from the north-west corner of the world."""

from __future__ import annotations

import numpy as np

from cop.store.cells import MAX_LATITUDE


def tiles_of(lon: np.ndarray, lat: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of the tile each position in degrees lies in; 180° is -180°."""
    size = 1 << zoom
    phi = np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE))
    x = ((np.asarray(lon) + 180.0) / 360.0 % 1.0 * size).astype(np.int64)
    y = ((1.0 - np.arcsinh(np.tan(phi)) / np.pi) / 2.0 * size).astype(np.int64)
    return np.clip(x, 0, size - 1), np.clip(y, 0, size - 1)


def centres_of(x: np.ndarray, y: np.ndarray, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the middle of tiles."""
    size = 1 << zoom
    lon = (x + 0.5) / size * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * (y + 0.5) / size))))
    return lon, lat

"""Web-Mercator cells: x and y at zoom 16, bits interleaved, so that a prefix is a lower zoom."""

from __future__ import annotations

import numpy as np

ZOOM = 16
MAX_LATITUDE = 85.0511287798066


def cells_of(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """The zoom-16 cell of each position in degrees, as int64; NaN positions give -1.

    A cell at zoom z is `cell >> 2 * (16 - z)`. Latitudes beyond the Mercator limit take its edge;
    180° is -180°.
    """
    missing = np.isnan(lon) | np.isnan(lat)
    x_part = (np.where(missing, 0.0, lon) + 180.0) / 360.0 % 1.0
    phi = np.radians(np.clip(np.where(missing, 0.0, lat), -MAX_LATITUDE, MAX_LATITUDE))
    y_part = (1.0 - np.arcsinh(np.tan(phi)) / np.pi) / 2.0
    size = 1 << ZOOM
    x = np.clip((x_part * size).astype(np.int64), 0, size - 1)
    y = np.clip((y_part * size).astype(np.int64), 0, size - 1)
    return np.where(missing, -1, _spread(x) | (_spread(y) << 1))


def _spread(value: np.ndarray) -> np.ndarray:
    """Put a zero bit before each of the 16 bits."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | (value << shift)) & mask
    return value

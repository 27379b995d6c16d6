"""Distances on the WGS 84 ellipsoid, many at a time."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pyproj import Geod

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Indices: TypeAlias = npt.NDArray[np.intp]

METRES_PER_NM = 1852.0

_GEOD = Geod(ellps="WGS84")
_AXIS_M = _GEOD.a
_ECCENTRICITY_2 = _GEOD.es


def normalise_longitude(lon: Floats) -> Floats:
    """Bring longitudes to -180 (included) up to 180 (excluded)."""
    # Values already in range are left alone: a point on an edge must stay exactly on it.
    in_range = (lon >= -180.0) & (lon < 180.0)
    return np.where(in_range, lon, (lon + 180.0) % 360.0 - 180.0)


def measure_geodesic_nm(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Return the geodesic distance in nm between positions, pair by pair."""
    if lon.size == 0:
        return np.zeros(0)
    return np.asarray(_GEOD.inv(lon, lat, other_lon, other_lat)[2]) / METRES_PER_NM


def to_cartesian(lon: Floats, lat: Floats) -> Floats:
    """Return earth-centred metres on the ellipsoid: near distances are right in any direction."""
    x, y = np.radians(lon), np.radians(lat)
    normal = _AXIS_M / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(y) ** 2)
    flat = normal * np.cos(y)
    polar = normal * (1 - _ECCENTRICITY_2) * np.sin(y)
    return np.stack([flat * np.cos(x), flat * np.sin(x), polar], axis=-1)


def to_degrees(places: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude of earth-centred metres at or just under the surface."""
    flat = np.hypot(places[:, 0], places[:, 1])
    lat = np.degrees(np.arctan2(places[:, 2], (1 - _ECCENTRICITY_2) * flat))
    return np.degrees(np.arctan2(places[:, 1], places[:, 0])), lat

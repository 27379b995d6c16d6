"""Distances, bearings, rings and lines on the WGS 84 ellipsoid, for a position or two.

Degrees, lon before lat; distances in nautical miles; bearings true, clockwise from north, [0, 360).
Lines and rings come with continuous longitudes, which may pass 180, so that nothing streaks across
the map where they cross the antimeridian.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

METRES_PER_NM = 1852.0
HALF_GLOBE_NM = 10_800.0  # beyond it, the shortest way to anywhere leads the other way round
MOST_POINTS = 720
_GEOD = Geod(ellps="WGS84")

COMPASS_POINTS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """The geodesic from one position to another.

    `bearing_deg` is its true bearing where it starts, `reverse_deg` the bearing back from its end.
    """

    distance_nm: float
    bearing_deg: float
    reverse_deg: float

    @property
    def words(self) -> str:
        """`12.3 nm, 045°T (NE)`; three digits for a bearing, as it is spoken."""
        whole = round(self.bearing_deg) % 360
        return f"{self.distance_nm:.1f} nm, {whole:03d}°T ({compass_point(self.bearing_deg)})"


def measure_leg(lon: float, lat: float, other_lon: float, other_lat: float) -> Leg:
    """The shortest way from one position to another."""
    forth, back, metres = _GEOD.inv(lon, lat, other_lon, other_lat)
    return Leg(metres / METRES_PER_NM, forth % 360.0, back % 360.0)


def go_from(lon: float, lat: float, bearing_deg: float, distance_nm: float) -> tuple[float, float]:
    """Where one comes on a true bearing after a distance: lon within [-180, 180], lat."""
    end_lon, end_lat, _ = _GEOD.fwd(lon, lat, bearing_deg, distance_nm * METRES_PER_NM)
    return float(end_lon), float(end_lat)


def compass_point(bearing_deg: float) -> str:
    """The nearest of the sixteen points of the compass."""
    return COMPASS_POINTS[round((bearing_deg % 360.0) / 22.5) % 16]


def bearing_of(point: str) -> float:
    """The bearing of a compass point such as `NNW`; raises ValueError for any other word."""
    return COMPASS_POINTS.index(point.upper()) * 22.5


def draw_ring(
    lon: float, lat: float, radius_nm: float, points: int = 72
) -> tuple[np.ndarray, np.ndarray]:
    """The circle round a position as a closed polygon: its longitudes and latitudes.

    Round a pole the polygon is led along it, so that its inside holds the pole. Raises ValueError
    for a radius that is not above 0 and below 10,800 nm, or fewer than eight points.
    """
    if not 0 < radius_nm < HALF_GLOBE_NM:
        raise ValueError(f"a ring's radius is above 0 and below {HALF_GLOBE_NM:.0f} nm")
    if not 8 <= points <= MOST_POINTS:
        raise ValueError(f"a ring has 8 to {MOST_POINTS} points")
    bearings = np.linspace(0.0, 360.0, points + 1)
    same = np.full(points + 1, radius_nm * METRES_PER_NM)
    lons, lats, _ = _GEOD.fwd(np.full(points + 1, lon), np.full(points + 1, lat), bearings, same)
    lons, lats = _unwrap(np.asarray(lons), lon), np.asarray(lats)
    turned = lons[-1] - lons[0]
    if abs(turned) < 180.0:
        return lons, lats
    pole = math.copysign(90.0, lat)
    return (
        np.concatenate([lons, [lons[-1], lons[0], lons[0]]]),
        np.concatenate([lats, [pole, pole, lats[0]]]),
    )


def draw_line(
    lon: float, lat: float, other_lon: float, other_lat: float, step_nm: float = 60.0
) -> tuple[np.ndarray, np.ndarray]:
    """The geodesic between two positions as points at most so far apart, ends included."""
    length = measure_leg(lon, lat, other_lon, other_lat).distance_nm
    between = min(MOST_POINTS, max(0, math.ceil(length / step_nm) - 1))
    inner = _GEOD.npts(lon, lat, other_lon, other_lat, between) if between else []
    lons = np.array([lon, *(point[0] for point in inner), other_lon], float)
    lats = np.array([lat, *(point[1] for point in inner), other_lat], float)
    return _unwrap(lons, lon), lats


def _unwrap(lons: np.ndarray, near: float) -> np.ndarray:
    """Continuous longitudes, the whole of them on the turn of the globe that `near` is on."""
    continuous = np.unwrap(lons, period=360.0)
    return continuous + 360.0 * np.round((near - continuous.mean()) / 360.0)

"""Land, and how far it is to the nearest coastline."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from cop.geography.geodesy import (
    Flags,
    Floats,
    Indices,
    measure_geodesic_nm,
    to_cartesian,
    to_degrees,
)
from cop.geography.prepared import touches

# Coast edges are cut to this length, so that the nearest vertex is never far from the nearest edge.
COAST_STEP_M = 2_000.0
# Nearest vertex and nearest edge may belong to different coasts: compare this many vertices.
NEAREST_VERTICES = 3


@dataclass(frozen=True)
class Coast:
    """Land as one prepared multipolygon and its edges, ready for distances."""

    land: shapely.MultiPolygon
    starts: Floats
    ends: Floats
    before: Indices
    vertices: cKDTree

    @classmethod
    def read(cls, path: Path) -> "Coast":
        """Read `land.npz` (layout: `data/reference/build/land.py`)."""
        with np.load(path) as stored:
            micro = np.stack([stored["x"], stored["y"]], axis=1).cumsum(axis=0, dtype=np.int64)
            rings = stored["rings"].astype(np.int64)
            polygons = stored["polygons"].astype(np.int64)
        degrees = micro / 1e6
        parts = shapely.from_ragged_array(shapely.GeometryType.POLYGON, degrees, (rings, polygons))
        land = shapely.MultiPolygon(list(parts))
        shapely.prepare(land)
        starts, ends, before = _cut_edges(*_coast_edges(degrees, rings))
        # An unbalanced tree answers as fast here and is built four times faster.
        tree = cKDTree(starts, balanced_tree=False, compact_nodes=False)
        return cls(land, starts, ends, before, tree)

    def is_land(self, lon: Floats, lat: Floats) -> Flags:
        """Say which positions are on land, the coastline itself included."""
        return touches(self.land, lon, lat)

    def measure_nm(self, lon: Floats, lat: Floats) -> Floats:
        """Return the geodesic distance to the nearest point of any coastline, in nm.

        The candidates are the edges that start at the nearest vertices and those that end there;
        the point on the best of them is then measured on the ellipsoid.
        """
        places = to_cartesian(lon, lat)
        _, near = self.vertices.query(places, k=NEAREST_VERTICES)
        edges = np.concatenate([near, self.before[near]], axis=1)
        points = _nearest_on_edges(places[:, None, :], self.starts[edges], self.ends[edges])
        best = np.square(points - places[:, None, :]).sum(axis=2).argmin(axis=1)
        onshore = points[np.arange(len(places)), best]
        return measure_geodesic_nm(lon, lat, *to_degrees(onshore))


def _coast_edges(
    degrees: Floats, rings: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return the edges of all rings, and their ring, without the cuts at 180 degrees and pole."""
    real = np.ones(len(degrees) - 1, dtype=np.bool_)
    real[rings[1:-1] - 1] = False  # the step from one ring to the next
    start, end = degrees[:-1], degrees[1:]
    real &= ~((np.abs(start[:, 0]) == 180) & (np.abs(end[:, 0]) == 180))
    real &= ~((start[:, 1] <= -89.9) | (end[:, 1] <= -89.9))
    ring = np.searchsorted(rings, np.arange(len(degrees) - 1), side="right")
    return start[real], end[real], ring[real]


def _cut_edges(
    start: Floats, end: Floats, ring: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, Indices]:
    """Turn edges in degrees into earth-centred pieces no longer than `COAST_STEP_M`.

    Returns starts, ends and the number of the piece that ends where each one starts.
    """
    metres = to_cartesian(start[:, 0], start[:, 1])
    lengths = np.linalg.norm(to_cartesian(end[:, 0], end[:, 1]) - metres, axis=1)
    pieces = np.maximum(np.ceil(lengths / COAST_STEP_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(start)), pieces)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (end - start)[edge] / pieces[edge, None]
    first = start[edge] + step * piece[:, None]
    last = first + step
    before = np.arange(len(edge)) - 1
    ring_starts = np.flatnonzero(np.diff(ring[edge], prepend=-1))
    before[ring_starts] = np.append(ring_starts[1:], len(edge)) - 1
    starts = to_cartesian(first[:, 0], first[:, 1])
    ends = to_cartesian(last[:, 0], last[:, 1])
    return starts, ends, before


def _nearest_on_edges(places: Floats, starts: Floats, ends: Floats) -> Floats:
    along = ends - starts
    length_2 = np.maximum(np.square(along).sum(axis=-1), 1e-9)
    share = ((places - starts) * along).sum(axis=-1) / length_2
    return starts + np.clip(share, 0, 1)[..., None] * along

"""Say where a position lies: region, vessel areas, NAVAREA, nearest port, distance to the coast.

Pure reference geometry, read once from `data/reference`; nothing here is a legal or navigational
boundary (see `data/reference/SOURCES.md`). The coastline is 1:10 million, so a distance is an
estimate of a few tenths of a nautical mile.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod
from scipy.spatial import cKDTree

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Indices: TypeAlias = npt.NDArray[np.intp]

METRES_PER_NM = 1852.0
# Coast edges are cut to this length, so that the nearest vertex is never far from the nearest edge.
COAST_STEP_M = 2_000.0
# Nearest by chord and nearest on the ellipsoid may differ between near equals: compare this many.
NEAREST_PORTS = 3
NEAREST_VERTICES = 3
CHUNK = 200_000

_GEOD = Geod(ellps="WGS84")
_AXIS_M = _GEOD.a
_ECCENTRICITY_2 = _GEOD.es


@dataclass(frozen=True)
class Zones:
    """Named polygons in file order, with a point test that counts the edge as inside."""

    slugs: tuple[str, ...]
    names: dict[str, str]
    shapes: npt.NDArray[np.object_]

    @classmethod
    def read(cls, path: Path, key: str) -> "Zones":
        """Read a GeoJSON feature collection; `key` names the property that identifies a zone."""
        features: list[dict[str, Any]] = json.loads(path.read_bytes())["features"]
        slugs = tuple(str(feature["properties"][key]) for feature in features)
        names = [str(feature["properties"]["name"]) for feature in features]
        texts = [json.dumps(feature["geometry"]) for feature in features]
        shapes = shapely.from_geojson(texts)
        shapely.prepare(shapes)
        return cls(slugs, dict(zip(slugs, names, strict=True)), shapes)

    def find_first(self, lon: Floats, lat: Floats) -> Indices:
        """Return for each position the number of the first zone that touches it, -1 where none."""
        first = np.full(lon.shape, -1, dtype=np.intp)
        left = np.arange(lon.size)
        for number, shape in enumerate(self.shapes):
            inside = _touches(shape, lon[left], lat[left])
            first[left[inside]] = number
            left = left[~inside]
        return first

    def find_all(self, lon: Floats, lat: Floats) -> list[list[str]]:
        """Return for each position the slugs of every zone that touches it, in file order."""
        found: list[list[str]] = [[] for _ in range(lon.size)]
        for slug, shape in zip(self.slugs, self.shapes, strict=True):
            for place in np.flatnonzero(_touches(shape, lon, lat)):
                found[place].append(slug)
        return found


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
        return np.asarray(shapely.intersects_xy(self.land, lon, lat), dtype=np.bool_)

    def measure_nm(self, lon: Floats, lat: Floats) -> Floats:
        """Return the geodesic distance to the nearest point of any coastline, in nm.

        The candidates are the edges that start at the nearest vertices and those that end there;
        the point on the best of them is then measured on the ellipsoid.
        """
        places = _to_cartesian(lon, lat)
        _, near = self.vertices.query(places, k=NEAREST_VERTICES)
        edges = np.concatenate([near, self.before[near]], axis=1)
        points = _nearest_on_edges(places[:, None, :], self.starts[edges], self.ends[edges])
        best = np.square(points - places[:, None, :]).sum(axis=2).argmin(axis=1)
        onshore = points[np.arange(len(places)), best]
        return _geodesic_nm(lon, lat, *_to_degrees(onshore))


@dataclass(frozen=True)
class Geography:
    """The reference geography of one folder; the heavy parts are read at first use.

    Safe to share between threads: nothing changes after a part is read.
    """

    folder: Path

    @classmethod
    def load(cls, folder: Path) -> "Geography":
        """Open a folder of reference data. Raises `FileNotFoundError` where files are missing."""
        geography = cls(folder)
        for name in ("regions.geojson", "vessel_areas.geojson", "navareas.geojson", "ports.csv"):
            if not (folder / name).is_file():
                raise FileNotFoundError(folder / name)
        return geography

    @property
    def region_order(self) -> tuple[str, ...]:
        """The slugs of the regions in file order, which is also the order of precedence."""
        return self.regions.slugs

    @property
    def region_names(self) -> dict[str, str]:
        """Region slug to English name."""
        return self.regions.names

    @property
    def area_names(self) -> dict[str, str]:
        """Vessel-area slug to English name."""
        return self.areas.names

    @cached_property
    def regions(self) -> Zones:
        """The operational regions: every position lies in exactly one."""
        return Zones.read(self.folder / "regions.geojson", "code")

    @cached_property
    def areas(self) -> Zones:
        """The vessel areas: a position lies in several or none."""
        return Zones.read(self.folder / "vessel_areas.geojson", "code")

    @cached_property
    def navareas(self) -> Zones:
        """The NAVAREAs I to XXI, identified by their number."""
        return Zones.read(self.folder / "navareas.geojson", "number")

    @cached_property
    def ports(self) -> pd.DataFrame:
        """The ports: locode, name, country, longitude, latitude; in order of LOCODE."""
        path = self.folder / "ports.csv"
        return pd.read_csv(path, keep_default_na=False, encoding="utf-8")

    @cached_property
    def coast(self) -> Coast:
        """Land and coastline."""
        return Coast.read(self.folder / "land.npz")

    @cached_property
    def _port_tree(self) -> cKDTree:
        return cKDTree(_to_cartesian(*self._port_positions))

    @cached_property
    def _port_positions(self) -> tuple[Floats, Floats]:
        return self.ports["longitude"].to_numpy(float), self.ports["latitude"].to_numpy(float)

    def locate(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        """Describe each position; one row each, in the order given.

        `lon`, `lat`: WGS 84 degrees, equally long; longitude is normalised. Columns: `region`
        (slug), `areas` (list of slugs), `navarea` (1 to 21, 0 where none), `port` (LOCODE of the
        nearest), `port_distance_nm`, `coast_distance_nm` (to any coastline, from land too),
        `on_land`, `inland_nm` (distance to the coast where on land, else 0).
        A position that is not finite or beyond 90 degrees of latitude gets region and port "",
        no areas, NAVAREA 0 and NaN distances. Raises `ValueError` when the lengths differ.
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if lon.shape != lat.shape or lon.ndim != 1:
            raise ValueError(f"lon and lat must be equally long lists: {lon.shape}, {lat.shape}")
        starts = range(0, max(lon.size, 1), CHUNK)
        parts = [self._locate_chunk(lon[at : at + CHUNK], lat[at : at + CHUNK]) for at in starts]
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]

    def find_nearest_ports(self, lon: Floats, lat: Floats) -> tuple[Indices, Floats]:
        """Return the row in `ports` and the distance in nm of the port nearest to each position."""
        _, rows = self._port_tree.query(_to_cartesian(lon, lat), k=NEAREST_PORTS)
        rows = np.sort(rows, axis=1)  # of equally near ports the first LOCODE wins
        port_lon, port_lat = self._port_positions
        columns = [_geodesic_nm(lon, lat, port_lon[row], port_lat[row]) for row in rows.T]
        distances = np.stack(columns, axis=1)
        best = distances.argmin(axis=1)
        every = np.arange(lon.size)
        return rows[every, best], distances[every, best]

    def _locate_chunk(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
        x, y = normalise_longitude(lon[known]), lat[known]
        port, port_nm = self.find_nearest_ports(x, y)
        coast_nm = self.coast.measure_nm(x, y)
        on_land = self.coast.is_land(x, y)
        numbers = np.array([0, *map(int, self.navareas.slugs)])
        regions = np.array(["", *self.regions.slugs], dtype=object)
        locodes = self.ports["locode"].to_numpy(dtype=object)
        return pd.DataFrame(
            {
                "region": _spread(known, regions[self.regions.find_first(x, y) + 1], ""),
                "areas": _spread_lists(known, self.areas.find_all(x, y)),
                "navarea": _spread(known, numbers[self.navareas.find_first(x, y) + 1], 0),
                "port": _spread(known, locodes[port], ""),
                "port_distance_nm": _spread(known, port_nm, np.nan),
                "coast_distance_nm": _spread(known, coast_nm, np.nan),
                "on_land": _spread(known, on_land, False),
                "inland_nm": _spread(known, np.where(on_land, coast_nm, 0.0), np.nan),
            }
        )


def normalise_longitude(lon: Floats) -> Floats:
    """Bring longitudes to -180 (included) up to 180 (excluded)."""
    return (lon + 180.0) % 360.0 - 180.0


def _touches(shape: Any, lon: Floats, lat: Floats) -> Flags:
    west, south, east, north = shapely.bounds(shape)
    near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    inside = np.zeros(lon.shape, dtype=np.bool_)
    inside[near] = shapely.intersects_xy(shape, lon[near], lat[near])
    return inside


def _spread(known: Flags, values: npt.NDArray[Any], missing: object) -> npt.NDArray[Any]:
    """Put the values of known positions back among the unknown ones."""
    column = np.full(known.shape, missing, dtype=values.dtype)
    column[known] = values
    return column


def _spread_lists(known: Flags, lists: Iterable[list[str]]) -> list[list[str]]:
    remaining = iter(lists)
    return [next(remaining) if is_known else [] for is_known in known]


def _geodesic_nm(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    if lon.size == 0:
        return np.zeros(0)
    return np.asarray(_GEOD.inv(lon, lat, other_lon, other_lat)[2]) / METRES_PER_NM


def _to_cartesian(lon: Floats, lat: Floats) -> Floats:
    """Return earth-centred metres on the ellipsoid: near distances are right in any direction."""
    x, y = np.radians(lon), np.radians(lat)
    normal = _AXIS_M / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(y) ** 2)
    flat = normal * np.cos(y)
    polar = normal * (1 - _ECCENTRICITY_2) * np.sin(y)
    return np.stack([flat * np.cos(x), flat * np.sin(x), polar], axis=-1)


def _to_degrees(places: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude of earth-centred metres at or just under the surface."""
    flat = np.hypot(places[:, 0], places[:, 1])
    lat = np.degrees(np.arctan2(places[:, 2], (1 - _ECCENTRICITY_2) * flat))
    return np.degrees(np.arctan2(places[:, 1], places[:, 0])), lat


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
    metres = _to_cartesian(start[:, 0], start[:, 1])
    lengths = np.linalg.norm(_to_cartesian(end[:, 0], end[:, 1]) - metres, axis=1)
    pieces = np.maximum(np.ceil(lengths / COAST_STEP_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(start)), pieces)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (end - start)[edge] / pieces[edge, None]
    first = start[edge] + step * piece[:, None]
    last = first + step
    before = np.arange(len(edge)) - 1
    ring_starts = np.flatnonzero(np.diff(ring[edge], prepend=-1))
    before[ring_starts] = np.append(ring_starts[1:], len(edge)) - 1
    starts = _to_cartesian(first[:, 0], first[:, 1])
    ends = _to_cartesian(last[:, 0], last[:, 1])
    return starts, ends, before


def _nearest_on_edges(places: Floats, starts: Floats, ends: Floats) -> Floats:
    along = ends - starts
    length_2 = np.maximum(np.square(along).sum(axis=-1), 1e-9)
    share = ((places - starts) * along).sum(axis=-1) / length_2
    return starts + np.clip(share, 0, 1)[..., None] * along

"""Read a TopoJSON topology: its polygons, and the lines two countries share.

The topologies of `world-atlas` are stitched: a polygon may cross 180 degrees and Antarctica
encloses the pole. Everything returned here is cut at 180 degrees, as RFC 7946 section 3.1.9 asks,
so that nothing drawn or tested later streaks across the map.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

Line = npt.NDArray[np.float64]
Geometry = TypeVar("Geometry", bound=BaseGeometry)


class Topology:
    """A decoded TopoJSON file."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_bytes())
        self.objects: dict[str, Any] = document["objects"]
        scale = np.array(document["transform"]["scale"])
        origin = np.array(document["transform"]["translate"])
        self.arcs: list[Line] = [
            np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + origin
            for arc in document["arcs"]
        ]

    def polygons(self, name: str) -> list[Polygon]:
        """Return every polygon of an object, cut at 180 degrees and valid."""
        found: list[Polygon] = []
        for arcs in self._polygon_arcs(self.objects[name]):
            rings = [unwrap_ring(self._ring(indices)) for indices in arcs]
            found.extend(cut_polygon(Polygon(rings[0], rings[1:])))
        return found

    def shared_lines(self, name: str) -> list[LineString]:
        """Return the arcs that belong to two or more geometries of an object: land borders."""
        owners: dict[int, set[int]] = {}
        for number, geometry in enumerate(self.objects[name]["geometries"]):
            for arcs in self._polygon_arcs(geometry):
                for arc in (index for ring in arcs for index in ring):
                    owners.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
        return [
            line
            for arc in sorted(index for index, owned in owners.items() if len(owned) > 1)
            for line in cut_line(self.arcs[arc])
        ]

    def _ring(self, indices: list[int]) -> Line:
        parts = [self.arcs[i] if i >= 0 else self.arcs[~i][::-1] for i in indices]
        # Consecutive arcs repeat their meeting point.
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    def _polygon_arcs(self, geometry: dict[str, Any]) -> Iterator[list[list[int]]]:
        match geometry.get("type"):
            case "Polygon":
                yield geometry["arcs"]
            case "MultiPolygon":
                yield from geometry["arcs"]
            case "GeometryCollection":
                for member in geometry["geometries"]:
                    yield from self._polygon_arcs(member)


def unwrap_ring(ring: Line) -> Line:
    """Make a ring's longitudes continuous; one that circles a pole is closed along that pole."""
    longitude = np.unwrap(ring[:, 0], period=360)
    open_ring = np.column_stack([longitude, ring[:, 1]])
    if abs(longitude[-1] - longitude[0]) < 180:
        return open_ring
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    corners = [[longitude[-1], pole], [longitude[0], pole], [longitude[0], ring[0, 1]]]
    return np.concatenate([open_ring, np.array(corners)])


def cut_polygon(unwrapped: Polygon) -> list[Polygon]:
    """Cut a polygon with continuous longitudes into parts that stay within -180 to 180."""
    valid = shapely.make_valid(unwrapped)
    west, _, east, _ = valid.bounds
    if west >= -180 and east <= 180:
        return _parts_of(valid, Polygon)
    world = box(-180, -90, 180, 90)
    copies = [translate(valid, xoff=turn).intersection(world) for turn in (-360, 0, 360)]
    return [part for copy in copies for part in _parts_of(copy, Polygon)]


def cut_line(coordinates: Line) -> list[LineString]:
    """Cut a line into parts that stay within -180 to 180."""
    longitude = np.unwrap(coordinates[:, 0], period=360)
    line = LineString(np.column_stack([longitude, coordinates[:, 1]]))
    if longitude.min() >= -180 and longitude.max() <= 180:
        return [line]
    world = box(-180, -90, 180, 90)
    copies = [translate(line, xoff=turn).intersection(world) for turn in (-360, 0, 360)]
    return [part for copy in copies for part in _parts_of(copy, LineString)]


def _parts_of(geometry: BaseGeometry, kind: type[Geometry]) -> list[Geometry]:
    """List the parts of one kind; an intersection may also leave points and touching lines."""
    if isinstance(geometry, kind):
        return [] if geometry.is_empty else [geometry]
    parts = getattr(geometry, "geoms", ())
    return [piece for part in parts for piece in _parts_of(part, kind)]

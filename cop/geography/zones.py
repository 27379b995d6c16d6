"""Named polygons and the positions in them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from cop.geography.geodesy import Flags, Floats, Indices
from cop.geography.prepared import touches


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


def _touches(shape: Any, lon: Floats, lat: Floats) -> Flags:
    west, south, east, north = shapely.bounds(shape)
    near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    inside = np.zeros(lon.shape, dtype=np.bool_)
    inside[near] = touches(shape, lon[near], lat[near])
    return inside

"""Make the lines of the map: sea lanes and the graticule."""

import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, shape

from .geojson import Feature, write_features
from .packages import find_searoute_data
from .topology import cut_line

LANE_TOLERANCE_DEG = 0.02
LANE_UNIT_DEG = 0.01
GRATICULE_LATITUDE = 85.0

# The network's own tags on the left, our names on the right.
PASSAGES = {
    "babalmandab": "bab-el-mandeb",
    "bering": "bering",
    "bosporus": "bosporus",
    "chili": "cape-horn",
    "dardanelles": "dardanelles",
    "gibraltar": "gibraltar",
    "malacca": "malacca",
    "northwest": "northwest",
    "ormuz": "hormuz",
    "panama": "panama",
    "south_africa": "cape-of-good-hope",
    "suez": "suez",
    "sunda": "sunda",
}


def build_sea_lanes(target: Path) -> None:
    """Write the sea-lane network of `searoute`, merged and simplified by passage.

    One MultiLineString for each passage and one, with `passage` null, for the open network.
    """
    network = json.loads((find_searoute_data() / "marnet_searoute.geojson").read_bytes())
    lines: dict[str | None, list[LineString]] = {}
    for feature in network["features"]:
        tag = feature["properties"].get("passage")
        # Whatever carries no tag of ours, the network's helper segments too, is open sea.
        name = PASSAGES.get(tag) if tag else None
        for part in shapely.get_parts(shape(feature["geometry"])):
            lines.setdefault(name, []).extend(cut_line(shapely.get_coordinates(part)))
    features: list[Feature] = []
    for name in sorted(lines, key=lambda key: key or ""):
        merged = shapely.line_merge(MultiLineString(lines[name]))
        simple = shapely.simplify(merged, LANE_TOLERANCE_DEG)
        # Rounded before it is judged: a stub shorter than a unit becomes a point.
        rounded = shapely.set_precision(shapely.get_parts(simple), LANE_UNIT_DEG, "pointwise")
        parts = [part for part in rounded if part.length > 0 and not _lies_on_antimeridian(part)]
        features.append(({"passage": name}, MultiLineString(parts)))
    write_features(target / "sea_lanes.geojson", features, decimals=2)


def build_graticule(target: Path) -> None:
    """Write meridians and parallels every 10 degrees; `step` is 30 where 30 divides the degree."""
    features: list[Feature] = []
    for degree in range(-180, 181, 10):
        line = LineString([(degree, -GRATICULE_LATITUDE), (degree, GRATICULE_LATITUDE)])
        features.append((_describe("meridian", degree, "E" if degree >= 0 else "W", 3), line))
    for degree in range(-80, 81, 10):
        line = LineString([(float(x), degree) for x in np.arange(-180, 181, 30)])
        features.append((_describe("parallel", degree, "N" if degree >= 0 else "S", 2), line))
    write_features(target / "graticule.geojson", features, decimals=1)


def _describe(kind: str, degree: int, hemisphere: str, digits: int) -> dict[str, str | int]:
    label = f"{abs(degree):0{digits}d}°" + ("" if degree in (0, 180, -180) else hemisphere)
    return {"kind": kind, "degree": degree, "step": 10 if degree % 30 else 30, "label": label}


def _lies_on_antimeridian(line: LineString) -> bool:
    """Say whether a line is only the network's own stitching along 180 degrees."""
    return bool(np.all(np.abs(shapely.get_coordinates(line)[:, 0]) == 180))

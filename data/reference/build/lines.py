"""Make the lines of the map: sea lanes and the graticule."""

import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, shape

from .geojson import Feature, write_features
from .packages import find_searoute_data
from .topology import Line, cut_line

LANE_TOLERANCE_DEG = 0.02
LANE_UNIT_DEG = 0.01
# In cells of ten degrees: the mesh is drawn loosely, but a short lane may lie along it by chance.
MESH_TOLERANCE, SHORT_TOLERANCE, SHORT = 0.04, 0.005, 0.15
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
    The routing mesh of the open ocean is left out.
    """
    network = json.loads((find_searoute_data() / "marnet_searoute.geojson").read_bytes())
    lines: dict[str | None, list[LineString]] = {}
    for feature in network["features"]:
        tag = feature["properties"].get("passage")
        # Whatever carries no tag of ours, the network's helper segments too, is open sea.
        name = PASSAGES.get(tag) if tag else None
        for part in shapely.get_parts(shape(feature["geometry"])):
            for stretch in _leave_mesh(shapely.get_coordinates(part)):
                lines.setdefault(name, []).extend(cut_line(stretch))
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


def _leave_mesh(places: Line) -> list[Line]:
    """Return the stretches of a line that are lanes.

    Far from the lanes the network is a mesh along every tenth meridian and parallel and across
    their cells, there so that a route is found from anywhere; nobody sails it.
    """
    start, end = places[:-1], places[1:]
    cell = np.floor((start + end) / 20) * 10
    (x0, y0), (x1, y1) = _place_in_cell(start, cell), _place_in_cell(end, cell)
    mesh = np.zeros(len(start), dtype=bool)
    short = np.hypot(x1 - x0, y1 - y0) < SHORT
    tolerance = np.where(short, SHORT_TOLERANCE, MESH_TOLERANCE)
    # Edges and diagonals of the cell; a diagonal is straight in Mercator's projection.
    for off0, off1 in ((x0, x1), (y0, y1), (x0 - y0, x1 - y1), (x0 + y0, x1 + y1)):
        whole0, whole1 = np.rint(off0), np.rint(off1)
        near0, near1 = np.abs(off0 - whole0), np.abs(off1 - whole1)
        mesh |= (near0 < tolerance) & (near1 < tolerance) & (whole0 == whole1)
    runs = np.split(np.arange(len(mesh)), np.flatnonzero(np.diff(mesh)) + 1)
    return [places[run[0] : run[-1] + 2] for run in runs if not mesh[run[0]]]


def _place_in_cell(places: Line, cell: Line) -> tuple[Line, Line]:
    """Return how far east and north of a cell's south-west corner, in cells of Mercator."""

    def mercator(lat: Line) -> Line:
        return np.arcsinh(np.tan(np.radians(np.clip(lat, -85, 85))))

    south, north = mercator(cell[:, 1]), mercator(cell[:, 1] + 10)
    return (places[:, 0] - cell[:, 0]) / 10, (mercator(places[:, 1]) - south) / (north - south)

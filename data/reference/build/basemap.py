"""Make `basemap/world.pmtiles`: vector tiles of land, coast and country borders, zooms 0 to 7.

Each band of zooms takes the scale made for it. The tiles are cut and encoded here rather than by
GDAL, which drops a polygon that touches itself once rounded to the tile: all of West Africa at
zoom 2. Rounding with `shapely.set_precision` keeps polygons valid.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from .topology import Topology
from .vector_tile import encode_layer

ATTRIBUTION = "Natural Earth"
MAX_ZOOM = 7
EXTENT = 2048
BUFFER = 32  # tile units drawn beyond the edge, so that no seam shows
LAYERS = ("land", "coast", "borders")
MERCATOR_LATITUDE = 85.0511287798066
# Scale of the source, first and last zoom.
BANDS = (("110m", 0, 1), ("50m", 2, 3), ("10m", 4, 7))

Tile = tuple[int, int, int]
Shapes = npt.NDArray[np.object_]


def build_basemap(world_atlas: Path, target: Path) -> None:
    """Write the tile archive from `world-atlas`."""
    tiles: dict[Tile, bytes] = {}
    for scale, first, last in BANDS:
        atlas = Topology(world_atlas / f"land-{scale}.json").polygons("land")
        land = [part for part in atlas if part.bounds[3] > -89]
        sources: dict[str, list[BaseGeometry]] = {
            "land": [*land],
            "coast": [line for part in land for line in trace_coast(part)],
            "borders": [
                *Topology(world_atlas / f"countries-{scale}.json").shared_lines("countries")
            ],
        }
        for layer in LAYERS:
            for tile, shapes in _cut_tiles((0, 0, 0), _project(sources[layer]), last):
                if tile[0] >= first:
                    tiles[tile] = tiles.get(tile, b"") + encode_layer(layer, shapes, EXTENT)
    (target / "basemap").mkdir(exist_ok=True)
    _write_archive(target / "basemap" / "world.pmtiles", tiles)


def trace_coast(land: Polygon) -> list[LineString]:
    """Return the rings of a polygon without its cuts along 180 degrees and at the pole."""
    lines: list[LineString] = []
    for ring in (land.exterior, *land.interiors):
        places = shapely.get_coordinates(ring)
        start, end = places[:-1], places[1:]
        cut = (np.abs(start[:, 0]) == 180) & (np.abs(end[:, 0]) == 180)
        cut |= (start[:, 1] <= -89.9) | (end[:, 1] <= -89.9)
        for piece in np.split(np.arange(len(start)), np.flatnonzero(np.diff(cut)) + 1):
            if not cut[piece[0]]:
                lines.append(LineString(places[piece[0] : piece[-1] + 2]))
    return lines


def _project(shapes: list[BaseGeometry]) -> Shapes:
    """Project to Web Mercator, the world from 0 to 1 and y downwards, repeated at both sides."""

    def to_mercator(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        north = np.radians(np.clip(places[:, 1], -MERCATOR_LATITUDE - 1, MERCATOR_LATITUDE + 1))
        y = 0.5 - np.log(np.tan(np.pi / 4 + north / 2)) / (2 * np.pi)
        return np.column_stack([places[:, 0] / 360 + 0.5, y])

    world = shapely.transform(np.array(shapes, dtype=object), to_mercator)
    copies = [shapely.transform(world, lambda at, by=by: np.add(at, (by, 0))) for by in (-1, 0, 1)]
    return np.concatenate(copies)


def _cut_tiles(tile: Tile, shapes: Shapes, last: int) -> Iterator[tuple[Tile, Shapes]]:
    """Yield the shapes of a tile in its own units, then those of the tiles below it."""
    zoom, column, row = tile
    width = 1 / 2**zoom
    margin = width * BUFFER / EXTENT
    west, north = column * width, row * width
    inside = _clip(
        shapes, west - margin, north - margin, west + width + margin, north + width + margin
    )
    if not len(inside):
        return
    units = shapely.transform(inside, lambda at: (at - [west, north]) * (EXTENT / width))
    lines = shapely.get_dimensions(units) == 1
    # Lines are only rounded: making them valid would cut them at every crossing.
    rounded = np.where(
        lines,
        shapely.set_precision(units, 1, mode="pointwise"),
        shapely.set_precision(np.where(lines, None, units), 1),
    )
    yield tile, rounded[~shapely.is_empty(rounded)]
    if zoom < last:
        for right in (0, 1):
            for down in (0, 1):
                below = (zoom + 1, 2 * column + right, 2 * row + down)
                yield from _cut_tiles(below, inside, last)


def _clip(shapes: Shapes, west: float, north: float, east: float, south: float) -> Shapes:
    bounds = shapely.bounds(shapes)
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    near &= (bounds[:, 1] <= south) & (bounds[:, 3] >= north)
    clipped = shapely.clip_by_rect(shapes[near], west, north, east, south)
    return shapely.make_valid(clipped[~shapely.is_empty(clipped)])


def _write_archive(path: Path, tiles: dict[Tile, bytes]) -> None:
    with path.open("wb") as file:
        writer = Writer(file)
        for tile in sorted(tiles, key=lambda zxy: zxy_to_tileid(*zxy)):
            if tiles[tile]:
                # A fixed time stamp keeps equal tiles equal, and the archive reproducible.
                writer.write_tile(zxy_to_tileid(*tile), gzip.compress(tiles[tile], 9, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_zoom": 0,
            "max_zoom": MAX_ZOOM,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_511_287,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_511_287,
            "center_zoom": 1,
            "center_lon_e7": 0,
            "center_lat_e7": 200_000_000,
        }
        layers = [{"id": name, "minzoom": 0, "maxzoom": MAX_ZOOM, "fields": {}} for name in LAYERS]
        metadata = {"name": "world", "attribution": ATTRIBUTION, "vector_layers": layers}
        writer.finalize(header, metadata)

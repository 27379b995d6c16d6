"""Make `basemap/world.pmtiles`: vector tiles of land, coast and country borders, zooms 0 to 7.

Each band of zooms takes the scale made for it. GDAL writes one small archive a layer and band;
their tiles are then joined, since a vector tile is a list of layers and two tiles laid end to end
are a tile again (Mapbox Vector Tile 2.1, section 4.1).
"""

import gzip
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from .topology import Topology

ATTRIBUTION = "Natural Earth"
MAX_ZOOM = 7
EXTENT = 2048
# Web Mercator ends here; land beyond is cut so that the tiles' own edge does not show.
MERCATOR_LATITUDE = 85.06
# Scale of the source, first zoom, last zoom, and the smallest island drawn (square degrees).
BANDS = (("110m", 0, 1, 0.0), ("50m", 2, 3, 0.002), ("10m", 4, 7, 0.0))


def build_basemap(world_atlas: Path, target: Path, workspace: Path) -> None:
    """Write the tile archive from `world-atlas`; `workspace` keeps the parts it is joined from."""
    folder = workspace / "tiles"
    folder.mkdir(parents=True, exist_ok=True)
    tiles: dict[tuple[int, int, int], bytes] = {}
    for scale, first, last, smallest in BANDS:
        land = Topology(world_atlas / f"land-{scale}.json").polygons("land")
        shown = [part for part in land if part.area >= smallest and part.bounds[3] > -89]
        borders = Topology(world_atlas / f"countries-{scale}.json").shared_lines("countries")
        layers: dict[str, list[BaseGeometry]] = {
            "land": [*shown],
            "coast": [line for part in shown for line in trace_coast(part)],
            "borders": [*borders],
        }
        for layer, shapes in layers.items():
            part = folder / f"{layer}-{scale}.pmtiles"
            _write_part(part, layer, shapes, first, last)
            for place, data in _read_tiles(part):
                tiles[place] = tiles.get(place, b"") + data
    (target / "basemap").mkdir(exist_ok=True)
    _join_tiles(target / "basemap" / "world.pmtiles", tiles)


def trace_coast(land: Polygon) -> list[LineString]:
    """Return the rings of a polygon without its cuts along 180 degrees and at the pole."""
    lines: list[LineString] = []
    for ring in (land.exterior, *land.interiors):
        places = shapely.get_coordinates(ring)
        start, end = places[:-1], places[1:]
        cut = (np.abs(start[:, 0]) == 180) & (np.abs(end[:, 0]) == 180)
        cut |= (start[:, 1] <= -89.9) | (end[:, 1] <= -89.9)
        pieces = np.split(np.arange(len(start)), np.flatnonzero(np.diff(cut)) + 1)
        for piece in pieces:
            if not cut[piece[0]]:
                lines.append(LineString(places[piece[0] : piece[-1] + 2]))
    return lines


def _write_part(path: Path, layer: str, shapes: list[BaseGeometry], first: int, last: int) -> None:
    path.unlink(missing_ok=True)
    world = shapely.box(-180, -MERCATOR_LATITUDE, 180, MERCATOR_LATITUDE)
    frame = gpd.GeoDataFrame({"kind": [layer] * len(shapes)}, geometry=shapes, crs=4326).clip(world)
    frame = frame[~frame.geometry.is_empty].explode(ignore_index=True)
    wanted = "Polygon" if layer == "land" else "LineString"
    frame = frame[frame.geom_type == wanted]
    options = {"MINZOOM": first, "MAXZOOM": last, "EXTENT": EXTENT, "NAME": layer}
    frame.to_file(path, layer=layer, driver="PMTiles", engine="pyogrio", **options)


def _read_tiles(path: Path) -> list[tuple[tuple[int, int, int], bytes]]:
    with path.open("rb") as file:
        return [(place, gzip.decompress(data)) for place, data in all_tiles(MmapSource(file))]


def _join_tiles(path: Path, tiles: dict[tuple[int, int, int], bytes]) -> None:
    with path.open("wb") as file:
        writer = Writer(file)
        for place in sorted(tiles, key=lambda zxy: zxy_to_tileid(*zxy)):
            # A fixed time stamp keeps equal tiles equal, and the archive reproducible.
            writer.write_tile(zxy_to_tileid(*place), gzip.compress(tiles[place], 9, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_zoom": 0,
            "max_zoom": MAX_ZOOM,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_511_290,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_511_290,
            "center_zoom": 1,
            "center_lon_e7": 0,
            "center_lat_e7": 200_000_000,
        }
        layers = [
            {"id": name, "minzoom": 0, "maxzoom": MAX_ZOOM, "fields": {"kind": "String"}}
            for name in ("land", "coast", "borders")
        ]
        metadata = {"name": "world", "attribution": ATTRIBUTION, "vector_layers": layers}
        writer.finalize(header, metadata)

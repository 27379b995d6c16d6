"""Serve the basemap from this machine: style, vector tiles and reference geometry.

Routes, all GET, none needs a session because all of it is public reference data:

- `/basemap/style/{theme}.json`: MapLibre style for day, dusk or night
- `/basemap/tiles/{z}/{x}/{y}.mvt`: one vector tile; 204 where it is empty, 404 outside the pyramid
- `/basemap/{name}.geojson`: one of `GEOMETRY`; `?kind=` keeps the features of one kind,
  `?code=a,b` those with these codes, `?as=points` gives a label point in each, `?as=outlines` its
  limits without the cuts at 180° and the poles, `?as=joined` an area that crosses 180° in one
  piece whose longitudes run on, `?as=hatched` strokes across each area, `?as=edges` the limits of
  all of them, those they share once (two broken lines on each other look whole)
- anything else under `/basemap/`: 404, never the page shell

Register before Dash is attached: its catch-all would answer instead.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mmap
from functools import lru_cache
from pathlib import Path
from typing import Any

import fastapi
import numpy as np
import shapely
from fastapi.responses import JSONResponse, Response
from pmtiles.tile import (
    Compression,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)
from shapely.geometry import MultiLineString, mapping, shape
from shapely.geometry.base import BaseGeometry

from cop.figures.style import build_style
from cop.figures.theme import THEMES

GEOMETRY = frozenset({"regions", "vessel_areas", "navareas", "sea_lanes", "graticule", "sea_names"})
MAX_CODES = 100
POLE_DEG = 84.9  # Web Mercator ends just beyond
SHAPES = frozenset({"", "points", "outlines", "joined", "hatched", "edges"})
HATCH_DEG = 3.0  # between two strokes, of longitude
_TILE_CACHE = "public, max-age=31536000, immutable"  # the address carries the tiles' version
_FILE_CACHE = "public, max-age=600"
_STYLE_CACHE = "no-cache"


class Tiles:
    """A PMTiles archive (version 3) open for reading; any number of threads may read at once.

    Raises FileNotFoundError where there is no archive, ValueError where it is not one.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            # A slice of a read-only map is one copy without a shared file position.
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:8] != b"PMTiles\x03":
            raise ValueError(f"{path.name} is not a PMTiles archive of version 3")
        self._header = deserialize_header(self._bytes[:127])
        self.min_zoom = int(self._header["min_zoom"])
        self.max_zoom = int(self._header["max_zoom"])
        self.gzipped = self._header["tile_compression"] == Compression.GZIP
        self.version = hashlib.sha256(self._bytes).hexdigest()[:12]
        self.layers = frozenset(layer["id"] for layer in self._metadata().get("vector_layers", []))
        self._directory = lru_cache(maxsize=64)(self._read_directory)

    def _metadata(self) -> dict[str, Any]:
        start, length = self._header["metadata_offset"], self._header["metadata_length"]
        raw = self._bytes[start : start + length]
        if self._header["internal_compression"] == Compression.GZIP:
            raw = gzip.decompress(raw)
        return dict(json.loads(raw))

    def _read_directory(self, offset: int, length: int) -> list[Any]:
        return list(deserialize_directory(self._bytes[offset : offset + length]))

    def holds(self, z: int, x: int, y: int) -> bool:
        """Whether a tile lies inside the pyramid."""
        return self.min_zoom <= z <= self.max_zoom and 0 <= x < 1 << z and 0 <= y < 1 << z

    def get(self, z: int, x: int, y: int) -> bytes | None:
        """A tile's bytes as stored; None where it is empty."""
        tile_id = zxy_to_tileid(z, x, y)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _depth in range(4):  # the format allows three levels of leaf directories
            entry = find_tile(self._directory(offset, length), tile_id)
            if not entry:
                return None
            if entry.run_length:
                start = self._header["tile_data_offset"] + entry.offset
                return self._bytes[start : start + entry.length]
            offset = self._header["leaf_directory_offset"] + entry.offset
            length = entry.length
        return None


def find_reference(reference: Path, file_name: str) -> Path | None:
    """A file of the reference folder or of its `basemap` folder; None where there is none."""
    for folder in (reference / "basemap", reference):
        if (folder / file_name).is_file():
            return folder / file_name
    return None


def select_features(raw: bytes, kind: str, codes: frozenset[str], shown_as: str) -> bytes:
    """GeoJSON cut down to a kind or to some codes, and reshaped as one of `SHAPES`."""
    features = [
        feature
        for feature in json.loads(raw)["features"]
        if kind in ("", feature["properties"].get("kind"))
        and (not codes or feature["properties"].get("code") in codes)
    ]
    reshape = {
        "points": _find_label_point,
        "outlines": _find_outline,
        "joined": _join_at_180,
        "hatched": _hatch,
        "edges": _find_outline,
    }.get(shown_as)
    if reshape:
        features = [f | {"geometry": mapping(reshape(shape(f["geometry"])))} for f in features]
    if shown_as == "edges" and features:
        lines = shapely.union_all([shape(f["geometry"]) for f in features])
        whole = shapely.line_merge(lines)
        features = [{"type": "Feature", "properties": {}, "geometry": mapping(whole)}]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, separators=(",", ":")
    ).encode()


def _find_label_point(geometry: BaseGeometry) -> BaseGeometry:
    """A point inside the largest part."""
    parts = shapely.get_parts(geometry)
    largest = parts[int(shapely.area(parts).argmax())]
    return shapely.set_precision(largest.representative_point(), 0.001)


def _find_outline(geometry: BaseGeometry) -> BaseGeometry:
    """The rings without the edges that only close a part at 180° or near a pole."""
    lines = []
    for part in shapely.get_parts(_join_at_180(geometry)):
        west, _, east, _ = shapely.bounds(part)
        around = west <= -180 and east >= 180  # a band around the globe is cut open at 180°
        for ring in shapely.get_rings(part):
            xy = shapely.get_coordinates(ring)
            cuts = [np.abs(xy[:, 1]) >= POLE_DEG]
            if around:
                cuts += [xy[:, 0] <= -180, xy[:, 0] >= 180]
            drawn = ~np.any([cut[:-1] & cut[1:] for cut in cuts], axis=0)
            lines += [
                xy[run[0] : run[-1] + 2]
                for run in np.split(np.arange(len(drawn)), np.flatnonzero(np.diff(drawn)) + 1)
                if drawn[run[0]]
            ]
    return MultiLineString(lines)


def _join_at_180(geometry: BaseGeometry) -> BaseGeometry:
    """Parts on both sides of 180° as one, from 180° on beyond it: two fills would show a seam."""
    parts = shapely.get_parts(geometry)
    bounds = shapely.bounds(parts)
    reaches_east, starts_west = bounds[:, 2] >= 180, bounds[:, 0] <= -180
    # A band around the globe has one part with both edges, and no way to be joined.
    if not (reaches_east & ~starts_west).any() or not (starts_west & ~reaches_east).any():
        return geometry
    moved = [
        shapely.transform(part, lambda xy: xy + np.array([360, 0])) if west else part
        for part, west in zip(parts, starts_west, strict=True)
    ]
    return shapely.union_all(moved)


def _hatch(geometry: BaseGeometry) -> BaseGeometry:
    """Strokes across an area, upwards to the right and straight as the map shows them."""
    area = shapely.make_valid(shapely.transform(_join_at_180(geometry), _to_mercator))
    west, south, east, north = shapely.bounds(area)
    height = north - south
    first = np.floor((west - north) / HATCH_DEG) * HATCH_DEG
    starts = np.arange(first, east - south + HATCH_DEG, HATCH_DEG)
    strokes = MultiLineString(
        [[(x + south, south), (x + south + height, north)] for x in starts.tolist()]
    )
    return shapely.set_precision(
        shapely.transform(shapely.intersection(area, strokes), _from_mercator), 0.001
    )


def _to_mercator(xy: np.ndarray) -> np.ndarray:
    lat = np.radians(np.clip(xy[:, 1], -POLE_DEG, POLE_DEG))
    return np.column_stack([xy[:, 0], np.degrees(np.arcsinh(np.tan(lat)))])


def _from_mercator(xy: np.ndarray) -> np.ndarray:
    return np.column_stack([xy[:, 0], np.degrees(np.arctan(np.sinh(np.radians(xy[:, 1]))))])


def register(app: fastapi.FastAPI, reference: Path) -> None:
    """Attach the routes; `reference` is the folder `data/reference`.

    Files are read on first use and kept, so they must not change while the server runs.
    """

    @lru_cache(maxsize=1)
    def open_tiles() -> Tiles | None:
        path = find_reference(reference, "world.pmtiles")
        return Tiles(path) if path else None

    @lru_cache(maxsize=len(GEOMETRY))
    def read_whole(name: str) -> bytes | None:
        path = find_reference(reference, f"{name}.geojson")
        return path.read_bytes() if path else None

    # The cache is bounded, so that made-up codes can't fill the memory.
    @lru_cache(maxsize=64)
    def read_part(
        name: str, kind: str, codes: frozenset[str], shown_as: str
    ) -> tuple[bytes, str] | None:
        raw = read_whole(name)
        if raw is None:
            return None
        if kind or codes or shown_as:
            raw = select_features(raw, kind, codes, shown_as)
        return gzip.compress(raw, 6, mtime=0), _tag(raw)

    @app.get("/basemap/style/{theme}.json", include_in_schema=False)
    def get_style(request: fastapi.Request, theme: str) -> Response:
        if theme not in THEMES:
            return _not_found("There is no such map style.")
        tiles = open_tiles()
        style = build_style(
            THEMES[theme],
            str(request.base_url),
            tiles.version if tiles else "none",
            tiles.layers if tiles else frozenset(),
        )
        body = json.dumps(style, separators=(",", ":")).encode()
        # The addresses in it follow the host it was asked under.
        return _answer(
            request,
            gzip.compress(body, 6, mtime=0),
            _tag(body),
            "application/json",
            _STYLE_CACHE,
            vary="Accept-Encoding, Host",
        )

    @app.get("/basemap/tiles/{z:int}/{x:int}/{y:int}.mvt", include_in_schema=False)
    def get_tile(request: fastapi.Request, z: int, x: int, y: int) -> Response:
        tiles = open_tiles()
        if tiles is None or not tiles.holds(z, x, y):
            return _not_found("There is no such tile.")
        body = tiles.get(z, x, y)
        if not body:
            return Response(status_code=204, headers={"Cache-Control": _TILE_CACHE})
        packed = body if tiles.gzipped else gzip.compress(body, 1, mtime=0)
        return _answer(
            request,
            packed,
            f'"{tiles.version}-{z}-{x}-{y}"',
            "application/vnd.mapbox-vector-tile",
            _TILE_CACHE,
        )

    @app.get("/basemap/{name}.geojson", include_in_schema=False)
    def get_geometry(request: fastapi.Request, name: str) -> Response:
        asked = request.query_params
        codes = frozenset(code for code in asked.get("code", "").split(",") if code)
        shown_as = asked.get("as", "")
        if name not in GEOMETRY or len(codes) > MAX_CODES or shown_as not in SHAPES:
            return _not_found("There is no such reference geometry.")
        found = read_part(name, asked.get("kind", ""), codes, shown_as)
        if found is None:
            return _not_found("There is no such reference geometry.")
        packed, tag = found
        return _answer(request, packed, tag, "application/geo+json", _FILE_CACHE)

    @app.get("/basemap/{rest:path}", include_in_schema=False)
    def refuse(rest: str) -> Response:  # noqa: ARG001 (the pattern needs the name)
        return _not_found("There is nothing at this address.")


def _answer(
    request: fastapi.Request,
    packed: bytes,
    tag: str,
    media_type: str,
    cache: str,
    vary: str = "Accept-Encoding",
) -> Response:
    """A gzip body, unpacked for a client that can't; 304 where it has this version (RFC 9110)."""
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": vary}
    known = request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            packed, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(gzip.decompress(packed), media_type=media_type, headers=headers)


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def _not_found(sentence: str) -> Response:
    return JSONResponse({"detail": sentence}, status_code=404)

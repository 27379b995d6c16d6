"""Encode shapes as a layer of a Mapbox Vector Tile (specification 2.1), without attributes."""

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

LINE, POLYGON = 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7


def encode_layer(name: str, shapes: Iterable[BaseGeometry], extent: int) -> bytes:
    """Return one layer (field 3 of a tile); empty bytes when nothing is left to draw.

    `shapes`: lines and polygons in tile units, y downwards, at whole numbers.
    """
    features = b""
    parts = [part for shape in shapes for part in _parts_of(shape)]
    # A polygon each, since neighbours may touch once rounded and would not be valid together.
    groups = [(POLYGON, [part]) for part in parts if isinstance(part, Polygon)]
    groups.append((LINE, [part for part in parts if isinstance(part, LineString)]))
    for kind, members in groups:
        commands = _encode_commands(members)
        if commands:
            packed = b"".join(_varint(number) for number in commands)
            features += _field(2, _number(3, kind) + _field(4, packed))
    if not features:
        return b""
    return _field(3, _number(15, 2) + _field(1, name.encode()) + features + _number(5, extent))


def _parts_of(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.is_empty:
        return []
    if isinstance(shape, (Polygon, LineString)):
        return [shape]
    return [piece for part in getattr(shape, "geoms", ()) for piece in _parts_of(part)]


def _encode_commands(parts: Iterable[BaseGeometry]) -> list[int]:
    """Return command integers; the cursor runs on from part to part (section 4.3)."""
    commands: list[int] = []
    x = y = 0
    for part in parts:
        if isinstance(part, Polygon):
            # In a system with y downwards this is the clockwise exterior the standard asks for.
            turned = shapely.orient_polygons(part, exterior_cw=False)
            paths = [ring.coords for ring in (turned.exterior, *turned.interiors)]
        else:
            paths = [part.coords]
        closed = isinstance(part, Polygon)
        for path in paths:
            places = np.rint(np.asarray(path)[: -1 if closed else None]).astype(int)
            moved = np.any(np.diff(places, axis=0) != 0, axis=1)
            places = places[np.concatenate([[True], moved])]
            if len(places) < (3 if closed else 2):
                continue
            steps = np.diff(places, axis=0, prepend=[[x, y]])
            zigzag = ((steps << 1) ^ (steps >> 63)).ravel().tolist()
            x, y = int(places[-1, 0]), int(places[-1, 1])
            commands += [MOVE_TO | 1 << 3, *zigzag[:2]]
            commands += [LINE_TO | (len(places) - 1) << 3, *zigzag[2:]]
            if closed:
                commands.append(CLOSE_PATH | 1 << 3)
    return commands


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data

"""Write GeoJSON that is small, stable under version control and RFC 7946."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

Feature = tuple[dict[str, Any], BaseGeometry]


def write_features(path: Path, features: Iterable[Feature], decimals: int) -> None:
    """Write features one a line, with coordinates rounded to so many decimals."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {
                    "type": geometry.geom_type,
                    "coordinates": _round(mapping(_orient(geometry))["coordinates"], decimals),
                },
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geometry in features
    ]
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8")


def _orient(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.orient_polygons(geometry, exterior_cw=False)


def _round(value: Any, decimals: int) -> Any:
    if isinstance(value, (list, tuple)):
        return [_round(item, decimals) for item in value]
    return round(float(value), decimals) + 0.0  # no "-0.0"

"""GeoJSON (RFC 7946): one FeatureCollection, one Feature a line, longitude before latitude."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import orjson
import pyarrow as pa

from cop.exporting.columns import rows_of
from cop.exporting.format import Format, Header


def write_geojson(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as features; an incident without a position has a null geometry (section 3.2).

    Members of our own beside `features` (section 6.1): marking, question and time of writing.
    """
    own = {
        "name": header.title,
        "marking": header.marking,
        "question": header.question,
        "numberMatched": header.rows,
        "timeStamp": f"{header.generated_at:%Y-%m-%dT%H:%M:%SZ}",
        "attribution": header.attributions,
    }
    out.write(b'{"type":"FeatureCollection",' + orjson.dumps(own)[1:-1] + b',"features":[')
    before = b"\n"
    for batch in batches:
        out.write(before + b",\n".join(orjson.dumps(_feature(row)) for row in rows_of(batch)))
        before = b",\n"
    out.write(b"\n]}\n")


def _feature(row: dict[str, object]) -> dict[str, object]:
    lon, lat = row.pop("lon"), row.pop("lat")
    place = None if lon is None else {"type": "Point", "coordinates": (lon, lat)}
    return {"type": "Feature", "id": row["incident_id"], "geometry": place, "properties": row}


FORMAT = Format(
    "geojson",
    "GeoJSON",
    ".geojson",
    "application/geo+json",
    write_geojson,
    not_carried=("types: times are ISO 8601 text",),
)

"""Parquet, and GeoParquet 1.1: points as WKB with a bounding-box column beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from cop.exporting.columns import SCHEMA
from cop.exporting.format import Format, Header
from cop.exporting.geometry import points_of

CORNERS = ("xmin", "ymin", "xmax", "ymax")
_BOX = pa.struct([pa.field(corner, pa.float64(), nullable=False) for corner in CORNERS])


def write_parquet(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as Parquet, the marking and the question in the file's metadata."""
    _write(batches, SCHEMA, lambda batch: batch, _metadata(header), out)


def write_geoparquet(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as GeoParquet 1.1 (OGC 24-013 draft): `geometry` and its `bbox` covering."""
    schema = SCHEMA.append(pa.field("geometry", pa.binary())).append(pa.field("bbox", _BOX))
    _write(batches, schema, _place, _metadata(header) | {"geo": json.dumps(_geo(header))}, out)


def _write(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    shape: Callable[[pa.RecordBatch], pa.RecordBatch],
    metadata: dict[str, str],
    out: BinaryIO,
) -> None:
    schema = schema.with_metadata(metadata)
    # The writer holds a row group's pages until it is whole: a batch is one group.
    with parquet.ParquetWriter(pa.PythonFile(out, "w"), schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(shape(batch).replace_schema_metadata(metadata))


def _place(batch: pa.RecordBatch) -> pa.RecordBatch:
    lon, lat = batch.column("lon"), batch.column("lat")
    box = pa.StructArray.from_arrays(
        [_filled(lon), _filled(lat), _filled(lon), _filled(lat)],
        fields=list(_BOX),
        mask=lon.is_null(),
    )
    return batch.append_column("geometry", points_of(batch)).append_column(
        pa.field("bbox", _BOX), box
    )


def _filled(values: pa.Array) -> pa.Array:
    return values.fill_null(0.0)


def _metadata(header: Header) -> dict[str, str]:
    return {
        "title": header.title,
        "marking": header.marking,
        "question": header.question,
        "link": header.link,
        "generated_at": f"{header.generated_at:%Y-%m-%dT%H:%M:%SZ}",
        "attribution": "; ".join(header.attributions),
    }


def _geo(header: Header) -> dict[str, Any]:
    """The `geo` metadata; without `crs` coordinates are OGC:CRS84, longitude first."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "covering": {"bbox": {corner: ["bbox", corner] for corner in CORNERS}},
    }
    if header.bounds is not None:
        column["bbox"] = list(header.bounds)
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


_TYPE = "application/vnd.apache.parquet"
PLAIN = Format("parquet", "Parquet", ".parquet", _TYPE, write_parquet, is_compressed=True)
FORMAT = Format(
    "geoparquet", "GeoParquet 1.1", ".geo.parquet", _TYPE, write_geoparquet, is_compressed=True
)

"""KML 2.3 (OGC 12-007r2) and KMZ: one Placemark an incident, its columns as extended data."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast
from xml.sax.saxutils import escape

import pyarrow as pa

from cop.exporting.columns import COLUMNS, rows_of
from cop.exporting.format import Format, Header

_TYPES = {"text": "string", "time": "string", "whole": "int", "number": "double"}
# Characters that XML 1.0 has no way to write.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write_kml(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as placemarks; one without a position has no Point, and no place on a map."""
    said = f"{header.marking}. {header.question}. {'; '.join(header.attributions)}"
    fields = "".join(
        f'<SimpleField name="{column.name}" type="{_TYPES[column.kind]}"/>' for column in COLUMNS
    )
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_text(f'{header.marking} {header.title}')}</name>"
        f"<description>{_text(said)}</description>"
        f'<Schema name="incident" id="incident">{fields}</Schema>\n'.encode()
    )
    for batch in batches:
        out.write("\n".join(_placemark(row) for row in rows_of(batch)).encode() + b"\n")
    out.write(b"</Document></kml>\n")


def write_kmz(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write the same as a zip that holds `doc.kml`."""
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("doc.kml", "w", force_zip64=True) as document,
    ):
        write_kml(batches, header, cast("BinaryIO", document))


def _placemark(row: dict[str, object]) -> str:
    data = "".join(
        f'<SimpleData name="{name}">{_text(str(value))}</SimpleData>'
        for name, value in row.items()
        if value is not None
    )
    point = (
        ""
        if row["lon"] is None
        else f"<Point><coordinates>{row['lon']},{row['lat']}</coordinates></Point>"
    )
    return (
        # An id would have to be an XML name, which ours need not be: it stands in the data.
        f"<Placemark><name>{_text(str(row['title'] or row['incident_id']))}</name>"
        f"<description>{_text(str(row['summary'] or ''))}</description>"
        f"<TimeSpan><begin>{row['occurred_at']}</begin><end>{row['last_at']}</end></TimeSpan>"
        f'<ExtendedData><SchemaData schemaUrl="#incident">{data}</SchemaData></ExtendedData>'
        f"{point}</Placemark>"
    )


def _text(written: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", written))


_NOT_CARRIED = (
    "an incident without a position has a placemark without a point",
    "control characters, which XML cannot write",
)
FORMAT = Format(
    "kml",
    "KML",
    ".kml",
    "application/vnd.google-earth.kml+xml",
    write_kml,
    not_carried=_NOT_CARRIED,
)
ZIPPED = Format(
    "kmz",
    "KMZ",
    ".kmz",
    "application/vnd.google-earth.kmz",
    write_kmz,
    is_compressed=True,
    not_carried=_NOT_CARRIED,
)

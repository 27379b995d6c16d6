"""GeoPackage, FlatGeobuf and Shapefile, written by GDAL from Arrow batches as they come."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import pyarrow as pa

from cop.exporting.columns import NO_ROWS, SCHEMA, spell_times
from cop.exporting.format import Format, Header
from cop.exporting.geometry import points_of

LAYER = "incidents"
# A Shapefile's names have ten characters at most.
SHORT = {
    "incident_id": "incidentid", "verification": "verified", "reliability": "reliabilit",
    "credibility": "credibilit", "occurred_at": "occurred", "time_precision": "time_prec",
    "position_precision": "pos_prec", "uncertainty_nm": "uncert_nm",
    "position_written": "pos_writte", "port_distance_nm": "port_nm",
    "coast_distance_nm": "coast_nm", "vessel_name": "ves_name", "vessel_type": "ves_type",
    "vessel_flag": "ves_flag", "vessel_imo": "ves_imo", "vessel_mmsi": "ves_mmsi",
    "vessel_call_sign": "ves_call", "vessel_status": "ves_status", "source_name": "src_name",
    "source_url": "src_url", "recorded_at": "recorded",
}  # fmt: skip
MOST_SHAPES = 500_000


def write_geopackage(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as one layer of a GeoPackage (OGC 12-128r19), marking and question beside it."""
    with TemporaryDirectory(prefix="cop-export-") as folder:
        file = Path(folder) / "incidents.gpkg"
        options = {"IDENTIFIER": header.title, "DESCRIPTION": _describe(header)}
        told = {"marking": header.marking, "question": header.question, "link": header.link}
        _write(batches, SCHEMA, _as_it_is, file, "GPKG", layer_options=options, metadata=told)
        _copy(file, out)


def write_flatgeobuf(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as FlatGeobuf.

    It has an index of places only where every incident has one: the index leaves out the others.
    """
    with TemporaryDirectory(prefix="cop-export-") as folder:
        file = Path(folder) / "incidents.fgb"
        options = {
            "TITLE": header.title,
            "DESCRIPTION": _describe(header),
            "SPATIAL_INDEX": "NO" if header.unlocated or not header.rows else "YES",
            "TEMPORARY_DIR": folder,
        }
        _write(batches, SCHEMA, _as_it_is, file, "FlatGeobuf", layer_options=options)
        _copy(file, out)


def write_shapefile(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as a Shapefile, its parts in one zip with a note of marking and names."""
    with TemporaryDirectory(prefix="cop-export-") as folder:
        file = Path(folder) / "incidents.shp"
        schema = _shorten(NO_ROWS).schema
        options = {"ENCODING": "UTF-8"}
        _write(batches, schema, _shorten, file, "ESRI Shapefile", layer_options=options)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part in sorted(Path(folder).glob("incidents.*")):
                archive.write(part, part.name)
            note = {"marking": header.marking, "question": header.question, "names": SHORT}
            archive.writestr("incidents.about.json", json.dumps(note, indent=1))


def _write(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    shape: Callable[[pa.RecordBatch], pa.RecordBatch],
    file: Path,
    driver: str,
    **options: Any,
) -> None:
    # GDAL takes a third of a second to load, and few commands write these formats.
    import pyogrio

    failed: list[BaseException] = []

    def placed() -> Iterator[pa.RecordBatch]:
        # What is raised inside a stream of C comes out of GDAL as its own words only.
        try:
            for batch in batches:
                yield shape(batch).append_column("geometry", points_of(batch))
        except BaseException as error:
            failed.append(error)
            raise

    whole = schema.append(pa.field("geometry", pa.binary()))
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(whole, placed()),
            file,
            layer=LAYER,
            driver=driver,
            geometry_name="geometry",
            geometry_type="Point",
            crs="EPSG:4326",
            **options,
        )
    except Exception as error:
        if failed:
            raise failed[0] from error
        raise


def _as_it_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def _shorten(batch: pa.RecordBatch) -> pa.RecordBatch:
    spelled = spell_times(batch)
    names = [SHORT.get(name, name) for name in spelled.schema.names]
    return spelled.rename_columns(names)


def _describe(header: Header) -> str:
    said = f"{header.marking}. {header.question}. {header.rows} incidents. {header.link}"
    return f"{said} {'; '.join(header.attributions)}"


def _copy(file: Path, out: BinaryIO) -> None:
    with file.open("rb") as written:
        shutil.copyfileobj(written, out, 1 << 20)


GEOPACKAGE = Format(
    "gpkg",
    "GeoPackage",
    ".gpkg",
    "application/geopackage+sqlite3",
    write_geopackage,
)
FLATGEOBUF = Format(
    "fgb",
    "FlatGeobuf",
    ".fgb",
    "application/flatgeobuf",
    write_flatgeobuf,
    not_carried=("the index of places, where some incidents have no position",),
)
SHAPEFILE = Format(
    "shp",
    "Shapefile, zipped",
    ".shp.zip",
    "application/zip",
    write_shapefile,
    is_compressed=True,
    most_rows=MOST_SHAPES,
    not_carried=(
        "names longer than ten characters: incidents.about.json in the zip says which is which",
        "text beyond 254 bytes is cut",
        "times: they are ISO 8601 text",
    ),
)

"""The formats an export can have, one file a family, in the order in which screens list them."""

from cop.exporting import csv, geojson, kml, parquet, vector, workbook
from cop.exporting.format import Format

FORMATS: dict[str, Format] = {
    made.id: made
    for made in (
        csv.FORMAT,
        workbook.FORMAT,
        geojson.FORMAT,
        vector.GEOPACKAGE,
        parquet.FORMAT,
        parquet.PLAIN,
        vector.FLATGEOBUF,
        kml.FORMAT,
        kml.ZIPPED,
        vector.SHAPEFILE,
    )
}

__all__ = ["FORMATS", "Format"]

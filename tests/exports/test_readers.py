"""Readers we did not write agree on count, place, time and text of every format."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from export_samples import Write, ask
from pyarrow import parquet

from cop.exporting import FORMATS
from cop.store import Store


@dataclass
class Read:
    """What a reader found: by incident, its position or None, its time, its title."""

    places: dict[str, tuple[float, float] | None]
    times: dict[str, datetime]
    ends: dict[str, datetime]
    titles: dict[str, str]


def _read(form: str, file: Path) -> Read:
    if form in ("csv", "xlsx", "parquet"):
        reader = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": pd.read_parquet}[form]
        frame = reader(file)
        return _told(frame, [None if pd.isna(x) else (x, y) for x, y in _pairs(frame)])
    if form == "geoparquet":
        frame = geopandas.read_parquet(file)
    else:
        path = f"/vsizip/{file}" if form == "shp" else file
        frame = pyogrio.read_dataframe(path, encoding="utf-8" if form == "shp" else None)
    if form == "shp":
        frame = frame.rename(columns={"incidentid": "incident_id", "occurred": "occurred_at"})
    assert frame.crs.to_epsg() == 4326 or frame.crs.to_string() == "OGC:CRS84"
    return _told(frame, [_coordinates(shape) for shape in frame.geometry])


def _pairs(frame: pd.DataFrame) -> Any:
    return zip(frame["lon"], frame["lat"], strict=True)


def _coordinates(shape: Any) -> tuple[float, float] | None:
    return None if shape is None or shape.is_empty else (shape.x, shape.y)


def _told(frame: pd.DataFrame, places: list[tuple[float, float] | None]) -> Read:
    ids = frame["incident_id"].tolist()
    assert len(set(ids)) == len(ids)
    return Read(
        dict(zip(ids, places, strict=True)),
        _moments(ids, frame["occurred_at"]),
        _moments(ids, frame["last_at"]),
        dict(zip(ids, frame["title"].tolist(), strict=True)),
    )


def _moments(ids: list[str], written: pd.Series) -> dict[str, datetime]:
    read = pd.to_datetime(written, utc=True, format="ISO8601").dt.tz_localize(None)
    return dict(zip(ids, (moment.to_pydatetime() for moment in read), strict=True))


@pytest.fixture(scope="module")
def truth(hostile: Store) -> Read:
    rows = hostile.read("rows", ask()).to_dict("records")
    return Read(
        {r["incident_id"]: None if pd.isna(r["lon"]) else (r["lon"], r["lat"]) for r in rows},
        {r["incident_id"]: r["occurred_at"].to_pydatetime() for r in rows},
        {r["incident_id"]: r["last_at"].floor("ms").to_pydatetime() for r in rows},
        {r["incident_id"]: r["title"] for r in rows},
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_foreign_reader_finds_what_was_written(
    form: str, write: Write, truth: Read, tmp_path: Path
) -> None:
    file = tmp_path / f"incidents{FORMATS[form].suffix}"
    manifest = write(file, form)
    read = _read(form, file)
    assert manifest["rows"] == len(read.places) == 14
    assert read.places == truth.places
    assert read.times == truth.times
    assert read.ends == truth.ends
    for name, title in truth.titles.items():
        if form in ("csv", "xlsx"):
            assert read.titles[name].removeprefix("'") == title
        else:
            assert read.titles[name] == title


@pytest.mark.parametrize("form", FORMATS)
def test_no_rows_are_a_file_too(form: str, write: Write, tmp_path: Path) -> None:
    file = tmp_path / f"none{FORMATS[form].suffix}"
    manifest = write(file, form, ask("id=asam-none"))
    assert (manifest["rows"], manifest["marking"]) == (0, "TLP:CLEAR")
    assert manifest["bytes"] == file.stat().st_size > 0
    if form not in ("kml", "kmz"):  # a KML without a feature is no layer for GDAL
        assert _count(form, file) == 0


def _count(form: str, file: Path) -> int:
    if form in ("csv", "xlsx", "parquet", "geoparquet"):
        reader = {"csv": pd.read_csv, "xlsx": pd.read_excel}.get(form, pd.read_parquet)
        return len(reader(file))
    path = f"/vsizip/{file}" if form == "shp" else file
    return len(pyogrio.read_dataframe(path))


def test_geojson_is_what_the_standard_says(write: Write, tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", "geojson")
    found = json.loads((tmp_path / "a.geojson").read_bytes())
    assert found["type"] == "FeatureCollection"
    assert (found["marking"], found["numberMatched"]) == ("TLP:RED", 14)
    assert "crs" not in found, "RFC 7946 took it out"
    by_id = {feature["id"]: feature for feature in found["features"]}
    assert by_id["asam-nowhere"]["geometry"] is None
    assert by_id["asam-00"]["geometry"] == {"type": "Point", "coordinates": [-180.0, -25.5]}
    properties = by_id["asam-01"]["properties"]
    assert properties["occurred_at"] == "2026-05-02T06:30:00Z"
    assert set(properties["areas"].split()) == {"cabo-delgado", "hormuz"}
    assert by_id["asam-00"]["properties"]["title"] == "=cmd|' /C calc'!A0", "raw in JSON"
    assert {f["properties"]["tlp"] for f in found["features"]} == {"clear", "green", "red"}


def test_geoparquet_is_what_the_standard_says(write: Write, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    write(file, "geoparquet")
    schema = parquet.read_schema(file)
    geo = json.loads(schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"]) == ("1.1.0", "WKB")
    assert column["geometry_types"] == ["Point"]
    assert column["bbox"] == [-180.0, -90.0, 180.0, 90.0]
    assert column["covering"]["bbox"]["xmax"] == ["bbox", "xmax"]
    assert schema.metadata[b"marking"] == b"TLP:RED"
    near = geopandas.read_parquet(file, bbox=(2, 3, 4, 5))
    assert near["incident_id"].tolist() == ["imb-red"]
    table = parquet.read_table(file)
    for place, box in zip(table["geometry"].to_pylist(), table["bbox"].to_pylist(), strict=True):
        assert (box is None) == (place is None)
        assert box is None or shapely.from_wkb(place).bounds == tuple(box.values())


def test_a_workbook_has_numbers_as_numbers_and_no_formula(write: Write, tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["Incidents"]
    names = [cell.value for cell in sheet[1]]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    longitudes = [row[names.index("lon")].value for row in sheet.iter_rows(min_row=2)]
    assert -180 in longitudes
    assert all(isinstance(lon, int | float) for lon in longitudes if lon is not None)
    assert book["About"]["B1"].value == "TLP:RED"
    assert sheet.oddHeader.right.text == "TLP:RED"


def test_a_shapefile_says_its_long_names(write: Write, tmp_path: Path) -> None:
    write(tmp_path / "a.shp.zip", "shp")
    with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
        about = json.loads(archive.read("incidents.about.json"))
        assert {"incidents.shp", "incidents.dbf", "incidents.prj"} <= set(archive.namelist())
    fields = set(pyogrio.read_info(f"/vsizip/{tmp_path / 'a.shp.zip'}")["fields"])
    assert set(about["names"].values()) < fields
    assert all(len(name) <= 10 for name in fields)

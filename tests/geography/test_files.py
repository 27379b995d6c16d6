"""The reference files are what the map and the readers expect."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader
from pyproj import Geod

from cop.geography import Geography

GEOD = Geod(ellps="WGS84")
DRAWN = (
    "regions",
    "vessel_areas",
    "navareas",
    "sea_lanes",
    "sea_names",
    "graticule",
)


def read_features(reference: Path, name: str) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads((reference / f"{name}.geojson").read_bytes())[
        "features"
    ]
    return features


@pytest.mark.parametrize("name", DRAWN)
def test_geojson_stays_on_the_globe_and_crosses_no_antimeridian(reference: Path, name: str) -> None:
    for feature in read_features(reference, name):
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        west, south, east, north = shape.bounds
        assert west >= -180
        assert east <= 180
        assert south >= -90
        assert north <= 90
        assert shape.is_valid
        if "Polygon" in shape.geom_type:
            for part in shapely.get_parts(shape):
                assert part.exterior.is_ccw
        if name == "sea_lanes":
            for part in shapely.get_parts(shape):
                assert np.abs(np.diff(shapely.get_coordinates(part)[:, 0])).max() < 90


def test_regions_cover_the_globe_once(reference: Path) -> None:
    shapes = [
        shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in read_features(reference, "regions")
    ]
    assert len(shapes) == 30
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).equals(shapely.box(-180, -90, 180, 90))


def test_navareas_cover_the_globe_once(reference: Path) -> None:
    features = read_features(reference, "navareas")
    assert [feature["properties"]["number"] for feature in features] == list(range(1, 22))
    assert features[12]["properties"] == {
        "number": 13,
        "roman": "XIII",
        "name": "NAVAREA XIII",
        "coordinator": "Russian Federation",
    }
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    assert shapely.area(shapes).sum() == pytest.approx(360 * 180)
    assert shapely.union_all(shapes).area == pytest.approx(360 * 180)


def test_ports_are_sane(reference: Path, geography: Geography) -> None:
    with (reference / "ports.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["locode", "name", "country", "longitude", "latitude"]
    codes = [row["locode"] for row in rows]
    assert len(rows) > 3_500
    assert codes == sorted(set(codes))
    assert all(len(code) == 5 and code.isalnum() and code.isupper() for code in codes)
    assert all(row["name"] and "_" not in row["country"] for row in rows)
    assert not [row["name"] for row in rows if row["name"].isupper()]
    assert len(geography.ports) == len(rows)


@pytest.mark.parametrize(
    ("locode", "name", "lon", "lat"),
    [
        ("NLRTM", "Rotterdam", 4.4, 51.9),
        ("SGSIN", "Singapore", 103.8, 1.25),
        ("NAWVB", "Walvis Bay", 14.5, -22.95),
        ("UAODS", "Odesa", 30.75, 46.5),
        ("USHNL", "Honolulu", -157.87, 21.3),
    ],
)
def test_a_known_port_is_where_it_should_be(
    geography: Geography, locode: str, name: str, lon: float, lat: float
) -> None:
    port = geography.ports.set_index("locode").loc[locode]
    assert port["name"] == name
    metres = GEOD.inv(lon, lat, port["longitude"], port["latitude"])[2]
    assert metres < 20 * 1852


def test_ports_of_the_world_port_index_are_within_fifty_miles(geography: Geography) -> None:
    path = Path(__file__).resolve().parents[3] / "shared/data/ports/wpi_pub150_2024.csv"
    if not path.exists():
        pytest.skip("the World Port Index is not beside the project")
    index: dict[str, tuple[float, float]] = {}
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            code = row["UN/LOCODE"].replace(" ", "")
            index.setdefault(code, (float(row["Longitude"]), float(row["Latitude"])))
    # Where the index itself is wrong: see data/reference/build/ports.py.
    wrong_there = {"UAILK", "JPWKJ", "CNCWN", "IDKKA", "GBTOB", "MXPMS"}
    shared = geography.ports[geography.ports["locode"].isin(set(index) - wrong_there)]
    assert len(shared) > 2_000
    lon, lat = np.array([index[code] for code in shared["locode"]]).T
    metres = GEOD.inv(lon, lat, shared["longitude"], shared["latitude"])[2]
    assert shared["locode"][metres > 50 * 1852].tolist() == []


def test_sea_names_float_on_water(reference: Path, geography: Geography) -> None:
    features = read_features(reference, "sea_names")
    ranks = Counter(feature["properties"]["rank"] for feature in features)
    assert len(features) >= 150
    assert set(ranks) == {1, 2, 3, 4}
    lon, lat = np.array([feature["geometry"]["coordinates"] for feature in features]).T
    rows = geography.locate(lon, lat)
    ashore = [
        feature["properties"]["name"]
        for feature, land in zip(features, rows["on_land"], strict=True)
        if land
    ]
    assert ashore == []
    assert rows["coast_distance_nm"].min() > 2.5


def test_graticule_says_its_step(reference: Path) -> None:
    features = read_features(reference, "graticule")
    assert {feature["properties"]["step"] for feature in features} == {10, 30}
    labels = {feature["properties"]["label"] for feature in features}
    assert {"000°", "030°E", "120°W", "20°S", "00°"} <= labels


def test_sea_lanes_name_their_passages(reference: Path) -> None:
    assert (reference / "sea_lanes.geojson").stat().st_size < 700_000
    passages = {
        feature["properties"]["passage"] for feature in read_features(reference, "sea_lanes")
    }
    assert {None, "suez", "hormuz", "bab-el-mandeb", "malacca", "panama"} <= passages


@pytest.mark.parametrize("tile", [(0, 0, 0), (2, 1, 1), (2, 2, 2), (7, 67, 42), (7, 100, 63)])
def test_tiles_hold_land(reference: Path, tile: tuple[int, int, int]) -> None:
    with (reference / "basemap/world.pmtiles").open("rb") as file:
        data = Reader(MmapSource(file)).get(*tile)
    assert data is not None
    content = gzip.decompress(data)
    assert b"land" in content
    assert len(content) > 30  # a tile that is all land is one square


def test_the_archive_says_what_it_holds(reference: Path) -> None:
    path = reference / "basemap/world.pmtiles"
    assert path.stat().st_size < 6_000_000
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == (0, 7)
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["land", "coast", "borders"]
    assert metadata["attribution"] == "Natural Earth"

"""The basemap routes against the reference data that ships."""

import gzip
import json
import re
from pathlib import Path
from threading import Thread

import fastapi
import numpy as np
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from cop.figures.style import BELOW_LAND, BELOW_MARKS, BELOW_NAMES
from cop.web.basemap import GEOMETRY, Tiles, find_reference, register, select_features

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
ASSETS = REFERENCE.parents[1] / "assets"


@pytest.fixture(scope="module")
def client():
    app = fastapi.FastAPI()
    register(app, REFERENCE)

    @app.get("/{rest:path}")
    def shell(rest: str):
        return fastapi.Response("page shell")

    return TestClient(app, base_url="https://cop.example:8443")


@pytest.mark.parametrize("theme", ["day", "dusk", "night"])
def test_a_style_names_nothing_but_its_own_server(client, theme):
    answer = client.get(f"/basemap/style/{theme}.json")
    assert answer.status_code == 200
    style = answer.json()
    assert style["version"] == 8
    assert "glyphs" not in style
    addresses = re.findall(r'"(https?:[^"]+|//[^"]+)"', answer.text)
    assert len(addresses) > 10
    assert all(address.startswith("https://cop.example:8443/") for address in addresses)


def test_what_a_style_asks_for_is_there(client):
    style = client.get("/basemap/style/day.json").json()
    for sprite in style["sprite"]:
        path = sprite["url"].removeprefix("https://cop.example:8443/assets/")
        for suffix in (".json", ".png", "@2x.json", "@2x.png"):
            assert (ASSETS / (path + suffix)).is_file()
    for faces in style["font-faces"].values():
        for face in faces:
            path = face["url"].removeprefix("https://cop.example:8443/assets/")
            assert (ASSETS / path).read_bytes()[:4] == b"wOF2"
            assert all(re.fullmatch("U\\+[0-9A-F-]+", span) for span in face["unicode-range"])
    for source in style["sources"].values():
        if source["type"] == "geojson":
            assert client.get(source["data"]).status_code == 200
    (tiles,) = style["sources"]["world"]["tiles"]
    assert client.get(tiles.format(z=0, x=0, y=0)).status_code == 200


def test_layers_use_known_sources_and_fonts_and_hold_the_named_places(client):
    style = client.get("/basemap/style/dusk.json").json()
    ids = [layer["id"] for layer in style["layers"]]
    assert len(set(ids)) == len(ids)
    assert ids[0] == "sea"
    assert [i for i in ids if i in {BELOW_LAND, BELOW_NAMES, BELOW_MARKS}] == [
        BELOW_LAND,
        BELOW_NAMES,
        BELOW_MARKS,
    ]
    for layer in style["layers"]:
        assert layer["type"] == "background" or layer["source"] in style["sources"]
        for font in layer.get("layout", {}).get("text-font", []):
            assert font in style["font-faces"]


def test_a_style_is_refused_by_any_other_name(client):
    for name in ("noon", "..%2f..%2fday", "DAY"):
        assert client.get(f"/basemap/style/{name}.json").status_code == 404


def test_a_tile_is_a_gzip_vector_tile_kept_for_a_year(client):
    answer = client.get("/basemap/tiles/0/0/0.mvt?v=abc")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["cache-control"]
    assert b"land" in answer.content
    again = client.get(
        "/basemap/tiles/0/0/0.mvt", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


def test_a_client_without_gzip_gets_plain_bytes(client):
    plain = client.get("/basemap/tiles/0/0/0.mvt", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert b"land" in plain.content


def test_an_empty_tile_is_204(client):
    """Tile 7/0/64 is open water of the Pacific beside the equator."""
    assert client.get("/basemap/tiles/7/0/64.mvt").status_code == 204


@pytest.mark.parametrize(
    "place",
    ["8/0/0", "0/1/0", "0/0/1", "-1/0/0", "0/-1/0", "a/b/c", "0/0/0.5", "99999999999999999999/0/0"],
)
def test_a_tile_outside_the_pyramid_is_404(client, place):
    assert client.get(f"/basemap/tiles/{place}.mvt").status_code == 404


def test_many_threads_read_the_same_bytes():
    path = find_reference(REFERENCE, "world.pmtiles")
    assert path is not None
    tiles = Tiles(path)
    wanted = [(3, x, y) for x in range(8) for y in range(8)]
    expected = [tiles.get(*place) for place in wanted]
    found: list[list[bytes | None]] = []
    threads = [
        Thread(target=lambda: found.append([tiles.get(*place) for place in wanted]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


@pytest.mark.parametrize("name", sorted(GEOMETRY))
def test_reference_geometry_is_served_once_and_then_revalidated(client, name):
    answer = client.get(f"/basemap/{name}.geojson")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["features"]
    tag = {"If-None-Match": f'W/{answer.headers["etag"]}, "other"'}
    assert client.get(f"/basemap/{name}.geojson", headers=tag).status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/basemap/..%2f..%2fapp.py.geojson",
        "/basemap/../../app.py.geojson",
        "/basemap/%2e%2e%2fports.csv.geojson",
        "/basemap/land.geojson",
        "/basemap/regions.geojson%00.geojson",
        "/basemap/regions.json",
        "/basemap/",
        "/basemap/style",
        "/basemap/world.pmtiles",
        "/basemap/regions.geojson?as=anything",
        "/basemap/regions.geojson?code=" + ",".join(f"a{n}" for n in range(200)),
    ],
)
def test_nothing_else_is_served(client, address):
    answer = client.get(address)
    assert answer.status_code in {404} or answer.text == "page shell"
    assert "import" not in answer.text
    if address.startswith("/basemap/..%2f"):
        assert answer.status_code == 404


def test_a_kind_and_codes_cut_the_geometry_down(client):
    found = client.get("/basemap/vessel_areas.geojson?kind=corridor&light=day").json()["features"]
    assert {f["properties"]["kind"] for f in found} == {"corridor"}
    found = client.get("/basemap/regions.geojson?code=baltic,caribbean").json()["features"]
    assert {f["properties"]["code"] for f in found} == {"baltic", "caribbean"}


def test_label_points_lie_inside(client):
    whole = client.get("/basemap/vessel_areas.geojson").json()["features"]
    points = client.get("/basemap/vessel_areas.geojson?as=points").json()["features"]
    for area, point in zip(whole, points, strict=True):
        assert shape(area["geometry"]).buffer(0.01).contains(shape(point["geometry"]))


def square(west: float, south: float, east: float, north: float) -> list:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def collect(*polygons: list, kind: str = "MultiPolygon") -> bytes:
    geometry = {
        "type": kind,
        "coordinates": list(polygons) if kind == "MultiPolygon" else polygons[0],
    }
    feature = {"type": "Feature", "properties": {"code": "x"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def reshape(raw: bytes, shown_as: str):
    (feature,) = json.loads(select_features(raw, "", frozenset(), shown_as))["features"]
    return shape(feature["geometry"])


def test_an_area_across_180_is_drawn_without_a_seam():
    raw = collect(square(170, -10, 180, 10), square(-180, -10, -170, 10))
    joined = reshape(raw, "joined")
    assert joined.geom_type == "Polygon"
    assert joined.bounds == (170, -10, 190, 10)
    outline = reshape(raw, "outlines")
    assert outline.length == pytest.approx(2 * 20 + 2 * 20)


def test_a_band_around_the_globe_has_no_line_at_180():
    raw = collect(square(-180, -90, 180, -60), kind="Polygon")
    outline = reshape(raw, "outlines")
    assert outline.length == pytest.approx(360)
    assert outline.bounds == (-180, -60, 180, -60)


def test_a_limit_that_two_areas_share_is_drawn_once():
    features = [
        json.loads(collect(square(west, 0, west + 10, 10), kind="Polygon"))["features"][0]
        for west in (0, 10)
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert reshape(raw, "edges").length == pytest.approx(2 * 20 + 3 * 10)


def test_a_limit_that_lies_on_180_is_kept():
    outline = reshape(collect(square(170, -10, 180, 10), kind="Polygon"), "outlines")
    assert outline.length == pytest.approx(60)


def test_strokes_lie_in_the_area_and_are_straight_on_the_map():
    area = collect(square(0, 0, 60, 60), kind="Polygon")
    strokes = reshape(area, "hatched")
    assert len(strokes.geoms) > 20
    assert (
        shape({"type": "Polygon", "coordinates": square(0, 0, 60, 60)}).buffer(0.01).covers(strokes)
    )
    # 45 degrees where the map is not stretched, so that none leans less than its neighbours.
    for stroke in strokes.geoms:
        (west, south), (east, north) = stroke.coords[0], stroke.coords[-1]
        rise = np.diff(np.degrees(np.arcsinh(np.tan(np.radians([south, north])))))[0]
        assert rise == pytest.approx(east - west, abs=0.01)


def test_before_the_basemap_is_built_the_map_is_sea(tmp_path):
    app = fastapi.FastAPI()
    register(app, tmp_path)
    client = TestClient(app)
    style = client.get("/basemap/style/day.json").json()
    assert "land" not in {layer["id"] for layer in style["layers"]}
    assert client.get("/basemap/tiles/0/0/0.mvt").status_code == 404
    assert client.get("/basemap/regions.geojson").status_code == 404


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "world.pmtiles").write_bytes(gzip.compress(b"not tiles" * 50))
    with pytest.raises(ValueError, match="not a PMTiles archive"):
        Tiles(tmp_path / "world.pmtiles")

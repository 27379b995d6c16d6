import gzip
import json
from dataclasses import replace

import orjson
import pandas as pd
import pytest
from figure_samples import make_cells, make_picture, make_points, make_timeline

import layers
from cop.figures.map import ATTRIBUTION, GRAPH_CONFIG, build_map, read_click, read_view
from cop.layer import Context, Drawing
from cop.model.viewer import Viewer
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import compile_where

NO_PORTS = pd.DataFrame({"locode": [], "name": [], "country": [], "lon": [], "lat": []})


def make_context(picture, theme="day", zoom=3.0):
    return Context(
        where=compile_where(Filters(), Viewer("tester", "red")),
        picture=picture,
        viewport=Viewport(zoom=zoom),
        theme=theme,
        reference=lambda name: NO_PORTS,
    )


def build(picture, on=("incidents",), **more):
    return build_map(
        layers.ALL, make_context(picture, **more), on=on, center=(10.0, 20.0), zoom=3.0
    )


def test_an_empty_picture_is_still_a_map():
    figure = build(make_picture())
    assert [trace["uid"] for trace in figure["data"]] == ["blank"]
    assert figure["layout"]["map"]["style"] == "/basemap/style/day.json"
    assert figure["layout"]["map"]["center"] == {"lon": 10.0, "lat": 20.0}
    json.dumps(figure)


def test_a_refresh_never_moves_the_view():
    one, other = build(make_picture()), build(make_picture(points=make_points(5)))
    assert one["layout"]["uirevision"] == other["layout"]["uirevision"]


def test_only_layers_that_are_on_are_drawn_in_drawing_order():
    figure = build(make_picture(points=make_points(20)), on=("incidents", "density"))
    owners = [trace["uid"].rsplit("-", 1)[0] for trace in figure["data"]]
    assert owners == ["density", *["incidents"] * (len(owners) - 1)]
    assert len({trace["uid"] for trace in figure["data"]}) == len(owners)


def test_every_trace_and_layer_names_its_place_in_the_stack():
    everything = tuple(layer.id for layer in layers.ALL)
    figure = build(make_picture(cells=make_cells(30), by_region={"baltic": 3}), on=everything)
    assert all("below" in trace for trace in figure["data"])
    assert all(layer["below"] for layer in figure["layout"]["map"]["layers"])


def test_the_selected_incident_reaches_the_layer():
    points = make_points(20)
    figure = build_map(
        layers.ALL,
        make_context(make_picture(points=points)),
        on=("incidents",),
        center=(0.0, 0.0),
        zoom=3.0,
        selected=str(points.incident_id[0]),
    )
    assert any(trace.get("marker", {}).get("symbol") == "halo_focus" for trace in figure["data"])


def test_a_broken_layer_is_not_hidden():
    broken = replace(layers.ALL[-1], draw=lambda loaded, theme: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_map((broken,), make_context(make_picture()), on=("incidents",), center=(0, 0), zoom=1)


def test_attribution_names_what_is_shown():
    credit = replace(layers.ALL[-1], attribution="Someone", draw=lambda loaded, theme: Drawing())
    figure = build_map(
        (credit,), make_context(make_picture()), on=("incidents",), center=(0, 0), zoom=1
    )
    text = figure["layout"]["annotations"][0]["text"]
    assert text == f"{ATTRIBUTION} · Someone"
    assert "not for navigation" in text


def test_the_graph_never_offers_to_upload():
    assert GRAPH_CONFIG["showSendToCloud"] is False


@pytest.mark.parametrize(
    "picture",
    [
        make_picture(points=make_points(2_000), timeline=make_timeline(200)),
        make_picture(cells=make_cells(2_000)),
        make_picture(cells=make_cells(1_000)),
    ],
    ids=["2,000 points", "2,000 cells", "1,000 cells with rings"],
)
def test_the_fullest_map_stays_under_60_kb_gzip(picture):
    figure = build(picture, zoom=8.0)
    assert len(gzip.compress(orjson.dumps(figure), 6)) < 60_000


def test_a_move_is_read():
    corners = [[170, 30], [200, 30], [200, 10], [170, 10]]
    moved = {
        "map.center": {"lon": 185, "lat": 20},
        "map.zoom": 4.5,
        "map.bearing": 0,
        "map._derived": {"coordinates": corners},
    }
    view = read_view(moved)
    assert view is not None
    assert (view.lon, view.lat) == (-175, 20)
    assert view.viewport == Viewport(170, 10, -160, 30, 4.5)


def test_a_view_wider_than_the_world_is_the_world():
    moved = {
        "map.center": {"lon": 0, "lat": 0},
        "map.zoom": 0.2,
        "map._derived": {"coordinates": [[-300, 89], [300, 89], [300, -89], [-300, -89]]},
    }
    view = read_view(moved)
    assert view is not None
    assert view.viewport == Viewport(-180, -85, 180, 85, 0.2)


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        {},
        [],
        "map.center",
        {"autosize": True},
        {"map.center": {"lon": "x", "lat": 1}, "map.zoom": 1, "map._derived": {"coordinates": []}},
        {"map.center": {"lon": 1, "lat": 1}, "map.zoom": None, "map._derived": {}},
        {
            "map.center": {"lon": float("nan"), "lat": 1},
            "map.zoom": 1,
            "map._derived": {"coordinates": [[0, 0]] * 4},
        },
    ],
)
def test_a_move_that_is_none_is_none(hostile):
    assert read_view(hostile) is None


@pytest.mark.parametrize(
    ("customdata", "kind", "key"),
    [
        ("asam-2020-001", "incident", "asam-2020-001"),
        ("port:NLRTM", "port", "NLRTM"),
        ("region:baltic", "region", "baltic"),
    ],
)
def test_a_click_is_read(customdata, kind, key):
    click = read_click({"points": [{"customdata": customdata}]})
    assert click is not None
    assert (click.kind, click.key) == (kind, key)


def test_a_click_on_a_cell_is_a_place_to_go():
    click = read_click({"points": [{"customdata": "cell:40", "lon": 190, "lat": 10}]})
    assert click is not None
    assert (click.kind, click.lon, click.lat, click.zoom) == ("cell", -170, 10, 16)


@pytest.mark.parametrize(
    "customdata",
    [None, "", "x" * 300, 7, [1, 2], "cell:", "cell:nan", "cell:4", {"a": 1}],
)
def test_a_click_on_nothing_is_none(customdata):
    assert read_click({"points": [{"customdata": customdata}]}) is None
    assert read_click(None) is None
    assert read_click({"points": []}) is None

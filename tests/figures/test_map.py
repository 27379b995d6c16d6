import gzip
import json
from dataclasses import replace

import orjson
import pandas as pd
import pytest
from figure_samples import make_cells, make_picture, make_points, make_timeline

import layers
from cop.figures.map import ATTRIBUTION, GRAPH_CONFIG, build_map
from cop.layer import Context
from cop.model.viewer import Viewer
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import compile_where

NO_PORTS = pd.DataFrame({"locode": [], "name": [], "country": [], "longitude": [], "latitude": []})


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


def test_the_map_says_whose_it_is_and_what_it_is_not_for():
    (note,) = build(make_picture())["layout"]["annotations"]
    assert note["text"].endswith(ATTRIBUTION)
    for words in ("Natural Earth", "not authoritative", "not for navigation"):
        assert words in ATTRIBUTION


def test_each_layer_that_is_on_is_owed_on_the_map():
    every = tuple(layer.id for layer in layers.ALL)
    (note,) = build(make_picture(), on=every)["layout"]["annotations"]
    for layer in layers.ALL:
        assert layer.attribution in note["text"]
    (note,) = build(make_picture(), on=("incidents",))["layout"]["annotations"]
    assert note["text"] == ATTRIBUTION


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


def test_what_a_click_finds_tells_an_incident_from_a_cell():
    points, cells = make_points(3), make_cells(3)
    for trace in build(make_picture(points=points))["data"]:
        assert set(trace.get("customdata", [])) <= set(points.incident_id.tolist())
    for trace in build(make_picture(cells=cells))["data"]:
        for lon, lat, zoom in trace.get("customdata", []):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
            assert zoom == 5.0

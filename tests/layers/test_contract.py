"""What every layer promises, held over each one in `layers.ALL`."""

import copy
import json
import re

import numpy as np
import orjson
import pandas as pd
import pytest
from figure_samples import make_cells, make_picture, make_points, make_timeline

import layers
from cop.figures import swatch
from cop.figures.symbols import STYLES, name_symbol
from cop.figures.theme import SEVERITY_COLOURS, THEMES
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.model.ports import ports
from cop.model.viewer import Viewer
from cop.model.vocabulary import DOMAINS, regions
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.web.basemap import GEOMETRY

PORTS = pd.DataFrame(
    [(p.locode, p.name, p.country, p.lon, p.lat) for p in ports().values()],
    columns=["locode", "name", "country", "longitude", "latitude"],
)
SHAPES = {"circle", "fill", *swatch.SHAPES} | {
    name_symbol(d, s, style) for d in DOMAINS.slugs for s in range(1, 6) for style in STYLES
}
ALL = pytest.mark.parametrize("layer", layers.ALL, ids=lambda layer: layer.id)
THEME = pytest.mark.parametrize("theme", sorted(THEMES))

PICTURES = {
    "nothing": make_picture(),
    "no cells": make_picture(cells=make_cells(0)),
    "no points": make_picture(points=make_points(0)),
    "cells": make_picture(
        cells=make_cells(40),
        by_region=dict.fromkeys(regions().slugs, 7),
        timeline=make_timeline(),
    ),
    "points": make_picture(points=make_points(40), timeline=make_timeline()),
}


def make_context(picture=PICTURES["nothing"], theme="day", filters=Filters(), zoom=6.0):  # noqa: B008
    return Context(
        where=compile_where(filters, Viewer("tester", "red")),
        picture=picture,
        viewport=Viewport(95.0, -5.0, 110.0, 8.0, zoom),
        theme=theme,
        reference=lambda name: {"ports": PORTS}[name],
    )


def test_ids_are_unique_and_incidents_lie_on_top():
    ids = [layer.id for layer in layers.ALL]
    assert len(set(ids)) == len(ids)
    assert ids[-1] == "incidents"
    assert [layer.id for layer in layers.ALL if layer.on_at_start] == ["incidents"]


@ALL
def test_a_layer_says_what_it_is(layer: Layer):
    assert re.fullmatch("[a-z][a-z_]*", layer.id)
    assert layer.title
    assert layer.group in {"Incidents", "Reference"}


@ALL
@THEME
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_every_picture_draws_in_every_light(layer: Layer, theme: str, name: str):
    drawing = layer.draw(layer.load(make_context(PICTURES[name], theme)), theme)
    assert isinstance(drawing, Drawing)
    json.loads(orjson.dumps([drawing.traces, drawing.map_layers]))
    for trace in drawing.traces:
        assert trace["type"] in {"scattermap", "densitymap", "choroplethmap"}
        assert trace["subplot"] == "map"
        assert trace["showlegend"] is False
        assert "name" not in trace


# Ports do not come from the picture; test_ports.py holds the same for them.
@pytest.mark.parametrize(
    "layer", [x for x in layers.ALL if x.id != "ports"], ids=lambda layer: layer.id
)
@pytest.mark.parametrize("name", ["nothing", "no cells", "no points"])
def test_nothing_in_draws_no_data(layer: Layer, name: str):
    drawing = layer.draw(layer.load(make_context(PICTURES[name])), "day")
    assert [t for t in drawing.traces if t.get("mode") != "text"] == []


@ALL
def test_draw_is_pure(layer: Layer):
    loaded = layer.load(make_context(PICTURES["cells"]))
    before = copy.deepcopy(loaded)
    one, other = layer.draw(loaded, "dusk"), layer.draw(loaded, "dusk")
    assert orjson.dumps([one.traces, one.map_layers]) == orjson.dumps(
        [other.traces, other.map_layers]
    )
    assert repr(loaded) == repr(before)


@ALL
@THEME
def test_static_geometry_comes_from_our_own_server(layer: Layer, theme: str):
    filters = Filters(region=("baltic",), area=("hormuz",))
    context = make_context(PICTURES["cells"], theme, filters)
    drawing = layer.draw(layer.load(context), theme)
    sources = [entry["source"] for entry in drawing.map_layers]
    sources += [trace["geojson"] for trace in drawing.traces if "geojson" in trace]
    for source in sources:
        found = re.fullmatch(r"/basemap/([a-z_]+)\.geojson\?([a-z0-9=&%,-]+)", source)
        assert found, source
        assert found[1] in GEOMETRY
        assert f"light={theme}" in found[2]


@ALL
def test_symbols_of_entries_never_ask_the_network_for_an_icon(layer: Layer):
    drawing = layer.draw(layer.load(make_context(PICTURES["points"])), "day")
    for entry in drawing.map_layers:
        if entry["type"] == "symbol":
            assert entry["symbol"]["icon"] == ""
    for trace in drawing.traces:
        symbols = trace.get("marker", {}).get("symbol", "circle")
        for symbol in [symbols] if isinstance(symbols, str) else symbols:
            assert symbol == "circle" or "_" in symbol


@ALL
@THEME
def test_the_legend_explains_the_layer(layer: Layer, theme: str):
    entries = layer.legend(theme)
    assert entries
    for entry in entries:
        assert isinstance(entry, LegendEntry)
        assert entry.label
        assert entry.shape in SHAPES
        assert entry.colour == "" or re.fullmatch("#[0-9A-F]{6}", entry.colour)


@pytest.mark.parametrize(
    "layer", [x for x in layers.ALL if x.group == "Reference"], ids=lambda layer: layer.id
)
@THEME
def test_reference_layers_keep_off_the_severity_colours(layer: Layer, theme: str):
    context = make_context(PICTURES["cells"], theme, Filters(region=("baltic",)))
    drawing = layer.draw(layer.load(context), theme)
    written = json.dumps(
        [drawing.map_layers, [t.get("marker") for t in drawing.traces]], default=str
    )
    for colour in {*SEVERITY_COLOURS, *THEMES[theme].severity}:
        assert colour not in written


def test_a_context_is_all_a_layer_sees():
    """No layer looks anything up elsewhere: the reference table is asked by name."""
    asked: list[str] = []

    def reference(name: str) -> pd.DataFrame:
        asked.append(name)
        return PORTS

    for layer in layers.ALL:
        context = make_context()
        layer.load(
            Context(context.where, context.picture, context.viewport, "day", reference, selected="")
        )
    assert asked == ["ports"]
    assert not np.isnan(PORTS[["longitude", "latitude"]].to_numpy()).any()

import pandas as pd
import pytest
from figure_samples import count_values
from test_contract import PORTS, make_context

from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.store import Store
from layers import ports
from layers.ports import MAX_PORTS, NAMES_FROM_ZOOM


def load(viewport: Viewport, filters: Filters | None = None, table: pd.DataFrame = PORTS):
    context = make_context(filters=filters or Filters())
    return ports.load(
        type(context)(context.where, context.picture, viewport, "day", lambda name: table)
    )


def test_ports_appear_with_zoom():
    assert ports.draw(load(Viewport(100, 0, 106, 4, 4.9)), "day").traces == []
    (trace,) = ports.draw(load(Viewport(100, 0, 106, 4, 5.0)), "day").traces
    assert trace["mode"] == "markers"
    (named,) = ports.draw(load(Viewport(103, 1, 105, 2, NAMES_FROM_ZOOM)), "day").traces
    assert named["mode"] == "markers+text"
    assert named["marker"]["allowoverlap"] is False


def test_ports_outside_the_viewport_are_not_drawn():
    near = load(Viewport(103, 1, 105, 2, 7)).near
    assert len(near)
    assert near["longitude"].between(103, 105).all()
    assert near["latitude"].between(1, 2).all()


def test_a_viewport_across_180_has_both_sides():
    near = load(Viewport(170, -50, -170, 60, 5)).near
    assert (near["longitude"] > 170).any()
    assert (near["longitude"] < -170).any()
    assert not near["longitude"].between(-169, 169).any()


def test_a_crowded_coast_is_thinned_evenly():
    near = load(Viewport(-20, 30, 40, 70, 5)).near
    assert 50 < len(near) <= MAX_PORTS
    whole = PORTS[PORTS["longitude"].between(-20, 40) & PORTS["latitude"].between(30, 70)]
    for west in range(-10, 30, 10):
        if whole["longitude"].between(west, west + 10).sum() > 20:
            assert near["longitude"].between(west, west + 10).any()


def test_a_filtered_port_is_drawn_at_any_zoom_and_once():
    filters = Filters(port=("NLRTM",))
    (far,) = ports.draw(load(Viewport(zoom=1.0), filters), "day").traces
    assert far["customdata"] == ["port:NLRTM"]
    assert far["marker"]["symbol"] == "port_chosen"
    near, chosen = ports.draw(load(Viewport(3, 51, 6, 53, 7), filters), "day").traces
    assert "port:NLRTM" not in near["customdata"]
    assert chosen["customdata"] == ["port:NLRTM"]


def test_no_ports_draw_nothing():
    assert ports.draw(load(Viewport(zoom=9), table=PORTS.iloc[:0]), "day").traces == []


def test_hostile_names_are_neutralised():
    table = pd.DataFrame(
        [("XXXXX", "<b>$x$</b>", "<script>", 104.0, 1.5)],
        columns=["locode", "name", "country", "longitude", "latitude"],
    )
    (trace,) = ports.draw(load(Viewport(103, 1, 105, 2, 9), table=table), "day").traces
    assert trace["text"] == ["&lt;b&gt;&#36;x&#36;&lt;/b&gt;"]
    assert "<script>" not in trace["hovertext"][0]


@pytest.mark.parametrize("zoom", [5.0, 9.0, 16.0])
def test_never_more_than_the_most(zoom):
    for trace in ports.draw(load(Viewport(-180, -80, 180, 85, zoom)), "day").traces:
        assert count_values(trace["lon"]) <= MAX_PORTS


def test_the_store_gives_the_columns_that_ports_are_drawn_from():
    store = Store.memory()
    try:
        assert list(store.read("reference", None, name="ports").columns) == list(PORTS.columns)
    finally:
        store.close()

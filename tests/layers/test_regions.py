import json
from pathlib import Path

import pytest
import shapely
from figure_samples import count_values
from shapely.geometry import shape
from test_contract import make_context

from cop.figures.theme import DAY
from cop.model.vocabulary import regions as region_list
from cop.query.filters import Filters
from layers import regions
from layers.regions import LABEL_POINTS, Counts

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


def tint_of(drawing):
    return next(t for t in drawing.traces if t["type"] == "choroplethmap")


def test_the_tint_holds_the_counts_of_the_question():
    drawing = regions.draw(Counts({"baltic": 9, "arctic": 0, "caribbean": 4}, ()), "day")
    tint = tint_of(drawing)
    assert tint["locations"] == ["baltic", "caribbean"]
    assert tint["customdata"] == ["region:baltic", "region:caribbean"]
    assert count_values(tint["z"]) == 2
    assert tint["zmax"] == 3.0
    assert "9 incidents" in tint["hovertext"][0]


def test_the_tint_lies_under_the_land():
    assert tint_of(regions.draw(Counts({"baltic": 1}, ()), "day"))["below"] == "land"


def test_a_filtered_region_is_outlined_not_filled():
    context = make_context(filters=Filters(region=("baltic", "caribbean")))
    drawing = regions.draw(regions.load(context), "day")
    chosen = [entry for entry in drawing.map_layers if entry["color"] == DAY.focus]
    assert [entry["type"] for entry in chosen] == ["line"]
    assert "code=baltic%2Ccaribbean" in chosen[0]["source"]


def test_every_region_has_a_label_inside_it():
    features = json.loads((REFERENCE / "regions.geojson").read_text("utf-8"))["features"]
    areas = {f["properties"]["code"]: shape(f["geometry"]) for f in features}
    assert set(LABEL_POINTS) == set(region_list().slugs) == set(areas)
    for slug, (lon, lat) in LABEL_POINTS.items():
        assert shapely.contains_xy(areas[slug], lon, lat), slug


@pytest.mark.parametrize("count", [0, 1234])
def test_a_label_says_name_and_count(count):
    drawing = regions.draw(Counts({"baltic": count}, ()), "day")
    (label,) = [t for t in drawing.traces if t["mode" if "mode" in t else "type"] == "text"]
    assert f"Baltic Sea<br>{count:,}".replace(",", "\u2009") in label["text"]

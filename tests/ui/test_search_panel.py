"""The search box, fitting the map, typed positions and range rings: what the server answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cop.errors import BadInput, BadQuestion
from cop.model.viewer import Viewer
from cop.query.url import from_query
from cop.services import Services
from cop.store.extent import extent_of
from cop.ui.look import look_of, read_rings
from cop.ui.panels import place, search


def rows(services: Services, viewer: Viewer, typed: Any) -> list[dict[str, Any]]:
    said: dict[str, Any] = search.answer(services, viewer, {"n": 3, "text": typed})[0]
    assert said["n"] == (3 if isinstance(typed, str) else 0)
    found: list[dict[str, Any]] = said["rows"]
    return found


@pytest.mark.parametrize(
    ("typed", "kind", "key"),
    [
        ("SGSIN", "port", ("port", "SGSIN")),
        ("baltic sea", "region", ("region", "baltic")),
        ("hormuz", "area", ("area", "hormuz")),
        ("1°15.3'N 103°48.2'E", "position", ("center", "103.8,1.255")),
        ("men in a skiff", "words", ("q", "men in a skiff")),
    ],
)
def test_a_row_says_what_choosing_it_does(
    services: Services, viewer: Viewer, typed: str, kind: str, key: tuple[str, str]
) -> None:
    found = rows(services, viewer, typed)
    assert found[0]["kind"] == kind
    assert found[0]["go"][key[0]] == key[1]
    assert found[-1]["go"] == {"q": typed}, "the words themselves are always offered"
    assert len(found) <= search.MOST + 1
    for row in found:
        kept = "&".join(f"{k}={v}" for k, v in row["go"].items() if v)
        from_query(kept)  # an address that the picture understands
        look_of(kept, services.layers)


def test_a_place_replaces_the_place_before(services: Services, viewer: Viewer) -> None:
    go = rows(services, viewer, "SGSIN")[0]["go"]
    assert (go["region"], go["within"], go["radius_nm"]) == ("", "", "")
    assert rows(services, viewer, "baltic sea")[0]["box"][0] < 20


def test_hostile_text_finds_words_at_most(services: Services, viewer: Viewer) -> None:
    assert rows(services, viewer, "   ") == []
    assert rows(services, viewer, ["x"]) == []
    assert search.answer(services, viewer, {"n": True, "text": "x"})[0]["rows"] == []
    long = rows(services, viewer, "<b>" + "x" * 5_000)
    assert [row["kind"] for row in long] == ["words"]
    assert len(long[0]["go"]["q"]) <= 200


def test_the_map_is_fitted_to_what_is_asked_for(services: Services, viewer: Viewer) -> None:
    def box(query: str) -> Any:
        said = search.find_extent(services, viewer, {"n": 1, "search": f"?{query}"})[0]
        return said["box"]

    located = services.store.read("rows", services.ask("", viewer))
    whole = box("")
    assert whole[1] == located["lat"].min()
    assert whole[3] == located["lat"].max()
    nothing = box("region=baltic&q=nothing+says+this")
    assert nothing == pytest.approx(rows(services, viewer, "baltic sea")[0]["box"])
    assert box("port=SGSIN&q=nothing+says+this")[0] == pytest.approx(103.8, abs=0.2)
    assert box("q=nothing+says+this") is None
    assert box("hazard=no-such") is None


def test_a_box_across_180_degrees_is_the_small_one() -> None:
    lon = np.array([179.5, -179.5, 178.0, np.nan])
    assert extent_of(lon, np.array([1.0, -2.0, 3.0, np.nan])) == (178.0, -2.0, -179.5, 3.0)
    assert extent_of(np.array([5.0]), np.array([6.0])) == (5.0, 6.0, 5.0, 6.0)
    assert extent_of(np.array([np.nan]), np.array([np.nan])) is None


def test_typed_points_are_read_or_say_why(services: Services, viewer: Viewer) -> None:
    asked = {"n": 2, "texts": ["sgsin", "48N UG 66862 38745"]}
    port, grid = place.read_points(services, viewer, asked)[0]["points"]
    assert port["lon"] == pytest.approx(103.8, abs=0.2)
    assert (grid["lon"], grid["lat"]) == pytest.approx((103.80333, 1.255), abs=1e-4)
    wrong = place.read_points(services, viewer, {"n": 2, "texts": ["91 00N 5 00E", ""]})[0]
    assert all(point["why"] for point in wrong["points"])
    with pytest.raises(BadInput):
        place.read_points(services, viewer, {"n": 2, "texts": [7]})


def test_rings_of_an_address_are_checked(services: Services) -> None:
    assert read_rings("103.8,1.26,12,24") == ((103.8, 1.26), (12.0, 24.0))
    assert read_rings("") is None
    for wrong in ("1,2", "181,0,5", "0,91,5", "0,0,0", "0,0,-5", "0,0,9999", "a,b,c", "0,0,1e3"):
        with pytest.raises(BadQuestion) as error:
            look_of(f"rings={wrong}", services.layers)
        assert error.value.key == "rings"
    assert from_query("rings=0,0,5").is_empty, "rings ask nothing"

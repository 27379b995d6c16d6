"""The view keys of an address and what a map shows."""

from __future__ import annotations

import math

import pytest

import layers
from cop.errors import BadInput, BadQuestion
from cop.query.answers import Viewport
from cop.ui.look import look_of, viewport_around, viewport_sent


def test_defaults_and_words() -> None:
    look = look_of("", layers.ALL)
    assert look.theme == "dusk"
    assert "incidents" in look.layers
    assert look_of("layers=none", layers.ALL).layers == ()
    assert look_of("layers=incidents,ports", layers.ALL).layers == ("ports", "incidents")
    assert look_of("center=-3.5,4&z=5.25", layers.ALL).center == (-3.5, 4.0)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("theme=x", "theme"),
        ("layers=x", "layers"),
        ("center=1", "center"),
        ("center=181,0", "center"),
        ("center=nan,0", "center"),
        ("z=-1", "z"),
        ("z=1e3", "z"),
        ("sel=" + "x" * 201, "sel"),
    ],
)
def test_a_wrong_look_is_named(query: str, key: str) -> None:
    with pytest.raises(BadQuestion) as error:
        look_of(query, layers.ALL)
    assert error.value.key == key


def test_a_viewport_holds_its_centre_and_knows_180() -> None:
    seen = viewport_around((0.0, 0.0), 5)
    assert seen.west < 0 < seen.east
    assert math.isclose(-seen.south, seen.north, abs_tol=1e-6)
    across = viewport_around((179.0, 0.0), 6)
    assert across.west > across.east
    assert viewport_around((0.0, 0.0), 0).west == -180


def test_a_sent_viewport_is_checked() -> None:
    look = look_of("", layers.ALL)
    sent = {"west": 170.0, "south": -95, "east": 200.0, "north": 10, "zoom": 3}
    assert viewport_sent(sent, look) == Viewport(170.0, -85.0, -160.0, 10.0, 3.0)
    for wrong in ("1", None, math.nan, math.inf, True, 1e9, [1]):
        with pytest.raises(BadInput):
            viewport_sent(sent | {"west": wrong}, look)

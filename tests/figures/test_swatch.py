"""Swatches: well-formed, and each unlike the others."""

from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from cop.figures.swatch import SHAPES, link_swatch
from cop.figures.theme import THEMES


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_each_shape_is_an_image_of_its_own(theme):
    links = [link_swatch(shape, theme.muted, (), theme) for shape in SHAPES]
    assert len(set(links)) == len(SHAPES)
    for link in links:
        head, svg = link.split(",", 1)
        assert head == "data:image/svg+xml"
        ElementTree.fromstring(unquote(svg))


def test_a_dashed_line_is_dashed():
    theme = THEMES["day"]
    solid = unquote(link_swatch("line", theme.muted, (), theme))
    dashed = unquote(link_swatch("line", theme.muted, (2, 2), theme))
    assert "dasharray" not in solid
    assert "dasharray" in dashed

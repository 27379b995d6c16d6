import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from cop.figures.sprite import draw_sheet, find_mixes, list_symbols
from cop.figures.symbols import (
    OUTLINES,
    STYLES,
    draw_svg,
    link_svg,
    name_mix,
    name_symbol,
    style_of,
)
from cop.figures.theme import DAY, THEMES
from cop.model.vocabulary import ACTS, DOMAINS, VERIFICATIONS

SPRITES = Path(__file__).resolve().parents[2] / "assets" / "sprites"
SYMBOLS = {name_symbol(d, s, style) for d in DOMAINS.slugs for s in range(1, 6) for style in STYLES}
RINGS = {name_mix(parts) for parts in find_mixes()}
NAMES = {name: SYMBOLS | {"port_small", "port_chosen", "halo_focus"} for name in THEMES} | {
    theme.ring_sheet: RINGS for theme in THEMES.values()
}


@pytest.mark.parametrize("suffix", ["", "@2x"])
@pytest.mark.parametrize("sheet", sorted(NAMES))
def test_a_committed_sheet_holds_every_icon_inside_its_picture(sheet, suffix):
    index = json.loads((SPRITES / f"{sheet}{suffix}.json").read_text("utf-8"))
    assert set(index) == NAMES[sheet]
    with Image.open(SPRITES / f"{sheet}{suffix}.png") as picture:
        alpha = picture.convert("RGBA").getchannel("A")
    for name, box in index.items():
        corner = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        assert corner[2] <= alpha.width, name
        assert corner[3] <= alpha.height, name
        assert alpha.crop(corner).getextrema()[1] > 200, f"{name} is blank"


def test_every_icon_name_has_an_underscore():
    """Plotly fetches a missing icon from the network unless its name holds one."""
    for names in NAMES.values():
        assert all("_" in name for name in names)


def test_rings_share_six_sixths():
    mixes = list(find_mixes())
    assert len(mixes) == len(set(mixes)) == 210
    assert all(sum(parts) == 6 for parts in mixes)


def test_a_drawn_sheet_matches_the_committed_one():
    _sheet, index = draw_sheet(list_symbols(DAY)[:3], 1)
    committed = json.loads((SPRITES / "day.json").read_text("utf-8"))
    for name, box in index.items():
        assert (box["width"], box["height"]) == (
            committed[name]["width"],
            committed[name]["height"],
        )


def test_every_incident_has_an_outline_style():
    assert {style_of(a, v) for a in ACTS.slugs for v in VERIFICATIONS.slugs} == set(STYLES)
    assert style_of("unfounded", "confirmed") == "hollow"
    assert style_of("committed", "unverified") == "dashed"


@pytest.mark.parametrize("domain", DOMAINS.slugs)
def test_a_symbol_is_one_well_formed_picture(domain):
    for style in STYLES:
        for theme in THEMES.values():
            ET.fromstring(draw_svg(domain, 3, style, theme))
    assert link_svg(domain, 0, "solid", DAY).startswith("data:image/svg+xml,%3Csvg")


def test_domains_have_different_shapes():
    shapes = {domain: path for domain, path in OUTLINES.items() if domain != "unclassified"}
    assert len(set(shapes.values())) == len(shapes) == 6


def test_an_unknown_domain_is_refused():
    with pytest.raises(KeyError):
        draw_svg("<script>", 3, "solid", DAY)

import re

import pytest

from cop.figures.theme import DAY, DUSK, NIGHT, THEMES, Theme, blend, get_theme, with_alpha


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DAY, DUSK], ids=lambda t: t.name)
def test_text_reads_in_day_and_dusk(theme: Theme):
    for ground in (theme.panel, theme.raised):
        assert contrast(theme.text, ground) >= 4.5
        assert contrast(theme.muted, ground) >= 4.5
    assert contrast(theme.reference_strong, theme.sea) >= 4.5


@pytest.mark.parametrize("theme", [DAY, DUSK], ids=lambda t: t.name)
def test_marks_stand_off_sea_and_land(theme: Theme):
    for ground in (theme.sea, theme.land):
        assert contrast(theme.outline, ground) >= 3
        assert contrast(theme.focus, ground) >= 3


@pytest.mark.parametrize("level", range(1, 6))
def test_the_number_in_a_circle_reads_on_every_severity(level):
    for theme in (DAY, DUSK):
        assert contrast(theme.ink, theme.severity_colour(level)) >= 4.5


def test_night_is_dimmer_than_dusk_in_every_severity():
    for level in range(1, 6):
        assert luminance(NIGHT.severity_colour(level)) < 0.6 * luminance(
            DUSK.severity_colour(level)
        )


def test_reference_lines_never_wear_a_severity_colour():
    for theme in THEMES.values():
        lines = {theme.reference, theme.reference_strong, theme.tint, theme.coast, theme.border}
        assert not lines & set(theme.severity)


def test_every_colour_is_a_hex_code():
    for theme in THEMES.values():
        for name in Theme.__slots__:
            value = getattr(theme, name)
            if isinstance(value, str) and name not in ("name", "ring_sheet"):
                assert re.fullmatch("#[0-9A-F]{6}", value), (theme.name, name)


def test_an_unknown_light_is_refused():
    with pytest.raises(KeyError):
        get_theme("../day")


def test_blends_and_opacities():
    assert blend("#FFFFFF", "#000000", 0.5) == "#808080"
    assert with_alpha("#102030", 0.25) == "rgba(16,32,48,0.25)"

"""The colours and type of every figure, for the three lights of a bridge: day, dusk and night.

The same values stand in `assets/10-tokens.css`; no other file holds a hex code. Night is dim on
purpose: it trades contrast for eyes that must see in the dark.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = "Noto Sans, sans-serif"
# Plotly passes text on its map only under these names; the style's `font-faces` give them Noto.
MAP_FONT = "Open Sans Regular"
MAP_FONT_STRONG = "Open Sans Semibold"

# Level 1 neutral, 2 to 5 Okabe-Ito: told apart by colour-blind eyes on sea and land alike.
SEVERITY_COLOURS = ("#9FB3C8", "#56B4E9", "#F0E442", "#E69F00", "#D55E00")
INK = "#0E1A24"  # edges and figures on a severity colour
NIGHT_SHARE = 0.66  # of a severity colour that is left at night, the rest black


def blend(front: str, back: str, share: float) -> str:
    """The colour a share (0 to 1) of the way from `back` to `front`, as a hex code."""
    parts = [
        round(int(back[n : n + 2], 16) * (1 - share) + int(front[n : n + 2], 16) * share)
        for n in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything a builder needs to draw in one light; colours are CSS hex codes.

    `outline` edges a mark so that it stands off land, `casing` parts it from its neighbours, `ink`
    is for figures on it; `reference` is the hue of reference lines, `tint` that of counts by
    region; `ring_sheet` names the sprite sheet of rings in this light's severity colours.
    """

    name: str
    canvas: str
    panel: str
    raised: str
    text: str
    muted: str
    line: str
    sea: str
    land: str
    coast: str
    border: str
    sea_text: str
    focus: str
    outline: str
    casing: str
    reference: str
    reference_strong: str
    tint: str
    ink: str = INK
    ring_sheet: str = "mix"
    severity: tuple[str, ...] = SEVERITY_COLOURS

    def severity_colour(self, level: int) -> str:
        """The colour of a severity, 1 to 5."""
        return self.severity[level - 1]


DAY = Theme(
    name="day",
    canvas="#EEF2F5",
    panel="#FFFFFF",
    raised="#F7F9FB",
    text="#14212B",
    muted="#51616E",
    line="#D3DCE3",
    sea="#D4EAEE",
    land="#E4DEC8",
    coast="#8C8674",
    border="#BDB59B",
    sea_text="#4F7F92",
    focus="#0B6BCB",
    outline="#14212B",
    casing="#FFFFFF",
    reference="#5F7F8E",
    reference_strong="#3F6273",
    tint="#2F6F86",
)
DUSK = Theme(
    name="dusk",
    canvas="#0F1B26",
    panel="#152433",
    raised="#1C2F41",
    text="#DCE6EE",
    muted="#93A7B8",
    line="#2B4054",
    sea="#0B1D2E",
    land="#22364A",
    coast="#4A6580",
    border="#35506A",
    sea_text="#5F83A0",
    focus="#7CC4FF",
    outline="#F2F7FB",
    casing="#06111B",
    reference="#56748F",
    reference_strong="#86A5BF",
    tint="#6FA6C9",
)
NIGHT = Theme(
    name="night",
    canvas="#070707",
    panel="#0B0C0E",
    raised="#111315",
    text="#A8563B",
    muted="#6B3A2A",
    line="#1D1512",
    sea="#070707",
    land="#0D0A08",
    coast="#2B211B",
    border="#1C1512",
    sea_text="#4A2A1F",
    focus="#C8502C",
    outline="#B06A50",
    casing="#000000",
    reference="#3A2419",
    reference_strong="#6B3A2A",
    tint="#8A4A34",
    ink="#000000",
    ring_sheet="mix-night",
    severity=tuple(blend(colour, "#000000", NIGHT_SHARE) for colour in SEVERITY_COLOURS),
)
THEMES = {theme.name: theme for theme in (DAY, DUSK, NIGHT)}


def get_theme(name: str) -> Theme:
    """The theme of a name; raises KeyError for a name that is not day, dusk or night."""
    return THEMES[name]


def with_alpha(colour: str, alpha: float) -> str:
    """A hex code as CSS `rgba()` with an opacity from 0 to 1."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"

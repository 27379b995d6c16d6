"""Map symbols: one outline a hazard domain, as points on a unit square, and their names.

The sprite sheets (`sprite.py`), the legend and the filters draw from this one place. A symbol's
name on the map is `<domain>_<severity>_<style>`; Plotly asks the network for any icon whose name
holds no underscore, so every name has one.
"""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import quote

from cop.figures.theme import INK, Theme, with_alpha
from cop.model.vocabulary import DOMAINS

Path = tuple[tuple[float, float], ...]

STYLES: Final = ("solid", "dashed", "crossed", "hollow")
STYLE_WORDS: Final = {
    "solid": "Confirmed or corroborated",
    "dashed": "Unverified",
    "crossed": "Debunked or contradicted",
    "hollow": "Unfounded",
}
_STYLE_OF_VERIFICATION: Final = {
    "confirmed": "solid",
    "corroborated": "solid",
    "unverified": "dashed",
    "debunked": "crossed",
    "contradicted": "crossed",
}
# Half widths in pixels at 1x, by severity: worse is larger, so that colour is not alone.
RADII: Final = (6.5, 7.0, 7.75, 8.5, 9.25)


def style_of(act: str, verification: str) -> str:
    """How the outline of an incident is drawn; unfounded is hollow whatever its verification."""
    return "hollow" if act == "unfounded" else _STYLE_OF_VERIFICATION[verification]


def name_symbol(domain: str, severity: int, style: str) -> str:
    """The sprite id of a symbol; severity 1 to 5."""
    return f"{domain}_{severity}_{style}"


def name_mix(parts: tuple[int, ...]) -> str:
    """The sprite id of a ring split by severity: sixths of severity 1 to 5."""
    return "mix_" + "".join(str(part) for part in parts)


def _arc(
    cx: float, cy: float, r: float, start: float, stop: float, n: int
) -> list[tuple[float, float]]:
    """Points of an arc, degrees clockwise from east because y points down."""
    angles = [math.radians(start + (stop - start) * i / n) for i in range(n + 1)]
    return [(cx + r * math.cos(a), cy + r * math.sin(a)) for a in angles]


def _regular(corners: int, turn: float, radius: float = 1.0, lift: float = 0.0) -> Path:
    angles = [math.radians(turn + 360 * i / corners) for i in range(corners)]
    return tuple((radius * math.cos(a), radius * math.sin(a) + lift) for a in angles)


def _speech_bubble() -> Path:
    left, right, top, bottom, r = -1.0, 1.0, -0.92, 0.5, 0.38
    points = _arc(left + r, top + r, r, 180, 270, 6)
    points += _arc(right - r, top + r, r, 270, 360, 6)
    points += _arc(right - r, bottom - r, r, 0, 90, 6)
    points += [(-0.02, bottom), (-0.5, 1.05), (-0.5, bottom)]
    points += _arc(left + r, bottom - r, r, 90, 180, 6)
    return tuple(points)


OUTLINES: Final[dict[str, Path]] = {
    "physical": _regular(4, 90, 1.16),
    "cyber": _regular(6, 0, 1.06),
    "cognitive": _speech_bubble(),
    "natural": _regular(3, -90, 1.24, 0.2),
    "safety": tuple(_arc(0, 0, 0.98, 0, 360, 48)[:-1]),
    "disruption": ((-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)),
    "unclassified": tuple(_arc(0, 0, 0.98, 0, 360, 48)[:-1]),
}
# Strokes inside a shape. The mark of the unclassified is a question mark and its dot.
_QUESTION: Final[Path] = (
    *_arc(0, -0.26, 0.3, 175, 395, 12),
    (0.08, 0.1),
    (0.0, 0.2),
    (0.0, 0.3),
)
_QUOTE: Final[tuple[Path, ...]] = (
    ((-0.42, -0.36), (0.42, -0.36)),
    ((-0.42, -0.04), (0.2, -0.04)),
)
GLYPHS: Final[dict[str, tuple[Path, ...]]] = {
    "cognitive": _QUOTE,
    "unclassified": (_QUESTION, ((0.0, 0.54), (0.0, 0.6))),
}


def draw_svg(domain: str, severity: int, style: str, theme: Theme, size_px: int = 18) -> str:
    """A symbol as an SVG document, for legends, filters and lists; severity 0 has no colour."""
    if domain not in DOMAINS:
        raise KeyError(domain)
    colour = theme.severity_colour(severity) if severity else theme.muted
    edge = colour if style == "hollow" else theme.outline
    fill = with_alpha(colour, 0.12) if style == "hollow" else colour
    dash = ' stroke-dasharray="0.42 0.3"' if style == "dashed" else ""
    points = " ".join(f"{x:.3f},{y:.3f}" for x, y in OUTLINES[domain])
    glyph_colour = colour if style == "hollow" else INK
    glyphs = "".join(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="0.2" '
        'stroke-linecap="round" stroke-linejoin="round"/>'.format(
            " ".join(f"{x:.3f},{y:.3f}" for x, y in path), glyph_colour
        )
        for path in GLYPHS.get(domain, ())
    )
    cross = (
        f'<path d="M-1.05,-1.05L1.05,1.05M1.05,-1.05L-1.05,1.05" stroke="{theme.outline}" '
        'stroke-width="0.2" stroke-linecap="round"/>'
        if style == "crossed"
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_px}" height="{size_px}" '
        f'viewBox="-1.4 -1.4 2.8 2.8"><polygon points="{points}" fill="{fill}" stroke="{edge}" '
        f'stroke-width="0.2" stroke-linejoin="round"{dash}/>{glyphs}{cross}</svg>'
    )


def link_svg(domain: str, severity: int, style: str, theme: Theme, size_px: int = 18) -> str:
    """The same as a `data:` address for an image's `src`."""
    return "data:image/svg+xml," + quote(draw_svg(domain, severity, style, theme, size_px))

"""Swatches of the legend that are more than a colour: drawn as the map draws what they name."""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import quote

from cop.figures.theme import Theme
from cop.model.vocabulary import SEVERITIES

SIZE_PX: Final = 18
# Shares of the ring in the example, worst first; they add up to one.
_MIX: Final = (0.25, 0.2, 0.15, 0.4)


def _line(colour: str, dash: tuple[float, ...]) -> str:
    pattern = f' stroke-dasharray="{" ".join(f"{part * 1.2:g}" for part in dash)}"' if dash else ""
    return f'<path d="M0,9H18" fill="none" stroke="{colour}" stroke-width="1.8"{pattern}/>'


def _arc(radius: float, start: float, stop: float, colour: str) -> str:
    (x0, y0), (x1, y1) = (
        (9 + radius * math.sin(math.tau * turn), 9 - radius * math.cos(math.tau * turn))
        for turn in (start, stop)
    )
    return (
        f'<path d="M{x0:.2f},{y0:.2f}A{radius},{radius} 0 0 1 {x1:.2f},{y1:.2f}" fill="none" '
        f'stroke="{colour}" stroke-width="2"/>'
    )


def _cell(theme: Theme) -> str:
    """A circle filled by its worst severity, with a ring in shares of all."""
    colours = [theme.severity_colour(term.code) for term in reversed(SEVERITIES.terms)]
    parts = [f'<circle cx="9" cy="9" r="8.6" fill="{theme.outline}"/>']
    start = 0.0
    for share, colour in zip(_MIX, colours, strict=False):
        parts.append(_arc(7.2, start, start + share, colour))
        start += share
    parts.append(f'<circle cx="9" cy="9" r="5" fill="{colours[0]}"/>')
    return "".join(parts)


def _within(colour: str) -> str:
    return (
        f'<circle cx="9" cy="9" r="8" fill="{colour}" fill-opacity="0.22" stroke="{colour}" '
        'stroke-opacity="0.6"/>'
    )


def _port(colour: str) -> str:
    return f'<circle cx="9" cy="9" r="4.5" fill="none" stroke="{colour}" stroke-width="2"/>'


def _older(colour: str) -> str:
    diamonds = ((4.2, 0.35), (13.4, 1.0))
    return "".join(
        f'<path d="M{x},4.8l4.2,4.2l-4.2,4.2l-4.2,-4.2z" fill="{colour}" fill-opacity="{opacity}"/>'
        for x, opacity in diamonds
    )


def _glow(colour: str) -> str:
    return (
        '<radialGradient id="g">'
        f'<stop offset="0" stop-color="{colour}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        '<circle cx="9" cy="9" r="9" fill="url(#g)"/>'
    )


def _hatch(colour: str) -> str:
    strokes = "".join(f"M{x},18L{x + 18},0" for x in range(-14, 18, 5))
    return (
        f'<path d="M0,0H18V18H0z" fill="{colour}" fill-opacity="0.2"/>'
        f'<path d="{strokes}" stroke="{colour}" stroke-width="1.2"/>'
    )


SHAPES: Final = ("line", "cell", "within", "port", "older", "glow", "hatch")


def link_swatch(shape: str, colour: str, dash: tuple[float, ...], theme: Theme) -> str:
    """A swatch of `SHAPES` as a `data:` address; `dash` is for lines, in multiples of the width."""
    drawn = {
        "line": lambda: _line(colour, dash),
        "cell": lambda: _cell(theme),
        "within": lambda: _within(colour),
        "port": lambda: _port(colour),
        "older": lambda: _older(colour),
        "glow": lambda: _glow(colour),
        "hatch": lambda: _hatch(colour),
    }[shape]()
    return "data:image/svg+xml," + quote(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE_PX}" height="{SIZE_PX}" '
        f'viewBox="0 0 18 18">{drawn}</svg>'
    )

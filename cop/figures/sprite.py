"""Draw the sprite sheets the map takes its symbols from: `python -m cop.figures.sprite`.

For each light a sheet of symbols, and a sheet of rings that day and dusk share; each at 1x and 2x,
as PNG and the JSON index of the MapLibre style specification ("Sprite"). Drawn eight times too
large with Pillow and scaled down. The result is committed: the product itself needs no Pillow.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path as FilePath

from PIL import Image, ImageDraw

from cop.figures.symbols import (
    GLYPHS,
    OUTLINES,
    RADII,
    STYLES,
    Path,
    name_mix,
    name_symbol,
)
from cop.figures.theme import INK, SEVERITY_COLOURS, THEMES, Theme
from cop.model.vocabulary import DOMAINS

SPRITES = FilePath(__file__).resolve().parents[2] / "assets" / "sprites"
OVERSAMPLE = 8
SYMBOL_BOX = 30
RING_BOX = 64
RING_RADIUS = 28.0  # outer edge, px at 1x; a trace scales it to its circles
RING_WIDTH = 4.5
SIXTHS = 6


@dataclass(frozen=True, slots=True)
class Icon:
    """One picture of a sheet: its name, its box in pixels at 1x and what draws it."""

    name: str
    box: int
    draw: Callable[[Pen], None]


class Pen:
    """Draws on a transparent square in pixels at 1x, measured from its centre, y down."""

    def __init__(self, box: int, ratio: int) -> None:
        self.scale = ratio * OVERSAMPLE
        self.box = box
        self.image = Image.new("RGBA", (box * self.scale, box * self.scale), (0, 0, 0, 0))
        self.canvas = ImageDraw.Draw(self.image)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return ((x + self.box / 2) * self.scale, (y + self.box / 2) * self.scale)

    def fill(self, path: Path, colour: str) -> None:
        """Fill a closed path."""
        self.canvas.polygon([self._at(x, y) for x, y in path], fill=colour)

    def stroke(self, path: Path, colour: str, width: float) -> None:
        """Draw an open path with round ends and joints."""
        r = width / 2
        points = [self._at(x, y) for x, y in path]
        self.canvas.line(points, fill=colour, width=round(width * self.scale))
        for x, y in path:
            (left, top), (right, bottom) = self._at(x - r, y - r), self._at(x + r, y + r)
            self.canvas.ellipse((left, top, right, bottom), fill=colour)

    def dash(self, path: Path, colour: str, width: float, n_dashes: int) -> None:
        """Draw a closed path as `n_dashes` equal dashes."""
        lengths, total = _measure(path)
        period = total / n_dashes
        for i in range(n_dashes):
            self.stroke(_cut(path, lengths, i * period, i * period + period * 0.48), colour, width)

    def finish(self, ratio: int) -> Image.Image:
        """The picture at its own size."""
        side = self.box * ratio
        return self.image.resize((side, side), Image.Resampling.LANCZOS)


def _measure(path: Path) -> tuple[list[float], float]:
    """Distance along a closed path at each of its points, and its whole length."""
    along = [0.0]
    for here, there in zip(path, (*path[1:], path[0]), strict=True):
        along.append(along[-1] + math.dist(here, there))
    return along, along[-1]


def _cut(path: Path, along: list[float], start: float, stop: float) -> Path:
    """The piece of a closed path between two distances along it."""
    closed = (*path, path[0])

    def at(distance: float) -> tuple[float, float]:
        for n in range(len(path)):
            if distance <= along[n + 1]:
                share = (distance - along[n]) / (along[n + 1] - along[n])
                (x0, y0), (x1, y1) = closed[n], closed[n + 1]
                return (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        return closed[-1]

    inner = [closed[n] for n in range(len(closed)) if start < along[n] < stop]
    return (at(start), *inner, at(stop))


def _scaled(path: Path, factor: float) -> Path:
    return tuple((x * factor, y * factor) for x, y in path)


def _closed(path: Path) -> Path:
    return (*path, path[0])


def _draw_symbol(pen: Pen, domain: str, severity: int, style: str, theme: Theme) -> None:
    """Casing, fill, outline by verification, then the glyph; see look.md, Map language."""
    radius = RADII[severity - 1]
    outline = _scaled(OUTLINES[domain], radius)
    colour = theme.severity_colour(severity)
    pen.stroke(_closed(outline), theme.casing, 4.2)
    if style == "hollow":
        pen.fill(outline, theme.casing + "B0")
        pen.stroke(_closed(outline), INK if theme.name == "day" else theme.casing, 3.4)
        pen.stroke(_closed(outline), colour, 2.2)
    elif style == "dashed":
        pen.fill(outline, colour)
        pen.stroke(_closed(outline), colour, 1.6)
        pen.dash(outline, theme.outline, 1.7, 8 if domain != "natural" else 9)
    else:
        pen.fill(outline, colour)
        pen.stroke(_closed(outline), theme.outline, 1.6)
    for path in GLYPHS.get(domain, ()):
        pen.stroke(_scaled(path, radius), colour if style == "hollow" else INK, 1.7)
    if style == "crossed":
        reach = radius * 1.0
        for path in (((-reach, -reach), (reach, reach)), ((reach, -reach), (-reach, reach))):
            pen.stroke(path, theme.casing, 2.8)
            pen.stroke(path, theme.outline, 1.4)


def _draw_port(pen: Pen, theme: Theme, chosen: bool) -> None:
    """A mooring bollard seen from above: a small ring, filled where the port is asked for."""
    ring = tuple((math.cos(math.radians(a)), math.sin(math.radians(a))) for a in range(0, 360, 10))
    radius = 4.2 if chosen else 2.6
    pen.fill(_scaled(ring, radius + 1.6), theme.casing)
    pen.fill(_scaled(ring, radius + 0.6), theme.focus if chosen else theme.reference_strong)
    pen.fill(_scaled(ring, radius - 1.2), theme.casing)


def _draw_halo(pen: Pen, theme: Theme) -> None:
    """The ring around what is selected."""
    ring = tuple((math.cos(math.radians(a)), math.sin(math.radians(a))) for a in range(0, 360, 5))
    pen.stroke(_closed(_scaled(ring, 18.0)), theme.casing, 5.0)
    pen.stroke(_closed(_scaled(ring, 18.0)), theme.focus, 2.6)


def _sector(inner: float, outer: float, start: float, stop: float) -> Path:
    """A piece of a ring; degrees clockwise from north."""
    n = max(2, round(abs(stop - start) / 4))
    angles = [math.radians(start + (stop - start) * i / n - 90) for i in range(n + 1)]
    out = [(outer * math.cos(a), outer * math.sin(a)) for a in angles]
    back = [(inner * math.cos(a), inner * math.sin(a)) for a in reversed(angles)]
    return tuple(out + back)


def _draw_mix(pen: Pen, parts: tuple[int, ...], colours: tuple[str, ...]) -> None:
    """A ring of sixths, worst first from north, on a dark disc that edges the circle in it too."""
    inner = RING_RADIUS - RING_WIDTH
    pen.fill(_sector(0, RING_RADIUS + 1.8, 0, 360), INK)
    start = 0.0
    for level in range(len(parts), 0, -1):
        sweep = 360 * parts[level - 1] / SIXTHS
        if sweep:
            pen.fill(_sector(inner, RING_RADIUS, start, start + sweep), colours[level - 1])
            start += sweep


def find_mixes() -> Iterator[tuple[int, ...]]:
    """Every way to share six sixths among five severities."""

    def share(left: int, levels: int) -> Iterator[tuple[int, ...]]:
        if levels == 1:
            yield (left,)
            return
        for part in range(left + 1):
            for rest in share(left - part, levels - 1):
                yield (part, *rest)

    return share(SIXTHS, len(SEVERITY_COLOURS))


def list_symbols(theme: Theme) -> list[Icon]:
    """The icons of one light."""
    icons = [
        Icon(
            name_symbol(domain, severity, style),
            SYMBOL_BOX,
            partial(_draw_symbol, domain=domain, severity=severity, style=style, theme=theme),
        )
        for domain in DOMAINS.slugs
        for severity in range(1, 6)
        for style in STYLES
    ]
    icons.append(Icon("port_small", 14, partial(_draw_port, theme=theme, chosen=False)))
    icons.append(Icon("port_chosen", 14, partial(_draw_port, theme=theme, chosen=True)))
    icons.append(Icon("halo_focus", 46, partial(_draw_halo, theme=theme)))
    return icons


def list_mixes(colours: tuple[str, ...]) -> list[Icon]:
    """The rings in the severity colours of a light."""
    return [
        Icon(name_mix(parts), RING_BOX, partial(_draw_mix, parts=parts, colours=colours))
        for parts in find_mixes()
    ]


def draw_sheet(icons: list[Icon], ratio: int) -> tuple[Image.Image, dict[str, dict[str, int]]]:
    """A sheet and its index: boxes in sheet pixels, rows as tall as their tallest icon."""
    side = math.ceil(math.sqrt(len(icons)))
    placed: dict[str, tuple[int, int, Image.Image]] = {}
    x = y = row_height = width = 0
    for n, icon in enumerate(icons):
        if n and n % side == 0:
            x, y, row_height = 0, y + row_height, 0
        pen = Pen(icon.box, ratio)
        icon.draw(pen)
        picture = pen.finish(ratio)
        placed[icon.name] = (x, y, picture)
        x += picture.width
        width, row_height = max(width, x), max(row_height, picture.height)
    sheet = Image.new("RGBA", (width, y + row_height), (0, 0, 0, 0))
    index = {}
    for name, (left, top, picture) in placed.items():
        sheet.paste(picture, (left, top))
        index[name] = {
            "x": left,
            "y": top,
            "width": picture.width,
            "height": picture.height,
            "pixelRatio": ratio,
        }
    return sheet, index


def write_sheets(target: FilePath) -> None:
    """Write every sheet into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    sheets = {name: list_symbols(theme) for name, theme in THEMES.items()}
    # Lights with the same severity colours share their rings.
    sheets |= {theme.ring_sheet: list_mixes(theme.severity) for theme in THEMES.values()}
    for name, icons in sheets.items():
        for ratio, suffix in ((1, ""), (2, "@2x")):
            sheet, index = draw_sheet(icons, ratio)
            sheet.quantize(256, method=Image.Quantize.FASTOCTREE).save(
                target / f"{name}{suffix}.png", optimize=True
            )
            (target / f"{name}{suffix}.json").write_text(
                json.dumps(index, separators=(",", ":"), sort_keys=True) + "\n", "utf-8"
            )


if __name__ == "__main__":
    write_sheets(SPRITES)

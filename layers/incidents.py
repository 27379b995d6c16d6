"""Incidents: circles of counts where there are many, a symbol each where there are few."""

from dataclasses import dataclass

import numpy as np

from cop.figures.cells import draw_cells
from cop.figures.points import draw_points
from cop.figures.symbols import STYLE_WORDS, STYLES, name_symbol
from cop.figures.theme import get_theme
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.model.vocabulary import DOMAINS, SEVERITIES
from cop.query.answers import Cells, Points, Timeline


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn: cells or points, the zoom they are for, the window that age is seen in."""

    cells: Cells | None
    points: Points | None
    zoom: float
    window: tuple[np.datetime64, np.datetime64]
    selected: str


def load(context: Context) -> Marks:
    """Nothing more to read: the picture holds the marks."""
    picture = context.picture
    return Marks(
        picture.cells,
        picture.points,
        context.viewport.zoom,
        find_window(picture.timeline),
        context.selected,
    )


def find_window(timeline: Timeline) -> tuple[np.datetime64, np.datetime64]:
    """From the first bucket of a timeline to its last; an empty window where it has none."""
    if not len(timeline.start):
        epoch = np.datetime64(0, "s")
        return epoch, epoch
    return timeline.start[0], timeline.start[-1]


def draw(loaded: Marks, theme: str) -> Drawing:
    """Cells, or points; nothing for nothing."""
    light = get_theme(theme)
    if loaded.cells is not None:
        return Drawing(traces=draw_cells(loaded.cells, light, loaded.zoom))
    if loaded.points is not None:
        return Drawing(
            traces=draw_points(loaded.points, light, loaded.zoom, loaded.window, loaded.selected)
        )
    return Drawing()


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """Severity by colour, domain by shape, verification by outline, and what a circle is."""
    light = get_theme(theme)
    return (
        *(
            LegendEntry(f"{term.slug} {term.label}", light.severity_colour(term.code), "circle")
            for term in reversed(SEVERITIES.terms)
        ),
        *(
            LegendEntry(term.label, light.muted, name_symbol(term.slug, 3, "solid"))
            for term in DOMAINS
        ),
        *(
            LegendEntry(STYLE_WORDS[style], light.muted, name_symbol("physical", 3, style))
            for style in STYLES
        ),
        LegendEntry("Circle: area by count, filled by the worst, ring by the mix", "", "cell"),
        LegendEntry("Translucent circle: position within it", light.muted, "within"),
        LegendEntry("Paler symbol: older within the window", light.muted, "older"),
    )


LAYER = Layer(
    id="incidents",
    title="Incidents",
    group="Incidents",
    attribution="",
    load=load,
    draw=draw,
    legend=legend,
    on_at_start=True,
)

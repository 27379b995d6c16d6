"""Vessel areas: where ships gather or must pass, outlined by kind; those filtered for stand out.

Listed (war-risk) areas are our own approximations and never the geometry of a circular.
"""

from cop.figures.reference import build_fill, build_labels, build_lines, link_geometry
from cop.figures.style import BELOW_MARKS
from cop.figures.theme import get_theme
from cop.layer import Context, Drawing, Layer, LegendEntry

# Kind -> its words and the dash of its outline, in multiples of the line's width.
KINDS: dict[str, tuple[str, tuple[float, ...]]] = {
    "chokepoint": ("Chokepoint", ()),
    "corridor": ("Transit corridor", (8, 3)),
    "anchorage": ("Anchorage", (2, 2)),
    "offshore-field": ("Offshore field", (1, 2.5)),
    "listed-area": ("War-risk area (approximate, not a circular's limits)", (6, 2, 1, 2)),
}
LABEL_ZOOM = 3.2


def load(context: Context) -> tuple[str, ...]:
    """The slugs of the areas filtered for; the geometry comes from our own server."""
    return context.where.filters.area


def draw(loaded: tuple[str, ...], theme: str) -> Drawing:
    """Outlines by kind, a faint tint, labels with zoom, and a strong outline where filtered."""
    light = get_theme(theme)
    drawn = [build_fill(link_geometry("vessel_areas", theme), light.reference, opacity=0.10)]
    for kind, (_words, dash) in KINDS.items():
        source = link_geometry("vessel_areas", theme, kind=kind)
        drawn.append(build_lines(source, light.reference_strong, dash=dash, opacity=0.9))
    if loaded:
        chosen = link_geometry("vessel_areas", theme, codes=loaded)
        drawn.append(build_lines(chosen, light.focus, width=2, below=BELOW_MARKS))
    labels = link_geometry("vessel_areas", theme, shown_as="points")
    drawn.append(
        build_labels(labels, "{name}", light.reference_strong, size=11, min_zoom=LABEL_ZOOM)
    )
    return Drawing(map_layers=drawn)


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """One line a kind."""
    colour = get_theme(theme).reference_strong
    return tuple(LegendEntry(words, colour, "line", dash) for words, dash in KINDS.values())


LAYER = Layer(
    id="vessel_areas",
    title="Vessel areas",
    group="Reference",
    attribution="Vessel areas: own approximation",
    load=load,
    draw=draw,
    legend=legend,
)

"""NAVAREA limits: the 21 areas of the World-Wide Navigational Warning Service."""

from cop.figures.reference import build_labels, build_lines, link_geometry
from cop.figures.theme import get_theme
from cop.layer import Context, Drawing, Layer, LegendEntry

# Of the limits, in multiples of their width.
DASH = (8.0, 3.0, 1.5, 3.0)


def load(context: Context) -> bool:  # noqa: ARG001 (static geometry, the same for every question)
    """Nothing to read: the browser takes the geometry from our own server."""
    return True


def draw(loaded: bool, theme: str) -> Drawing:
    """Limits at sea and a label in each area."""
    if not loaded:
        return Drawing()
    light = get_theme(theme)
    limits = link_geometry("navareas", theme, shown_as="outlines")
    labels = link_geometry("navareas", theme, shown_as="points")
    return Drawing(
        map_layers=[
            build_lines(limits, light.reference, width=1.1, opacity=0.85, dash=DASH),
            build_labels(labels, "{name}", light.reference_strong, size=11.5),
        ]
    )


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """One line."""
    return (LegendEntry("NAVAREA limit (approximate)", get_theme(theme).reference, "line", DASH),)


LAYER = Layer(
    id="navareas",
    title="NAVAREAs",
    group="Reference",
    attribution="NAVAREA limits: own approximation",
    load=load,
    draw=draw,
    legend=legend,
)

"""Sea lanes: the network that routes between ports are found on, as thin lines."""

from cop.figures.reference import build_lines, link_geometry
from cop.figures.theme import get_theme
from cop.layer import Context, Drawing, Layer, LegendEntry


def load(context: Context) -> bool:  # noqa: ARG001 (static geometry, the same for every question)
    """Nothing to read: the browser takes the geometry from our own server."""
    return True


def draw(loaded: bool, theme: str) -> Drawing:
    """One layer of thin lines under the land."""
    if not loaded:
        return Drawing()
    source = link_geometry("sea_lanes", theme)
    return Drawing(
        map_layers=[build_lines(source, get_theme(theme).reference, width=0.8, opacity=0.5)]
    )


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """One line."""
    return (LegendEntry("Sea lane (routing network)", get_theme(theme).reference, "line"),)


LAYER = Layer(
    id="sea_lanes",
    title="Sea lanes",
    group="Reference",
    attribution="Sea lanes: searoute (Apache-2.0)",
    load=load,
    draw=draw,
    legend=legend,
)

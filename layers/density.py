"""Density of incidents in view: one smooth, neutral glow, severity left out on purpose."""

from dataclasses import dataclass

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.style import BELOW_NAMES
from cop.figures.theme import blend, get_theme, with_alpha
from cop.layer import Context, Drawing, Layer, LegendEntry

RADIUS_PX = 34


@dataclass(frozen=True, slots=True)
class Weights:
    """Where incidents lie, degrees, and how many at each place."""

    lon: np.ndarray
    lat: np.ndarray
    count: np.ndarray


def load(context: Context) -> Weights:
    """The cells of the picture, or its points as one each."""
    cells, points = context.picture.cells, context.picture.points
    if cells is not None:
        return Weights(cells.lon, cells.lat, cells.count)
    if points is not None:
        return Weights(points.lon, points.lat, np.ones(len(points.lon)))
    return Weights(np.array([]), np.array([]), np.array([]))


def draw(loaded: Weights, theme: str) -> Drawing:
    """One heat trace on a square-root scale, so that one busy strait does not hide the rest."""
    if not len(loaded.lon):
        return Drawing()
    light = get_theme(theme)
    weights = np.sqrt(loaded.count)
    glow = light.tint
    bright = blend(light.tint, light.text, 0.55)
    return Drawing(
        traces=[
            {
                "type": "densitymap",
                "subplot": "map",
                "lon": pack_array(loaded.lon),
                "lat": pack_array(loaded.lat),
                "z": pack_array(weights),
                "zmin": 0,
                "zmax": float(np.quantile(weights, 0.9)) * 1.5,
                "radius": RADIUS_PX,
                "below": BELOW_NAMES,
                "opacity": 0.9,
                "colorscale": [
                    [0, with_alpha(glow, 0)],
                    [0.04, with_alpha(glow, 0.10)],
                    [0.2, with_alpha(glow, 0.40)],
                    [0.6, with_alpha(glow, 0.70)],
                    [1, with_alpha(bright, 0.95)],
                ],
                "showscale": False,
                "hoverinfo": "skip",
                "showlegend": False,
            }
        ]
    )


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """One line that says what it is and is not."""
    return (
        LegendEntry("Density of incidents in view (not severity)", get_theme(theme).tint, "glow"),
    )


LAYER = Layer(
    id="density",
    title="Density",
    group="Incidents",
    attribution="",
    load=load,
    draw=draw,
    legend=legend,
)

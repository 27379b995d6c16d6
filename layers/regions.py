"""Operational regions: the sea tinted by how many incidents of the question lie in each.

One neutral hue from pale to strong, on a square-root scale; never a severity colour. Regions
filtered for are outlined. A count says what choosing that region would show.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.reference import build_labels, build_lines, link_geometry
from cop.figures.style import BELOW_LAND
from cop.figures.theme import blend, get_theme, with_alpha
from cop.figures.wording import escape, format_count
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.model.vocabulary import regions


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by region slug, and the regions filtered for."""

    by_region: dict[str, int]
    chosen: tuple[str, ...]


def load(context: Context) -> Counts:
    """The facet of the picture."""
    return Counts(context.picture.facets.get("region", {}), context.where.filters.region)


def draw(loaded: Counts, theme: str) -> Drawing:
    """The tint under the land, thin limits, labels, and a strong outline where filtered."""
    light = get_theme(theme)
    limits = link_geometry("regions", theme, shown_as="outlines")
    labels = link_geometry("regions", theme, shown_as="points")
    drawn = [
        build_lines(limits, light.reference, width=0.8, opacity=0.8),
        build_labels(labels, "{name}", light.reference_strong, size=11.5),
    ]
    if loaded.chosen:
        chosen = link_geometry("regions", theme, codes=loaded.chosen, shown_as="outlines")
        drawn.append(build_lines(chosen, light.focus, width=2.2))
    counted = {slug: count for slug, count in loaded.by_region.items() if count > 0}
    return Drawing(traces=[_tint(counted, theme)] if counted else [], map_layers=drawn)


def _tint(counted: dict[str, int], theme: str) -> dict[str, Any]:
    light = get_theme(theme)
    counts = np.array(list(counted.values()))
    return {
        "type": "choroplethmap",
        "subplot": "map",
        "geojson": link_geometry("regions", theme),
        "featureidkey": "properties.code",
        "locations": list(counted),
        "z": pack_array(np.sqrt(counts)),
        "zmin": 0,
        "zmax": float(np.sqrt(counts.max())),
        "colorscale": [
            [0, with_alpha(light.tint, 0.04)],
            [1, with_alpha(light.tint, 0.62)],
        ],
        "showscale": False,
        "marker": {"line": {"width": 0}, "opacity": 1},
        "below": BELOW_LAND,
        "hoverinfo": "text",
        "hovertext": [
            f"<b>{escape(regions().label(slug))}</b><br>{format_count(count)} incidents"
            for slug, count in counted.items()
        ],
        "customdata": [f"region:{slug}" for slug in counted],
        "showlegend": False,
    }


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """Pale, strong and chosen."""
    light = get_theme(theme)
    return (
        LegendEntry("Few incidents", blend(light.tint, light.sea, 0.12), "fill"),
        LegendEntry(
            "Most incidents (square-root scale)", blend(light.tint, light.sea, 0.62), "fill"
        ),
        LegendEntry("Region asked for", light.focus, "line"),
    )


LAYER = Layer(
    id="regions",
    title="Incidents by region",
    group="Reference",
    attribution="Regions: own operational limits",
    load=load,
    draw=draw,
    legend=legend,
)

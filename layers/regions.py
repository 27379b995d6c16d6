"""Operational regions: the sea tinted by how many incidents of the question lie in each.

One neutral hue from pale to strong, on a square-root scale; never a severity colour. Regions
filtered for are outlined. A count says what choosing that region would show.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.reference import build_lines, link_geometry
from cop.figures.style import BELOW_LAND, BELOW_MARKS
from cop.figures.theme import MAP_FONT, blend, get_theme, with_alpha
from cop.figures.wording import escape, format_count
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.model.vocabulary import regions

# Opacity of the tint where most incidents are; at night a whole sea must not glow.
STRONGEST = {"day": 0.62, "dusk": 0.5, "night": 0.26}

# Where a region's label stands, degrees: at sea, clear of the names of oceans.
LABEL_POINTS: dict[str, tuple[float, float]] = {
    "north-sea-channel": (2.5, 56.8),
    "baltic": (19.5, 57.0),
    "arctic": (20.0, 77.0),
    "north-atlantic": (-35.0, 45.0),
    "mediterranean": (18.0, 35.0),
    "black-sea": (34.0, 43.3),
    "red-sea-aden": (41.5, 15.5),
    "persian-gulf-oman": (54.0, 26.0),
    "arabian-sea-somali-basin": (61.5, 9.0),
    "mozambique-channel": (44.5, -22.5),
    "southern-africa": (27.0, -36.5),
    "gulf-of-guinea": (1.0, -4.0),
    "south-atlantic": (-12.0, -16.0),
    "south-america-east": (-38.0, -30.0),
    "caribbean": (-70.5, 14.5),
    "gulf-of-mexico": (-91.0, 25.2),
    "us-east-coast": (-70.0, 36.5),
    "us-west-coast": (-129.5, 42.0),
    "central-america-pacific": (-102.0, 11.5),
    "south-america-west": (-81.5, -20.0),
    "indian-subcontinent": (85.0, 11.0),
    "malacca-singapore": (99.0, 5.0),
    "indonesian-seas": (112.0, -5.2),
    "sulu-celebes": (121.0, 6.0),
    "south-china-sea": (113.5, 12.5),
    "east-asia": (133.0, 29.0),
    "oceania": (158.0, -30.0),
    "north-pacific": (-160.0, 45.0),
    "south-pacific": (-125.0, -38.0),
    "southern-ocean": (80.0, -62.0),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by region slug, and the regions filtered for."""

    by_region: dict[str, int]
    chosen: tuple[str, ...]


def load(context: Context) -> Counts:
    """The facet of the picture."""
    return Counts(context.picture.facets.get("region", {}), context.where.filters.region)


def draw(loaded: Counts, theme: str) -> Drawing:
    """The tint under the land, thin limits, names with counts, a strong outline where filtered."""
    light = get_theme(theme)
    limits = link_geometry("regions", theme, shown_as="outlines")
    drawn = [build_lines(limits, light.reference, width=0.8, opacity=0.8)]
    if loaded.chosen:
        chosen = link_geometry("regions", theme, codes=loaded.chosen, shown_as="outlines")
        drawn.append(build_lines(chosen, light.focus, width=2.2))
    counted = {slug: count for slug, count in loaded.by_region.items() if count > 0}
    traces = [_tint(counted, theme)] if counted else []
    return Drawing(traces=[*traces, _label(loaded.by_region, theme)], map_layers=drawn)


def _label(by_region: dict[str, int], theme: str) -> dict[str, Any]:
    """Name and count at sea; a label without room goes until zoom makes room."""
    shown = [slug for slug in LABEL_POINTS if slug in regions()]
    return {
        "type": "scattermap",
        "subplot": "map",
        "mode": "text",
        "lon": [LABEL_POINTS[slug][0] for slug in shown],
        "lat": [LABEL_POINTS[slug][1] for slug in shown],
        "text": [
            f"{regions().label(slug)}<br>{format_count(by_region.get(slug, 0))}" for slug in shown
        ],
        "textposition": "middle center",
        "textfont": {
            "family": MAP_FONT,
            "size": 11,
            "color": get_theme(theme).reference_strong,
        },
        "below": BELOW_MARKS,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _tint(counted: dict[str, int], theme: str) -> dict[str, Any]:
    light = get_theme(theme)
    counts = np.array(list(counted.values()))
    return {
        "type": "choroplethmap",
        "subplot": "map",
        "geojson": link_geometry("regions", theme, shown_as="joined"),
        "featureidkey": "properties.code",
        "locations": list(counted),
        "z": pack_array(np.sqrt(counts)),
        "zmin": 0,
        "zmax": float(np.sqrt(counts.max())),
        "colorscale": [
            [0, with_alpha(light.tint, 0.04)],
            [1, with_alpha(light.tint, STRONGEST[theme])],
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
            "Most incidents (square-root scale)",
            blend(light.tint, light.sea, STRONGEST[theme]),
            "fill",
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

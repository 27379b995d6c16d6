"""Coverage: which seas somebody reports from now, so that an empty one is not taken for a calm one.

Never a colour of severity: a region that nobody covers is greyed and hatched, one whose sources are
degraded has a broken outline, one reported on time a thin one. The words stand on it as well.
"""

from textwrap import wrap
from typing import Any

from cop.figures.arrays import pack_array
from cop.figures.reference import build_fill, build_lines, link_geometry
from cop.figures.style import BELOW_LAND, BELOW_MARKS
from cop.figures.theme import MAP_FONT, get_theme
from cop.figures.wording import escape
from cop.layer import Context, Drawing, Layer, LegendEntry
from cop.model.coverage import (
    ACTIVE,
    DEGRADED,
    NOT_COVERED,
    QUIET,
    STATES,
    Coverage,
    RegionCoverage,
    Reporter,
    say_expectation,
    say_reporter,
)
from cop.model.dtg import format_dtg
from layers.regions import LABEL_POINTS

# Of a broken outline and of hatching, in multiples of their width.
DASH = (5.0, 4.0)
LINE = 60  # characters of a line that hovers
# Opacity of the grey where nobody reports: the coast must stay plain beside it.
GREY = {"day": 0.14, "dusk": 0.05, "night": 0.16}


def load(context: Context) -> Coverage | None:
    """How each region is covered now; nothing in a picture of the past."""
    return context.coverage()


def draw(loaded: Coverage | None, theme: str) -> Drawing:
    """Grey and hatching, outlines, the state in words, and who reports on hover."""
    if loaded is None or not loaded.regions:
        return Drawing()
    light = get_theme(theme)
    drawn: list[dict[str, Any]] = []
    if gone := _codes(loaded, NOT_COVERED):
        area = link_geometry("regions", theme, codes=gone, shown_as="joined")
        strokes = link_geometry("regions", theme, codes=gone, shown_as="hatched")
        drawn.append(build_fill(area, light.muted, opacity=GREY[theme]))
        drawn.append(build_lines(strokes, light.muted, width=0.8, opacity=0.4))
    if degraded := _codes(loaded, DEGRADED):
        edge = link_geometry("regions", theme, codes=degraded, shown_as="edges")
        drawn.append(build_lines(edge, light.reference_strong, width=1.6, dash=DASH))
    if heard := _codes(loaded, QUIET, ACTIVE):
        edge = link_geometry("regions", theme, codes=heard, shown_as="edges")
        drawn.append(build_lines(edge, light.reference_strong, width=1.0))
    return Drawing(traces=[_hover(loaded, theme), _label(loaded, theme)], map_layers=drawn)


def _codes(coverage: Coverage, *states: str) -> tuple[str, ...]:
    """Slugs of the regions in these states, in one order, so that one address is asked for."""
    return tuple(sorted(r.region for r in coverage.regions if r.state in states))


def _label(coverage: Coverage, theme: str) -> dict[str, Any]:
    """Name and state at sea; a label without room goes until zoom makes room."""
    shown = [region for region in coverage.regions if region.region in LABEL_POINTS]
    return {
        "type": "scattermap",
        "subplot": "map",
        "mode": "text",
        "lon": [LABEL_POINTS[region.region][0] for region in shown],
        "lat": [LABEL_POINTS[region.region][1] for region in shown],
        "text": [f"{escape(region.label)}<br>{STATES[region.state]}" for region in shown],
        "textposition": "middle center",
        "textfont": {"family": MAP_FONT, "size": 11, "color": get_theme(theme).reference_strong},
        "below": BELOW_MARKS,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _hover(coverage: Coverage, theme: str) -> dict[str, Any]:
    """Areas that cannot be seen, only asked."""
    found = coverage.regions
    return {
        "type": "choroplethmap",
        "subplot": "map",
        "geojson": link_geometry("regions", theme, shown_as="joined"),
        "featureidkey": "properties.code",
        "locations": [region.region for region in found],
        "z": pack_array([0.0] * len(found)),
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        "showscale": False,
        "marker": {"line": {"width": 0}, "opacity": 1},
        "below": BELOW_LAND,
        "hoverinfo": "text",
        "hovertext": [_say(region) for region in found],
        "customdata": [f"region:{region.region}" for region in found],
        "showlegend": False,
    }


def _say(region: RegionCoverage) -> str:
    """Who reports from it and since when, and what to expect: one line each, long ones broken."""
    lines = [_say_reporter(reporter) for reporter in region.reporters]
    if not lines:
        lines = ["No source covers it."]
    if region.expected:
        lines += wrap(say_expectation(region), LINE)
    head = f"<b>{escape(region.label)}: {STATES[region.state]}</b>"
    return "<br>".join([head, *map(escape, lines)])


def _say_reporter(reporter: Reporter) -> str:
    at = reporter.last_success_at
    return say_reporter(reporter, f"last {format_dtg(at)}" if at else "")


def legend(theme: str) -> tuple[LegendEntry, ...]:
    """The three ways a region looks, in words."""
    light = get_theme(theme)
    return (
        LegendEntry("Not covered: nobody reports from here now", light.muted, "hatch"),
        LegendEntry(
            "Degraded: its sources are late or failed", light.reference_strong, "line", DASH
        ),
        LegendEntry("Reported on time: quiet, or active", light.reference_strong, "line"),
    )


LAYER = Layer(
    id="coverage",
    title="Coverage: who reports",
    group="Reference",
    attribution="Coverage: state of our sources now",
    load=load,
    draw=draw,
    legend=legend,
)

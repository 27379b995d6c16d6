"""The layer picker and the legend, as two small panels on the map."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from dash import html

from cop.figures.swatch import SHAPES, link_swatch
from cop.figures.symbols import OUTLINES, link_svg
from cop.figures.theme import get_theme
from cop.layer import Layer, LegendEntry
from cop.ui import ids, marks
from cop.ui.look import default_layers
from cop.ui.plain import flatten


def picker(layers: Sequence[Layer]) -> html.Details:
    """Which layers are on; the groups by name, the layers in drawing order."""
    groups: list[Any] = []
    for group, members in groupby(sorted(layers, key=_group_of), key=_group_of):
        groups.append(html.H3(group))
        groups += [
            marks.choice(
                "layers",
                layer.id,
                [html.Span(layer.title, className="option-name")],
                on=layer.on_at_start,
                className="option",
            )
            for layer in members
        ]
    return html.Details(
        [
            html.Summary([marks.icon("layers"), "Layers"], title="Layers (l)"),
            html.Div(
                groups,
                id="layers-list",
                role="group",
                className="popover options",
                **{
                    "aria-label": "Map layers",
                    "data-default": ",".join(default_layers(layers)),
                },
            ),
        ],
        id="layers-panel",
        className="map-tool",
    )


def _group_of(layer: Layer) -> str:
    return layer.group


def layout() -> html.Details:
    """The legend before its first answer."""
    return html.Details(
        [
            html.Summary([marks.icon("legend"), "Legend"]),
            html.Div(
                id=ids.LEGEND,
                className="popover legend",
                tabIndex=0,  # longer than the map is high, so that it scrolls by keyboard too
                role="group",
                **{"aria-label": "Legend"},
            ),
        ],
        className="map-tool",
    )


@lru_cache(maxsize=64)
def render(layers: tuple[Layer, ...], on: tuple[str, ...], theme: str) -> list[Any]:
    """What every mark of the layers that are on means, as plain components; not to be changed."""
    shown = [layer for layer in reversed(layers) if layer.id in on]
    if not shown:
        return [flatten(html.P("No layer is on."))]
    sections = [
        html.Section(
            [
                html.H3(layer.title),
                html.Ul([_entry(entry, theme) for entry in layer.legend(theme)]),
                *([html.P(layer.attribution, className="note")] if layer.attribution else []),
            ]
        )
        for layer in shown
    ]
    return [flatten(section) for section in sections]


def _entry(entry: LegendEntry, theme: str) -> html.Li:
    return html.Li([_swatch(entry, theme), html.Span(entry.label)])


def _swatch(entry: LegendEntry, theme: str) -> Any:
    parts = entry.shape.split("_")
    if len(parts) == 3 and parts[0] in OUTLINES:
        return html.Img(
            src=link_svg(parts[0], 0, parts[2], get_theme(theme), 16), alt="", className="swatch"
        )
    if entry.shape in SHAPES:
        source = link_swatch(entry.shape, entry.colour, entry.dash, get_theme(theme))
        return html.Img(src=source, alt="", className="swatch")
    shape = entry.shape if entry.shape in ("fill", "circle") else "none"
    return html.Span(
        className=f"swatch swatch-{shape}",
        style={"--swatch": entry.colour} if entry.colour else {},
        **{"aria-hidden": "true"},
    )

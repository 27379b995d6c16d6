"""What a map layer is: a frozen record of where its data come from and how they are drawn.

`load` sees only its context and may read; `draw` is pure. An empty load draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cop.model.coverage import Coverage
from cop.query.answers import Picture, Viewport
from cop.query.where import Where


def _no_coverage() -> Coverage | None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """What a layer may see: the question, its answer, the viewport, and reference tables by name.

    `reference(name)` returns a frame of the store: `ports`, `regions`, `vessel_areas`.
    `selected` is the id of the incident whose detail is open, empty for none. `coverage()` says
    how each region is covered now, None in a picture of the past.
    """

    where: Where
    picture: Picture
    viewport: Viewport
    theme: str
    reference: Callable[[str], pd.DataFrame]
    selected: str = ""
    coverage: Callable[[], Coverage | None] = field(default=_no_coverage)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend: a swatch and its meaning."""

    label: str
    colour: str = ""
    shape: str = ""  # a sprite symbol, `fill`, `circle`, or one of `cop.figures.swatch.SHAPES`
    dash: tuple[float, ...] = ()  # of a line, as drawn: in multiples of its width


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a layer adds: Plotly traces and entries of `layout.map.layers`, both as plain dicts.

    Traces carry data that change with the question; entries of `layout.map.layers` take static
    geometry from an address of ours, so that it costs nothing with each answer.
    """

    traces: list[dict[str, Any]] = field(default_factory=list)
    map_layers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layer:
    """One map layer; its file in `layers/` builds exactly one of these."""

    id: str
    title: str
    group: str  # "Incidents" or "Reference": where the layer list shows it
    attribution: str
    load: Callable[[Context], Any]
    draw: Callable[[Any, str], Drawing]  # (loaded, theme) -> drawing
    legend: Callable[[str], tuple[LegendEntry, ...]]  # theme -> entries
    on_at_start: bool = False

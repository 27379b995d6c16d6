"""What a map layer is: a frozen record of where its data come from and how they are drawn.

`load` sees only its context and may read; `draw` is pure. An empty load draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cop.query.answers import Picture, Viewport
from cop.query.where import Where


@dataclass(frozen=True, slots=True)
class Context:
    """What a layer may see: the question, its answer, the viewport, and reference tables by name.

    `reference(name)` returns a frame of the store: `ports`, `regions`, `vessel_areas`.
    """

    where: Where
    picture: Picture
    viewport: Viewport
    theme: str
    reference: Callable[[str], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend: a swatch and its meaning."""

    label: str
    colour: str = ""
    shape: str = ""  # name of a sprite symbol, or line, dash, fill, circle


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a layer adds to the figure: Plotly traces and MapLibre layers, both as plain dicts."""

    traces: list[dict[str, Any]] = field(default_factory=list)
    map_layers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layer:
    """One map layer; its file in `layers/` builds exactly one of these."""

    id: str
    title: str
    group: str  # incidents, reference
    attribution: str
    load: Callable[[Context], Any]
    draw: Callable[[Any, str], Drawing]  # (loaded, theme) -> drawing
    legend: Callable[[str], tuple[LegendEntry, ...]]  # theme -> entries
    on_at_start: bool = False

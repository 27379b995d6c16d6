"""The shapes of what comes back: one frozen answer per question, sliced by every panel.

Arrays are numpy, one element a mark or row; codes are those of `cop.model.vocabulary`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Viewport:
    """What the map shows: bounds in degrees (west > east across 180°) and MapLibre zoom."""

    west: float = -180.0
    south: float = -80.0
    east: float = 180.0
    north: float = 85.0
    zoom: float = 1.4


@dataclass(frozen=True, slots=True)
class Cells:
    """Incidents of a viewport gathered into Web-Mercator cells, at most 2,000 of them.

    `lon`, `lat` is the mean position of a cell's incidents; `worst` the highest severity in it;
    `by_severity` has shape (n, 5) and `by_domain` (n, 7), in vocabulary order; `newest_at` is
    datetime64[s].
    """

    lon: np.ndarray
    lat: np.ndarray
    count: np.ndarray
    worst: np.ndarray
    by_severity: np.ndarray
    by_domain: np.ndarray
    newest_at: np.ndarray


@dataclass(frozen=True, slots=True)
class Points:
    """Single incidents of a viewport, newest last so that they are drawn on top; at most 2,000."""

    incident_id: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    hazard: np.ndarray
    severity: np.ndarray
    act: np.ndarray
    verification: np.ndarray
    tlp: np.ndarray
    position_precision: np.ndarray
    uncertainty_nm: np.ndarray
    occurred_at: np.ndarray  # datetime64[s]
    time_precision: np.ndarray
    title: np.ndarray


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts by time bucket and severity, gaps filled with zero.

    `start` is datetime64[s], ascending; `step` names the bucket: hour, day, week, month, year;
    `by_severity` has shape (n, 5). An incident that began before the window counts in its
    first bucket, so the sum is the picture's count.
    """

    start: np.ndarray
    step: str
    by_severity: np.ndarray


@dataclass(frozen=True, slots=True)
class FramePoints:
    """Single incidents of a viewport to be played, by when they began; at most 2,000.

    `occurred_at` and `last_at` are the first and the last moment of each, datetime64[s]: equal for
    an instant, the ends of its day, month or interval otherwise.
    """

    incident_id: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    hazard: np.ndarray
    severity: np.ndarray
    act: np.ndarray
    verification: np.ndarray
    tlp: np.ndarray
    position_precision: np.ndarray
    time_precision: np.ndarray
    occurred_at: np.ndarray
    last_at: np.ndarray


@dataclass(frozen=True, slots=True)
class FrameCells:
    """Cells of a viewport to be played: how many incidents began in each at each step.

    `lon`, `lat` are the mean position of all of a cell's incidents. An entry is a cell and step in
    which some began: `cell` its place in `lon`, `step` from 0, `count` how many, `worst` their
    highest severity; entries are ordered by cell, then step.
    """

    lon: np.ndarray
    lat: np.ndarray
    cell: np.ndarray
    step: np.ndarray
    count: np.ndarray
    worst: np.ndarray


@dataclass(frozen=True, slots=True)
class Frames:
    """What a viewport shows of a question at each moment of a window, in one answer.

    `total` counts the located incidents in view, exactly those of the picture. One of `points` and
    `cells` is set.
    """

    total: int
    points: FramePoints | None
    cells: FrameCells | None


@dataclass(frozen=True, slots=True)
class Picture:
    """One answer to one question: everything the screen's counts and marks are made of.

    `facets[key]` maps slug -> count for that URL key, counted with every *other* filter applied,
    so that it says what choosing the value would show. Exactly one of `cells` and `points` is set.
    `in_view` counts the located incidents inside the viewport.
    """

    count: int
    located: int
    in_view: int
    cells: Cells | None
    points: Points | None
    facets: dict[str, dict[str, int]]
    timeline: Timeline
    tiles: dict[str, Any]
    version: int
    words: str
    highest_tlp: str = "clear"
    newest_at: datetime | None = None
    newest_recorded_at: datetime | None = None
    sources: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the list in order, one plain list a column, all equally long: `page["title"][0]`.

    Codes, not slugs; times are naive UTC `datetime`; `lon`, `lat` None without a position.
    """

    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.columns["incident_id"])

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]

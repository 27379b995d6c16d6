"""Frames for the browser: a window cut into steps, and what `assets/69-play.js` draws of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from cop.figures.arrays import pack_array
from cop.figures.points import name_mark
from cop.figures.timeline import add_step
from cop.model.vocabulary import POSITION_PRECISIONS
from cop.query.answers import FrameCells, FramePoints, Frames, Timeline

MOST_STEPS: Final = 150
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LADDER: Final = (
    _HOUR / 6, _HOUR / 2, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY,
    14 * _DAY, 30 * _DAY, 60 * _DAY, 91 * _DAY, 182 * _DAY, 365 * _DAY, 730 * _DAY,
)  # fmt: skip
# What passes in a second, and its words.
SPEEDS: Final[dict[timedelta, str]] = {
    _HOUR: "1 h",
    6 * _HOUR: "6 h",
    _DAY: "1 d",
    7 * _DAY: "7 d",
    30 * _DAY: "30 d",
    365 * _DAY: "1 y",
}
# A speed fits a window that it plays in so many seconds; of those that fit, the one nearest to
# half a minute is offered first.
SHORTEST_S, LONGEST_S, USUAL_S = 2.0, 900.0, 25.0
_VAGUE = [POSITION_PRECISIONS.code("approximate"), POSITION_PRECISIONS.code("area")]
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reel:
    """The window to be played, naive UTC, and its steps; the last step may reach over the end."""

    start: datetime
    end: datetime
    step: timedelta

    @property
    def n_steps(self) -> int:
        return -(-(self.end - self.start) // self.step)


def plan_reel(
    timeline: Timeline,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    newest_at: datetime | None,
) -> Reel | None:
    """The time that the bars of a timeline cover, within the window asked for and not beyond now,
    unless something is dated later. None where there are no bars.
    """
    if not len(timeline.start):
        return None
    start: datetime = timeline.start[0].astype("datetime64[s]").item()
    end: datetime = add_step(timeline.start[-1:], timeline.step)[0].item()
    start = max(start, since) if since else start
    end = min(end, max(now, newest_at or now))
    end = min(end, until) if until else end
    end = max(end, start + _HOUR)
    span = end - start
    step = next((step for step in _LADDER if span <= MOST_STEPS * step), None)
    return Reel(start, end, step or -(-span // (MOST_STEPS * _DAY)) * _DAY)


def fit_speeds(reel: Reel) -> tuple[list[timedelta], timedelta]:
    """The speeds that fit a window, and the one to begin with."""
    span = reel.end - reel.start
    fitting = [s for s in SPEEDS if SHORTEST_S <= span / s <= LONGEST_S]
    fitting = fitting or [min(SPEEDS, key=lambda s: _apart(span, s))]
    return fitting, min(fitting, key=lambda s: _apart(span, s))


def _apart(span: timedelta, speed: timedelta) -> float:
    return abs(float(np.log(span / speed / USUAL_S)))


def pack_frames(frames: Frames, reel: Reel) -> dict[str, Any]:
    """What the browser plays, without colours, which are those of its light.

    Times are seconds since the reel's start, negative for what began before it.
    """
    speeds, first = fit_speeds(reel)
    return {
        "start": reel.start.isoformat() + "Z",
        "end": reel.end.isoformat() + "Z",
        "step": reel.step // _SECOND,
        "steps": reel.n_steps,
        "speeds": [speed // _SECOND for speed in speeds],
        "speed": first // _SECOND,
        "total": frames.total,
        "points": None if frames.points is None else _pack_points(frames.points, reel.start),
        "cells": None if frames.cells is None else _pack_cells(frames.cells),
    }


def _pack_points(points: FramePoints, start: datetime) -> dict[str, Any]:
    codes = zip(
        points.hazard.tolist(),
        points.severity.tolist(),
        points.act.tolist(),
        points.verification.tolist(),
        strict=True,
    )
    names = [name_mark(*code) for code in codes]
    marks = {name: n for n, name in enumerate(dict.fromkeys(names))}
    zero = np.datetime64(start, "s")
    begins = (points.occurred_at - zero).astype(np.int64)
    return {
        "id": points.incident_id.tolist(),
        "lon": np.round(points.lon.astype(float), 3).tolist(),
        "lat": np.round(points.lat.astype(float), 3).tolist(),
        "mark": [marks[name] for name in names],
        "marks": list(marks),
        "severity": points.severity.tolist(),
        "vague": np.isin(points.position_precision, _VAGUE).astype(int).tolist(),
        "begins": begins.tolist(),
        "lasts": ((points.last_at - zero).astype(np.int64) - begins).tolist(),
    }


def _pack_cells(cells: FrameCells) -> dict[str, Any]:
    return {
        "lon": np.round(cells.lon, 3).tolist(),
        "lat": np.round(cells.lat, 3).tolist(),
        "cell": pack_array(cells.cell, "int16")["bdata"],
        "step": pack_array(cells.step, "uint8")["bdata"],
        "count": pack_array(cells.count, "int32")["bdata"],
        "worst": pack_array(cells.worst, "uint8")["bdata"],
    }

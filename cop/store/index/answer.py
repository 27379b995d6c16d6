"""Questions answered from a snapshot, in the very shapes the SQL answers have."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from cop.model.vocabulary import ACTS, MARKINGS, VERIFICATIONS
from cop.query.answers import Cells, Picture, Points, Timeline, Viewport
from cop.query.filters import BBox
from cop.query.where import Where
from cop.store.cells import ZOOM
from cop.store.extent import Extent, extent_of
from cop.store.index import kernel
from cop.store.index.asking import COLUMN_OF, Asking, Box, compile_asking
from cop.store.index.cells import gather, to_cells
from cop.store.index.coding import GROUP_OF
from cop.store.index.picking import Masks, pick_rows
from cop.store.index.snapshot import Snapshot
from cop.store.index.taking import rows_of, take_codes, take_numbers, take_texts
from cop.store.index.tally import (
    Tally,
    instant,
    tally,
)
from cop.store.picture import (
    CELL_LEVELS,
    FACETS,
    MOST_CELLS,
    build_facets,
    build_timeline,
    choose_step,
    most_points,
)

HOUR_US = 3_600_000_000


def answer_count(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, where: Where) -> int:
    """How many incidents meet the question."""
    asking = compile_asking(where, snapshot.dictionaries)
    return tally(snapshot, asking, pick_rows(cursor, where, snapshot, asking)).count


def answer_extent(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, where: Where
) -> Extent | None:
    """The smallest box round what meets the question; see `cop.store.extent`."""
    asking = compile_asking(where, snapshot.dictionaries)
    found = rows_of(snapshot, asking, pick_rows(cursor, where, snapshot, asking))
    places = take_numbers(snapshot, found, ("lon", "lat"))
    return extent_of(places["lon"], places["lat"])


def answer_picture(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, where: Where, *, viewport: Viewport
) -> Picture:
    """Everything a screen shows of a question; see `cop.store.picture.answer_picture`."""
    asking = compile_asking(where, snapshot.dictionaries)
    masks = pick_rows(cursor, where, snapshot, asking)
    counted = tally(snapshot, asking, masks)
    in_view, cells, points = _marks(snapshot, asking, masks, viewport, counted)
    tiles = _tiles(asking, counted)
    some = counted.count > 0
    return Picture(
        count=tiles["count"],
        located=tiles["count"] - tiles["unlocated"],
        in_view=in_view,
        cells=cells,
        points=points,
        facets=build_facets({key: _facet(asking, counted, key) for key in (*FACETS, "area")}),
        timeline=_timeline(snapshot, asking, masks, where, counted),
        tiles=tiles,
        version=snapshot.version,
        words=where.words,
        highest_tlp=MARKINGS.slug(_highest(asking, counted)) if some else "clear",
        newest_at=counted.newest_at if some else None,
        newest_recorded_at=instant(counted.totals[kernel.RECORDED_AT]) if some else None,
    )


def _facet(asking: Asking, counted: Tally, key: str) -> list[tuple[int, int]]:
    """(code, count) of a key, with every other condition applied."""
    column = COLUMN_OF[key]
    n = GROUP_OF[column]
    codes, places = asking.groups[n].dictionary.values[column]
    counts = np.where(asking.groups[n].without(key), counted.by[n], 0)
    sums = np.bincount(places, counts, len(codes)).astype(np.int64)
    return [(code, n) for code, n in zip(codes.tolist(), sums.tolist(), strict=True) if n]


def _sum_where(asking: Asking, counted: Tally, name: str, test: Any) -> int:
    n = GROUP_OF[name]
    group = asking.groups[n]
    return int(counted.by[n][group.ok & test(group.dictionary.small[name])].sum())


def _highest(asking: Asking, counted: Tally) -> int:
    group = asking.groups[0]
    return int(group.dictionary.small["tlp"][group.ok & (counted.by[0] > 0)].max())


def _tiles(asking: Asking, counted: Tally) -> dict[str, Any]:
    unfounded, unverified = ACTS.code("unfounded"), VERIFICATIONS.code("unverified")
    totals = counted.totals
    return {
        "count": counted.count,
        "unlocated": int(totals[kernel.COUNT] - totals[kernel.LOCATED]),
        "severe": _sum_where(asking, counted, "severity", lambda codes: codes >= 4),
        "unfounded": _sum_where(asking, counted, "act", lambda codes: codes == unfounded),
        "unverified": _sum_where(
            asking, counted, "verification", lambda codes: codes == unverified
        ),
        "occurred_24h": int(totals[kernel.LAST_DAY]),
        "recorded_24h": int(totals[kernel.RECORDED_DAY]),
    }


def _marks(
    snapshot: Snapshot, asking: Asking, masks: Masks | None, viewport: Viewport, counted: Tally
) -> tuple[int, Cells | None, Points | None]:
    """Single points while they can be told apart, cells above that."""
    view = Box.of(BBox(viewport.west, viewport.south, viewport.east, viewport.north))
    level = max(0, min(ZOOM, int(viewport.zoom) + CELL_LEVELS))
    sums = gather(snapshot, asking, masks, view, level, MOST_CELLS, counted.rows)
    while sums is None:
        level -= 1
        sums = gather(snapshot, asking, masks, view, level, MOST_CELLS, counted.rows)
    in_view = int(sums.counts.sum())
    if in_view > most_points(viewport.zoom):
        return in_view, to_cells(sums), None
    return in_view, None, _points(snapshot, asking.inside(view), masks)


def _points(snapshot: Snapshot, asking: Asking, masks: Masks | None) -> Points:
    found = rows_of(snapshot, asking, masks)
    texts = (
        "incident_id", "title", "position_precision", "uncertainty_nm", "time_precision",
    )  # fmt: skip
    columns = {
        **take_numbers(snapshot, found, ("lon", "lat", "occurred")),
        **take_codes(snapshot, found, ("hazard", "severity", "act", "verification", "tlp")),
        **{name: as_array(values) for name, values in take_texts(snapshot, found, texts).items()},
    }
    order = np.lexsort((columns["incident_id"], columns["occurred"]))
    columns = {name: column[order] for name, column in columns.items()}
    occurred = columns.pop("occurred").astype("datetime64[us]").astype("datetime64[s]")
    return Points(**columns, occurred_at=occurred)


def as_array(values: list[Any]) -> np.ndarray:
    """Texts as objects, numbers as numbers."""
    return np.array(values, object if values and isinstance(values[0], str) else None)


def _timeline(
    snapshot: Snapshot, asking: Asking, masks: Masks | None, where: Where, counted: Tally
) -> Timeline:
    """Counts by bucket over the asked window, or over what was found where it is open."""
    if not counted.count:
        return Timeline(np.array([], "datetime64[s]"), "day", np.zeros((0, 5), int))
    start = max(counted.first_at, where.since) if where.since else counted.first_at
    step = choose_step(start, counted.newest_at)
    if step == "hour":
        return _hours(snapshot, asking, masks)
    found = np.flatnonzero(counted.timeline.any(axis=1))
    unit = "M" if counted.calendar.monthly else "D"
    buckets = (found + counted.calendar.first).astype(f"datetime64[{unit}]")
    if step == "week":
        days = buckets.astype(np.int64)
        buckets = (days - (days + 3) % 7).astype("datetime64[D]")
    rows, severities = np.nonzero(counted.timeline[found])
    return build_timeline(
        step,
        buckets[rows].astype(
            {"month": "datetime64[M]", "year": "datetime64[Y]"}.get(step, "datetime64[s]")
        ),
        severities,
        counted.timeline[found][rows, severities],
    )


def _hours(snapshot: Snapshot, asking: Asking, masks: Masks | None) -> Timeline:
    """The finest timeline, from the rows themselves: few questions are of so short a time."""
    found = rows_of(snapshot, asking, masks)
    occurred = np.maximum(take_numbers(snapshot, found, ("occurred",))["occurred"], asking.since)
    severities = take_codes(snapshot, found, ("severity",))["severity"].astype(np.int64)
    places, counts = np.unique(occurred // HOUR_US * 8 + severities, return_counts=True)
    buckets = (places // 8 * HOUR_US).astype("datetime64[us]")
    return build_timeline("hour", buckets, places % 8, counts)

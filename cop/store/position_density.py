"""How many positions were where, by cell and day, exact for each viewer's marking.

Counts by region, vessel area and viewport come from the aggregate, whatever the number of facts;
those around a port are counted on the facts, since a circle follows no cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import numpy as np
from pyproj import Geod

from cop.errors import BadQuestion
from cop.model.ports import ports
from cop.model.vessel_position import E7
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS, Vocabulary, areas, regions
from cop.query.answers import Viewport
from cop.query.filters import BBox
from cop.query.position_answers import CellMarks, PositionDensity
from cop.store.tiles import centres_of, tiles_of

DENSITY_ZOOM = 10  # of the aggregate
PORT_ZOOM = 13  # tiles of about 5 km: a harbour can be told from its approaches
MOST_CELLS = 2_000
CELL_LEVELS = 3
MAX_RADIUS_NM = 100.0
GEOD = Geod(ellps="WGS84")
METRES_PER_NM = 1852.0
# A sphere is off by at most 0.56 % of a distance on the ellipsoid; within this the ring is tested.
SPHERE_ERROR = 0.007
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The same positions counted twice: by day, and by tile of a zoom; their strictest marking."""

    days: np.ndarray
    by_day: np.ndarray
    x: np.ndarray
    y: np.ndarray
    by_tile: np.ndarray
    zoom: int
    tlp: int


def answer_position_density(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    since: date | None = None,
    until: date | None = None,
    viewport: Viewport | None = None,
    region: str = "",
    area: str = "",
    port: str = "",
    radius_nm: float = 10.0,
) -> PositionDensity:
    """Positions of the days [since, until) in a region, vessel area, or circle around a port.

    A viewport counts the tiles (zoom 10, about 20 nm) that touch it and sets how fine the cells
    are. Raises BadQuestion for an unknown place, a time of day, or more than one kind of place.
    """
    first, last = check_days(since, until)
    if sum(map(bool, (region, area, port))) > 1:
        raise BadQuestion("area", "ask for a region, an area or a port, not several of them")
    clearance = MARKINGS.code(viewer.clearance)
    if port:
        counted = _around(cursor, clearance, first, last, port, radius_nm)
    else:
        counted = _aggregate(cursor, clearance, first, last, viewport, region, area)
    finest = counted.zoom
    if viewport:
        finest = max(0, min(finest, int(viewport.zoom) + CELL_LEVELS))
    return PositionDensity(
        count=int(counted.by_day.sum()),
        cells=_gather(counted, finest),
        days=counted.days,
        by_day=counted.by_day,
        highest_tlp=MARKINGS.slug(counted.tlp) if len(counted.days) else "clear",
    )


def check_days(since: date | None, until: date | None) -> tuple[date, date]:
    """The days asked for, half-open; raises BadQuestion for a time of day or an empty range."""
    first = _day("since", since) if since else _FIRST
    last = _day("until", until) if until else _LAST
    if first >= last:
        raise BadQuestion("until", "until must be after since")
    return first, last


def _day(key: str, asked: date) -> date:
    if not isinstance(asked, datetime):
        return asked
    if (asked.hour, asked.minute, asked.second, asked.microsecond) != (0, 0, 0, 0):
        raise BadQuestion(key, f"{key}: density is counted by whole days")
    return asked.date()


def _aggregate(
    cursor: duckdb.DuckDBPyConnection,
    clearance: int,
    first: date,
    last: date,
    viewport: Viewport | None,
    region: str,
    area: str,
) -> _Counted:
    condition = "tlp <= ? AND day >= ? AND day < ?"
    values: list[Any] = [clearance, first, last]
    if region:
        condition += " AND region = ?"
        values.append(_code("region", regions(), region))
    if area:
        condition += " AND areas & ?::UBIGINT <> 0"
        values.append(1 << _code("area", areas(), area))
    if viewport:
        box = BBox(viewport.west, viewport.south, viewport.east, viewport.north)
        spans = []
        for west, east in box.spans:
            x, y = tiles_of(
                # 180 is the east edge of the last tile here, not the west edge of the first.
                np.array([west, min(east, 179.999999)]),
                np.array([box.north, box.south]),
                DENSITY_ZOOM,
            )
            spans.append("(x BETWEEN ? AND ? AND y BETWEEN ? AND ?)")
            values += [int(x[0]), int(x[1]), int(y[0]), int(y[1])]
        condition += f" AND ({' OR '.join(spans)})"
    # By day and by tile apart: together they would be as many rows as the aggregate has.
    rows = cursor.execute(
        "SELECT day, x, y, sum(n)::BIGINT AS n, max(tlp) AS tlp FROM position_density "
        f"WHERE {condition} GROUP BY GROUPING SETS ((day), (x, y)) ORDER BY day",
        values,
    ).fetchnumpy()
    is_tile = np.ma.getmaskarray(rows["day"])
    n = np.asarray(rows["n"])
    return _Counted(
        days=np.asarray(rows["day"])[~is_tile].astype("datetime64[D]"),
        by_day=n[~is_tile],
        x=np.asarray(rows["x"])[is_tile].astype(np.int64),
        y=np.asarray(rows["y"])[is_tile].astype(np.int64),
        by_tile=n[is_tile],
        zoom=DENSITY_ZOOM,
        tlp=int(np.asarray(rows["tlp"]).max(initial=0)),
    )


def _around(
    cursor: duckdb.DuckDBPyConnection,
    clearance: int,
    first: date,
    last: date,
    locode: str,
    radius_nm: float,
) -> _Counted:
    """Positions within a distance of a port: a box, then a sphere, then the ellipsoid's ring."""
    port = ports().get(locode)
    if port is None:
        raise BadQuestion("port", f"port: {locode[:20]!r} is no UN/LOCODE of a port known here")
    if not 0 < radius_nm <= MAX_RADIUS_NM:
        raise BadQuestion("radius_nm", f"radius_nm must be above 0 and at most {MAX_RADIUS_NM:.0f}")
    reach = radius_nm * (1 + SPHERE_ERROR)
    height = reach / 60
    south, north = port.lat - height, port.lat + height
    # Near a pole a circle holds every longitude.
    widest = max(abs(south), abs(north))
    width = 180.0 if widest >= 89 else min(180.0, height / np.cos(np.radians(widest)) * 1.01)
    spans = _spans(port.lon - width, port.lon + width)
    within = " OR ".join("lon BETWEEN ? AND ?" for _ in spans)
    edges = [round(edge * E7) for span in spans for edge in span]
    distance = (
        (
            "2 * 3440.065 * asin(sqrt(least(1, pow(sin(radians(lat / 1e7 - $lat) / 2), 2) "
            "+ cos(radians(lat / 1e7)) * cos(radians($lat)) "
            "* pow(sin(radians(lon / 1e7 - $lon) / 2), 2))))"
        )
        .replace("$lat", repr(float(port.lat)))
        .replace("$lon", repr(float(port.lon)))
    )
    rows = cursor.execute(
        f'SELECT "at"::DATE AS day, lon, lat, tlp, {distance} AS distance FROM positions '
        'WHERE tlp <= ? AND "at" >= ? AND "at" < ? AND lat BETWEEN ? AND ? '
        f"AND ({within}) AND {distance} <= ?",
        [clearance, first, last, round(south * E7), round(north * E7), *edges, reach],
    ).fetchnumpy()
    lon, lat = rows["lon"] / E7, rows["lat"] / E7
    inside = rows["distance"] <= radius_nm * (1 - SPHERE_ERROR)
    ring = np.flatnonzero(~inside)
    here = np.full(len(ring), port.lon), np.full(len(ring), port.lat)
    metres = np.asarray(GEOD.inv(*here, lon[ring], lat[ring])[2])
    inside[ring] = metres <= radius_nm * METRES_PER_NM
    day = rows["day"].astype("datetime64[D]")[inside]
    days, by_day = np.unique(day, return_counts=True)
    x, y = tiles_of(lon[inside], lat[inside], PORT_ZOOM)
    return _Counted(
        days=days,
        by_day=by_day,
        x=x,
        y=y,
        by_tile=np.ones(len(x), dtype=np.int64),
        zoom=PORT_ZOOM,
        tlp=int(rows["tlp"][inside].max(initial=0)),
    )


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    if east - west >= 360:
        return [(-180.0, 180.0)]
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]


def _gather(counted: _Counted, finest: int) -> CellMarks:
    """At most 2,000 cells: as fine as asked, coarser where there would be more."""
    zoom = finest
    while True:
        coarser = counted.zoom - zoom
        key = (counted.x >> coarser) << 32 | (counted.y >> coarser)
        keys, places = np.unique(key, return_inverse=True)
        if len(keys) <= MOST_CELLS:
            break
        zoom -= 1
    count = np.bincount(places, weights=counted.by_tile, minlength=len(keys)).astype(np.int64)
    order = np.argsort(count, kind="stable")
    lon, lat = centres_of(keys[order] >> 32, keys[order] & 0xFFFFFFFF, zoom)
    return CellMarks(lon, lat, count[order], np.array([], "datetime64[s]"), zoom)


def _code(key: str, vocabulary: Vocabulary, slug: str) -> int:
    if slug not in vocabulary:
        raise BadQuestion(key, f"{key}: {slug[:40]!r} is not one of {', '.join(vocabulary.slugs)}")
    return vocabulary.code(slug)

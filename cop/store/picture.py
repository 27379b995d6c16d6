"""The picture: counts, facets, timeline and marks of one question, asked once for all panels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np

from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    SEVERITIES,
    SOURCES,
    VERIFICATIONS,
    Vocabulary,
    areas,
    hazards,
    regions,
)
from cop.query.answers import Cells, Picture, Points, Timeline, Viewport
from cop.query.filters import BBox
from cop.query.where import Where, box_sql
from cop.store.asked import Asked
from cop.store.cells import ZOOM

# Above this many incidents in view, single symbols hide each other and cells say more.
MOST_POINTS = 600
# On a map of the world they do so sooner than on one of a sea.
MOST_POINTS_FAR = 250
CLOSE_ZOOM = 4.0
MOST_CELLS = 2_000
# MapLibre's world is 512 px wide at zoom 0: three levels finer makes cells of about 64 px.
CELL_LEVELS = 3

FACETS: dict[str, Vocabulary] = {
    "hazard": hazards(),
    "severity": SEVERITIES,
    "region": regions(),
    "act": ACTS,
    "verification": VERIFICATIONS,
    "status": LIFECYCLES,
    "source": SOURCES,
    "tlp": MARKINGS,
    "navarea": NAVAREAS,
}
STEPS = (
    ("hour", timedelta(days=4), np.timedelta64(1, "h")),
    ("day", timedelta(days=130), np.timedelta64(1, "D")),
    ("week", timedelta(days=2 * 366), np.timedelta64(7, "D")),
    ("month", timedelta(days=11 * 366), np.timedelta64(1, "M")),
    ("year", timedelta.max, np.timedelta64(1, "Y")),
)


def answer_picture(
    cursor: duckdb.DuckDBPyConnection, where: Where, *, viewport: Viewport
) -> Picture:
    """Everything a screen shows of a question, exact for the viewer's marking."""
    asked = Asked(cursor, where)
    facets, tiles, total = _counts(asked)
    in_view, cells, points = _marks(asked, viewport)
    version = cursor.execute("SELECT coalesce(max(audit_no), 0) FROM audit").fetchall()[0][0]
    return Picture(
        count=tiles["count"],
        located=tiles["count"] - tiles["unlocated"],
        in_view=in_view,
        cells=cells,
        points=points,
        facets=facets,
        timeline=_timeline(asked, total["first_at"], total["newest_at"]),
        tiles=tiles,
        version=int(version),
        words=where.words,
        highest_tlp=MARKINGS.slug(total["highest_tlp"]) if tiles["count"] else "clear",
        newest_at=total["newest_at"],
        newest_recorded_at=total["newest_recorded_at"],
    )


def _counts(asked: Asked) -> tuple[dict[str, dict[str, int]], dict[str, Any], dict[str, Any]]:
    """Facets, tiles and the ends of the set, in one pass and one more for each filtered facet."""
    now = asked.where.now
    sets = ", ".join(f"({name})" for name in (*FACETS, "areas"))
    rows = asked.fetch(
        f"""
        grouping({", ".join((*FACETS, "areas"))}) AS which,
        coalesce({", ".join(f"{name}::UBIGINT" for name in (*FACETS, "areas"))}) AS code,
        count(*), count(lon),
        count(*) FILTER (severity >= 4),
        count(*) FILTER (act = {ACTS.code("unfounded")}),
        count(*) FILTER (verification = {VERIFICATIONS.code("unverified")}),
        count(*) FILTER (last_at >= TIMESTAMP '{now - timedelta(days=1)}'),
        count(*) FILTER (recorded_at >= TIMESTAMP '{now - timedelta(days=1)}'),
        max(tlp), min(occurred_at), max(occurred_at), max(recorded_at)
        """,
        f"GROUP BY GROUPING SETS ({sets}, ())",
    )
    width = len(FACETS) + 1
    # grouping() sets the bit of every column that is *not* grouped by, first column highest.
    bit_of = {
        (1 << width) - 1 - (1 << (width - 1 - n)): name for n, name in enumerate((*FACETS, "area"))
    }
    counted: dict[str, list[tuple[int, int]]] = {name: [] for name in bit_of.values()}
    total: tuple[Any, ...] = ()
    for row in rows:
        name = bit_of.get(row[0])
        if name is None:
            total = row
        else:
            counted[name].append((row[1], row[2]))
    # Of `status` too when nothing was asked of it: what stands is itself a choice of status.
    restricted = {clause.key for clause in asked.where.clauses}
    for name in counted:
        if name in restricted:
            column = "areas" if name == "area" else name
            counted[name] = asked.fetch(f"{column}, count(*)", f"GROUP BY {column}", without=name)
    facets = build_facets(counted)
    tiles = {
        "count": total[2],
        "unlocated": total[2] - total[3],
        "severe": total[4],
        "unfounded": total[5],
        "unverified": total[6],
        "occurred_24h": total[7],
        "recorded_24h": total[8],
    }
    ends = {
        "highest_tlp": total[9],
        "first_at": total[10],
        "newest_at": total[11],
        "newest_recorded_at": total[12],
    }
    return facets, tiles, ends


def build_facets(counted: dict[str, list[tuple[int, int]]]) -> dict[str, dict[str, int]]:
    """Counts by slug of each URL key from counts by code (`area`: by bit mask), and by domain."""
    facets = {name: _by_slug(FACETS[name], counted[name]) for name in FACETS}
    facets["area"] = _by_area(counted["area"])
    facets["domain"] = _by_domain(facets["hazard"])
    return facets


def _by_slug(vocabulary: Vocabulary, counted: Iterable[tuple[int, int]]) -> dict[str, int]:
    found = dict(counted)
    return {term.slug: found[term.code] for term in vocabulary if term.code in found}


def _by_area(counted: Iterable[tuple[int, int]]) -> dict[str, int]:
    """Counts by vessel area from counts by bit mask; an incident in two areas counts in both."""
    pairs = list(counted)
    masks = np.array([mask for mask, _ in pairs], np.uint64)
    counts = np.array([count for _, count in pairs], np.int64)
    by_term = (
        (term.slug, int(counts[masks >> np.uint64(term.code) & np.uint64(1) != 0].sum()))
        for term in areas()
    )
    return {slug: count for slug, count in by_term if count}


def _by_domain(by_hazard: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for slug, count in by_hazard.items():
        domain = hazards()[slug].extra["domain"]
        found[domain] = found.get(domain, 0) + count
    return {slug: found[slug] for slug in DOMAINS.slugs if slug in found}


def most_points(zoom: float) -> int:
    """How many incidents in view are still drawn one by one at a zoom; above it, as cells."""
    return MOST_POINTS if zoom >= CLOSE_ZOOM else min(MOST_POINTS, MOST_POINTS_FAR)


def _marks(asked: Asked, viewport: Viewport) -> tuple[int, Cells | None, Points | None]:
    """Single points while they can be told apart, cells above that."""
    box = BBox(viewport.west, viewport.south, viewport.east, viewport.north)
    inside, values = box_sql(box)
    in_view = asked.fetch("count(*)", also=inside, also_values=values)[0][0]
    if in_view <= most_points(viewport.zoom):
        return in_view, None, _points(asked, inside, values)
    level = max(0, min(ZOOM, int(viewport.zoom) + CELL_LEVELS))
    cells = _cells(asked, level, inside, values)
    while len(cells.count) > MOST_CELLS:
        level -= 1
        cells = _cells(asked, level, inside, values)
    return in_view, cells, None


def _points(asked: Asked, inside: str, values: tuple[Any, ...]) -> Points:
    found = asked.columns(
        "incident_id, lon, lat, hazard, severity, act, verification, tlp, position_precision, "
        "uncertainty_nm, occurred_at, time_precision, title",
        "ORDER BY occurred_at, incident_id",
        also=inside,
        also_values=values,
    )
    return Points(**(found | {"occurred_at": found["occurred_at"].astype("datetime64[s]")}))


def _cells(asked: Asked, level: int, inside: str, values: tuple[Any, ...]) -> Cells:
    severities = ", ".join(
        f"count(*) FILTER (severity = {t.code}) AS s{t.code}" for t in SEVERITIES
    )
    domains = ", ".join(f"count(*) FILTER (domain = {t.code}) AS d{t.code}" for t in DOMAINS)
    found = asked.columns(
        # A cell beside the antimeridian lies west of the date line: 180° counts as -180° in it,
        # or the mean of the two would be drawn at 0°.
        f"cell >> {2 * (ZOOM - level)} AS key, "
        "avg(CASE WHEN lon = 180 THEN -180 ELSE lon END) AS lon, avg(lat) AS lat, "
        f"count(*) AS count, max(severity) AS worst, max(occurred_at) AS newest_at, "
        f"{severities}, {domains}",
        "GROUP BY key ORDER BY count, key",
        also=inside,
        also_values=values,
    )
    return Cells(
        lon=found["lon"],
        lat=found["lat"],
        count=found["count"],
        worst=found["worst"],
        by_severity=np.column_stack([found[f"s{t.code}"] for t in SEVERITIES]),
        by_domain=np.column_stack([found[f"d{t.code}"] for t in DOMAINS]),
        newest_at=found["newest_at"].astype("datetime64[s]"),
    )


def _timeline(asked: Asked, first_at: datetime | None, newest_at: datetime | None) -> Timeline:
    """Counts by bucket over the asked window, or over what was found where it is open."""
    if first_at is None or newest_at is None:
        return Timeline(np.array([], "datetime64[s]"), "day", np.zeros((0, 5), int))
    start = max(first_at, asked.where.since) if asked.where.since else first_at
    step = choose_step(start, newest_at)
    rows = asked.fetch(
        f"date_trunc('{step}', greatest(occurred_at, TIMESTAMP '{start}')) AS bucket, "
        "severity, count(*)",
        "GROUP BY bucket, severity",
    )
    buckets, severities, counts = zip(*rows, strict=True)
    return build_timeline(
        step, np.array(buckets, "datetime64[us]"), np.array(severities), np.array(counts)
    )


def choose_step(start: datetime, newest_at: datetime) -> str:
    """The bucket that shows a span of time in some hundred steps at most."""
    span = max(newest_at, start) - start
    return next(name for name, longest, _ in STEPS if span <= longest)


def build_timeline(
    step: str, buckets: np.ndarray, severities: np.ndarray, counts: np.ndarray
) -> Timeline:
    """Counts by bucket (its start, datetime64) and severity, the gaps between filled with zero."""
    width = next(width for name, _, width in STEPS if name == step)
    unit = {"month": "M", "year": "Y"}.get(step, "s")
    buckets = buckets.astype(f"datetime64[{unit}]")
    first, last = buckets.min(), buckets.max()
    starts = np.arange(first, last + width, width)
    by_severity = np.zeros((len(starts), len(SEVERITIES)), int)
    places = ((buckets - first) // width).astype(int)
    np.add.at(by_severity, (places, severities.astype(int) - 1), counts)
    return Timeline(starts.astype("datetime64[s]"), step, by_severity)

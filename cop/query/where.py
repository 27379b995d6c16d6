"""The question as a predicate: sealed, immutable, always carrying the viewer's marking.

`compile_where(filters, viewer)` is the only maker of a `Where` (a test scans for others). A `Where`
says the same thing three ways: SQL with bound values, English words, and, for polygons and
distances, an exact vectorised test behind a bounding box.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import InitVar, dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from cop.model.dtg import format_dtg
from cop.model.ports import ports
from cop.model.text import fold
from cop.model.viewer import Viewer
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
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.url import to_query

GEOD = Geod(ellps="WGS84")
METRES_PER_NM = 1852.0
_SEAL = object()

# URL key -> fact column, for keys whose values are codes of one word list.
CODED: dict[str, tuple[str, Vocabulary]] = {
    "severity": ("severity", SEVERITIES),
    "act": ("act", ACTS),
    "verification": ("verification", VERIFICATIONS),
    "status": ("status", LIFECYCLES),
    "tlp": ("tlp", MARKINGS),
    "source": ("source", SOURCES),
    "navarea": ("navarea", NAVAREAS),
    "region": ("region", regions()),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition; `key` is the URL key it came from, `marking` for the viewer's own.

    `test(lon, lat)` is set where the SQL is only a bounding box: it says exactly, for arrays in
    degrees, which positions meet the condition.
    """

    key: str
    sql: str
    values: tuple[Any, ...] = ()
    test: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None


@dataclass(frozen=True)
class Where:
    """A sealed predicate over current incidents, or over those known at `as_known_at`.

    `key` identifies the answer: equal keys mean equal answers for one store version.
    """

    filters: Filters
    viewer: Viewer
    now: datetime
    as_known_at: datetime | None
    clauses: tuple[Clause, ...]
    words: str
    seal: InitVar[object]  # kept nowhere, so that no copy with other clauses can be made of it

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("a Where is made by compile_where only")

    @cached_property
    def key(self) -> tuple[str, str, str, str]:
        # `now` moves relative times and every picture's count of the last 24 hours.
        return (
            to_query(self.filters),
            self.viewer.clearance,
            str(self.as_known_at or ""),
            self.now.isoformat(),
        )

    def predicate(self, without: str = "") -> tuple[str, list[Any]]:
        """The SQL condition and its values, optionally without one key's own condition.

        The marking can't be left out. Conditions with an exact test appear as `picked_<key>`
        tables, which the store fills (see `cop.store.reading`).
        """
        parts: list[str] = []
        values: list[Any] = []
        for clause in self.clauses:
            if clause.key == without and clause.key != "marking":
                continue
            if clause.test is not None:
                parts.append(f"incident_id IN (SELECT incident_id FROM picked_{clause.key})")
            else:
                parts.append(clause.sql)
                values += clause.values
        return " AND ".join(parts), values

    @property
    def exact(self) -> tuple[Clause, ...]:
        """The conditions whose SQL is only a box."""
        return tuple(clause for clause in self.clauses if clause.test is not None)

    @property
    def since(self) -> datetime | None:
        return self.filters.since.resolve(self.now) if self.filters.since else None

    @property
    def until(self) -> datetime | None:
        return self.filters.until.resolve(self.now) if self.filters.until else None


def compile_where(
    filters: Filters,
    viewer: Viewer,
    *,
    now: datetime | None = None,
    as_known_at: datetime | None = None,
) -> Where:
    """The predicate of a question for a viewer.

    `now` (naive UTC, default the clock) anchors relative times; it is cut to the minute so that
    every panel of a screen asks the very same question.
    """
    now = (now or datetime.now(UTC).replace(tzinfo=None)).replace(second=0, microsecond=0)
    clauses = [
        Clause("marking", "tlp <= ?", (MARKINGS.code(viewer.clearance),)),
        *_coded_clauses(filters),
        *_time_clauses(filters, now),
        *_text_clauses(filters),
        *_place_clauses(filters),
    ]
    return Where(filters, viewer, now, as_known_at, tuple(clauses), describe(filters, now), _SEAL)


def any_of(column: str, codes: Iterable[int]) -> str:
    """`column` is one of the codes, as ranges: an IN of five or more becomes a slow join."""
    ordered = sorted(set(codes))
    runs: list[list[int]] = []
    for code in ordered:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    parts = [
        f"{column} = {run[0]}" if len(run) == 1 else f"{column} BETWEEN {run[0]} AND {run[-1]}"
        for run in runs
    ]
    return f"({' OR '.join(parts)})"


def _coded_clauses(filters: Filters) -> Iterable[Clause]:
    if filters.hazard:
        codes = [hazards().code(slug) for slug in filters.hazard_slugs()]
        yield Clause("hazard", any_of("hazard", codes))
    for key, (column, vocabulary) in CODED.items():
        chosen = getattr(filters, key)
        if chosen:
            yield Clause(key, any_of(column, [vocabulary.code(slug) for slug in chosen]))
    if not filters.status:
        # Without a word on status the question is of what stands: withdrawn records do not.
        yield Clause("status", f"status <> {LIFECYCLES.code('withdrawn')}")
    if filters.area:
        mask = sum(1 << areas().code(slug) for slug in filters.area)
        yield Clause("area", "(areas & ?::UBIGINT) <> 0", (mask,))


def _time_clauses(filters: Filters, now: datetime) -> Iterable[Clause]:
    if filters.since:
        yield Clause("since", "last_at >= ?", (filters.since.resolve(now),))
    if filters.until:
        yield Clause("until", "occurred_at < ?", (filters.until.resolve(now),))


def _text_clauses(filters: Filters) -> Iterable[Clause]:
    words = fold(filters.q).split()
    if words:
        sql = " AND ".join("contains(search_text, ?)" for _ in words)
        yield Clause("q", f"({sql})", tuple(words))
    elif filters.q:
        # Only invisible characters: nothing contains them, and asking for all would be wider.
        yield Clause("q", "FALSE")
    if filters.id:
        sql = " OR ".join("incident_id = ?" for _ in filters.id)
        yield Clause("id", f"({sql})", filters.id)


def _place_clauses(filters: Filters) -> Iterable[Clause]:
    if filters.bbox:
        yield Clause("bbox", *box_sql(filters.bbox))
    if filters.within:
        yield _within_clause(filters.within)
    if filters.port:
        yield _port_clause(filters.port, filters.radius_nm)


def box_sql(box: BBox) -> tuple[str, tuple[Any, ...]]:
    """Closed on all sides; 180° and -180° are one meridian."""
    spans = list(box.spans)
    if box.east == 180.0 and box.west <= box.east:
        spans.append((-180.0, -180.0))
    if box.west == -180.0 and box.west <= box.east:
        spans.append((180.0, 180.0))
    lon = " OR ".join("lon BETWEEN ? AND ?" for _ in spans)
    return f"(lat BETWEEN ? AND ? AND ({lon}))", (
        box.south,
        box.north,
        *(edge for span in spans for edge in span),
    )


def _within_clause(ring: Sequence[tuple[float, float]]) -> Clause:
    """Inside or on the polygon, edges straight in longitude and latitude."""
    polygon = shapely.make_valid(shapely.Polygon(ring))
    shapely.prepare(polygon)
    west, south, east, north = shapely.bounds(polygon)
    asking = threading.Lock()  # a prepared polygon asked by two threads at once ends the process

    def test(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        with asking:
            inside = shapely.intersects_xy(polygon, lon, lat)
            for turn in (-360.0, 360.0):
                if west <= 180.0 + turn or east >= -180.0 + turn:
                    inside |= shapely.intersects_xy(polygon, lon + turn, lat)
        return np.asarray(inside)

    if west > -180.0 and east < 180.0:
        box = BBox(float(west), float(south), float(east), float(north))
    else:
        box = BBox(-180.0, float(south), 180.0, float(north))
    return Clause("within", *box_sql(box), test=test)


def _port_clause(locodes: Sequence[str], radius_nm: float) -> Clause:
    """Within a geodesic distance of any of the ports."""
    places = [ports()[locode] for locode in locodes]
    radius_m = radius_nm * METRES_PER_NM

    def test(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        near = np.zeros(len(lon), dtype=bool)
        for place in places:
            _, _, metres = GEOD.inv(
                np.full(len(lon), place.lon), np.full(len(lon), place.lat), lon, lat
            )
            near |= np.asarray(metres) <= radius_m
        return near

    parts: list[str] = []
    values: list[float] = []
    for place in places:
        sql, bounds = box_sql(_box_around(place.lon, place.lat, radius_nm))
        parts.append(sql)
        values += bounds
    return Clause("port", f"({' OR '.join(parts)})", tuple(values), test)


def _box_around(lon: float, lat: float, radius_nm: float) -> BBox:
    """A box that surely holds the circle; a degree of latitude is at least 59.7 nm."""
    dlat = radius_nm / 59.7
    south, north = max(-90.0, lat - dlat), min(90.0, lat + dlat)
    widest = max(abs(south), abs(north))
    if widest >= 89.0:
        return BBox(-180.0, south, 180.0, north)
    dlon = radius_nm / (59.7 * math.cos(math.radians(widest)))
    if dlon >= 180.0:
        return BBox(-180.0, south, 180.0, north)
    west, east = lon - dlon, lon + dlon
    return BBox(
        west + 360.0 if west < -180.0 else west,
        south,
        east - 360.0 if east > 180.0 else east,
        north,
    )


def describe(filters: Filters, now: datetime) -> str:
    """The question in words: the caption of the map and the scope line of a document."""
    parts = [
        _hazard_words(filters.hazard),
        _severity_words(filters.severity),
        _named(filters.act, ACTS),
        _named(filters.verification, VERIFICATIONS),
        _prefixed("status", _named(filters.status, LIFECYCLES)),
        _named(filters.tlp, MARKINGS, capital=True),
        _named(filters.region, regions(), capital=True),
        _named(filters.area, areas(), capital=True),
        _named(filters.navarea, NAVAREAS, capital=True),
        _port_words(filters),
        _box_words(filters.bbox),
        f"inside a drawn area of {len(filters.within)} corners" if filters.within else "",
        _prefixed("from", _named(filters.source, SOURCES, capital=True)),
        _id_words(filters.id),
        f"with “{filters.q}”" if filters.q else "",
        _prefixed("since", _bound_words(filters.since, now)),
        _prefixed("until", _bound_words(filters.until, now)),
    ]
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:] if said else "All incidents"


def _either(words: Sequence[str]) -> str:
    if len(words) > 4:
        return f"{', '.join(words[:3])} or {len(words) - 3} more"
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _named(slugs: tuple[str, ...], vocabulary: Vocabulary, capital: bool = False) -> str:
    labels = [vocabulary.label(slug) for slug in slugs]
    return _either(labels if capital else [label.lower() for label in labels])


def _prefixed(word: str, rest: str) -> str:
    return f"{word} {rest}" if rest else ""


def _hazard_words(slugs: tuple[str, ...]) -> str:
    labels = [
        f"any {DOMAINS.label(s).lower()}"
        if s in DOMAINS and s != "unclassified"
        else (lambda label: label if label[:2].isupper() else label.lower())(hazards().label(s))
        for s in slugs
    ]
    return _either(labels)


def _severity_words(slugs: tuple[str, ...]) -> str:
    if not slugs:
        return ""
    if len(slugs) > 1 and slugs == SEVERITIES.slugs[-len(slugs) :]:
        return f"{SEVERITIES.label(slugs[0]).lower()} or worse"
    return f"severity {_named(slugs, SEVERITIES)}"


def _port_words(filters: Filters) -> str:
    if not filters.port:
        return ""
    names = [f"{ports()[code].name} ({code})" for code in filters.port]
    return f"within {filters.radius_nm:g} nm of {_either(names)}"


def _box_words(box: BBox | None) -> str:
    if box is None:
        return ""
    return (
        f"inside {_degrees(box.south, 'N', 'S')} to {_degrees(box.north, 'N', 'S')}, "
        f"{_degrees(box.west, 'E', 'W')} to {_degrees(box.east, 'E', 'W')}"
    )


def _degrees(value: float, plus: str, minus: str) -> str:
    return f"{abs(value):.4g}°{plus if value >= 0 else minus}"


def _id_words(ids: tuple[str, ...]) -> str:
    if not ids:
        return ""
    return f"incident {ids[0]}" if len(ids) == 1 else f"{len(ids)} chosen incidents"


def _bound_words(bound: TimeBound | None, now: datetime) -> str:
    if bound is None:
        return ""
    at = bound.resolve(now)
    midnight = at.hour == at.minute == at.second == 0
    said = f"{at.day} {at:%b %Y}" if bound.at and midnight else format_dtg(at)
    return f"{said} ({bound.written.removeprefix('-')} ago)" if bound.ago else said

"""What is known already while an officer types: likely duplicates, and what went before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cop.errors import BadQuestion
from cop.model.measure import draw_ring, measure_leg
from cop.model.report import Position
from cop.model.text import fold
from cop.model.viewer import Viewer
from cop.model.vocabulary import hazards
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.where import compile_where
from cop.quick_entry.form import position_of, ship_of, time_of
from cop.store import Store

NEAR_NM = 50.0
NEAR_TIME = timedelta(hours=48)
SAME_VESSEL_TIME = timedelta(days=7)
PLACE_NM = 10.0
PRIOR = timedelta(days=365)
MOST_SIMILAR = 8
NEWEST_PRIOR = 5
MOST_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident that may be the same, or is of the same ship or place.

    `score` is 0 to 1 with its `reasons` in words; `distance_nm` and `hours` (later is positive)
    are None where either side does not say.
    """

    incident_id: str
    title: str
    reference: str
    hazard: str
    severity: int
    occurred_at: datetime
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    distance_nm: float | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Prior:
    """What happened to a ship or at a place in the twelve months before.

    `query` is the address of the whole set; `is_more` where the count stopped at its limit.
    """

    words: str
    count: int
    newest: tuple[Similar, ...]
    query: str
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Background:
    """What is known while the officer types; None where the form names no ship or position."""

    similar: tuple[Similar, ...]
    vessel: Prior | None
    place: Prior | None


def find_similar(store: Store, viewer: Viewer, form: Mapping[str, Any]) -> tuple[Similar, ...]:
    """Incidents that may be the one a form tells of, the likeliest first.

    Within 50 nm and 48 h of it, or of the same ship within seven days. The form may be unfinished:
    what it does not say, or says wrongly, is not gone by.
    """
    at, position = time_of(form, store.clock()), position_of(form)
    if at is None:
        return ()
    imo, name = ship_of(form)
    found: dict[str, Similar] = {}
    if position is not None:
        for row in _near(store, viewer, position, at):
            similar = _compare(row, form, at, position, same_ship=False)
            if similar.distance_nm is not None and similar.distance_nm <= NEAR_NM:
                found[similar.incident_id] = similar
    for row in _of_ship(store, viewer, imo, name, at - SAME_VESSEL_TIME, at + SAME_VESSEL_TIME):
        found[row["incident_id"]] = _compare(row, form, at, position, same_ship=True)
    ordered = sorted(found.values(), key=lambda each: (-each.score, each.incident_id))
    return tuple(ordered[:MOST_SIMILAR])


def find_background(store: Store, viewer: Viewer, form: Mapping[str, Any]) -> Background:
    """Possible duplicates, and the twelve months before of the ship and of the place."""
    at, position = time_of(form, store.clock()) or store.clock(), position_of(form)
    return Background(
        find_similar(store, viewer, form),
        _prior_of_ship(store, viewer, form, at),
        None if position is None else _prior_of_place(store, viewer, position, at),
    )


def _near(store: Store, viewer: Viewer, position: Position, at: datetime) -> list[dict[str, Any]]:
    filters = Filters(
        bbox=_box(position, NEAR_NM),
        since=TimeBound(at=at - NEAR_TIME),
        until=TimeBound(at=at + NEAR_TIME + timedelta(microseconds=1)),
    )
    return _page(store, viewer, filters, MOST_CANDIDATES)


def _page(store: Store, viewer: Viewer, filters: Filters, rows: int) -> list[dict[str, Any]]:
    where = compile_where(filters, viewer, now=store.clock())
    page = store.read("page", where, start=0, stop=rows)
    names = ("incident_id", "title", "reference", "hazard", "severity", "occurred_at", "lon", "lat")
    columns = [page[name] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _of_ship(
    store: Store, viewer: Viewer, imo: str, name: str, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    if not (imo or name):
        return []
    filters = Filters(since=TimeBound(at=since), until=TimeBound(at=until))
    where = compile_where(filters, viewer, now=store.clock())
    rows: list[dict[str, Any]] = store.read("of_vessel", where, imo=imo, name=name)
    return rows


def _compare(
    row: dict[str, Any],
    form: Mapping[str, Any],
    at: datetime,
    position: Position | None,
    *,
    same_ship: bool,
) -> Similar:
    """How alike: nearness in place, in time, type and ship, each with its reason."""
    reasons: list[str] = []
    score = 0.0
    distance = None
    if position is not None and row["lon"] is not None and np.isfinite(row["lon"]):
        distance = measure_leg(position.lon, position.lat, row["lon"], row["lat"]).distance_nm
        if distance <= NEAR_NM:
            score += 0.35 * (1 - distance / NEAR_NM)
            reasons.append(f"{distance:.1f} nm away")
    hours = (row["occurred_at"] - at).total_seconds() / 3600
    window = SAME_VESSEL_TIME if same_ship else NEAR_TIME
    score += 0.25 * max(0.0, 1 - abs(hours) / (window.total_seconds() / 3600))
    reasons.append(_hours_words(hours))
    if same_ship:
        score += 0.3
        imo, _ = ship_of(form)
        is_number = bool(imo) and row.get("vessel_imo") == imo
        reasons.append("same IMO number" if is_number else "same ship's name")
    hazard = hazards().slug(row["hazard"])
    if form.get("hazard") == hazard:
        score += 0.1
        reasons.append("same type")
    return Similar(
        row["incident_id"],
        row["title"],
        row["reference"],
        hazard,
        int(row["severity"]),
        row["occurred_at"],
        round(min(score, 1.0), 3),
        tuple(reasons),
        None if distance is None else round(distance, 1),
        round(hours, 1),
    )


def _hours_words(hours: float) -> str:
    if abs(hours) < 1 / 60:
        return "at the same time"
    how_long = f"{abs(hours):.0f} h" if abs(hours) >= 1 else f"{abs(hours) * 60:.0f} min"
    return f"{how_long} {'later' if hours > 0 else 'earlier'}"


def _prior_of_ship(
    store: Store, viewer: Viewer, form: Mapping[str, Any], at: datetime
) -> Prior | None:
    imo, name = ship_of(form)
    rows = _of_ship(store, viewer, imo, name, at - PRIOR, at + timedelta(days=1))
    if not (imo or name):
        return None
    newest = tuple(_compare(row, form, at, None, same_ship=True) for row in rows[:NEWEST_PRIOR])
    words = f"{name or 'IMO ' + imo}, twelve months"
    query = f"q={fold(imo or name).replace(' ', '+')}"
    return Prior(words, len(rows), newest, query, is_more=len(rows) >= 100)


def _prior_of_place(store: Store, viewer: Viewer, position: Position, at: datetime) -> Prior | None:
    since, until = TimeBound(at=at - PRIOR), TimeBound(at=at + timedelta(days=1))
    try:
        lons, lats = draw_ring(position.lon, position.lat, PLACE_NM)
        ring = tuple(
            (round(float(x), 5), round(float(y), 5)) for x, y in zip(lons, lats, strict=True)
        )
        filters = Filters(within=ring[:-1], since=since, until=until)
    except BadQuestion:  # round a pole no ring can be asked about: its box is
        filters = Filters(bbox=_box(position, PLACE_NM), since=since, until=until)
    where = compile_where(filters, viewer, now=store.clock())
    rows = _page(store, viewer, filters, NEWEST_PRIOR)
    newest = tuple(_compare(row, {}, at, position, same_ship=False) for row in rows)
    count = int(store.read("count", where))
    return Prior(f"Within {PLACE_NM:g} nm, twelve months", count, newest, where.key[0])


def _box(position: Position, radius_nm: float) -> BBox:
    """A box that surely holds the circle round a position."""
    dlat = radius_nm / 59.7
    south, north = max(-90.0, position.lat - dlat), min(90.0, position.lat + dlat)
    widest = max(abs(south), abs(north))
    if widest > 88.0:
        return BBox(-180.0, south, 180.0, north)
    dlon = radius_nm / (59.7 * float(np.cos(np.radians(widest))))
    west, east = position.lon - dlon, position.lon + dlon
    return BBox(
        west + 360.0 if west < -180.0 else west,
        south,
        east - 360.0 if east > 180.0 else east,
        north,
    )

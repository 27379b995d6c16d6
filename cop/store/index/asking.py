"""A `Where` made ready for the index: tables of allowed codes, bounds of time, a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cop.model.vocabulary import LIFECYCLES, MARKINGS, areas, hazards
from cop.query.filters import BBox
from cop.query.where import CODED, Where, box_sql
from cop.store.index.coding import GROUPS, Dictionary

EARLIEST, LATEST = -(1 << 62), 1 << 62
COLUMN_OF = {"hazard": "hazard", "area": "areas", **{k: column for k, (column, _) in CODED.items()}}
PLAIN_KEYS = frozenset(("marking", "since", "until", "bbox"))
PICKED_KEYS = frozenset(("q", "id", "within", "port"))


@dataclass(frozen=True)
class Box:
    """Bounds in degrees: latitudes and any of several spans of longitude, all closed."""

    south: float
    north: float
    spans: np.ndarray

    @classmethod
    def of(cls, box: BBox) -> Box:
        south, north, *edges = box_sql(box)[1]
        return cls(south, north, np.array(edges, float).reshape(-1, 2))

    def __and__(self, other: Box) -> Box:
        west = np.maximum(self.spans[:, None, 0], other.spans[None, :, 0]).ravel()
        east = np.minimum(self.spans[:, None, 1], other.spans[None, :, 1]).ravel()
        spans = np.column_stack([west, east])[west <= east]
        return Box(max(self.south, other.south), min(self.north, other.north), spans)


@dataclass(frozen=True, eq=False)
class Allowed:
    """Which codes of one dictionary each condition allows; `ok` where all do."""

    dictionary: Dictionary
    by_key: dict[str, np.ndarray]
    ok: np.ndarray

    @property
    def is_all(self) -> bool:
        return bool(self.ok.all())

    def without(self, key: str) -> np.ndarray:
        """The codes that all conditions but this one allow."""
        ok = np.ones(len(self.ok), bool)
        for name, allowed in self.by_key.items():
            if name != key:
                ok &= allowed
        return ok


@dataclass(frozen=True, eq=False)
class Asking:
    """One question against the dictionaries of a snapshot; times in microseconds since 1970."""

    groups: tuple[Allowed, Allowed, Allowed]
    since: int
    until: int
    day_ago: int
    box: Box | None
    wanted_regions: np.uint64

    @property
    def has_rows_conditions(self) -> bool:
        return self.box is not None or self.since > EARLIEST or self.until < LATEST

    def inside(self, box: Box) -> Asking:
        """The same, of the positions in a further box."""
        return replace(self, box=box if self.box is None else self.box & box)


def understood(where: Where) -> bool:
    """True where the index knows every condition of the question."""
    known = PLAIN_KEYS | PICKED_KEYS | COLUMN_OF.keys()
    return where.as_known_at is None and all(clause.key in known for clause in where.clauses)


def compile_asking(where: Where, dictionaries: tuple[Dictionary, Dictionary, Dictionary]) -> Asking:
    """The question in codes. Conditions that pick single rows are left to `picking`."""
    tests = dict(_tests(where))
    first, second, third = (
        _allow(d, names, tests) for d, names in zip(dictionaries, GROUPS, strict=True)
    )
    regions = np.uint64(0)
    for code in np.flatnonzero(np.bincount(second.dictionary.small["region"][second.ok])).tolist():
        regions |= np.uint64(1) << np.uint64(code & 63)
    return Asking(
        groups=(first, second, third),
        since=_microseconds(where.since) if where.since else EARLIEST,
        until=_microseconds(where.until) if where.until else LATEST,
        day_ago=_microseconds(where.now - timedelta(days=1)),
        box=Box.of(where.filters.bbox) if where.filters.bbox else None,
        wanted_regions=regions,
    )


def _tests(where: Where) -> list[tuple[str, Callable[[Dictionary], Any]]]:
    """The conditions on codes, by key, each a test of dictionary columns."""
    filters = where.filters
    clearance = MARKINGS.code(where.viewer.clearance)
    tests: list[tuple[str, Callable[[Dictionary], Any]]] = [
        ("marking", lambda dictionary: dictionary.small["tlp"] <= clearance)
    ]
    if filters.hazard:
        tests.append(
            ("hazard", _any_of("hazard", [hazards().code(s) for s in filters.hazard_slugs()]))
        )
    for key, (column, vocabulary) in CODED.items():
        chosen = getattr(filters, key)
        if chosen:
            tests.append((key, _any_of(column, [vocabulary.code(slug) for slug in chosen])))
    if not filters.status:
        withdrawn = LIFECYCLES.code("withdrawn")
        tests.append(("status", lambda dictionary: dictionary.small["status"] != withdrawn))
    if filters.area:
        mask = np.uint64(sum(1 << areas().code(slug) for slug in filters.area))
        tests.append(("area", lambda dictionary: (dictionary.columns["areas"] & mask) != 0))
    return tests


def _any_of(column: str, codes: list[int]) -> Callable[[Dictionary], Any]:
    table = np.zeros(256, bool)
    table[codes] = True
    return lambda dictionary: table[dictionary.small[column]]


def _allow(
    dictionary: Dictionary,
    names: tuple[str, ...],
    tests: dict[str, Callable[[Dictionary], Any]],
) -> Allowed:
    by_key = {
        key: np.asarray(test(dictionary), bool)
        for key, test in tests.items()
        if COLUMN_OF.get(key, "tlp") in names
    }
    ok = np.ones(len(dictionary), bool)
    for allowed in by_key.values():
        ok &= allowed
    return Allowed(dictionary, by_key, ok)


def _microseconds(at: datetime) -> int:
    return int(np.datetime64(at, "us").astype(np.int64))

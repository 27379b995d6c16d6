"""Totals of the base by how an incident is known, for questions that only that restricts.

The first dictionary has thousands of combinations; what every question restricts of it, marking and
status, has two dozen. A *class* is one of those, and a row of the tables below is a class together
with a code of the third dictionary (how it is known); the last row of each class is of all codes.
Replaced rows are counted too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from cop.store.index import kernel
from cop.store.index.coding import Dictionary

CLASSED = ("tlp", "status")
# The widest table may have so many places.
MOST_PLACES = 1 << 24


@dataclass(frozen=True, eq=False)
class Known:
    """Counts by row (class times codes of how it is known, plus that code) and another dimension.

    `by_month` and the tables by coarse cell have eight places a month or cell: by severity, by
    domain. `class_of` numbers the class of each code of the first dictionary.
    `ends` has the first and newest time and the newest recording of each row's incidents, in µs.
    """

    class_of: np.ndarray
    n_codes: int
    by_b: np.ndarray
    by_month: np.ndarray
    by_slice: np.ndarray
    located: np.ndarray
    ends: np.ndarray
    cell_severity: np.ndarray
    cell_domain: np.ndarray
    cell_lon: np.ndarray
    cell_lat: np.ndarray
    cell_newest: np.ndarray

    def rows(self, ok_a: np.ndarray, ok_c: np.ndarray) -> np.ndarray | None:
        """The rows that make up what is allowed; None where classes are too coarse for it."""
        sizes = np.bincount(self.class_of)
        met = np.bincount(self.class_of, ok_a[: len(self.class_of)]).astype(np.int64)
        if ((met != 0) & (met != sizes)).any():
            return None
        whole = bool(ok_c.all())
        chosen = np.append(ok_c[: self.n_codes] & (not whole), whole)
        return np.flatnonzero(((met != 0)[:, None] & chosen).ravel())

    def add_whole(self) -> None:
        """Fill the last row of each class from its others."""
        for field in fields(self):
            table = getattr(self, field.name)
            if field.name in ("class_of", "n_codes"):
                continue
            each = table.reshape(-1, self.n_codes + 1, *table.shape[1:])
            if field.name == "ends":
                each[:, -1, 0] = each[:, :-1, 0].min(axis=1)
                each[:, -1, 1:] = each[:, :-1, 1:].max(axis=1)
            elif field.name == "cell_newest":
                each[:, -1] = each[:, :-1].max(axis=1)
            else:
                each[:, -1] = each[:, :-1].sum(axis=1)


def no_ends(n: int) -> np.ndarray:
    """A table of first and newest time and newest recording (µs), nothing seen yet."""
    limits = np.iinfo(np.int64)
    return np.tile(np.array([limits.max, limits.min, limits.min], np.int64), (n, 1))


def build_known(
    columns: Mapping[str, np.ndarray],
    kinds: Dictionary,
    sizes: tuple[int, int, int, int],
    slice_of: np.ndarray,
    month: np.ndarray,
    slot: np.ndarray,
) -> Known | None:
    """The totals of rows in `columns`; None where they would be large.

    `sizes`: codes of the second and third dictionary, months, coarse cells. `slice_of`, `month` and
    `slot` (-1: no position) number each row's time slice, month and coarse cell.
    """
    n_b, n_c, n_months, n_slots = sizes
    merged = sum(kinds.columns[name] * np.uint64(256**n) for n, name in enumerate(CLASSED))
    classes, class_of = np.unique(merged, return_inverse=True)
    n = len(classes) * (n_c + 1)
    if n * max(n_b, 8 * n_months, 8 * n_slots) > MOST_PLACES:
        return None
    class_of = class_of.astype(np.int64)
    known = Known(
        class_of=class_of,
        n_codes=n_c,
        by_b=np.zeros((n, n_b), np.int32),
        by_month=np.zeros((n, n_months * 8), np.int32),
        by_slice=np.zeros((n, int(slice_of[-1]) + 1), np.int32),
        located=np.zeros(n, np.int64),
        ends=no_ends(n),
        cell_severity=np.zeros((n, n_slots * 8), np.int32),
        cell_domain=np.zeros((n, n_slots * 8), np.int32),
        cell_lon=np.zeros((n, n_slots)),
        cell_lat=np.zeros((n, n_slots)),
        cell_newest=np.full((n, n_slots), np.iinfo(np.int64).min),
    )
    kernel.fill_known(
        *(columns[name] for name in ("a", "b", "c", "lon", "lat", "occurred")),
        slice_of,
        month,
        slot,
        class_of,
        n_c + 1,
        kinds.small["severity"],
        kinds.small["domain"],
        known.by_b,
        known.by_month,
        known.by_slice,
        known.located,
        known.cell_severity,
        known.cell_domain,
        known.cell_lon,
        known.cell_lat,
        known.cell_newest,
        known.ends,
        columns["recorded"],
    )
    known.add_whole()
    return known

"""Codes of combinations: one small number a row instead of a dozen columns.

Three dictionaries rather than one: combinations of what happened, where it lies and how it is known
are nearly independent of each other, and one table of them all would outgrow the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cop.errors import StoreError

GROUPS: tuple[tuple[str, ...], ...] = (
    ("hazard", "domain", "severity", "tlp", "status"),
    ("region", "navarea", "areas"),
    ("act", "verification", "source"),
)
GROUP_OF = {name: n for n, names in enumerate(GROUPS) for name in names}
MOST_CODES = 1 << 16


class Unusual(StoreError):
    """The rows are not such as the index holds; the SQL answers them."""


@dataclass(frozen=True)
class Dictionary:
    """The distinct combinations of a few columns; a code is a place in `columns[name]`.

    Codes are never renumbered, so that rows coded earlier stay right as the dictionary grows.
    """

    names: tuple[str, ...]
    places: Mapping[tuple[int, ...], int]
    columns: Mapping[str, np.ndarray]

    @classmethod
    def empty(cls, names: tuple[str, ...]) -> Dictionary:
        return cls(names, {}, {name: np.zeros(0, np.uint64) for name in names})

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def small(self) -> Mapping[str, np.ndarray]:
        """The columns as uint8; `areas`, which are wider, as numbers of their distinct values."""
        return {
            name: (self.values[name][1] if name == "areas" else column).astype(
                np.uint16 if name == "areas" else np.uint8
            )
            for name, column in self.columns.items()
        }

    @cached_property
    def values(self) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
        """Of each column its distinct values, and the number among them of each code."""
        found = {}
        for name, column in self.columns.items():
            values, numbers = np.unique(column, return_inverse=True)
            found[name] = values, numbers
        return found

    def encode(self, rows: Mapping[str, np.ndarray]) -> tuple[Dictionary, np.ndarray]:
        """The codes (uint16) of rows given as columns, and the dictionary that has them all.

        Raises Unusual where there are more combinations than codes.
        """
        merged = np.zeros(len(rows[self.names[0]]), np.uint64)
        for name in self.names:
            places, values = pd.factorize(rows[name])
            merged = merged * np.uint64(max(len(values), 1)) + places.astype(np.uint64)
        places, first = _number(merged)
        new = list(
            zip(*(np.asarray(rows[name])[first].tolist() for name in self.names), strict=True)
        )
        known = dict(self.places)
        codes = np.array([known.setdefault(row, len(known)) for row in new], np.int64)
        if len(known) > MOST_CODES:
            raise Unusual("too many combinations of codes for the index")
        grown = self
        if len(known) > len(self.places):
            columns = {
                name: np.array([row[n] for row in known], np.uint64)
                for n, name in enumerate(self.names)
            }
            grown = Dictionary(self.names, known, columns)
        return grown, codes[places].astype(np.uint16) if len(codes) else places.astype(np.uint16)


def _number(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The group of each key, and one row of each group."""
    places, values = pd.factorize(keys)
    first = np.zeros(len(values), np.int64)
    first[places[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return places, first

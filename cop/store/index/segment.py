"""Rows as columns of codes and numbers, in blocks whose bounds are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from cop.store.index import kernel
from cop.store.index.coding import Dictionary

# Small enough that a port's rows of a few years are whole blocks, large enough that the bounds of
# ten million rows are looked through in a tenth of a millisecond.
BLOCK_ROWS = 512
NO_CELL = np.uint32(0xFFFF_FFFF)
NO_ROW = np.uint32(0xFFFF_FFFF)

NO_TABLE = np.zeros(0, np.uint32)

COLUMNS: dict[str, type] = {
    "a": np.uint16,
    "b": np.uint16,
    "c": np.uint16,
    "cell": np.uint32,
    "lon": np.float64,
    "lat": np.float64,
    "occurred": np.int64,
    "last": np.int64,
    "recorded": np.int64,
    "id_hash": np.uint64,
    "place": np.uint32,
    "rowid": np.uint32,
    "version_rowid": np.uint32,
}


@dataclass(frozen=True, eq=False)
class Segment:
    """Rows of the picture of now. Times are microseconds since 1970, UTC; NaN: no position.

    `a`, `b`, `c` are codes of the three dictionaries; `cell` is the zoom-16 cell, `NO_CELL` for
    none; `place` the row's number among the texts; `rowid` and `version_rowid` say where the
    incident and its newest version lie in the tables (`NO_ROW`: not known). Block n is rows
    `starts[n]` to `stops[n]`, with the bounds `choose_blocks` wants. `id_table` finds the place of
    an id by its hash, see `kernel.number_hashes`; empty where so few rows are as soon passed over.
    """

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    cell: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    occurred: np.ndarray
    last: np.ndarray
    recorded: np.ndarray
    id_hash: np.ndarray
    place: np.ndarray
    rowid: np.ndarray
    version_rowid: np.ndarray
    starts: np.ndarray = field(repr=False)
    stops: np.ndarray = field(repr=False)
    degrees: np.ndarray = field(repr=False)
    times: np.ndarray = field(repr=False)
    regions: np.ndarray = field(repr=False)
    missing: np.ndarray = field(repr=False)
    id_table: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def of(
        cls,
        columns: Mapping[str, np.ndarray],
        wheres: Dictionary,
        *,
        cuts: np.ndarray | None = None,
        block_rows: int = BLOCK_ROWS,
        id_table: np.ndarray = NO_TABLE,
    ) -> Segment:
        """A segment of these columns; no block reaches over one of the row numbers `cuts`."""
        edges = np.concatenate([[0], cuts if cuts is not None else [], [len(columns["a"])]])
        starts = np.concatenate(
            [np.arange(edges[n], edges[n + 1], block_rows) for n in range(len(edges) - 1)]
        ).astype(np.int64)
        stops = np.append(starts[1:], len(columns["a"])).astype(np.int64)[: len(starts)]
        degrees = np.zeros((len(starts), 4))
        times = np.zeros((len(starts), 6), np.int64)
        regions = np.zeros(len(starts), np.uint64)
        missing = np.zeros(len(starts), np.uint8)
        kernel.sum_zones(
            starts,
            stops,
            *(columns[n] for n in ("lon", "lat", "occurred", "last", "recorded")),
            _codes(wheres, "region"),
            columns["b"],
            degrees,
            times,
            regions,
            missing,
        )
        return cls(
            **{name: columns[name] for name in COLUMNS},
            starts=starts,
            stops=stops,
            degrees=degrees,
            times=times,
            regions=regions,
            missing=missing,
            id_table=id_table,
        )

    @cached_property
    def row_of_place(self) -> np.ndarray:
        """The row of each place among the texts: those are in the order of the table."""
        rows = np.zeros(len(self.place), np.uint32)
        rows[self.place] = np.arange(len(self.place), dtype=np.uint32)
        return rows

    def columns(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, name) for name in COLUMNS}

    @classmethod
    def empty(cls, wheres: Dictionary) -> Segment:
        return cls.of({name: np.zeros(0, kind) for name, kind in COLUMNS.items()}, wheres)


def join(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Columns one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}


def pick(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Some rows of the columns."""
    return {name: columns[name][rows] for name in COLUMNS}


def _codes(dictionary: Dictionary, name: str) -> np.ndarray:
    """A column of a dictionary as uint8, never empty: compiled code looks at its first place."""
    column = dictionary.columns[name].astype(np.uint8)
    return column if len(column) else np.zeros(1, np.uint8)

"""Where incidents of given ids lie in the tables: by the hash of the id, told apart by the id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from cop.store.index import kernel
from cop.store.index.segment import NO_TABLE

if TYPE_CHECKING:
    from cop.store.index.snapshot import Snapshot

# A table of places pays where a pass over the hashes takes longer than a look into it.
FEWEST_FOR_TABLE = 1_000


@dataclass(frozen=True, eq=False)
class Located:
    """Rows of the tables by row id: `ids` stand there, `rowids` in `incidents`, `version_rowids`
    in `kept_versions`, all in ascending order of `rowids`. They were read at one time: where
    the last is still in its place, all are.
    """

    ids: list[str]
    rowids: np.ndarray
    version_rowids: np.ndarray


@dataclass(frozen=True, eq=False)
class Places:
    """Where incidents lie; `until` (µs) is the moment it holds for, nothing later is known."""

    parts: list[Located]
    until: int


def hash_ids(ids: Sequence[str]) -> np.ndarray:
    """The hashes of ids, as the database makes them; never 0, which marks an empty place."""
    with _hasher().cursor() as cursor:
        found = cursor.execute(
            "SELECT greatest(hash(id), 1::UBIGINT) AS h FROM (SELECT unnest(?) AS id)",
            [list(ids)],
        ).fetchnumpy()
    return np.asarray(found["h"], np.uint64)


def make_table(hashes: np.ndarray, *, fewest: int = FEWEST_FOR_TABLE) -> np.ndarray:
    """An open-addressing table of the places of hashes; none where there are too few of them."""
    if len(hashes) < fewest:
        return NO_TABLE
    table = np.zeros(1 << (len(hashes) * 3 // 2).bit_length(), np.uint32)
    kernel.number_hashes(hashes, table)
    return table


def locate(snapshot: Snapshot, ids: Sequence[str]) -> Places | None:
    """Where those of `ids` that stand lie in the tables; None where that is not known."""
    if snapshot.texts is None:
        return None
    hashes = hash_ids(ids)
    wanted = set(ids)
    parts = []
    for segment, texts, rows in zip(
        (snapshot.base, snapshot.tail),
        (snapshot.texts, snapshot.tail_texts),
        snapshot.rows_of_hashes(hashes),
        strict=True,
    ):
        if not len(rows) or texts is None:
            continue
        found = texts.take(("incident_id",), segment.place[rows])["incident_id"]
        same = np.flatnonzero([name in wanted for name in found])
        same = same[np.argsort(segment.rowid[rows[same]])]
        rows = rows[same]
        parts.append(
            Located(
                [found[k] for k in same.tolist()],
                segment.rowid[rows].astype(np.int64),
                segment.version_rowid[rows].astype(np.int64),
            )
        )
    return Places([part for part in parts if part.ids], snapshot.until)


@cache
def _hasher() -> duckdb.DuckDBPyConnection:
    """A database without data, to ask for hashes where no cursor of the store is at hand."""
    return duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": False})

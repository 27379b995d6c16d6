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
    in `incident_versions`, all in ascending order of `rowids`. `until` (µs) is the moment this
    holds for: nothing recorded later is among them.
    """

    ids: list[str]
    rowids: np.ndarray
    version_rowids: np.ndarray
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


def locate(snapshot: Snapshot, ids: Sequence[str]) -> Located | None:
    """Where those of `ids` that stand lie in the tables; None where that is not known."""
    if not snapshot.rowids_hold or snapshot.texts is None:
        return None
    hashes = hash_ids(ids)
    wanted = set(ids)
    names: list[str] = []
    columns: list[np.ndarray] = []
    for segment, texts, rows in zip(
        (snapshot.base, snapshot.tail),
        (snapshot.texts, snapshot.tail_texts),
        snapshot.rows_of_hashes(hashes),
        strict=True,
    ):
        if not len(rows) or texts is None:
            continue
        found = texts.take(("incident_id",), segment.place[rows])["incident_id"]
        same = np.array([name in wanted for name in found], bool)
        names += [name for name in found if name in wanted]
        columns.append(np.column_stack([segment.rowid[rows], segment.version_rowid[rows]])[same])
    places = np.concatenate(columns) if columns else np.zeros((0, 2), np.uint32)
    order = np.argsort(places[:, 0])
    rowids, version_rowids = places[order].astype(np.int64).T
    return Located([names[k] for k in order.tolist()], rowids, version_rowids, snapshot.until)


@cache
def _hasher() -> duckdb.DuckDBPyConnection:
    """A database without data, to ask for hashes where no cursor of the store is at hand."""
    return duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": False})

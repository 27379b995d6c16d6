"""What the index does not count but shows: ids, titles, names, as Arrow batches.

For a store on disk the batches lie in a file beside it that has no name any more: mapped, not held
in memory, gone with the process.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

COLUMNS = (
    "incident_id",
    "version",
    "title",
    "reliability",
    "credibility",
    "time_precision",
    "position_precision",
    "uncertainty_nm",
    "place",
    "port",
    "port_distance_nm",
    "vessel_name",
    "reference",
    "flags",
)
# After so many times taken from, the pages of the file are let go.
TAKES_HELD = 64


@dataclass(frozen=True, eq=False)
class Texts:
    """Rows of `COLUMNS`, numbered from 0 through the batches in turn."""

    batches: tuple[pa.RecordBatch, ...]
    mapping: mmap.mmap | None = None
    _taken: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum([b.num_rows for b in self.batches])])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def take(self, names: Sequence[str], places: np.ndarray) -> dict[str, list[Any]]:
        """The values of columns at these places, in their order."""
        which = np.searchsorted(self._starts, places, "right") - 1
        order = np.argsort(which, kind="stable")
        batches, firsts = np.unique(which[order], return_index=True)
        taken: dict[str, list[Any]] = {name: [] for name in names}
        for n, rows in zip(batches.tolist(), np.split(order, firsts[1:]), strict=True):
            local = pa.array(places[rows].astype(np.int64) - self._starts[n])
            for name in names:
                taken[name] += self.batches[n].column(name).take(local).to_pylist()
        if self.mapping is not None and next(self._taken) % TAKES_HELD == 0:
            # A page looked at stays counted as ours, with its neighbours, until it is let go.
            self.mapping.madvise(mmap.MADV_DONTNEED)
        if len(batches) > 1:
            back = np.empty(len(order), np.int64)
            back[order] = np.arange(len(order))
            in_order = back.tolist()
            taken = {name: [values[k] for k in in_order] for name, values in taken.items()}
        return taken

    def and_more(self, batches: Sequence[pa.RecordBatch]) -> Texts:
        """These rows and others after them."""
        return Texts((*self.batches, *batches), self.mapping)


def hold_texts(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path | None) -> Texts:
    """Keep batches in memory, or in a nameless file in `folder`."""
    if folder is None:
        return Texts(tuple(batches))
    number, name = tempfile.mkstemp(prefix=".texts-", dir=folder)
    try:
        with os.fdopen(number, "wb") as file, pa.ipc.new_file(file, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        with open(name, "rb") as written:
            mapping = mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ)
        reader = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapping)))
        batches = tuple(reader.get_batch(n) for n in range(reader.num_record_batches))
        return Texts(batches, mapping)
    finally:
        Path(name).unlink()

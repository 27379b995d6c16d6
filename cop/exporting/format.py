"""What a format of export is: a name, and a function that writes rows to a stream of bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself beside its rows.

    `marking` is the strictest of its rows as it is written (`TLP:AMBER`), `question` the question
    in words, `link` the same as an address, `generated_at` naive UTC, `bounds` west, south, east,
    north in degrees.
    """

    title: str
    marking: str
    question: str
    link: str
    generated_at: datetime
    rows: int
    unlocated: int
    bounds: tuple[float, float, float, float] | None
    attributions: tuple[str, ...]


Write = Callable[[Iterator[pa.RecordBatch], Header, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export.

    `write(batches, header, out)` writes batches of `cop.exporting.columns.SCHEMA` in order to a
    stream that need not be seekable, in memory that does not grow with the rows. `most_rows` is
    how many it can carry; `not_carried` says in words what of the data it cannot.
    """

    id: str
    title: str
    suffix: str
    media_type: str
    write: Write
    is_compressed: bool = False
    most_rows: int | None = None
    not_carried: tuple[str, ...] = ()

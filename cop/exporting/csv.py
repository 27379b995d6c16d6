"""CSV (RFC 4180): UTF-8 without a byte-order mark, one header row, commas, lines end in LF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from cop.exporting.columns import NO_ROWS, spell_times
from cop.exporting.format import Format, Header
from cop.exporting.spreadsheet import neutralise


def write_csv(batches: Iterator[pa.RecordBatch], _: Header, out: BinaryIO) -> None:
    """Write rows as CSV; the header row stands even where there are none."""
    schema = spell_times(NO_ROWS).schema
    with csv.CSVWriter(pa.PythonFile(out, "w"), schema) as writer:
        for batch in batches:
            writer.write_batch(neutralise(spell_times(batch)))


FORMAT = Format(
    "csv",
    "CSV",
    ".csv",
    "text/csv; charset=utf-8",
    write_csv,
    not_carried=(
        "types: a reader takes times as text unless told otherwise",
        "text that a spreadsheet would run as a formula stands behind an apostrophe",
        "the marking of the whole: it stands in this manifest; each row has its own",
    ),
)

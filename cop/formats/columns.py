"""Tables of our own columns, CSV or Parquet, a chunk at a time: what our exports hold.

Columns are those of an export under the same names (`docs/how-to/import-own-columns.md`):
`reference`, `title` and `occurred_at` must be there, those of OPTIONAL may, those of DERIVED are
passed over because they are worked out anew; any other is passed over too, and its rows flagged.

Cells are text as written, or the plain values of Parquet; what they mean is judged in
`cop.feeds.columns`. A CSV is read by Arrow; a chunk that does not read cleanly is read again row by
row, so that a bad row costs itself only. The raw bytes of a Parquet row are the same row as CSV.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from cop.errors import NotThisFormat
from cop.formats.delimited import parse_table
from cop.formats.record import Record, decode_text
from cop.model.report import Defect

WHAT = "a table of our own columns"
REQUIRED = ("reference", "title", "occurred_at")
NUMBERS = ("lon", "lat", "uncertainty_nm")
OPTIONAL = (
    "last_at", "time_precision", *NUMBERS, "position_precision", "position_written", "place",
    "summary", "hazard", "act", "severity", "verification", "status", "tlp", "reliability",
    "credibility", "vessel_name", "vessel_type", "vessel_flag", "vessel_imo", "vessel_mmsi",
    "vessel_call_sign", "vessel_status", "source", "source_name", "source_url", "source_type",
    "source_severity",
)  # fmt: skip
DERIVED = (
    "incident_id", "version", "domain", "age_days", "region", "areas", "navarea", "port",
    "port_distance_nm", "coast_distance_nm", "zone", "licence", "flags", "recorded_at", "geometry",
    "bbox",
)  # fmt: skip
CHUNK_BYTES = 512 << 20
# Two of the store's row groups, which are written side by side; a group that lacks a few rows costs
# twice as much to write as a full one, so that some may be set aside and it is full all the same.
GROUP_ROWS = 122_880
CHUNK_ROWS = 2 * GROUP_ROWS + 4_096
# A part with a damaged row is read row by row, which takes more memory.
DAMAGED_BYTES = 64 << 20
MOST_ROWS = 50_000_000
_QUOTE, _LINE_END = 34, 10
_INK = re.compile(rb"\S")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table: `cells` has the known columns, `raw` each row's own bytes.

    `flags` are of every row: `unknown-field` where the table has a column that is not read.
    `odd` says which rows were no UTF-8 and were read as Windows text; `defects` are rows that
    could not be cut into cells, and are not among the others.
    """

    cells: pa.Table
    raw: pa.Array
    flags: tuple[str, ...]
    odd: np.ndarray
    defects: tuple[Defect, ...] = ()


def parse(data: bytes) -> Iterator[Chunk]:
    """The rows of a table, in chunks; raises NotThisFormat for a header of another kind."""
    if data[:4] == b"PAR1" and data[-4:] == b"PAR1":
        return _parse_parquet(data)
    return _parse_csv(data.removeprefix(b"\xef\xbb\xbf"))


def header_of(data: bytes) -> bytes:
    """The header row of a CSV; of a Parquet file the names of its columns, as its rows are kept."""
    if data[:4] == b"PAR1":
        try:
            names = parquet.ParquetFile(pa.BufferReader(data)).schema_arrow.names
        except (pa.ArrowException, OSError) as error:
            raise NotThisFormat(f"The file cannot be read as Parquet: not {WHAT}.") from error
        return ",".join(f'"{name}"' for name in names if name in (*REQUIRED, *OPTIONAL)).encode()
    return _first_line(data.removeprefix(b"\xef\xbb\xbf")).rstrip(b"\r")


def _first_line(body: bytes) -> bytes:
    end = body.find(b"\n")
    return body if end < 0 else body[:end]


def _check_header(names: list[str]) -> tuple[str, ...]:
    """The flags of a table with these columns; raises NotThisFormat naming the one at fault."""
    for name in REQUIRED:
        if name not in names:
            raise NotThisFormat(f"Column {name!r} is missing: not {WHAT}.")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise NotThisFormat(f"Column {twice[:60]!r} stands twice: not {WHAT}.")
    known = {*REQUIRED, *OPTIONAL, *DERIVED, ""}
    return () if known.issuperset(names) else ("unknown-field",)


# CSV


def _parse_csv(body: bytes) -> Iterator[Chunk]:
    first = _first_line(body)
    if not first.strip() or b"\0" in first:
        raise NotThisFormat(f"The input has no header row: not {WHAT}.")
    try:
        names = [cell.strip() for cell in next(csv.reader([decode_text(first)[0]], strict=True))]
    except (csv.Error, UnicodeDecodeError) as error:
        raise NotThisFormat(f"The header row cannot be read: not {WHAT}.") from error
    flags = _check_header(names)
    at = len(first) + 1
    width = 4 * len(first)
    while at < len(body):
        # So much as the rows of a chunk are thought to take; more where they do.
        span = min(CHUNK_BYTES, CHUNK_ROWS * width + 4_096)
        window = memoryview(body)[at : at + span]
        is_last = at + len(window) == len(body)
        ends = _find_ends(window, is_last)
        if len(ends) < CHUNK_ROWS and not is_last and span < CHUNK_BYTES:
            width = 2 * width
            continue
        width = int(ends[-1]) // len(ends) * 17 // 16 if len(ends) else width
        if len(ends) > CHUNK_ROWS:
            ends = ends[:CHUNK_ROWS]
            is_last = False
        size = int(ends[-1]) if len(ends) else 0
        if size < len(window) // 2 and len(ends) < CHUNK_ROWS and not is_last:
            # Quotes do not balance: some row is damaged. Lines are cut as they stand.
            size = bytes(window[:DAMAGED_BYTES]).rfind(b"\n") + 1 or len(window)
            ends = np.empty(0, np.int64)
        if _INK.search(body, at, at + size):
            # Not copied: the rows' bytes are those of the input.
            block = pa.py_buffer(body).slice(at, size)
            yield _read_block(block, first, names, ends, flags)
        at += size


def _find_ends(window: memoryview, is_last: bool) -> np.ndarray:
    """Where each record ends, its line end included: a line end outside quotes."""
    codes = np.frombuffer(window, np.uint8)
    line_ends = np.flatnonzero(codes == _LINE_END) + 1
    starts = np.concatenate([[0], line_ends[:-1]])[: len(line_ends)]
    quotes = (codes[: line_ends[-1] if len(line_ends) else 0] == _QUOTE).view(np.uint8)
    # Whether a line has an odd number of quotes, and then whether its end lies inside of them.
    is_odd = np.bitwise_xor.reduceat(quotes, starts) if len(starts) else quotes[:0]
    ends = line_ends[np.bitwise_xor.accumulate(is_odd) == 0]
    if is_last and len(codes) and (not len(ends) or ends[-1] < len(codes)):
        ends = np.append(ends, len(codes))
    return ends


def _read_block(
    block: pa.Buffer, header: bytes, names: list[str], ends: np.ndarray, flags: tuple[str, ...]
) -> Chunk:
    table = _read_quickly(block, names) if len(ends) else None
    if table is not None and len(table) == len(ends):
        return Chunk(_known(table), _slice(block, ends), flags, np.zeros(len(table), bool))
    return _read_slowly(block.to_pybytes(), header, names, flags)


def _read_quickly(block: pa.Buffer, names: list[str]) -> pa.Table | None:
    """The block as columns of text; None where a row does not fit or the bytes are no UTF-8."""
    wanted = [name or f"unnamed {n}" for n, name in enumerate(names)]
    if not np.frombuffer(block, np.uint8).all():
        return None
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(column_names=wanted, block_size=block.size + 1),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=False,
                include_columns=[name for name in names if name in _READ],
            ),
        )
    except pa.ArrowException:
        return None


def _read_slowly(block: bytes, header: bytes, names: list[str], flags: tuple[str, ...]) -> Chunk:
    """The block row by row: what cannot be cut into cells is a defect, its neighbours are not."""
    others = [name for name in names if name and name not in REQUIRED]
    records: list[Record] = []
    defects: list[Defect] = []
    for found in parse_table(header + b"\n" + block, REQUIRED, WHAT, others):
        if isinstance(found, Defect):
            defects.append(found)
        else:
            records.append(found)
    cells = {
        name: pa.array([str(record.fields[name]) for record in records], pa.string())
        for name in names
        if name in _READ
    }
    raw = pa.array([record.raw for record in records], pa.binary())
    odd = np.array([bool(record.flags) for record in records], bool)
    return Chunk(_known(pa.table(cells)), raw, flags, odd, tuple(defects))


def _slice(block: pa.Buffer, ends: np.ndarray) -> pa.Array:
    """The block cut at these ends, without copying it."""
    offsets = pa.py_buffer(np.concatenate([[0], ends]).astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(ends), [None, offsets, block])


_READ = frozenset((*REQUIRED, *OPTIONAL))


def _known(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if name in _READ]).combine_chunks()


# Parquet


def _parse_parquet(data: bytes) -> Iterator[Chunk]:
    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        names = list(file.schema_arrow.names)
        flags = _check_header(names)
        if file.metadata.num_rows > MOST_ROWS:
            raise NotThisFormat(f"The file holds more than {MOST_ROWS:,} rows: not {WHAT}.")
        wanted = [name for name in names if name in _READ]
        for name in wanted:
            if not _is_plain(file.schema_arrow.field(name).type):
                raise NotThisFormat(f"Column {name!r} holds no plain values: not {WHAT}.")
        for batch in file.iter_batches(CHUNK_ROWS, columns=wanted):
            table = pa.Table.from_batches([batch]).select(wanted)
            raw = _as_lines(table)
            yield Chunk(_known(table), raw, flags, np.zeros(len(table), bool))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise NotThisFormat(f"The file cannot be read as Parquet: not {WHAT}.") from error


def _as_lines(table: pa.Table) -> pa.Array:
    """Each row as a line of CSV: what is kept of a row that came as no text of its own."""
    out = io.BytesIO()
    arrow_csv.write_csv(table, out, arrow_csv.WriteOptions(include_header=False))
    written = out.getvalue()
    return _slice(pa.py_buffer(written), _find_ends(memoryview(written), is_last=True))


def _is_plain(kind: pa.DataType) -> bool:
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_date(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_null(kind)
    )

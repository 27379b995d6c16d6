"""Tables of positions: CSV and Parquet of our own columns, and the published Suez layout.

* Ours: `mmsi, at, longitude, latitude`, and where known `sog_kn, cog_deg, heading_deg, name, type,
  call_sign, imo, tlp`. `at` is ISO 8601, in UTC where it has no offset. The same in Parquet.
* Suez: `ID, ais_pos_timestamp, longitude, latitude` with times as DD/MM/YYYY HH:MM and no zone.
  An ID is a number of that publication, not an MMSI: the vessel's key is `id:N`.

The header is a contract: a missing, unknown or repeated column refuses the file. Rows are read a
block at a time by Arrow; a block in which any cell cannot be read is read again row by row, so that
one bad row costs itself only. A row is one line: a line break inside quotes is not taken.
"Not available" (latitude 91, longitude 181, speed 102.3, course 360, heading 511, or nothing) is
taken as such. Left out: other columns, other time layouts, local times.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from cop.errors import NotThisFormat
from cop.formats.position_batch import (
    NO_COG,
    NO_HEADING,
    NO_SOG,
    POSITION_COLUMNS,
    PositionBatch,
    particulars_of,
)
from cop.formats.record import decode_text
from cop.model.marking import FLOOR_WHEN_UNDECLARED, parse_marking
from cop.model.report import Defect
from cop.model.vessel_position import (
    E7,
    EARLIEST,
    GREATEST_MMSI,
    LEAST_MMSI,
    NULL_ISLAND,
    TIME_ASSUMED_UTC,
)
from cop.model.vocabulary import MARKINGS

BLOCK_BYTES = 16 << 20
BATCH_ROWS = 250_000
MOST_PARQUET_ROWS = 200_000_000
MAX_TEXT = 120
LATEST = pd.Timestamp("2100-01-01")
_BLANK_LINES = re.compile(rb"\n[\r\n]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NUMBERS = ("longitude", "latitude", "sog_kn", "cog_deg", "heading_deg")
_TEXTS = ("name", "type", "call_sign", "imo", "tlp")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has, and how its vessels and times are written."""

    vessel: str
    time: str
    time_format: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    flags: int = 0


OURS = Layout(
    "mmsi",
    "at",
    "ISO8601",
    ("mmsi", "at", "longitude", "latitude"),
    ("sog_kn", "cog_deg", "heading_deg", *_TEXTS),
)
SUEZ = Layout(
    "ID",
    "ais_pos_timestamp",
    "%d/%m/%Y %H:%M",
    ("ID", "ais_pos_timestamp", "longitude", "latitude"),
    flags=TIME_ASSUMED_UTC,
)
# What can be wrong with a row, the first that applies is said: field, reason.
_REASONS = (
    ("", ""),
    ("row", "The row cannot be read: its cells do not fit the header."),
    ("vessel", "The vessel is not an MMSI of nine digits."),
    ("time", "The time cannot be read, or is not between 1990 and 2100."),
    ("longitude", "Only one of longitude and latitude is given."),
    ("longitude", "The longitude is not a number of -180 to 180 degrees."),
    ("latitude", "The latitude is not a number of -90 to 90 degrees."),
    ("sog_kn", "The speed is not a number of 0 to 102.2 knots."),
    ("cog_deg", "The course is not a number of 0 up to 360 degrees."),
    ("heading_deg", "The heading is not a number of 0 up to 360 degrees."),
)


def is_parquet(data: bytes) -> bool:
    """True where the bytes begin and end as Parquet does."""
    return data[:4] == b"PAR1" and data[-4:] == b"PAR1"


def header_of(data: bytes) -> bytes:
    """The header row of a CSV as it stands, without byte-order mark and line end."""
    return data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")


def is_ais_csv(data: bytes) -> bool:
    """True where the first row names a vessel column of a layout of ours."""
    names = {name.strip(b' "\r') for name in header_of(data[:4_096]).split(b",")}
    return bool(names & {b"mmsi", b"ID", b"ais_pos_timestamp"})


def parse_ais_csv(data: bytes) -> Iterator[PositionBatch]:
    """The rows of a CSV, a block at a time; raises NotThisFormat for a header of another kind."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    first, _, _ = body.partition(b"\n")
    layout, header = _layout_of(first)
    at, row = len(first) + 1, 0
    while at < len(body):
        end = (
            len(body) if at + BLOCK_BYTES >= len(body) else body.rfind(b"\n", at, at + BLOCK_BYTES)
        )
        if end < at:  # one line longer than a block: it is a row, and no good one
            found = body.find(b"\n", at)
            end = len(body) if found < 0 else found
        block = _BLANK_LINES.sub(b"\n", body[at:end].strip(b"\r\n"))
        at = end + 1
        if block:
            batch = _read_block(block, layout, header, row)
            row += batch.accepted + len(batch.defects)
            yield batch


def parse_ais_parquet(data: bytes) -> Iterator[PositionBatch]:
    """The rows of a Parquet file of our own columns; raises NotThisFormat for another schema."""
    row = 0
    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        if file.metadata.num_rows > MOST_PARQUET_ROWS:
            raise NotThisFormat(f"The file holds more than {MOST_PARQUET_ROWS:,} rows.")
        layout = _checked(OURS, tuple(file.schema_arrow.names))
        for column in file.schema_arrow:
            if not _is_plain(column.type):
                raise NotThisFormat(f"Column {column.name!r} holds no plain values.")
        for arrow in file.iter_batches(BATCH_ROWS):
            table = pa.Table.from_batches([arrow])
            raws = _ParquetRows(table)
            columns = {name: _plain(table[name]) for name in table.column_names}
            yield _judge(layout, columns, np.arange(len(arrow)), raws, row)
            row += len(arrow)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise NotThisFormat("The file cannot be read as Parquet.") from error


def _layout_of(first: bytes) -> tuple[Layout, tuple[str, ...]]:
    try:
        cells = next(csv.reader([decode_text(first)[0]], strict=True), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise NotThisFormat("The header row cannot be read.") from error
    header = tuple(cell.strip() for cell in cells)
    return _checked(SUEZ if SUEZ.time in header else OURS, header), header


def _checked(layout: Layout, header: tuple[str, ...]) -> Layout:
    for name in layout.columns:
        if name not in header:
            raise NotThisFormat(f"Column {name!r} is missing: not a table of positions.")
    for name in header:
        if name not in layout.columns and name not in layout.optional:
            raise NotThisFormat(f"Column {name[:60]!r} is unknown: not a table of positions.")
    if len(set(header)) != len(header):
        raise NotThisFormat("A column stands twice: not a table of positions.")
    return layout


def _read_block(
    block: bytes, layout: Layout, header: tuple[str, ...], first_row: int
) -> PositionBatch:
    table = _read_quickly(block, layout, header)
    if table is not None:
        columns = {name: _plain(table[name]) for name in header}
        return _judge(layout, columns, np.arange(len(table)), _Lines(block), first_row)
    lines = [line for line in block.split(b"\n") if line.strip()]
    rows = [_cells(line, len(header)) for line in lines]
    whole = np.array([n for n, cells in enumerate(rows) if cells is not None], dtype=np.int64)
    kept = [cells for cells in rows if cells is not None]
    columns = {
        name: pd.Series([cells[n] for cells in kept], dtype="str") for n, name in enumerate(header)
    }
    return _judge(layout, columns, whole, _Lines(block, lines), first_row, len(lines))


def _read_quickly(block: bytes, layout: Layout, header: tuple[str, ...]) -> pa.Table | None:
    """The block as typed columns, None where any cell does not fit or a row is not one line."""
    types: dict[str, pa.DataType] = {name: pa.float64() for name in _NUMBERS}
    types |= {name: pa.string() for name in _TEXTS}
    types[layout.vessel] = pa.int64() if layout is OURS else pa.string()
    times = block.split(b"\n", 1)[0].rstrip(b"\r").split(b",")
    place = header.index(layout.time)
    zoned = place < len(times) and re.search(rb"(?:Z|[+-]\d\d:?\d\d)\"?$", times[place])
    types[layout.time] = pa.timestamp("us", "UTC" if zoned and layout is OURS else None)
    parser = arrow_csv.ISO8601 if layout is OURS else layout.time_format
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(
                column_names=list(header), block_size=BLOCK_BYTES + 4_096, use_threads=True
            ),
            parse_options=arrow_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: types[name] for name in header},
                timestamp_parsers=[parser],
                null_values=[""],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowException:
        return None
    return table if len(table) == block.count(b"\n") + 1 else None


def _cells(line: bytes, width: int) -> list[str] | None:
    """The cells of one line, None where it is no row of this width."""
    if b"\0" in line:
        return None
    try:
        text, _ = decode_text(line.rstrip(b"\r"))
        rows = list(csv.reader([text], strict=True))
    except (csv.Error, UnicodeDecodeError):
        return None
    return rows[0] if rows and len(rows[0]) == width else None


def _judge(
    layout: Layout,
    columns: dict[str, pd.Series],
    places: np.ndarray,
    raws: _Lines | _ParquetRows,
    first_row: int,
    n_rows: int | None = None,
) -> PositionBatch:
    """Rows with their values checked: what can be taken as a batch, the rest as defects.

    `places` says which line each row of the columns is; lines without a row could not be split.
    """
    count = len(places)
    vessel, bad_vessel = _vessels(layout, columns[layout.vessel])
    at, bad_time = _times(layout, columns[layout.time])
    lon, lon_given, bad_lon = _numbers(columns, "longitude", count)
    lat, lat_given, bad_lat = _numbers(columns, "latitude", count)
    sog, sog_given, bad_sog = _numbers(columns, "sog_kn", count)
    cog, cog_given, bad_cog = _numbers(columns, "cog_deg", count)
    heading, heading_given, bad_heading = _numbers(columns, "heading_deg", count)
    absent = (~lon_given & ~lat_given) | (lon == 181) | (lat == 91)
    no_sog = ~sog_given | (np.round(sog, 1) == 102.3)
    no_cog = ~cog_given | (cog == 360)
    no_heading = ~heading_given | (heading == 511)
    with np.errstate(invalid="ignore"):
        wrong = np.select(
            [
                bad_vessel,
                bad_time,
                ~absent & (lon_given != lat_given),
                ~absent & (bad_lon | ~(np.abs(lon) <= 180)),
                ~absent & (bad_lat | ~(np.abs(lat) <= 90)),
                bad_sog | (~no_sog & ~((sog >= 0) & (sog < 102.25))),
                bad_cog | (~no_cog & ~((cog >= 0) & (cog < 360))),
                bad_heading | (~no_heading & ~((heading >= 0) & (heading < 360))),
            ],
            [2, 3, 4, 5, 6, 7, 8, 9],
            0,
        )
    good = wrong == 0
    reasons = np.ones(n_rows if n_rows is not None else count, dtype=np.int8)
    reasons[places] = wrong
    defects = tuple(
        Defect("quarantined", _REASONS[reasons[n]][1], raws[int(n)], "", _REASONS[reasons[n]][0])
        for n in np.flatnonzero(reasons)
    )
    codes, keys = pd.factorize(vessel[good])
    tlp = _markings(columns, count)[good]
    rows = first_row + places[good]
    has_place = ~absent[good]
    lon, lat = lon[good], lat[good]
    null_island = (lon == 0) & (lat == 0)
    positions = pd.DataFrame(
        {
            "row": rows,
            "vessel": codes,
            "at": at[good],
            "lon": _whole(np.where(lon == -180, 180.0, lon) * E7),
            "lat": _whole(lat * E7),
            "sog": _whole(np.where(no_sog[good], NO_SOG, sog[good] * 10)),
            # Rounding must not turn 359.97 into the 3600 that means "not available".
            "cog": _whole(np.where(no_cog[good], NO_COG, np.round(cog[good] * 10) % 3600)),
            "heading": _whole(
                np.where(no_heading[good], NO_HEADING, np.round(heading[good]) % 360)
            ),
            "tlp": tlp,
            "flags": layout.flags | np.where(null_island, NULL_ISLAND, 0),
        }
    )[has_place].astype(POSITION_COLUMNS)
    texts: dict[str, pd.Series] = {
        name: _clean(columns[name][good].reset_index(drop=True), name == "imo")
        for name in ("name", "type", "call_sign", "imo")
        if name in columns
    }
    absent_count = int(len(rows) - has_place.sum())
    return PositionBatch(
        keys=np.array([str(key) if layout is OURS else f"id:{key}" for key in keys], dtype=object),
        positions=positions.reset_index(drop=True),
        particulars=particulars_of(rows, codes.astype(np.int32), tlp, at[good], texts),
        accepted=len(rows),
        passed={"position not available": absent_count} if absent_count else {},
        defects=defects,
    )


def _vessels(layout: Layout, column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if layout is SUEZ:
        text = column.fillna("").astype("str").str.strip()
        return text.to_numpy(object), ~text.str.fullmatch(r"[A-Za-z0-9._-]{1,40}").to_numpy(bool)
    if pd.api.types.is_numeric_dtype(column.dtype):
        number = column.to_numpy(np.float64, na_value=np.nan)
    else:
        text = column.fillna("").astype("str").str.strip()
        nine = text.str.fullmatch(r"[0-9]{9}")
        number = pd.to_numeric(text.where(nine), errors="coerce").to_numpy(np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~((number >= LEAST_MMSI) & (number <= GREATEST_MMSI) & (number == np.floor(number)))
    return np.where(bad, 0, number).astype(np.int64), bad


def _times(layout: Layout, column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        text = column.astype("str").str.strip()
        column = pd.to_datetime(text, format=layout.time_format, utc=True, errors="coerce")
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    inside = (column >= pd.Timestamp(EARLIEST)) & (column < LATEST)
    return column.to_numpy("datetime64[us]"), ~inside.to_numpy(bool)


def _numbers(
    columns: dict[str, pd.Series], name: str, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A column's numbers, which were given, and which were given but are none (NaN included)."""
    if name not in columns:
        return np.full(count, np.nan), np.zeros(count, bool), np.zeros(count, bool)
    column = columns[name]
    if pd.api.types.is_numeric_dtype(column.dtype):
        given = ~column.isna().to_numpy(bool)
        number = column.to_numpy(np.float64, na_value=np.nan)
        return number, given, given & ~np.isfinite(number)
    text = column.fillna("").astype("str").str.strip()
    given = (text != "").to_numpy(bool)
    number = pd.to_numeric(text.where(given), errors="coerce").to_numpy(np.float64)
    return number, given, given & ~np.isfinite(number)


def _markings(columns: dict[str, pd.Series], count: int) -> np.ndarray:
    """The marking of each row as a code: as written, AMBER where it says none or no known one."""
    floor = MARKINGS.code(FLOOR_WHEN_UNDECLARED)
    if "tlp" not in columns:
        return np.full(count, floor, dtype=np.uint8)
    codes, words = pd.factorize(columns["tlp"].fillna("").astype("str"))
    known = [MARKINGS.code(parse_marking(w or None, FLOOR_WHEN_UNDECLARED)) for w in words]
    return np.array([*known, floor], dtype=np.uint8)[codes]


def _clean(column: pd.Series, is_imo: bool) -> pd.Series:
    """Text on one line without control characters, cut; an IMO number is seven digits or none."""
    codes, words = pd.factorize(column.fillna("").astype("str"))
    clean = [" ".join(_UNSAFE.sub(" ", word).split())[:MAX_TEXT] for word in words]
    if is_imo:
        clean = [word if re.fullmatch(r"[1-9]\d{6}", word) else "" for word in clean]
    return pd.Series(np.array([*clean, ""], dtype=object)[codes], dtype="str")


def _whole(values: np.ndarray) -> np.ndarray:
    return np.round(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)).astype(np.int64)


def _plain(column: pa.ChunkedArray) -> pd.Series:
    """A column as pandas; whole numbers and texts with nothing in them stay what they are."""
    if pa.types.is_integer(column.type) and column.null_count:
        column = column.cast(pa.float64())
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    series = column.to_pandas()
    return series.reset_index(drop=True)


def _is_plain(kind: pa.DataType) -> bool:
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_null(kind)
    )


class _Lines:
    """The lines of a block, split only when one is asked for."""

    def __init__(self, block: bytes, lines: list[bytes] | None = None) -> None:
        self._block, self._lines = block, lines

    def __getitem__(self, number: int) -> bytes:
        if self._lines is None:
            self._lines = self._block.split(b"\n")
        return self._lines[number]


class _ParquetRows:
    """The rows of a Parquet batch as JSON, each made only when it is asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __getitem__(self, number: int) -> bytes:
        row: dict[str, Any] = self._table.slice(number, 1).to_pylist()[0]
        return json.dumps(row, default=str, ensure_ascii=True).encode()

"""Delimited text (CSV, RFC 4180): one damaged row never shifts a column or blocks its neighbours.

Records are found by counting quotes line by line, so that each keeps its exact bytes and an
unclosed quote costs one row, not the rest of the file. The header is a contract: a missing,
renamed, unknown or repeated column refuses the whole file. Cells are text as written; formula
text (`=cmd…`) stays raw here and is neutralised on the way out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cop.errors import NotThisFormat
from cop.formats.record import MAX_BYTES, Record, decode_text, require_content
from cop.model.report import Defect

_MAX_LINES = 400  # of one quoted record; beyond it a quote was never closed


def parse_table(
    data: bytes,
    columns: Sequence[str],
    what: str,
    optional: Sequence[str] = (),
) -> Iterator[Record | Defect]:
    """The rows of a CSV with exactly these columns, in any order.

    `optional` columns may stand or not; a column with an empty name is tolerated and dropped.
    Raises NotThisFormat naming the column at fault; a row that does not fit is a Defect.
    """
    body = require_content(data, what)
    # A process-wide setting of the csv module: no cell may be larger than a file may be.
    csv.field_size_limit(MAX_BYTES)
    lines = io.BytesIO(body).readlines()
    chunk, after = _record_at(lines, 0)
    header = _header(b"".join(chunk), columns, optional, what)
    at = after
    while at < len(lines):
        if lines[at] in (b"\n", b"\r\n"):
            at += 1
            continue
        chunk, after = _record_at(lines, at)
        row = _row(b"".join(chunk), header)
        if isinstance(row, Defect) and len(chunk) > 1:
            after = _resynchronise(lines, at, after, header)
            row = Defect(row.kind, row.reason, b"".join(lines[at:after]))
        yield row
        at = after


def _record_at(lines: list[bytes], start: int) -> tuple[list[bytes], int]:
    """The lines of the record that starts here, up to where its quotes balance."""
    if lines[start].count(b'"') % 2 == 0:
        return [lines[start]], start + 1
    for end in range(start + 1, min(start + _MAX_LINES, len(lines))):
        if lines[end].count(b'"') % 2:
            return lines[start : end + 1], end + 1
    end = min(start + _MAX_LINES, len(lines))
    return lines[start:end], end


def _resynchronise(lines: list[bytes], start: int, after: int, header: Sequence[str]) -> int:
    """The next line from which a whole row reads well: the damage ends before it."""
    for at in range(start + 1, after):
        chunk, _ = _record_at(lines, at)
        if isinstance(_row(b"".join(chunk), header), Record):
            return at
    return after


def _header(
    raw: bytes, columns: Sequence[str], optional: Sequence[str], what: str
) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([decode_text(raw)[0]], strict=True), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise NotThisFormat(f"The header row cannot be read: not {what}.") from error
    names = [cell.strip() for cell in cells]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise NotThisFormat(f"Columns are not separated by commas: not {what}.")
    for name in columns:
        if name not in names:
            raise NotThisFormat(f"Column {name!r} is missing: not {what}.")
    named = [name for name in names if name]
    if len(named) != len(set(named)):
        twice = next(name for name in named if named.count(name) > 1)
        raise NotThisFormat(f"Column {twice[:60]!r} stands twice: not {what}.")
    for name in named:
        if name not in columns and name not in optional:
            raise NotThisFormat(f"Column {name[:60]!r} is unknown: not {what}.")
    return tuple(names)


def _row(raw: bytes, header: Sequence[str]) -> Record | Defect:
    if b"\0" in raw:
        return Defect("quarantined", "The row holds a NUL byte.", raw)
    try:
        text, flags = decode_text(raw)
    except UnicodeDecodeError:
        return Defect("quarantined", "The row is neither UTF-8 nor Windows-1252 text.", raw)
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return Defect("quarantined", "The row has a quote that is not closed or not doubled.", raw)
    cells = rows[0] if rows else []
    if len(cells) != len(header):
        reason = f"The row has {len(cells)} cells where the header has {len(header)}."
        return Defect("quarantined", reason, raw)
    fields = {name: cell for name, cell in zip(header, cells, strict=True) if name}
    return Record(fields, raw, flags)

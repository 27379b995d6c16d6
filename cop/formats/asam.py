"""Anti-Shipping Activity Messages (NGA) in the three layouts that are in circulation.

* CSV, the site's own export: `reference,date,position,navArea,subreg,hostility,victim,description`
  and an empty ninth column; the position is degrees, minutes and seconds with a line break inside.
* JSON, the API's `{"asam": [...]}`: the same names, and `latitude` and `longitude` besides.
* SQLite, an application's copy: table `asams` with decimal degrees and names of its own.

The layout is told by content, never by file name. All three come out under the API's names.
Reading only: this format is not written. Other tables and JSON keys are not read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from cop.errors import NotThisFormat
from cop.formats.delimited import parse_table
from cop.formats.json_records import parse_records
from cop.formats.record import Record, decode_text, require_content
from cop.model.report import Defect

WHAT = "an ASAM file"
COLUMNS = (
    "reference", "date", "position", "navArea", "subreg", "hostility", "victim", "description",
)  # fmt: skip
_SQLITE_MAGIC = b"SQLite format 3\0"
_SQLITE_COLUMNS = {
    "reference": "reference_number",
    "date": "date_of_occurrence",
    "latitude": "latitude",
    "longitude": "longitude",
    "subreg": "subregion",
    "hostility": "aggressor",
    "victim": "victim",
    "description": "description",
}
_MAX_STEPS = 500_000_000  # of the database machine: a reading of 6,456 rows takes 200,000


def parse(data: bytes) -> Iterator[Record | Defect]:
    """The records of an ASAM file in any of its layouts; raises NotThisFormat."""
    body = require_content(data, WHAT)
    if data.startswith(_SQLITE_MAGIC):
        return _parse_sqlite(data)
    if body[:200].lstrip()[:1] in (b"{", b"["):
        return parse_records(data, WHAT, "asam")
    return parse_table(data, COLUMNS, WHAT, optional=("tlp",))


def _parse_sqlite(data: bytes) -> Iterator[Record | Defect]:
    """Rows of a database that is treated as hostile: held in memory, read only, one plain table."""
    if len(data) > 18 and data[18] == 2:
        # A copy in write-ahead mode cannot be opened from memory; bytes 18 and 19 say which mode.
        data = data[:18] + b"\x01\x01" + data[20:]
    connection = sqlite3.connect(":memory:")
    try:
        connection.text_factory = bytes
        connection.deserialize(data)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _require_table(connection)
        connection.set_progress_handler(lambda: 1, _MAX_STEPS)
        names = ", ".join(_SQLITE_COLUMNS.values())
        rows = connection.execute(f"SELECT {names} FROM asams").fetchall()
    except (sqlite3.Error, MemoryError) as error:
        raise NotThisFormat(f"The database is damaged: not {WHAT}.") from error
    finally:
        connection.close()
    for row in rows:
        yield _record(row)


def _require_table(connection: sqlite3.Connection) -> None:
    """Table `asams` is an ordinary table with our columns: no view, nothing that runs code."""
    found = connection.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = 'asams'"
    ).fetchall()
    definition = found[0][1] if len(found) == 1 and found[0][0] == b"table" else b""
    if not (definition or b"").upper().startswith(b"CREATE TABLE"):
        raise NotThisFormat(f"Table 'asams' is missing: not {WHAT}.")
    columns = {
        name.decode("utf-8", "replace")
        for _, name, *_ in connection.execute("PRAGMA table_info(asams)")
    }
    for name in _SQLITE_COLUMNS.values():
        if name not in columns:
            raise NotThisFormat(f"Column {name!r} of table 'asams' is missing: not {WHAT}.")


def _record(row: tuple[object, ...]) -> Record | Defect:
    """A row as a record; its raw bytes are the row as JSON with sorted keys."""
    fields: dict[str, object] = {}
    flags: tuple[str, ...] = ()
    broken = ""
    for name, value in zip(_SQLITE_COLUMNS, row, strict=True):
        if isinstance(value, bytes):
            try:
                value, odd = decode_text(value)
                flags += odd
            except UnicodeDecodeError:
                value, broken = repr(value), name
            if "\0" in str(value):
                broken = name
        fields[name] = value
    raw = json.dumps(fields, sort_keys=True, ensure_ascii=False).encode("utf-8")
    if broken:
        return Defect("quarantined", f"Field {broken} is not readable text.", raw, field=broken)
    return Record(fields, raw, tuple(dict.fromkeys(flags)))

"""XLSX: one sheet of incidents, one that says what they are; written row by row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from cop.exporting.columns import COLUMNS, spell_times
from cop.exporting.format import Format, Header
from cop.exporting.spreadsheet import neutralise

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767
MOST_SHOWN = 255  # of a page's header; Excel refuses a file with more


def write_workbook(batches: Iterator[pa.RecordBatch], header: Header, out: BinaryIO) -> None:
    """Write rows as a workbook through a file on disk: its parts are zipped at the end."""
    # Loaded where it is needed: no other command writes workbooks.
    from xlsxwriter import Workbook

    with TemporaryDirectory(prefix="cop-export-") as folder:
        file = Path(folder) / "incidents.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with Workbook(str(file), options) as book:
            book.set_properties({"title": header.title, "category": header.marking})
            _write_rows(book.add_worksheet("Incidents"), batches, header)
            _write_words(book.add_worksheet("About"), header)
        with file.open("rb") as written:
            shutil.copyfileobj(written, out, 1 << 20)


def _write_rows(sheet: Worksheet, batches: Iterator[pa.RecordBatch], header: Header) -> None:
    _mark_pages(sheet, header)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, [column.name for column in COLUMNS])
    is_text = [column.kind in ("text", "time") for column in COLUMNS]
    number = 0
    for batch in batches:
        columns = [column.to_pylist() for column in neutralise(spell_times(batch)).columns]
        for row in zip(*columns, strict=True):
            number += 1
            for place, value in enumerate(row):
                if value is None:
                    continue
                if is_text[place]:
                    sheet.write_string(number, place, value[:MOST_CHARACTERS])
                else:
                    sheet.write_number(number, place, value)


def _write_words(sheet: Worksheet, header: Header) -> None:
    _mark_pages(sheet, header)
    said = (
        ("marking", header.marking),
        ("title", header.title),
        ("question", header.question),
        ("link", header.link),
        ("generated_at", f"{header.generated_at:%Y-%m-%dT%H:%M:%SZ}"),
        ("incidents", str(header.rows)),
        *(("attribution", text) for text in header.attributions),
    )
    for number, (name, value) in enumerate(said):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, value[:MOST_CHARACTERS])


def _mark_pages(sheet: Worksheet, header: Header) -> None:
    """The marking at the head and foot of every printed page, right-justified (TLP 2.0)."""
    sheet.set_header(f"&R{header.marking}"[:MOST_SHOWN])
    sheet.set_footer(f"&R{header.marking}"[:MOST_SHOWN])


FORMAT = Format(
    "xlsx",
    "Excel workbook",
    ".xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write_workbook,
    is_compressed=True,
    most_rows=MOST_ROWS,
    not_carried=(
        "times are ISO 8601 text: a cell of Excel knows no time zone",
        "text that a spreadsheet would run as a formula stands behind an apostrophe",
        f"text beyond {MOST_CHARACTERS} characters is cut",
    ),
)

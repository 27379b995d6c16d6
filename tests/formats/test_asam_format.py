"""The three ASAM layouts, told by content; a database is treated as hostile."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cop.errors import NotThisFormat
from cop.formats import asam
from cop.formats.record import Record
from cop.model.report import Defect

FIXTURES = Path(__file__).parents[1] / "fixtures" / "asam"
TABLE = (
    "CREATE TABLE asams (_id INTEGER PRIMARY KEY, date_of_occurrence DATE, reference_number TEXT,"
    " subregion TEXT, latitude REAL, longitude REAL, aggressor TEXT, victim TEXT, description TEXT)"
)


def database(*statements: str | tuple[str, tuple[object, ...]]) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(*((statement,) if isinstance(statement, str) else statement))
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def row(*values: object) -> tuple[str, tuple[object, ...]]:
    return "INSERT INTO asams VALUES (?,?,?,?,?,?,?,?,?)", values


def test_three_layouts_have_one_set_of_names() -> None:
    csv = list(asam.parse((FIXTURES / "plain.csv").read_bytes()))
    api = list(asam.parse((FIXTURES / "api.json").read_bytes()))
    copy = list(
        asam.parse(
            database(TABLE, row(1, "2026-05-01", "2030-1", "71", 1.1, 103.5, "Boarding", "T", "D"))
        )
    )
    assert [len(csv), len(api), len(copy)] == [3, 2, 1]
    for records in (csv, api, copy):
        first = records[0]
        assert isinstance(first, Record)
        assert (first.fields["reference"], first.fields["date"]) == ("2030-1", "2026-05-01")
        assert first.fields["hostility"] == "Boarding"
        assert first.raw


def test_a_database_without_the_table_or_a_column_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="'asams' is missing"):
        list(asam.parse(database("CREATE TABLE other (a)")))
    with pytest.raises(NotThisFormat, match="'victim' of table 'asams' is missing"):
        list(asam.parse(database(TABLE.replace(" victim TEXT,", ""))))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW asams AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)"
        " SELECT i AS reference_number FROM n",
        "CREATE VIRTUAL TABLE asams USING fts5(reference_number)",
    ],
)
def test_a_view_or_virtual_table_is_not_read(statement: str) -> None:
    with pytest.raises(NotThisFormat, match="'asams' is missing"):
        list(asam.parse(database(statement)))


def test_a_column_that_computes_is_not_read() -> None:
    computed = TABLE.replace("description TEXT", "description AS (zeroblob(900000000))")
    with pytest.raises(NotThisFormat, match="'description' of table 'asams' is missing"):
        list(asam.parse(database(computed)))


def test_a_damaged_database_is_refused() -> None:
    good = database(TABLE, *(row(n, "2026-05-01", f"2030-{n}", *"abcdef") for n in range(500)))
    with pytest.raises(NotThisFormat, match=r"damaged|missing"):
        list(asam.parse(good[:1000]))
    with pytest.raises(NotThisFormat, match=r"damaged|missing"):
        list(asam.parse(good[:100] + b"\xff" * (len(good) - 100)))


def test_a_database_in_write_ahead_mode_is_read() -> None:
    data = bytearray(database(TABLE, row(1, "2026-05-01", "2030-1", *"abcdef")))
    data[18:20] = b"\x02\x02"
    assert len(list(asam.parse(bytes(data)))) == 1


def test_cells_that_are_no_text_are_set_aside_alone() -> None:
    items = list(
        asam.parse(
            database(
                TABLE,
                row(1, "2026-05-01", "2030-1", "71", 1.0, 2.0, "A", "B", "good"),
                row(2, "2026-05-01", "2030-2", "71", 1.0, 2.0, "A", "B", b"\x81\xff"),
                row(3, "2026-05-01", "2030-3", "71", 1.0, 2.0, "A", "B", b"caf\xe9"),
                row(4, "2026-05-01", "2030-4", "71", 1.0, 2.0, "A", "a\0b", "x"),
            )
        )
    )
    assert [isinstance(item, Defect) for item in items] == [False, True, False, True]
    third = items[2]
    assert isinstance(third, Record)
    assert (third.fields["description"], third.flags) == ("café", ("encoding-cp1252",))


@pytest.mark.parametrize(
    "data", [b"", b"  ", b"<html>Sign in</html>", b"PK\x03\x04zip", b"a,b\n1,2\n"]
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat, match="ASAM"):
        list(asam.parse(data))


def test_a_renamed_column_is_named() -> None:
    data = (FIXTURES / "plain.csv").read_bytes().replace(b"hostility", b"aggressor", 1)
    with pytest.raises(NotThisFormat, match="'hostility' is missing"):
        list(asam.parse(data))

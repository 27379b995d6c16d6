"""CSV that is damaged: the header is a contract, a bad row stays alone."""

from __future__ import annotations

import pytest

from cop.errors import NotThisFormat
from cop.formats.delimited import parse_table
from cop.formats.record import MAX_BYTES, Record
from cop.model.report import Defect

COLUMNS = ("a", "b", "c")


def read(data: bytes) -> list[Record | Defect]:
    return list(parse_table(data, COLUMNS, "a test file"))


def cells(items: list[Record | Defect]) -> list[str]:
    return ["".join(map(str, i.fields.values())) if isinstance(i, Record) else "!" for i in items]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"<!DOCTYPE html><html>login</html>", "web page"),
        (b"\n\n  <html>", "web page"),
        (b"\xff\xfea\0,\0b\0", "UTF-16"),
        (b"a,b\n1,2\n", "'c' is missing"),
        (b"a,b,C\n1,2,3\n", "'c' is missing"),
        (b"a,b,c,d\n1,2,3,4\n", "'d' is unknown"),
        (b"a,b,c,a\n1,2,3,4\n", "'a' stands twice"),
        (b"a;b;c\n1;2;3\n", "not separated by commas"),
        (b"a\tb\tc\n", "not separated by commas"),
        (b"1,2,3\n4,5,6\n", "'a' is missing"),
        (b",".join(b"c%d" % n for n in range(1_000_000)), "missing"),
        (b'a,b,"c\n', "header row cannot be read"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_another_format_is_refused_whole(data: bytes, reason: str) -> None:
    with pytest.raises(NotThisFormat, match=reason) as caught:
        read(data)
    assert len(str(caught.value)) < 200


def test_too_large_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="larger"):
        read(b"a" * (MAX_BYTES + 1))


def test_columns_in_any_order_with_a_mark_and_an_empty_column() -> None:
    (row,) = read(b"\xef\xbb\xbfc,a,b,\r\n3,1,2,\r\n")
    assert isinstance(row, Record)
    assert row.fields == {"c": "3", "a": "1", "b": "2"}
    assert row.raw == b"3,1,2,\r\n"


def test_quoted_newlines_and_quotes_keep_their_bytes() -> None:
    raw = b'1,"two\nlines ""quoted""","=cmd|\' /C calc\'!A0"\n'
    (row,) = read(b"a,b,c\n" + raw)
    assert isinstance(row, Record)
    assert row.fields == {"a": "1", "b": 'two\nlines "quoted"', "c": "=cmd|' /C calc'!A0"}
    assert row.raw == raw


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (b"1,2,3\n1,2\n4,5,6\n", ["123", "!", "456"]),
        (b"1,2,3\n1,2,3,4\n4,5,6\n", ["123", "!", "456"]),
        (b"1,2,3\n1,\0,3\n4,5,6\n", ["123", "!", "456"]),
        (b'1,2,3\n1,"2,3\n4,5,6\n7,8,9\n', ["123", "!", "456", "789"]),
        (b'1,2,3\n1,"2,3\n4,"5",6\n7,8,9\n', ["123", "!", "456", "789"]),
        (b'1,2,3\n1,"2\n2",3,4\n4,5,6\n', ["123", "!", "456"]),
        (b'1,2,3\n1,"2"x,3\n4,5,6\n', ["123", "!", "456"]),
        (b"1,2,3\n1,\x81,3\n4,5,6\n", ["123", "!", "456"]),
        (b"1,2,3\n\n\r\n4,5,6", ["123", "456"]),
        (b"", []),
    ],
)
def test_a_damaged_row_is_set_aside_alone(rows: bytes, found: list[str]) -> None:
    items = read(b"a,b,c\n" + rows)
    assert cells(items) == found
    kept = b"".join(item.raw for item in items)
    assert kept == rows.replace(b"\n\n\r\n", b"\n")
    assert all(i.kind == "quarantined" and i.reason for i in items if isinstance(i, Defect))


def test_windows_text_is_read_and_flagged_row_by_row() -> None:
    first, second = read(b"a,b,c\n1,caf\xe9,3\n4,caf\xc3\xa9,6\n")
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.fields["b"], first.flags) == ("café", ("encoding-cp1252",))
    assert (second.fields["b"], second.flags) == ("café", ())


def test_many_unclosed_quotes_cost_no_more_than_their_rows() -> None:
    items = read(b"a,b,c\n" + b'1,"2,3\n' * 3 + b"x,y,z\n" * 5000)
    assert cells(items)[-1] == "xyz"
    assert cells(items).count("xyz") == 5000

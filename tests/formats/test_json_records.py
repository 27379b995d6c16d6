"""JSON that is stricter than the standard library: one flawed object stays alone."""

from __future__ import annotations

import pytest

from cop.errors import NotThisFormat
from cop.formats.json_records import parse_records
from cop.formats.record import Record
from cop.model.report import Defect


def read(data: str | bytes, key: str = "") -> list[Record | Defect]:
    raw = data.encode() if isinstance(data, str) else data
    return list(parse_records(raw, "a test file", key))


@pytest.mark.parametrize(
    ("flawed", "reason"),
    [
        ('{"x": NaN}', "NaN"),
        ('{"x": [-Infinity]}', "-Infinity"),
        ('{"x": 1e999}', "1e999"),
        ('{"x": ' + "9" * 10_000 + "}", "10000 digits"),
        ('{"tlp": "RED", "tlp": "CLEAR"}', "'tlp' twice"),
        ('{"x": {"y": 1, "y": 2}}', "'y' twice"),
        (r'{"x": "\ud800"}', "surrogate"),
        (r'{"\udfff": 1}', "surrogate"),
    ],
    ids=lambda value: value[:20],
)
def test_a_flawed_object_is_set_aside_alone(flawed: str, reason: str) -> None:
    first, second, third = read(f'[{{"n": 1}}, {flawed}, {{"n": 3}}]')
    assert isinstance(second, Defect)
    assert second.kind == "quarantined"
    assert reason in second.reason
    assert second.raw == flawed.encode()
    assert isinstance(first, Record)
    assert isinstance(third, Record)
    assert (first.fields, third.fields) == ({"n": 1}, {"n": 3})


def test_a_pair_of_surrogates_is_one_character() -> None:
    (record,) = read(r'[{"x": "\ud83d\ude00"}]')
    assert isinstance(record, Record)
    assert record.fields == {"x": "😀"}


def test_what_is_no_object_is_rejected() -> None:
    items = read('[1, "x", null, [], {"a": 1}]')
    assert [i.kind if isinstance(i, Defect) else "ok" for i in items] == ["rejected"] * 4 + ["ok"]


def test_records_under_a_key_among_other_keys() -> None:
    items = read('\ufeff{"total": {"n": 1}, "rows": [{"a": 1}, {"a": 2}], "more": false}', "rows")
    assert [item.raw for item in items] == [b'{"a": 1}', b'{"a": 2}']
    assert read('{"rows": []}', "rows") == []
    assert read("[]", "rows") == []


@pytest.mark.parametrize(
    "data",
    [
        "", " \n", "<html></html>", '{"rows": [{"a": 1}', '[{"a": 1}', '[{"a": 1},]',
        '[{"a": 1} {"a": 2}]', "[{]", '[{"a": 1}] trailing', '{"other": [{"a": 1}]}', '"text"', "1",
        '{"rows": {"a": 1}}', '{"rows": [], "rows": []}', "[" * 100_000, "[" * 65 + "]" * 65,
        '[{"a": ' + '{"b":' * 100_000 + "1" + "}" * 100_001 + "]", "[,]", "{", "[", "nonsense",
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_another_format_is_refused_whole(data: str) -> None:
    with pytest.raises(NotThisFormat) as caught:
        read(data, "rows")
    assert len(str(caught.value)) < 200


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(NotThisFormat, match="UTF-8"):
        read(b'[{"a": "\xff"}]')


def test_brackets_inside_text_are_not_depth() -> None:
    (record,) = read('[{"a": "' + "[" * 500 + r"\"" + "{" * 500 + '"}]')
    assert isinstance(record, Record)

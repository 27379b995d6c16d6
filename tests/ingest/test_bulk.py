"""Our own columns by the thousand: the same rules as record by record, and the same rows."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest
from asam_inputs import everything

from cop.bulk import _incident_ids, ingest_columns
from cop.bulk_rows import Places, build_rows
from cop.errors import BadInput, NotThisFormat
from cop.exports import find_format, open_export
from cop.feeds import columns as feed
from cop.formats import columns
from cop.geography import Geography
from cop.incidents import build_incidents
from cop.ingest import Tally, ingest
from cop.model.report import Report
from cop.store import Store

NOW = datetime(2026, 11, 23, 12)
PLAIN: dict[str, Any] = {
    "reference": "P-1", "title": "Boarding near the anchorage", "occurred_at": "2026-05-01",
    "lon": "103.8", "lat": "1.2", "summary": "Three men with knives boarded the ship and stole.",
    "hazard": "armed-robbery", "act": "committed", "severity": "3", "tlp": "green",
}  # fmt: skip


def rows(*changes: dict[str, Any], **every: Any) -> list[dict[str, Any]]:
    """The plain row with changes, a reference each unless a change gives one."""
    return [PLAIN | {"reference": f"P-{n}"} | every | change for n, change in enumerate(changes, 1)]


def as_csv(table: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    arrow_csv.write_csv(pa.Table.from_pylist(table), out)
    return out.getvalue()


def as_parquet(table: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(table), out)
    return out.getvalue()


@pytest.fixture
def take(store: Store, geography: Geography) -> Any:
    def _take(data: bytes) -> Tally:
        tally = ingest_columns(store, geography, data, actor="test", name="made-up")
        assert tally.received == tally.accepted + tally.quarantined + tally.rejected
        assert tally.accepted == tally.new + tally.updated + tally.unchanged
        return tally

    return _take


ODD: list[dict[str, Any]] = rows(
    {},
    {"hazard": "", "act": "", "severity": ""},  # judged by the rules
    {"lon": "", "lat": ""},
    {"lon": "0", "lat": "0"},
    {"lon": "190.5"},
    {"lon": "-180", "lat": "-16.5"},
    {"lon": "10.0", "lat": "22.0"},  # the Sahara
    {"occurred_at": "2026-05-01T11:02:03Z"},
    {"occurred_at": "2026-05-01T11:02"},
    {"occurred_at": "2026-05"},
    {"occurred_at": "011102Z MAY 26"},
    {"last_at": "2026-05-03"},
    {"last_at": "2026-05-01T23:59:59.999999Z", "time_precision": "date"},
    {"title": " A  title\twith\x07 layout ", "vessel_name": " GREY  GULL "},
    {"summary": "Call +65 6123 4567 or x@example.org.\r\nTwo  lines\n\n\n\nand a  gap"},
    {"title": "Überfall vor Malé", "summary": "“Quoted”, with a comma"},
    {"title": "A very long title " * 20, "place": "P" * 600},
    {"tlp": "TLP:RED"}, {"tlp": "nonsense"}, {"tlp": ""},
    {"source": "asam", "reference": "2020-1"},
    {"reference": "odd/ref é"},
    {"position_precision": "exact", "uncertainty_nm": "2.5", "position_written": "1N 103E"},
    {"reliability": "B", "credibility": "2", "source_url": "https://example.org/a"},
    {"hazard": "", "summary": "Pirates fired on the ship 90 nm off the coast."},
    {"occurred_at": "2027-02-01"},
)  # fmt: skip


def test_rows_are_those_that_record_by_record_gives(geography: Geography) -> None:
    data = as_csv([{name: row.get(name, "") for name in columns._READ} for row in ODD])
    (chunk,) = columns.parse(data)
    judged = feed.judge(chunk, NOW)
    assert not judged.defects
    reports = [report for report in feed.parse(data, NOW) if isinstance(report, Report)]
    ids = _incident_ids(judged.reference)
    fast = build_rows(Places(geography), judged, ids, pa.array([1] * len(ODD)).to_numpy())
    slow = build_incidents(
        feed.FEED, geography, [(r, i, 1) for r, i in zip(reports, ids.to_pylist(), strict=True)]
    )
    assert set(fast.column_names) == set(slow.column_names)
    for name in slow.column_names:
        assert fast[name].to_pylist() == slow[name].to_pylist(), name
    flags = dict(zip(ids.to_pylist(), fast["flags"].to_pylist(), strict=True))
    assert flags["columns-P-4"].startswith("null-island")
    assert "on-land" in flags["columns-P-7"]
    assert "time-assumed-utc" in flags["columns-P-9"]
    text = fast.slice(14, 1)["summary"][0].as_py()
    assert "6123" not in text
    assert "example.org" not in text


@pytest.mark.parametrize("write", [as_csv, as_parquet])
def test_conserves_repeats_and_counts(store: Store, take: Any, write: Any) -> None:
    store.load_index()
    many = rows(*({"lon": 100 + n / 10, "lat": 1.5, "severity": n % 5 + 1} for n in range(40)))
    assert take(write(many)) == Tally("columns", received=40, accepted=40, new=40)
    assert store.read("count", everything()) == 40
    assert take(write(many)) == Tally("columns", received=40, accepted=40, unchanged=40)
    changed = [row | {"severity": 5} if n % 4 == 0 else row for n, row in enumerate(many)]
    fresh = rows({"reference": "Q-1", "lon": 3.0, "lat": 2.0, "severity": 1})
    tally = take(write(changed + fresh))
    assert (tally.new, tally.updated, tally.unchanged) == (1, 8, 32)
    assert store.read("count", everything()) == 41
    assert store.read("count", everything(severity=("5",))) == 16
    detail = store.read("detail", everything(id=("columns-P-1",)))
    assert [v["version"] for v in detail["versions"]] == [2, 1]
    assert len(detail["reports"]) == 2
    # What was said before, word for word, is not followed back (decision 2).
    assert take(write(many)).unchanged == 40


def test_another_layout_says_nothing_new(store: Store, take: Any) -> None:
    typed = rows({"lon": 103.8, "lat": 1.2, "severity": 3})
    typed[0]["occurred_at"] = datetime(2026, 5, 1, 11, 2)
    assert take(as_parquet(typed)).new == 1
    text = rows({"occurred_at": "2026-05-01T11:02:00"})
    assert take(as_csv(text)).unchanged == 1
    assert len(store.read("detail", everything(id=("columns-P-1",)))["reports"]) == 2


BAD = [
    ({"reference": ""}, "reference"), ({"reference": "x" * 101}, "reference"),
    ({"title": " "}, "title"), ({"occurred_at": ""}, "occurred_at"),
    ({"occurred_at": "2026-13-01"}, "occurred_at"), ({"occurred_at": "1850-01-01"}, "occurred_at"),
    ({"occurred_at": "2026-02-30T00:00:00Z"}, "occurred_at"), ({"last_at": "soon"}, "last_at"),
    ({"last_at": "2026-04-01"}, "last_at"), ({"lon": "181E"}, "lon"), ({"lon": "361"}, "lon"),
    ({"lat": "90.1"}, "lat"), ({"lat": ""}, "lon"), ({"lat": "nan"}, "lat"),
    ({"uncertainty_nm": "-1"}, "uncertainty_nm"), ({"hazard": "pirates"}, "hazard"),
    ({"position_precision": "none"}, "position_precision"),
    ({"severity": "6"}, "severity"), ({"act": "done"}, "act"),
    ({"reliability": "Z"}, "reliability"),
]  # fmt: skip


def test_a_bad_row_costs_itself_only(store: Store, take: Any) -> None:
    names = sorted({name for change, _ in BAD for name in change} | set(PLAIN))
    bad = [PLAIN | {"reference": f"B-{n}"} | change for n, (change, _) in enumerate(BAD)]
    table = [{name: row.get(name, "") for name in names} for row in (*bad, *rows({}, {}))]
    data = as_csv(table) + b'"unclosed,row\n' + b"one,cell\n"
    tally = take(data)
    assert (tally.new, tally.quarantined) == (2, len(BAD) + 1)
    found = {d.reference: d.field for c in columns.parse(data) for d in feed.judge(c, NOW).defects}
    for n, (_, field) in enumerate(BAD):
        named = {0: "", 1: "x" * 100, 21: "a b.B-21"}.get(n, f"B-{n}")
        assert found[named] == field, BAD[n]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"reference,title\n1,2\n", b"PAR1 and so on PAR1", b"<html></html>",
        b"reference,reference,title,occurred_at\n1,1,a,2026-01-01\n", b"\0,title\n",
    ],
)  # fmt: skip
def test_another_format_is_refused_whole_and_recorded(store: Store, take: Any, data: bytes) -> None:
    take(as_csv(rows({})))
    with pytest.raises(NotThisFormat):
        take(data)
    assert store.read("count", everything()) == 1


def test_rows_over_several_lines_and_chunks_keep_their_bytes(
    store: Store, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "CHUNK_BYTES", 2_000)
    monkeypatch.setattr(columns, "CHUNK_ROWS", 7)
    many = rows(*({"summary": f'Line "one"\nline {n}, and more'} for n in range(60)))
    data = as_csv(many)
    assert take(data).new == 60
    raws = [bytes(chunk_raw.as_py()) for chunk in columns.parse(data) for chunk_raw in chunk.raw]
    assert b"".join([data.split(b"\n", 1)[0] + b"\n", *raws]) == data
    # One reference in two chunks is two statements of one incident.
    assert take(as_csv(many + rows({"title": "Said again"}))).updated == 1


def test_correction_goes_by_the_same_rules(store: Store, geography: Geography, take: Any) -> None:
    data = as_csv(rows({}, {}))
    assert take(data).new == 2
    assert ingest(store, geography, "columns", data, actor="test").unchanged == 2


def test_a_demo_world_takes_nothing_in(store: Store, geography: Geography) -> None:
    with store.write(actor="test", action="demo.fill", subject="world") as writer:
        writer.set_meta("world", "demo")
    with pytest.raises(BadInput, match="demo world"):
        ingest_columns(store, geography, as_csv(rows({})), actor="test")


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_an_export_is_read_as_it_is(
    store: Store, geography: Geography, take: Any, name: str
) -> None:
    take(as_csv([{n: row.get(n, "") for n in columns._READ} for row in ODD]))
    out = io.BytesIO()
    sealed = everything()
    with open_export(store, sealed, find_format(name), world="live", address="") as export:
        assert export.write(out)["rows"] == len(ODD)
    other = Store.memory(clock=lambda: NOW)
    try:
        tally = ingest_columns(other, geography, out.getvalue(), actor="test")
        assert tally == Tally("columns", received=len(ODD), accepted=len(ODD), new=len(ODD))
        shown = ["reference", "hazard", "severity", "act", "tlp", "occurred_at", "title", "region"]
        ours = store.read("rows", sealed).sort_values("reference")[shown]
        theirs = other.read("rows", sealed).sort_values("reference")[shown]
        assert ours.to_numpy().tolist() == theirs.to_numpy().tolist()
    finally:
        other.close()

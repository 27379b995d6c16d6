"""An export is the answer to its question: count, rows, marking, terms, and nothing that runs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from export_samples import HOSTILE, Write, ask
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from synthetic import Synthetic, incident, put

from cop.errors import BadInput, StoreError
from cop.exporting import FORMATS, columns
from cop.exporting.columns import COLUMNS
from cop.exports import MANIFEST, find_format, open_export
from cop.model.privacy import mask_personal
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS, SEVERITIES, SOURCES, hazards, regions
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.where import Where, compile_where
from cop.store import Store, streaming

_NOW = datetime(2026, 11, 23, 12)


def _some(slugs: tuple[str, ...], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(slugs), unique=True, max_size=most).map(tuple)


_QUESTIONS = st.builds(
    Filters,
    hazard=_some(hazards().slugs, 20),
    severity=_some(SEVERITIES.slugs, 3),
    region=_some(regions().slugs, 10),
    source=_some(SOURCES.slugs, 2),
    q=st.sampled_from(["", "", "piracy", "sao"]),
    since=st.sampled_from([None, TimeBound(at=datetime(2026, 10, 1))]),
    bbox=st.sampled_from([None, None, BBox(160.0, -60.0, -170.0, 60.0), BBox(0, -10, 10, 52)]),
    port=st.sampled_from([(), (), ("NLRTM",)]),
)
_KNOWN = st.sampled_from([None, None, datetime(2026, 6, 1), datetime(2026, 6, 1, 9)])


@example_settings(max_examples=30)
@given(
    filters=_QUESTIONS,
    clearance=st.sampled_from(MARKINGS.slugs),
    known_at=_KNOWN,
    form=st.sampled_from(("csv", "geoparquet", "geojson")),
)
def test_a_file_has_the_rows_that_the_screen_counts(
    synthetic: Synthetic, filters: Filters, clearance: str, known_at: datetime | None, form: str
) -> None:
    viewer = Viewer("test", clearance)
    where = compile_where(filters, viewer, now=_NOW, as_known_at=known_at)
    out = io.BytesIO()
    manifest = _export(synthetic.store, where, form, out)
    rows = _rows(form, out.getvalue())
    expected = synthetic.store.read("rows", where)
    assert len(rows) == manifest["rows"] == synthetic.store.read("count", where)
    assert [row["incident_id"] for row in rows] == expected["incident_id"].tolist()
    markings = {MARKINGS.slug(code) for code in expected["tlp"]} or {"clear"}
    assert manifest["marking"] == MARKINGS.label(max(markings, key=MARKINGS.code))
    assert {row["tlp"] for row in rows} <= markings
    assert sum(source["rows"] for source in manifest["sources"]) == len(rows)


def _export(store: Store, where: Where, form: str, out: io.BytesIO) -> dict[str, object]:
    told = {"world": "live", "address": "http://127.0.0.1:8050"}
    with open_export(store, where, find_format(form), **told) as export:
        return export.write(out)


def _rows(form: str, data: bytes) -> list[dict[str, object]]:
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    if form == "geojson":
        return [feature["properties"] for feature in json.loads(data)["features"]]
    return pa.parquet.read_table(io.BytesIO(data)).to_pylist()


def test_the_manifest_says_what_the_file_is(write: Write, tmp_path: Path) -> None:
    manifest = write(tmp_path / "a.csv", "csv", ask("hazard=piracy&tlp=clear,green"))
    data = (tmp_path / "a.csv").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["bytes"] == len(data)
    assert manifest["question"] == {
        "words": "Piracy, TLP:CLEAR or TLP:GREEN",
        "query": "hazard=piracy&tlp=clear,green",
        "url": "http://127.0.0.1:8050/watch?hazard=piracy&tlp=clear,green",
    }
    assert manifest["generated_at"] == manifest["as_known_at"] == "2026-11-23T12:00:00Z"
    assert manifest["marking"] == "TLP:GREEN"
    assert manifest["file"] == "incidents_TLP-GREEN_20261123T1200Z.csv"
    header = data.decode().splitlines()[0].replace('"', "").split(",")
    assert [column["name"] for column in manifest["columns"]] == header
    [source] = manifest["sources"]
    assert (source["source"], source["rows"]) == ("asam", 12)
    assert source["licence"] == "US Government work, public domain"
    assert manifest["rows_without_position"] == 1
    assert manifest["not_carried"]
    assert manifest["software"]["version"]


def test_the_past_is_exported_as_it_was_known(synthetic: Synthetic) -> None:
    at = datetime(2026, 6, 1, 9)
    where = compile_where(Filters(), Viewer("t", "red"), now=_NOW, as_known_at=at)
    manifest = _export(synthetic.store, where, "csv", io.BytesIO())
    assert manifest["as_known_at"] == "2026-06-01T09:00:00Z"
    assert "as_known_at=2026-06-01T09:00:00Z" in str(manifest["question"])


def test_a_made_up_world_says_so(write: Write, tmp_path: Path) -> None:
    manifest = write(tmp_path / "a.geojson", "geojson", world="demo")
    assert str(manifest["file"]).startswith("SYNTHETIC-DEMO_incidents_TLP-RED_")
    assert json.loads((tmp_path / "a.geojson").read_bytes())["name"].startswith("SYNTHETIC DEMO")
    assert {source["licence"] for source in manifest["sources"]} == {"synthetic, from no source"}


def test_what_is_above_the_viewer_is_in_no_file(write: Write, tmp_path: Path) -> None:
    for form in FORMATS:
        file = tmp_path / form
        manifest = write(file, form, ask(clearance="green"))
        assert (manifest["rows"], manifest["marking"]) == (13, "TLP:GREEN")
    for form in ("csv", "geojson", "kml", "gpkg", "fgb"):
        assert b"Unheard of" not in (tmp_path / form).read_bytes()


def test_no_cell_of_a_csv_is_a_formula(write: Write, tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["incident_id"]: row for row in csv.DictReader(file)}
    texts = [column.name for column in COLUMNS if column.kind == "text"]
    risky = ("=", "+", "-", "@", "\t", "\r", "＝")
    assert not [r[name] for r in rows.values() for name in texts if r[name].startswith(risky)]
    for n, title in enumerate(HOSTILE):
        said = rows[f"asam-{n:02}"]["title"]
        assert said == (f"'{title}" if title.startswith(risky) else title)
    assert (rows["asam-00"]["lon"], rows["asam-00"]["lat"]) == ("-180", "-25.5")


def test_personal_data_is_in_no_file(write: Write, tmp_path: Path) -> None:
    for form in ("csv", "geojson", "kml", "parquet"):
        write(tmp_path / form, form)
        data = (tmp_path / form).read_bytes()
        assert b"7946 0958" not in data
        assert b"watch@example.org" not in data


@pytest.mark.parametrize(
    "text",
    [
        "Tel: 2079460958", "telephone no. 0207-946-0958", "FAX 20 7946 0958", "+442079460958",
        "reached at 00 44 2079460", "0044 20 7946 0958", "(202) 555-0173", "1-202-555-0173",
        "telex 8951234 abcde g", "a.b@c.example", "Mobile phones: 07700 900123", "tlx: 8951234",
        "contact us on 07700900123", "hotlines 07700900123", "inmarsat 870 773 1234567",
    ],
)  # fmt: skip
def test_every_text_that_would_be_masked_is_looked_at(text: str) -> None:
    assert mask_personal(text) != text
    assert columns._mask(pa.array([text, "x"])).to_pylist() == [mask_personal(text), "x"]


def test_a_stream_is_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BATCH_ROWS", 2048)
    monkeypatch.setattr(streaming, "SORTED_ROWS", 1_000)
    store = Store.memory(clock=lambda: _NOW)
    put(store, *(incident(f"asam-{n:05}") for n in range(6_000)))
    with store.stream(ask()) as stream:
        first = next(stream.batches)
        put(store, incident("asam-00001", version=2, tlp="red"), incident("asam-late", tlp="red"))
        rest = list(stream.batches)
        assert not stream.is_sorted
        assert first.num_rows < sum(batch.num_rows for batch in rest)
        ids = [i for batch in (first, *rest) for i in batch.column("incident_id").to_pylist()]
        assert sorted(ids) == [f"asam-{n:05}" for n in range(6_000)]
        assert (stream.summary.rows, stream.summary.highest_tlp) == (6_000, "clear")
    assert store.read("count", ask()) == 6_001
    with store.stream(ask()) as left:
        next(left.batches)
    put(store, incident("asam-after"))  # nothing is held by a stream that was left
    store.close()
    with pytest.raises(StoreError, match="closed"), store.stream(ask()):
        pass


def test_a_stream_needs_a_where(hostile: Store) -> None:
    with pytest.raises(TypeError), hostile.stream("TRUE"):  # type: ignore[arg-type]
        pass


def test_what_a_format_cannot_carry_is_refused(
    hostile: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = find_format("xlsx").__class__(
        "xlsx", "Excel workbook", ".xlsx", "", find_format("xlsx").write, most_rows=3
    )
    with (
        pytest.raises(BadInput, match="at most 3 incidents and the question has 14"),
        open_export(hostile, ask(), small, world="live", address=""),
    ):
        pass
    with pytest.raises(BadInput, match="there are csv, xlsx"):
        find_format("pdf")


def test_a_bundle_holds_the_file_and_its_manifest(hostile: Store) -> None:
    out = io.BytesIO()
    told = {"world": "live", "address": "http://127.0.0.1:8050"}
    with open_export(hostile, ask(), find_format("csv"), **told) as export:
        export.write_bundle(out)
        with zipfile.ZipFile(out) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [export.name, MANIFEST]
            manifest = json.loads(archive.read(MANIFEST))
            digest = hashlib.sha256(archive.read(export.name)).hexdigest()
    assert manifest["sha256"] == digest
    assert _NOW - datetime.fromisoformat(manifest["generated_at"][:-1]) < timedelta(days=1)

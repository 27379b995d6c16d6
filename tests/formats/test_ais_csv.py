"""Tables of positions: typed blocks and rows read one by one say the same; bad rows stay alone."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.errors import NotThisFormat
from cop.formats import ais_csv
from cop.formats.ais_csv import is_ais_csv, parse_ais_csv, parse_ais_parquet
from cop.formats.position_batch import NO_COG, NO_HEADING, NO_SOG, PositionBatch
from cop.model.vessel_position import NULL_ISLAND, TIME_ASSUMED_UTC
from cop.model.vocabulary import MARKINGS

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "ais" / "suez_2021_positions.csv"
HEADER = "mmsi,at,longitude,latitude,sog_kn,cog_deg,heading_deg,name,type"
GOOD = "244000001,2026-01-01T00:00:00Z,4.1,51.9,10.2,90.5,91,ANNA,cargo"


def read(*rows: str, header: str = HEADER) -> PositionBatch:
    batches = list(parse_ais_csv("\n".join((header, *rows)).encode() + b"\n"))
    assert len(batches) == 1
    return batches[0]


def test_a_row() -> None:
    batch = read(GOOD)
    row = batch.positions.iloc[0]
    assert list(batch.keys) == ["244000001"]
    assert row["at"] == datetime(2026, 1, 1)
    assert (row["lon"], row["lat"]) == (41_000_000, 519_000_000)
    assert (row["sog"], row["cog"], row["heading"]) == (102, 905, 91)
    assert row["tlp"] == MARKINGS.code("amber")
    assert set(batch.particulars["value"]) == {"ANNA", "cargo"}


def test_suez_layout() -> None:
    batch = read(
        "7,20/03/2021 00:22,32.32925,31.4386",
        header="\ufeffID,ais_pos_timestamp,longitude,latitude",
    )
    assert list(batch.keys) == ["id:7"]
    assert batch.positions["at"][0] == datetime(2021, 3, 20, 0, 22)
    assert batch.positions["flags"][0] == TIME_ASSUMED_UTC


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("0,2026-01-01T00:00:00Z,4.1,51.9,,,,,", "vessel"),
        ("24400000,2026-01-01T00:00:00Z,4.1,51.9,,,,,", "vessel"),
        ("2440000011,2026-01-01T00:00:00Z,4.1,51.9,,,,,", "vessel"),
        ("anna,2026-01-01T00:00:00Z,4.1,51.9,,,,,", "vessel"),
        (",2026-01-01T00:00:00Z,4.1,51.9,,,,,", "vessel"),
        ("244000001,yesterday,4.1,51.9,,,,,", "time"),
        ("244000001,,4.1,51.9,,,,,", "time"),
        ("244000001,1970-01-01T00:00:00Z,4.1,51.9,,,,,", "time"),
        ("244000001,2026-13-01T00:00:00Z,4.1,51.9,,,,,", "time"),
        ("244000001,2026-01-01T00:00:00Z,4.1,,,,,,", "longitude"),
        ("244000001,2026-01-01T00:00:00Z,200,51.9,,,,,", "longitude"),
        ("244000001,2026-01-01T00:00:00Z,NaN,51.9,,,,,", "longitude"),
        ("244000001,2026-01-01T00:00:00Z,4.1,90.1,,,,,", "latitude"),
        ("244000001,2026-01-01T00:00:00Z,4.1,inf,,,,,", "latitude"),
        ("244000001,2026-01-01T00:00:00Z,4.1,51.9,-1,,,,", "sog_kn"),
        ("244000001,2026-01-01T00:00:00Z,4.1,51.9,fast,,,,", "sog_kn"),
        ("244000001,2026-01-01T00:00:00Z,4.1,51.9,,361,,,", "cog_deg"),
        ("244000001,2026-01-01T00:00:00Z,4.1,51.9,,,400,,", "heading_deg"),
        ("244000001,2026-01-01T00:00:00Z", "row"),
        ('244000001,2026-01-01T00:00:00Z,4.1,51.9,,,,"open', "row"),
        ("\0", "row"),
    ],
)
def test_a_bad_row_is_set_aside_alone(row: str, field: str) -> None:
    batch = read(GOOD, row, GOOD)
    assert batch.accepted == 2
    assert len(batch.positions) == 2
    assert [(d.kind, d.field) for d in batch.defects] == [("quarantined", field)]
    assert batch.defects[0].raw == row.encode()


def test_not_available_is_no_position() -> None:
    batch = read(
        "244000001,2026-01-01T00:00:00Z,181,91,102.3,360,511,,",
        "244000001,2026-01-01T00:00:00Z,,,,,,,",
        "244000001,2026-01-01T00:00:01Z,5,6,102.3,360,511,,",
        "244000001,2026-01-01T00:00:02Z,0,0,,,,,",
    )
    assert batch.accepted == 4
    assert batch.passed == {"position not available": 2}
    assert batch.positions["sog"].tolist() == [NO_SOG, NO_SOG]
    assert batch.positions["cog"].tolist() == [NO_COG, NO_COG]
    assert batch.positions["heading"].tolist() == [NO_HEADING, NO_HEADING]
    assert batch.positions["flags"].tolist() == [0, NULL_ISLAND]


def test_offsets_are_converted() -> None:
    batch = read(
        "244000001,2026-01-01T02:00:00+02:00,4.1,51.9,,,,,",
        "244000001,2026-01-01 00:00:00,4.2,51.9,,,,,",
    )
    assert batch.positions["at"].tolist() == [pd.Timestamp("2026-01-01")] * 2


def test_markings() -> None:
    words = ["TLP:RED", "clear", "", "nonsense"]
    rows = [f"244000001,2026-01-01T00:00:0{n}Z,4,51,{word}" for n, word in enumerate(words)]
    batch = read(*rows, header="mmsi,at,longitude,latitude,tlp")
    found = [MARKINGS.slug(code) for code in batch.positions["tlp"]]
    assert found == ["red", "clear", "amber", "amber"]


@pytest.mark.parametrize(
    "header",
    [
        "mmsi,at,longitude",
        "mmsi,at,longitude,latitude,extra",
        "mmsi,mmsi,at,longitude,latitude",
        "ID,ais_pos_timestamp,longitude",
    ],
)
def test_the_header_is_a_contract(header: str) -> None:
    with pytest.raises(NotThisFormat):
        read(GOOD, header=header)


def test_other_text_is_no_table_of_positions() -> None:
    assert not is_ais_csv(b"!AIVDM,1,1,,A,13,0*00\n")
    assert is_ais_csv(HEADER.encode())


def test_parquet_says_what_csv_says() -> None:
    rows = [GOOD, GOOD.replace("51.9", "95"), GOOD.replace("4.1", "181")]
    text = "\n".join([HEADER, *rows])
    frame = pd.read_csv(io.StringIO(text))
    frame["at"] = pd.to_datetime(frame["at"])
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    (batch,) = parse_ais_parquet(buffer.getvalue())
    expected = read(*rows)
    pd.testing.assert_frame_equal(batch.positions, expected.positions)
    assert [d.field for d in batch.defects] == [d.field for d in expected.defects] == ["latitude"]
    assert batch.passed == expected.passed


def test_broken_parquet_is_refused() -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"mmsi": [1], "at": ["x"], "longitude": [[1]], "latitude": [1]}).to_parquet(buffer)
    for data in (b"PAR1" + b"\0" * 50 + b"PAR1", buffer.getvalue()):
        with pytest.raises(NotThisFormat):
            list(parse_ais_parquet(data))


def test_blocks_do_not_lose_or_split_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"244000001,2026-01-01T00:00:00Z,{n / 10},51.9,,,,NAME {n},cargo" for n in range(300)]
    rows[40] = "x" * 700
    rows[100] = ""
    monkeypatch.setattr(ais_csv, "BLOCK_BYTES", 500)
    batches = list(parse_ais_csv("\r\n".join([HEADER, *rows]).encode()))
    found = np.concatenate([batch.positions["lon"] for batch in batches])
    kept = [n for n in range(300) if n not in (40, 100)]
    assert found.tolist() == [n * 1_000_000 for n in kept]
    assert [len(batch.defects) for batch in batches if batch.defects] == [1]
    numbers = np.concatenate([batch.positions["row"] for batch in batches])
    assert len(set(numbers)) == len(numbers)


CELLS = st.sampled_from(
    ["", "244000001", "0", "1e9", "2026-01-01T00:00:00Z", "2026-01-01", "4.5", "-181", "181", "91",
     "NaN", "inf", '"a,b"', '"', "é", "\0", "=cmd", "1" * 50, "360", "511", "102.3", "0x1"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=10), min_size=1, max_size=8))
def test_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    lines = [",".join(cells) for cells in rows if any(cells)]
    data = "\n".join([HEADER, GOOD, *lines]).encode()
    batches = list(parse_ais_csv(data))
    taken = sum(batch.accepted + len(batch.defects) for batch in batches)
    assert taken == 1 + len(lines)
    for batch in batches:
        assert ((batch.positions["lon"] / 1e7).abs() <= 180).all()
        assert ((batch.positions["lat"] / 1e7).abs() <= 90).all()
        assert len(batch.positions) + sum(batch.passed.values()) == batch.accepted


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    for batch in parse_ais_csv(HEADER.encode() + b"\n" + data):
        assert batch.accepted >= 0


@pytest.mark.real
@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published Suez positions are absent")
def test_published_suez_positions() -> None:
    batches = list(parse_ais_csv(PUBLISHED.read_bytes()))
    assert sum(batch.accepted for batch in batches) == 22_287
    assert {key for batch in batches for key in batch.keys} == {f"id:{n}" for n in range(1, 257)}
    assert not any(batch.defects for batch in batches)

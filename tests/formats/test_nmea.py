"""AIS sentences: what is decoded agrees with the published truth; what is broken costs itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ais_sentences import checksum, report, static, tag
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.errors import NotThisFormat
from cop.formats.nmea import MAX_LINE, AisMessage, parse_nmea
from cop.model.report import Defect
from cop.model.vessel_position import NULL_ISLAND, TIME_ASSUMED_RECEIVED

RECEIVED = datetime(2026, 11, 23)
AT = 1_600_000_000
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "ais"
published = pytest.mark.skipif(not PUBLISHED.exists(), reason="published AIS samples are absent")


def read(*lines: bytes) -> list[AisMessage | Defect]:
    return list(parse_nmea(b"\r\n".join(lines) + b"\r\n", RECEIVED))


def only(*lines: bytes) -> AisMessage:
    items = read(*lines)
    assert len(items) == 1
    assert isinstance(items[0], AisMessage)
    return items[0]


def broken(*lines: bytes) -> list[tuple[str, str]]:
    return [(item.kind, item.field) for item in read(*lines) if isinstance(item, Defect)]


def test_position_with_tag_block() -> None:
    position = only(report(at=AT, lon=-70.5, lat=42.25)).position
    assert position is not None
    assert position.at == datetime(2020, 9, 13, 12, 26, 40)
    assert (position.vessel, position.lon, position.lat) == ("244000001", -70.5, 42.25)
    assert (position.sog_kn, position.cog_deg, position.heading_deg) == (10.0, 90.0, 91)
    assert position.flags == 0


def test_times() -> None:
    sentence = report()
    said = {
        tag(AT * 1000): datetime(2020, 9, 13, 12, 26, 40),
        tag(AT, "s:station,"): datetime(2020, 9, 13, 12, 26, 40),
    }
    for block, at in said.items():
        position = only(block + sentence).position
        assert position
        assert position.at == at
    after = only(sentence + b",d-108,S0097,t050102.00,T02.5,r003669946,1325394065,1325394006")
    assert after.position
    assert after.position.at == datetime(2012, 1, 1, 5, 1, 5)


def test_undated_keep_their_order_and_say_so() -> None:
    items = read(report(lat=1.0), report(lat=2.0))
    positions = [item.position for item in items if isinstance(item, AisMessage)]
    assert [p.at for p in positions if p] == [RECEIVED, RECEIVED + timedelta(microseconds=1)]
    assert all(p and p.flags == TIME_ASSUMED_RECEIVED for p in positions)


def test_damaged_tag_block_dates_nothing() -> None:
    position = only(b"\\c:1600000000*00\\" + report()).position
    assert position
    assert position.flags == TIME_ASSUMED_RECEIVED


@pytest.mark.parametrize("kind", [1, 2, 3, 9, 18, 19, 27])
def test_not_available_is_nothing(kind: int) -> None:
    message = only(report(at=AT, kind=kind, lon=181.0, lat=91.0))
    assert message.position is None
    assert message.passed == "position not available"


def test_not_available_values_are_none() -> None:
    position = only(report(at=AT, speed=102.3, course=360.0, heading=511)).position
    assert position
    assert (position.sog_kn, position.cog_deg, position.heading_deg) == (None, None, None)


def test_null_island_is_flagged_and_the_date_line_is_one_meridian() -> None:
    first, second = (
        only(report(at=AT, lon=0, lat=0)).position,
        only(report(at=AT, lon=-180.0, lat=5)).position,
    )
    assert first
    assert first.flags == NULL_ISLAND
    assert second
    assert second.lon == 180.0


@pytest.mark.parametrize(
    ("line", "kind", "field"),
    [
        (report()[:-2] + b"00", "quarantined", "checksum"),
        (report(mmsi=0), "quarantined", "mmsi"),
        (report(mmsi=2_573_535), "quarantined", "mmsi"),
        (report(lat=95.0), "quarantined", "latitude"),
        (report(lon=200.0), "quarantined", "longitude"),
        (tag(0) + report(), "quarantined", "time"),
        (b"!AIVDM,1,1,,A,13`dU0,0*" + checksum(b"AIVDM,1,1,,A,13`dU0,0"), "quarantined", "payload"),
        (b"!AIVDM,1,1,,A,w000,0*" + checksum(b"AIVDM,1,1,,A,w000,0"), "quarantined", "type"),
        (b"!AIVDM,1,1,,A,,0*26", "rejected", ""),
        (b"!AIVDM,1,2,,A,0,0*" + checksum(b"AIVDM,1,2,,A,0,0"), "quarantined", "sentence"),
        (b"!AIVDM,1,1,,A", "quarantined", "sentence"),
        (b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", "rejected", ""),
        (b"\x00\xff\xfe noise \x80", "rejected", ""),
        (b"!AIVDM," + b"0" * 10_000_000, "rejected", ""),
    ],
)
def test_broken_lines_cost_themselves(line: bytes, kind: str, field: str) -> None:
    items = read(report(at=AT), line, report(at=AT + 10))
    assert [type(item).__name__ for item in items] == ["AisMessage", "Defect", "AisMessage"]
    assert broken(report(at=AT), line, report(at=AT + 10)) == [(kind, field)]


def test_static_data_of_two_sentences_is_one_record() -> None:
    message = only(*static())
    assert message.particulars
    said = message.particulars
    assert (said.name, said.type, said.call_sign, said.imo) == ("ANNA", "cargo", "PABC", "9074729")


def test_interleaved_ships() -> None:
    one, other = static(244000001, 1, shipname="ONE"), static(244000002, 2, shipname="OTHER")
    items = read(one[0], other[0], one[1], other[1])
    names = [i.particulars.name for i in items if isinstance(i, AisMessage) and i.particulars]
    assert names == ["ONE", "OTHER"]


def test_interleaved_ships_with_one_number_from_two_stations() -> None:
    one, other = static(244000001, shipname="ONE"), static(244000002, shipname="OTHER")
    a, b = tag(AT, "s:a,"), tag(AT, "s:b,")
    items = read(a + one[0], b + other[0], b + other[1], a + one[1])
    names = [i.particulars.name for i in items if isinstance(i, AisMessage) and i.particulars]
    assert names == ["OTHER", "ONE"]


def test_fragments_alone() -> None:
    first, second = static()
    assert broken(second) == [("quarantined", "sentence")]
    assert broken(first) == [("quarantined", "sentence")]
    assert broken(second, first) == [("quarantined", "sentence")] * 2
    assert broken(first, first, second) == [("quarantined", "sentence")]


def test_missing_fragments_time_out() -> None:
    first, second = static()
    late = [tag(AT) + first, tag(AT + 100) + static(244000002, 2)[0], tag(AT + 101) + second]
    assert broken(*late) == [("quarantined", "sentence")] * 3
    in_time = [tag(AT) + first, tag(AT + 5) + second]
    assert broken(*in_time) == []


def test_comments_and_blank_lines_are_no_records() -> None:
    assert len(read(b"# a comment", b"", report(at=AT))) == 1


def test_other_things_are_refused_whole() -> None:
    for data in (b"", b"<html></html>", b"mmsi,at\n", b"\x00" * 100):
        with pytest.raises(NotThisFormat):
            parse_nmea(data, RECEIVED)


@given(st.lists(st.binary(max_size=MAX_LINE + 5) | st.sampled_from([*static(), report()])))
@settings(max_examples=100, deadline=None)
def test_any_lines(lines: list[bytes]) -> None:
    data = b"\n".join([report(at=AT), *lines])
    for item in parse_nmea(data, RECEIVED):
        if isinstance(item, Defect):
            assert item.kind in ("quarantined", "rejected")
            assert 0 < len(item.reason) < 200
        elif item.position:
            assert -180 < item.position.lon <= 180
            assert -90 <= item.position.lat <= 90


@given(st.integers(0, 60), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_any_byte_of_a_sentence_broken(place: int, byte: int) -> None:
    sentence = bytearray(report(at=AT))
    sentence[place % len(sentence)] = byte
    data = bytes(sentence) + b"\n" + report(at=AT)
    items = list(parse_nmea(data, RECEIVED))
    assert isinstance(items[-1], AisMessage)


@published
@pytest.mark.real
def test_published_truth() -> None:
    lines = (PUBLISHED / "typeexamples.json").read_text("utf-8").splitlines()
    truth = [json.loads(line) for line in lines]
    items = list(parse_nmea((PUBLISHED / "typeexamples.nmea").read_bytes(), RECEIVED))
    found = {
        m.position.vessel: m.position for m in items if isinstance(m, AisMessage) and m.position
    }
    kinds = (1, 2, 3, 9, 18, 19, 27)
    expected = [
        t for t in truth if t["type"] in kinds and abs(t["lat"]) <= 90 and abs(t["lon"]) <= 180
    ]
    assert len(expected) >= 3
    for said in expected:
        position = found[str(said["mmsi"])]
        assert position.lon == pytest.approx(said["lon"], abs=1e-4)
        assert position.lat == pytest.approx(said["lat"], abs=1e-4)
        assert position.sog_kn == pytest.approx(said["speed"], abs=0.05)
        assert position.heading_deg == (None if said["heading"] == 511 else said["heading"])
    names = {m.particulars.name for m in items if isinstance(m, AisMessage) and m.particulars}
    assert {t["shipname"] for t in truth if t["type"] in (5, 24) and "shipname" in t} <= names


@published
@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "records"), [("sample.aivdm", 104), ("nmea_data_sample.txt", 898)]
)
def test_published_samples(file: str, records: int) -> None:
    items = list(parse_nmea((PUBLISHED / file).read_bytes(), RECEIVED))
    assert len(items) == records
    assert sum(isinstance(item, AisMessage) for item in items) > 100

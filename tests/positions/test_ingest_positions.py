"""Positions into the store: conservation, the same again changes nothing, projections in step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from ais_sentences import report, static
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.actions import dismiss_quarantined, rerun_quarantined
from cop.errors import BadInput, NotFound, NotThisFormat
from cop.feeds import ALL as FEEDS
from cop.geography import Geography
from cop.ingest import Tally
from cop.model.vessel_position import FUTURE, TIME_ASSUMED_RECEIVED
from cop.model.viewer import Viewer
from cop.positions import MOST_KEPT, MOST_RAW_BYTES, ingest_positions
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui.panels import kept_aside

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "ais"
RED = Viewer("test", "red")
AT = 1_600_000_000
HEADER = "mmsi,at,longitude,latitude,name,tlp"


class Clock:
    """Ticks a minute a reading."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23)

    def __call__(self) -> datetime:
        self.now = self.now.replace(minute=(self.now.minute + 1) % 60)
        return self.now


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.memory(clock=Clock())
    yield made
    made.close()


def take(store: Store, geography: Geography, *lines: bytes | str) -> Tally:
    data = b"\n".join(x.encode() if isinstance(x, str) else x for x in lines) + b"\n"
    tally = ingest_positions(store, geography, data, actor="test", name="file")
    assert tally.received == tally.accepted + tally.quarantined + tally.rejected
    assert tally.accepted == tally.new + tally.updated + tally.unchanged
    store.read("verify", None)
    return tally


def test_one_of_each(store: Store, geography: Geography) -> None:
    lines = [
        report(at=AT),
        report(at=AT),  # heard by two stations
        *static(),
        report(at=AT + 60, lon=181, lat=91),
        b"!AIVDM,1,1,,A,403Ovl@000Htt<tSF0l4Q@100`Pq,0*28",
        report(mmsi=0, at=AT),
        b"noise",
    ]
    tally = take(store, geography, *lines)
    assert tally == Tally("ais", 7, 5, 1, 1, new=2, updated=0, unchanged=3)
    again = take(store, geography, *lines)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 5)
    runs = store.read("runs", RED)
    assert [run["feed"] for run in runs] == ["ais", "ais"]
    assert [run["state"] for run in runs] == ["ok", "ok"]


def test_undated_sentences_keep_the_time_of_first_receipt(
    store: Store, geography: Geography
) -> None:
    take(store, geography, report(), report(lat=52.0))
    first = store.read("track", RED, vessel="244000001")
    assert (first.flags & TIME_ASSUMED_RECEIVED).all()
    again = take(store, geography, report(), report(lat=52.0))
    assert again.new == 0
    assert store.read("track", RED, vessel="244000001").at.tolist() == first.at.tolist()


def test_particulars_change(store: Store, geography: Geography) -> None:
    row = "244000001,2026-01-01T00:00:00Z,4,51.9,ANNA,"
    assert take(store, geography, HEADER, row).new == 1
    later = "244000001,2026-01-02T00:00:00Z,4,51.9,,"
    assert take(store, geography, HEADER, later).new == 1
    renamed = "244000001,2026-01-02T00:00:00Z,4,51.9,BETA,"
    tally = take(store, geography, HEADER, renamed)
    assert (tally.new, tally.updated, tally.unchanged) == (0, 1, 0)
    assert store.read("track", RED, vessel="244000001").name == "BETA"
    # What was said earlier does not come back when it is read later.
    assert take(store, geography, HEADER, row).unchanged == 1
    assert store.read("track", RED, vessel="244000001").name == "BETA"


def test_latest_is_the_newest_whatever_the_order(store: Store, geography: Geography) -> None:
    take(store, geography, report(at=AT + 100, lat=2.0), report(at=AT, lat=1.0))
    take(store, geography, report(at=AT + 50, lat=3.0))
    latest = store.read("latest_positions", RED)
    assert latest.count == 1
    assert latest.marks.lat.tolist() == [2.0]


def test_the_future_is_kept_and_flagged_but_never_latest(
    store: Store, geography: Geography
) -> None:
    row = "244000001,{},4,51.9,,"
    take(store, geography, HEADER, row.format("2099-01-01T00:00:00Z"))
    assert store.read("latest_positions", RED).count == 0
    take(store, geography, HEADER, row.format("2026-01-01T00:00:00Z"))
    track = store.read("track", RED, vessel="244000001")
    assert [bool(flag & FUTURE) for flag in track.flags] == [False, True]
    assert store.read("latest_positions", RED).newest_at == datetime(2026, 1, 1)


def test_what_is_no_ais_is_a_failed_run(store: Store, geography: Geography) -> None:
    with pytest.raises(NotThisFormat):
        ingest_positions(store, geography, b"<html></html>", actor="test")
    run = store.read("runs", RED)[0]
    assert (run["state"], run["received"], run["rejected"]) == ("failed", 1, 1)
    with pytest.raises(NotThisFormat):
        ingest_positions(store, geography, b"mmsi,at,longitude\n", actor="test")


def test_what_is_kept_of_noise_is_bounded(store: Store, geography: Geography) -> None:
    bad = [b"!AIVDM,1,1,,A," + b"%d" % n + b"0" * 900 + b",0*00" for n in range(MOST_KEPT + 500)]
    tally = take(store, geography, report(at=AT), *bad)
    assert tally.quarantined == len(bad)
    kept = store.read("quarantine", RED, limit=5_000)
    assert len(kept) == MOST_KEPT
    assert sum(len(item["raw"]) for item in kept) <= MOST_RAW_BYTES
    assert all(item["raw_sha256"] and item["reason"] for item in kept)


def test_a_row_kept_aside_keeps_its_marking(store: Store, geography: Geography) -> None:
    take(store, geography, HEADER, "244000001,soon,4,51.9,,TLP:RED", "244000001,soon,4,51.9,,")
    assert len(store.read("quarantine", RED)) == 2
    assert len(store.read("quarantine", Viewer("test", "amber"))) == 1
    assert store.read("quarantine", Viewer("test", "green")) == []


def test_a_record_kept_aside_says_why_it_is_not_run_again(
    store: Store, geography: Geography
) -> None:
    take(store, geography, HEADER, "244000001,soon,4,51.9,,")
    item = store.read("quarantined", RED, item_id=1)
    assert "cannot be run again" in str(kept_aside.render_pane(item))
    with pytest.raises(BadInput, match="cannot be run again"):
        rerun_quarantined(store, geography, RED, 1, "244000001,2026-01-01,4,51.9,,")
    dismiss_quarantined(store, RED, 1, "damaged")
    assert store.read("quarantine_count", RED) == 0


def test_positions_are_a_source_once_some_were_read(store: Store, geography: Geography) -> None:
    services = Services(Settings(), store, geography, ())
    before = [known["feed"] for known in services.sources(RED)]
    assert set(before) < {feed.id for feed in FEEDS}
    take(store, geography, report(at=AT))
    source = services.sources(RED)[-1]
    assert (source["feed"], source["marking"]) == ("ais", "amber")
    assert (source["last_state"], source["runs"]) == ("ok", 1)
    assert source["title"]
    assert source["kind"]


def test_facts_are_laid_in_order(
    store: Store, geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cop.store.position_writing.LEAST_TO_ORDER", 4)
    for n in range(6):
        take(
            store, geography, report(244000002 - n % 2, at=AT - n), report(244000001, at=AT - 9 * n)
        )
    assert store.read("meta", None)["positions_ordered"] == "8"
    assert store.read("latest_positions", RED).count == 2
    density = store.read("position_density", RED)
    assert density.count == store.read("counts", None)["positions"]


def test_an_unknown_vessel_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.read("track", RED, vessel="244000001")


LINES = st.sampled_from(
    [
        report(at=AT), report(at=AT + 1), report(lat=50.0), report(244000002, at=AT, lon=5.0),
        report(at=AT, kind=27), report(mmsi=0), report(lon=181, lat=91), *static(),
        *static(244000002, 2, shipname="BETA"), b"noise", report()[:-2] + b"00", b"#", b"",
    ]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(LINES, max_size=12), min_size=1, max_size=3))
def test_conservation_and_idempotence(geography: Geography, files: list[list[bytes]]) -> None:
    with_head = [[report(at=AT - n), *lines] for n, lines in enumerate(files)]
    store = Store.memory(clock=Clock())
    try:
        new = sum(take(store, geography, *lines).new for lines in with_head)
        counts = store.read("counts", None)
        assert new >= counts["positions"]
        for lines in with_head:
            tally = take(store, geography, *lines)
            assert (tally.new, tally.updated) == (0, 0)
        assert store.read("counts", None)["positions"] == counts["positions"]
    finally:
        store.close()


@pytest.mark.real
@pytest.mark.skipif(not PUBLISHED.exists(), reason="published AIS samples are absent")
@pytest.mark.parametrize(
    ("file", "received", "new"),
    [
        ("sample.aivdm", 104, 20),
        ("nmea_data_sample.txt", 898, 759),
        ("typeexamples.nmea", 26, 5),
        ("suez_2021_positions.csv", 22_287, 22_074),
    ],
)
def test_published_files(
    store: Store, geography: Geography, file: str, received: int, new: int
) -> None:
    data = (PUBLISHED / file).read_bytes()
    first = take(store, geography, data)
    assert (first.received, first.new, first.updated) == (received, new, 0)
    again = take(store, geography, data)
    assert (again.new, again.updated, again.unchanged) == (0, 0, first.accepted)

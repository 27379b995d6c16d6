"""Hostile, broken and unlucky input (abuse cases A4 to A8, A24, A28 to A31, G, T, I).

One bad record never blocks its neighbours; nothing raises but NotThisFormat; a failed run is
recorded and what the store held before stays.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import pytest
from asam_inputs import Record, Take, as_csv, as_json, asam, everything

from cop.errors import NotThisFormat
from cop.model.vocabulary import POSITION_PRECISIONS, TIME_PRECISIONS
from cop.query.answers import Viewport
from cop.query.filters import BBox
from cop.store import Store, Writer

GOOD = (asam("2026-1"), asam("2026-9"))


def json_of(middle: str) -> bytes:
    """Two good records with something written by hand between them."""
    first, last = (json.dumps(record) for record in GOOD)
    return f'{{"asam": [{first}, {middle}, {last}]}}'.encode("utf-8", "surrogatepass")


def record_json(**said: Any) -> str:
    return json.dumps(asam("2026-5") | said)


def flags_of(store: Store, reference: str = "2026-5") -> set[str]:
    rows = store.read("rows", everything(id=(f"asam-{reference}",)))
    return set(rows["flags"].item().split(",")) - {""}


SET_ASIDE = {
    "A5 NaN": record_json(latitude=float("nan")),
    "A5 Infinity": record_json(longitude=float("inf")),
    "A5 1e999": record_json(latitude=0).replace('"latitude": 0', '"latitude": 1e999'),
    "A6 repeated key": record_json()[:-1] + ', "tlp": "RED", "tlp": "CLEAR"}',
    "A7 5,000 digits": record_json(latitude=0).replace(
        '"latitude": 0', '"latitude": ' + "9" * 5000
    ),
    "A30 lone surrogate": record_json(victim="x").replace('"x"', r'"\ud800"'),
    "A30 NUL": record_json(victim="GREY\0GULL"),
    "A28 no text": record_json(victim=["a", "list"]),
    "no reference": record_json(reference=""),
    "I6 reference with a path": record_json(reference="../../etc/passwd"),
    "G3 beyond the pole": record_json(latitude=90.0001),
    "G3 far beyond": record_json(latitude=-95),
    "G2 no longitude of this globe": record_json(longitude=1e6),
    "G4 a word": record_json(latitude="N/A"),
    "G4 one of two": record_json(latitude=None),
    "T2 before our time": record_json(date="0001-01-01"),
    "T2 far ahead": record_json(date="9999-12-31"),
    "T2 a word": record_json(date="infinity"),
    "T5 no such day": record_json(date="2027-02-29"),
}


@pytest.mark.parametrize("case", SET_ASIDE)
def test_one_bad_record_is_set_aside_and_its_neighbours_go_on(
    store: Store, take: Take, case: str
) -> None:
    tally = take(json_of(SET_ASIDE[case]))
    assert (tally.received, tally.new, tally.quarantined) == (3, 2, 1)
    [item] = store.read("quarantine", everything().viewer)
    assert item["reason"]
    assert len(item["reason"]) < 300
    raw = bytes(item["raw"])
    assert hashlib.sha256(raw).hexdigest() == item["raw_sha256"]
    assert json.loads(raw.replace(b"1e999", b"1").replace(b"9" * 5000, b"1")) is not None
    assert store.read("count", everything()) == 2


def test_an_item_that_is_no_record_is_rejected(store: Store, take: Take) -> None:
    tally = take(json_of('"just text", 17, null, []'))
    assert (tally.received, tally.new, tally.rejected) == (6, 2, 4)


REFUSED = {
    "A4 nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "A4 nested inside a record": json_of(record_json(victim=0).replace("0", "[" * 500 + "]" * 500)),
    "A8 cut off": json_of(record_json())[:-40],
    "A8 a page to log in": b"<!DOCTYPE html><html><title>Sign in</title></html>",
    "A8 empty": b"",
    "A8 blanks": b"  \r\n ",
    "A8 another list": b'{"incidents": []}',
    "A24 no column": b"reference,date\r\n2026-5,2026-05-01\r\n",
    "A24 a column renamed": as_csv(*GOOD).replace(b"victim", b"ship", 1),
    "A24 a column twice": as_csv(*GOOD).replace(b"victim", b"date", 1),
    "A24 semicolons": as_csv(*GOOD).replace(b",", b";"),
    "A24 a column too many": as_csv(asam("2026-5", novel="x"), extra=("novel",)),
    "A24 a million columns": b"reference" + b",x" * 1_000_000 + b"\r\n",
    "A24 UTF-16": as_csv(*GOOD).decode().encode("utf-16"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "a broken database": b"SQLite format 3\0" + b"\xff" * 5_000,
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_input_of_something_else_fails_its_run_and_what_was_known_stays(
    store: Store, take: Take, case: str
) -> None:
    take(as_csv(*GOOD))
    before = store.read("counts", None)
    begun = time.monotonic()
    with pytest.raises(NotThisFormat) as refusal:
        take(REFUSED[case])
    assert time.monotonic() - begun < 5
    assert str(refusal.value).isprintable()
    after = store.read("counts", None)
    assert after["incidents"] == before["incidents"] == 2
    run = store.read("runs", everything().viewer)[0]
    assert (run["state"], run["received"], run["rejected"]) == ("failed", 1, 1)
    assert run["reason"] == str(refusal.value)
    assert run["input_sha256"] == hashlib.sha256(REFUSED[case]).hexdigest()
    [kept] = store.read("quarantine", everything().viewer, state="dismissed")
    assert kept["raw_sha256"] == run["input_sha256"]
    assert len(bytes(kept["raw"])) <= 10_000
    [state] = store.read("sources", everything().viewer)
    assert state["last_success_at"] is not None
    assert state["last_state"] == "failed"


@pytest.mark.parametrize("data", [b'{"asam": []}', as_csv(), as_csv(asam("2026-5", date="soon"))])
def test_an_answer_without_incidents_is_no_sign_of_calm(
    store: Store, take: Take, data: bytes
) -> None:
    take(as_csv(*GOOD))
    assert take(data).accepted == 0
    assert store.read("runs", everything().viewer)[0]["state"] == "failed"
    assert store.read("count", everything()) == 2


ROWS = {
    "A24 a cell too few": (b"2026-5,2026-05-01,,XI,71,Pirates,TUG\r\n", 1),
    "A24 a cell too many": (b"2026-5,2026-05-01,,XI,71,Pirates,TUG,words,more\r\n", 1),
    "A24 NUL": (b"2026-5,2026-05-01,,XI,71,Pirates,TU\0G,words\r\n", 1),
    "A24 a quote never closed": (b'2026-5,2026-05-01,,XI,71,"Pirates,TUG,words\r\n', 1),
    "G12 sign and hemisphere": (b"2026-5,2026-05-01,-12-30.5S 045-00.0E,XI,71,P,T,w\r\n", 1),
    "A25 minutes of 75": (b"2026-5,2026-05-01,12-75.0N 045-00.0E,XI,71,P,T,w\r\n", 1),
    "A25 no hemisphere": (b"2026-5,2026-05-01,12-30.0 045-00.0E,XI,71,P,T,w\r\n", 1),
    "A24 Windows text": (b"2026-5,2026-05-01,,XI,71,Pirates,TUG,Caf\xe9\r\n", 0),
    "A24 a line break in quotes": (b'2026-5,2026-05-01,,XI,71,Pirates,TUG,"two\r\nlines"\r\n', 0),
}


@pytest.mark.parametrize("case", ROWS)
def test_one_bad_row_shifts_no_column(store: Store, take: Take, case: str) -> None:
    row, bad = ROWS[case]
    header, first, last = as_csv(*GOOD).replace(b" \n", b" ").splitlines(keepends=True)
    tally = take(header + first + row + last)
    assert (tally.received, tally.quarantined, tally.new) == (3, bad, 3 - bad)
    rows = store.read("rows", everything()).set_index("reference")
    assert {"2026-1", "2026-9"} <= set(rows.index)
    assert set(rows.loc[["2026-1", "2026-9"], "vessel_name"]) == {"BLUE HERON"}
    assert set(rows["source_navarea"]) == {"XI"}


KEPT_AS_TEXT = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "[a](javascript:alert(1))",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
    "+1",
    "@SUM(1)",
    "＝1+1",
    "\u202eGREY GULL",
    "GREY\u200bGULL",
    "ＧＲＥＹ ＧＵＬＬ",
    "👩\u200d✈️ ship",
    "'; DROP TABLE incidents; --",
    "%s%n{0}${jndi:x}",
]


@pytest.mark.parametrize("text", KEPT_AS_TEXT)
def test_odd_text_is_kept_as_text(store: Store, take: Take, text: str) -> None:
    record = asam("2026-5", victim=text, description=f"Robbers boarded {text} at sea.")
    tally = take(as_json(GOOD[0], record, GOOD[1]))
    assert (tally.new, tally.quarantined) == (3, 0)
    found = store.read("detail", everything(id=("asam-2026-5",)))
    assert json.loads(bytes(found["reports"][0]["raw"]))["victim"] == text, "raw bytes stay"
    assert store.read("count", everything()) == 3


@pytest.mark.parametrize(
    "name", ["GREY\u200bGULL", "ＧＲＥＹＧＵＬＬ", "\u202eGreyGull", "grey\u00adgull"]
)
def test_hidden_and_wide_letters_are_found_in_their_plain_form(
    store: Store, take: Take, name: str
) -> None:
    take(as_json(asam("2026-5", victim=f"M/V {name}")))
    assert store.read("count", everything(q="greygull")) == 1


def test_endless_text_is_cut_with_a_flag_and_its_hash_kept(store: Store, take: Take) -> None:
    begun = time.monotonic()
    data = as_json(asam("2026-5", description="pirates boarded " * 200_000, victim="V" * 10_000))
    assert take(data).new == 1
    assert time.monotonic() - begun < 15
    assert "truncated" in flags_of(store)
    [row] = store.read("rows", everything()).to_dict("records")
    assert len(row["summary"]) < 100_000
    assert len(row["vessel_name"]) <= 500
    [report] = store.read("detail", everything(id=("asam-2026-5",)))["reports"]
    assert hashlib.sha256(bytes(report["raw"])).hexdigest() == report["raw_sha256"]
    assert len(bytes(report["raw"])) > 3_000_000


PLACES: list[tuple[str, Record, set[str], bool]] = [
    # what came, and with it: the flags it must carry, whether it lies in 170 E to 170 W
    ("G1 the pole", {"latitude": 90, "longitude": 0, "position": ""}, set(), False),
    ("G1 180", {"latitude": 0, "longitude": 180, "position": ""}, set(), True),
    ("G1 -180", {"latitude": 0, "longitude": -180, "position": ""}, set(), True),
    ("G5 null island", {"latitude": 0, "longitude": 0, "position": ""}, {"null-island"}, False),
    ("G5 not null island", {"latitude": 0, "longitude": 5.3, "position": ""}, set(), False),
    ("G7 inland", {"latitude": 23, "longitude": 10, "position": ""}, {"on-land"}, False),
]


@pytest.mark.parametrize(("case", "place", "flags", "inside"), PLACES)
def test_an_odd_position_is_kept_with_a_flag(
    store: Store, take: Take, case: str, place: Record, flags: set[str], inside: bool
) -> None:
    said = asam("2026-5", **place, navArea="", description="Robbers boarded.")
    assert take(as_json(said)).new == 1
    assert flags <= flags_of(store), case
    if not flags:
        assert not flags_of(store) & {"null-island", "on-land"}
    [row] = store.read("rows", everything()).to_dict("records")
    precise = POSITION_PRECISIONS.slug(row["position_precision"])
    assert precise == ("approximate" if flags else "reported"), "never drawn as certain"
    across = BBox(170, -90, -170, 90)
    assert store.read("count", everything(bbox=across)) == int(inside)


@pytest.mark.parametrize("written", [None, "", " "])
def test_without_a_position_nothing_is_drawn_at_null_island(
    store: Store, take: Take, written: str | None
) -> None:
    said = asam("2026-5", latitude=None, longitude=None, position=written)
    assert take(as_json(said)).new == 1
    picture = store.read("picture", everything(), viewport=Viewport())
    assert (picture.count, picture.located, picture.in_view) == (1, 0, 0)
    assert picture.facets["region"] == {}
    assert store.read("count", everything(bbox=BBox(-180, -90, 180, 90))) == 0


def test_an_event_in_the_future_is_kept_and_flagged(store: Store, take: Take) -> None:
    assert take(as_json(asam("2026-5", date="2026-12-25"))).new == 1
    assert "future-event" in flags_of(store)


def test_a_date_alone_is_its_whole_day(store: Store, take: Take) -> None:
    take(as_json(asam("2026-5")))
    [row] = store.read("rows", everything()).to_dict("records")
    assert TIME_PRECISIONS.slug(row["time_precision"]) == "date"
    assert str(row["occurred_at"]) == "2026-05-01 00:00:00"
    assert str(row["last_at"]) == "2026-05-01 23:59:59.999999"


def test_a_crash_half_way_leaves_nothing_and_the_next_run_takes_all(
    store: Store, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(as_csv(GOOD[0]))
    before = store.read("counts", None)
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "seal", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(as_csv(*GOOD))
    assert store.read("counts", None) == before
    tally = take(as_csv(*GOOD))
    assert (tally.new, tally.unchanged) == (1, 1)

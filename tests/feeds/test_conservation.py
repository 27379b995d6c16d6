"""Whatever bytes come, a feed refuses them whole or accounts for each record; it never breaks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.errors import NotThisFormat
from cop.feeds import ALL, get_feed
from cop.model.report import Defect, Report

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 23)
FILES = [
    ("asam", "plain.csv"), ("asam", "hostile.csv"), ("asam", "api.json"), ("asam", "hostile.json"),
    ("imb", "plain.csv"), ("ukmto", "plain.json"), ("register", "plain.csv"),
    ("desk", "plain.json"),
]  # fmt: skip
BROKEN = st.sampled_from(
    [b'"', b"\0", b"\n", b",", b"\xff", b"\xe2\x80", b"{", b"}", b"[", b"\\", b"\\ud800", b"NaN",
     b"-", b"9" * 400, b"\xef\xbf\xbd", b"\xc2\xbf", b"=cmd", b"\xe2\x80\xae", b"N", b"60",
     b"null", b""]
)  # fmt: skip


def sound(items: list[Report | Defect]) -> None:
    """What is promised of each item that comes out, whatever went in."""
    for item in items:
        assert item.raw
        if isinstance(item, Defect):
            assert item.kind in ("quarantined", "rejected")
            assert 0 < len(item.reason) < 300
            continue
        assert item.reference
        assert item.title
        assert len(item.title) <= 160
        assert item.occurred.start <= item.occurred.end
        assert len(item.flags) == len(set(item.flags))
        f"{item.title}{item.summary}{item.vessel}{item.place}".encode()  # no half characters
        if item.position:
            assert -90 <= item.position.lat <= 90
            assert -180 < item.position.lon <= 180


@pytest.mark.parametrize(("feed", "file"), FILES)
@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), BROKEN), min_size=1, max_size=4))
def test_damaged_files(feed: str, file: str, cuts: list[tuple[float, int, bytes]]) -> None:
    data = (FIXTURES / feed / file).read_bytes()
    for place, length, broken in cuts:
        at = int(place * len(data))
        data = data[:at] + broken + data[at + length :]
    try:
        items = list(get_feed(feed).parse(data, RECEIVED))
    except NotThisFormat:
        return
    sound(items)
    if file.endswith(".csv"):
        body = data.removeprefix(b"\xef\xbb\xbf")
        kept = b"".join(item.raw for item in items)
        assert (
            body.replace(b"\r", b"")
            .replace(b"\n", b"")
            .endswith(kept.replace(b"\r", b"").replace(b"\n", b""))
        )


@pytest.mark.parametrize("feed", [feed.id for feed in ALL])
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes(feed: str, data: bytes) -> None:
    try:
        sound(list(get_feed(feed).parse(data, RECEIVED)))
    except NotThisFormat:
        return


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=4000))
def test_any_database(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        list(get_feed("asam").parse(b"SQLite format 3\0" + data, RECEIVED))

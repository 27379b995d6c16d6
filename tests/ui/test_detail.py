"""The drawer of one incident: everything known, and foreign text as text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from reading import all_with, text_of, walk

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.panels import detail

NOW = datetime(2026, 11, 23, 12, 58)


@pytest.fixture
def heron(services: Services, viewer: Viewer) -> dict[str, Any]:
    return services.detail("asam-2030-1", viewer)


def test_it_says_all_that_is_known(heron: dict[str, Any]) -> None:
    said = text_of(detail.render(heron, NOW, {"asam": "public domain"}, (4, 12)))
    for words in (
        "BLUE HERON",
        "Armed robbery (physical)",
        "rule: ",
        "1 MAY 2026",
        "date only",
        "231258Z NOV 26",
        "01°07.00'N 103°31.00'E",
        "as reported",
        "Malacca and Singapore Straits",
        "XI",
        "12 nm",
        "Panama",
        "Source: ",
        "TLP:CLEAR",
        "NGA ASAM",
        "public domain",
        "1 report",
        "1 version",
        "feed.ingest by test",
        "5 of 12",
    ):
        assert words in said, words


def test_hostile_text_is_text(services: Services, viewer: Viewer) -> None:
    found = services.detail("asam-2031-10", viewer)
    drawer = detail.render(found, NOW, {})
    assert "<img src=x onerror=alert(1)>" in text_of(drawer)
    assert "exactly 0°N 0°E" in text_of(drawer)
    kinds = {part._type for part in walk(drawer)}
    assert kinds.isdisjoint({"Img", "Script", "Iframe", "Markdown"})
    assert not any(getattr(p, "dangerously_allow_html", False) for p in walk(drawer))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("http://example.org", ""),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("//example.org", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_only_plain_https_becomes_a_link(heron: dict[str, Any], address: str, kept: str) -> None:
    assert detail.safe_link(address) == kept
    heron["incident"]["source_url"] = address
    links = [link.href for link in all_with(detail.render(heron, NOW, {}), "href")]
    assert links == ([kept] if kept else [])


def test_no_position_is_said_and_not_flown_to(heron: dict[str, Any]) -> None:
    heron["incident"] |= {"lon": None, "lat": None, "position_precision": 0}
    drawer = detail.render(heron, NOW, {})
    assert "None was given; not on the map" in text_of(drawer)
    assert all_with(drawer, "data-fly") == []


def test_raw_bytes_are_readable_and_bounded() -> None:
    assert detail.raw_text(b'{"a":1}') == '{\n "a": 1\n}'
    assert detail.raw_text(b"caf\xe9\x00") == "caf\ufffd\ufffd"
    assert detail.raw_text("a\u202eb") == "a\ufffdb"
    assert len(detail.raw_text(b"x" * 100_000)) < detail.MOST_RAW + 50

"""The time control in a browser: windows, typed moments, live, the strip by keyboard, known at."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Desk

pytestmark = pytest.mark.browser
PRESSED = "document.querySelector('#time-live').getAttribute('aria-pressed')"


def query_of(desk: Desk) -> dict[str, str]:
    found = parse_qs(urlsplit(desk.page.evaluate("location.href")).query)
    return {key: values[0] for key, values in found.items()}


def test_windows_the_strip_by_keyboard_and_the_way_back_to_live(desk: Any) -> None:
    desk.open("/watch?since=2015-02-01&until=2015-03-01")
    desk.until("document.querySelector('#time-past').textContent === 'PAST WINDOW, not live'")
    desk.page.focus("#timeline-strip")
    for key, since, until in (
        ("ArrowLeft", "2015-01-04", "2015-02-01"),
        ("ArrowRight", "2015-02-01", "2015-03-01"),
        ("+", "2015-01-18", "2015-03-15"),
    ):
        desk.page.keyboard.press(key)
        desk.page.wait_for_url(f"**since={since}&until={until}**")
    desk.page.click('.preset[data-since="-72h"]')
    desk.page.wait_for_url("**since=-72h")
    desk.page.focus("#timeline-strip")
    desk.page.keyboard.press("-")
    desk.page.wait_for_url("**since=-36h")
    desk.until(f"{PRESSED} === 'true'")

    desk.page.click("#time-custom")
    desk.page.fill("#ask-since", "010000Z JAN 2010")
    desk.page.press("#ask-since", "Enter")
    desk.page.wait_for_url("**since=2010-01-01")
    desk.page.fill("#ask-until", "231258Z NOV 20")
    desk.page.press("#ask-until", "Enter")
    desk.page.wait_for_url("**until=2020-11-23T12:58Z")
    desk.until("document.querySelector('#banner-world').textContent === 'PAST WINDOW, not live'")
    assert desk.count() == desk.asked_count("since=2010-01-01&until=2020-11-23T12:58Z") > 0
    assert desk.page.evaluate(PRESSED) == "false"
    desk.page.press("#ask-until", "t")
    assert "until" in query_of(desk), "a letter that is typed is no key"
    desk.page.fill("#ask-until", "2020-11-23T12:58Z")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("t")
    desk.until("!location.search.includes('until')")
    desk.until(f"{PRESSED} === 'true'")
    assert desk.errors == []


def test_the_past_as_it_was_known_cannot_be_mistaken(desk: Any) -> None:
    desk.open("/watch?theme=night")
    whole = desk.count()
    desk.page.click("#known-summary")
    desk.page.locator("#known-slider input").wait_for()
    assert desk.page.text_content("#known-slider output") == "now"
    desk.until("document.querySelectorAll('#lag .bars .point').length > 0")
    desk.page.fill("#ask-as_known_at", "140600Z MAR 26")
    desk.page.press("#ask-as_known_at", "Enter")
    desk.page.wait_for_url("**as_known_at=2026-03-14T06:00Z**")
    desk.until("document.querySelector('#picture-count').textContent === '0'")
    banner = desk.page.text_content("#banner-world")
    assert banner.startswith("AS KNOWN AT 140600Z MAR 26, not the live picture")
    desk.until("document.title.startsWith('AS KNOWN AT 140600Z MAR 26 - ')")
    desk.until(f"document.querySelector('#banner-newer').textContent.startsWith('{whole} newer')")
    frame = "getComputedStyle(document.body, '::after')"
    assert desk.page.evaluate(f"{frame}.borderTopWidth") == "6px"
    assert desk.page.evaluate(f"{frame}.pointerEvents") == "none"
    assert desk.page.evaluate(PRESSED) == "false"
    known = desk.page.text_content("#known-line")
    late, later = re.search(r"26\. (\d+) happened in this .* (\d+) happened later", known).groups()
    assert int(late) + int(later) == whole
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("t")
    desk.until(f"document.querySelector('#picture-count').textContent === '{whole}'")
    desk.until("!document.title.includes('KNOWN')")
    assert desk.page.evaluate(f"{frame}.content") == "none"

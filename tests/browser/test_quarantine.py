"""Records kept aside are corrected and run again, or dismissed with a reason."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_record_is_corrected_and_taken_in(desk: Any) -> None:
    desk.open("/quarantine")
    page = desk.page
    line = page.locator(".kept button", has_text="2031-4")
    line.click()
    raw = page.locator("#quarantine-raw")
    raw.wait_for()
    assert "2026-02-30" in raw.input_value()
    page.click("#quarantine-run")
    page.locator("#quarantine-result", has_text="Still kept aside").wait_for()
    raw.fill(raw.input_value().replace("2026-02-30", "2026-02-28"))
    page.click("#quarantine-run")
    page.locator("#quarantine-result", has_text="taken in: new").wait_for()
    assert page.locator(".kept button", has_text="2031-4").count() == 0
    assert desk.asked_count("id=asam-2031-4") == 1


def test_a_record_is_dismissed_only_with_a_reason(desk: Any) -> None:
    desk.open("/quarantine")
    page = desk.page
    page.locator(".kept button", has_text="2031-5").click()
    page.locator("#quarantine-dismiss").click()
    page.locator("#quarantine-result", has_text="say why").wait_for()
    page.fill("#quarantine-reason", "beyond the pole")
    page.press("#quarantine-reason", "Tab")
    page.click("#quarantine-dismiss")
    page.locator("#quarantine-result", has_text="dismissed").wait_for()
    assert page.locator(".kept button", has_text="2031-5").count() == 0


def test_sources_say_what_they_are(desk: Any) -> None:
    desk.open("/sources")
    page = desk.page
    page.locator(".card").first.wait_for()
    said = page.locator("main").text_content()
    assert "bundled register, not live" in said
    assert "never loaded" in said
    assert "2 of 4 sources have not delivered" in said

"""A source switched off in the browser turns its regions to not covered, and back."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_switch_turns_regions_to_not_covered(desk: Any) -> None:
    page = desk.open("/sources").page
    states = "[...document.querySelectorAll('.coverage td.state')].map((c) => c.textContent)"
    desk.until(f"{states}.length === 30")
    before = page.evaluate(states)
    assert "not covered" not in before

    def press(said: str, reason: str) -> None:
        page.get_by_text(f"{said} …").first.focus()
        page.keyboard.press("Enter")  # by keyboard alone
        page.keyboard.press("Tab")
        page.keyboard.type(reason)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

    press("Switch off", "nobody reads it")
    desk.until("document.querySelector('#switch-result').textContent.includes('give your name')")
    assert page.evaluate(states) == before
    page.locator("#officer summary").click()
    page.locator("#officer-field").fill("Lt. Reed")
    page.keyboard.press("Enter")
    desk.until("!document.querySelector('#officer').open")
    page.locator("#switch-asam").click()
    try:
        desk.until(f"{states}.every((state) => state === 'not covered')")
        said = page.locator("#switch-result").text_content()
        assert "switched off by Lt. Reed" in said
        assert "nobody reads it" in said
        desk.open("/watch?region=baltic&since=-7d")
        desk.until("!document.querySelector('#notice').hidden")
        notice = page.locator("#notice").text_content()
        assert "This is not the same as calm" in notice
        assert "No source covers Baltic Sea now (NGA ASAM switched off)" in notice
    finally:
        desk.open("/sources")
        desk.until(f"{states}.length === 30")
        press("Switch on", "")
        desk.until(f"{states}.every((state) => state !== 'not covered')")
        assert page.evaluate(states) == before
    assert desk.errors == []

"""The watch log in two browsers: notes, tasks and a hand-over by two officers."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Desk

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


def sign_on(desk: Desk, name: str) -> None:
    desk.page.locator("#officer summary").click()
    desk.page.locator("#officer-field").fill(name)
    desk.page.keyboard.press("Enter")
    desk.until("!document.querySelector('#officer').open")


def until_said(desk: Desk, words: str) -> None:
    desk.until(f"document.querySelector('#log-result')?.textContent.includes({words!r})")


def until_shown(desk: Desk, part: str, words: str) -> None:
    desk.until(f"document.querySelector('{part}')?.textContent.includes({words!r})")


def test_a_watch_is_kept_and_handed_over(desk: Desk, open_policy: Desk) -> None:
    reed, okoro = desk, open_policy
    for one, name in ((reed, "Lt. Reed"), (okoro, "Lt. Okoro")):
        one.open("/log")
        one.page.locator("#log-head h2").wait_for()
        if name == "Lt. Reed":
            one.page.get_by_text("Open the watch").click()
            until_said(one, "Give your name first")
        sign_on(one, name)
    page, other = reed.page, okoro.page
    page.get_by_text("Open the watch").click()
    until_said(reed, "is on.")
    until_shown(okoro, "#log-head", "Lt. Reed")

    # A note by keyboard alone reaches the other screen; what is typed there stays.
    other.fill("#log-note", "half a sent")
    page.fill("#log-note", "A light seen off the breakwater")
    page.locator("#log-note-at").focus()
    page.keyboard.type("0905Z")
    page.keyboard.press("Enter")
    until_said(reed, "is written")
    until_shown(okoro, "#log-entries", "A light seen off the breakwater")
    assert other.input_value("#log-note") == "half a sent"
    assert page.input_value("#log-note") == ""
    page.get_by_text("Strike …").click()
    page.locator("#log-strike-why").press_sequentially("it was a star")
    page.keyboard.press("Enter")
    until_shown(okoro, "#log-entries del", "A light seen")

    page.get_by_text("Add a task …").click()
    page.fill("#log-task", "Send the report")
    page.fill("#log-task-owed", "MRCC Singapore")
    page.get_by_text("Add the task").click()
    until_shown(okoro, "#log-tasks", "owed to MRCC Singapore")

    page.get_by_text("Prepare hand-over").click()
    until_shown(okoro, "#handover", "MRCC Singapore")
    page.fill("#handover-remarks", "Weather is turning")
    page.get_by_text("Choose what is handed over …").click()
    page.locator("#handover-items [data-log-keep]").first.click()
    assert page.locator('#handover-items [aria-checked="false"]').count() == 1
    page.locator('[data-log-act="sign"]').click()
    until_said(reed, "not saved yet")
    page.get_by_text("Save", exact=True).click()
    until_shown(reed, "#handover", "Weather is turning")
    page.locator('[data-log-act="sign"]').click()
    until_shown(okoro, "#handover", "Signed by Lt. Reed")
    serious = [
        (one["id"], one["nodes"][0]["html"])
        for one in axe.Axe().run(other).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    printed: dict[str, Any] = _printed(reed)
    assert printed == {"marking": 2, "shown": ["paper"]}
    other.locator('[data-log-act="relieve"]').click()
    until_shown(reed, "#log-head", "Started with the hand-over")
    assert "Weather is turning" in str(page.locator("#log-head .paper").text_content())
    # The desk goes on while another view is shown, and the light can be changed on every view.
    page.locator('[data-theme-choice="night"]').click()
    reed.until("document.documentElement.dataset.theme === 'night'")
    assert other.input_value("#log-note") == "half a sent"
    assert reed.errors == okoro.errors == []


def _printed(desk: Desk) -> dict[str, Any]:
    """How often the marking stands on the paper, and what else the print shows."""
    desk.page.emulate_media(media="print")
    found = desk.page.evaluate(
        """() => {
          const shown = (part) => part.getClientRects().length > 0;
          const parts = ["paper", "banner", "header", "log-table", "card", "view-title"];
          return {
            marking: [...document.querySelectorAll("#handover .paper .tlp")].filter(shown).length,
            shown: parts.filter((name) => [...document.getElementsByClassName(name)].some(shown)),
          };
        }"""
    )
    desk.page.emulate_media(media="screen")
    return dict(found)

"""Two officers at two screens: acts arrive, conflicts keep what was typed, news are one's own."""

from __future__ import annotations

from typing import Any

import pytest
import test_live_screens
from conftest import Desk
from test_live_screens import Live, screen, words

pytestmark = pytest.mark.browser
live = test_live_screens.live
FORM = "#desk-form"


def act(desk: Desk, name: str) -> None:
    desk.page.click(f'#desk-panel .desk-acts [data-desk="{name}"]')


def sign_on(desk: Desk, name: str) -> None:
    desk.page.fill("#officer-field", name)
    desk.page.keyboard.press("Enter")
    desk.until(f"document.querySelector('#officer-name').textContent.endsWith('{name}')")


def said(desk: Desk, part: str) -> None:
    desk.until(f"document.querySelector('#desk-panel')?.textContent.includes('{part}') ?? false")


def test_two_officers_at_one_incident(browser: Any, live: Live) -> None:
    live.ingest()
    reference = f"asam-2030-{700 + live.records}"
    with screen(browser, live) as ann, screen(browser, live) as bob:
        ann.open(f"/watch?sel={reference}")
        bob.open("/watch?tab=queue")
        ann.page.locator('#desk-panel [data-desk="acknowledge"]').wait_for()
        ann.page.keyboard.press("a")
        sign_on(ann, "Ann")
        said(ann, "AcknowledgedAnn")
        bob.page.click("#officer-name")
        sign_on(bob, "Bob")
        bob.page.locator("#queue .desk-row").first.click()
        said(bob, "AcknowledgedAnn")

        act(ann, "set_severity")
        ann.page.select_option(f"{FORM} [name=severity]", "3")
        ann.page.fill(f"{FORM} [name=text]", "shots were not fired")
        act(bob, "set_status")
        bob.page.select_option(f"{FORM} [name=status]", "active")
        bob.page.press(f"{FORM} [name=text]", "c")  # typed: claims nothing
        bob.page.click(f"{FORM} [type=submit]")
        said(ann, "StateActive")
        said(ann, "Ownerunowned")
        assert ann.page.input_value(f"{FORM} [name=text]") == "shots were not fired"
        ann.page.click(f"{FORM} [type=submit]")
        ann.until("document.querySelector('.desk-why').textContent.includes('by Bob at')")
        assert ann.page.input_value(f"{FORM} [name=text]") == "shots were not fired"
        ann.page.click(f"{FORM} [type=submit]")
        said(bob, "3 by the desk, 5 by the source: shots were not fired")
        act(ann, "undo")
        bob.until("!document.querySelector('#desk-panel').textContent.includes('by the desk')")

        bob.page.keyboard.press("Escape")
        bob.until("/^\\(1\\) /.test(document.title)")  # Ann changed what Bob had seen
        live.ingest()
        bob.until("/^\\(2\\) /.test(document.title)")
        bob.page.keyboard.press("n")
        bob.until("document.querySelectorAll('#news .desk-row').length === 2")
        assert bob.page.locator("#news .news-new").count() == 1
        bob.page.locator("#news .desk-row:has(.news-new)").click()
        bob.until("/^\\(1\\) /.test(document.title)")
        bob.page.reload()
        bob.settle()
        bob.until("document.querySelector('#news-count')?.textContent.trim() === '1'")
        assert words(bob, "#tab-new") == "New 1"
        bob.page.keyboard.press("Escape")
        bob.page.click("[data-see-all]")
        bob.until("document.querySelector('#news').textContent.startsWith('Nothing new since')")

"""The response at two screens: a checklist worked through together, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import test_live_screens
from conftest import Desk, _desk
from test_access import findings
from test_desk import sign_on
from test_live_screens import Live

pytestmark = pytest.mark.browser
live = test_live_screens.live  # a desk of its own: numbers and log begin with this test
PANEL = "#response-panel"
FORM = "#response-form"
EDGE = f"document.querySelectorAll('{PANEL} .response-tick')[4].getBoundingClientRect().top"


@pytest.fixture
def ann(browser: Any, live: Live) -> Iterator[Desk]:
    """A bridge screen that the accessibility checker is let into."""
    yield from _desk(browser, live.address, 1200, 680, bypass_csp=True)


@pytest.fixture
def bob(browser: Any, live: Live) -> Iterator[Desk]:
    """A hand-held screen."""
    yield from _desk(browser, live.address, 390, 844, has_touch=True)


def said(desk: Desk, part: str, where: str = PANEL) -> None:
    desk.until(f"document.querySelector('{where}')?.textContent.includes({part!r}) ?? false")


def add(desk: Desk, what: str, **fields: str) -> None:
    desk.page.click(f'{PANEL} [data-response="{what}"]')
    for name, value in fields.items():
        desk.page.fill(f"{FORM} [name={name}]", value)
    desk.page.click(f"{FORM} [type=submit]")
    desk.until(f"document.querySelector('{FORM}').hidden")


def test_two_officers_work_through_a_playbook(ann: Desk, bob: Desk, live: Live) -> None:
    live.ingest()
    of = f"asam-2030-{700 + live.records}"
    ann.open(f"/watch?tab=queue&sel={of}")
    bob.open(f"/watch?sel={of}")
    said(ann, "Response: not started")
    ann.page.click(f"{PANEL} summary")
    ann.page.click(f'{PANEL} [data-response="start"]')
    sign_on(ann, "Ann")  # asked for, and then the act goes on
    said(bob, "0 of ")
    steps = ann.page.locator(f"{PANEL} .response-tick").count()
    said(ann, f"0 of {steps} steps done")

    bob.page.click(f'{PANEL} [data-response="measure"]')
    bob.page.fill(f"{FORM} [name=title]", "double the gangway watch")
    bob.page.locator(f"{PANEL} .response-tick").nth(4).evaluate("(step) => step.scrollIntoView()")
    bob.page.wait_for_timeout(300)
    at = bob.page.evaluate(EDGE)
    first, second = (ann.page.locator(f"{PANEL} .response-tick").nth(n) for n in (0, 1))
    seen = first.get_attribute("data-version")
    first.focus()
    ann.page.keyboard.press("Space")
    second.click()
    said(ann, f"2 of {steps} steps done")
    ann.until("document.activeElement.classList.contains('response-tick')")
    said(bob, f"2 of {steps} steps done")
    assert bob.page.input_value(f"{FORM} [name=title]") == "double the gangway watch"
    assert abs(bob.page.evaluate(EDGE) - at) < 2, "what is read stays in its place"
    bob.page.click(f"{FORM} [type=submit]")
    sign_on(bob, "Bob")
    said(ann, "double the gangway watch")
    bob.until(f"document.querySelector('{FORM}').hidden")
    # As if Ann's tick had not yet come to this screen.
    ticked = bob.page.locator(f'{PANEL} .response-tick[aria-checked="true"]').first
    ticked.evaluate(f"(button) => {{ button.dataset.version = '{seen}'; }}")
    ticked.click()
    said(bob, "Ann changed this task at", f"{PANEL} .response-row .desk-why")

    ann.page.click(f'{PANEL} [data-response="task"]')
    ann.page.fill(f"{FORM} [name=title]", "call the agent")
    ann.page.fill(f"{FORM} [name=due_at]", "soon")
    ann.page.click(f"{FORM} [type=submit]")
    said(ann, "cannot be read", f"{FORM} .desk-why")
    ann.page.fill(f"{FORM} [name=due_at]", "+30min")
    ann.page.click(f"{FORM} [type=submit]")
    said(ann, "1 task to be done")
    add(ann, "contact", name="Port control", phone="+65 6325 2493")
    ann.page.locator(f'{PANEL} a[href="tel:+6563252493"]').wait_for()
    said(bob, "Port control")
    bob.page.click(f'{PANEL} [data-state="taken"]')
    said(ann, "Taken: Bob at")
    assert bob.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(ann) == []

    ann.page.keyboard.press("c")
    said(ann, "Ann, 60 min left", "#queue")
    ann.asked.clear()
    # An hour goes by, and nothing comes from the server.
    ann.page.evaluate("cop.now = () => new Date(Date.now() + cop.clockOffset + 61 * 60000)")
    said(ann, "Ann: claim ran out", "#desk-panel")
    said(ann, "Ann: claim ran out", "#queue")
    said(ann, "overdue by 31 min")
    assert not [url for url in ann.asked if "_dash-update-component" in url]
    ann.open("/log")
    for part in ("Checklist ", "Step 1 ", "call the agent", "double the gangway watch: taken"):
        said(ann, part, "#log-entries")
    assert ann.errors == []
    assert bob.errors == []

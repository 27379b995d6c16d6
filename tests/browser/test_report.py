"""A report taken down in a browser: line, form, map, draft, and the incident that comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import test_live_screens
from conftest import Desk
from test_desk import sign_on
from test_live_screens import Live, screen

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = pytest.mark.browser
live = test_live_screens.live
WHEN = datetime.now(UTC) - timedelta(hours=2)
DTG = f"{WHEN:%d%H%M}Z {WHEN:%b %y}".upper()
LINE = f"{DTG} 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives stores stolen"


def value(desk: Desk, name: str) -> str:
    return str(desk.page.input_value(f"#report-{name}"))


def becomes(desk: Desk, name: str, text: str) -> None:
    desk.until(f"document.querySelector('#report-{name}').value === {text!r}")


def why(desk: Desk, name: str, part: str) -> None:
    desk.until(f"document.querySelector('#report-{name}-why').textContent.includes({part!r})")


def press_map(desk: Desk) -> None:
    desk.until("Boolean(document.querySelector('#map .js-plotly-plot')"
               "?._fullLayout?.map?._subplot?.map?.copTells)")  # fmt: skip
    box = desk.page.locator("#map").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.55)


def test_a_line_becomes_the_selected_incident(browser: Any, live: Live) -> None:
    with screen(browser, live) as desk:
        page = desk.page
        desk.open("/watch?center=104,1&z=6")
        page.keyboard.press("r")
        page.keyboard.insert_text(LINE)
        becomes(desk, "vessel_name", "EXAMPLE")
        assert value(desk, "occurred") == DTG
        assert value(desk, "hazard") == "armed-robbery"
        assert value(desk, "persons") == "4"
        assert page.locator(".report-pin").count() == 1

        page.fill("#report-vessel_name", "EXAMPLE STAR")
        page.fill("#report-line", LINE.replace("four", "five"))
        becomes(desk, "persons", "5")
        assert value(desk, "vessel_name") == "EXAMPLE STAR"  # by hand: the line does not win

        page.fill("#report-occurred", "321105Z NOV 26")
        why(desk, "occurred", "no day of the calendar")
        assert page.get_attribute("#report-occurred", "aria-invalid") == "true"
        page.click('[data-report-back="occurred"]')
        becomes(desk, "occurred", DTG)

        before = page.evaluate("location.search")
        press_map(desk)
        why(desk, "position", "approximate, within")
        assert value(desk, "position") != "1°15.3'N 103°48.2'E"
        page.click('.report-note [data-report="yes"]')  # undo
        becomes(desk, "position", "1°15.3'N 103°48.2'E")
        assert page.evaluate("new URLSearchParams(location.search).get('sel')") is None, before

        page.reload()
        desk.settle()
        becomes(desk, "vessel_name", "EXAMPLE STAR")
        assert page.locator("#report").is_visible()
        becomes(desk, "position", "1°15.3'N 103°48.2'E")
        desk.until("document.querySelector('.report-state').textContent === 'Draft kept'")
        page.wait_for_timeout(600)  # the form is read again after it is opened
        page.click(".report-go")
        sign_on(desk, "Ann")  # and then it is saved
        desk.until("/sel=desk-/.test(location.search)")
        page.locator("#detail h2 >> text=EXAMPLE STAR").wait_for()
        assert page.locator("#report").is_hidden()

        page.click("[data-report-template]")
        becomes(desk, "vessel_name", "EXAMPLE STAR")
        assert value(desk, "occurred") == value(desk, "position") == value(desk, "tlp") == ""
        page.fill("#report-occurred", DTG)
        page.locator("#report-known [data-report-show]").first.wait_for()
        desk.until("document.querySelector('.report-sign').textContent === '1 possible duplicate'")
        page.locator("#report-known [data-report-show]").first.click()
        assert page.locator("#report").is_hidden()
        page.click("#report-kept button")
        assert value(desk, "occurred") == DTG
        page.click('[data-report="discard"]')
        becomes(desk, "vessel_name", "")
        kept = "Object.keys(localStorage).filter((key) => key.startsWith('cop-report'))"
        assert page.evaluate(kept) == []


def test_the_drawer_is_for_every_hand_and_eye(open_policy: Desk) -> None:
    page = open_policy.page
    open_policy.open("/watch?theme=day")
    page.click("#report-open")
    page.keyboard.insert_text(
        "321105Z NOV 26 91°15.3'N 103°48.2'E robbery <b>x</b>\u202e " + "y " * 5_000
    )
    why(open_policy, "occurred", "no day")
    why(open_policy, "position", "beyond 90")
    why(open_policy, "line", "first 2,000")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.querySelector('.report-body').scrollWidth") <= 390
    page.click('[data-report="pick"]')
    page.locator(".report-picking").wait_for()
    press_map(open_policy)
    why(open_policy, "position", "approximate, within")
    assert page.locator(".report-picking").is_hidden()
    assert page.locator("#report").is_visible()
    page.press("#report-line", "Escape")
    assert page.locator("#report").is_hidden()
    assert page.evaluate("document.activeElement.id") == "report-open"
    assert not open_policy.errors

"""For every hand and eye: no serious finding of axe, keys, small screens."""

from __future__ import annotations

from typing import Any

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = pytest.mark.browser


def findings(desk: Any) -> list[str]:
    found = axe.Axe().run(desk.page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/watch?theme=dusk",
        "/watch?theme=day&hazard=piracy&sel=asam-2031-1",
        "/watch?theme=day&as_known_at=2026-03-14T06:00Z",
        "/watch?severity=9",
        "/watch?hazard=ransomware&region=southern-ocean&theme=day",
        "/quarantine",
        "/sources?theme=day",
    ],
)
def test_no_serious_finding(open_policy: Any, path: str) -> None:
    open_policy.open(path)
    open_policy.page.wait_for_selector("main h2", state="attached")
    open_policy.page.wait_for_timeout(1_500)
    assert findings(open_policy) == []


def test_the_page_says_what_it_is(desk: Any) -> None:
    desk.open("/watch")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    assert desk.page.locator("h1").count() == 1
    assert desk.page.locator("main").count() == 1
    assert desk.page.locator(".count-line").get_attribute("aria-live") == "polite"


def test_keys_of_the_watch(desk: Any) -> None:
    desk.open("/watch")
    desk.page.keyboard.press("/")
    desk.until("document.activeElement.id === 'search-field'")
    desk.page.keyboard.type("l?jk", delay=120)
    assert desk.page.locator("#search-field").input_value() == "l?jk"
    assert desk.page.locator("#help").is_hidden()
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    desk.until("!document.querySelector('#help').hidden")
    desk.page.keyboard.press("Escape")
    desk.until("document.querySelector('#help').hidden")


def test_the_skip_link_leads_past_the_header(desk: Any) -> None:
    desk.open("/watch")
    desk.page.keyboard.press("Tab")
    desk.until("document.activeElement.className === 'skip'")
    desk.page.keyboard.press("Enter")
    desk.until("document.activeElement.id === 'main'")


def test_a_hand_held_screen_shows_list_then_map_then_filters(hand: Any) -> None:
    hand.open("/watch")
    page = hand.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#list .ag-row").first.wait_for()
    assert not page.locator("#map").is_visible()
    page.click('[data-pane-choice="map"]')
    assert page.locator("#map").is_visible()
    page.click('.tab[data-act="toggle-filters"]')
    hand.pick("severity", "5")
    page.click(".sheet-close")
    hand.until("document.querySelector('#picture-count').dataset.state === 'ready'")
    assert hand.count() == hand.asked_count("severity=5")
    page.click('[data-pane-choice="list"]')
    page.locator("#list .ag-row").first.click()
    page.locator("#detail h2").wait_for()
    page.click('[aria-label="Close the detail"]')
    hand.until("document.querySelector('#detail').hidden")

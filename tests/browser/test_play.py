"""Playback runs in the browser: one question to the server, every incident shown at its end."""

from __future__ import annotations

import pytest
from conftest import Desk

pytestmark = pytest.mark.browser

TRACES = """JSON.stringify(document.querySelector('#map .js-plotly-plot').data
  .map((trace) => [trace.uid, trace.lon?.length ?? 0]))"""
SHOWN = "document.querySelector('#play').dataset.shown"


def test_a_window_is_played_from_one_answer(desk: Desk) -> None:
    desk.open("/watch")
    desk.until("document.querySelector('#map .js-plotly-plot')?._fullLayout?.map?._subplot?.map"
               "?.isStyleLoaded?.() ?? false")  # fmt: skip
    desk.page.wait_for_timeout(600)
    before = desk.page.evaluate(TRACES)
    assert "incidents-" in before
    view = desk.page.evaluate("JSON.stringify(window.dash_component_api.getLayout('viewport')"
                              "?.props?.data ?? {})")  # fmt: skip
    posts: list[str] = []
    desk.page.on(
        "request",
        lambda r: posts.append(r.post_data or "") if r.url.find("_dash-update") > 0 else None,
    )
    desk.page.keyboard.press("p")
    desk.page.wait_for_selector('#play[data-state="playing"]')
    desk.until("document.body.classList.contains('in-playback')")
    assert desk.page.locator(".play-mark").is_visible()
    first = desk.page.locator("#play-clock").text_content()
    desk.until(f"document.querySelector('#play-clock').textContent !== '{first}'")
    assert "incidents-" not in desk.page.evaluate(TRACES)

    desk.page.keyboard.press("p")
    desk.page.wait_for_selector('#play[data-state="paused"]')
    desk.page.focus("#play-scrubber")
    desk.page.keyboard.press("Home")
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("End")
    desk.until("document.querySelector('#play-count').textContent.includes('all shown')")
    shown = int(desk.page.evaluate(SHOWN))
    left = desk.page.locator("#play-left").text_content() or ""
    played = [post for post in posts if "play-frames" in post]
    assert len(played) == 1, view
    assert len(posts) == 1, "a frame asks the server nothing"
    # What is shown and what is said not to be shown are the picture together.
    numbers = [int(word.replace("\u2009", "")) for word in left.split() if word.isdigit()]
    assert shown > 0
    assert shown + sum(numbers) == desk.count()

    desk.page.keyboard.press("Escape")
    desk.page.wait_for_selector('#play[data-state="idle"]')
    desk.until(f"{TRACES} === {before!r}")
    assert not desk.page.locator(".play-mark").is_visible()
    assert desk.errors == []


def test_reduced_motion_moves_by_whole_steps(desk: Desk) -> None:
    desk.page.emulate_media(reduced_motion="reduce")
    desk.open("/watch")
    desk.until("document.querySelector('#map .js-plotly-plot')?._fullLayout?.map != null")
    desk.page.click('[data-play="toggle"]')
    desk.page.wait_for_selector('#play[data-state="playing"]')
    speed = int(desk.page.locator('[data-play-speed][aria-pressed="true"]')
                .get_attribute("data-play-speed"))  # fmt: skip
    desk.until("Number(document.querySelector('#play-scrubber').ariaValueNow) > 0")
    now = int(desk.page.locator("#play-scrubber").get_attribute("aria-valuenow"))
    assert now % speed == 0
    desk.page.click('[data-play="stop"]')
    desk.page.wait_for_selector('#play[data-state="idle"]')
    assert desk.errors == []

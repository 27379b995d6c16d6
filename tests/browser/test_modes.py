"""Ways to look and work: keys, full screen, saved views, the kiosk, a hand-held screen, paper."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Desk
from test_access import findings

pytestmark = pytest.mark.browser

SPY = """() => {
  window.fired = [];
  for (const { key, words } of cop.keys.list()) {
    if (key !== '?') cop.keys.add(key, words, () => fired.push(key));
  }
  return cop.keys.list().map(({ key }) => key).filter((key) => key !== '?');
}"""
SMALL = """() => [...document.querySelectorAll(
    '.header a, .header button, .header summary, .tabs button, .question button, .question summary'
  )].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 39.5)
  .map((one) => one.textContent)"""
BEYOND = """() => [...document.querySelectorAll(
    '.banner *, .header *, .tabs *, .question *, .desk-tabs *'
  )].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > 391)
  .map((one) => one.outerHTML.slice(0, 80))"""


MAP = "document.querySelector('#map .js-plotly-plot')?._fullLayout?.map?._subplot?.map"


@pytest.fixture(autouse=True)
def small(request: pytest.FixtureRequest) -> None:
    """Not larger than a screen must be: software draws every pixel of the map."""
    for name in ("desk", "open_policy"):
        if name in request.fixturenames:
            request.getfixturevalue(name).page.set_viewport_size({"width": 960, "height": 600})


def sign_on(desk: Desk, name: str) -> None:
    desk.page.click("#officer-name")
    desk.page.fill("#officer-field", name)
    desk.page.keyboard.press("Enter")
    desk.until(f"document.querySelector('#officer-name').textContent.endsWith('{name}')")


def save(desk: Desk, name: str) -> None:
    desk.page.fill("#saved-name", name)
    desk.page.keyboard.press("Enter")
    desk.until(
        "document.querySelector('#saved-result').textContent.startsWith('Saved')"
        f" && document.querySelector('#saved-list').textContent.includes('{name}')"
    )


def test_keys_of_the_watch_do_what_the_help_says(desk: Desk) -> None:
    desk.open("/watch")
    press = desk.page.keyboard.press
    desk.page.locator("#list .ag-row").first.wait_for()
    # A list that is filled anew takes the focus of its rows away: it is given until it holds.
    desk.settle()
    desk.until(
        "dash_ag_grid.getApi('list').setFocusedCell(1, 'title'),"
        " Boolean(document.activeElement.closest('#list .ag-row'))"
    )
    press("Enter")
    desk.until("cop.value('sel') && document.activeElement.id === 'detail'")
    press("Escape")
    desk.until("!cop.value('sel') && document.querySelector('#detail').hidden")
    press("j")
    desk.until("Boolean(cop.value('sel')) && !document.querySelector('#detail').hidden")
    desk.page.locator('#desk-panel [data-desk="claim"]').wait_for()
    press("c")
    # An act needs a name: it is asked for, and Escape leaves the line first.
    desk.until("document.activeElement.id === 'officer-field'")
    press("Escape")
    desk.page.evaluate("document.querySelector('#officer').open = false")
    first = desk.page.evaluate("cop.value('sel')")
    assert first
    press("j")
    desk.until(f"cop.value('sel') && cop.value('sel') !== '{first}'")
    press("k")
    desk.until(f"cop.value('sel') === '{first}'")
    press("f")
    desk.until("document.body.classList.contains('map-full')")
    assert desk.page.locator("#banner-marking .tlp").is_visible()
    assert not desk.page.locator(".header").is_visible()
    assert desk.page.locator("#detail h2").is_visible(), "read beside the map"
    press("f")
    desk.until("!document.body.classList.contains('map-full') && !document.fullscreenElement")
    press("Escape")
    desk.until("!cop.value('sel')")
    press("l")
    desk.until("document.querySelector('#layers-panel').open")
    press("Escape")
    desk.until("!document.querySelector('#layers-panel').open")
    press("n")
    desk.until("cop.value('tab') === 'new'")
    assert desk.errors == []


def test_no_key_fires_while_typing_or_when_all_are_off(open_policy: Desk) -> None:
    desk = open_policy
    desk.open("/watch")
    press = desk.page.keyboard.press
    keys = desk.page.evaluate(SPY)
    assert {"/", "j", "k", "l", "f", "a", "c", "n"} <= set(keys)
    desk.page.locator("#ask-q").focus()
    for key in keys:
        press(key)
    assert desk.page.evaluate("fired") == []
    desk.page.fill("#ask-q", "")
    desk.page.evaluate("document.activeElement.blur()")
    for key in keys:
        press(f"Control+{key}") if key in ("j", "k") else press(key)
    assert desk.page.evaluate("fired") == [key for key in keys if key not in ("j", "k")]

    desk.page.locator('[data-open="help"]').focus()
    press("Enter")
    desk.until("document.activeElement.dataset.close === 'help'")
    shown = desk.page.locator("#help-keys").text_content()
    assert "full screen of the map" in shown
    assert "open the row in focus" in shown
    assert findings(desk) == []
    for _ in range(4):
        press("Tab")
        assert desk.page.evaluate("Boolean(document.activeElement.closest('#help'))")
    switch = desk.page.locator("[data-keys-switch]")
    assert switch.get_attribute("aria-checked") == "true"
    switch.click()
    assert switch.get_attribute("aria-checked") == "false"
    press("Escape")
    desk.until("document.querySelector('#help').hidden")
    assert desk.page.evaluate("document.activeElement.dataset.open") == "help", "focus comes back"
    desk.page.evaluate("fired.length = 0; document.activeElement.blur()")
    for key in keys:
        press(key)
    press("?")
    assert desk.page.evaluate("fired") == []
    assert desk.page.locator("#help").is_hidden()


def test_saved_views_open_by_link_go_round_in_the_kiosk_and_retire(open_policy: Desk) -> None:
    desk = open_policy
    page = desk.open("/watch?severity=5&sel=asam-2031-1").page
    sign_on(desk, "Ida")
    page.click("#saved > summary")
    desk.until("document.activeElement.id === 'saved-name'")
    save(desk, "Worst <b>only</b>")
    assert page.locator("#saved-list b").count() == 0
    assert findings(desk) == []
    link = str(page.locator(".saved-name").get_attribute("href"))
    assert "severity=5" in link
    assert "sel=" not in link
    page.evaluate("cop.go({ severity: '', sel: '' })")
    desk.until("!cop.value('severity')")
    save(desk, "All seas")
    page.locator(".saved-name", has_text="Worst").click()
    desk.until("cop.value('severity') === '5' && !document.querySelector('#saved').open")
    page.click("#saved > summary")
    for box in page.locator("[data-saved-pick]").all():
        box.click()
    desk.until("document.querySelector('#saved-kiosk').textContent === 'Kiosk of 2 views'")
    link = str(page.locator("#saved-kiosk").get_attribute("href")).replace("every=30", "every=5")

    desk.open(link)
    name = "document.querySelector('#kiosk-name').textContent"
    desk.until(f"{name} === 'Worst <b>only</b>'")
    page.locator(".kiosk-rows li").first.wait_for()
    assert 1 <= page.locator(".kiosk-rows li").count() <= 8
    for hidden in (".header", ".list-panel", ".map-tools", "#saved", "#filters"):
        assert not page.locator(hidden).is_visible(), hidden
    for seen in ("#banner-marking .tlp", "#banner-world", "#kiosk-clock", ".tiles", "#map"):
        assert page.locator(seen).is_visible(), seen
    page.keyboard.press("j")
    desk.until(f"{name} === 'All seas'")
    assert desk.count() == desk.asked_count("")
    assert not page.evaluate("cop.value('sel')"), "no letter does anything"
    page.keyboard.press("Escape")
    page.wait_for_selector(".header", state="visible")
    assert "kiosk" not in page.url
    assert "views" not in page.url

    desk.settle()
    page.click("#saved > summary")
    retire = page.locator("li", has_text="Worst").locator("[data-saved-retire]")
    retire.click()
    assert retire.text_content() == "Retire it?"
    retire.click()
    desk.until("!document.querySelector('#saved-list').textContent.includes('Worst')")
    assert desk.errors == []


def test_a_hand_held_screen_has_nothing_beyond_its_edge(hand: Desk) -> None:
    page = hand.open("/watch?severity=5").page
    page.locator("#list .ag-row").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(SMALL) == []
    page.locator("#list .ag-row").first.click()
    page.locator("#detail h2").wait_for()
    box: Any = page.locator("#detail").bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert box["height"] >= 810
    assert page.locator("#banner-marking .tlp").is_visible()


def test_on_paper_stand_map_list_marking_and_moment(desk: Desk) -> None:
    page = desk.open("/watch?severity=5").page
    page.locator("#list .ag-row").first.wait_for()
    desk.until(f"{MAP}?.isStyleLoaded()")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    sheet = page.locator("#sheet")
    assert sheet.is_visible()
    assert not page.locator(".header").is_visible()
    assert sheet.locator(".tlp").count() == 2
    assert "as of " in sheet.locator("> thead").text_content()
    assert sheet.locator(".sheet-list tbody tr").count() == min(100, desk.count())
    assert f"of {desk.count()}, in the order" in sheet.text_content()
    colours = page.evaluate("""() => {
      const sheet = document.querySelector('.sheet-map');
      const { data } = sheet.getContext('2d').getImageData(0, 0, sheet.width, sheet.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert colours > 5, "the map is drawn, not blank"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheet.count() == 0

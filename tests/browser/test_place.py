"""Where things are: the search box, fitting the map, positions, measuring and range rings."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cop.model.coordinates import STYLES, format_position
from cop.model.measure import measure_leg

pytestmark = pytest.mark.browser


def ready(desk: Any, path: str = "/watch") -> Any:
    """Open the watch and wait for its map, which is drawn after the first answer."""
    desk.open(path)
    desk.until("document.querySelector('#readout-at')?.textContent.length > 8")
    return desk.page


def type_into_search(desk: Any, text: str) -> list[str]:
    desk.page.keyboard.press("/")
    desk.until("document.activeElement.id === 'search-field'")
    desk.page.keyboard.type(text)
    options = desk.page.locator("#search-list [role=option]")
    desk.page.locator("#search-list").get_by_text(f"“{text}”", exact=True).wait_for()
    return [str(said) for said in options.locator(".search-kind").all_inner_texts()]


def test_positions_are_written_as_the_server_writes_them(desk: Any) -> None:
    page = ready(desk)
    some = random.Random(7)
    spots = [(some.uniform(-180, 180), some.uniform(-89, 89)) for _ in range(200)]
    written = page.evaluate(
        "([spots, styles]) => spots.map(([lon, lat]) =>"
        " styles.map((style) => window.cop.positions.write(lon, lat, style)))",
        [spots, list(STYLES)],
    )
    for (lon, lat), texts in zip(spots, written, strict=True):
        assert texts == [format_position(lon, lat, style) for style in STYLES]
    legs = page.evaluate(
        "(spots) => spots.slice(1).map((b, n) => window.cop.geo.leg(...spots[n], ...b))", spots
    )
    for before, after, leg in zip(spots, spots[1:], legs, strict=False):
        truth = measure_leg(*before, *after)
        assert leg["nm"] == pytest.approx(truth.distance_nm, rel=1e-3)
        if leg["sure"]:
            assert abs((leg["bearing"] - truth.bearing_deg + 180) % 360 - 180) < 0.1
    assert type_into_search(desk, "1 15.3N 103 48.2E")[0] == "Position"
    page.keyboard.press("Enter")
    desk.until("!document.querySelector('#pin-card').hidden")
    for style in STYLES:
        said = page.locator(f"[data-pin-style={style}]").inner_text()
        assert said == format_position(103 + 48.2 / 60, 1.255, style)
    desk.until("/center=103\\.80/.test(location.search)")
    page.keyboard.press("Escape")
    assert page.locator("#pin-card").is_hidden()
    page.click('[data-fit="answer"]')
    desk.until("!/center=103\\.80/.test(location.search)")


def test_the_search_box_by_keys_and_by_mouse(desk: Any) -> None:
    page = ready(desk)
    assert type_into_search(desk, "SGSIN")[0] == "Port"
    page.keyboard.press("Enter")
    desk.until("location.search.includes('port=SGSIN')")
    assert desk.count() == desk.asked_count("port=SGSIN")
    field = page.locator("#search-field")
    type_into_search(desk, "baltic sea")
    assert field.get_attribute("aria-activedescendant") == "search-option-0"
    page.keyboard.press("ArrowUp")  # the last one: the words themselves
    assert page.locator("#search-list [aria-selected=true] .search-kind").inner_text() == "Words"
    page.keyboard.press("Escape")
    assert page.locator("#search-list").is_hidden()
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "baltic sea", "what was typed stays"
    assert "port=SGSIN" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    type_into_search(desk, "baltic sea")
    page.locator("#search-list [role=option]").first.click()
    desk.until("location.search.includes('region=baltic')")
    desk.until("/center=(1|2)/.test(location.search)")
    assert "port=" not in page.url
    assert type_into_search(desk, "2030-1")[0] == "Incident"
    page.keyboard.press("Enter")
    desk.until("location.search.includes('sel=asam-2030-1')")
    page.locator("#detail .copy-position").wait_for()
    page.select_option("#position-style", "mgrs")
    desk.until(
        "document.querySelector('[data-lonlat]').textContent === "
        f"'{format_position(103 + 31 / 60, 1 + 7 / 60, 'mgrs')}'"
    )
    assert desk.errors == []


def test_measuring_by_press_and_by_typing_beside_a_report(desk: Any) -> None:
    page = ready(desk)
    page.keyboard.press("m")
    desk.until("document.body.classList.contains('map-taken')")
    box = page.locator("#map").bounding_box()
    desk.until(
        "Boolean(document.querySelector('#map .js-plotly-plot')"
        "?._fullLayout?.map?._subplot?.map?.copTells)"
    )
    for n, x in enumerate((420, 560, 640)):
        page.mouse.click(box["x"] + x, box["y"] + 330)
        desk.until(f"document.querySelectorAll('#map-drawn .drawn-point').length >= {n + 1}")
    assert page.locator("#measure-legs li").count() == 2
    assert page.locator("#measure-total").inner_text().startswith("Total ")
    assert "sel=" not in page.url, "a press that measures opens nothing"
    page.fill("#measure-from", "10 00S 170 00E")
    page.fill("#measure-to", "10 00S 170 00W")
    page.press("#measure-to", "Enter")
    truth = measure_leg(170, -10, -170, -10).distance_nm
    desk.until(f"document.querySelector('#measure-legs').textContent.startsWith('{truth:.1f} nm')")
    assert page.locator("#measure-legs li").count() == 1
    page.fill("#measure-to", "91N 5E")
    page.click('[data-place="measure-typed"]')
    desk.until("document.querySelector('#place-why').textContent.includes('90')")
    assert page.locator("#measure-to").get_attribute("aria-invalid") == "true"
    page.click('[data-place="close-measure"]')
    assert "map-taken" not in (page.locator("body").get_attribute("class") or "")
    desk.until("document.querySelectorAll('#map-drawn polyline').length === 0")
    assert desk.errors == []

    page.keyboard.press("m")
    page.click("#report-open")
    desk.until("document.body.classList.contains('report-open')")
    page.mouse.click(box["x"] + 420, box["y"] + 400)
    desk.until("document.querySelector('[data-report-form] [name=position]').value !== ''")
    assert page.locator("#measure-legs li").count() == 0, "the open report takes the press"
    page.keyboard.press("Escape")
    desk.until("!document.body.classList.contains('report-open')")
    assert page.locator("#measure-card").is_visible()
    assert "map-taken" in page.locator("body").get_attribute("class")


def test_rings_are_drawn_kept_in_the_link_and_removed(desk: Any) -> None:
    page = ready(desk)
    page.click('[data-place="measure"]')
    page.fill("#ring-own", "30")
    page.fill("#ring-around", "SGSIN")
    page.press("#ring-around", "Enter")
    desk.until("/rings=103[^&]*,12,24,30/.test(location.search)")
    ready(desk, page.url.removeprefix(desk.address))
    desk.until("document.querySelectorAll('#map-drawn .drawn-ring').length > 0")
    assert "30 nm" in page.locator("#map-drawn").inner_html()
    page.click('[data-place="measure"]')
    page.click('[data-place="rings-remove"]')
    desk.until("!location.search.includes('rings')")
    desk.until("document.querySelectorAll('#map-drawn .drawn-ring').length === 0")


def test_a_hand_held_screen_finds_and_measures(hand: Any) -> None:
    hand.open("/watch")
    page = hand.page
    page.locator("#search-field").tap()
    page.keyboard.type("baltic sea")
    page.locator("#search-list [role=option]").first.tap()
    hand.until("location.search.includes('region=baltic')")
    page.click('[data-pane-choice="map"]')
    page.locator('[data-place="measure"]').tap()
    page.locator("#measure-card").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_drawn_area_is_saved_and_asked_within_again(desk: Any) -> None:
    page = ready(desk, "/watch?bbox=100,-2,106,5")
    inside = desk.count()
    page.click("#saved summary")
    page.fill("#saved-name", "Straits")
    page.click("#saved-area")
    page.locator("#officer input").fill("Ann")  # what is saved is signed
    page.keyboard.press("Enter")
    page.locator("[data-saved-area]").wait_for()
    page.keyboard.press("Escape")
    page.click('[data-clear="all"]')
    desk.until(f"document.querySelector('#picture-count').textContent !== '{inside}'")
    page.click("#saved summary")
    page.click("[data-saved-area]")
    desk.until("location.search.includes('bbox=100,-2,106,5')")
    desk.settle()
    assert desk.count() == inside
    page.click("#saved summary")
    for _ in range(2):  # the second press is sure
        page.click("[data-saved-retire]")
    desk.until("!document.querySelector('[data-saved-area]')")

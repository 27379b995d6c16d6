"""From the address to pixels and back, in a real browser."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser


def query_of(desk: Any) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(desk.page.url).query).items()}


def test_a_link_opens_its_picture(desk: Any) -> None:
    query = "hazard=piracy,hijack&severity=4,5&since=2005-01-01"
    desk.open(f"/watch?{query}")
    assert desk.count() == desk.asked_count(query) > 0
    for key, value in (("hazard", "piracy"), ("hazard", "hijack"), ("severity", "5")):
        box = desk.page.locator(f'[data-pick="{key}"][data-value="{value}"]')
        assert box.get_attribute("aria-checked") == "true"
    domain = desk.page.locator('[data-pick="hazard"][data-value="physical"]')
    assert domain.get_attribute("aria-checked") == "mixed"
    assert desk.page.locator("#ask-since").input_value() == "2005-01-01"
    assert (
        desk.page.locator("#caption").text_content().startswith("Hijack or piracy, high or worse")
    )


def test_the_front_door_leads_to_the_watch(desk: Any) -> None:
    desk.open("/")
    desk.settle()
    assert urlsplit(desk.page.url).path == "/watch"
    assert desk.count() == desk.asked_count("")
    assert re.fullmatch(r"\d+", desk.page.locator("#picture-count").text_content())


def test_a_choice_writes_the_address_and_back_takes_it_away(desk: Any) -> None:
    desk.open("/watch")
    whole = desk.count()
    # The answer may be quicker than a look from here: the page itself notes what the count said.
    desk.page.evaluate(
        """() => {
            window.saidOfCount = [];
            const count = document.querySelector('#picture-count');
            new MutationObserver(() => window.saidOfCount.push(count.dataset.state))
                .observe(count, {attributes: true, attributeFilter: ['data-state']});
        }"""
    )
    desk.pick("severity", "5")
    desk.until("window.saidOfCount.includes('ready')")
    assert desk.page.evaluate("window.saidOfCount[0]") == "loading"
    desk.settle()
    worst = desk.count()
    assert 0 < worst < whole
    assert query_of(desk)["severity"] == "5"
    assert worst == desk.asked_count("severity=5")
    desk.page.go_back()
    desk.until(f"document.querySelector('#picture-count').textContent === '{whole}'")
    box = desk.page.locator('[data-pick="severity"][data-value="5"]')
    assert box.get_attribute("aria-checked") == "false"
    desk.page.go_forward()
    desk.until(f"document.querySelector('#picture-count').textContent === '{worst}'")
    assert box.get_attribute("aria-checked") == "true"


def test_typed_fields_ask(desk: Any) -> None:
    desk.open("/watch")
    whole = desk.count()
    desk.page.fill("#ask-q", "tanker")
    desk.page.press("#ask-q", "Enter")
    desk.until(f"document.querySelector('#picture-count').textContent !== '{whole}'")
    desk.settle()
    assert desk.count() == desk.asked_count("q=tanker")
    desk.page.click("#time-custom")
    desk.page.fill("#ask-since", "2015-01-01")
    desk.page.press("#ask-since", "Enter")
    desk.page.wait_for_url("**since=2015-01-01**")
    assert desk.count() == desk.asked_count("q=tanker&since=2015-01-01")
    desk.page.click('[data-clear="all"]')
    desk.until(f"document.querySelector('#picture-count').textContent === '{whole}'")
    assert desk.page.locator("#ask-q").input_value() == ""


def test_a_whole_domain_and_its_types_take_turns(desk: Any) -> None:
    desk.open("/watch?hazard=piracy,ransomware")
    desk.pick("hazard", "physical")
    desk.page.wait_for_url("**hazard=ransomware,physical**")
    assert desk.count() == desk.asked_count("hazard=ransomware,physical")
    desk.page.click('[aria-label="Types of physical hazards"]')
    desk.pick("hazard", "mine")
    desk.page.wait_for_url("**hazard=ransomware,mine**")


def test_a_port_is_found_by_its_letters(desk: Any) -> None:
    desk.open("/watch")
    desk.page.fill("#ask-port", "rotterd")
    desk.page.locator('[role="option"]', has_text="NLRTM").first.click()
    desk.page.wait_for_url("**port=NLRTM**")
    assert desk.count() == desk.asked_count("port=NLRTM")
    desk.page.fill("#ask-radius_nm", "400")
    desk.page.press("#ask-radius_nm", "Enter")
    desk.page.wait_for_url("**radius_nm=400**")
    assert desk.count() == desk.asked_count("port=NLRTM&radius_nm=400") > 0


@pytest.mark.parametrize(
    ("query", "key", "allowed"),
    [
        ("severity=9", "severity", "1, 2, 3, 4, 5"),
        ("region=atlantis", "region", "gulf-of-guinea"),
        ("bbox=1,2,3", "bbox", "west,south,east,north"),
        ("colour=red", "colour", "allowed are"),
        ("theme=pink", "theme", "day, dusk, night"),
        ("since=soon", "since", "2024-01-31"),
    ],
)
def test_a_bad_value_is_named_and_can_be_taken_away(
    desk: Any, query: str, key: str, allowed: str
) -> None:
    desk.open(f"/watch?{query}&hazard=piracy")
    assert desk.page.locator("#picture-count").get_attribute("data-state") == "refused"
    assert desk.page.locator("#picture-count").text_content() == ""
    said = desk.page.locator("#notice").text_content()
    assert key in said
    assert allowed in said
    desk.page.click("#notice >> text=Clear this filter")
    desk.settle()
    desk.until("document.querySelector('#picture-count').dataset.state === 'ready'")
    assert desk.count() == desk.asked_count("hazard=piracy")
    assert desk.page.locator("#notice").is_hidden()


def test_an_empty_answer_offers_what_to_drop(desk: Any) -> None:
    desk.open("/watch?hazard=ransomware&region=southern-ocean")
    assert desk.count() == 0
    offers = desk.page.locator("#notice .offers .button")
    assert "Region: Southern Ocean" in desk.page.locator("#notice").text_content()
    expected = desk.asked_count("hazard=ransomware")
    offer = offers.filter(has_text="Region")
    assert f"{expected} incident" in offer.text_content()
    offer.click()
    desk.until(f"document.querySelector('#picture-count').textContent === '{expected}'")


def test_list_map_and_detail_follow_each_other(desk: Any) -> None:
    desk.open("/watch?hazard=piracy&since=2005-01-01")
    rows = desk.page.locator("#list .ag-row")
    rows.nth(1).wait_for()
    rows.nth(1).click()
    detail = desk.page.locator("#detail")
    detail.locator("h2").wait_for()
    first = query_of(desk)["sel"]
    assert "rule:" in detail.text_content()
    assert "2 of" in detail.locator(".detail-place").text_content()
    desk.page.keyboard.press("j")
    desk.until(f"!location.search.includes('sel={first}')")
    second = query_of(desk)["sel"]
    desk.until("document.querySelector('.detail-place').textContent.startsWith('3 of')")
    desk.page.keyboard.press("k")
    desk.until(f"location.search.includes('sel={first}')")
    assert second != first
    desk.page.keyboard.press("Escape")
    desk.until("document.querySelector('#detail').hidden")
    assert "sel" not in query_of(desk)


def test_a_mark_on_the_map_opens_its_detail(desk: Any) -> None:
    desk.open("/watch?hazard=hijack&region=gulf-of-guinea&center=4,4&z=5")
    point = desk.page.evaluate(
        """() => {
          const plot = document.querySelector('#map .js-plotly-plot');
          const trace = plot.data.find((t) => typeof t.customdata?.[0] === 'string');
          return { id: trace.customdata[0] };
        }"""
    )
    desk.page.evaluate(
        "(id) => dash_clientside.set_props('map', {clickData: {points: [{customdata: id}]}})",
        point["id"],
    )
    desk.page.locator("#detail h2").wait_for()
    assert query_of(desk)["sel"] == point["id"]
    desk.until("document.querySelector('#list .ag-row-selected') !== null")


def test_moving_the_map_never_changes_the_set(desk: Any) -> None:
    desk.open("/watch?severity=4,5")
    before = desk.count()
    steps = desk.page.evaluate("history.length")
    desk.page.wait_for_timeout(2_000)
    desk.page.click('[data-zoom="1"]')
    desk.page.wait_for_url("**z=2.2**")
    assert desk.count() == before
    assert desk.page.evaluate("history.length") == steps
    desk.page.click('[data-act="ask-view"]')
    desk.page.wait_for_url("**bbox=**")
    boxed = desk.count()
    assert boxed <= before
    assert boxed == desk.asked_count(f"severity=4,5&bbox={query_of(desk)['bbox']}")
    desk.page.click('.chip button[aria-label^="Drop Box"]')
    desk.until(f"document.querySelector('#picture-count').textContent === '{before}'")


def test_a_drawn_box_and_a_drawn_area_ask_inside_them(desk: Any) -> None:
    desk.open("/watch")
    desk.page.wait_for_timeout(1_500)
    draw = "(data) => dash_clientside.set_props('map', {selectedData: data})"
    desk.page.evaluate(draw, {"range": {"map": [[-10, 15], [20, -10]]}})
    desk.page.wait_for_url("**bbox=-10,-10,20,15**")
    assert desk.count() == desk.asked_count("bbox=-10,-10,20,15") > 0
    desk.page.wait_for_timeout(
        1_500
    )  # the new figure, drawn late on a busy machine, ends a drawing
    desk.page.evaluate(draw, {"lassoPoints": {"map": [[30, 5], [60, 5], [60, 30], [30, 30]]}})
    desk.page.wait_for_url("**within=**")
    assert desk.count() == desk.asked_count("within=30 5;60 5;60 30;30 30") > 0
    assert "bbox" not in query_of(desk)


def test_a_brush_sets_the_window(desk: Any) -> None:
    desk.open("/watch")
    brush = "(data) => dash_clientside.set_props('timeline', {selectedData: data})"
    desk.page.evaluate(brush, {"range": {"x": ["2015-03-01 10:00", "2019-01-01 00:00"]}})
    desk.page.wait_for_url("**since=2015-03-01&until=2019-01-01**")
    assert desk.count() == desk.asked_count("since=2015-03-01&until=2019-01-01")
    assert desk.page.text_content("#time-past") == "PAST WINDOW, not live"
    desk.page.click('.preset[data-since=""]')
    desk.until("!location.search.includes('since')")


def test_incidents_without_a_position_have_their_list(desk: Any) -> None:
    desk.open("/watch")
    tray = desk.page.locator("#tray")
    number = int(re.sub(r"\D", "", tray.text_content()))
    assert number > 0
    tray.click()
    desk.until("document.querySelector('#list-caption').textContent.includes('without a position')")
    assert str(number) in desk.page.locator("#list-caption").text_content()


def test_layers_are_part_of_the_address(desk: Any) -> None:
    desk.open("/watch")
    desk.page.keyboard.press("l")
    desk.pick("layers", "ports")
    desk.page.wait_for_url("**layers=**ports**")
    desk.settle()
    desk.page.reload()
    desk.settle()
    box = desk.page.locator('[data-pick="layers"][data-value="ports"]')
    assert box.get_attribute("aria-checked") == "true"


def test_the_light_is_kept_and_can_be_shared(desk: Any) -> None:
    desk.open("/watch")
    desk.page.click('[data-theme-choice="night"]')
    desk.page.wait_for_url("**theme=night**")
    assert desk.page.locator("html").get_attribute("data-theme") == "night"
    desk.open("/watch")
    assert desk.page.locator("html").get_attribute("data-theme") == "night"
    desk.open("/watch?theme=day")
    assert desk.page.locator("html").get_attribute("data-theme") == "day"


def test_hostile_titles_are_shown_and_never_run(desk: Any) -> None:
    desk.page.add_init_script("window.alert = () => { window.ran = true; }")
    desk.open("/watch?id=asam-2031-10&sel=asam-2031-10")
    detail = desk.page.locator("#detail")
    detail.locator("h2").wait_for()
    assert "<img src=x onerror=alert(1)>" in detail.text_content()
    assert "0°N 0°E" in detail.text_content()
    assert not desk.page.evaluate("Boolean(window.ran)")
    assert desk.page.locator('img[src="x"]').count() == 0


def test_nothing_is_asked_of_another_machine(desk: Any) -> None:
    desk.open("/watch?layers=incidents,ports,regions,navareas,vessel-areas,sea-lanes,density")
    desk.open("/watch")
    desk.page.wait_for_timeout(2_000)
    foreign = [
        url
        for url in desk.asked
        if not url.startswith(("data:", "blob:")) and urlsplit(url).hostname != "127.0.0.1"
    ]
    assert foreign == []
    assert len(desk.asked) > 20


def test_an_answer_that_fails_is_never_calm(desk: Any) -> None:
    desk.open("/watch")
    whole = desk.page.locator("#picture-count").text_content()
    desk.page.route("**/_dash-update-component*", lambda route: route.fulfill(status=503))
    desk.pick("severity", "5")
    desk.page.wait_for_selector("body.is-stale", timeout=25_000)
    assert desk.page.locator("#picture-count").get_attribute("data-state") == "loading"
    assert desk.page.locator("#picture-count").text_content() == whole
    assert "not the answer" in desk.page.locator("#busy").text_content()

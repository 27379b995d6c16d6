"""Two screens side by side: what is recorded arrives, what the officer looks at stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE_MS, ROOT, Desk, _free_port, _wait_for

from cop.web.control import ask_server

pytestmark = pytest.mark.browser

BEAT_S = 0.5
PICTURE = "**/_dash-update-component*"
READ = """() => {
  const map = document.querySelector('#map .js-plotly-plot')._fullLayout.map._subplot.map;
  const at = map.getCenter();
  return {
    list: document.querySelector('#list .ag-body-viewport').scrollTop,
    detail: document.querySelector('.detail-body').scrollTop,
    title: document.querySelector('#detail h2').textContent,
    layers: document.querySelector('#layers-panel').open,
    map: [at.lng, at.lat, map.getZoom()].map((n) => n.toFixed(6)).join(' '),
    selected: new URLSearchParams(location.search).get('sel'),
  };
}"""


@dataclass
class Live:
    """A server of the test's own, with a fast heartbeat."""

    address: str
    store: Path
    process: subprocess.Popen[bytes]
    records: int = 0

    def ingest(self) -> None:
        """Commit one new critical incident of today, through the server's own door."""
        self.records += 1
        row = (
            f"2030-{700 + self.records},{datetime.now(UTC):%Y-%m-%d},"
            '"1°07\'00""N\n103°31\'00""E",XI,71,Hijacking,Tanker,'
            f'"INDONESIA: armed pirates hijacked tanker SEA TEST {self.records} and took '
            'the crew hostage.",\n'
        )
        head = "reference,date,position,navArea,subreg,hostility,victim,description,\n"
        told = ask_server(
            self.store,
            "ingest",
            {"feed": "asam", "names": ["live.csv"]},
            [(head + row).encode()],
            "red",
        )
        assert told["new"] == 1, told


@pytest.fixture(scope="module")
def live(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    store = tmp_path_factory.mktemp("live") / "live.duckdb"
    port = _free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COP_")},
        "COP_STORE": str(store),
        "COP_PORT": str(port),
        "COP_HEARTBEAT_S": str(BEAT_S),
    }
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield Live(address, store, process)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        assert process.wait(20) == 0


@contextmanager
def screen(browser: Any, live: Live) -> Iterator[Desk]:
    # Not larger than it must be: software draws every pixel of the map.
    context = browser.new_context(viewport={"width": 1200, "height": 680})
    context.set_default_timeout(PATIENCE_MS)
    desk = Desk(context.new_page(), live.address)
    desk.page.on("pageerror", lambda error: desk.errors.append(str(error)))
    yield desk
    assert desk.errors == []
    context.close()


def words(desk: Desk, selector: str) -> str:
    return str(desk.page.locator(selector).text_content())


def is_lost(desk: Desk) -> bool:
    return bool(desk.page.evaluate("document.body.classList.contains('is-lost')"))


def test_a_commit_reaches_every_screen_and_moves_nothing(browser: Any, live: Live) -> None:
    with screen(browser, live) as busy, screen(browser, live) as other:
        busy.open("/watch?center=100,5&z=4")
        other.open("/watch?severity=5")
        before, worst = busy.count(), other.count()
        page = busy.page
        page.locator("#list .ag-row").nth(2).click()
        page.locator("#detail h2").wait_for()
        page.click("#layers-panel > summary")
        page.mouse.move(500, 400)
        page.mouse.wheel(0, -200)
        page.evaluate("document.querySelector('#list .ag-body-viewport').scrollTop = 1700")
        page.evaluate("document.querySelector('.detail-body').scrollTop = 120")
        page.wait_for_timeout(1_200)
        busy.settle()
        seen = page.evaluate(READ)
        assert (seen["list"], seen["layers"], seen["detail"] > 0) == (1700, True, True)
        for desk in (busy, other):
            desk.until(
                "Boolean(cop.alarm) && /\\d{6}Z/.test(document.querySelector('#as-of').textContent)"
            )
            assert desk.page.locator("#alarms").is_hidden(), "what stood before is no alarm"
        live.ingest()
        committed = time.monotonic()
        busy.until(f"document.querySelector('#picture-count').textContent === '{before + 1}'")
        other.until(f"document.querySelector('#picture-count').textContent === '{worst + 1}'")
        # Two seconds on a machine of its own; these cores draw two maps for other tests besides.
        assert time.monotonic() - committed < 6
        page.wait_for_timeout(700)
        assert page.evaluate(READ) == seen
        for desk in (busy, other):
            desk.page.locator("#alarms").wait_for(state="visible")
            assert "ALARM: new, critical" in words(desk, "#alarm-words")
        page.click('[data-alarm="acknowledge"]')
        busy.until(
            "document.querySelector('#alarm-words').textContent"
            ".startsWith('ALARM not acknowledged at the desk: give your name')"
        )
        page.fill("#officer-field", "Ann")  # silenced only, until somebody signs it
        page.keyboard.press("Enter")
        page.locator("#alarms").wait_for(state="hidden")
        busy.open("/log")
        page.locator("#log-entries:has-text('Acknowledged')").wait_for()
        busy.until("/\\d{6}Z/.test(document.querySelector('#as-of')?.textContent)")
        page.wait_for_timeout(500)
        assert page.locator("#alarms").is_hidden(), "an alarm is never repeated"


def test_a_silent_server_greys_the_picture_until_it_is_back(browser: Any, live: Live) -> None:
    with screen(browser, live) as desk:
        desk.open("/watch")
        desk.until("/ · [01] s ago/.test(document.querySelector('#as-of-age').textContent)")
        whole = desk.count()
        desk.page.click("#sound-state")
        desk.page.click('[data-sound="on"]')
        live.process.send_signal(signal.SIGSTOP)
        try:
            desk.page.wait_for_selector("body.is-lost", timeout=6_000)
            assert "the server does not answer" in words(desk, "#lost")
            assert words(desk, "#lost").startswith(f"STALE SINCE {words(desk, '#as-of')}")
            assert desk.count() == whole, "greyed, not hidden"
            desk.until("document.body.dataset.sounding === 'alarm'")
            assert "stale" in words(desk, "#alarm-words")
        finally:
            live.process.send_signal(signal.SIGCONT)
        desk.until("!document.body.classList.contains('is-lost')")
        desk.page.locator("#alarms").wait_for(state="hidden")
        desk.until("!document.body.dataset.sounding")
        desk.until("/ · [01] s ago/.test(document.querySelector('#as-of-age').textContent)")


def test_a_slow_answer_still_arrives_and_is_not_stale(browser: Any, live: Live) -> None:
    with screen(browser, live) as desk:
        desk.open("/watch")
        whole = desk.count()
        desk.until("/ · [01] s ago/.test(document.querySelector('#as-of-age').textContent)")
        asked = []

        def delay(route: Any) -> None:
            if '"..map.figure' in (route.request.post_data or "")[:200]:
                asked.append(time.monotonic())
                desk.page.wait_for_timeout(4 * BEAT_S * 1000)
            route.continue_()

        desk.page.route(PICTURE, delay)
        live.ingest()
        live.ingest()
        shown = f"document.querySelector('#picture-count').textContent === '{whole + 2}'"
        while not desk.page.evaluate(shown):
            assert not is_lost(desk), words(desk, "#lost")
            assert len(asked) <= 3, "one answer at a time"
            desk.page.wait_for_timeout(100)


def test_answers_that_fail_are_never_calm(browser: Any, live: Live) -> None:
    with screen(browser, live) as desk:
        desk.open("/watch")
        whole = desk.count()
        desk.until("/ · [01] s ago/.test(document.querySelector('#as-of-age').textContent)")
        desk.page.route(PICTURE, lambda route: route.fulfill(status=503))
        live.ingest()
        desk.page.wait_for_selector("body.is-lost", timeout=10_000)
        assert "could not be refreshed" in words(desk, "#lost")
        desk.page.unroute(PICTURE)
        desk.until(f"document.querySelector('#picture-count').textContent === '{whole + 1}'")
        desk.until("!document.body.classList.contains('is-lost')")


def test_a_name_given_once_stays(browser: Any, live: Live) -> None:
    with screen(browser, live) as desk:
        desk.open("/quarantine")
        desk.page.click("#officer-name")
        desk.page.fill("#officer-field", "x")
        desk.page.keyboard.press("Enter")
        desk.until("document.querySelector('#officer-why').textContent.includes('2 to 40')")
        desk.page.fill("#officer-field", " Lt.  Okoro ")
        desk.page.keyboard.press("Enter")
        desk.until(
            "document.querySelector('#officer-name').textContent === 'Watch officer: Lt. Okoro'"
        )
        desk.open("/sources")
        desk.until(
            "document.querySelector('#officer-name')?.textContent === 'Watch officer: Lt. Okoro'"
        )
        desk.until("/ · [01] s ago/.test(document.querySelector('#as-of-age').textContent)")

"""A real Chromium on a real server over a small store of its own.

The server is a process of its own, because one process holds one app. Skipped with a reason where
no Chromium is installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "asam"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]
START_S = 90
PATIENCE_MS = 30_000


@dataclass
class Desk:
    """A page on the server, with all that it asked for and all that went wrong in it."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Desk:
        self.page.goto(self.address + path)
        if path.startswith("/watch"):
            self.settle()
        return self

    def settle(self) -> Desk:
        """Wait until the number on screen is the answer to the address."""
        self.page.wait_for_selector(
            '#picture-count[data-state="ready"], #picture-count[data-state="refused"]',
            state="attached",
            timeout=PATIENCE_MS,
        )
        return self

    def count(self) -> int:
        self.settle()
        return int(self.page.locator("#picture-count").text_content())

    def until(self, script: str) -> None:
        """Wait until an expression is true; asked from here, as the page's policy has no eval."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(script):
            assert time.monotonic() < deadline, f"never true: {script}"
            self.page.wait_for_timeout(50)

    def pick(self, key: str, value: str) -> None:
        self.page.locator(f'[data-pick="{key}"][data-value="{value}"]').click()

    def asked_count(self, query: str) -> int:
        """The count that the server gives a machine for the same question."""
        answer = self.page.request.get(f"{self.address}/api/count?{query}")
        return int(answer.json()["count"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("the server did not start in time")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the register and a few hostile records."""
    if CHROMIUM is None:
        said = "no Chromium is installed: the browser tests need one"
        if os.environ.get("COP_REQUIRE_BROWSER"):
            pytest.fail(said)
        pytest.skip(said)
    folder = tmp_path_factory.mktemp("watch")
    port = _free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COP_")},
        "COP_STORE": str(folder / "watch.duckdb"),
        "COP_PORT": str(port),
    }
    for name in ("plain.csv", "hostile.csv"):
        subprocess.run(
            [sys.executable, "-m", "cop", "ingest", "asam", str(FIXTURES / name)],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def browser(served: str) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def _desk(browser: Any, served: str, width: int, height: int, **more: Any) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    context.set_default_timeout(PATIENCE_MS)
    desk = Desk(context.new_page(), served)
    desk.page.on("request", lambda request: desk.asked.append(request.url))
    desk.page.on("pageerror", lambda error: desk.errors.append(str(error)))
    yield desk
    context.close()


@pytest.fixture
def desk(browser: Any, served: str) -> Iterator[Desk]:
    """A bridge screen, 1440 by 900."""
    yield from _desk(browser, served, 1440, 900)


@pytest.fixture
def hand(browser: Any, served: str) -> Iterator[Desk]:
    """A hand-held screen, 390 by 844."""
    yield from _desk(browser, served, 390, 844, has_touch=True)


@pytest.fixture
def open_policy(browser: Any, served: str) -> Iterator[Desk]:
    """A bridge screen whose content policy lets the accessibility checker in."""
    yield from _desk(browser, served, 1440, 900, bypass_csp=True)

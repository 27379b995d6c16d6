"""The whole way over HTTP, and the first page in a browser, from a server in its own process."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from cop.bench.measure import ROUNDS, SLOW_MS, SLOW_ROUNDS, resident_mb
from cop.bench.questions import PICTURES, Workload
from cop.errors import CopError
from cop.settings import ROOT, Settings
from cop.ui import ids

PATIENCE_S = 240.0
PAGES = 5
CALLBACKS = "/_dash-update-component"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox")


# The values of the page's controls, by id and property.
Values = dict[tuple[str, str], Any]


class ServerFailed(CopError):
    """The server did not answer as expected; the message says what it said."""


@contextmanager
def serve(settings: Settings, world: Path) -> Iterator[tuple[int, int]]:
    """A server of a world in a process of its own, stopped afterwards: its port and process id.

    Raises ServerFailed where it does not come up.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COP_")} | {
        "COP_STORE": str(world.resolve()),
        "COP_PORT": str(port),
        "COP_MEMORY": settings.memory,
        "COP_THREADS": str(settings.threads),
    }
    log = world.with_name(f"{world.stem}.server.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _await_health(port, process, log)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def version_of(port: int) -> int:
    """The version at which a server's store is."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.request("GET", "/health")
        return int(json.load(connection.getresponse())["version"])


def _await_health(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/health")
            response = connection.getresponse()
            # While the index is being read, the answers are right but not yet fast.
            if response.status == 200 and json.load(response).get("index") != "loading":
                return
        except (OSError, ValueError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    said = log.read_text("utf-8", "replace").strip().splitlines()
    raise ServerFailed(f"the server did not come up: {said[-1] if said else 'it said nothing'}")


def find_callback(declared: list[dict[str, Any]], output: str) -> dict[str, Any]:
    """The server's callback with an output, of those that the page declares.

    Raises ServerFailed where there is none.
    """
    found = [d for d in declared if output in d["output"] and not d["clientside_function"]]
    if not found:
        raise ServerFailed(f"the page has no callback for {output}")
    return found[0]


def values_of(workload: Workload, version: int, shift: float = 0.0) -> Values:
    """What the page's controls hold while a question is seen in its viewport, moved by degrees."""
    seen = workload.viewport
    return {
        (ids.ADDRESS, "search"): f"?{workload.query}" if workload.query else "",
        (ids.VIEWPORT, "data"): {
            "west": seen.west + shift, "south": seen.south,
            "east": seen.east - (1e-7 if shift else 0.0), "north": seen.north, "zoom": seen.zoom,
        },
        (ids.STORE_VERSION, "data"): version,
    }  # fmt: skip


def body_of(callback: dict[str, Any], values: Values, changed: str) -> dict[str, Any]:
    """The call of a callback as a browser posts it; what `values` does not name is null."""

    def fill(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [part | {"value": values.get((part["id"], part["property"]))} for part in parts]

    output = callback["output"]
    names = output.strip(".").split("...")
    outputs = [dict(zip(("id", "property"), n.rsplit(".", 1), strict=True)) for n in names]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": fill(callback["inputs"]),
        "state": fill(callback["state"]),
        "changedPropIds": [changed],
    }


class Page:
    """What a browser does to have a question answered: a session, and calls of the callback."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._cookie = ""
        _, headers = self._ask("GET", "/watch")
        self._cookie = headers.get("set-cookie", "").split(";")[0]
        body, _ = self._ask("GET", "/_dash-dependencies")
        self._callback = find_callback(json.loads(body), f"{ids.MAP}.figure")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def answer(self, workload: Workload, repeat: int) -> bytes:
        """The callback's answer for a question seen in its viewport, the bytes as sent."""
        # Never twice the same viewport, so that no kept answer can serve.
        values = values_of(workload, 0, (repeat + 2) * 1e-7)
        body = body_of(self._callback, values, f"{ids.ADDRESS}.search")
        sent, _ = self._ask("POST", CALLBACKS, json.dumps(body))
        return sent

    @staticmethod
    def count_of(sent: bytes) -> int:
        """The number of incidents that an answer puts on screen."""
        answer = json.loads(gzip.decompress(sent) if sent[:2] == b"\x1f\x8b" else sent)
        shown = answer["response"][ids.PICTURE_COUNT]["children"]
        return int(re.sub(r"\D", "", json.dumps(shown)))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[bytes, dict[str, str]]:
        headers = {"Accept-Encoding": "gzip", "Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        sent = response.read()
        if response.status != 200:
            raise ServerFailed(f"{method} {path} answered {response.status}: {sent[:200]!r}")
        answered = {name.lower(): value for name, value in response.getheaders()}
        packed = answered.get("content-encoding") == "gzip"
        if method == "GET" and packed:
            sent = gzip.decompress(sent)
        return sent, answered


def measure_callbacks(port: int, pid: int) -> tuple[list[dict[str, Any]], float | None]:
    """The whole callback over loopback for W0 to W5; and the server's memory after them, in MB."""
    with closing(Page(port)) as page:
        return [_measure_callback(page, workload) for workload in PICTURES], resident_mb(pid)


def _measure_callback(page: Page, workload: Workload) -> dict[str, Any]:
    page.answer(workload, -1)
    times, sent = [], b""
    for repeat in range(2 * ROUNDS):
        began = time.perf_counter()
        sent = page.answer(workload, repeat)
        times.append((time.perf_counter() - began) * 1e3)
        if times[-1] > SLOW_MS and repeat >= SLOW_ROUNDS - 1:
            break
    return {
        "workload": f"callback-{workload.id}",
        "title": f"whole callback over HTTP: {workload.title}",
        "selected": page.count_of(sent),
        "ours_ms": float(np.median(times)),
        "ours_p95_ms": float(np.percentile(times, 95)),
        "bytes": len(sent),
        "repeats": len(times),
    }


def find_browser() -> str | None:
    """Chromium and what drives it; None where either is missing."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return None
    return next((path for path in map(shutil.which, CHROMIUM) if path), None)


def measure_first_page(port: int, browser_path: str) -> list[dict[str, Any]]:
    """From the address to a picture with its count, each time with nothing kept by the browser."""
    from playwright.sync_api import Error, sync_playwright

    times, count = [], 0
    ready = f"#{ids.PICTURE_COUNT}[data-state=ready]"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(_FLAGS))
        try:
            for _ in range(PAGES):
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                began = time.perf_counter()
                page.goto(f"http://127.0.0.1:{port}/watch")
                page.wait_for_selector(ready, timeout=PATIENCE_S * 1e3)
                times.append((time.perf_counter() - began) * 1e3)
                count = int(re.sub(r"\D", "", page.inner_text(f"#{ids.PICTURE_COUNT}")))
                context.close()
        except Error as error:
            raise ServerFailed(str(error).splitlines()[0]) from error
        finally:
            browser.close()
    return [
        {
            "workload": "first-page",
            "title": "first page in a browser, nothing cached, to the counted picture",
            "selected": count,
            "ours_ms": float(np.median(times)),
            "ours_p95_ms": float(np.percentile(times, 95)),
            "repeats": len(times),
        }
    ]

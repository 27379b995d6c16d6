"""Two hundred screens at once: each holds the stream and draws every commit, as a browser does.

Reports are committed every two seconds by the command line's door while all screens look on.
What is timed is the way from the report's sending to the answer that each screen draws.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import gzip
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cop.bench import serving
from cop.bench.changes import write_asam, write_columns
from cop.bench.measure import resident_mb
from cop.bench.questions import PICTURES, W0
from cop.bulk import ingest_columns
from cop.geography import Geography
from cop.model.vocabulary import hazards, regions
from cop.settings import Settings
from cop.store import Store
from cop.ui import ids
from cop.web.control import ask_server

SCREENS, SAME, OFFICERS = 200, 150, 20
COMMITS, EVERY_S, CATCH_UP_S = 15, 2.0, 10.0
_FIRST_REPORT = 500_000
_OUTPUTS = {
    "picture": f"{ids.MAP}.figure",
    "list": f"{ids.LIST}.getRowsResponse",
    "desk": f"{ids.QUEUE}.children",
}


@dataclass
class _Screen:
    """One open page: its question, its session, and when it heard and drew which version."""

    port: int
    search: str
    officer: str
    cookie: str = ""
    newest: int = 0
    drawn: int = 0
    heard: list[tuple[int, float]] = field(default_factory=list)
    shown: list[tuple[int, float]] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)

    async def open(self) -> None:
        """A session and a name, on the connection that everything else is asked on."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._told = asyncio.Event()
        await self.ask("GET", "/watch")
        await self.ask("POST", "/officer", {"name": self.officer})

    async def listen(self) -> None:
        """Hear of every version, until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self._head("GET", "/events", b"", close=True))
            while line := await reader.readline():
                if not line.startswith(b"data: "):
                    continue
                version = json.loads(line[6:]).get("version", 0)
                if version > self.newest:
                    self.newest = version
                    self.heard.append((version, time.perf_counter()))
                    self._told.set()
        finally:
            writer.close()

    async def draw(self, callbacks: dict[str, dict[str, Any]]) -> None:
        """Ask for picture, list and desk whenever something newer was heard, until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            if self.drawn >= self.newest:
                continue
            version = self.newest
            began = time.perf_counter()
            for name, callback in callbacks.items():
                changed = f"{ids.STORE_VERSION}.data" if name != "list" else f"{ids.SHOWN}.data"
                body = serving.body_of(callback, self._values(version), changed)
                await self.ask("POST", serving.CALLBACKS, body)
                if name == next(iter(callbacks)):
                    self.took_ms.append((time.perf_counter() - began) * 1e3)
                    self.shown.append((version, time.perf_counter()))
            self.drawn = version
            if self.newest > version:
                self._told.set()

    def close(self) -> None:
        """End the connection."""
        self._writer.close()

    def _values(self, version: int) -> serving.Values:
        rows = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}
        return serving.values_of(W0, version) | {
            (ids.ADDRESS, "search"): self.search,
            (ids.LIST, "getRowsRequest"): rows,
        }

    def _head(self, method: str, path: str, body: bytes, *, close: bool = False) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            f"Cookie: {self.cookie}",
            *(["Connection: close"] if close else ["Accept-Encoding: gzip"]),
            *(["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    async def ask(self, method: str, path: str, sent: dict[str, Any] | None = None) -> bytes:
        """The body of an answer as it was sent. Raises ServerFailed for any other than 200."""
        body = b"" if sent is None else json.dumps(sent).encode()
        self._writer.write(self._head(method, path, body))
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length, chunked = 0, False
        for line in head[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = "chunked" in value
                case "set-cookie":
                    self.cookie = "; ".join(filter(None, [self.cookie, value.split(";")[0]]))
        answer = await (self._read_chunks() if chunked else self._reader.readexactly(length))
        if " 200 " not in head[0]:
            raise serving.ServerFailed(f"{method} {path} answered {head[0]}: {answer[:200]!r}")
        return answer

    async def _read_chunks(self) -> bytes:
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readline()
        return b"".join(parts)


def measure_screens(
    settings: Settings, geography: Geography, folder: Path, incidents: int
) -> list[dict[str, Any]]:
    """200 screens over a live store of its own of so many incidents, a report every two seconds.

    Raises ServerFailed where the server does not come up or refuses a screen.
    """
    file = folder / "screens.duckdb"
    _remove(file)
    store = Store(file, memory=settings.memory, threads=settings.threads)
    try:
        ingest_columns(store, geography, write_columns(incidents), actor="bench", name="screens")
    finally:
        store.close()
    try:
        with serving.serve(settings, file) as (port, pid):
            return [asyncio.run(_watch(file, port, pid, incidents))]
    finally:
        _remove(file)


async def _watch(file: Path, port: int, pid: int, incidents: int) -> dict[str, Any]:
    screens = [
        _Screen(port, search, f"Officer {n % OFFICERS + 1}") for n, search in enumerate(_searches())
    ]
    for screen in screens:
        await screen.open()
    declared = json.loads(_unpacked(await screens[0].ask("GET", "/_dash-dependencies")))
    callbacks = {k: serving.find_callback(declared, output) for k, output in _OUTPUTS.items()}
    tasks = [asyncio.create_task(screen.listen()) for screen in screens]
    tasks += [asyncio.create_task(screen.draw(callbacks)) for screen in screens]
    try:
        await _until_drawn(screens, 0, tasks)
        for screen in screens:
            screen.took_ms.clear()
        server_s, ours_s, began = _cpu_s(pid), time.process_time(), time.perf_counter()
        sent = []
        for n in range(COMMITS):
            due = began + n * EVERY_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent.append(await asyncio.to_thread(_commit, file, port, n))
        await _until_drawn(screens, sent[-1][0], tasks)
        took_s = time.perf_counter() - began
        server_s, ours_s = _cpu_s(pid) - server_s, time.process_time() - ours_s
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for screen in screens:
            screen.close()
    heard = _delays(sent, [screen.heard for screen in screens])
    shown = _delays(sent, [screen.shown for screen in screens])
    took = [ms for screen in screens for ms in screen.took_ms]
    return {
        "workload": f"screens-{SCREENS}",
        "title": f"{SCREENS} screens, {SAME} of one picture, {COMMITS} commits: a refresh",
        "incidents": incidents,
        "selected": incidents + COMMITS,
        "ours_ms": float(np.median(took)),
        "ours_p95_ms": float(np.percentile(took, 95)),
        "heard_p95_ms": float(np.percentile(heard, 95)),
        "shown_ms": float(np.median(shown)),
        "shown_p95_ms": float(np.percentile(shown, 95)),
        "shown_max_ms": float(np.max(shown)),
        "refreshes": len(took),
        "server_cpu_percent": 100 * server_s / took_s,
        "server_cpu_ms_per_commit": 1e3 * server_s / COMMITS,
        "screens_cpu_percent": 100 * ours_s / took_s,
        "server_rss_mb": resident_mb(pid),
    }


def _searches() -> list[str]:
    """The questions: most screens have one picture, the others each their own."""
    kinds = [term.slug for term in hazards()]
    seas = [term.slug for term in regions()]
    own = [
        f"?hazard={kinds[n % len(kinds)]}" if n % 2 else f"?region={seas[n % len(seas)]}"
        for n in range(SCREENS - SAME - len(PICTURES) + 1)
    ]
    asked = [f"?{picture.query}" for picture in PICTURES if picture.query]
    return ["?severity=3,4,5"] * SAME + [*asked, *own][: SCREENS - SAME]


def _commit(file: Path, port: int, n: int) -> tuple[int, float]:
    """A report through the door: the version that holds it, and when it was sent."""
    sent_at = time.perf_counter()
    arguments = {"feed": "asam", "names": [f"report-{n}"]}
    ask_server(file, "ingest", arguments, [write_asam(1, _FIRST_REPORT + n)], "red")
    return serving.version_of(port), sent_at


async def _until_drawn(
    screens: list[_Screen], version: int, tasks: list[asyncio.Task[None]]
) -> None:
    """Wait until each screen has drawn a version; a screen that ended says why it did."""
    until = time.perf_counter() + CATCH_UP_S + EVERY_S * COMMITS
    while time.perf_counter() < until:
        for task in tasks:
            if task.done():
                task.result()
                raise serving.ServerFailed("a stream ended by itself")
        if all(screen.drawn and screen.drawn >= version for screen in screens):
            return
        await asyncio.sleep(0.02)
    late = sum(screen.drawn < version or not screen.drawn for screen in screens)
    raise serving.ServerFailed(f"{late} of {len(screens)} screens never drew version {version}")


def _delays(sent: list[tuple[int, float]], noted: list[list[tuple[int, float]]]) -> list[float]:
    """Milliseconds from each report's sending until each screen had it."""
    found = []
    for notes in noted:
        versions = [version for version, _ in notes]
        for version, sent_at in sent:
            first = notes[bisect.bisect_left(versions, version)][1]
            found.append((first - sent_at) * 1e3)
    return found


def _cpu_s(pid: int) -> float:
    """Processor seconds of a process so far, proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _unpacked(answer: bytes) -> bytes:
    return gzip.decompress(answer) if answer[:2] == b"\x1f\x8b" else answer


def _remove(file: Path) -> None:
    for path in file.parent.glob(f"{file.name}*"):
        with contextlib.suppress(IsADirectoryError):
            path.unlink()

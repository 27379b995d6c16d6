"""Signs of life and changes: told within two seconds, ended with the session, cheap for many."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from synthetic import incident, put
from test_stopping import START_S, serving

from cop.errors import StoreDamaged
from cop.model.viewer import Viewer
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.web.alarms import find_alarms
from cop.web.live import Live


@pytest.fixture
def services(tmp_path: Path, geography: Any) -> Any:
    settings = Settings(store=tmp_path / "live.duckdb", heartbeat_s=0.3)
    store = Store.memory()
    yield Services(settings, store, geography, ())
    store.close()


def run(watch: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run it on a loop and in a thread of its own: a browser test leaves a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(watch())).result()


def read(message: str) -> tuple[str, dict[str, Any]]:
    """The event's name and body."""
    lines = dict(line.split(": ", 1) for line in message.strip().splitlines())
    return lines["event"], json.loads(lines["data"])


def test_a_commit_is_told_at_once_and_silence_is_broken_by_heartbeats(services: Services) -> None:
    async def watch() -> None:
        live = Live(services)
        stream = live.stream(lambda: True)
        first = await anext(stream)
        assert first.startswith("retry: ")
        event, body = read(first)
        assert (event, body["version"]) == ("version", services.store.version)
        assert body["at"].endswith("Z")
        beat = read(await asyncio.wait_for(anext(stream), 2))[1]
        assert beat["version"] == body["version"]
        assert beat["at"] > body["at"]
        writer = threading.Thread(target=put, args=(services.store, incident("asam-1")))
        began = time.monotonic()
        writer.start()
        while read(await asyncio.wait_for(anext(stream), 2))[1]["version"] == body["version"]:
            assert time.monotonic() - began < 2
        writer.join()
        await stream.aclose()
        assert live.clients == 0

    run(watch)


def test_a_burst_is_told_as_one_and_a_slow_client_gets_the_newest(services: Services) -> None:
    async def watch() -> None:
        live = Live(services)
        stream = live.stream(lambda: True)
        await anext(stream)
        for n in range(20):
            await asyncio.to_thread(put, services.store, incident(f"asam-{n}"))
        await asyncio.sleep(0.5)
        assert read(await anext(stream))[1]["version"] == services.store.version
        live.end()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    run(watch)


def test_a_stream_ends_with_its_session(services: Services) -> None:
    async def watch() -> None:
        live = Live(services)
        admitted = True
        stream = live.stream(lambda: admitted)
        await anext(stream)
        await asyncio.wait_for(anext(stream), 2)
        admitted = False
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(stream), 2)

    run(watch)


def test_a_store_that_does_not_answer_is_never_told_as_calm(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise StoreDamaged("the store does not open")

    async def watch() -> None:
        live = Live(services)
        stream = live.stream(lambda: True)
        await anext(stream)
        with monkeypatch.context() as patch:
            patch.setattr(services.store, "read", fail)
            event, body = read(await asyncio.wait_for(anext(stream), 2))
            assert (event, body["error"]) == ("failed", "the store does not open")
        assert read(await asyncio.wait_for(anext(stream), 2))[0] == "version"
        await stream.aclose()

    run(watch)


def test_two_hundred_streams_are_one_task_and_cost_next_to_nothing(services: Services) -> None:
    async def watch() -> float:
        live = Live(services)
        streams = [live.stream(lambda: True) for _ in range(200)]
        await asyncio.gather(*(anext(stream) for stream in streams))
        assert live.clients == 200
        assert len(asyncio.all_tasks()) < 5
        threads = threading.active_count()
        began = time.process_time()
        for _ in range(3):
            await asyncio.gather(*(anext(stream) for stream in streams))
        spent = time.process_time() - began
        assert threading.active_count() <= threads + 1
        for stream in streams:
            await stream.aclose()
        return spent

    assert run(watch) < 1.0, "three rounds of two hundred messages"


def test_only_a_session_hears_anything(client: TestClient) -> None:
    assert client.get("/events").status_code == 401
    assert client.post("/events").status_code == 405


def test_a_server_told_to_stop_does_not_wait_for_open_screens(tmp_path: Path) -> None:
    with serving(tmp_path / "live.duckdb") as process:
        port = _port_of(process)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/watch")
        page = connection.getresponse()
        page.read()
        cookie = str(page.headers["set-cookie"]).split(";")[0]
        connection.request("GET", "/events", headers={"cookie": cookie, "accept-encoding": "gzip"})
        stream = connection.getresponse()
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in stream.headers
        assert stream.readline().startswith(b"retry:")
        assert stream.readline() == b"event: version\n"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0
        assert time.monotonic() - began < 10
        connection.close()


def _port_of(process: Any) -> int:
    """The port in the environment that the process was started with."""
    environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
    return int(next(e for e in environment if e.startswith(b"COP_PORT=")).partition(b"=")[2])


def test_alarms_are_for_what_is_severe_new_and_recent(world: Any, client: TestClient) -> None:
    now = world.services.store.clock()
    after = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    assert client.get("/api/alarms").status_code == 400
    assert client.get("/api/alarms?after=soon").json()["key"] == "after"
    day = timedelta(days=1)
    put(
        world.services.store,
        incident("asam-worst", severity="5", start=now - day, tlp="amber"),
        incident("asam-high", severity="4", start=now - day),
        incident("asam-calm", severity="3", start=now - day),
        incident("asam-old", severity="5", start=now - 60 * day),
    )
    told = client.get(f"/api/alarms?after={after}").json()
    found = {row["id"]: row["severity"] for row in told["rows"]}
    assert found.items() >= {"asam-worst": 5, "asam-high": 4}.items()
    assert not {"asam-calm", "asam-old"} & set(found)
    assert all(row["kind"] == "new" for row in told["rows"])
    assert told["through"] >= after
    less = find_alarms(world.services, Viewer("less cleared", "clear"), now)
    assert [row["id"] for row in less["rows"]] == ["asam-high"]
    assert less["total"] == 1


def test_alarms_are_acknowledged_by_a_named_officer_of_our_page_only(
    world: Any, client: TestClient
) -> None:
    put(world.services.store, incident("asam-heard", severity="5"))
    path, body = "/api/alarms/acknowledge", {"ids": ["asam-heard"]}
    client.get("/watch")
    nameless = client.post(path, json=body)
    assert (nameless.status_code, nameless.json()) == (400, {"error": "give your name"})
    client.post("/officer", json={"name": "Okoro"})
    foreign = {"origin": "http://evil.example"}
    assert client.post(path, json=body, headers=foreign).status_code == 403
    assert client.get(path).status_code == 405
    for bad in (
        b"",
        b"[]",
        b'{"ids": "a"}',
        b'{"ids": [" "]}',
        b'{"ids": ["\\ud800"]}',
        b"[" * 5000,
    ):
        assert client.post(path, content=bad).status_code == 400
    assert client.post(path, json={"ids": ["a"] * 51}).status_code == 400
    told = client.post(path, json=body).json()
    assert told == {"acknowledged": ["asam-heard"], "already": [], "gone": []}

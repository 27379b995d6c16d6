"""A server told to stop closes what it opened; one that was killed leaves nothing in the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cop.store import Store

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


@contextmanager
def serving(store: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server on that store that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"COP_STORE": str(store), "COP_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        give_up = time.monotonic() + START_S
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < give_up, "the server does not answer"
                time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_server_told_to_stop_closes_its_store(tmp_path: Path, told: signal.Signals) -> None:
    file = tmp_path / "live.duckdb"
    with serving(file) as process:
        door = file.with_name("live.duckdb.sock")
        assert door.exists()
        process.send_signal(told)
        assert process.wait(START_S) == 0
    assert not door.exists()
    assert not file.with_name("live.duckdb.wal").exists(), "the log is in the file"


def test_what_a_killed_server_leaves_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "live.duckdb"
    with serving(file) as process:
        process.kill()
        process.wait()
    assert file.with_name("live.duckdb.sock").exists()
    with serving(file):
        pass
    store = Store(file)
    assert store.read("verify", None)["regions"]
    store.close()

"""Services over a store in memory with the reference lists and a few records of our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import layers
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.viewer import Viewer
from cop.seed import write_reference
from cop.services import Services
from cop.settings import ROOT, Settings
from cop.store import Store

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "asam"
NOW = datetime(2026, 11, 23, 12, 58)


@pytest.fixture(scope="session")
def services(geography: Geography) -> Iterator[Services]:
    """Nobody may write to it."""
    store = Store.memory(clock=lambda: NOW)
    with store.write(actor="test", action="store.seed", subject="reference") as writer:
        write_reference(writer, ROOT / "data" / "reference")
    for name in ("plain.csv", "hostile.csv"):
        data = (FIXTURES / name).read_bytes()
        ingest(store, geography, "asam", data, actor="test", name=name)
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


@pytest.fixture
def viewer() -> Viewer:
    return Viewer("test", "red")

"""What several folders of tests share: the repository's places, its geography, a made-up store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from synthetic import Synthetic, make_synthetic

from cop.geography import Geography

ROOT = Path(__file__).resolve().parents[1]

# Two cores shared with other work: an example that waits for them has not failed.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the settings of who runs it."""
    for name in [name for name in os.environ if name.startswith("COP_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def geography() -> Geography:
    return Geography.load(ROOT / "data" / "reference")


@pytest.fixture(scope="session")
def synthetic() -> Iterator[Synthetic]:
    """A store of some 400 made-up incidents in several versions; nobody may write to it."""
    made = make_synthetic()
    yield made
    made.store.close()

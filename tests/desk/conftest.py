"""The desk that these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk_world import NOON, Desk

from cop.store import Store


@pytest.fixture
def world() -> Iterator[Desk]:
    """A desk with one incident `a`, of yesterday, severity 3, TLP:CLEAR."""
    clock = [NOON]
    made = Desk(Store.memory(clock=lambda: clock[0]), clock)
    made.put("a")
    yield made
    made.store.read("verify", None)
    made.store.close()

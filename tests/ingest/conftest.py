"""A store of its own for each test, that must keep its own rules, and a hand that takes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from asam_inputs import Take

from cop.geography import Geography
from cop.ingest import Tally, ingest
from cop.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.memory(clock=lambda: datetime(2026, 11, 23, 12))
    yield made
    made.read("verify", None)  # whatever a test did, the store still keeps its own rules
    made.close()


@pytest.fixture
def take(store: Store, geography: Geography) -> Take:
    """Take in bytes of a feed, ASAM if none is named, and check that no record was lost."""

    def _take(data: bytes, feed: str = "asam") -> Tally:
        tally = ingest(store, geography, feed, data, actor="test", name="made-up")
        assert tally.received == tally.accepted + tally.quarantined + tally.rejected
        assert tally.accepted == tally.new + tally.updated + tally.unchanged
        return tally

    return _take

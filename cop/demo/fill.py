"""Fill a store with a synthetic world, batch by batch, each batch one audited transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from cop.demo.places import MOST_POSITIONS, find_places
from cop.demo.rows import build_batch
from cop.errors import BadInput
from cop.feeds import ALL as FEEDS
from cop.geography import Geography
from cop.positions_demo import fill_demo
from cop.seed import write_reference
from cop.store import Store

ACTOR = "system:demo"
ACTION = "demo.fill"
# The last day of the world the benchmark measures: its questions name days before it.
END = datetime(2026, 7, 1)
LAST_FIRST_DAY = datetime(1978, 1, 1)
# Whole row groups of the store, so that what is written is not written twice through its log.
BATCH = 4 * 122_880
MOST_INCIDENTS = 100_000_000
MOST_POSITIONS_ADDED = 1_000_000_000
UNLOCATED_SHARE = 0.01


def fill(
    store: Store,
    geography: Geography,
    *,
    incidents: int,
    seed: int = 1,
    until: datetime | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Add so many synthetic incidents to a new store or a demo world; how many it holds then.

    Equal `incidents`, `seed` and `until` (default: today by the store's clock) give equal
    incidents. They lie in the order of their cells, and happened from 1978 to `until`, most of
    them lately. Raises BadInput, with nothing written, for a store that is not a demo world.
    """
    if not 1 <= incidents <= MOST_INCIDENTS:
        raise BadInput(f"a demo world takes 1 to {MOST_INCIDENTS:,} incidents at a time")
    if seed < 0:
        raise BadInput("the seed is a whole number from 0")
    held = _held(store)
    until = until or store.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    _begin(store, geography)
    rng = np.random.default_rng(seed)
    places = find_places(geography, rng, min(MOST_POSITIONS, max(2_000, incidents)))
    n_unlocated = int(incidents * UNLOCATED_SHARE)
    per_place = rng.multinomial(incidents - n_unlocated, places.weight)
    # -1: no position. The rest follow in the order of the places, which is that of cells.
    place = np.repeat(np.arange(-1, len(places.lon), dtype=np.int32), [n_unlocated, *per_place])
    for batch, first in enumerate(range(0, incidents, BATCH)):
        part = place[first : first + BATCH]
        numbers = held + _shuffled(np.arange(first, first + len(part)), incidents) + 1
        with store.write(actor=ACTOR, action=ACTION, subject=f"{len(part)} incidents") as writer:
            runs_from = writer.next_number("feed_runs", "run_id")
            made = build_batch(
                places,
                part,
                numbers,
                np.random.default_rng([seed, batch]),
                (LAST_FIRST_DAY, until),
                # Nothing is recorded after the change that records it.
                min(until, writer.at),
                runs_from,
            )
            writer.add_history(made.incidents, made.earlier, made.reports)
            for run in _runs(made.by_feed, runs_from, writer.at):
                writer.add_run(run)
            writer.note(seed=seed, incidents=incidents, batch=batch)
        progress(first + len(part))
    total = held + incidents
    with store.write(actor=ACTOR, action="demo.finish", subject="demo world") as writer:
        writer.set_meta(
            "demo", json.dumps({"incidents": total, "seed": seed, "until": until.isoformat()})
        )
    return total


def fill_positions(
    store: Store, geography: Geography, positions: int, seed: int = 1, until: datetime | None = None
) -> int:
    """Add so many synthetic vessel positions of the 30 days before `until`; of how many vessels.

    Raises BadInput, with nothing written, for a store that is not a demo world.
    """
    if not 1 <= positions <= MOST_POSITIONS_ADDED:
        raise BadInput(f"a demo world takes 1 to {MOST_POSITIONS_ADDED:,} positions at a time")
    if seed < 0:
        raise BadInput("the seed is a whole number from 0")
    _held(store)
    _begin(store, geography)
    return fill_demo(store, geography, positions, seed, end=until, actor=ACTOR)


def _begin(store: Store, geography: Geography) -> None:
    """Label the store as a demo world before anything is in it."""
    with store.write(actor=ACTOR, action="demo.begin", subject="demo world") as writer:
        writer.set_meta("world", "demo")
        write_reference(writer, geography.folder)


def _held(store: Store) -> int:
    """How many incidents the demo world holds; raises BadInput for any other world."""
    counts = store.read("counts", None)
    world = store.read("meta", None).get("world")
    is_new = world is None and not any(
        counts[name] for name in ("reports", "incidents", "positions")
    )
    if world != "demo" and not is_new:
        raise BadInput(
            "this store holds the live picture; a demo world needs a file of its own "
            "(COP_STORE names it)"
        )
    return int(counts["incidents"])


def _shuffled(places: np.ndarray, size: int) -> np.ndarray:
    """Each of 0 to size-1 once, scattered: a number says nothing of where or when."""
    step = 2_654_435_761 % size or 1
    while np.gcd(step, size) != 1:
        step += 1
    return (places.astype(np.int64) * step) % size


def _runs(by_feed: dict[int, int], runs_from: int, at: datetime) -> list[dict[str, Any]]:
    """One run a feed, as if each had sent its part of the batch."""
    names = {feed.code: feed.id for feed in FEEDS}
    return [
        {
            "run_id": runs_from + n,
            "feed": names[code],
            "input_name": "synthetic world",
            "input_sha256": "",
            "started_at": at,
            "finished_at": at,
            "state": "ok",
            "reason": "",
            "received": count,
            "accepted": count,
            "new": count,
            **dict.fromkeys(("quarantined", "rejected", "updated", "unchanged"), 0),
        }
        for n, (code, count) in enumerate(sorted(by_feed.items()))
    ]

"""Single rows of a snapshot: which are met, and what is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cop.store.index.asking import Asking
from cop.store.index.coding import GROUP_OF, Unusual
from cop.store.index.picking import Masks
from cop.store.index.snapshot import Snapshot
from cop.store.index.tally import find, sources

# Row numbers in the base, and row numbers in the tail.
Found = tuple[np.ndarray, np.ndarray]


def rows_of(
    snapshot: Snapshot, asking: Asking, masks: Masks | None, *, unlocated: bool = False
) -> Found:
    """The met rows: numbers in the base and numbers in the tail."""
    parts = []
    for source in sources(snapshot, masks):
        blocks = source.blocks(asking)
        rows = np.zeros(blocks.n_rows, np.int64)
        part = (blocks.chosen, blocks.states)
        found = find(source, asking, part, rows, unlocated=unlocated)
        parts.append(rows[:found])
    return parts[0], parts[1]


def take_numbers(snapshot: Snapshot, found: Found, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Columns of the segments for rows found, base first."""
    return {
        name: np.concatenate(
            [
                getattr(segment, name)[rows]
                for segment, rows in zip((snapshot.base, snapshot.tail), found, strict=True)
            ]
        )
        for name in names
    }


def take_codes(snapshot: Snapshot, found: Found, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Columns that are coded by the dictionaries."""
    taken = {}
    for name in names:
        n = GROUP_OF[name]
        codes = take_numbers(snapshot, found, ("abc"[n],))["abc"[n]]
        taken[name] = snapshot.dictionaries[n].small[name][codes]
    return taken


def some_of(found: Found, places: np.ndarray) -> Found:
    """The rows at ascending places among those found, base first."""
    in_base = places < len(found[0])
    return found[0][places[in_base]], found[1][places[~in_base] - len(found[0])]


def take_texts(snapshot: Snapshot, found: Found, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """Columns that are kept as texts. Raises Unusual while they are not at hand."""
    kept = (snapshot.texts, snapshot.tail_texts)
    taken: dict[str, list[Any]] = {name: [] for name in names}
    for segment, rows, texts in zip((snapshot.base, snapshot.tail), found, kept, strict=True):
        if not len(rows):
            continue
        if texts is None:
            raise Unusual("the texts are not at hand yet")
        for name, values in texts.take(names, segment.place[rows]).items():
            taken[name] += values
    return taken

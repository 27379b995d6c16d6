"""The worlds measured: demo stores by size and seed, made once and kept under `var/bench`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from cop.demo import END, fill
from cop.geography import Geography
from cop.settings import Settings
from cop.store import Store

# Raised when the generator makes other worlds, so that an old file is not taken for a new one.
EDITION = 2


def folder_of(settings: Settings) -> Path:
    """Where worlds are kept: `bench` beside the live store."""
    return settings.store_file.parent / "bench"


def find_world(
    settings: Settings, folder: Path, incidents: int, seed: int, say: Callable[[str], None]
) -> tuple[Path, float | None]:
    """The file of a world, made if it is not there yet; the seconds that took, None if kept.

    A world is filled under another name and renamed when whole.
    """
    file = folder / f"demo-{incidents}-seed{seed}-v{EDITION}.duckdb"
    if file.exists():
        say(f"world of {incidents:,}: kept from an earlier run")
        return file, None
    folder.mkdir(parents=True, exist_ok=True)
    for older in folder.glob(f"demo-{incidents}-seed{seed}-v*.duckdb*"):
        older.unlink()
    part = file.with_suffix(".part")
    for old in (part, part.with_name(part.name + ".wal")):
        old.unlink(missing_ok=True)
    began = time.perf_counter()
    store = Store(part, memory=settings.memory, threads=settings.threads)
    try:
        fill(
            store,
            Geography.load(settings.data / "reference"),
            incidents=incidents,
            seed=seed,
            until=END,
            progress=lambda done: say(f"world of {incidents:,}: {done:,} filled"),
        )
    finally:
        store.close()
    os.replace(part, file)
    return file, round(time.perf_counter() - began, 1)

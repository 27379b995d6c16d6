"""One run: every workload at one size in this process, or at all sizes, a process each."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from cop.bench import beside, changes, exporting, ours, screens, serving, worlds
from cop.bench.measure import resident_mb
from cop.bench.peers import in_memory
from cop.bench.peers.plain import Plain
from cop.bench.questions import PICTURES
from cop.bench.reads import measure_reads
from cop.errors import CopError
from cop.geography import Geography
from cop.services import Services
from cop.settings import Settings
from cop.store import Store

SIZES = (10_000, 1_000_000, 10_000_000)
SEED = 1
MILLION = 1_000_000
REQUIRED = ("incidents", "selected", "ours_ms", "ours_p95_ms")
PEERS = (
    "naive_ms", "plain_ms", "grouping_sets_ms", "polars_ms", "datashader_ms", "scan_ms",
)  # fmt: skip
_VERSIONS = ("duckdb", "pandas", "plotly", "pyarrow", "numpy", "numba", "polars", "datashader")
Say = Callable[[str], None]


def run_sizes(settings: Settings, sizes: tuple[int, ...], seed: int, say: Say) -> dict[str, Any]:
    """Every size in a process of its own, so that none inherits another's memory."""
    if len(sizes) == 1:
        return run_size(settings, sizes[0], seed, say)
    began = time.perf_counter()
    whole: dict[str, Any] = {}
    for size in sizes:
        command = ["bench", "--json", "--seed", str(seed), "--incidents", str(size)]
        done = subprocess.run(
            [sys.executable, "-m", "cop", *command], stdout=subprocess.PIPE, check=False
        )
        if done.returncode:
            raise CopError(f"measuring {size:,} incidents failed; what it said stands above")
        part = json.loads(done.stdout)
        if not whole:
            whole = part
        else:
            whole["workloads"] += part["workloads"]
            whole["sizes"] |= part["sizes"]
            whole["notes"] += [note for note in part["notes"] if note not in whole["notes"]]
    whole["growth"] = measure_growth(whole["workloads"])
    whole["took_s"] = round(time.perf_counter() - began)
    return whole


def run_size(settings: Settings, incidents: int, seed: int, say: Say) -> dict[str, Any]:
    """Every workload at one size: see the module `report` for what the keys mean."""
    began = time.perf_counter()
    folder = worlds.folder_of(settings)
    world, made_s = worlds.find_world(settings, folder, incidents, seed, say)
    geography = Geography.load(settings.data / "reference")
    notes: list[str] = []
    size: dict[str, Any] = {"world_s": made_s, "world_mb": round(world.stat().st_size / 1e6)}
    size |= _weigh(settings, geography, world, say)
    say(f"{incidents:,}: the peers' table")
    peers_file = folder / f"peers-{incidents}.duckdb"
    plain = Plain(world, peers_file)
    store = _open(settings, world)
    try:
        services = Services(settings, store, geography, ())
        rows = measure_reads(services, plain, incidents, notes, say)
        say(f"{incidents:,}: exports")
        rows += exporting.measure_exports(services, incidents)
        say(f"{incidents:,}: changes")
        rows += changes.measure_upserts(store, plain)
    finally:
        store.close()
        plain.close()
        peers_file.unlink(missing_ok=True)
    say(f"{incidents:,}: ingest")
    rows += changes.measure_ingest(settings, geography, folder)
    rows += changes.measure_bulk(settings, geography, folder)
    say(f"{incidents:,}: readers beside an import")
    rows += beside.measure_readers(settings, geography, folder)
    say(f"{incidents:,}: over HTTP")
    try:
        rows += _measure_serving(settings, world, size, notes)
    except serving.ServerFailed as failure:
        notes.append(f"over HTTP at {incidents:,}: not measured, {failure}")
    if incidents < MILLION:  # their store is filled for them alone
        say(f"{screens.SCREENS} screens")
        try:
            rows += screens.measure_screens(settings, geography, folder, incidents)
        except serving.ServerFailed as failure:
            notes.append(f"{screens.SCREENS} screens: not measured, {failure}")
    size["took_s"] = round(time.perf_counter() - began)
    return {
        "workloads": [_complete(row, incidents) for row in rows],
        "sizes": {str(incidents): size},
        "growth": {},
        "seed": seed,
        "machine": _machine(),
        "versions": {"python": platform.python_version(), **_versions()},
        "missing": [*in_memory.find_missing(), *([] if serving.find_browser() else ["browser"])],
        "notes": notes,
        "ran_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        "took_s": size["took_s"],
    }


def measure_growth(rows: list[dict[str, Any]]) -> dict[str, float]:
    """The exponent of time in the number of incidents from 1 to 10 million, by workload."""
    at = {(row["workload"], row["incidents"]): row["ours_ms"] for row in rows}
    return {
        name: round(math.log10(at[name, 10_000_000] / at[name, 1_000_000]), 2)
        for name, size in at
        if size == 10_000_000 and at.get((name, 1_000_000))
    }


def _open(settings: Settings, world: Path) -> Store:
    """A world's store as a server has it, its index loaded."""
    store = Store(world, memory=settings.memory, threads=settings.threads)
    store.load_index()
    return store


def _weigh(settings: Settings, geography: Geography, world: Path, say: Say) -> dict[str, Any]:
    """How long opening takes and what memory answering needs, before anything else is loaded."""
    began = time.perf_counter()
    store = _open(settings, world)
    try:
        services = Services(settings, store, geography, ())
        opened_s = time.perf_counter() - began
        for workload in PICTURES:
            ours.answer_picture(services, workload, 0)
        memory = resident_mb()
    finally:
        store.close()
    say(f"opened in {opened_s:.1f} s, {memory} MB")
    return {"open_s": round(opened_s, 2), "rss_mb": memory}


def _measure_serving(
    settings: Settings, world: Path, size: dict[str, Any], notes: list[str]
) -> list[dict[str, Any]]:
    with serving.serve(settings, world) as (port, pid):
        rows, size["server_rss_mb"] = serving.measure_callbacks(port, pid)
        browser = serving.find_browser()
        if browser:
            try:
                rows += serving.measure_first_page(port, browser)
            except serving.ServerFailed as failure:
                notes.append(f"first page in a browser: not measured, {failure}")
        else:
            notes.append("first page in a browser: not measured, no Chromium or no playwright")
    return rows


def _complete(row: dict[str, Any], incidents: int) -> dict[str, Any]:
    """The row with every key there is, null where nothing was measured."""
    empty: dict[str, Any] = dict.fromkeys((*PEERS, "bytes"))
    rounded = {
        key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()
    }
    return {"workload": row["workload"], "incidents": incidents, **empty, **rounded}


def _machine() -> dict[str, Any]:
    with open("/proc/meminfo", encoding="ascii") as told:
        memory_mb = int(told.readline().split()[1]) // 1024
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": memory_mb,
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _VERSIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found

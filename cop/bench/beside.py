"""What readers are told how soon while a bulk import of our own columns runs beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from cop.bench import changes, ours
from cop.bench.changes import ACTOR, remove, write_columns
from cop.bench.measure import resident_mb
from cop.bench.questions import PICTURES
from cop.bulk import ingest_columns
from cop.geography import Geography
from cop.services import Services
from cop.settings import Settings
from cop.store import Store

ALONE_S = 4.0
# A reader looks at what was answered before asking again: two ask a core dry otherwise.
BETWEEN_S = 0.05


def measure_readers(settings: Settings, geography: Geography, folder: Path) -> list[dict[str, Any]]:
    """Whole pictures of a store alone, and while as many rows again are imported into it.

    `alone_ms` and `alone_p95_ms` stand beside `ours_ms`, which is during the import; `ratio` is
    that of the medians, `ratio_p95` that of the 95th percentiles. `peak_mb` is the process's
    memory at its highest while the import ran, the file's bytes included.
    """
    file, records = folder / "readers.duckdb", changes.BULK_RECORDS
    remove(file)
    store = Store(file, memory=settings.memory, threads=settings.threads)
    try:
        data = write_columns(records)
        ingest_columns(store, geography, data, actor=ACTOR, name="first")
        store.load_index()
        services = Services(settings, store, geography, ())
        _read_until(services, _after(1.0))
        alone = _read_until(services, _after(ALONE_S))
        data = write_columns(records, records)
        with ThreadPoolExecutor(1) as beside:
            began = time.perf_counter()
            running = beside.submit(
                ingest_columns, store, geography, data, actor=ACTOR, name="second"
            )
            peak = _Peak()
            during = _read_until(services, lambda: running.done())
            tally, took_s = running.result(), time.perf_counter() - began
            peak_mb = peak.stop()
        assert tally.new == records, tally
        counted = ours.answer_picture(services, PICTURES[0], 0).count
        assert counted == 2 * records, counted
    finally:
        store.close()
        remove(file)
    median, p95 = float(np.median(during)), float(np.percentile(during, 95))
    alone_ms, alone_p95 = float(np.median(alone)), float(np.percentile(alone, 95))
    return [
        {
            "workload": "readers-during-import",
            "title": f"a whole picture while {records:,} rows are imported",
            "selected": records,
            "ours_ms": median,
            "ours_p95_ms": p95,
            "alone_ms": alone_ms,
            "alone_p95_ms": alone_p95,
            "ratio": median / alone_ms,
            "ratio_p95": p95 / alone_p95,
            "records_per_s": round(records / took_s),
            "peak_mb": peak_mb,
        }
    ]


def _read_until(services: Services, is_over: Callable[[], bool]) -> list[float]:
    """Milliseconds of whole pictures, all questions in turn, asked one after the other."""
    took: list[float] = []
    repeat = 0
    while not took or not is_over():
        for workload in PICTURES:
            began = time.perf_counter()
            ours.answer_picture(services, workload, repeat)
            took.append((time.perf_counter() - began) * 1e3)
            time.sleep(BETWEEN_S)
        repeat += 1
    return took


def _after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


class _Peak:
    """The highest resident memory of this process from now on, looked at ten times a second."""

    def __init__(self) -> None:
        self._most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, resident_mb() or 0.0)

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most

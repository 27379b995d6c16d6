"""Exports of a whole world: how long they take, and how much memory the process grows by."""

from __future__ import annotations

import os
import time
from typing import Any

from cop.bench import ours
from cop.bench.measure import resident_mb
from cop.exports import find_format, open_export
from cop.model.vocabulary import LIFECYCLES
from cop.services import Services

FORMATS = ("csv", "parquet")
# Ten million rows take a minute a format, and show nothing that a million does not.
MOST_INCIDENTS = 1_000_000


def measure_exports(services: Services, incidents: int) -> list[dict[str, Any]]:
    """Rows `export-<format>` of the report: every incident, written to nowhere.

    `rss_growth_mb` is the highest resident memory during the export above that before it; what the
    store keeps of the pages it reads is in it. Worlds above a million incidents are not exported.
    """
    if incidents > MOST_INCIDENTS:
        return []
    return [_measure(services, form) for form in FORMATS]


def _measure(services: Services, form: str) -> dict[str, Any]:
    where = services.ask(f"status={','.join(LIFECYCLES.slugs)}", ours.VIEWER)
    before = resident_mb()
    highest = before or 0.0

    def watch(_: int) -> None:
        nonlocal highest
        highest = max(highest, resident_mb() or 0.0)

    began, worked = time.perf_counter(), time.process_time()
    with (
        open_export(
            services.store, where, find_format(form), world=services.world(), address=""
        ) as export,
        open(os.devnull, "wb") as out,
    ):
        manifest = export.write(out, watch)
    took_ms = (time.perf_counter() - began) * 1e3
    worked_s = time.process_time() - worked
    return {
        "workload": f"export-{form}",
        "title": f"every incident as {form}",
        "selected": manifest["rows"],
        "ours_ms": took_ms,
        "ours_p95_ms": took_ms,
        "file_bytes": manifest["bytes"],
        "rss_growth_mb": None if before is None else round(highest - before, 1),
        "rows_per_s": round(manifest["rows"] / took_ms * 1e3),
        "rows_per_processor_s": round(manifest["rows"] / max(worked_s, 1e-3)),
    }

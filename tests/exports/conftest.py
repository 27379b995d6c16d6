"""A small world with everything a format can stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from export_samples import HOSTILE, NOW, Write, ask
from synthetic import incident, put

from cop.exports import find_format, open_export
from cop.query.where import Where
from cop.store import Store


@pytest.fixture(scope="session")
def hostile() -> Iterator[Store]:
    """Fourteen incidents: hostile titles, the date line, a pole, no position, a withdrawn one."""
    store = Store.memory(clock=lambda: NOW)
    rows = [
        incident(
            f"asam-{n:02}",
            title=title,
            summary="Call +44 20 7946 0958 or watch@example.org" if n == 0 else "",
            lon=(-180.0, 180.0, -0.5, 179.999)[n % 4],
            lat=(-25.5, 0.0, -90.0, 90.0)[n % 4],
            start=datetime(2026, 5, 1 + n, 6, 30),
            time_precision="instant" if n % 2 else "date",
            region="oceania",
            areas=("cabo-delgado", "hormuz") if n == 1 else (),
            tlp="green" if n < 5 else "clear",
        )
        for n, title in enumerate(HOSTILE)
    ]
    rows += [
        incident("asam-nowhere", title="No position"),
        incident("imb-red", title="Unheard of", tlp="red", source="imb", lon=3.0, lat=4.0),
        incident("asam-gone", title="Withdrawn", status="withdrawn", lon=1.0, lat=2.0),
    ]
    put(store, *rows)
    yield store
    store.close()


@pytest.fixture(scope="session")
def write(hostile: Store) -> Write:
    """Write a question of the hostile world to a file; its manifest."""

    def _write(file: Path, form: str, where: Where | None = None, **options: Any) -> dict[str, Any]:
        told = {"world": "live", "address": "http://127.0.0.1:8050"} | options
        with (
            open_export(hostile, where or ask(), find_format(form), **told) as export,
            file.open("wb") as out,
        ):
            return export.write(out)

    return _write

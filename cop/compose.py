"""Putting the parts together: settings, store, seed, geography, and the layers handed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cop.geography import Geography
from cop.layer import Layer
from cop.seed import seed
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.switches import check_feeds_off


@contextmanager
def open_services(settings: Settings, layers: tuple[Layer, ...] = ()) -> Iterator[Services]:
    """The services of one world, its store opened (made and seeded if new) and closed after use.

    Raises BadInput for a setting that names no feed, StoreHeld where another process has the store,
    StoreDamaged where it does not open.
    """
    check_feeds_off(settings.feeds_off_names)
    os.umask(0o077)  # the store holds every marking: its files are for their owner alone
    store = Store(settings.store_file, memory=settings.memory, threads=settings.threads)
    try:
        geography = Geography.load(settings.data / "reference")
        seed(store, geography, settings)
        yield Services(settings, store, geography, layers)
    finally:
        store.close()

"""Rows found by text or shape, kept while a snapshot lives: a screen asks several times."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

Rows = list[np.ndarray]
KEPT = 16
# What nearly everything meets is not worth its memory.
MOST_ROWS = 1 << 20


class FoundRows:
    """The rows of base and tail by what was asked for, the latest few; equal questions at the same
    time are answered once.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[object, ...], Rows] = OrderedDict()
        self._asking: dict[tuple[object, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], find: Callable[[], Rows]) -> Rows:
        """The rows of this key, by `find` where they are not known; what it raises is raised."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            turn = self._asking.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._found:
                    return self._found[key]
            try:
                rows = find()
                self._keep(key, rows)
            finally:
                with self._lock:
                    self._asking.pop(key, None)
        return rows

    def _keep(self, key: tuple[object, ...], rows: Rows) -> None:
        if sum(map(len, rows)) > MOST_ROWS:
            return
        with self._lock:
            self._found[key] = rows
            while len(self._found) > KEPT:
                self._found.popitem(last=False)

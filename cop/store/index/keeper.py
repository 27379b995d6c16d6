"""Keeps a snapshot in step with the store, beside the readers and never in their way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import structlog

from cop.errors import StoreError
from cop.model.viewer import Viewer
from cop.query.answers import Viewport
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store.index import answer, details, frames, listing
from cop.store.index.asking import understood
from cop.store.index.coding import Unusual
from cop.store.index.loading import catch_up, load_snapshot
from cop.store.index.locating import Places, locate
from cop.store.index.segment import BLOCK_ROWS
from cop.store.index.snapshot import Snapshot

QUESTIONS: dict[str, Callable[..., Any]] = {
    "count": answer.answer_count,
    "picture": answer.answer_picture,
    "extent": answer.answer_extent,
    "page": listing.answer_page,
    "rank": listing.answer_rank,
    "detail": details.answer_detail,
    "frames": frames.answer_frames,
}
PATIENCE_S = 60.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that may itself be None."""

    value: Any


class Index:
    """The picture of now in memory, for one store.

    `open_cursor` opens a cursor of the store, `writing` is the lock its writers hold, `folder`
    takes the texts (None: memory).
    """

    def __init__(
        self,
        open_cursor: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]],
        writing: threading.RLock,
        folder: Path | None,
        **options: int,
    ) -> None:
        self._open_cursor, self._writing, self._folder = open_cursor, writing, folder
        self._options = options
        self._snapshot: Snapshot | None = None
        self._renewing = threading.Lock()
        self._loading: threading.Thread | None = None
        self._closed = False

    @property
    def snapshot(self) -> Snapshot | None:
        """What is answered from; None while it is being loaded."""
        return self._snapshot

    def read(
        self, question: str, cursor: duckdb.DuckDBPyConnection, where: Any, options: dict[str, Any]
    ) -> Answer | None:
        """The answer, equal to that of the SQL; None for what only the SQL can answer."""
        snapshot, answer_it = self._snapshot, QUESTIONS.get(question)
        if snapshot is None or answer_it is None or not isinstance(where, Where):
            return None
        if not understood(where):
            return None
        try:
            return Answer(answer_it(cursor, snapshot, where, **options))
        except Unusual:
            return None

    def locate(self, ids: Sequence[str]) -> Places | None:
        """Where incidents lie in the tables; None where that is not known at the moment."""
        snapshot = self._snapshot
        return locate(snapshot, ids) if snapshot is not None else None

    def load(self) -> None:
        """Read the table anew and answer from it; readers are answered as before meanwhile."""
        with self._renewing:
            with self._open_cursor() as cursor:
                snapshot = load_snapshot(cursor, self._folder, **self._options)
                warm_up(cursor, snapshot)
            with self._writing, self._open_cursor() as cursor:
                self._snapshot = catch_up(
                    cursor, snapshot, block_rows=self._options.get("block_rows", BLOCK_ROWS)
                )

    def renew(self) -> None:
        """`load` in the background, once at a time."""
        if not self._closed and not self._renewing.locked():
            self._loading = threading.Thread(
                target=self._load_or_log, name="index-load", daemon=True
            )
            self._loading.start()

    def advance(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Take in what was just committed; the caller holds the writers' lock.

        What can't be taken in leaves the SQL to answer until the index has been loaded anew.
        """
        if self._snapshot is None:
            return
        try:
            self._snapshot = catch_up(
                cursor, self._snapshot, block_rows=self._options.get("block_rows", BLOCK_ROWS)
            )
        except (Unusual, duckdb.Error, ValueError) as error:
            _log.warning("index.lost", reason=str(error))
            self._lose()
        except Exception:  # noqa: BLE001 (it is logged, and the tables answer)
            # The change is committed whatever went wrong here, and an index that misses it would
            # go on showing what it withdrew.
            _log.exception("index.lost")
            self._lose()
        else:
            if self._snapshot.is_worn:
                self.renew()

    def _lose(self) -> None:
        self._snapshot = None
        self.renew()

    def close(self) -> None:
        """Let go of the rows; questions are answered by the SQL from now on.

        Waits for a load that is under way: a process that ends in the midst of one is aborted. The
        caller must not hold the writers' lock.
        """
        self._closed = True
        if self._loading is not None:
            self._loading.join(PATIENCE_S)
        self._snapshot = None

    def _load_or_log(self) -> None:
        try:
            self.load()
        except (StoreError, duckdb.Error) as error:
            # The SQL goes on answering; a store closed meanwhile ends here too.
            if not self._closed:
                _log.warning("index.not-loaded", reason=str(error))


def warm_up(cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Ask of everything once, so that no reader waits for the compiler."""
    where = compile_where(Filters(), Viewer("index", "clear"))
    answer.answer_picture(cursor, snapshot, where, viewport=Viewport())

"""The store: one file, one process, one cursor a request, every change with a name on it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cop.errors import StoreDamaged, StoreError, StoreForked, StoreHeld
from cop.model.viewer import Viewer
from cop.query.where import Where
from cop.store import backup
from cop.store.migrate import load_migrations, migrate, pending
from cop.store.reading import QUESTIONS
from cop.store.streaming import Stream, open_stream
from cop.store.writing import Writer

if TYPE_CHECKING:
    from cop.store.index.keeper import Index

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of the store: naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


class Store:
    """The embedded store of one world.

    Opens or makes the file, applies pending migrations (after a backup where the store holds
    anything), and then answers `read` and `write` from any thread. Never hands out a connection.

    Raises StoreHeld where another process has the file, StoreDamaged where it does not open,
    StoreForked where a child process uses its parent's store.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        memory: str = "1GB",
        threads: int = 2,
        clock: Clock = utc_now,
    ) -> None:
        self.path = path
        self._memory, self._threads = memory, threads
        self.clock = clock
        self._pid = os.getpid()
        self._writing = threading.RLock()
        self._opening = threading.RLock()
        self._listeners: list[Callable[[int], None]] = []
        self._desk_listeners: list[Callable[[int], None]] = []
        self._index: Index | None = None
        if path is not None:
            _prepare_place(path, self.backups)
        self._root = self._open()
        try:
            self._migrate()
            self.version = int(self.read("store_version", None) or 0)
            self.desk_version = self.version
            self.queue_version = self.version
            self._news_versions: dict[str, int] = {}
        except BaseException:
            self._root.close()
            raise

    @classmethod
    def memory(cls, *, clock: Clock = utc_now) -> Store:
        """A store that lives in memory, for tests and trials."""
        return cls(None, clock=clock)

    @property
    def backups(self) -> Path:
        """The folder that backups are written to, beside the store."""
        assert self.path is not None
        return self.path.parent / "backups"

    # Reading

    def read(self, question: str, asker: Where | Viewer | None, **options: Any) -> Any:
        """Answer one named question (`cop.store.reading.QUESTIONS`).

        Questions about incidents take a `Where`, questions about what surrounds them a `Viewer`;
        only those that show nobody's information take None. Raises KeyError for an unknown name,
        StoreDamaged where the file can't be read back, StoreError where memory does not suffice.
        """
        kind, answer = QUESTIONS[question]
        if kind is not None and not isinstance(asker, kind):
            raise TypeError(f"{question} is asked with a {kind.__name__}")
        try:
            try:
                with self._cursor() as cursor:
                    if self._index is not None:
                        fast = self._index.read(question, cursor, asker, options)
                        if fast is not None:
                            return fast.value
                    return answer(cursor, asker, **options)
            except duckdb.FatalException:
                # After a full disk the connection stays dead until the file is opened anew.
                self._reopen()
                with self._cursor() as cursor:
                    return answer(cursor, asker, **options)
        except (duckdb.IOException, duckdb.FatalException) as error:
            raise StoreDamaged(_damaged(self.path)) from error
        except duckdb.OutOfMemoryException as error:
            raise StoreError("the question needs more memory than the store may use") from error

    @contextmanager
    def stream(self, where: Where) -> Iterator[Stream]:
        """The incidents of a question as Arrow batches of one snapshot; `cop.store.streaming`."""
        if not isinstance(where, Where):
            raise TypeError("a stream is asked with a Where")
        try:
            with self._cursor() as cursor, open_stream(cursor, where, self.clock) as stream:
                yield stream
        except (duckdb.IOException, duckdb.FatalException) as error:
            raise StoreDamaged(_damaged(self.path)) from error
        except duckdb.OutOfMemoryException as error:
            raise StoreError("the question needs more memory than the store may use") from error

    # Writing

    @contextmanager
    def write(self, *, actor: str, action: str, subject: str) -> Iterator[Writer]:
        """One audited transaction: all of it or nothing.

        A change of the watch desk's memory alone advances `desk_version` only, so that no picture
        is asked for anew. Raises ValueError without an actor, action or subject; StoreError where
        the disk refuses.
        """
        if not (actor.strip() and action.strip() and subject.strip()):
            raise ValueError("a change needs an actor, an action and a subject")
        with self._writing, self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                locate = self._index.locate if self._index is not None else None
                writer = Writer(cursor, actor, action, subject, self.clock(), locate)
                yield writer
                version = writer.seal()
                cursor.execute("COMMIT")
            except duckdb.FatalException as error:
                self._reopen()
                raise StoreError(_UNWRITTEN) from error
            except (
                duckdb.IOException,
                duckdb.OutOfMemoryException,
                duckdb.TransactionException,  # a commit that the disk refuses; writers never race
            ) as error:
                _roll_back(cursor)
                raise StoreError(_UNWRITTEN) from error
            except BaseException:
                _roll_back(cursor)
                raise
            of_desk = writer.desk.was_used
            of_picture = writer.touched_picture or not of_desk
            if of_picture:
                if self._index is not None:
                    self._index.advance(cursor)
                self.version = version
            if of_desk:
                self.desk_version = version
                if writer.desk.queue_changed:
                    self.queue_version = version
                self._news_versions |= dict.fromkeys(writer.desk.news_changed, version)
        for listener in self._listeners if of_picture else ():
            listener(version)
        for listener in self._desk_listeners if of_desk else ():
            listener(version)

    def news_version(self, officer: str) -> int:
        """A number that advances when what an officer has seen changes; 0 before its first change.

        With `version` it says whether the officer's news are the same; `queue_version` says so of
        the queue. Both advance far less often than `desk_version`, which every note advances.
        """
        return self._news_versions.get(officer, 0)

    def on_change(self, listener: Callable[[int], None]) -> None:
        """Call `listener(version)` after every commit that may have changed a picture.

        It is called in the thread that committed.
        """
        self._listeners.append(listener)

    def on_desk_change(self, listener: Callable[[int], None]) -> None:
        """Call `listener(desk_version)` after every commit that changed the desk's memory."""
        self._desk_listeners.append(listener)

    # Keeping

    def back_up(self, target: Path) -> Path:
        """Write a checked copy of the whole store to `target`; see `cop.store.backup`."""
        with self._writing, self._cursor() as cursor:
            return backup.back_up(cursor, target)

    def close(self) -> None:
        """Close the file. Later reads and writes raise StoreError."""
        if self._index is not None:
            self._index.close()
        with self._writing, self._opening:
            self._root.close()

    @property
    def index_state(self) -> str:
        """Whether pictures come from memory: `none`, `loading` or `ready`."""
        if self._index is None:
            return "none"
        return "ready" if self._index.snapshot is not None else "loading"

    def load_index(self, *, wait: bool = True, **options: int) -> None:
        """Answer questions about incidents from memory as soon as they are loaded into it.

        Until then, and for what the index does not know, the tables are asked. Without `wait` it
        is loaded in the background. The options are those of `cop.store.index.keeper.Index`.
        """
        # Compiled code takes seconds to import, which commands that ask one thing do not need.
        from cop.store.index.keeper import Index

        folder = self.path.parent if self.path is not None else None
        self._index = Index(self._cursor, self._writing, folder, **options)
        if wait:
            self._index.load()
        else:
            self._index.renew()

    # Inside

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        # A connection shared by threads hands one thread another's rows: a cursor a request.
        if os.getpid() != self._pid:
            raise StoreForked("this process was forked from the one that owns the store")
        try:
            cursor = self._root.cursor()
        except duckdb.ConnectionException as error:
            raise StoreError("the store is closed") from error
        try:
            yield cursor
        finally:
            cursor.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        config: dict[str, Any] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": self._memory,
            "threads": self._threads,
        }
        if self.path is not None:
            config["temp_directory"] = str(self.path.resolve().with_suffix(".tmp"))
            config["max_temp_directory_size"] = "20GB"
        try:
            root = duckdb.connect(str(self.path) if self.path else ":memory:", config=config)
        except duckdb.IOException as error:
            holder = re.search(r"\(PID (\d+)\)", str(error))
            if holder or backup.is_held(error):
                who = f"process {holder[1]}" if holder else "another process"
                raise StoreHeld(f"the store is held by {who}") from error
            raise StoreDamaged(_damaged(self.path)) from error
        except duckdb.Error as error:
            raise StoreDamaged(_damaged(self.path)) from error
        if self.path is not None:
            folder = str(self.backups.resolve()).replace("'", "''")
            root.execute(f"SET allowed_directories = ['{folder}']")
        root.execute("SET enable_external_access = false")
        root.execute("SET lock_configuration = true")
        return root

    def _reopen(self) -> None:
        with self._opening:
            self._root.close()
            self._root = self._open()

    def _migrate(self) -> None:
        migrations = load_migrations()
        with self._cursor() as cursor:
            todo = pending(cursor, migrations)
            if not todo:
                return
            is_new = todo[0].number == 1
        if not is_new and self.path is not None:
            name = f"before-migration-{todo[0].number:04}-{self.clock():%Y%m%dT%H%M%SZ}.duckdb"
            self.back_up(self.backups / name)
        with self._cursor() as cursor:
            migrate(cursor, migrations, self.clock())


def _prepare_place(path: Path, backups: Path) -> None:
    """The folders of a store, and its files for their owner alone: they hold every marking.

    Raises StoreError where the place is none for a file, or may not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        backups.mkdir(mode=0o700, exist_ok=True)
        for file in (path, path.with_name(path.name + ".wal")):
            if file.is_file() and file.stat().st_mode & 0o077:
                file.chmod(0o600)
    except OSError as error:
        raise StoreError(f"no store can be kept at {path.name}: {error.strerror}") from error
    if path.is_dir():
        raise StoreError(f"{path.name} is a folder: COP_STORE must name a file")


_UNWRITTEN = "the store could not write (is the disk full?); nothing of this change was kept"


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """End the transaction; a commit that failed has ended it already."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.TransactionException:
        return


def _damaged(path: Path | None) -> str:
    name = path.name if path else "the store"
    return (
        f"{name} does not open: the file or its log is damaged, or it is not a store of ours. "
        "Nothing was changed. Keep the file aside and restore the last backup: "
        "python -m cop restore BACKUP"
    )

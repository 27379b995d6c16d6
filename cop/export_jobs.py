"""Exports written in the background for a screen: started, watched, stopped, fetched once ready.

A job writes a zip of the file and its manifest to a folder for the owner's eyes only. Who fetches
it must be the session that asked, still cleared for it, and nothing in it may have been marked up
since. Files go after a quarter of an hour.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from cop.errors import Busy, Conflict, CopError, NotFound
from cop.exports import Export
from cop.model.viewer import Viewer
from cop.query.where import Where, compile_where
from cop.store import Store
from cop.store.streaming import Summary

log = logging.getLogger(__name__)

MOST_RUNNING = 2
MOST_KEPT = 8
KEPT_S = 15 * 60.0
State = Literal["running", "ready", "stopped", "failed"]
Opener = Callable[[], AbstractContextManager[Export]]


class _Stopped(Exception):
    """Somebody stopped the export."""


@dataclass
class Job:
    """One export in the background; `done` of `rows` incidents are written."""

    id: str
    viewer: Viewer
    file: Path
    since: float
    state: State = "running"
    rows: int = 0
    done: int = 0
    size: int = 0
    name: str = ""
    marking: str = ""
    message: str = ""
    version: int = 0
    where: Where | None = None
    summary: Summary | None = None
    read_at: datetime | None = None
    stop: threading.Event = field(default_factory=threading.Event)


class ExportJobs:
    """The exports of one running picture. Safe from any thread."""

    def __init__(self, most_running: int = MOST_RUNNING) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(most_running)
        self._swept: set[Path] = set()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place among the few exports that may run at once. Raises Busy where there is none."""
        if not self._slots.acquire(blocking=False):
            raise Busy("other exports are running; try again when one of them is done")
        try:
            yield
        finally:
            self._slots.release()

    def start(self, store: Store, viewer: Viewer, folder: Path, opener: Opener) -> Job:
        """Begin an export to a file in `folder`. Raises Busy where too many run already."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        slot = self.slot()
        slot.__enter__()
        with self._lock:
            self._sweep(folder)
            name = secrets.token_urlsafe(16)
            job = Job(name, viewer, folder / f"{name}.zip", time.monotonic())
            job.version = store.version
            self._jobs[name] = job
        threading.Thread(
            target=self._run, args=(job, opener, slot), name="cop-export", daemon=True
        ).start()
        return job

    def find(self, job_id: str, viewer: Viewer) -> Job:
        """The job of that id. Raises NotFound where it is not this viewer's."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.viewer.name != viewer.name:
            raise NotFound("there is no such export; it may have been cleared away")
        return job

    def stop(self, job_id: str, viewer: Viewer) -> Job:
        """Stop a job; what it wrote is removed."""
        job = self.find(job_id, viewer)
        job.stop.set()
        return job

    def fetch(self, store: Store, job_id: str, viewer: Viewer) -> Job:
        """A ready job whose file this viewer may have now.

        Raises NotFound where there is none, Conflict where what it holds was marked up since.
        """
        job = self.find(job_id, viewer)
        if job.state != "ready":
            raise NotFound("this export is not ready")
        where, summary = job.where, job.summary
        assert where is not None
        assert summary is not None
        if not viewer.may_read(summary.highest_tlp):
            raise NotFound("there is no such export; it may have been cleared away")
        if store.version != job.version:
            known_at = where.as_known_at or job.read_at
            asked = compile_where(where.filters, viewer, now=where.now, as_known_at=known_at)
            # A marking raised since holds for what was known before it, too.
            found = store.read("summary", asked)
            if (found.rows, found.highest_tlp) != (summary.rows, summary.highest_tlp):
                raise Conflict("what this file holds has changed its marking; export it again")
        return job

    def _run(self, job: Job, opener: Opener, slot: AbstractContextManager[None]) -> None:
        def on_rows(done: int) -> None:
            job.done = done
            if job.stop.is_set():
                raise _Stopped

        try:
            with opener() as export:
                job.rows, job.name, job.marking = export.rows, export.name, export.marking
                job.where, job.summary = export.where, export.stream.summary
                job.read_at = export.stream.read_at
                with job.file.open("xb") as out:
                    job.file.chmod(0o600)
                    export.write_bundle(out, on_rows)
                on_rows(export.rows)
            job.size = job.file.stat().st_size
            job.state = "ready"
        except _Stopped:
            job.state = "stopped"
        except CopError as error:
            job.message, job.state = str(error), "failed"
        except OSError as error:
            log.exception("an export could not be written")
            job.message, job.state = f"the file could not be written: {error.strerror}", "failed"
        except Exception:
            log.exception("an export failed")
            job.message, job.state = "the reason is in the server's log", "failed"
        finally:
            slot.__exit__(None, None, None)
            if job.state != "ready":
                job.file.unlink(missing_ok=True)

    def _sweep(self, folder: Path) -> None:
        """Clear away what is old, what is more than we keep, and what another run left."""
        if folder not in self._swept:
            self._swept.add(folder)
            for left in folder.glob("*.zip"):
                left.unlink(missing_ok=True)
        settled = [job for job in self._jobs.values() if job.state != "running"]
        old = [job for job in settled if time.monotonic() - job.since > KEPT_S]
        for job in {j.id: j for j in (*old, *settled[: len(self._jobs) + 1 - MOST_KEPT])}.values():
            del self._jobs[job.id]
            job.file.unlink(missing_ok=True)

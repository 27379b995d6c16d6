"""The watched folder: files of feeds are taken in as they arrive, each content once.

`inbox/<feed>/NAME` is read when its size and time have stood still from one look to the next, goes
the same way as `python -m cop ingest`, and is then moved to `inbox/<feed>/done/` or `…/failed/`
with `NAME.report.json` beside it: what became of its records, why, when, and its SHA-256. Names
that begin with a dot or end in `.part` are still being written; links, folders, pipes and devices
are never read. After a crash between taking in and moving, the file is read again, which changes
nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import stat
import threading
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from cop.commands import run_ingest
from cop.errors import CopError, StoreError
from cop.feeds import ALL as FEEDS
from cop.model.viewer import Viewer
from cop.positions import FEED as POSITIONS
from cop.services import Services
from cop.switches import read_switches

ACTOR = "inbox"
EVERY_S = 2.0
MAX_BYTES = 512 * 1024 * 1024
MAX_NAME = 160
STOP_PATIENCE_S = 20.0
UNFORESEEN = "this file could not be taken in; the server's log says why"
_UNSAFE = re.compile(r"[^\w.,()+ -]", re.ASCII)
log = structlog.get_logger(__name__)

Mark = tuple[int, int, int]  # inode, size, time of the last change


class Inbox:
    """Looks into the watched folder from a thread of its own, between `open` and `close`."""

    def __init__(self, services: Services, *, every_s: float = EVERY_S) -> None:
        self._services = services
        self._folder = services.settings.inbox_folder
        self._every_s = every_s
        self._feeds = (*(feed.id for feed in FEEDS), POSITIONS)
        self._seen: dict[Path, Mark] = {}
        self._done: dict[str, set[str]] = {}
        self._stuck: set[tuple[Path, Mark]] = set()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock: int | None = None

    def open(self) -> bool:
        """Make the folders and start looking; False where this world or process may not.

        A demo world takes nothing in, and a folder is watched by one process: two would take each
        other's files.
        """
        if self._services.world() == "demo":
            return False
        try:
            self.make_folders()
            self._lock = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            log.warning("the inbox is not watched", reason=error.strerror)
            self._unlock()
            return False
        self._thread = threading.Thread(target=self._watch, name="cop-inbox", daemon=True)
        self._thread.start()
        return True

    def close(self) -> None:
        """Stop looking; the file being taken in is finished first."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_PATIENCE_S)
        self._unlock()

    def make_folders(self) -> None:
        """One folder for each feed, with `done` and `failed` in it, for their owner alone."""
        for feed in self._feeds:
            for folder in ("done", "failed"):
                (self._folder / feed / folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    def look(self) -> int:
        """One look at every folder; how many files were dealt with."""
        off = {
            feed
            for feed, switch in read_switches(
                self._services.store, self._services.settings.feeds_off_names
            ).items()
            if not switch.is_on
        }
        dealt, seen = 0, {}
        # A source that is switched off takes nothing in: its files wait.
        for feed in (feed for feed in self._feeds if feed not in off):
            for path, mark in _find_files(self._folder / feed):
                if self._stopped.is_set():
                    break
                if (path, mark) in self._stuck:
                    continue
                if self._seen.get(path) == mark:
                    dealt += self._take(feed, path, mark)
                else:
                    seen[path] = mark
        self._seen = seen
        return dealt

    def _watch(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                self.look()
            except StoreError as error:
                # A full disk, say: nothing was moved, and the next look tries again.
                log.warning("the inbox waits for the store", reason=str(error))
            except OSError as error:
                log.warning("the inbox could not be looked into", reason=error.strerror)
            except Exception:
                log.exception("a look into the inbox failed")

    def _take(self, feed: str, path: Path, mark: Mark) -> bool:
        """Take one file in and move it; False where it must wait. Raises StoreError."""
        started_at = self._services.store.clock()
        report: dict[str, Any] = {"file": _say_name(path.name), "feed": feed, "bytes": mark[1]}
        report |= {"sha256": "", "state": "failed", "reason": "", "tally": {}}
        try:
            data = _read(path, mark)
        except _Unreadable as error:
            report["reason"] = str(error)
        else:
            if data is None:
                return False
            report["sha256"] = hashlib.sha256(data).hexdigest()
            if report["sha256"] in self._taken(feed):
                report |= {"state": "unchanged", "reason": "this content was taken in before"}
            else:
                report |= self._ingest(feed, report["file"], data)
        is_failed = report["state"] == "failed"
        report |= {
            "started_at": _say_time(started_at),
            "finished_at": _say_time(self._services.store.clock()),
        }
        if not is_failed:
            self._taken(feed).add(report["sha256"])
        try:
            _put_away(path, path.parent / ("failed" if is_failed else "done"), report)
        except OSError:
            self._stuck.add((path, mark))  # once is enough: it would be taken in at every look
            raise
        log.info("a file of the inbox was dealt with", **{k: report[k] for k in _LOGGED})
        return True

    def _ingest(self, feed: str, name: str, data: bytes) -> dict[str, Any]:
        services = self._services
        viewer = Viewer(ACTOR, services.settings.clearance)
        try:
            tally = run_ingest(services, viewer, {"feed": feed, "names": [name]}, [data])
        except StoreError:
            raise
        except CopError as error:
            return {"reason": str(error)}
        except Exception:
            log.exception("a file of the inbox could not be taken in", feed=feed, file=name)
            return {"reason": UNFORESEEN}
        failed = tally.pop("failed")
        if failed:
            return {"reason": failed[name], "tally": tally}
        return {"state": "done", "tally": tally}

    def _taken(self, feed: str) -> set[str]:
        """The hashes of what this feed's folder has done, read from its reports once."""
        if feed not in self._done:
            reports = (self._folder / feed / "done").glob("*.report.json")
            self._done[feed] = {_hash_in(report) for report in reports} - {""}
        return self._done[feed]

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


_LOGGED = ("feed", "file", "state", "reason", "bytes")


class _Unreadable(Exception):
    """A file that is none for us; the message says why."""


def _find_files(folder: Path) -> list[tuple[Path, Mark]]:
    """The plain files of a folder that are not being written by their name, oldest first."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(".part"):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away between listing and looking
            if stat.S_ISREG(status.st_mode):
                found.append((Path(entry.path), _mark_of(status)))
    return sorted(found, key=lambda one: (one[1][2], one[0]))


def _read(path: Path, mark: Mark) -> bytes | None:
    """A file's bytes; None where it changes yet. Raises _Unreadable."""
    if mark[1] > MAX_BYTES:
        raise _Unreadable(f"the file is larger than {MAX_BYTES >> 20} MiB; cut it into parts")
    try:
        # The name may lead to a link or a pipe by now: neither is followed or waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _Unreadable(f"the file cannot be read: {error.strerror}") from error
    try:
        with os.fdopen(handle, "rb") as file:
            if _mark_of(os.fstat(handle)) != mark:
                return None
            data = file.read(mark[1] + 1)
            still = _mark_of(os.fstat(handle)) == mark and len(data) == mark[1]
    except OSError as error:
        raise _Unreadable(f"the file cannot be read: {error.strerror}") from error
    return data if still else None


def _mark_of(status: os.stat_result) -> Mark:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _put_away(path: Path, folder: Path, report: dict[str, Any]) -> None:
    """Write the report, then move the file beside it, under a name that nothing there has."""
    folder.mkdir(mode=0o700, exist_ok=True)
    name = _free_name(path.name, folder)
    written = folder / f".{name}.part"
    written.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    written.rename(_report_of(folder, name))
    path.rename(folder / name)


def _free_name(name: str, folder: Path) -> str:
    """A plain name like the file's own that neither a file nor a report in the folder has."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFKC", _say_name(name))).strip()
    stem, suffix = os.path.splitext(plain)
    stem, suffix = stem[: MAX_NAME - 20] or "_", suffix[:20]
    number = 1
    while True:
        tried = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
        if not os.path.lexists(folder / tried) and not os.path.lexists(_report_of(folder, tried)):
            return tried
        number += 1


def _report_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.report.json"


def _say_name(name: str) -> str:
    """A file's name as text that can be kept and shown, whatever bytes it is made of."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)[:200]


def _say_time(at: datetime) -> str:
    return f"{at.isoformat(timespec='milliseconds')}Z"


def _hash_in(report: Path) -> str:
    """The hash that a report of ours names; empty for what is none."""
    try:
        said = json.loads(report.read_text("utf-8"))
        return str(said["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("a report in the inbox cannot be read", file=_say_name(report.name))
        return ""

"""What the narratives of a large input state, read by a second process while this one goes on.

Reading signals is the longest part of taking a text feed in, and needs nothing but the texts. The
second process runs this module under the same interpreter and talks JSON over its pipes: a line of
texts in, a line of signals out. What it has not begun when the signals are wanted is read here, and
so is everything where it cannot be started, ends early or reads other rules: the answers are equal.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType
from typing import IO

import structlog

from cop.model.classify import Texts, read_rules, read_signals

# Smaller inputs are read sooner than a second process starts: about 2,000 records of a text feed.
LARGE_BYTES = 1_000_000
PART = 256  # reports that travel together: 20 ms of reading, 2 kB of signals
UNDER_WAY = 2  # the next part lies ready when one is done; the signals of so many fit into a pipe
ROOT = Path(__file__).resolve().parents[1]


class ReadingAhead:
    """Give it texts as they come, ask for their signals later; leave it as a context.

    For one thread. `large` says whether a second process is worth its start; without one, or on
    a single processor, `signals_of` reads each text when it is asked for.
    """

    def __init__(self, large: bool) -> None:
        self._gathered: list[Texts] = []
        self._waiting: deque[list[Texts]] = deque()
        self._change = Condition()
        self._is_complete = False  # no more will be given
        self._is_wanted = True
        self._known: dict[Texts, int] = {}
        self._process = _start() if large and _processors() > 1 else None
        self._courier = Thread(target=self._carry, name="reading-ahead", daemon=True)
        if self._process is not None:
            self._courier.start()

    def __enter__(self) -> ReadingAhead:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._change:
            self._is_complete, self._is_wanted = True, False
            self._waiting.clear()
            self._change.notify()
        if self._process is not None:
            self._process.kill()
            self._courier.join()
            for pipe in (self._process.stdin, self._process.stdout):
                _close(pipe)
            self._process.wait()

    def give(self, texts: Texts) -> None:
        """Have the signals of these texts read as soon as may be."""
        if self._process is not None:
            self._gathered.append(texts)
            if len(self._gathered) == PART:
                self._post()

    def signals_of(self, texts: Texts) -> int:
        """The signals that these texts give; equal to `read_signals`."""
        if not self._is_complete:
            self._complete()
        found = self._known.get(texts)
        return read_signals(texts) if found is None else found

    def _post(self) -> None:
        with self._change:
            self._waiting.append(self._gathered)
            self._gathered = []
            self._change.notify()

    def _complete(self) -> None:
        """Read here what the second process has not begun, from the end, and await the rest."""
        if self._process is None:
            self._is_complete = True
            return
        self._post()
        with self._change:
            self._is_complete = True
            self._change.notify()
        while self._waiting or self._courier.is_alive():
            part = self._take_last()
            if part is None:
                self._courier.join()
            for texts in part or ():
                self._known[texts] = read_signals(texts)

    def _take_last(self) -> list[Texts] | None:
        with self._change:
            return self._waiting.pop() if self._waiting else None

    # In a thread of its own

    def _carry(self) -> None:
        """Take parts to the second process and bring their signals back; end where it ends."""
        assert self._process is not None
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        begun: deque[list[Texts]] = deque()
        try:
            if back.readline().decode().strip() != read_rules().digest:
                raise ValueError("it did not start, or reads other rules")
            while True:
                part = self._take_first(wait=not begun)
                if part is not None:
                    begun.append(part)
                    to.write(json.dumps(part).encode() + b"\n")
                    to.flush()
                elif not begun:
                    return
                if part is None or len(begun) == UNDER_WAY:
                    self._known.update(zip(begun[0], json.loads(back.readline()), strict=True))
                    begun.popleft()
        except (OSError, ValueError) as error:
            with self._change:
                if self._is_wanted:
                    structlog.get_logger(__name__).warning("reading_ahead.ended", reason=str(error))
                self._waiting.extend(begun)

    def _take_first(self, wait: bool) -> list[Texts] | None:
        """The next part, None when there is none; `wait` until there is or will be none."""
        with self._change:
            while wait and not self._waiting and not self._is_complete:
                self._change.wait()
            return self._waiting.popleft() if self._waiting else None


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start() -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    except OSError as error:
        structlog.get_logger(__name__).warning("reading_ahead.not_started", reason=str(error))
        return None


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        # Its last line was still on the way to a process that is gone: nobody waits for it.
        return


def serve(lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Answer each line of texts with a line of their signals; first, which rules are read."""
    out.write(read_rules().digest.encode() + b"\n")
    out.flush()
    for line in lines:
        out.write(json.dumps([read_signals(tuple(texts)) for texts in json.loads(line)]).encode())
        out.write(b"\n")
        out.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its pipe is closed
    serve(sys.stdin.buffer, sys.stdout.buffer)

"""Signs of life and changes, pushed to every open screen as server-sent events at `/events`.

Only numbers travel: `event: version` with `{"version", "desk", "at", "every"}` on connect, at every
commit (bursts come together, at most four a second) and as a heartbeat every few seconds; `event:
failed` with `{"error", "at", "every"}` instead, while the store does not answer. A screen that
finds its picture older asks again over HTTP under its own session. WHATWG HTML 9.2.

A client that reads slowly misses nothing, because only the newest numbers matter: each has a
mailbox for one message, which newer ones replace. One task serves all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from cop.errors import CopError
from cop.services import Services
from cop.web.session import COOKIE, Sessions

APART_S = 0.25
RETRY_MS = 2_000
PATIENCE_S = 10.0
SILENT = "the store does not answer"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
log = structlog.get_logger(__name__)


class Live:
    """The streams of one server, fed by its store; `end` closes all of them for good."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._every_s = services.settings.heartbeat_s
        self._mailboxes: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None
        self._failing = ""
        self._ended = False
        # A thread of its own: slow answers may hold all of those that pictures are made in.
        self._asker = ThreadPoolExecutor(1, "cop-live")
        self._store.on_change(self._hear)
        self._store.on_desk_change(self._hear)

    @property
    def clients(self) -> int:
        """How many streams are open."""
        return len(self._mailboxes)

    def end(self) -> None:
        """Close every stream, from the thread of their loop; a new one ends at once."""
        self._ended = True
        for mailbox in self._mailboxes:
            mailbox.set()
        if self._beating is not None:
            self._beating.cancel()
        self._asker.shutdown(wait=False, cancel_futures=True)

    async def stream(self, admitted: Callable[[], bool]) -> AsyncGenerator[str, None]:
        """What one client is sent; ends when `admitted()` no longer holds, asked at each message.

        It is asked at every heartbeat too, so a session that has ended hears nothing for longer.
        """
        mailbox = asyncio.Event()
        self._mailboxes.add(mailbox)
        self._start()
        try:
            yield f"retry: {RETRY_MS}\n{self._say()}"
            while not self._ended:
                await mailbox.wait()
                mailbox.clear()
                if self._ended or not admitted():
                    return
                yield self._say()
        finally:
            self._mailboxes.discard(mailbox)

    def _hear(self, _number: int) -> None:
        """A commit, told by the thread that made it."""
        loop = self._loop
        if loop is not None and not self._ended:
            with contextlib.suppress(RuntimeError):  # closed in between: nobody is there to hear
                loop.call_soon_threadsafe(self._changed.set)

    def _say(self) -> str:
        now = self._store.clock()
        body: dict[str, object] = {
            "at": f"{now.isoformat(timespec='milliseconds')}Z",
            "every": self._every_s,
        }
        if self._failing:
            body["error"] = self._failing
            return f"event: failed\ndata: {json.dumps(body)}\n\n"
        body |= {"version": self._store.version, "desk": self._store.desk_version}
        return f"event: version\ndata: {json.dumps(body)}\n\n"

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._beating is None or self._beating.done() or self._loop is not loop:
            self._loop, self._changed = loop, asyncio.Event()
            self._beating = loop.create_task(self._beat())

    async def _beat(self) -> None:
        """Wake every stream at a change or when it is time, as long as there is one."""
        asking: asyncio.Task[None] | None = None
        asked_at = last_at = asyncio.get_running_loop().time()
        while self._mailboxes:
            now = asyncio.get_running_loop().time()
            wait_s = max(0.0, last_at + self._every_s - now)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait_s)
            is_change = self._changed.is_set()
            self._changed.clear()
            last_at = now = asyncio.get_running_loop().time()
            if is_change:
                self._failing = ""  # what commits, answers
            elif asking is None or asking.done():
                asking, asked_at = asyncio.create_task(self._ask()), now
                # Most answers come at once, and then this heartbeat tells of this answer.
                await asyncio.wait({asking}, timeout=min(0.2, self._every_s / 2))
            elif now - asked_at > PATIENCE_S:
                self._failing = SILENT
            for mailbox in self._mailboxes:
                mailbox.set()
            if is_change:
                await asyncio.sleep(APART_S)

    async def _ask(self) -> None:
        """Note whether the store answers a real query, and why not."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._asker, self._store.read, "store_version", None)
            self._failing = ""
        except CopError as error:
            self._failing = str(error)
        except Exception:
            log.exception("the store could not be asked for its version")
            self._failing = SILENT


def register(api: FastAPI, live: Live, sessions: Sessions) -> None:
    """Attach the route; a stream lasts no longer than the session it was opened with."""

    @api.get("/events", include_in_schema=False)
    async def events(request: Request) -> StreamingResponse:
        cookie = request.cookies.get(COOKIE)
        return StreamingResponse(
            live.stream(lambda: sessions.read(cookie) is not None),
            media_type="text/event-stream",
            headers=HEADERS,
        )

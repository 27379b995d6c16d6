"""Answers to callbacks as they were sent, for the next screen that asks the same.

Two hundred screens of one picture ask the same question at every commit, and what the server does
around an answer (reading, checking, wrapping, compressing) costs far more than finding it in
memory. What a callback that allows it answered is kept whole, under everything it may depend on:
the store's numbers, the minute, the viewer's clearance and officer, and the request byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from starlette.types import Message, Send

from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui.callbacks import sharing

MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Answer:
    start: Message
    body: bytes

    async def send_to(self, send: Send) -> None:
        # The one who sends it may change the headers; the kept ones stay as they are.
        await send({**self.start, "headers": list(self.start["headers"])})
        await send({"type": "http.response.body", "body": self.body})


class SharedAnswers:
    """The newest answers, by what was asked, of whom, and the state they were made from."""

    def __init__(self, services: Services, most_bytes: int = MOST_BYTES) -> None:
        self._store = services.store
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Future[_Answer | None]] = {}

    async def answer(
        self,
        asked: bytes,
        viewer: Viewer,
        encodings: str,
        run: Callable[[Send], Awaitable[None]],
        send: Send,
    ) -> None:
        """Send what `run` answers, or what it answered before where that may be shared.

        Equal questions at once are run once; what may not be shared runs for each.
        """
        key = self._key(asked, viewer, encodings)
        under_way = self._asking.get(key)
        kept = await asyncio.shield(under_way) if under_way is not None else self._find(key)
        if kept is not None:
            await kept.send_to(send)
            return
        if key in self._asking:  # another who waited has begun
            await run(send)
            return
        done: asyncio.Future[_Answer | None] = asyncio.get_running_loop().create_future()
        self._asking[key] = done
        made: _Answer | None = None
        try:
            made = await _capture(run, send)
            if made is not None:
                self._keep(key, made)
        finally:
            del self._asking[key]
            done.set_result(made)

    def _key(self, asked: bytes, viewer: Viewer, encodings: str) -> Hashable:
        store = self._store
        minute = store.clock().replace(second=0, microsecond=0)
        who = (viewer.clearance, viewer.officer, "gzip" in encodings)
        digest = hashlib.sha256(asked).digest()
        return (store.version, store.desk_version, minute, *who, digest)

    def _find(self, key: Hashable) -> _Answer | None:
        answer = self._kept.get(key)
        if answer is not None:
            self._kept.move_to_end(key)
        return answer

    def _keep(self, key: Hashable, answer: _Answer) -> None:
        self._kept[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > self._most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


async def _capture(run: Callable[[Send], Awaitable[None]], send: Send) -> _Answer | None:
    """Run, sending on as it comes; the answer where it is whole, good and may be shared."""
    messages: list[Message] = []

    async def noting(message: Message) -> None:
        # The guard adds its headers on the way: what is kept must be from before that.
        if message["type"] == "http.response.start":
            messages.append({**message, "headers": list(message["headers"])})
        else:
            messages.append(message)
        await send(message)

    allowed: list[bool] = []
    token = sharing.set(allowed)
    try:
        await run(noting)
    finally:
        sharing.reset(token)
    if not any(allowed) or not messages or messages[0].get("status") != 200:
        return None
    return _Answer(messages[0], b"".join(part.get("body", b"") for part in messages[1:]))

"""Exports over HTTP: one that streams as it is made, and the files of those made for a screen."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import TimeoutError as NotYet
from typing import Any, BinaryIO, cast

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cop.errors import BadQuestion, CopError, status_of
from cop.exports import Export, address_of, find_format, open_export
from cop.model.viewer import Viewer
from cop.services import Services

log = logging.getLogger(__name__)
ZIP = "application/zip"
PIECE = 1 << 18
PIECES_AHEAD = 4
LISTEN_S = 0.5


def register(api: FastAPI, services: Services, viewer_of: Callable[[], Viewer]) -> None:
    """Attach `GET /api/export?format=F&QUERY` and `GET /export/ID`."""

    @api.get("/api/export")
    async def stream(request: Request) -> Response:
        """The incidents of the question as a zip of the file and its manifest, as it is made."""
        viewer = viewer_of()
        pipe = _Pipe(asyncio.get_running_loop())
        try:
            name, query = split_format(request.url.query)
            pipe.start(lambda: _write(services, viewer, name, query, pipe))
            head = await pipe.head()
        except CopError as error:
            return _refuse(error)
        except BaseException:
            pipe.leave()
            raise
        headers = _headers(head["name"]) | {"X-Rows-Total": str(head["rows"])}
        return _Streamed(pipe, media_type=ZIP, headers=headers)

    @api.get("/export/{job_id}")
    async def fetch(job_id: str) -> Response:
        """The file of an export that a screen asked for."""
        viewer = viewer_of()
        try:
            job = await asyncio.to_thread(services.exports.fetch, services.store, job_id, viewer)
        except CopError as error:
            return _refuse(error)
        return FileResponse(job.file, media_type=ZIP, headers=_headers(job.name))


def split_format(query: str) -> tuple[str, str]:
    """The format a query string names, and the question that is left of it."""
    parts = query.split("&")
    named = [part.removeprefix("format=") for part in parts if part.startswith("format=")]
    if len(named) != 1:
        raise BadQuestion("format", "name one format, such as format=csv")
    return named[0], "&".join(part for part in parts if not part.startswith("format="))


def _write(services: Services, viewer: Viewer, name: str, query: str, pipe: _Pipe) -> None:
    form, where = find_format(name), services.ask(query, viewer)
    address = address_of(services.settings)
    with (
        services.exports.slot(),
        open_export(services.store, where, form, world=services.world(), address=address) as export,
        io.BufferedWriter(pipe, PIECE) as out,
    ):
        pipe.begin(export)
        export.write_bundle(cast("BinaryIO", out))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Cache-Control": "no-store",
    }


def _refuse(error: CopError) -> JSONResponse:
    body = {"error": str(error)}
    if isinstance(error, BadQuestion):
        body["key"] = error.key
    return JSONResponse(body, status_code=status_of(error))


class _Gone(Exception):
    """Nobody reads any more."""


class _Pipe(io.RawIOBase):
    """Bytes from the thread that makes them to the loop that sends them, a few pieces ahead.

    The thread waits while the reader is slow, and stops at its next write once the reader is gone.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._queue: asyncio.Queue[Any] = asyncio.Queue(PIECES_AHEAD)
        self._gone = threading.Event()

    def start(self, work: Callable[[], None]) -> None:
        """Run `work`, which writes to this, in a thread of its own."""

        def run() -> None:
            try:
                work()
                self._put(None)
            except _Gone:
                log.info("an export was left before its end")
            except Exception as error:
                if not isinstance(error, CopError):
                    log.exception("an export failed")
                self._tell(error)

        threading.Thread(target=run, name="cop-export", daemon=True).start()

    def begin(self, export: Export) -> None:
        """Say what is about to be written."""
        self._put({"name": export.name, "rows": export.rows})

    async def head(self) -> dict[str, Any]:
        """What is about to be written. Raises what stopped it."""
        first = await self._queue.get()
        if isinstance(first, Exception):
            raise first
        return dict(first)

    async def pieces(self) -> AsyncIterator[bytes]:
        """What is written. Raises what stopped it, so that nobody takes a part for the whole."""
        while (piece := await self._queue.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def leave(self) -> None:
        """The reader is gone."""
        self._gone.set()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._put(piece)
        return len(piece)

    def _tell(self, error: Exception) -> None:
        try:
            self._put(error)
        except _Gone:
            log.info("nobody waited for the end of an export")

    def _put(self, item: Any) -> None:
        handed = asyncio.run_coroutine_threadsafe(self._queue.put(item), self._loop)
        while True:
            if self._gone.is_set():
                handed.cancel()
                raise _Gone
            try:
                return handed.result(LISTEN_S)
            except NotYet:
                continue


class _Streamed(StreamingResponse):
    """An answer that tells its pipe when it is over, sent or not."""

    def __init__(self, pipe: _Pipe, **options: Any) -> None:
        super().__init__(pipe.pieces(), **options)
        self._pipe = pipe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._pipe.leave()

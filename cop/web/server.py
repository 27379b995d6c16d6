"""The web app put together: Dash on FastAPI, the basemap, the count for machines, the guard."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from datetime import datetime
from typing import Any

import dash
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

import cop.ui as ui
from cop.errors import BadInput, BadQuestion, CopError, status_of
from cop.services import Services
from cop.settings import Settings
from cop.ui import shell
from cop.web import alarms, basemap, exports, live, officer
from cop.web.guard import Guard
from cop.web.live import Live
from cop.web.session import Sessions, current_viewer
from cop.web.shared import SharedAnswers

# Compressing harder costs four times the time for 15 % fewer bytes (measured).
COMPRESSION = 1
# An answer that takes longer than this to finish is cut off when the server stops.
STOP_PATIENCE_S = 20


class Web:
    """The whole web app, as ASGI; `stop` ends what would otherwise never end by itself."""

    def __init__(self, app: ASGIApp, streams: Live) -> None:
        self._app = app
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def stop(self) -> None:
        """Close the streams of open screens, so that the server need not wait for them."""
        self._streams.end()


class _Server(uvicorn.Server):
    """A server that tells its app to stop before it waits for the open answers to end."""

    def __init__(self, config: uvicorn.Config, web: Web) -> None:
        super().__init__(config)
        self._web = web

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._web.stop()
        await super().shutdown(sockets)


def build_web(services: Services) -> Web:
    """The whole web app of some services.

    One a process: Dash's page route is process-global.
    """
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(api, services)
    sessions, streams = Sessions(services.settings), Live(services)
    basemap.register(api, services.settings.data / "reference")
    exports.register(api, services, current_viewer)
    live.register(api, streams, sessions)
    officer.register(api, sessions)
    alarms.register(api, services)
    app = dash.Dash(
        __name__,
        server=api,
        backend="fastapi",
        assets_folder=str(services.settings.assets),
        title="Maritime security picture",
        update_title=None,
        index_string=shell.INDEX,
        suppress_callback_exceptions=True,
        health_endpoint=None,
        enable_mcp=False,
        compress=False,
    )
    app.layout = shell.layout(services)
    ui.register(app, services, current_viewer)
    api.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=COMPRESSION)
    hashes = " ".join(f"'{h}'" if not h.startswith("'") else h for h in app.csp_hashes())
    policy = (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    guard = Guard(
        api,
        services.settings,
        sessions,
        SharedAnswers(services),
        lambda: app.callback_map,
        lambda: policy,
    )
    return Web(guard, streams)


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises BadInput where the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise BadInput(
            f"{settings.host}:{settings.port} cannot be served on ({why}); "
            "is another picture running? COP_PORT names another port"
        ) from error


def serve(web: Web, at: socket.socket) -> None:
    """Serve until the process is told to stop; returns, so that what was opened can be closed."""
    # uvicorn raises the signal it was stopped by once more, which by default ends the process
    # before the store is closed and its socket taken away.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        config = uvicorn.Config(
            web,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_PATIENCE_S,
        )
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is a way to stop, not a fault
            _Server(config, web).run(sockets=[at])
    finally:
        signal.signal(signal.SIGTERM, before)


def _add_routes(api: FastAPI, services: Services) -> None:
    @api.get("/")
    async def home(request: Request) -> RedirectResponse:
        query = request.url.query
        return RedirectResponse(f"/watch?{query}" if query else "/watch", status_code=307)

    @api.get("/health")
    async def health() -> JSONResponse:
        """Whether the store answers a real query, and the version it is at."""
        try:
            await asyncio.to_thread(services.store.read, "store_version", None)
        except CopError as error:
            return JSONResponse({"status": "failed", "error": str(error)}, status_code=503)
        now: datetime = services.store.clock()
        return JSONResponse(
            {
                "status": "ok",
                "version": services.store.version,
                "at": f"{now.isoformat(timespec='seconds')}Z",
                "index": services.store.index_state,
            },
            headers={"Cache-Control": "no-store"},
        )

    @api.get("/api/count")
    async def count(request: Request) -> JSONResponse:
        """How many incidents meet the question in the query string."""
        viewer = current_viewer()
        query = request.url.query

        def answer() -> dict[str, Any]:
            where = services.ask(query, viewer)
            return {"count": services.count(where), "words": where.words}

        try:
            return JSONResponse(await asyncio.to_thread(answer))
        except CopError as error:
            body = {"error": str(error)}
            if isinstance(error, BadQuestion):
                body["key"] = error.key
            return JSONResponse(body, status_code=status_of(error))

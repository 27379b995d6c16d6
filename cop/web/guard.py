"""The guard in front of every route: hosts, origins, sessions, sizes, shapes, headers, errors.

A pure ASGI middleware, because Dash's own hooks see neither sockets nor assets. Unknown paths are
404 here, since Dash would answer them with its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cop.errors import BadInput, BadQuestion, CopError, status_of
from cop.query.url import from_query, parse_instant, view_of
from cop.settings import Settings
from cop.web.bodies import MAX_BODY, check_body
from cop.web.session import (
    COOKIE,
    MAX_AGE_S,
    OFFICER_COOKIE,
    Sessions,
    current_viewer,
    set_viewer,
)
from cop.web.shared import SharedAnswers

_OUR_HOST = re.compile(r"(?i:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")
log = structlog.get_logger(__name__)

VIEWS = ("/watch", "/log", "/quarantine", "/sources")
# Paths that show nobody's incidents; everything else needs a session.
OPEN = ("/health", "/assets/", "/basemap/", "/_dash-component-suites/", "/_favicon.ico")
CALLBACK = "/_dash-update-component"
SUITES = "/_dash-component-suites/"
# The longest path of ours has 90 characters; longer numbers in one are beyond what is parsed.
MAX_PATH = 1_000
# What may be posted to besides callbacks; each checks its own body.
POSTS = ("/officer", "/api/alarms/acknowledge")
MAX_POST = 10_000
KNOWN = (
    *OPEN,
    CALLBACK,
    "/_dash-layout",
    "/_dash-dependencies",
    "/_reload-hash",
    "/api/alarms",
    "/api/count",
    "/api/export",
    "/export/",
    "/events",
    *POSTS,
)


class Guard:
    """ASGI middleware; `callbacks()` gives Dash's callback map, `policy()` the content policy."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        sessions: Sessions,
        answers: SharedAnswers,
        callbacks: Callable[[], dict[str, Any]],
        policy: Callable[[], str],
    ) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions
        self._answers = answers
        self._callbacks = callbacks
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if scope["path"].startswith(SUITES) and message["status"] >= 500:
                    # Dash imports whatever package a path names: what fails does not exist.
                    raise _Refusal(404, "there is no such page")
                started = True
                message = self._finish(scope, message)
            await send(message)

        try:
            receive = await self._admit(scope, receive)
            if scope["path"] == CALLBACK:
                await self._call(scope, receive, send_guarded)
            else:
                await self._app(scope, receive, send_guarded)
        except _Refusal as refusal:
            await _say(refusal.status, refusal.message)(scope, receive, send_guarded)
        except CopError as error:
            if started:
                raise
            await _say(status_of(error), str(error))(scope, receive, send_guarded)
        except Exception:
            log.exception("a request failed", path=scope["path"][:200])
            if started:
                raise
            status, words = 500, "the server could not answer; its log says why"
            if scope["path"].startswith(SUITES):
                status, words = 404, "there is no such page"
            await _say(status, words)(scope, receive, send_guarded)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Let a request in or raise _Refusal; the receive to read its body from."""
        path: str = scope["path"]
        headers = Headers(scope=scope)
        self._check_host(headers)
        if not _is_known(path):
            raise _Refusal(404, "there is no such page")
        viewer = self._sessions.read(_cookie(headers), _cookie(headers, OFFICER_COOKIE))
        scope["cop_mint"] = False
        if scope["method"] in ("GET", "HEAD") and path != CALLBACK and path not in POSTS:
            if viewer is None and (path in VIEWS or path.startswith("/api/")):
                minted = self._sessions.mint()
                scope["cop_mint"] = minted
                viewer = self._sessions.read(minted)
        elif path == CALLBACK and scope["method"] == "POST":
            self._check_origin(headers)
            if viewer is None:
                raise _Refusal(401, "the session is missing or has ended; load the page again")
            receive = _replay(await _read(receive, headers))
        elif path in POSTS and scope["method"] == "POST":
            self._check_origin(headers)
            receive = _replay(await _read(receive, headers, MAX_POST))
        else:
            raise _Refusal(405, "this page takes no such request")
        if viewer is None and path != "/" and not path.startswith(OPEN):
            raise _Refusal(401, "the session is missing or has ended; load the page again")
        set_viewer(viewer)
        return receive

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a callback answered; a body that was answered before has been checked before."""
        raw: bytes = (await receive())["body"]

        async def run(send: Send) -> None:
            try:
                check_body(raw, self._callbacks())
            except BadInput as error:
                raise _Refusal(400, str(error)) from error
            await self._app(scope, _replay(raw), send)

        encodings = Headers(scope=scope).get("accept-encoding", "")
        await self._answers.answer(raw, current_viewer(), encodings, run, send)

    def _check_host(self, headers: Headers) -> None:
        """A foreign name that resolves to this machine must not read it (DNS rebinding)."""
        if self._settings.trusted_proxy:
            return
        if not _OUR_HOST.fullmatch(headers.get("host", "")):
            raise _Refusal(400, "this server answers on its loopback names only")

    def _check_origin(self, headers: Headers) -> None:
        origin = headers.get("origin")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise _Refusal(403, "requests from other sites are refused")
        if origin and _netloc_of(origin) != headers.get("host"):
            raise _Refusal(403, "requests from other sites are refused")

    def _finish(self, scope: Scope, message: Message) -> Message:
        headers = MutableHeaders(scope=message)
        headers["Content-Security-Policy"] = self._policy()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        path = scope["path"]
        if not path.startswith(OPEN):
            headers["Cache-Control"] = "no-store"
        if scope.get("cop_mint"):
            secure = "; Secure" if scope.get("scheme") == "https" else ""
            headers.append(
                "Set-Cookie",
                f"{COOKIE}={scope['cop_mint']}; Path=/; HttpOnly; SameSite=Lax; "
                f"Max-Age={MAX_AGE_S}{secure}",
            )
        if path in VIEWS and message["status"] == 200 and _is_bad(scope["query_string"]):
            # The page shows what is wrong with the question; machines see it in the status.
            message["status"] = 400
        return message


def _netloc_of(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


class _Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def _is_known(path: str) -> bool:
    """A path of ours, or below one that ends in a slash; `/healthy` is not `/health`."""
    if path == "/" or path in VIEWS:
        return True
    if len(path) > MAX_PATH:
        return False
    if path.startswith(SUITES) and "/" not in path.removeprefix(SUITES):
        return False  # a package without a file: Dash would answer with its page
    return any(path.startswith(known) if known[-1] == "/" else path == known for known in KNOWN)


def _say(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)


def _is_bad(query: bytes) -> bool:
    text = query.decode("utf-8", "replace")
    try:
        from_query(text)
        known_at = view_of(text).get("as_known_at")
        if known_at:
            parse_instant("as_known_at", known_at)
    except BadQuestion:
        return True
    return False


def _cookie(headers: Headers, name: str = COOKIE) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


async def _read(receive: Receive, headers: Headers, most: int = MAX_BODY) -> bytes:
    """The whole body, at most `most` bytes whatever its length header says."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise _Refusal(413, "the body is too large")
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refusal(400, "the request was cut off")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _Refusal(413, "the body is too large")
        if not message.get("more_body"):
            return b"".join(parts)


def _replay(raw: bytes) -> Receive:
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": raw, "more_body": False}

    return receive

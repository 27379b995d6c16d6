"""Who is at the other end: a signed cookie minted at the first page view.

Until accounts exist every session of this machine has the clearance of the settings; the cookie
carries only a random name, so nothing in it can be raised by the one who holds it.
"""

from __future__ import annotations

import os
import secrets
from contextvars import ContextVar
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from cop.model.viewer import Viewer
from cop.settings import Settings

COOKIE = "cop_session"
MAX_AGE_S = 30 * 24 * 3600
SECRET_BYTES = 32
_viewer: ContextVar[Viewer | None] = ContextVar("cop_viewer", default=None)


class Sessions:
    """Mints and reads session cookies, signed with the settings' secret or one kept beside it."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret or _kept_secret(settings.store_file.with_name("session.key"))
        self._signer = TimestampSigner(secret, salt="cop-session")
        self._clearance = settings.clearance

    def mint(self) -> str:
        """A new cookie value."""
        return self._signer.sign(secrets.token_urlsafe(18)).decode()

    def read(self, cookie: str | None) -> Viewer | None:
        """The viewer a cookie stands for; None for a missing, foreign or expired one."""
        if not cookie or len(cookie) > 200:
            return None
        try:
            name = self._signer.unsign(cookie, max_age=MAX_AGE_S).decode()
        except BadSignature:
            return None
        return Viewer(f"session:{name[:8]}", self._clearance)


def set_viewer(viewer: Viewer | None) -> None:
    """Say who this request is from; seen by everything it calls, threads included."""
    _viewer.set(viewer)


def current_viewer() -> Viewer:
    """Who this request is from. Raises LookupError outside a request with a session."""
    viewer = _viewer.get()
    if viewer is None:
        raise LookupError("no session")
    return viewer


def _kept_secret(file: Path) -> str:
    """The secret in a file of ours, made on first use, readable by its owner only."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = file.read_text("ascii")
        if len(secret) < 2 * SECRET_BYTES:
            # Left by a crash: cookies signed with half a secret, or none, could be forged.
            file.unlink()
            return _kept_secret(file)
        return secret
    with os.fdopen(handle, "w", encoding="ascii") as out:
        secret = secrets.token_hex(SECRET_BYTES)
        out.write(secret)
    return secret

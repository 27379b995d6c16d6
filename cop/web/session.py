"""Who is at the other end: a signed cookie minted at the first page view, and an officer's name.

Until accounts exist every session of this machine has the clearance of the settings; the cookie
carries only a random name, so nothing in it can be raised by the one who holds it. A second cookie
keeps the name an officer gave, signed too: it signs acts and grants nothing.
"""

from __future__ import annotations

import os
import secrets
from contextvars import ContextVar
from pathlib import Path

from itsdangerous import BadData, BadSignature, TimestampSigner, URLSafeTimedSerializer

from cop.errors import BadInput
from cop.model.viewer import Viewer, fold_officer
from cop.settings import Settings

COOKIE = "cop_session"
OFFICER_COOKIE = "cop_officer"
MAX_COOKIE = 600
MAX_AGE_S = 30 * 24 * 3600
SECRET_BYTES = 32
_viewer: ContextVar[Viewer | None] = ContextVar("cop_viewer", default=None)


class Sessions:
    """Mints and reads session cookies, signed with the settings' secret or one kept beside it."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret or _kept_secret(settings.store_file.with_name("session.key"))
        self._signer = TimestampSigner(secret, salt="cop-session")
        self._officers = URLSafeTimedSerializer(secret, salt="cop-officer")
        self._clearance = settings.clearance

    def mint(self) -> str:
        """A new cookie value."""
        return self._signer.sign(secrets.token_urlsafe(18)).decode()

    def sign_officer(self, name: str) -> str:
        """The cookie value that keeps an officer's name. Raises BadInput for what is no name."""
        return str(self._officers.dumps(fold_officer(name)))

    def read_officer(self, cookie: str | None) -> str:
        """The name in a cookie of ours; empty for a missing, foreign or expired one."""
        if not cookie or len(cookie) > MAX_COOKIE:
            return ""
        try:
            return fold_officer(str(self._officers.loads(cookie, max_age=MAX_AGE_S)))
        except (BadData, BadInput):
            return ""

    def read(self, cookie: str | None, officer: str | None = None) -> Viewer | None:
        """The viewer a cookie stands for; None for a missing, foreign or expired one.

        `officer` is the second cookie, with the name that signs this viewer's acts.
        """
        if not cookie or len(cookie) > 200:
            return None
        try:
            name = self._signer.unsign(cookie, max_age=MAX_AGE_S).decode()
        except BadSignature:
            return None
        return Viewer(f"session:{name[:8]}", self._clearance, self.read_officer(officer))


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

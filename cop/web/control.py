"""The door for the command line: a socket beside the store, open to its owner only (mode 0600).

One request a connection: a JSON line `{command, arguments, clearance, sizes}`, then the bytes of
the files, never their paths. The answer is one JSON line. A command that makes a file sends it
before that in pieces, each with its length in four bytes (network order) before it; a length begins
with a zero byte, an answer with a brace.
Who asks is what the system says of the peer, not what the request claims.
"""

from __future__ import annotations

import io
import json
import os
import pwd
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import structlog

from cop import errors
from cop.commands import COMMANDS, STREAMING
from cop.errors import BadInput, CopError, StoreError
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.services import Services

MAX_HEADER = 64 * 1024
MAX_BYTES = 512 * 1024 * 1024
MAX_PIECE = 1 << 20
_LENGTH = struct.Struct("!I")
PATIENCE_S = 600.0
log = structlog.get_logger(__name__)


def socket_of(store: Path) -> Path:
    """The socket's place: beside the store, named after it."""
    return store.with_name(store.name + ".sock")


def user_name() -> str:
    """The system's name of who runs this process."""
    return _name_of(os.getuid())


class Door:
    """Serves commands on the socket from threads of its own, from `open` until `close`."""

    def __init__(self, services: Services, store: Path) -> None:
        self._services = services
        self._path = socket_of(store)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._closed = False

    def open(self) -> None:
        """Start answering. A socket left by a dead server is replaced: we hold the store's lock."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with _short(self._path) as address:
                self._socket.bind(address)
        finally:
            os.umask(before)
        self._socket.listen(8)
        threading.Thread(target=self._serve, name="cop-door", daemon=True).start()

    def close(self) -> None:
        """Stop answering and take the socket away."""
        self._closed = True
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closed:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        with peer:
            peer.settimeout(PATIENCE_S)
            try:
                reply = {"ok": True, "answer": self._run(peer)}
            except CopError as error:
                reply = {"ok": False, "error": type(error).__name__, "message": str(error)}
            except (OSError, ValueError, TypeError, KeyError) as error:
                log.warning("a request at the door could not be read", error=str(error))
                reply = {"ok": False, "error": "BadInput", "message": "the request is not readable"}
            except Exception:
                log.exception("a command at the door failed")
                reply = {
                    "ok": False,
                    "error": "CopError",
                    "message": "the server could not do this; its log says why",
                }
            with _quiet():
                peer.sendall(json.dumps(reply, default=str).encode() + b"\n")

    def _run(self, peer: socket.socket) -> dict[str, Any]:
        with peer.makefile("rb") as stream:
            header = json.loads(stream.readline(MAX_HEADER))
            sizes = [int(size) for size in header["sizes"]]
            if min(sizes, default=0) < 0 or sum(sizes) > MAX_BYTES:
                raise BadInput("the files are too large for one request")
            files = [stream.read(size) for size in sizes]
        if [len(data) for data in files] != sizes:
            raise BadInput("the files were cut off on the way")
        name = str(header["command"])
        if name not in COMMANDS and name not in STREAMING:
            raise BadInput("the server does not know this command; is it another version?")
        ours = self._services.settings.clearance
        theirs = str(header["clearance"])
        clearance = min(ours, theirs if theirs in MARKINGS else "clear", key=MARKINGS.code)
        viewer = Viewer(f"cli:{_peer_name(peer)}", clearance)
        arguments = dict(header["arguments"])
        if name in COMMANDS:
            return COMMANDS[name](self._services, viewer, arguments, files)
        with io.BufferedWriter(_Pieces(peer), MAX_PIECE) as out:
            return STREAMING[name](self._services, viewer, arguments, out)


class _Pieces(io.RawIOBase):
    """What is written goes to the peer as pieces, each behind its length."""

    def __init__(self, peer: socket.socket) -> None:
        super().__init__()
        self._peer = peer

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(memoryview(data)[:MAX_PIECE])
        self._peer.sendall(_LENGTH.pack(len(piece)) + piece)
        return len(piece)


def ask_server(
    store: Path,
    command: str,
    arguments: dict[str, Any],
    files: list[bytes],
    clearance: str,
    out: BinaryIO | None = None,
) -> dict[str, Any]:
    """Let the server that holds the store run a command; its answer.

    `out` takes the file that a command of `STREAMING` makes, whole only if this returns.

    Raises the same error of `cop.errors` the server met, and StoreError where none answers.
    """
    header = {
        "command": command,
        "arguments": arguments,
        "clearance": clearance,
        "sizes": [len(data) for data in files],
    }
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(PATIENCE_S)
            with _short(socket_of(store)) as address:
                peer.connect(address)
            peer.sendall(json.dumps(header).encode() + b"\n" + b"".join(files))
            with peer.makefile("rb") as stream:
                reply = _read_reply(stream, out)
    except (OSError, ValueError) as error:
        raise StoreError("the process that holds the store does not answer commands") from error
    if reply["ok"]:
        return dict(reply["answer"])
    kind = getattr(errors, str(reply["error"]), CopError)
    if kind is errors.BadQuestion:
        raise errors.BadQuestion("query", str(reply["message"]))
    raise kind(str(reply["message"]))


def _read_reply(stream: BinaryIO, out: BinaryIO | None) -> dict[str, Any]:
    """The answer, after the pieces before it were written to `out`."""
    start = stream.read(1)
    while start == b"\0" and out is not None:
        (length,) = _LENGTH.unpack(start + stream.read(_LENGTH.size - 1))
        piece = stream.read(length)
        if len(piece) != length:
            raise ValueError("the file was cut off on the way")
        out.write(piece)
        start = stream.read(1)
    reply: dict[str, Any] = json.loads(start + stream.readline())
    return reply


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """An address of the socket within the 108 bytes the system allows, however deep it lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@contextmanager
def _quiet() -> Iterator[None]:
    """The peer may be gone before its answer; the work is done and audited all the same."""
    try:
        yield
    except OSError:
        log.info("the command line left before its answer")


def _peer_name(peer: socket.socket) -> str:
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return _name_of(struct.unpack("3i", credentials)[1])


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

"""Everything that can go wrong on purpose, as one tree.

    CopError                    what happened, in a sentence a person can act on
    ├── BadQuestion             a filter key or value is wrong: names the key and what is allowed
    ├── BadInput                a file or form cannot be taken in
    │   └── NotThisFormat       the whole input is not of the format it was given as
    ├── NotFound                no such thing, or not for this viewer: the same answer
    ├── Refused                 the viewer may not do this
    ├── Conflict                somebody changed it first
    ├── Busy                    too much of it is being done already: later
    └── StoreError              the store cannot be used
        ├── StoreHeld           another process holds the store
        ├── StoreDamaged        the file or its log does not open, or fails its checks
        └── StoreForked         a forked child tried to use its parent's store

`STATUS` is the one table from error to HTTP status. Messages never hold a traceback, path or SQL.
"""

from __future__ import annotations


class CopError(Exception):
    """The root: `str(error)` is fit for a person."""


class BadQuestion(CopError):
    """A question that cannot be asked; `key` is the URL key at fault."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class BadInput(CopError):
    """An input that cannot be taken in; `field` names the field of a form at fault, or is empty."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotThisFormat(BadInput):
    """The whole input is not of the format it was given as; nothing was taken in."""


class NotFound(CopError):
    """No such thing, or none that this viewer may see."""


class Refused(CopError):
    """The viewer may not do this."""


class Conflict(CopError):
    """Somebody changed it first; nothing was overwritten."""


class Busy(CopError):
    """Too much of this is being done already; the same will be done if asked again later."""


class StoreError(CopError):
    """The store cannot be used."""


class StoreHeld(StoreError):
    """Another process holds the store."""


class StoreDamaged(StoreError):
    """The store's file or log does not open, or fails its checks."""


class StoreForked(StoreError):
    """A forked child tried to use its parent's store."""


STATUS: dict[type[CopError], int] = {
    BadQuestion: 400,
    BadInput: 400,
    NotFound: 404,
    Refused: 403,
    Conflict: 409,
    Busy: 429,
    StoreError: 503,
    CopError: 500,
}


def status_of(error: CopError) -> int:
    """The HTTP status of an error: that of its nearest ancestor in STATUS."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)

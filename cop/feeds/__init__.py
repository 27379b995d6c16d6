"""The feeds, explicitly: adding a source is adding a file and a line here."""

from __future__ import annotations

from cop.errors import BadInput
from cop.feeds import asam, columns, desk, imb, register, ukmto
from cop.feeds.feed import Feed

ALL: tuple[Feed, ...] = (asam.FEED, imb.FEED, ukmto.FEED, register.FEED, desk.FEED, columns.FEED)
_BY_ID = {feed.id: feed for feed in ALL}


def get_feed(id: str) -> Feed:
    """The feed of an id; raises BadInput naming the ids there are."""
    try:
        return _BY_ID[id]
    except KeyError:
        allowed = ", ".join(_BY_ID)
        raise BadInput(f"There is no feed {id[:40]!r}; there are: {allowed}.") from None

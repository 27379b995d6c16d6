"""Sources switched off: by the settings of the machine, or by a person, whose word wins.

A source that is off takes nothing in, and what it covers is shown as not covered. What it told
before stays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.errors import BadInput, Conflict
from cop.feeds import ALL, get_feed
from cop.model.dtg import format_dtg
from cop.model.viewer import Viewer
from cop.store import Store

MAX_REASON = 200
_KEY = "source-switch."


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a source is on, and which officer said so; the settings have no `by` and no `at`."""

    feed: str
    is_on: bool
    by: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """`switched off by Reed at 231258Z NOV 26: list is being rebuilt`."""
        state = "on" if self.is_on else "off"
        if self.at is None:
            return "on" if self.is_on else "switched off by the settings (COP_FEEDS_OFF)"
        why = f": {self.reason}" if self.reason else ""
        return f"switched {state} by {self.by} at {format_dtg(self.at)}{why}"


def check_feeds_off(names: Sequence[str]) -> None:
    """Raises BadInput for a name that is no feed: a misspelt one would stay on.

    The watch desk is no source to switch off: its officers would lose what they enter.
    """
    for name in names:
        if get_feed(name).id == "desk":
            raise BadInput("COP_FEEDS_OFF: the watch desk's own reports cannot be switched off")


def read_switches(store: Store, feeds_off: Sequence[str]) -> dict[str, Switch]:
    """The switch of each feed, by id; `feeds_off` are those that the settings switch off."""
    said = store.read("meta", None)
    return {feed.id: _read(said.get(_KEY + feed.id), feed.id, feeds_off) for feed in ALL}


def _read(text: str | None, feed: str, feeds_off: Sequence[str]) -> Switch:
    if text is None:
        return Switch(feed, feed not in feeds_off)
    kept = json.loads(text)
    at = datetime.fromisoformat(kept["at"])
    return Switch(feed, bool(kept["on"]), kept["by"], at, kept["reason"])


def refuse_switched_off(store: Store, feeds_off: Sequence[str], feed: str) -> None:
    """Raises BadInput, saying who switched it off, where a feed is off; others pass."""
    switch = read_switches(store, feeds_off).get(feed)
    if switch and not switch.is_on:
        raise BadInput(
            f"{get_feed(feed).title} is {switch.words}; nothing was taken in. "
            "The sources page switches it on."
        )


def switch_source(
    store: Store,
    feeds_off: Sequence[str],
    viewer: Viewer,
    feed: str,
    *,
    on: bool,
    reason: str,
) -> Switch:
    """Switch a source on or off, signed by the viewer's officer; the switch as it is now.

    Raises BadInput without a name or, to switch off, a reason; Conflict where it stands so already.
    """
    title = get_feed(feed).title
    if not viewer.officer:
        raise BadInput("give your name first: switching a source is signed")
    said = " ".join(reason.split())[:MAX_REASON]
    if not on and not said:
        raise BadInput("say why this source is switched off")
    before = read_switches(store, feeds_off)[feed]
    if before.is_on == on:
        raise Conflict(f"{title} is {before.words} already; nothing was changed")
    actor = f"officer:{viewer.officer}"
    with store.write(actor=actor, action="source.switch", subject=feed) as writer:
        switch = Switch(feed, on, viewer.officer, writer.at, said)
        writer.set_meta(
            _KEY + feed,
            json.dumps(
                {"on": on, "by": viewer.officer, "at": writer.at.isoformat(), "reason": said},
                ensure_ascii=False,
            ),
        )
        writer.note(on=on, reason=said)
    return switch

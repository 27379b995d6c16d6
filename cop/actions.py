"""What a person can do: each act is named, checked and audited. Panels call these, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cop.errors import BadInput, Conflict, NotThisFormat
from cop.feeds import get_feed
from cop.feeds.feed import Feed
from cop.geography import Geography
from cop.ingest import begin_run, write_run
from cop.model.report import Report
from cop.model.viewer import Viewer
from cop.positions import FEED as POSITIONS
from cop.store import Store
from cop.switches import refuse_switched_off

MAX_CORRECTION = 200_000


def why_not_again(feed: str) -> str:
    """Why a record kept aside of this feed can't be run again by itself; empty where it can."""
    if feed == POSITIONS:
        return (
            "One AIS record cannot be run again: its time and its other sentences are in its file. "
            "Read a corrected file, or dismiss this record."
        )
    return ""


def rerun_quarantined(
    store: Store,
    geography: Geography,
    viewer: Viewer,
    item_id: int,
    corrected: str,
    feeds_off: Sequence[str] = (),
) -> dict[str, Any]:
    """Run a record kept aside again, as corrected by a person; the tally of that run.

    The record as received stays in quarantine, marked corrected. `feeds_off` are the feeds that the
    settings switch off. Raises NotFound, BadInput naming what is still wrong or that the source is
    switched off, Conflict where somebody settled it first.
    """
    if len(corrected) > MAX_CORRECTION:
        raise BadInput("the corrected record is too long")
    item = store.read("quarantined", viewer, item_id=item_id)
    if item["state"] != "open":
        raise Conflict("this record was settled already; reload the list")
    if why_not := why_not_again(item["feed"]):
        raise BadInput(why_not)
    feed = get_feed(item["feed"])
    refuse_switched_off(store, feeds_off, feed.id)
    whole = _as_input(store, feed, bytes(item["header"]), corrected.encode())
    run = begin_run(feed, whole, f"correction of item {item_id}", store.clock())
    records = list(feed.parse(whole, run["started_at"]))
    with store.write(
        actor=viewer.name, action="quarantine.correct", subject=f"{feed.id} item {item_id}"
    ) as writer:
        if not writer.settle_quarantined(item_id, "corrected"):
            raise Conflict("somebody settled this record first; reload the list")
        writer.note(item_id=item_id, raw_sha256=item["raw_sha256"])
        return asdict(write_run(writer, geography, feed, records, whole, run, store.clock))


def dismiss_quarantined(store: Store, viewer: Viewer, item_id: int, reason: str) -> None:
    """Settle a record kept aside without taking it in; its bytes stay.

    Raises NotFound, BadInput without a reason, Conflict where somebody settled it first.
    """
    if not reason.strip():
        raise BadInput("say why this record is not needed")
    item = store.read("quarantined", viewer, item_id=item_id)
    with store.write(
        actor=viewer.name, action="quarantine.dismiss", subject=f"{item['feed']} item {item_id}"
    ) as writer:
        if not writer.settle_quarantined(item_id, "dismissed"):
            raise Conflict("somebody settled this record first; reload the list")
        writer.note(item_id=item_id, reason=reason.strip()[:500])


def _as_input(store: Store, feed: Feed, header: bytes, record: bytes) -> bytes:
    """One record as a whole input of its feed, from which exactly one report can be made."""
    record = record.strip()
    if record.startswith(b"{"):
        # A list of one, bare or under the feed's own name: the two shapes our JSON feeds have.
        shapes = [b"[" + record + b"]", b'{"' + feed.id.encode() + b'":[' + record + b"]}"]
    else:
        shapes = [header + b"\n" + record + b"\n"]
    for whole in shapes:
        try:
            found = list(feed.parse(whole, store.clock()))
        except NotThisFormat:
            continue
        if len(found) != 1:
            raise BadInput(f"the text must hold one record, not {len(found)}")
        if not isinstance(found[0], Report):
            raise BadInput(found[0].reason)
        return whole
    raise BadInput(f"the text is not a record of {feed.title}")

"""What panels, routers and the command line may use: one frozen set of parts, and one way to ask.

Everything that is read passes through here with a viewer; identical questions are answered once.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from cop.errors import BadQuestion, NotFound
from cop.export_jobs import ExportJobs
from cop.feeds import ALL as FEEDS
from cop.feeds.feed import BUNDLED
from cop.geography import Geography
from cop.layer import Layer
from cop.model.coverage import judge_age
from cop.model.privacy import mask_personal
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES
from cop.positions import SOURCE as POSITIONS
from cop.query.answers import Page, Picture, Viewport
from cop.query.filters import Filters
from cop.query.url import from_query, parse_instant, query_of, view_of
from cop.query.where import Where, compile_where
from cop.settings import Settings
from cop.store import Store
from cop.switches import read_switches


class Memo:
    """Answers kept by key, the least used dropped first; equal questions at once are asked once."""

    def __init__(self, size: int = 128) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._asking: dict[Any, threading.Lock] = {}

    def get(self, key: Any, ask: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            turn = self._asking.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._answers:
                    return self._answers[key]
            try:
                answer = ask()
            finally:
                with self._lock:
                    self._asking.pop(key, None)
            with self._lock:
                self._answers[key] = answer
                while len(self._answers) > self._size:
                    self._answers.popitem(last=False)
            return answer


@dataclass(frozen=True)
class Services:
    """The parts of one running picture; the only thing handed to panels, routers and commands."""

    settings: Settings
    store: Store
    geography: Geography
    layers: tuple[Layer, ...]
    memo: Memo = field(default_factory=Memo)
    exports: ExportJobs = field(default_factory=ExportJobs)

    def ask(self, query: str, viewer: Viewer) -> Where:
        """The predicate of an address or query string for a viewer.

        Raises BadQuestion for a key or value that means nothing. Of what was known at a moment,
        ages such as the last 24 hours count from that moment.
        """
        text = query_of(query)
        written = view_of(text).get("as_known_at")
        known_at = parse_instant("as_known_at", written) if written else None
        now = self.store.clock()
        return compile_where(
            from_query(text),
            viewer,
            now=min(now, known_at) if known_at else now,
            as_known_at=known_at,
        )

    def count(self, where: Where) -> int:
        """How many incidents meet the question."""
        return int(self.store.read("count", where))

    def picture(self, where: Where, viewport: Viewport) -> Picture:
        """Counts, facets, timeline and marks: one answer for all panels of a screen."""
        key = (self.store.version, where.key, viewport)
        picture: Picture = self.memo.get(
            key, lambda: self.store.read("picture", where, viewport=viewport)
        )
        return picture

    def picture_tag(self, where: Where, viewport: Viewport) -> str:
        """A short name of an answer that changes when the answer may: for ETags and freshness."""
        text = repr((self.store.version, where.key, viewport))
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def page(
        self,
        where: Where,
        *,
        start: int = 0,
        stop: int = 100,
        sort: str = "occurred_at",
        descending: bool = True,
        only_unlocated: bool = False,
    ) -> Page:
        """Rows of the list; see `cop.store.records.LIST_COLUMNS` (codes, not slugs)."""
        page: Page = self.store.read(
            "page",
            where,
            start=start,
            stop=stop,
            sort=sort,
            descending=descending,
            only_unlocated=only_unlocated,
        )
        return page

    def detail(
        self, incident_id: str, viewer: Viewer, as_known_at: datetime | None = None
    ) -> dict[str, Any]:
        """One incident whole: `incident`, `versions`, `reports`. Raises NotFound.

        A report's `raw` is text for reading, personal data masked; the bytes stay in the store.
        """
        try:
            filters = Filters(id=(incident_id,), status=LIFECYCLES.slugs)
        except BadQuestion as error:
            raise NotFound("there is no such incident") from error  # no id looks like this
        where = compile_where(filters, viewer, as_known_at=as_known_at)
        found: dict[str, Any] = self.store.read("detail", where)
        for report in found["reports"]:
            report["raw"] = mask_personal(bytes(report["raw"]).decode("utf-8", "replace"))
        return found

    def reference(self, name: str) -> pd.DataFrame:
        """A reference list of the store: `ports`, `regions`, `vessel_areas`."""
        frame: pd.DataFrame = self.memo.get(
            ("reference", name), lambda: self.store.read("reference", None, name=name)
        )
        return frame

    def world(self) -> str:
        """Which world the store holds: `live`, or `demo` for a synthetic one."""
        held: str = self.memo.get(
            ("world", self.store.version),
            lambda: self.store.read("meta", None).get("world", "live"),
        )
        return held

    def sources(self, viewer: Viewer) -> list[dict[str, Any]]:
        """Every feed with its title, kind, marking and the state of its runs, also if it never ran.

        `last_state` is that of its last run, or `off` (`last_reason` says who switched it off), or
        for one that should have spoken since `late` or `silent`. A feed that covers no region is
        listed once it has brought something: without it nothing is missing.
        Vessel positions are a source once some were read: without a receiver nothing is missing.
        """
        runs: list[dict[str, Any]] = self.memo.get(
            ("sources", self.store.version, viewer.clearance),
            lambda: self.store.read("sources", viewer),
        )
        ran = {row["feed"]: row for row in runs}
        blank = {
            "runs": 0,
            "last_run_at": None,
            "last_success_at": None,
            "last_new_at": None,
            "last_state": "never",
            "last_reason": "",
        }
        known = [
            {
                "feed": feed.id,
                "title": feed.title,
                "publisher": feed.publisher,
                "licence": feed.licence,
                "attribution": feed.attribution,
                "kind": feed.kind,
                "marking": feed.marking,
            }
            for feed in FEEDS
            if feed.covers or feed.kind == BUNDLED or feed.id in ran
        ]
        if POSITIONS["feed"] in ran:
            known.append(POSITIONS)
        return self._judge([source | blank | ran.get(source["feed"], {}) for source in known])

    def _judge(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows of sources, their state as it is now: switched off, late, silent, or as it ran."""
        every = {feed.id: feed.every for feed in FEEDS}
        off = self.settings.feeds_off_names
        switches = self.memo.get(
            ("switches", self.store.version), lambda: read_switches(self.store, off)
        )
        now = self.store.clock()
        for row in rows:
            feed = row["feed"]
            if feed in switches and not switches[feed].is_on:
                row |= {"last_state": "off", "last_reason": switches[feed].words}
                continue
            row["last_state"] = judge_age(
                every.get(feed), row["last_state"], row["last_success_at"], now
            )
        return rows

"""A desk for tests: a store in memory with a clock one can set, and short ways to ask it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from synthetic import incident, put

from cop import desk
from cop.model.viewer import Viewer
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.store import Store

NOON = datetime(2026, 11, 23, 12)
RED = Viewer("test", "red")
GREEN = Viewer("test", "green")


@dataclass
class Desk:
    """The store, its clock, and the two officers Ann and Bob."""

    store: Store
    clock: list[datetime]

    def later(self, **delta: float) -> datetime:
        self.clock[0] += timedelta(**delta)
        return self.clock[0]

    def put(self, incident_id: str, **said: Any) -> None:
        put(self.store, incident(incident_id, **({"start": datetime(2026, 11, 22)} | said)))

    def act(self, incident_id: str, name: str, *, by: str = "Ann", **fields: Any) -> int:
        """An act of somebody who has seen everything, unless told otherwise."""
        row = self.row(incident_id)
        seen = {"expected_version": row["version"]} if "expected_act" not in fields else {}
        return desk.act(self.store, RED, by, incident_id, name, **(seen | fields))

    def row(self, incident_id: str) -> dict[str, Any]:
        """The incident in the picture."""
        where = self.where(Filters(id=(incident_id,)))
        found: dict[str, Any] = self.store.read("detail", where)["incident"]
        return found

    def standing(self, incident_id: str, viewer: Viewer = RED) -> dict[str, Any]:
        answer = self.store.read("triage", viewer, ids=[incident_id], now=self.clock[0])
        found: dict[str, Any] = answer[incident_id]
        return found

    def where(self, filters: Filters | None = None, viewer: Viewer = RED) -> Where:
        return compile_where(filters or Filters(), viewer, now=self.clock[0])

    def news(self, officer: str, viewer: Viewer = RED) -> dict[str, Any]:
        answer: dict[str, Any] = self.store.read("news", self.where(viewer=viewer), officer=officer)
        return answer

    def queue(self, viewer: Viewer = RED) -> dict[str, Any]:
        where = self.where(viewer=viewer)
        answer: dict[str, Any] = self.store.read("queue", where, now=self.clock[0])
        return answer

    def log(self, viewer: Viewer = RED, **options: Any) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.store.read("log", viewer, **options)["entries"]
        return entries

    def words(self) -> list[str]:
        return [entry["text"] for entry in self.log()]

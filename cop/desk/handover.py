"""The hand-over of a watch: what is open, changed, expected, degraded, and owed to whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from cop.errors import BadInput
from cop.model.triage import read_text
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES, SEVERITIES
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.store import Store

MOST_OPEN = 200
MOST_CHANGED = 200
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handover:
    """What one watch hands to the next; every item is a flat row with `text` and `tlp` (code).

    `open_incidents`: incident_id, title, severity, status (slugs), owner, next_action, next_due_at.
    `changed`: incident_id, version, title, severity, kind (`new`, `changed`), recorded_at.
    `expected`: what is due, of incidents and tasks: due_at, owner, incident_id.
    `degraded`: feed. `owed`: owed_to, due_at, owner, task_no, incident_id. Times are ISO 8601 with
    Z, or empty. `n_open` and `n_changed` count all of them where a list is cut.
    """

    watch_no: int
    drafted_at: str
    open_incidents: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)
    expected: list[Item] = field(default_factory=list)
    degraded: list[Item] = field(default_factory=list)
    owed: list[Item] = field(default_factory=list)
    n_open: int = 0
    n_changed: int = 0
    remarks: str = ""

    @property
    def tlp(self) -> int:
        """The strictest marking of its items, as a code."""
        return max((int(item.get("tlp", 0)) for item in self.items()), default=0)

    def items(self) -> Iterable[Item]:
        """All items of all sections."""
        for name in SECTIONS:
            yield from getattr(self, name)


SECTIONS = ("open_incidents", "changed", "expected", "degraded", "owed")


def draft_handover(
    store: Store,
    viewer: Viewer,
    now: datetime,
    *,
    degraded: Sequence[Mapping[str, str]] | None = None,
) -> Handover:
    """The hand-over of the watch that is on, drafted from what stands; nothing is written.

    `degraded` are sources in a bad state as `feed` and `text`; without it, those whose last run
    failed. Raises BadInput where no watch is on.
    """
    watch = store.read("watch", viewer)
    if watch is None:
        raise BadInput("watch: no watch is on; open one first")
    where = compile_where(Filters(status=LIFECYCLES.slugs), viewer, now=now)
    queue = store.read("queue", where, now=now, limit=MOST_OPEN)
    changed = store.read("recorded_since", where, since=watch["opened_at"], limit=MOST_CHANGED)
    if degraded is None:
        degraded = [
            {"feed": source["feed"], "text": source["last_reason"] or "the last run failed"}
            for source in store.read("sources", viewer)
            if source["last_state"] == "failed"
        ]
    return build_handover(watch, now, queue, changed, store.read("tasks", viewer), degraded)


def build_handover(
    watch: Mapping[str, Any],
    now: datetime,
    queue: Mapping[str, Any],
    changed: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    degraded: Sequence[Mapping[str, str]],
) -> Handover:
    """A hand-over from the answers of the store; pure."""
    followed = [row for row in queue["rows"] if row["triage"]]
    return Handover(
        watch_no=int(watch["watch_no"]),
        drafted_at=_written(now),
        open_incidents=[_open_item(row) for row in queue["rows"]],
        changed=[
            _item_of(row)
            | {"version": int(row["version"]), "kind": row["kind"]}
            | {"recorded_at": _written(row["recorded_at"])}
            for row in changed["rows"]
        ],
        expected=sorted(
            [_due_item(row) for row in followed if row["triage"]["next_action"]]
            + [_task_item(task) for task in tasks if task["due_at"] and not task["owed_to"]],
            key=lambda item: item["due_at"] or "9",
        ),
        degraded=[dict(source) | {"tlp": 0} for source in degraded],
        owed=[_task_item(task) for task in tasks if task["owed_to"]],
        n_open=queue["total"],
        n_changed=changed["total"],
    )


def parse_handover(text: str) -> Handover:
    """A hand-over from its JSON. Raises BadInput where it is not one of ours."""
    try:
        values = json.loads(text)
        known = {field.name for field in fields(Handover)}
        if not isinstance(values, dict) or set(values) - known:
            raise ValueError("unknown fields")
        made = Handover(**values)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadInput("handover: this is not a hand-over", "handover") from error
    if not all(isinstance(getattr(made, name), list) for name in SECTIONS):
        raise BadInput("handover: its sections are lists", "handover")
    for item in made.items():
        if not isinstance(item, dict) or not isinstance(item.get("tlp", 0), int):
            raise BadInput("handover: its items are rows with a marking", "handover")
    read_text("remarks", made.remarks, most=10_000)
    return made


def dump_handover(handover: Handover) -> str:
    """A hand-over as JSON."""
    return json.dumps(asdict(handover), ensure_ascii=False)


def _item_of(row: Mapping[str, Any]) -> Item:
    return {
        "incident_id": row["incident_id"],
        "text": row["title"],
        "title": row["title"],
        "severity": SEVERITIES.slug(int(row["severity"])),
        "tlp": int(row["tlp"]),
    }


def _open_item(row: Mapping[str, Any]) -> Item:
    standing = row["triage"] or {}
    return _item_of(row) | {
        "status": LIFECYCLES.slug(int(row["status"])),
        "owner": standing.get("owner", ""),
        "acknowledged_by": standing.get("acknowledged_by", ""),
        "next_action": standing.get("next_action", ""),
        "next_due_at": _written(standing.get("next_due_at")),
    }


def _due_item(row: Mapping[str, Any]) -> Item:
    standing = row["triage"]
    return {
        "incident_id": row["incident_id"],
        "text": f"{row['title']}: {standing['next_action']}",
        "due_at": _written(standing["next_due_at"]),
        "owner": standing["owner"],
        "tlp": int(row["tlp"]),
    }


def _task_item(task: Mapping[str, Any]) -> Item:
    return {
        "task_no": int(task["task_no"]),
        "incident_id": task["incident_id"],
        "text": task["title"],
        "due_at": _written(task["due_at"]),
        "owner": task["owner"],
        "owed_to": task["owed_to"],
        "tlp": int(task["tlp"]),
    }


def _written(moment: datetime | None) -> str:
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else ""

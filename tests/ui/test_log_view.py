"""The watch log: what officers do on it, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import no_update
from reading import revive, text_of

import layers
from cop import desk
from cop.errors import BadInput
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.viewer import Viewer
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui import ids
from cop.ui.views import log, log_presses

from conftest import FIXTURES, NOW  # isort: skip

REED = Viewer("one", "red", "Lt. Reed")
OKORO = Viewer("two", "red", "Lt. Okoro")


class Screen:
    """One officer's page: its fields, and what the last answer showed."""

    def __init__(self, services: Services, viewer: Viewer) -> None:
        self.services, self.viewer = services, viewer
        self.fields = dict.fromkeys(log_presses.FIELDS, "")
        self.kept: list[str] = []
        self.seen: dict[str, Any] = {}
        self.chosen = self.turn = self.strike_no = 0
        self.shown: dict[str, Any] = {}
        self.look()

    def look(self, kind: str = "", by: str = "", of: str = "", mine: str = "") -> str:
        """Ask again as a push does; everything shown, in words."""
        remarks = self.fields[ids.HANDOVER_REMARKS]
        found = log.show(
            self.services, self.viewer, "", self.turn, 0,
            self.chosen, kind, by, of, mine, self.seen, remarks, self.kept,
        )  # fmt: skip
        self.shown |= {name: revive(v) for name, v in found.items() if v is not no_update}
        if found["remarks"] is not no_update:
            self.fields[ids.HANDOVER_REMARKS] = found["remarks"]
        if found["kept"] is not no_update:
            self.kept = found["kept"]
        if found["seen"] is not no_update:
            self.seen = found["seen"] or {}
        return text_of([self.shown[name] for name in ("head", "entries", "tasks", "handover")])

    def press(self, act: str, **more: Any) -> str:
        """Press a button; what is said of it."""
        pressed = {"act": act} | {name: str(value) for name, value in more.items()}
        said, turn, seen, _, *emptied = log_presses.press(
            self.services, self.viewer, pressed, self.turn, self.strike_no,
            self.seen, self.kept, *self.fields.values(),
        )  # fmt: skip
        if turn is not no_update:
            self.turn = turn
        if seen is not no_update:
            self.seen = seen or {}
        for field, value in zip(log_presses.EMPTIABLE, emptied, strict=True):
            if value is not no_update:
                self.fields[field] = value
        self.look()
        return str(said)

    def watch(self) -> dict[str, Any]:
        found = self.services.store.read("watch", self.viewer)
        return {"no": found["watch_no"], "version": found["version"]}


@pytest.fixture
def own(geography: Geography) -> Iterator[Services]:
    """A store that is written to."""
    store = Store.memory(clock=lambda: NOW)
    data = (FIXTURES / "plain.csv").read_bytes()
    ingest(store, geography, "asam", data, actor="test", name="plain.csv")
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def test_a_note_is_written_found_and_struck(own: Services) -> None:
    screen = Screen(own, REED)
    assert "No watch is on" in screen.look()
    assert screen.press("open") == "Watch 1 is on."
    incident_id = "asam-2030-1"
    screen.fields |= {
        ids.LOG_NOTE: "Called the <b>harbour</b> master",
        ids.LOG_NOTE_AT: "1205Z",
        ids.LOG_NOTE_OF: f"https://localhost/watch?sel={incident_id}",
    }
    assert screen.press("note").endswith("is written.")
    assert screen.fields[ids.LOG_NOTE] == ""
    entry = own.store.read("log", REED, watch_no=1)["entries"][-1]
    assert entry["happened_at"] == datetime(2026, 11, 23, 12, 5)
    assert entry["incident_id"] == incident_id
    assert "Called the <b>harbour</b> master" in screen.look(kind="note", by="reed", of="harbour")
    assert "Called" not in screen.look(kind="act")
    assert "Called" not in screen.look(by="okoro")
    screen.strike_no = entry["entry_no"]
    assert "Why it is struck" in screen.press("strike"), "a strike needs its reason"
    screen.fields[ids.LOG_STRIKE_WHY] = "wrong port"
    assert "stays readable" in screen.press("strike")
    shown = screen.look()
    assert "Called the <b>harbour</b> master" in shown
    assert "wrong port" in shown


def test_nothing_is_lost_where_something_is_refused(own: Services) -> None:
    nobody = Screen(own, Viewer("three", "red"))
    assert "name first" in nobody.press("open")
    screen = Screen(own, REED)
    screen.press("open")
    screen.fields |= {ids.LOG_NOTE: "A light seen", ids.LOG_NOTE_AT: "99Z"}
    said = screen.press("note")
    assert said.startswith("Not done. Happened at: ")
    assert screen.fields[ids.LOG_NOTE] == "A light seen"
    screen.fields |= {ids.LOG_NOTE_AT: "", ids.LOG_NOTE_OF: "none-such"}
    assert screen.press("note").startswith("Not done.")
    assert screen.press("task-state", no="x", version=1, state="done").startswith("Not done.")
    assert screen.press("what").startswith("Not done.")


def test_tasks_in_the_order_they_are_due_and_changed_once(own: Services) -> None:
    screen, other = Screen(own, REED), Screen(own, OKORO)
    screen.press("open")
    desk.add_task(own.store, REED, REED.officer, "Long ago", due_at=NOW - timedelta(hours=3))
    screen.fields |= {
        ids.LOG_TASK: "Ring the agent",
        ids.LOG_TASK_DUE: "1330Z",
        ids.LOG_TASK_OWNER: OKORO.officer,
        ids.LOG_TASK_OWED: "MV HERON",
    }
    assert screen.press("task") == "Task 2 is added."
    shown = text_of(screen.shown["tasks"])
    assert shown.index("Long ago") < shown.index("Ring the agent")
    assert "overdue by 3 h" in shown
    assert "in 32 min" in shown
    assert "owed to MV HERON" in shown
    other.look(mine="mine")
    assert "Long ago" not in text_of(other.shown["tasks"])
    assert "Ring the agent" in text_of(other.shown["tasks"])
    assert other.press("task-state", no=2, version=1, state="done") == "Task 2: done."
    assert "Lt. Okoro changed this task" in screen.press("task-take", no=2, version=1)
    assert "Ring the agent: done" in text_of(screen.shown["entries"]).replace("Task 2 ", "")


def test_a_watch_is_handed_over_by_two_officers(own: Services) -> None:
    reed, okoro = Screen(own, REED), Screen(own, OKORO)
    reed.press("open")
    desk.add_task(own.store, REED, REED.officer, "Send the report", owed_to="MRCC Singapore")
    assert "drafted" in reed.press("draft", **reed.watch())
    paper = text_of(reed.shown["handover"])
    assert "MRCC Singapore" in paper
    assert "TLP:AMBER" in paper
    assert "Degraded and not covered (" in paper, "no source of this store has delivered"
    degraded = [item for item in reed.kept if item.startswith("degraded:")]
    reed.kept = [item for item in reed.kept if item != degraded[0]]
    reed.fields[ids.HANDOVER_REMARKS] = "Weather is turning"
    assert "not saved yet" in reed.press("sign", **reed.watch())
    assert reed.press("save") == "The hand-over is saved."
    assert "Weather is turning" in text_of(reed.shown["handover"])
    assert reed.shown["options"] != []
    assert sum(item.startswith("degraded:") for item in reed.kept) == len(degraded) - 1
    assert "first" in okoro.press("relieve", **okoro.watch())
    assert "Signed by Lt. Reed" in reed.press("sign", **reed.watch())
    assert "own name" in reed.press("relieve", **reed.watch())
    assert okoro.press("relieve", **okoro.watch()) == "Watch 2 is on, opened by Lt. Okoro."
    shown = text_of(okoro.shown["head"])
    assert "Watch 2" in shown
    assert "Weather is turning" in shown, "the next watch starts with it"
    assert reed.look().startswith("Watch 2"), "the other screen has the next watch as well"
    assert reed.fields[ids.HANDOVER_REMARKS] == ""
    reed.chosen = 1
    assert "relieved by Lt. Okoro" in reed.look()
    assert reed.shown["desk"] is True
    assert reed.shown["edit"] is True


def test_what_an_officer_types_survives_the_other_one(own: Services) -> None:
    reed, okoro = Screen(own, REED), Screen(own, OKORO)
    reed.press("open")
    reed.press("draft", **reed.watch())
    okoro.look()
    reed.fields[ids.HANDOVER_REMARKS] = "Mine"
    okoro.fields[ids.HANDOVER_REMARKS] = "Theirs"
    okoro.press("save")
    assert "Lt. Okoro changed the hand-over while you were editing" in reed.look()
    assert reed.fields[ids.HANDOVER_REMARKS] == "Mine"
    assert "Lt. Okoro changed the hand-over" in reed.press("save")
    assert reed.fields[ids.HANDOVER_REMARKS] == "Mine"
    reed.press("mine")
    assert reed.press("save") == "The hand-over is saved."
    okoro.look()
    assert okoro.fields[ids.HANDOVER_REMARKS] == "Mine", "an untouched field follows"


@pytest.mark.parametrize(
    ("typed", "ahead", "expected"),
    [
        ("", False, None),
        ("1205Z", False, datetime(2026, 11, 23, 12, 5)),
        ("13:05", False, datetime(2026, 11, 22, 13, 5)),
        ("1205", True, datetime(2026, 11, 24, 12, 5)),
        ("230100Z NOV 26", False, datetime(2026, 11, 23, 1, 0)),
        ("2026-11-25T10:00Z", True, datetime(2026, 11, 25, 10, 0)),
    ],
)
def test_times_as_they_are_typed(typed: str, ahead: bool, expected: datetime | None) -> None:
    assert log_presses.read_moment(typed, NOW, "due_at", ahead=ahead) == expected


def test_a_time_that_is_due_is_yet_to_come() -> None:
    with pytest.raises(BadInput, match="past") as refused:
        log_presses.read_moment("231200Z NOV 26", NOW, "due_at", ahead=True)
    assert refused.value.field == "due_at"

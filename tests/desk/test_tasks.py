"""Tasks, checklists and measures; contacts and what officers save."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from desk_world import GREEN, NOON, RED, Desk

from cop import desk
from cop.errors import BadInput, Conflict, NotFound, Refused


def _tasks(world: Desk, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.store.read("tasks", RED, **options)
    return found


def test_a_task_goes_its_way_and_the_log_tells(world: Desk) -> None:
    number = desk.add_task(
        world.store, RED, "Ann", "Call the CSO", incident_id="a", owner="Bob",
        due_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    [task] = _tasks(world)
    assert (task["state"], task["owner"], task["version"]) == ("open", "Bob", 1)
    desk.change_task(
        world.store, RED, "Bob", number, expected_version=1, state="done", note="spoke to master"
    )
    with pytest.raises(Conflict, match=r"Bob changed this task at 231200Z NOV 26 \(done\)"):
        desk.change_task(world.store, RED, "Ann", number, expected_version=1, state="dropped")
    version = world.store.desk_version
    assert desk.change_task(world.store, RED, "Ann", number, expected_version=2, state="done") == 2
    assert len(world.log()) == 3, "nothing changed, nothing is logged"
    assert world.store.desk_version == version + 1
    assert _tasks(world) == []
    assert [t["state"] for t in _tasks(world, incident_id="a")] == ["done"]
    assert world.words()[1:] == [
        "Boarding — Task 1 Call the CSO: open, for Bob, due 231300Z NOV 26",
        "Task 1 Call the CSO: done, spoke to master",
    ]
    assert world.queue()["rows"][0]["triage"]["act_no"] == 0, "followed, nobody acted on it"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"state": "taken"}, "state"),
        ({"title": " "}, "title"),
        ({"owner": "x"}, "owner"),
        ({"incident_id": "b"}, "incident_id"),
        ({"owed_to": "x" * 121}, "owed_to"),
    ],
)
def test_a_wrong_field_is_named(world: Desk, changed: dict[str, Any], field: str) -> None:
    number = desk.add_task(world.store, RED, "Ann", "Call")
    with pytest.raises(BadInput) as caught:
        desk.change_task(world.store, RED, "Ann", number, expected_version=1, **changed)
    assert caught.value.field == field


def test_a_checklist_comes_once_and_whole(world: Desk) -> None:
    steps = [desk.Step("alarm", "Sound the alarm", NOON), desk.Step("citadel", "Crew to citadel")]
    numbers = desk.add_checklist(world.store, RED, "Ann", "a", "boarding", steps)
    assert [e["text"] for e in world.log() if e["kind"] == "task"] == [
        f"Boarding — Checklist boarding started: steps {numbers[0]} to {numbers[1]}, "
        "the first due 231200Z NOV 26"
    ], "one press, one entry"
    with pytest.raises(Conflict, match="Ann added this checklist already, at 231200Z NOV 26"):
        desk.add_checklist(world.store, RED, "Bob", "a", "boarding", steps)
    with pytest.raises(BadInput, match="title"):
        desk.add_checklist(world.store, RED, "Ann", "a", "other", [*steps, desk.Step("x", "")])
    found = _tasks(world, incident_id="a")
    assert [(t["task_no"], t["kind"], t["step"]) for t in found] == [
        (numbers[0], "step", "alarm"),
        (numbers[1], "step", "citadel"),
    ]


def test_a_measure_is_recommended_then_taken(world: Desk) -> None:
    number = desk.add_measure(world.store, RED, "Ann", "Extra lookouts", incident_id="a")
    desk.change_task(world.store, RED, "Bob", number, expected_version=1, state="taken")
    assert [e["kind"] for e in world.log()[1:]] == ["measure", "measure"]
    with pytest.raises(BadInput, match="state"):
        desk.add_measure(world.store, RED, "Ann", "Extra lookouts", state="done")


def test_tasks_have_the_marking_of_their_incident(world: Desk) -> None:
    number = desk.add_task(world.store, RED, "Ann", "Call", incident_id="a")
    assert len(world.store.read("tasks", GREEN)) == 1
    world.put("a", version=2, tlp="red")
    assert world.store.read("tasks", GREEN) == []
    with pytest.raises(NotFound):
        desk.change_task(world.store, GREEN, "Cyd", number, expected_version=1, state="done")
    with pytest.raises(NotFound):
        desk.add_task(world.store, GREEN, "Cyd", "Call", incident_id="a")


def test_contacts_are_found_by_region_and_hazard(world: Desk) -> None:
    def names(**options: str) -> list[str]:
        return [c["name"] for c in world.store.read("contacts", RED, **options)]

    everywhere = desk.add_contact(world.store, RED, "Ann", "IMB PRC", phone="+60 3 2031 0014")
    gulf = desk.add_contact(
        world.store, RED, "Ann", "MDAT-GoG", region="gulf-of-guinea", hazards=["piracy", "hijack"]
    )
    assert names() == ["IMB PRC", "MDAT-GoG"]
    assert names(region="baltic") == ["IMB PRC"]
    assert names(region="gulf-of-guinea", hazard="hijack") == ["IMB PRC", "MDAT-GoG"]
    assert names(hazard="mine") == ["IMB PRC"]
    desk.change_contact(world.store, RED, "Bob", gulf, expected_version=1, phone="+33 2 98")
    with pytest.raises(Conflict, match="Bob changed this contact"):
        desk.change_contact(world.store, RED, "Ann", gulf, expected_version=1, note="x")
    desk.change_contact(world.store, RED, "Ann", everywhere, expected_version=1, retired=True)
    assert names() == ["MDAT-GoG"]
    assert world.store.read("contacts", GREEN) == [], "AMBER where nothing else is said"
    for wrong in ({"region": "atlantis"}, {"hazards": ["sharks"]}, {"name": ""}, {"fax": "1"}):
        with pytest.raises(BadInput) as caught:
            desk.change_contact(world.store, RED, "Ann", gulf, expected_version=2, **wrong)
        assert caught.value.field == next(iter(wrong))


def test_views_and_areas_are_ones_own_or_shared(world: Desk) -> None:
    def names(officer: str, **options: str) -> list[str]:
        return [s["name"] for s in world.store.read("saved", RED, officer=officer, **options)]

    mine = desk.save_view(world.store, RED, "Ann", "Gulf", "/watch?region=gulf-of-guinea")
    ours = desk.save_area(
        world.store, RED, "Ann", "Box", [(179, 1), (-179, 1), (-179, 2)], shared=True
    )
    assert (names("Ann"), names("Bob")) == (["Box", "Gulf"], ["Box"])
    assert names("Ann", kind="view") == ["Gulf"]
    assert desk.save_view(world.store, RED, "Ann", "Gulf", "severity=5") == mine, "saved over"
    [view] = world.store.read("saved", RED, officer="Ann", kind="view")
    assert (view["body"], view["version"]) == ("severity=5", 2)
    [area] = world.store.read("saved", RED, officer="Bob")
    assert json.loads(area["body"])["coordinates"][0][0] == [179.0, 1.0]
    with pytest.raises(Refused, match="Ann saved this"):
        desk.retire_saved(world.store, RED, "Bob", ours)
    with pytest.raises(NotFound):
        desk.retire_saved(world.store, RED, "Bob", mine)
    desk.retire_saved(world.store, RED, "Ann", ours)
    assert names("Bob") == []
    with pytest.raises(BadInput, match="query"):
        desk.save_view(world.store, RED, "Ann", "Bad", "severity=9")
    for corners in ([(0, 0), (1, 1)], [(0, 0), (1, 1), (0, 0), (1, 1)], [(0, 0), (1, 1), (361, 0)],
                    [(0, 0), (1, 1), (float("nan"), 0)]):  # fmt: skip
        with pytest.raises(BadInput, match="corners"):
            desk.save_area(world.store, RED, "Ann", "Bad", corners)

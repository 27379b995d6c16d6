"""Acts on incidents: versions, conflicts, undo, and what sources say meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from desk_world import GREEN, NOON, RED, Desk

from cop import desk
from cop.errors import BadInput, Conflict, CopError, NotFound, status_of
from cop.model.vocabulary import LIFECYCLES, MARKINGS, SEVERITIES, VERIFICATIONS


@pytest.mark.parametrize(
    ("name", "fields", "column", "value", "words"),
    [
        ("acknowledge", {}, "acknowledged_by", "Ann", "Acknowledged"),
        ("claim", {}, "owner", "Ann", "Claimed until 231300Z NOV 26"),
        ("assign", {"owner": "Bob"}, "owner", "Bob", "Assigned to Bob"),
        (
            "set_next",
            {"next_action": "call CSO", "next_due_at": NOON + timedelta(hours=2)},
            "next_action",
            "call CSO",
            "Next action: call CSO by 231400Z NOV 26",
        ),
        ("set_severity", {"severity": "5", "text": "shots"}, "severity_set", 5, "Severity 3 to 5"),
        ("verify", {"verification": "confirmed"}, "verification_set", 3, "unverified to confirmed"),
        ("set_status", {"status": "triaged"}, "status_set", 2, "Status new to triaged"),
        ("close", {"text": "no threat left"}, "status_set", 4, "Status new to closed: no threat"),
    ],
)
def test_an_act_stands_is_logged_and_is_undone(
    world: Desk, name: str, fields: dict[str, Any], column: str, value: object, words: str
) -> None:
    before = world.row("a")
    act_no = world.act("a", name, **fields)
    assert world.standing("a")[column] == value
    assert words in world.words()[-1]
    assert world.log()[-1]["actor"] == "Ann"
    after = world.row("a")
    makes_version = column.endswith("_set")
    assert after["version"] == before["version"] + makes_version
    if makes_version:
        assert after[column.removesuffix("_set")] == value
    desk.undo(world.store, RED, "Bob", act_no)
    assert not world.standing("a")[column]
    undone = world.row("a")
    assert undone["version"] == after["version"] + makes_version, "undone by a version, not erased"
    same = [k for k in before if k not in ("version", "recorded_at")]
    assert [undone[k] for k in same] == [before[k] for k in same]
    acts = world.store.read("acts", RED, incident_id="a")
    assert [(done["act"], done["actor"], done["is_undone"]) for done in acts] == [
        ("undo", "Bob", False),
        (name, "Ann", True),
    ]


def test_closed_is_reopened_with_a_reason(world: Desk) -> None:
    world.act("a", "close", text="over")
    with pytest.raises(BadInput, match="text"):
        world.act("a", "reopen")
    world.act("a", "reopen", text="a second boat was seen")
    assert world.row("a")["status"] == LIFECYCLES.code("active")


def test_the_second_of_two_officers_is_refused_and_told(world: Desk) -> None:
    seen = world.row("a")["version"]
    world.act("a", "set_severity", by="Ann", severity="5", text="shots", expected_version=seen)
    counts = world.store.read("counts", None)
    with pytest.raises(Conflict) as caught:
        world.act("a", "close", by="Bob", text="done", expected_version=seen)
    assert "set severity by Ann at 231200Z NOV 26. Nothing was changed" in str(caught.value)
    assert status_of(caught.value) == 409
    assert world.store.read("counts", None) == counts, "nothing of it is kept"
    with pytest.raises(Conflict, match="set severity by Ann"):
        world.act("a", "claim", by="Bob", expected_act=0)
    world.act("a", "comment", by="Bob", text="agreed", expected_version=seen)
    world.act("a", "claim", by="Bob", expected_act=world.standing("a")["act_no"])


def test_a_report_that_came_meanwhile_is_a_conflict_for_judgements_only(world: Desk) -> None:
    world.put("a", version=2, title="Boarding, again")
    with pytest.raises(Conflict, match=r"a new report \(version 2\), taken in by test at 231200Z"):
        world.act("a", "set_severity", severity="4", text="x", expected_version=1)
    world.act("a", "claim", expected_act=0)
    with pytest.raises(BadInput, match="expected_version"):
        world.act("a", "close", text="x", expected_act=world.standing("a")["act_no"])


def test_a_claim_expires_and_another_may_take_it(world: Desk) -> None:
    world.act("a", "claim")
    with pytest.raises(Conflict, match="Ann holds this incident until 231300Z"):
        world.act("a", "claim", by="Bob")
    world.later(minutes=61)
    standing = world.standing("a")
    assert (standing["owner"], standing["lapsed_owner"]) == ("", "Ann")
    assert world.queue()["rows"][0]["triage"]["owner"] == ""
    world.act("a", "claim", by="Bob")
    assert world.standing("a")["owner"] == "Bob"


def test_a_later_act_on_the_same_stands_in_the_way_of_undo(world: Desk) -> None:
    first = world.act("a", "set_severity", severity="4", text="one")
    second = world.act("a", "set_severity", by="Bob", severity="5", text="two")
    world.act("a", "claim")
    with pytest.raises(Conflict, match="set severity by Bob at 231200Z NOV 26 stands on it"):
        desk.undo(world.store, RED, "Ann", first)
    desk.undo(world.store, RED, "Ann", second)
    assert world.row("a")["severity"] == 4
    with pytest.raises(Conflict, match="undone already"):
        world.act("a", "undo", act_no=second)
    world.act("a", "undo", act_no=first, text="a slip")
    assert world.row("a")["severity"] == 3
    assert world.standing("a")["owner"] == "Ann", "what it did not change stays"


def test_a_source_does_not_undo_what_officers_judged(world: Desk) -> None:
    world.put("b")
    world.act("a", "set_severity", severity="2", text="paint, not blood")
    world.act("a", "verify", verification="confirmed")
    world.act("a", "close", text="over")
    version = world.row("a")["version"]
    world.put("a", version=version + 1, severity="5", tlp="amber", title="Crew hurt", lon=3.0,
              lat=6.0)  # fmt: skip
    row, standing = world.row("a"), world.standing("a")
    assert row["severity"] == SEVERITIES.code("2")
    assert row["verification"] == VERIFICATIONS.code("confirmed")
    assert row["status"] == LIFECYCLES.code("closed"), "nothing is reopened by itself"
    assert (row["title"], row["lon"]) == ("Crew hurt", 3.0), "the rest is the source's"
    assert (standing["severity_said"], standing["tlp"]) == (5, MARKINGS.code("amber"))
    assert "NGA ASAM reports again, now severity 5" in world.words()[-1]
    assert world.news("Ann")["rows"][0]["kind"] == "changed"
    assert world.row("b")["severity"] == 3, "its neighbours are as they were"
    severity = next(
        done
        for done in world.store.read("acts", RED, incident_id="a")
        if done["act"] == "set_severity"
    )
    desk.undo(world.store, RED, "Ann", severity["act_no"])
    assert world.row("a")["severity"] == 5, "undone, the source's last word stands"


def test_what_a_viewer_may_not_see_is_not_there(world: Desk) -> None:
    world.act("a", "claim")
    world.put("a", version=2, tlp="red")
    with pytest.raises(NotFound):
        desk.act(world.store, GREEN, "Cyd", "a", "comment", text="?")
    with pytest.raises(NotFound):
        desk.undo(world.store, GREEN, "Cyd", 2)
    assert world.store.read("acts", GREEN, incident_id="a") == []
    assert world.store.read("triage", GREEN, ids=["a"], now=NOON) == {}
    assert world.queue(GREEN)["total"] == 0
    assert [entry["kind"] for entry in world.log(GREEN)] == ["watch"], "not the claim of before"
    with pytest.raises(NotFound):
        world.act("nowhere", "claim", expected_act=0)


@pytest.mark.parametrize("name", ["", "x", "x" * 41, "a\u202eb", "  "])
def test_nobody_acts_without_a_name(world: Desk, name: str) -> None:
    for act in (
        lambda: world.act("a", "claim", by=name),
        lambda: desk.mark_seen(world.store, name, [("a", 1)]),
        lambda: desk.add_note(world.store, RED, name, "x"),
    ):
        with pytest.raises(BadInput, match=r"^officer: "):
            act()


def test_only_what_changes_a_picture_makes_pictures_anew(world: Desk) -> None:
    heard: list[tuple[str, int]] = []
    world.store.on_change(lambda version: heard.append(("picture", version)))
    world.store.on_desk_change(lambda version: heard.append(("desk", version)))
    version = world.store.version
    world.act("a", "claim")
    desk.add_note(world.store, RED, "Ann", "quiet")
    desk.mark_seen(world.store, "Ann", [("a", 1)])
    assert (world.store.version, world.store.desk_version) == (version, version + 3)
    assert heard == [("desk", version + n) for n in (1, 2, 3)]
    world.act("a", "verify", verification="confirmed")
    assert world.store.version == world.store.desk_version == version + 4
    assert heard[3:] == [("picture", version + 4), ("desk", version + 4)]
    with pytest.raises(CopError):
        world.act("a", "claim", by="Bob")
    assert len(heard) == 5, "what was refused is told to nobody"

"""The watch: opened, logged, handed over, relieved; nothing in its log is ever edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk_world import GREEN, NOON, RED, Desk

from cop import desk
from cop.errors import BadInput, Conflict, NotFound
from cop.model.vocabulary import MARKINGS


def test_the_first_act_opens_a_watch_and_there_is_only_one(world: Desk) -> None:
    assert world.store.read("watch", RED) is None
    world.act("a", "claim", by="Ann")
    watch = world.store.read("watch", RED)
    assert (watch["watch_no"], watch["opened_by"], watch["closed_at"]) == (1, "Ann", None)
    assert [entry["kind"] for entry in world.log()] == ["watch", "act"]
    with pytest.raises(Conflict, match="watch 1, opened by Ann at 231200Z NOV 26, is on"):
        desk.open_watch(world.store, "Bob")


def test_notes_say_when_it_happened_and_carry_the_marking(world: Desk) -> None:
    world.put("b", tlp="red")
    happened = NOON - timedelta(minutes=40)
    desk.add_note(world.store, RED, "Ann", "VHF 16:\u202e two skiffs \x00", happened, "b")
    desk.add_note(world.store, RED, "Ann", "radio check")
    desk.add_note(world.store, RED, "Ann", "press call", tlp="clear")
    entry = world.log()[1]
    assert (entry["happened_at"], entry["written_at"]) == (happened, NOON + timedelta(0, 0, 2))
    assert entry["text"] == "Boarding — VHF 16: two skiffs"
    marked = [MARKINGS.slug(e["tlp"]) for e in world.log()[1:]]
    assert marked == ["red", "amber", "clear"]
    assert [e["text"] for e in world.log(GREEN)][1:] == ["press call"]
    assert world.log(incident_id="b") == [entry]
    with pytest.raises(BadInput, match="happened_at"):
        desk.add_note(world.store, RED, "Ann", "too early", NOON + timedelta(hours=1))
    with pytest.raises(BadInput, match="tlp"):
        desk.add_note(world.store, GREEN, "Cyd", "x", tlp="red")
    with pytest.raises(NotFound):
        desk.add_note(world.store, GREEN, "Cyd", "x", incident_id="b")


def test_an_entry_is_struck_and_stays(world: Desk) -> None:
    world.act("a", "claim")
    entry_no = desk.add_note(world.store, RED, "Ann", "wrong vessel", tlp="clear")
    before = world.log()
    striking = desk.strike(world.store, RED, "Bob", entry_no, "it was another one")
    after = world.log()
    assert [e | {"struck_by": None} for e in after[:-1]] == before
    assert after[-2]["struck_by"] == striking
    assert after[-1]["text"] == f"Strikes entry {entry_no}: it was another one"
    with pytest.raises(Conflict, match="struck already"):
        desk.strike(world.store, RED, "Ann", entry_no, "again")
    for refused in (striking, 1, 2):
        with pytest.raises(BadInput, match="only notes and measures"):
            desk.strike(world.store, RED, "Ann", refused, "no")
    hidden = desk.add_note(world.store, RED, "Ann", "x", tlp="red")
    with pytest.raises(NotFound):
        desk.strike(world.store, GREEN, "Cyd", hidden, "no")


def _busy(world: Desk) -> None:
    """A watch with something in every section of its hand-over."""
    world.act("a", "set_next", next_action="call CSO", next_due_at=NOON + timedelta(hours=1))
    world.act("a", "claim", by="Bob", expected_act=world.standing("a")["act_no"])
    world.put("b", tlp="red", severity="5", title="Hijack")
    world.put("a", version=2)
    desk.add_task(
        world.store, RED, "Ann", "Positions to IMB", incident_id="a", owed_to="IMB PRC",
        due_at=NOON + timedelta(hours=3),
    )  # fmt: skip
    desk.add_task(world.store, RED, "Ann", "Check lights", due_at=NOON + timedelta(hours=2))
    with world.store.write(actor="x", action="feed.ingest", subject="imb") as writer:
        counts = dict.fromkeys(
            ("received", "accepted", "quarantined", "rejected", "new", "updated", "unchanged"), 0
        )
        writer.add_run(
            {"run_id": 1, "feed": "imb", "input_name": "", "input_sha256": "", "started_at": NOON}
            | {"finished_at": NOON, "state": "failed", "reason": "the input holds no records"}
            | counts
        )


def test_the_draft_holds_what_the_next_watch_must_know(world: Desk) -> None:
    with pytest.raises(BadInput, match="no watch is on"):
        desk.draft_handover(world.store, RED, NOON)
    _busy(world)
    version = world.store.desk_version
    draft = desk.draft_handover(world.store, RED, world.clock[0])
    assert world.store.desk_version == version, "drafting writes nothing"
    assert [(i["incident_id"], i["owner"], i["next_action"]) for i in draft.open_incidents] == [
        ("b", "", ""),
        ("a", "Bob", "call CSO"),
    ]
    kinds = {(i["incident_id"], i["kind"]) for i in draft.changed}
    assert kinds == {("b", "new"), ("a", "changed")}
    assert [(i["text"], i["due_at"]) for i in draft.expected] == [
        ("Boarding: call CSO", "2026-11-23T13:00:00Z"),
        ("Check lights", "2026-11-23T14:00:00Z"),
    ]
    assert draft.degraded == [{"feed": "imb", "text": "the input holds no records", "tlp": 0}]
    assert [(i["text"], i["owed_to"]) for i in draft.owed] == [("Positions to IMB", "IMB PRC")]
    assert (draft.n_open, draft.n_changed) == (2, 2)
    assert draft.tlp == MARKINGS.code("red")
    seen = desk.draft_handover(world.store, GREEN, world.clock[0])
    assert [i["incident_id"] for i in seen.open_incidents] == ["a"]
    assert [i["text"] for i in seen.expected] == ["Boarding: call CSO"], "an AMBER task is not seen"


def test_both_sign_and_the_next_watch_starts_with_it(world: Desk) -> None:
    _busy(world)
    draft = replace(desk.draft_handover(world.store, RED, NOON), remarks="Quiet after 1000Z.")

    def seen() -> int:
        return int(world.store.read("watch", RED)["version"])

    with pytest.raises(BadInput, match="write the hand-over first"):
        desk.sign_handover(world.store, "Ann", 1, expected_version=seen())
    desk.edit_handover(world.store, RED, "Ann", draft, expected_version=seen())
    with pytest.raises(Conflict, match="Ann changed the hand-over at 231200Z NOV 26"):
        desk.edit_handover(world.store, RED, "Bob", draft, expected_version=1)
    with pytest.raises(BadInput, match="signs first"):
        desk.relieve(world.store, "Bob", 1, expected_version=seen())
    desk.sign_handover(world.store, "Ann", 1, expected_version=seen())
    signed = seen()
    desk.edit_handover(
        world.store, RED, "Ann", replace(draft, remarks="Fog."), expected_version=signed
    )
    assert world.store.read("watch", RED)["signed_by"] == "", "not what was signed any more"
    desk.sign_handover(world.store, "Ann", 1, expected_version=seen())
    with pytest.raises(Conflict, match="read it again"):
        desk.relieve(world.store, "Bob", 1, expected_version=signed)
    with pytest.raises(BadInput, match="the relief signs"):
        desk.relieve(world.store, "Ann", 1, expected_version=seen())
    assert desk.relieve(world.store, "Bob", 1, expected_version=seen()) == 2
    new, old = world.store.read("watches", RED)
    assert (new["watch_no"], new["from_watch"], new["opened_by"]) == (2, 1, "Bob")
    assert (old["signed_by"], old["relieved_by"]) == ("Ann", "Bob")
    assert old["closed_at"] == old["relieved_at"] == new["opened_at"]
    handed = world.store.read("handover", RED, watch_no=1)
    assert (handed["remarks"], len(handed["open_incidents"])) == ("Fog.", 2)
    assert "relieved: Ann handed over to Bob" in world.log(watch_no=1)[-1]["text"]
    assert [e["text"] for e in world.log(watch_no=2)] == [
        "Watch 2 opened by Bob, relieving watch 1"
    ]
    with pytest.raises(Conflict, match="watch 1 is not on any more"):
        desk.sign_handover(world.store, "Ann", 1, expected_version=seen())
    with pytest.raises(NotFound):
        world.store.read("handover", GREEN, watch_no=1)


def test_what_was_handed_over_is_withdrawn_with_its_marking(world: Desk) -> None:
    world.put("b")
    world.act("a", "claim")
    draft = desk.draft_handover(world.store, GREEN, NOON)
    version = world.store.read("watch", RED)["version"]
    desk.edit_handover(world.store, GREEN, "Ann", draft, expected_version=version)
    world.put("b", version=2, tlp="red")
    handed = world.store.read("handover", GREEN, watch_no=1)
    assert [item["incident_id"] for item in handed["open_incidents"]] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"watch_no": 1}',
        "[" * 99_999,
        '{"x": 1}',
        '{"watch_no":1,"drafted_at":"","owed":"x"}',
        '{"watch_no":1,"drafted_at":"","owed":[{"tlp":"clear"}]}',
    ],
)
def test_what_is_no_hand_over_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="handover"):
        desk.parse_handover(text)

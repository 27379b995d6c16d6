"""What is news to each officer, exactly; and what the desk has to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk_world import GREEN, NOON, RED, Desk
from synthetic import incident, put

from cop import desk
from cop.errors import BadInput


def _news(world: Desk, officer: str) -> dict[str, str]:
    answer = world.news(officer)
    assert answer["total"] == len(answer["rows"])
    return {row["incident_id"]: row["kind"] for row in answer["rows"]}


def test_each_officer_has_news_of_their_own(world: Desk) -> None:
    assert _news(world, "Ann") == {}, "who never signed on is told nothing"
    desk.sign_on(world.store, RED, "Ann")
    assert _news(world, "Ann") == {}, "what was there before counts as seen"
    world.later(minutes=1)
    world.put("b")
    world.put("a", version=2)
    desk.sign_on(world.store, RED, "Bob")
    assert (_news(world, "Ann"), _news(world, "Bob")) == ({"b": "new", "a": "changed"}, {})
    desk.mark_seen(world.store, "Ann", [("b", 1)])
    assert _news(world, "Ann") == {"a": "changed"}
    world.put("b", version=2)
    world.put("c")
    world.put("c", version=2)
    assert _news(world, "Ann") == {"a": "changed", "b": "changed", "c": "new"}
    assert _news(world, "Bob") == {"b": "changed", "c": "new"}
    desk.mark_seen(world.store, "Ann", [("b", 1), ("c", 2)])
    assert _news(world, "Ann") == {"a": "changed", "b": "changed"}, "an earlier version is not it"


def test_all_that_was_shown_is_seen_and_nothing_that_came_after(world: Desk) -> None:
    desk.sign_on(world.store, RED, "Ann")
    world.put("b")
    shown = world.news("Ann")
    world.put("c")  # recorded after the answer, before the officer's key
    desk.see_all(world.store, "Ann", shown["through"])
    assert _news(world, "Ann") == {"c": "new"}
    desk.see_all(world.store, "Ann", shown["through"] - timedelta(hours=1))
    assert _news(world, "Ann") == {"c": "new"}, "it never goes back"
    with pytest.raises(BadInput, match="through"):
        desk.see_all(world.store, "Ann", world.clock[0] + timedelta(days=1))


def test_ones_own_act_is_no_news_to_oneself(world: Desk) -> None:
    desk.sign_on(world.store, RED, "Ann")
    desk.sign_on(world.store, RED, "Bob")
    world.act("a", "set_severity", by="Ann", severity="5", text="shots")
    assert (_news(world, "Ann"), _news(world, "Bob")) == ({}, {"a": "changed"})


def test_news_is_within_the_question_and_the_marking(world: Desk) -> None:
    desk.sign_on(world.store, RED, "Ann")
    put(world.store, *[incident(f"n{n}", tlp="red" if n % 2 else "clear") for n in range(9)])
    assert world.news("Ann")["total"] == 9
    assert world.news("Ann", GREEN)["total"] == 5
    cut = world.store.read("news", world.where(), officer="Ann", limit=4)
    assert (len(cut["rows"]), cut["total"]) == (4, 9)


def test_the_queue_is_what_is_fresh_or_was_taken_up(world: Desk) -> None:
    put(
        world.store,
        incident("old", start=datetime(1990, 1, 1), severity="5"),
        incident("taken-up", start=datetime(1990, 1, 1), severity="1"),
        incident("grave", start=datetime(2026, 11, 20), severity="4"),
        incident("shut", start=datetime(2026, 11, 20), status="closed"),
        incident("hidden", start=datetime(2026, 11, 20), severity="5", tlp="red"),
    )
    world.act("taken-up", "comment", text="the same boat as today")
    world.put("b", start=datetime(2026, 11, 21))
    world.act("a", "acknowledge")

    def ids(answer: dict[str, list[dict[str, str]]]) -> list[str]:
        return [row["incident_id"] for row in answer["rows"]]

    answer = world.queue()
    assert ids(answer) == ["hidden", "grave", "b", "a", "taken-up"]
    assert (answer["total"], answer["unacknowledged"]) == (5, 4)
    assert ids(world.queue(GREEN)) == ["grave", "b", "a", "taken-up"]
    cut = world.store.read("queue", world.where(), now=NOON, limit=2)
    assert (ids(cut), cut["total"]) == (["hidden", "grave"], 5)
    world.later(days=90)
    world.put("grave", version=2, start=datetime(2026, 11, 20), severity="4")
    world.put("old", version=2, start=datetime(1990, 1, 1), severity="5")
    assert ids(world.queue())[:2] == ["hidden", "grave"], "a late update takes nothing off the desk"
    world.act("grave", "close", text="over")
    assert ids(world.queue()) == ["hidden", "b", "a", "taken-up"]

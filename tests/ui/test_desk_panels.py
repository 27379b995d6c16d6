"""The desk on screen: what stands of an incident, acts from a page, the queue and the news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import no_update
from reading import all_with, revive, text_of, walk
from synthetic import incident, put

import layers
from cop import desk
from cop.errors import BadInput
from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui.panels import desk_form, desk_tabs, triage

NOON = datetime(2026, 11, 23, 12)
ANN = Viewer("test", "red", "Ann")
BOB = Viewer("test", "red", "Bob")
GREEN = Viewer("test", "green", "Cid")


@pytest.fixture
def clock() -> list[datetime]:
    return [NOON]


@pytest.fixture
def picture(geography: Geography, clock: list[datetime]) -> Iterator[Services]:
    store = Store.memory(clock=lambda: clock[0])
    put(store, incident("a", start=datetime(2026, 11, 22), title="<b>Launch</b> near the buoy"))
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def ask(services: Services, viewer: Viewer, name: str, **sent: Any) -> dict[str, Any]:
    """What a page is told that saw the incident as it was first recorded."""
    seen = {"n": 1, "id": "a", "version": 1, "act_no": 0, "fields": {}}
    said: dict[str, Any] = desk_form.do_act(services, viewer, seen | sent | {"name": name})[0]
    return said


def section(services: Services, viewer: Viewer) -> list[Any]:
    found = services.detail("a", viewer)["incident"]
    standing, acts = triage.find(services, viewer, found)
    drawn: list[Any] = triage.render(found, standing, acts, viewer, services.store.clock())
    return drawn


def offered(tree: Any) -> list[str]:
    return [getattr(button, "data-desk") for button in all_with(tree, "data-desk")]


def tabs(services: Services, viewer: Viewer, search: str = "", shown: str = "") -> list[Any]:
    return desk_tabs.answer(services, viewer, search, 0, 0, viewer.officer, shown)


def test_an_act_is_seen_conflicts_keep_the_words_and_undo_puts_back(picture: Services) -> None:
    assert "not acknowledged" in text_of(section(picture, ANN))
    assert ask(picture, ANN, "acknowledge")["ok"]
    assert "AcknowledgedAnn at 231200Z NOV 26" in text_of(section(picture, BOB))
    assert "undo" not in offered(section(picture, BOB)), "undone is one's own act only"
    severe = {"fields": {"severity": "5", "text": "shots fired"}}
    assert ask(picture, ANN, "set_severity", **severe)["ok"]
    refused = ask(picture, BOB, "set_status", fields={"status": "active", "text": ""})
    assert (refused["ok"], refused["version"]) == (False, 2)
    assert refused["words"].startswith("Set severity by Ann at 231200Z NOV 26")
    again = {"fields": {"status": "active", "text": ""}, "version": refused["version"]}
    assert ask(picture, BOB, "set_status", **again)["ok"]
    said = text_of(section(picture, ANN))
    assert "5 by the desk, 3 by the source: shots fired" in said
    undo = next(b for b in all_with(section(picture, ANN), "data-desk-number"))
    assert undo.children == "Undo set severity"
    assert ask(picture, ANN, "undo", number=getattr(undo, "data-desk-number"))["ok"]
    assert "by the desk" not in text_of(section(picture, ANN))


def test_who_gave_no_name_is_asked_for_it(picture: Services) -> None:
    said = ask(picture, Viewer("test", "red"), "acknowledge")
    assert said["needs_name"]
    assert not said["ok"]
    assert triage.find(picture, ANN, picture.detail("a", ANN)["incident"]) == ({}, [])


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("burn", {}, "act"),
        ("claim", {"id": 7}, "act"),
        ("claim", {"act_no": True}, "act_no"),
        ("close", {"version": "1", "fields": {"text": "over"}}, "version"),
        ("close", {"fields": {"text": " "}}, "text"),
        ("comment", {"fields": {"text": ["x"]}}, "text"),
        ("assign", {"fields": {"owner": "x"}}, "owner"),
        ("set_next", {"fields": {"next_action": "call", "next_due_at": "soon"}}, "next_due_at"),
        ("set_severity", {"fields": {"severity": "9", "text": "why"}}, "severity"),
        ("undo", {"number": -1}, "number"),
        ("see_all", {"through": "yesterday"}, "through"),
    ],
)
def test_what_cannot_be_done_is_named(
    picture: Services, name: str, sent: dict[str, Any], field: str
) -> None:
    said = ask(picture, ANN, name, **sent)
    assert (said["ok"], said["field"]) == (False, field)
    assert said["words"]


def test_a_due_time_is_read_as_officers_write_it() -> None:
    assert desk_form.read_due("", NOON) is None
    assert desk_form.read_due("+90 min", NOON) == NOON + timedelta(minutes=90)
    assert desk_form.read_due("2026-11-23T18:00Z", NOON) == datetime(2026, 11, 23, 18)
    assert desk_form.read_due("231200Z NOV 26", NOON) == NOON
    with pytest.raises(BadInput):
        desk_form.read_due("+2 fortnights", NOON)


def test_the_queue_says_who_holds_what_and_what_is_overdue(
    picture: Services, clock: list[datetime]
) -> None:
    seen = ask(picture, ANN, "claim")["act_no"]
    fields = {"next_action": "call the <i>port</i>", "next_due_at": "+30min"}
    assert ask(picture, ANN, "set_next", act_no=seen, fields=fields)["ok"]
    clock[0] += timedelta(minutes=20)
    drawn = revive(tabs(picture, BOB, "?tab=queue")[0])
    assert "Ann, 40 min left" in text_of(drawn)
    assert "1 not acknowledged" in text_of(drawn)
    assert [late.hidden for late in all_with(drawn, "data-due")] == [True]
    clock[0] += timedelta(minutes=50)
    late = revive(tabs(picture, BOB, "?tab=queue")[0])
    assert "unowned; the claim of Ann has ended" in text_of(late)
    assert [mark.hidden for mark in all_with(late, "data-due")] == [False]
    assert "<b>Launch</b>" in text_of(late), "foreign text is text"
    assert {part._type for part in walk(late)}.isdisjoint({"Img", "Script", "Markdown"})
    assert ask(picture, ANN, "close", fields={"text": "false alarm"})["ok"]
    empty = tabs(picture, BOB, "?tab=queue")
    assert "Nothing waits" in text_of(revive(empty[0]))
    assert empty[1] == " 0"


def test_news_are_the_officers_own_until_seen(picture: Services, clock: list[datetime]) -> None:
    assert "give your name" in text_of(revive(tabs(picture, Viewer("t", "red"), "tab=new")[2]))
    first = tabs(picture, ANN, "tab=new")
    assert text_of(revive(first[2])) == "Nothing new since 231200Z NOV 26, your last look."
    assert tabs(picture, ANN, "tab=new", first[5]) == [no_update] * 6, "the page has it all"
    clock[0] += timedelta(minutes=1)
    put(
        picture.store,
        incident("b", lon=103.5, lat=1.1),
        incident("hidden", tlp="red"),
        incident("a", version=2),
    )
    desk.sign_on(picture.store, GREEN, "Cid")
    drawn = tabs(picture, ANN, "tab=new")
    assert drawn[4]["kinds"] == {"a": "changed", "b": "new", "hidden": "new"}
    assert (drawn[4]["total"], drawn[4]["points"]) == (3, [[103.5, 1.1]])
    assert drawn[3] == " 3"
    assert tabs(picture, ANN, "tab=new&severity=5")[4]["total"] == 0, "the same filters"
    assert desk_form.see(picture, ANN, "b", "Ann") == ["b"]
    assert desk_form.see(picture, ANN, "b", "Ann") == [no_update], "seen once is seen"
    assert tabs(picture, ANN)[4]["kinds"] == {"a": "changed", "hidden": "new"}
    button = all_with(revive(tabs(picture, ANN, "tab=new")[2]), "data-see-all")[0]
    assert ask(picture, ANN, "see_all", through=getattr(button, "data-see-all"))["ok"]
    assert tabs(picture, ANN)[4]["total"] == 0


def test_the_desk_is_that_of_now(picture: Services) -> None:
    answer = tabs(picture, ANN, "tab=queue&as_known_at=2026-11-23T11:00Z")
    assert "that of now" in text_of(answer[0])
    assert answer[1] == answer[3] == ""
    refused = tabs(picture, ANN, "tab=queue&severity=9")
    assert "cannot be answered" in text_of(refused[0])

"""The response to an incident: its checklists, tasks, measures and contacts, and whom they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import no_update
from reading import all_with, text_of, walk
from synthetic import incident, put

import layers
from cop import desk
from cop.errors import BadInput
from cop.geography import Geography
from cop.model.playbooks import get_playbook, load_playbooks
from cop.model.viewer import Viewer
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui.panels import desk_form, desk_tabs, response, response_acts, response_contacts
from cop.web.alarms import acknowledge

NOON = datetime(2026, 11, 23, 12, 0, 30)
ANN = Viewer("test", "red", "Ann")
BOB = Viewer("test", "red", "Bob")


@pytest.fixture
def clock() -> list[datetime]:
    return [NOON]


@pytest.fixture
def picture(geography: Geography, clock: list[datetime]) -> Iterator[Services]:
    store = Store.memory(clock=lambda: clock[0])
    put(store, incident("a", start=datetime(2026, 11, 22), hazard="piracy"))
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def ask(services: Services, viewer: Viewer, name: str, **sent: Any) -> dict[str, Any]:
    said: dict[str, Any] = desk_form.do_act(
        services, viewer, {"n": 1, "id": "a", "name": f"response.{name}"} | sent
    )[0]
    return said


def start(services: Services, viewer: Viewer = ANN) -> None:
    assert ask(services, viewer, "start", playbook="piracy-robbery")["ok"]


def tick(services: Services, viewer: Viewer, button: Any, state: str = "done") -> dict[str, Any]:
    number, version = (getattr(button, f"data-{name}") for name in ("number", "version"))
    return ask(services, viewer, "change", number=number, version=version, fields={"state": state})


def section(services: Services, said: dict[str, Any] | None = None) -> list[Any]:
    """What the page of an officer shows after what the desk last said to them."""
    found = services.detail("a", ANN)["incident"]
    tasks, contacts = response.find(services, ANN, found)
    refused = response.refusal_of(said or {}, "a")
    return response.render(found, tasks, contacts, refused, services.store.clock())


def ticks(tree: Any) -> list[Any]:
    return [part for part in walk(tree) if getattr(part, "role", "") == "checkbox"]


def log(services: Services) -> str:
    return " ".join(row["text"] for row in services.store.read("log", ANN)["entries"])


def test_one_line_until_a_playbook_is_started_then_nothing_has_to_be_unfolded(
    picture: Services, clock: list[datetime]
) -> None:
    quiet = section(picture)
    assert text_of(quiet).startswith("Response: not startedStart from playbook")
    offered = [getattr(button, "data-playbook") for button in all_with(quiet, "data-playbook")]
    assert offered[0] == "piracy-robbery", "the fitting one first"
    assert len(offered) == len(load_playbooks()), "a type may be wrong: all can be chosen"
    start(picture)
    drawn = section(picture)
    playbook = get_playbook("piracy-robbery")
    assert playbook is not None
    folded = [part for part in walk(drawn) if part._type == "Details"]
    seen = text_of([part for part in drawn if part not in folded])
    for wanted in (
        *playbook.contacts_needed,
        *playbook.preserve,
        *(duty.to for duty in playbook.report),
        *(duty.by for duty in playbook.report),
        *(step.what for step in playbook.steps),
        "0 of 11 steps done",
        "by 231205Z NOV 26, in 4 min",
    ):
        assert wanted in seen
    assert "overdue" not in seen
    clock[0] += timedelta(minutes=14)
    late = text_of(section(picture))
    assert "overdue by 9 min" in late
    assert "0 of 11 steps done4 overdue" in late
    assert "Checklist piracy-robbery started: steps 1 to 11" in log(picture), "by itself"


def test_a_tick_says_who_and_when_and_the_second_one_is_refused_in_its_place(
    picture: Services,
) -> None:
    start(picture)
    before = ticks(section(picture))
    assert tick(picture, ANN, before[0])["ok"]
    said = tick(picture, BOB, before[0])
    assert not said["ok"]
    assert said["words"].startswith("Ann changed this task at 231200Z NOV 26 (done)")
    assert said["version"] == 2
    drawn = section(picture, said)
    rows = [p for p in walk(drawn) if getattr(p, "className", None) == "response-row is-done"]
    assert "done: Ann at 231200Z NOV 26" in text_of(rows[0])
    assert said["words"] in text_of(rows[0]), "in its place"
    assert [p.role for p in walk(rows[0]) if p._type == "P"] == ["alert"]
    assert "1 of 11" in text_of(drawn)
    assert said["words"] not in text_of(section(picture)), "only to the one who was refused"
    log_of = log(picture)
    assert log_of.count("Step 1 ") == 1, "what was refused is not in the log"
    again = ticks(drawn)
    assert getattr(again[0], "aria-checked") == "true"
    assert tick(picture, BOB, again[0], "open")["ok"]
    assert tick(picture, BOB, again[1], "dropped")["ok"]
    assert "0 of 10 steps done" in text_of(section(picture))
    refused = ask(picture, BOB, "start", playbook="piracy-robbery")
    assert "Ann added this checklist already" in text_of(section(picture, refused))


def test_tasks_measures_and_contacts(picture: Services) -> None:
    task = {"title": "Call <b>the agent</b>", "due_at": "+30min", "owed_to": "IMB", "owner": "Cid"}
    assert ask(picture, ANN, "task", fields=task)["ok"]
    assert ask(picture, ANN, "measure", fields={"title": "Lights", "state": "recommended"})["ok"]
    person = {"name": "Port control", "phone": "+65 6325-2493", "email": "a@b.org?bcc=x@y.z"}
    assert ask(picture, ANN, "contact", fields=person | {"region": "", "hazard": "piracy"})["ok"]
    drawn = section(picture)
    said = text_of(drawn)
    assert "Call <b>the agent</b>Cid · by 231230Z NOV 26, in 30 min · owed to IMB" in said
    assert "1 task to be done · 1 measure recommended" in said
    assert [link.href for link in walk(drawn) if link._type == "A"] == ["tel:+6563252493"]
    assert "a@b.org?bcc=x@y.z" in said, "what is no address stays as it was written"
    taken = next(b for b in all_with(drawn, "data-state") if getattr(b, "data-state") == "taken")
    assert tick(picture, BOB, taken, "taken")["ok"]
    assert "Taken: Bob at 231200Z NOV 26" in text_of(section(picture))
    change = next(
        b for b in all_with(drawn, "data-values") if getattr(b, "data-response") == "change_contact"
    )
    assert json.loads(getattr(change, "data-values"))["hazard"] == "piracy"
    numbered = {"number": getattr(change, "data-number"), "version": 1, "form": True}
    assert ask(picture, BOB, "change_contact", fields={"phone": "112"}, **numbered)["ok"]
    refused = ask(picture, ANN, "change_contact", fields={"kept": "retired"}, **numbered)
    assert (refused["ok"], refused["version"]) == (False, 2)
    assert response.refusal_of(refused, "a") == {}, "the form says it, and keeps the words"
    gone = {"version": 2, "fields": {"kept": "retired"}}
    assert ask(picture, ANN, "change_contact", **(numbered | gone))["ok"]
    assert "No contact is kept for" in text_of(section(picture))
    assert "Measure 2 Lights: taken" in log(picture)


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("burn", {}, "act"),
        ("task", {"id": " "}, "act"),
        ("task", {"fields": ["title"]}, "act"),
        ("task", {"fields": {"title": " "}}, "title"),
        ("task", {"fields": {"title": "x", "due_at": "soon"}}, "due_at"),
        ("task", {"fields": {"title": "x", "owner": "\u202e"}}, "owner"),
        ("measure", {"fields": {"title": "x", "state": "done"}}, "state"),
        ("change", {"number": True, "version": 1, "fields": {}}, "number"),
        ("change", {"number": 1, "fields": {}}, "version"),
        ("contact", {"fields": {"name": ""}}, "name"),
        ("contact", {"fields": {"name": "x", "region": "moon"}}, "region"),
        ("contact", {"fields": {"name": "x", "hazard": "bore"}}, "hazards"),
        ("start", {"playbook": "../../etc/passwd"}, "playbook"),
    ],
)
def test_what_cannot_be_done_is_named(
    picture: Services, name: str, sent: dict[str, Any], field: str
) -> None:
    said = ask(picture, ANN, name, **sent)
    assert (said["ok"], said["field"]) == (False, field)
    assert said["words"]
    assert picture.store.read("tasks", ANN, incident_id="a") == []


def test_without_a_name_it_is_asked_for_and_nothing_is_done(picture: Services) -> None:
    nobody = Viewer("test", "red")
    said = ask(picture, nobody, "start", playbook="piracy-robbery")
    assert said["needs_name"]
    assert response.refusal_of(said, "a") == {}
    with pytest.raises(BadInput, match="give your name"):
        acknowledge(picture, nobody, ["a"])
    assert picture.store.read("log", ANN)["entries"] == []


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("+44 (0) 1983-5200", "tel:+4419835200"),
        ("16", ""),
        ("call;ext=1", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_number_is_dialled_only_where_it_is_one(written: str, link: str) -> None:
    assert response_contacts.phone_link(written) == link


def test_a_mail_has_one_reader() -> None:
    assert response_contacts.mail_link(" ops+night@port.example ") == (
        "mailto:ops%2Bnight@port.example"
    )
    for bad in ("a@b", "a@b.org,c@d.org", "a@b.org?subject=x", "a b@c.org", "a@b.org\nx"):
        assert response_contacts.mail_link(bad) == ""


def test_steps_that_are_no_longer_in_the_playbook_stay(picture: Services) -> None:
    steps = response_acts.steps_of(load_playbooks()[0], NOON)
    desk.add_checklist(picture.store, ANN, "Ann", "a", "taken-out", steps)
    assert "Playbook taken-out" in text_of(section(picture))
    old = [desk.Step("1", "As it was worded before"), *steps[1:]]
    desk.add_checklist(picture.store, ANN, "Ann", "a", load_playbooks()[0].id, old)
    assert "As the playbook was" in text_of(section(picture))


def test_notes_tasks_and_comments_leave_queue_and_news_as_they_are(picture: Services) -> None:
    def tabs(shown: str = "") -> list[Any]:
        return desk_tabs.answer(picture, BOB, "?tab=queue", 0, 0, "Bob", shown)

    start(picture)
    desk.act(picture.store, ANN, "Ann", "a", "comment", expected_act=0, text="first")
    shown = tabs()[5]
    before = picture.store.desk_version
    desk.act(picture.store, ANN, "Ann", "a", "comment", expected_act=1, text="and again")
    desk.add_note(picture.store, ANN, "Ann", "a quiet night")
    assert ask(picture, ANN, "task", fields={"title": "tea"})["ok"]
    assert tick(picture, ANN, ticks(section(picture))[0])["ok"]
    assert picture.store.desk_version > before
    assert tabs(shown) == [no_update] * 6
    desk.act(picture.store, ANN, "Ann", "a", "claim", expected_version=1)
    claimed = tabs(shown)
    assert claimed[0] is not no_update
    desk.see_all(picture.store, "Bob", picture.store.clock())
    assert tabs(claimed[5])[5] != claimed[5], "what Bob has seen is Bob's news"


def test_alarms_are_acknowledged_at_the_desk_once_each(picture: Services) -> None:
    put(picture.store, incident("b"))
    desk.act(picture.store, BOB, "Bob", "b", "acknowledge", expected_version=1)
    told = acknowledge(picture, ANN, ["a", "a", "b", "nowhere"])
    assert told == {"acknowledged": ["a"], "already": ["b"], "gone": ["nowhere"]}
    standing = picture.store.read("triage", ANN, ids=["a", "b"], now=NOON)
    assert {k: row["acknowledged_by"] for k, row in standing.items()} == {"a": "Ann", "b": "Bob"}
    assert log(picture).count("Acknowledged") == 2

"""Saved views: kept without what belongs to a session, listed by name, retired; never markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from dash import no_update
from reading import all_with, revive, text_of

import layers
from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.ui.panels import saved

NOON = datetime(2026, 11, 23, 12)
ANN = Viewer("test", "red", "Ann")
BOB = Viewer("test", "red", "Bob")
NOBODY = Viewer("test", "red")
LOOKING = "?severity=4,5&center=103.5,1.2&z=6&sel=x&tab=queue&theme=night&kiosk=1&views=1&every=9"


@pytest.fixture
def picture(geography: Geography) -> Iterator[Services]:
    store = Store.memory(clock=lambda: NOON)
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def save(services: Services, viewer: Viewer, name: Any, search: Any = LOOKING, **more: Any) -> Any:
    asked = {"n": 1, "act": "save", "name": name, "search": search, **more}
    return saved.do(services, viewer, asked)[0]


def listed(services: Services, viewer: Viewer) -> list[Any]:
    return revive(saved.answer(services, viewer, "1 now", "")[0])


def test_a_view_is_kept_without_the_session_and_opens_by_its_link(picture: Services) -> None:
    said = save(picture, ANN, "  <b>Straits</b> ")
    assert said["ok"], said
    assert said["words"] == "Saved: <b>Straits</b>"
    tree = listed(picture, ANN)
    link = all_with(tree, "data-saved-open")[0]
    assert text_of(link) == "<b>Straits</b>"
    assert link.href == "/watch?severity=4,5&center=103.5,1.2&z=6"
    assert "yours, 231200Z NOV 26" in text_of(tree)
    assert "No view is saved yet" in text_of(listed(picture, BOB))


def test_the_same_name_is_saved_over_and_shared_ones_are_seen_by_all(picture: Services) -> None:
    save(picture, ANN, "Straits")
    again = save(picture, ANN, "Straits", "?hazard=piracy", shared=True)
    assert again["words"] == "Saved over: Straits"
    rows = saved.find(picture, NOBODY)
    assert [saved.link_of(row) for row in rows] == ["/watch?hazard=piracy"]
    others = listed(picture, BOB)
    assert "of Ann" in text_of(others)
    assert not all_with(others, "data-saved-retire"), "only one's own is retired"


def test_only_the_owner_retires(picture: Services) -> None:
    save(picture, ANN, "Straits", shared=True)
    number = int(saved.find(picture, ANN)[0]["saved_no"])
    asked = {"n": 2, "act": "retire", "number": number}
    refused = saved.do(picture, BOB, asked)[0]
    assert (refused["ok"], refused["words"]) == (False, "Ann saved this, and retires it")
    assert saved.do(picture, ANN, asked)[0]["ok"]
    assert saved.find(picture, BOB) == []


@pytest.mark.parametrize(
    ("name", "search", "field"),
    [
        ("", "", "name"),
        (" \t", "", "name"),
        ("x" * 61, "", "name"),
        (7, "", "name"),
        ("fine", "?severity=9", "query"),
        ("fine", "?z=far", "query"),
        ("fine", "?colour=red", "query"),
    ],
)
def test_what_cannot_be_saved_is_refused_by_field(
    picture: Services, name: Any, search: str, field: str
) -> None:
    said = save(picture, ANN, name, search)
    assert (said["ok"], said["field"]) == (False, field)
    assert saved.find(picture, ANN) == []


def test_nobody_saves_and_nothing_is_drawn_twice(picture: Services) -> None:
    assert save(picture, NOBODY, "Straits")["needs_name"]
    assert saved.find(picture, NOBODY) == []
    assert save(picture, ANN, "x" * 60, "")["ok"]
    assert saved.answer(picture, ANN, "", "") == [no_update, no_update], "before it is opened"
    key = saved.answer(picture, ANN, "1 now", "")[1]
    assert saved.answer(picture, ANN, "2 now", key) == [no_update, no_update]
    assert saved.answer(picture, BOB, "2 now", key)[1] != key


@pytest.mark.parametrize(
    ("search", "keys"),
    [
        ("?severity=5&bbox=1,2,3.5,4", {"bbox": "1,2,3.5,4", "within": ""}),
        ("?bbox=175.123456,-5,-175,5", {"bbox": "175.123456,-5,-175,5", "within": ""}),
        ("?within=3 4;6 4;6 6", {"bbox": "", "within": "3 4;6 4;6 6"}),
        ("?within=178 4;184 4;184 6.25", {"bbox": "", "within": "178 4;184 4;184 6.25"}),
    ],
)
def test_an_area_is_kept_and_asked_within_again(
    picture: Services, search: str, keys: dict[str, str]
) -> None:
    said = save(picture, ANN, "Ours", search, act="save_area")
    assert said["ok"], said
    button = all_with(listed(picture, ANN), "data-saved-area")[0]
    assert json.loads(getattr(button, "data-saved-area")) == keys
    assert text_of(button) == "Ours"
    assert not saved.find(picture, ANN), "it is no view"
    assert not all_with(listed(picture, BOB), "data-saved-area"), "and not shared"


def test_without_a_drawn_area_none_is_saved(picture: Services) -> None:
    said = save(picture, ANN, "Ours", "?severity=5", act="save_area")
    assert not said["ok"]
    assert "Draw a box or an area" in said["words"]
    assert not save(picture, NOBODY, "Ours", "?bbox=1,2,3,4", act="save_area")["ok"]
    assert "nothing that is done" in save(picture, ANN, "Ours", act="burn")["words"]

"""The rules of the desk, without a store: transitions, what each act needs, undo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cop.errors import BadInput, Conflict
from cop.model.triage import (
    ACTS_OF_DESK,
    CLAIM_MINUTES,
    Standing,
    changes_of,
    dump_columns,
    next_states,
    owner_at,
    parse_columns,
    stand,
    why_not_undone,
)
from cop.model.vocabulary import LIFECYCLES

NOON = datetime(2026, 11, 23, 12)
FRESH = Standing("a", severity_said=3, verification_said=1, status_said=1)


@pytest.mark.parametrize(
    ("status", "follow"),
    [
        ("new", {"triaged", "active", "closed", "withdrawn"}),
        ("triaged", {"active", "closed", "withdrawn"}),
        ("active", {"closed", "withdrawn"}),
        ("closed", {"active"}),
        ("withdrawn", {"active"}),
    ],
)
def test_states_follow_each_other(status: str, follow: set[str]) -> None:
    assert set(next_states(status)) == follow
    standing = Standing("a", status_said=LIFECYCLES.code(status), severity_said=1)
    for wanted in LIFECYCLES.slugs:
        given = {"status": wanted, "text": "because"}
        if wanted in follow:
            changed = changes_of("set_status", standing, "Ann", NOON, given)
            assert changed == {"status_set": LIFECYCLES.code(wanted)}
        else:
            with pytest.raises(BadInput, match=r"^status: ") as caught:
                changes_of("set_status", standing, "Ann", NOON, given)
            assert caught.value.field == "status"


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("comment", {}, "text"),
        ("comment", {"text": " \x00\u202e "}, "text"),
        ("comment", {"text": "x" * 2_001}, "text"),
        ("set_severity", {"severity": "4"}, "text"),
        ("set_severity", {"severity": "6", "text": "why"}, "severity"),
        ("set_severity", {"text": "why"}, "severity"),
        ("verify", {"verification": "true"}, "verification"),
        ("close", {}, "text"),
        ("reopen", {"text": "why"}, "status"),
        ("set_status", {"status": "withdrawn"}, "text"),
        ("set_status", {"status": "closed"}, "text"),
        ("assign", {"owner": "x"}, "owner"),
        ("assign", {}, "owner"),
        ("release", {}, "owner"),
        ("claim", {"owner": "Bob"}, "owner"),
        ("set_next", {"next_due_at": NOON}, "next_action"),
        ("sink", {}, "act"),
        ("undo", {"act_no": 1}, "act"),
    ],
)
def test_what_an_act_lacks_is_named(name: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        changes_of(name, FRESH, "Ann", NOON, given)
    assert caught.value.field == field


def test_a_claim_ends_by_itself_and_an_assignment_does_not() -> None:
    claimed = stand(FRESH, "claim", "Ann", 1, NOON, changes_of("claim", FRESH, "Ann", NOON, {}))
    end = NOON + timedelta(minutes=CLAIM_MINUTES)
    assert owner_at(claimed.owner, claimed.owner_until, end - timedelta(seconds=1)) == "Ann"
    assert owner_at(claimed.owner, claimed.owner_until, end) == ""
    with pytest.raises(Conflict, match="Ann holds this incident until 231300Z NOV 26"):
        changes_of("claim", claimed, "Bob", NOON, {})
    assert changes_of("claim", claimed, "Bob", end, {})["owner"] == "Bob"
    assigned = changes_of("assign", FRESH, "Ann", NOON, {"owner": "  Lt.  Bob "})
    assert assigned == {"owner": "Lt. Bob", "owner_until": None}
    assert owner_at("Lt. Bob", None, datetime(2036, 1, 1)) == "Lt. Bob"


def test_only_the_holder_releases() -> None:
    held = stand(FRESH, "claim", "Ann", 1, NOON, changes_of("claim", FRESH, "Ann", NOON, {}))
    with pytest.raises(Conflict, match="Ann holds"):
        changes_of("release", held, "Bob", NOON, {})
    assert changes_of("release", held, "Ann", NOON, {}) == {"owner": "", "owner_until": None}


def test_what_stands_survives_its_spelling() -> None:
    changed = {"next_due_at": NOON, "owner": "Ann", "owner_until": None, "severity_set": 4}
    assert parse_columns(dump_columns(changed)) == changed


def _act(act_no: int, act: str = "set_severity", undoes: int | None = None, **after: Any) -> Any:
    after = after or {"severity_set": act_no}
    return {"act_no": act_no, "act": act, "actor": "Ann", "done_at": NOON, "after": after,
            "undoes": undoes}  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "wanted", "says"),
    [
        ([_act(1)], 1, ""),
        ([_act(1)], 9, "no such act"),
        ([_act(1, "source")], 1, "no such act of an officer"),
        ([_act(1), _act(2)], 1, "set severity by Ann at 231200Z NOV 26 stands on it"),
        ([_act(1), _act(2)], 2, ""),
        ([_act(1), _act(2, "claim", owner="Ann")], 1, ""),
        ([_act(1), _act(2, "source", severity_said=4)], 1, ""),
        ([_act(1), _act(2), _act(3, "undo", undoes=2)], 1, ""),
        ([_act(1), _act(2), _act(3, "undo", undoes=2)], 2, "undone already"),
        ([_act(1), _act(2), _act(3, "undo", 2), _act(4, "undo", 3)], 1, "stands on it"),
        ([_act(1), _act(2), _act(3, "undo", 2), _act(4, "undo", 3)], 2, ""),
    ],
)
def test_what_can_be_undone(acts: list[Any], wanted: int, says: str) -> None:
    why_not = why_not_undone(wanted, acts)
    assert says in why_not
    assert bool(says) == bool(why_not)


def test_a_comment_changes_nothing_and_is_not_undone() -> None:
    assert changes_of("comment", FRESH, "Ann", NOON, {"text": "seen"}) == {}
    said = _act(1, "comment") | {"after": {}}
    assert "strike" in why_not_undone(1, [said])


def test_every_act_says_what_it_needs() -> None:
    reasons = {name for name, act in ACTS_OF_DESK.items() if "text" in act.needs}
    assert reasons == {"comment", "set_severity", "close", "reopen"}
    versions = {name for name, act in ACTS_OF_DESK.items() if act.makes_version}
    assert versions == {"set_status", "verify", "set_severity", "close", "reopen"}

"""Whatever officers and sources do, what stands is the acts played again, and no act is lost."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from desk_world import RED, Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop import desk
from cop.errors import BadInput, Conflict, NotFound, StoreDamaged
from cop.store import Store
from cop.store.surroundings import answer_verify

_IDS = st.sampled_from(["a", "b"])
_BY = st.sampled_from(["Ann", "Bob"])
_STEPS = st.one_of(
    st.tuples(st.just("claim"), _IDS, _BY, st.just({})),
    st.tuples(st.just("release"), _IDS, _BY, st.just({})),
    st.tuples(st.just("acknowledge"), _IDS, _BY, st.just({})),
    st.tuples(
        st.just("set_severity"), _IDS, _BY,
        st.sampled_from("12345").map(lambda s: {"severity": s, "text": "why"}),
    ),
    st.tuples(
        st.just("verify"), _IDS, _BY,
        st.sampled_from(["confirmed", "debunked"]).map(lambda v: {"verification": v}),
    ),
    st.tuples(st.just("close"), _IDS, _BY, st.just({"text": "over"})),
    st.tuples(st.just("reopen"), _IDS, _BY, st.just({"text": "again"})),
    st.tuples(st.just("comment"), _IDS, _BY, st.just({"text": "hm"})),
    st.tuples(st.just("undo"), _IDS, _BY, st.integers(1, 8).map(lambda n: {"act_no": n})),
    st.tuples(
        st.just("source"), _IDS, _BY,
        st.fixed_dictionaries(
            {"severity": st.sampled_from("135"), "tlp": st.sampled_from(["clear", "red"])}
        ),
    ),
)  # fmt: skip


def _do(world: Desk, step: tuple[str, str, str, dict[str, Any]]) -> None:
    name, incident_id, by, fields = step
    world.later(minutes=25)
    if name == "source":
        world.put(incident_id, version=world.row(incident_id)["version"] + 1, **fields)
        return
    with suppress(
        BadInput, Conflict, NotFound
    ):  # what is refused changes nothing, which verify sees
        world.act(incident_id, name, by=by, **fields)


def _history(store: Store) -> list[dict[str, Any]]:
    found = [a for i in "ab" for a in store.read("acts", RED, incident_id=i)]
    kept = ("act_no", "incident_id", "version", "act", "text", "actor", "before", "after")
    return sorted(({k: a[k] for k in kept} for a in found), key=lambda a: a["act_no"])


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(_STEPS, max_size=10))
def test_what_stands_is_the_acts_played_again(steps: list[Any]) -> None:
    clock = [datetime(2026, 11, 23, 12)]
    world = Desk(Store.memory(clock=lambda: clock[0]), clock)
    world.put("a")
    world.put("b")
    before: list[dict[str, Any]] = []
    for step in steps:
        _do(world, step)
        history = _history(world.store)
        assert history[: len(before)] == before, "acts are only ever appended"
        before = history
    world.store.read("verify", None)
    world.store.close()


def test_a_memory_that_was_tampered_with_is_found(world: Desk) -> None:
    world.act("a", "claim")
    world.act("a", "set_severity", severity="5", text="shots")
    desk.add_note(world.store, RED, "Ann", "x")
    wrongs = {
        "what stands at the desk is its acts": "UPDATE triage SET owner = 'Eve'",
        "the picture shows what officers judged": "UPDATE triage SET severity_set = 1",
        "numbered without gaps": "DELETE FROM log_entries WHERE entry_no = 2",
        "every act has its version": "UPDATE acts SET version = 9",
    }
    for rule, wrong in wrongs.items():
        with pytest.raises(StoreDamaged, match=rule):
            _verify_after(world.store, wrong)


def _verify_after(store: Store, wrong: str) -> None:
    """Verify with a wrong change in the tables, which goes away with the exception."""
    with store.write(actor="x", action="x.x", subject="x") as writer:
        writer._cursor.execute(wrong)
        answer_verify(writer._cursor, None)


def test_a_backup_takes_the_memory_along(tmp_path: Any) -> None:
    store = Store(tmp_path / "live.duckdb")
    clock = [datetime(2026, 11, 23, 12) + timedelta(0)]
    world = Desk(store, clock)
    world.put("a")
    world.act("a", "claim")
    copy = store.back_up(store.backups / "copy.duckdb")
    store.close()
    again = Store(copy)
    assert [a["act"] for a in again.read("acts", RED, incident_id="a")] == ["claim"]
    again.read("verify", None)
    again.close()

"""The same thing said again, in any layout, is one incident; something else said is a version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asam_inputs import Take, as_csv, as_json, as_sqlite, asam, everything

from cop.errors import BadInput
from cop.ingest import Tally, incident_id_of
from cop.store import Store

FIXTURES = Path(__file__).parents[1] / "fixtures"
DATA = Path(__file__).parents[2].parent / "shared" / "data" / "incidents"


def test_a_first_reading_is_new_and_a_second_changes_nothing(store: Store, take: Take) -> None:
    data = as_csv(asam("2026-1"), asam("2026-2", victim="M/V GREY GULL"))
    assert take(data) == Tally("asam", received=2, accepted=2, new=2)
    before = store.read("counts", None)
    assert take(data) == Tally("asam", received=2, accepted=2, unchanged=2)
    after = store.read("counts", None)
    assert after["incident_versions"] == before["incident_versions"] == 2
    assert after["reports"] == before["reports"] == 2
    assert after["feed_runs"] == before["feed_runs"] + 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_three_layouts_of_one_message_are_one_incident_with_its_reports(
    store: Store, take: Take, order: tuple[int, ...]
) -> None:
    record = asam("2026-1")
    layouts = [as_csv(record), as_json(record), as_sqlite(record)]
    tallies = [take(layouts[n]) for n in order]
    assert [(t.new, t.updated, t.unchanged) for t in tallies] == [(1, 0, 0), (0, 0, 1), (0, 0, 1)]
    assert store.read("count", everything()) == 1
    found = store.read("detail", everything(id=("asam-2026-1",)))
    assert len(found["reports"]) == 3
    assert len({report["raw_sha256"] for report in found["reports"]}) == 3
    assert len(found["versions"]) == 1


def test_a_repeat_inside_one_input_is_one_incident(store: Store, take: Take) -> None:
    record = asam("2026-1")
    tally = take(as_csv(record, record, asam("2026-1", victim="TUG"), asam("2026-2")))
    assert (tally.received, tally.new, tally.updated, tally.unchanged) == (4, 2, 1, 1)
    found = store.read("detail", everything(id=("asam-2026-1",)))
    assert [version["version"] for version in found["versions"]] == [2, 1]
    assert len(found["reports"]) == 2


def test_an_update_makes_a_second_version_and_keeps_the_first(store: Store, take: Take) -> None:
    take(as_json(asam("2026-1")))
    tally = take(as_json(asam("2026-1", description="Two crew were killed by gunshots.")))
    assert tally == Tally("asam", received=1, accepted=1, updated=1)
    found = store.read("detail", everything(id=("asam-2026-1",)))
    second, first = found["versions"]
    assert (second["version"], second["severity"]) == (2, 5)
    assert first["severity"] < 5
    assert first["superseded_at"] == second["recorded_at"]
    assert "killed" in found["incident"]["summary"]
    assert len(found["reports"]) == 2
    # An older statement that comes again is history, not news.
    assert take(as_json(asam("2026-1"))).unchanged == 1
    assert store.read("detail", everything(id=("asam-2026-1",)))["incident"]["version"] == 2


def test_layout_alone_is_no_update(store: Store, take: Take) -> None:
    take(as_csv(asam("2026-1", description="The  ship’s crew was safe. A long narrative it is.")))
    again = asam("2026-1", description="The ship's crew was safe.\nA long narrative it is.")
    assert take(as_json(again)).unchanged == 1


def test_sources_do_not_share_references(store: Store, take: Take) -> None:
    take(as_csv(asam("2026-1")))
    row = (FIXTURES / "register" / "plain.csv").read_bytes().splitlines()[:2]
    take(b"\n".join(row).replace(b"REG-2030-001", b"2026-1"), feed="register")
    assert set(store.read("rows", everything())["incident_id"]) == {
        "asam-2026-1",
        "register-2026-1",
    }


@pytest.mark.parametrize("reference", ["a/b", "../..", "a%00b", "é", "..", "x" * 200, "a b", "a,b"])
def test_an_id_is_safe_in_addresses_and_never_shared(reference: str) -> None:
    made = incident_id_of("imb", reference)
    assert made.isascii()
    assert not set(made) & set("/%,? ")
    assert len(made) < 120
    assert made != incident_id_of("imb", reference + "'")
    assert made != incident_id_of("asam", reference)


def test_an_unknown_feed_is_named_with_those_there_are(take: Take) -> None:
    with pytest.raises(BadInput, match=r"no feed 'reuters'; there are: asam, imb, ukmto, register"):
        take(b"x", feed="reuters")


@pytest.mark.real
@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("asam", "asam_api.json"),
        ("imb", "imb_pirate_attacks_1993_2020.csv"),
        ("ukmto", "ukmto_api.json"),
    ],
)
def test_published_files_conserve_and_repeat(
    store: Store, take: Take, feed: str, name: str
) -> None:
    if not (DATA / name).is_file():
        pytest.skip(f"{name} is not beside this project (../shared/data/incidents)")
    data = (DATA / name).read_bytes()
    if feed == "imb":  # two thousand of its rows are enough here
        data = b"".join(data.splitlines(keepends=True)[:2_000])
    first = take(data, feed)
    assert first.accepted > 0.9 * first.received > 0
    second = take(data, feed)
    assert (second.new, second.updated) == (0, 0)
    assert (second.received, second.accepted) == (first.received, first.accepted)
    incidents = store.read("count", everything())
    assert incidents == len(set(store.read("rows", everything())["reference"]))
    run = store.read("runs", everything().viewer)[0]
    assert (run["feed"], run["state"], run["received"]) == (feed, "ok", second.received)


def test_a_run_says_what_it_did(store: Store, take: Take) -> None:
    take(as_csv(asam("2026-1"), asam("2026-2", date="soon")))
    [run] = store.read("runs", everything().viewer)
    wanted = ("feed", "input_name", "state", "received", "accepted", "quarantined", "rejected")
    assert [run[name] for name in wanted] == ["asam", "made-up", "ok", 2, 1, 1, 0]
    with store._cursor() as cursor:
        [(actor, action, detail)] = cursor.execute(
            "SELECT actor, action, detail FROM audit"
        ).fetchall()
    assert (actor, action) == ("test", "feed.ingest")
    assert json.loads(detail)["quarantined"] == 1

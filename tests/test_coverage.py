"""Coverage of a small world: who could have told us of a region, and whether quiet is expected."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

import layers
from cop.commands import run_ingest
from cop.coverage import find_coverage
from cop.errors import BadInput, Conflict
from cop.feeds import ALL as FEEDS
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.coverage import (
    Coverage,
    RegionCoverage,
    judge_source,
    longest_silence,
    say_expectation,
    say_gaps,
)
from cop.model.rates import bound_count
from cop.model.viewer import Viewer
from cop.model.vocabulary import regions
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.switches import check_feeds_off, switch_source
from cop.ui import ids
from cop.ui.views import sources

NOW = datetime(2026, 11, 23, 12, 58)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
VIEWER = Viewer("test", "red", "Reed")
UKMTO_SEAS = {"red-sea-aden", "persian-gulf-oman", "arabian-sea-somali-basin"}
RED_SEA = (14.0, 42.0)


def ukmto_file(*events: datetime, at: tuple[float, float] = RED_SEA, first: int = 1) -> bytes:
    """A list of UKMTO incidents at one place."""
    return json.dumps(
        [
            {
                "incidentIssuer": "UKMTO",
                "incidentNumber": number,
                "utcDateCreated": f"{event:%Y-%m-%dT%H:%M:%SZ}",
                "utcDateOfIncident": f"{event:%Y-%m-%dT%H:%M:%SZ}",
                "incidentTypeName": "Attack",
                "incidentTypeLevel": 1,
                "locationLatitude": at[0],
                "locationLongitude": at[1],
                "place": "At sea",
                "vesselName": ".",
                "vesselType": "Tanker",
                "otherDetails": "A tanker was struck.",
            }
            for number, event in enumerate(events, first)
        ]
    ).encode()


@dataclass
class World:
    """A store whose clock is turned by hand."""

    geography: Geography
    settings: Settings = field(default_factory=Settings)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.store = Store.memory(clock=lambda: self.now)
        self.services = Services(self.settings, self.store, self.geography, layers.ALL)

    def take(self, feed: str, data: bytes) -> None:
        ingest(self.store, self.geography, feed, data, actor="test")

    def coverage(self, viewer: Viewer = VIEWER) -> Coverage:
        return find_coverage(self.services, viewer)

    def region(self, slug: str = "red-sea-aden") -> RegionCoverage:
        (found,) = self.coverage().of((slug,))
        return found

    def source(self, feed: str, region: str = "red-sea-aden") -> str:
        return next(r.state for r in self.region(region).reporters if r.feed == feed)


@pytest.fixture
def world(geography: Geography) -> Iterator[World]:
    """Nothing told yet."""
    made = World(geography)
    yield made
    made.store.close()


# One event every ten days for two years, the last of them ten days ago.
STEADY = tuple(NOW - n * 10 * DAY for n in range(73, 0, -1))


def test_nobody_heard_of_is_no_coverage(world: World) -> None:
    coverage = world.coverage()
    assert len(coverage.regions) == len(regions())
    assert {region.state for region in coverage.regions} == {"not-covered"}
    assert world.source("ukmto") == "never"
    assert say_gaps(coverage, ()) == ["30 of 30 regions are not covered now."]
    assert say_expectation(world.region()) == "No history to judge by."


def test_on_time_and_nothing_new_is_reported_quiet(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY))
    region = world.region()
    assert (region.state, region.incidents) == ("quiet", 0)
    assert region.last_success_at == NOW
    assert region.told["ukmto"].newest_at == STEADY[-1]
    assert world.region("baltic").state == "not-covered", "UKMTO does not tell of the Baltic"
    assert {r.region for r in world.coverage().regions if r.state == "quiet"} == UKMTO_SEAS
    assert say_gaps(world.coverage(), ("red-sea-aden",)) == []


def test_an_incident_in_the_window_makes_it_active(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY, NOW - 2 * DAY))
    assert (world.region().state, world.region().incidents) == ("active", 1)
    assert world.region("persian-gulf-oman").state == "quiet"


def test_silence_degrades_with_time_alone(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY))
    for age, state, region in (
        (1.4 * HOUR, "ok", "quiet"),
        (1.6 * HOUR, "late", "degraded"),
        (3.1 * HOUR, "silent", "degraded"),
    ):
        world.now = NOW + age
        assert (world.source("ukmto"), world.region().state) == (state, region)
    row = next(r for r in world.services.sources(VIEWER) if r["feed"] == "ukmto")
    assert row["last_state"] == "silent", "the header's dots say so too"
    world.take("ukmto", ukmto_file(*STEADY))
    assert world.region().state == "quiet", "an unchanged list read again is news of calm"


def test_a_failed_run_degrades_until_the_next_good_one(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY))
    world.take("ukmto", b"[]")
    assert (world.source("ukmto"), world.region().state) == ("failed", "degraded")
    (said,) = say_gaps(world.coverage(), ("red-sea-aden",))
    assert said.startswith("The sources of Red Sea")
    assert "UKMTO last run failed" in said


def test_a_file_read_today_that_ends_years_ago_is_no_coverage(world: World) -> None:
    old = tuple(event - 4 * 365 * DAY for event in STEADY)
    world.take("ukmto", ukmto_file(*old))
    assert (world.source("ukmto"), world.region().state) == ("ended", "degraded")
    assert "2020\u20132022" in say_expectation(world.region())


def test_a_source_switched_off_turns_its_regions_to_not_covered(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY, NOW - DAY))
    assert world.region().state == "active"
    version = world.store.version
    switch_source(world.store, (), VIEWER, "ukmto", on=False, reason="list is being rebuilt")
    assert world.store.version > version, "open screens hear of it"
    assert {world.region(slug).state for slug in UKMTO_SEAS} == {"not-covered"}
    assert world.region().incidents == 1, "what it told stays"
    with pytest.raises(BadInput, match=r"switched off by Reed .* being rebuilt"):
        run_ingest(world.services, VIEWER, {"feed": "ukmto", "names": ["x"]}, [ukmto_file(NOW)])
    with pytest.raises(Conflict, match="already"):
        switch_source(world.store, (), VIEWER, "ukmto", on=False, reason="again")
    switch_source(world.store, (), VIEWER, "ukmto", on=True, reason="")
    assert world.region().state == "active"
    run_ingest(world.services, VIEWER, {"feed": "ukmto", "names": ["x"]}, [ukmto_file(NOW)])


def test_a_person_goes_before_the_settings(geography: Geography) -> None:
    world = World(geography, Settings(feeds_off=" UKMTO, imb,"))
    off = world.settings.feeds_off_names
    world.take("ukmto", ukmto_file(*STEADY))
    assert world.region().state == "not-covered"
    switch_source(world.store, off, VIEWER, "ukmto", on=True, reason="")
    assert world.region().state == "quiet"
    world.store.close()


@pytest.mark.parametrize("names", [("ukmt0",), ("desk",)])
def test_a_setting_that_switches_off_nothing_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=r"ukmt0|watch desk"):
        check_feeds_off(names)


@pytest.mark.parametrize(
    ("viewer", "reason", "said"),
    [(Viewer("session:x", "red"), "why", "give your name"), (VIEWER, " ", "say why")],
)
def test_a_switch_is_signed_and_says_why(
    world: World, viewer: Viewer, reason: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        switch_source(world.store, (), viewer, "ukmto", on=False, reason=reason)


def test_the_expectation_is_the_exact_one_of_the_history(world: World) -> None:
    world.take("ukmto", ukmto_file(*STEADY))
    expected = world.region().expected
    assert expected is not None
    # From the first event to the last, which closes the span and is not in it.
    assert expected.count == len(STEADY) - 1
    assert expected.weeks == pytest.approx(720 / 7)
    assert expected.expected == pytest.approx(0.7)
    low, high = bound_count(expected.count)
    assert expected.interval == pytest.approx((low * 7 / 720, high * 7 / 720))
    said = say_expectation(world.region())
    assert said.startswith("Quiet is not unusual here, 1 of 2.0 weeks: 0.7 expected in 7 d, 95 % ")
    nothing = world.region("persian-gulf-oman")
    assert say_expectation(nothing).startswith("None in 103 weeks by UKMTO 2024\u20132026: at most")


def test_an_unusual_quiet_is_said(world: World) -> None:
    daily = tuple(NOW - 8 * DAY - n * 12 * HOUR for n in range(400, 0, -1))
    world.take("ukmto", ukmto_file(*daily))
    assert say_expectation(world.region()).startswith("Quiet is unusual here: 14 expected in 7 d")


def test_markings_hold_for_coverage_too(world: World) -> None:
    said = json.loads(ukmto_file(*STEADY, NOW - DAY))
    said[-1]["tlp"] = "TLP:RED"
    world.take("ukmto", json.dumps(said).encode())
    assert world.region().incidents == 1
    (seen,) = world.coverage(Viewer("test", "green")).of(("red-sea-aden",))
    assert seen.incidents == 0
    assert seen.told["ukmto"].newest_at == STEADY[-1]


@pytest.mark.parametrize(
    ("last_state", "age", "newest", "state"),
    [
        ("never", None, None, "never"),
        ("failed", DAY, DAY, "failed"),
        ("off", HOUR, DAY, "off"),
        ("ok", 10.5 * DAY, DAY, "ok"),
        ("ok", 10.6 * DAY, DAY, "late"),
        ("ok", 22 * DAY, DAY, "silent"),
        ("ok", DAY, 29 * DAY, "ended"),
        ("ok", DAY, None, "ended"),
    ],
)
def test_states_of_a_source(
    last_state: str, age: timedelta | None, newest: timedelta | None, state: str
) -> None:
    at = NOW - age if age else None
    newest_at = NOW - newest if newest else None
    assert judge_source(WEEK, last_state, at, newest_at, 4 * WEEK, NOW) == state


def test_the_longest_silence_follows_the_rate() -> None:
    assert longest_silence(HOUR, 0, timedelta(0)) == 4 * WEEK
    assert longest_silence(HOUR, 52, 52 * WEEK) / WEEK == pytest.approx(4.605, abs=0.001)
    assert longest_silence(WEEK, 5_200, 52 * WEEK) == 3 * WEEK


def test_feeds_cover_regions_that_there_are() -> None:
    for feed in FEEDS:
        assert feed.covers == ("*",) or set(feed.covers) <= set(regions().slugs), feed.id


def test_a_press_means_what_was_on_screen(world: World) -> None:
    """Two officers look at a source that is on; the second press must not switch it on again."""
    sent = [[int(feed == "ukmto") for feed in ids.SWITCHES], ["why"] * len(ids.SWITCHES)]
    shown = dict.fromkeys(ids.SWITCHES, True)
    pressed = ids.SWITCHES["ukmto"]
    for said in ("is switched off by Reed", "Nothing was switched: UKMTO .* already"):
        answer = sources.switch(world.services, VIEWER, *sent[0], *sent[1], shown, which=pressed)
        assert re.search(said, answer[0])
    assert world.source("ukmto") == "off"

"""The playback: what a page is given to play, its clock, and what it weighs."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import incident, put

import layers
from cop.figures.frames import MOST_STEPS, Reel, fit_speeds, pack_frames, plan_reel
from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.model.vocabulary import hazards
from cop.query.answers import FrameCells, FramePoints, Frames, Timeline
from cop.services import Services
from cop.settings import Settings
from cop.store import Store
from cop.store.frames import MOST_ENTRIES, MOST_FRAME_CELLS, MOST_PLAYED
from cop.ui.panels import play

NOON = datetime(2026, 11, 23, 12)
MOST_BYTES = 60_000
RED, GREEN = Viewer("test", "red"), Viewer("test", "green")


@pytest.fixture(scope="module")
def picture(geography: Geography) -> Iterator[Services]:
    store = Store.memory(clock=lambda: NOON)
    here = {"lon": 4.0, "lat": 52.0}
    put(
        store,
        incident("day", start=datetime(2026, 11, 10), **here),
        incident("month", start=datetime(2026, 10, 25), time_precision="interval", **here),
        incident("moment", start=datetime(2026, 11, 20, 6, 30), time_precision="instant", **here),
        incident("red", start=datetime(2026, 11, 21), tlp="red", **here),
        incident("far", start=datetime(2026, 11, 21), lon=-150.0, lat=-40.0),
        incident("nowhere", start=datetime(2026, 11, 21)),
    )
    yield Services(Settings(), store, geography, layers.ALL)
    store.close()


def ask(services: Services, viewer: Viewer, search: str) -> dict[str, Any]:
    """What the page is sent, as it reads it."""
    answer = play.answer(services, viewer, 7, search, {})[0]
    found: dict[str, Any] = orjson.loads(orjson.dumps(answer))
    assert found["asked"] == 7
    return found


def test_a_window_is_played_whole_each_record_for_its_span(picture: Services) -> None:
    frames = ask(picture, RED, "?since=2026-11-01&center=4,52&z=5")["frames"]
    points = frames["points"]
    start = datetime.fromisoformat(frames["start"]).replace(tzinfo=None)
    spans = {
        name: (start + timedelta(seconds=begins), lasts)
        for name, begins, lasts in zip(points["id"], points["begins"], points["lasts"], strict=True)
    }
    assert frames["total"] == 4 == len(spans)
    assert spans["day"] == (datetime(2026, 11, 10), 86_399)
    assert spans["moment"] == (datetime(2026, 11, 20, 6, 30), 0)
    # It began before the window and stands in it from its first moment on.
    assert spans["month"] == (datetime(2026, 10, 25), 30 * 86_400 - 1)
    assert start == datetime(2026, 11, 1)
    assert frames["end"] == "2026-11-22T00:00:00Z"  # where the bars end
    assert frames["left"] == "Not played: 1 out of view, 1 unlocated"


def test_nobody_is_played_what_they_may_not_see(picture: Services) -> None:
    frames = ask(picture, GREEN, "?since=2026-11-01&center=4,52&z=5")["frames"]
    assert sorted(frames["points"]["id"]) == ["day", "moment", "month"]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?until=2026-01-01", "Nothing in this view to play."),
        ("?center=60,10&z=9", "Nothing in this view to play. Not played: 5 out of view"),
        ("?since=soon", "This question cannot be answered."),
    ],
)
def test_what_cannot_be_played_says_why(picture: Services, search: str, said: str) -> None:
    found = ask(picture, RED, search)
    assert found["refused"].startswith(said)
    assert "frames" not in found


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2026, 1, 1)),
    st.sampled_from(["hour", "day", "week", "month", "year"]),
    st.integers(1, 130),
    st.sampled_from([None, NOON - timedelta(days=40)]),
)
@settings(max_examples=60)
def test_a_reel_covers_its_bars_in_few_steps(
    first: datetime, step: str, n: int, until: datetime | None
) -> None:
    width = {"hour": 1, "day": 24, "week": 168, "month": 720, "year": 8_760}[step]
    starts = np.datetime64(first, "s") + np.arange(n) * np.timedelta64(width, "h")
    timeline = Timeline(starts, step, np.ones((n, 5), int))
    newest = min(NOON, starts[-1].item())
    reel = plan_reel(timeline, None, until, NOON, newest)
    assert reel is not None
    assert reel.start == starts[0].item()
    assert reel.start < reel.end
    assert reel.end >= min(newest, until or newest)
    assert 1 <= reel.n_steps <= MOST_STEPS
    assert reel.step * reel.n_steps >= reel.end - reel.start
    speeds, usual = fit_speeds(reel)
    assert usual in speeds
    assert (reel.end - reel.start) / usual > 1 or len(speeds) == 1


def test_the_heaviest_answers_are_light_on_the_wire() -> None:
    """Nothing repeats in them: what compression gains here it gains everywhere."""
    rng = np.random.default_rng(3)
    reel = Reel(datetime(2020, 1, 1), datetime(2026, 1, 1), timedelta(days=30))
    n = MOST_PLAYED
    codes = {name: rng.integers(1, 6, n) for name in ("severity", "act", "verification", "tlp")}
    codes["act"] = codes["verification"] = np.ones(n, int)
    began = np.datetime64("2020-01-01", "s") + rng.integers(0, 6 * 365 * 86_400, n)
    points = FramePoints(
        incident_id=np.array([f"asam-{k}" for k in rng.integers(0, 10**9, n)]),
        lon=rng.uniform(-180, 180, n),
        lat=rng.uniform(-80, 80, n),
        hazard=rng.choice([term.code for term in hazards()], n),
        position_precision=rng.integers(0, 5, n),
        time_precision=rng.integers(0, 4, n),
        occurred_at=began,
        last_at=began + rng.integers(0, 2, n) * 86_399,
        **codes,
    )
    entries = np.sort(rng.choice(MOST_FRAME_CELLS * MOST_STEPS, MOST_ENTRIES, replace=False))
    cells = FrameCells(
        lon=rng.uniform(-180, 180, MOST_FRAME_CELLS),
        lat=rng.uniform(-80, 80, MOST_FRAME_CELLS),
        cell=entries // MOST_STEPS,
        step=entries % MOST_STEPS,
        count=rng.integers(1, 100_000, MOST_ENTRIES),
        worst=rng.integers(1, 6, MOST_ENTRIES),
    )
    for frames in (Frames(n, points, None), Frames(10**9, None, cells)):
        assert len(gzip.compress(orjson.dumps(pack_frames(frames, reel)), 1)) <= MOST_BYTES

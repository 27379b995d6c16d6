from datetime import datetime

import numpy as np
import pytest
from figure_samples import count_values, empty_timeline, make_timeline

from cop.figures.theme import THEMES
from cop.figures.timeline import HEIGHT_PX, add_step, build_timeline
from cop.query.answers import Timeline


def test_an_empty_timeline_says_so():
    figure = build_timeline(empty_timeline(), "dusk")
    assert figure["data"] == []
    assert figure["layout"]["annotations"][0]["text"] == "No incidents in this window"
    assert figure["layout"]["height"] == HEIGHT_PX


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_bars_hold_every_count_in_severity_order(theme):
    timeline = make_timeline(20)
    figure = build_timeline(timeline, theme)
    assert [bar["name"] for bar in figure["data"]] == [
        "Minor",
        "Low",
        "Moderate",
        "High",
        "Critical",
    ]
    for level, bar in enumerate(figure["data"]):
        assert count_values(bar["y"]) == 20
        assert bar["marker"]["color"] == THEMES[theme].severity[level]


def test_a_severity_without_incidents_has_no_bar():
    timeline = Timeline(
        np.array(["2026-01-01"], "datetime64[s]"), "day", np.array([[0, 0, 3, 0, 0]])
    )
    assert [bar["name"] for bar in build_timeline(timeline, "day")["data"]] == ["Moderate"]


@pytest.mark.parametrize(
    ("step", "end"),
    [
        ("hour", "2024-02-01T01:00:00"),
        ("day", "2024-02-02T00:00:00"),
        ("week", "2024-02-08T00:00:00"),
        ("month", "2024-03-01T00:00:00"),
        ("year", "2025-01-01T00:00:00"),
    ],
)
def test_a_bucket_ends_where_the_calendar_says(step, end):
    start = np.array(["2024-02-01" if step != "year" else "2024-01-01"], "datetime64[s]")
    assert add_step(start, step)[0] == np.datetime64(end)


def test_time_outside_the_window_is_veiled():
    figure = build_timeline(
        make_timeline(30), "day", since=datetime(2026, 1, 10), until=datetime(2026, 1, 20)
    )
    veils = [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]]
    assert veils == [
        ("2026-01-01T00:00:00", "2026-01-10T00:00:00"),
        ("2026-01-20T00:00:00", "2026-01-31T00:00:00"),
    ]


def test_the_bucket_of_now_is_hatched_and_says_that_it_is_not_over():
    timeline = make_timeline(30)
    figure = build_timeline(timeline, "day", now=datetime(2026, 1, 30, 9))
    for bar in figure["data"]:
        assert bar["marker"]["pattern"]["shape"] == [""] * 29 + ["/"]
        assert "(not over yet)" in bar["hovertext"][29]
        assert "(not over yet)" not in "".join(bar["hovertext"][:29])
    over = build_timeline(timeline, "day", now=datetime(2026, 1, 31))
    assert all("pattern" not in bar["marker"] for bar in over["data"])


def test_a_window_is_shown_up_to_now_so_that_quiet_is_seen():
    timeline, since = make_timeline(10), datetime(2025, 12, 20)
    window = build_timeline(timeline, "day", since=since, now=datetime(2026, 1, 19))
    assert window["layout"]["xaxis"]["range"] == ["2025-12-20T00:00:00", "2026-01-19T00:00:00"]
    ended = build_timeline(
        timeline, "day", since=since, until=datetime(2026, 1, 15), now=datetime(2026, 3, 1)
    )
    assert ended["layout"]["xaxis"]["range"] == ["2025-12-20T00:00:00", "2026-01-15T00:00:00"]


def test_a_window_far_wider_than_its_bars_keeps_them_visible():
    figure = build_timeline(
        make_timeline(10), "day", since=datetime(2000, 1, 1), now=datetime(2026, 1, 11)
    )
    assert figure["layout"]["xaxis"]["range"] == ["2026-01-01T00:00:00", "2026-01-11T00:00:00"]

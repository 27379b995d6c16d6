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

from dataclasses import replace

import numpy as np
import pytest
from figure_samples import count_values, make_points
from pyproj import Geod

from cop.figures.points import (
    MAX_CORNERS,
    draw_points,
    measure_circles,
    rate_age,
    trace_circle,
)
from cop.figures.theme import DAY

WINDOW = (np.datetime64("2026-01-01", "s"), np.datetime64("2026-07-20", "s"))


def symbols_of(traces):
    return [t for t in traces if "customdata" in t]


def test_no_points_draw_nothing():
    assert draw_points(make_points(0), DAY, 8.0, WINDOW, "x") == []


def test_every_incident_is_drawn_once_with_its_id_and_shape():
    points = make_points(300)
    drawn = symbols_of(draw_points(points, DAY, 3.0, WINDOW, ""))
    ids = [incident for trace in drawn for incident in trace["customdata"]]
    assert sorted(ids) == sorted(points.incident_id.tolist())
    for trace in drawn:
        assert count_values(trace["lon"]) == len(trace["marker"]["symbol"])
        assert len(trace["customdata"]) == len(trace["hovertext"])
        assert all(symbol.count("_") == 2 for symbol in trace["marker"]["symbol"])


def test_newer_incidents_lie_on_top_and_are_stronger():
    drawn = symbols_of(draw_points(make_points(300), DAY, 3.0, WINDOW, ""))
    strengths = [trace["marker"]["opacity"] for trace in drawn]
    assert strengths == sorted(strengths)
    assert strengths[-1] == 1


def test_age_is_seen_within_the_window():
    times = np.array(["2025-01-01", "2026-01-02", "2026-04-15", "2026-07-19"], "datetime64[s]")
    assert rate_age(times, *WINDOW).tolist() == [0, 0, 1, 2]
    assert rate_age(times, WINDOW[0], WINDOW[0]).tolist() == [2, 2, 2, 2]


def test_the_selected_incident_has_a_ring_below_its_symbol():
    points = make_points(40)
    traces = draw_points(points, DAY, 3.0, WINDOW, str(points.incident_id[7]))
    halo = next(
        i for i, t in enumerate(traces) if t.get("marker", {}).get("symbol") == "halo_focus"
    )
    assert traces[halo]["lon"] == [float(points.lon[7])]
    assert all(i > halo for i, t in enumerate(traces) if "customdata" in t)
    unknown = draw_points(points, DAY, 3.0, WINDOW, "not-here")
    assert not any(t.get("marker", {}).get("symbol") == "halo_focus" for t in unknown)


def test_hover_neutralises_a_hostile_ship_name():
    points = make_points(1)
    points.title[0] = "<a href='javascript:x'>MV $E=mc^2$</a> & co"
    text = symbols_of(draw_points(points, DAY, 3.0, WINDOW, ""))[0]["hovertext"][0]
    inner = text.removeprefix("<b>").split("</b><br>")[0]
    assert not set(inner) & set("<>$")
    assert "&lt;a href" in inner


def test_hover_says_what_is_uncertain():
    points = replace(
        make_points(1),
        position_precision=np.array([3]),
        uncertainty_nm=np.array([15.0]),
        verification=np.array([1]),
        time_precision=np.array([1]),
        act=np.array([2]),
        tlp=np.array([2]),
        occurred_at=np.array(["2026-11-23T00:00:00"], "datetime64[s]"),
    )
    text = symbols_of(draw_points(points, DAY, 3.0, WINDOW, ""))[0]["hovertext"][0]
    for words in ("attempted", "unverified", "23 NOV 2026", "TLP:AMBER", "approximate", "15 nm"):
        assert words in text
    assert "0000Z" not in text


def test_a_missing_uncertainty_is_no_circle():
    points = replace(
        make_points(2),
        position_precision=np.array([3, 3]),
        uncertainty_nm=np.array([None, 40.0], object),
    )
    assert measure_circles(points, 9.0)[0] == 0
    assert measure_circles(points, 9.0)[1] > 0
    assert len(symbols_of(draw_points(points, DAY, 9.0, WINDOW, ""))) >= 1


@pytest.mark.parametrize("lon", [0.0, 179.9, -179.9])
def test_a_circle_is_geodesic_and_does_not_streak_across_180(lon):
    lons, lats = trace_circle(lon, 60.0, 60.0, 24)
    assert np.abs(np.diff(lons)).max() < 1
    _, _, metres = Geod(ellps="WGS84").inv(
        np.full(len(lons), lon), np.full(len(lons), 60.0), lons, lats
    )
    assert metres == pytest.approx(np.full(len(lons), 60 * 1852.0), rel=1e-6)


def test_circles_appear_with_zoom_and_stay_within_their_budget():
    points = make_points(600)
    far = draw_points(points, DAY, 1.0, WINDOW, "")
    near = draw_points(points, DAY, 9.0, WINDOW, "")
    assert not [t for t in far if t.get("fill") == "toself"]
    (circles,) = [t for t in near if t.get("fill") == "toself"]
    assert count_values(circles["lon"]) <= MAX_CORNERS * 1.2


def test_a_crowd_has_no_circles():
    drawn = draw_points(make_points(700), DAY, 9.0, WINDOW, "")
    assert not [t for t in drawn if t.get("fill") == "toself"]

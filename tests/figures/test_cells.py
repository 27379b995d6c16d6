import numpy as np
import pytest
from figure_samples import count_values, make_cells

from cop.figures.cells import MAX_RINGS, STEPS, draw_cells, scale_radii, share_sixths
from cop.figures.theme import DAY


def test_no_cells_draw_nothing():
    assert draw_cells(make_cells(0), DAY, 2.0) == []


def test_area_grows_with_count():
    radii = scale_radii(np.array([400, 100, 1]))
    assert radii[0] == STEPS[-1]
    assert radii[1] == pytest.approx(STEPS[-1] / 2, rel=0.12)
    assert radii[2] < STEPS[0]


def test_a_circle_is_never_too_small_for_its_number():
    radii = scale_radii(np.array([1_000_000, 123, 12, 2]))
    assert radii[1] >= radii[2] >= radii[3] >= STEPS[0]


def test_sixths_sum_to_six_and_keep_the_worst():
    cells = make_cells(500)
    sixths = share_sixths(cells.by_severity)
    assert (sixths.sum(axis=1) == 6).all()
    assert (sixths >= 0).all()
    assert (sixths[np.arange(500), cells.worst - 1] >= 1).all()
    assert not (sixths[cells.by_severity == 0] > 0).any()


def test_one_critical_among_thousands_still_shows():
    assert share_sixths(np.array([[5000, 0, 0, 0, 1]])).tolist() == [[5, 0, 0, 0, 1]]


def test_a_click_on_a_cell_knows_where_to_go():
    cells = make_cells(3)
    circles = draw_cells(cells, DAY, 4.0)[-1]
    assert len(circles["customdata"]) == 3
    for lon, lat, zoom in circles["customdata"]:
        assert np.abs(cells.lon - lon).min() < 0.006
        assert np.abs(cells.lat - lat).min() < 0.006
        assert zoom == 6.0


def test_small_circles_lie_on_large_ones_and_wear_the_worst_severity():
    cells = make_cells(50)
    circles = draw_cells(cells, DAY, 4.0)[-1]
    order = np.argsort(-cells.count, kind="stable")
    assert circles["marker"]["color"] == [DAY.severity[w - 1] for w in cells.worst[order]]


def test_hover_says_count_mix_newest_and_what_a_click_does():
    circles = draw_cells(make_cells(5), DAY, 4.0)[-1]
    for text in circles["hovertext"]:
        assert "incident" in text
        assert "newest " in text
        assert "Z NOV 26" in text
        assert text.endswith("click to zoom in")


@pytest.mark.parametrize("n", [10, MAX_RINGS, 2_000])
def test_marks_stay_within_two_thousand_circles_and_rings(n):
    traces = draw_cells(make_cells(n), DAY, 2.0)
    shown = [t for t in traces if t["hoverinfo"] == "text"]
    assert sum(count_values(t["lon"]) for t in shown) == n
    assert sum(count_values(t["lon"]) for t in traces) <= 2_000
    rings = [t for t in traces if isinstance(t["marker"].get("symbol"), list)]
    assert bool(rings) == (n <= MAX_RINGS)
    for ring in rings:
        assert all(symbol.startswith("mix:mix_") for symbol in ring["marker"]["symbol"])

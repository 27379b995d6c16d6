import pytest
from figure_samples import count_values

from cop.figures.lag import build_lag
from cop.figures.theme import THEMES
from cop.query.answers import LAG_EDGES_S, Lag


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_bar_a_class_named_by_its_end(theme):
    lag = Lag(9, 18_120, 259_200, (1, 2, 3, 1, 1, 1, 0, 0), later=4, before=2, dates=5)
    (bars,) = build_lag(lag, theme)["data"]
    assert count_values(bars["y"]) == len(bars["x"]) == len(bars["hovertext"]) == len(LAG_EDGES_S)
    assert bars["text"] == ["1", "2", "3", "1", "1", "1", "", ""]
    assert bars["hovertext"][0] == "1 of 9 within 1 h"
    assert bars["hovertext"][2] == "3 of 9 after 6 h to 24 h"
    assert bars["marker"]["color"] == THEMES[theme].muted


def test_nothing_is_drawn_of_nothing():
    figure = build_lag(Lag(0, 0, 0, (0,) * 8, 0, 0, 0), "dusk")
    assert figure["data"] == []
    assert not figure["layout"]["xaxis"]["visible"]

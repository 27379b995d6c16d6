"""The coverage layer: states told apart without colour, sources named on hover."""

from datetime import datetime, timedelta

from test_contract import make_context

from cop.figures.theme import DAY
from cop.layer import Context
from cop.model.coverage import Coverage, RegionCoverage, Reporter, judge_region
from layers import coverage

NOW = datetime(2026, 11, 23, 12, 58)
WORLD = ("*",)


def region(slug: str, state: str, incidents: int = 0) -> RegionCoverage:
    source = Reporter("asam", "NGA ASAM", timedelta(days=7), WORLD, state, NOW, NOW)
    return RegionCoverage(slug, judge_region((source,), incidents), (source,), {}, incidents, None)


FOUND = Coverage(
    NOW,
    (
        region("baltic", "off"),
        region("arctic", "late"),
        region("caribbean", "ok"),
        region("black-sea", "ok", 3),
    ),
)


def entries(drawing) -> list[tuple[str, str]]:
    """Kind of each entry, with the regions that its address names."""
    return [
        (entry["type"], entry["source"].split("code=")[1].split("&")[0].replace("%2C", ","))
        for entry in drawing.map_layers
    ]


def test_states_differ_by_more_than_colour():
    drawing = coverage.draw(FOUND, "day")
    assert entries(drawing) == [
        ("fill", "baltic"),
        ("line", "baltic"),
        ("line", "arctic"),
        ("line", "black-sea,caribbean"),
    ]
    fill, hatch, broken, solid = drawing.map_layers
    assert fill["color"] == DAY.muted
    assert "as=hatched" in hatch["source"]
    assert "dash" in broken["line"]
    assert "dash" not in solid["line"]
    (label,) = [trace for trace in drawing.traces if trace["type"] == "scattermap"]
    said = dict(text.split("<br>") for text in label["text"])
    assert set(said.values()) == {"not covered", "degraded", "reported quiet", "active"}


def test_hover_names_who_reports():
    (area,) = [t for t in coverage.draw(FOUND, "day").traces if t["type"] == "choroplethmap"]
    assert area["locations"] == ["baltic", "arctic", "caribbean", "black-sea"]
    assert area["hovertext"][1] == (
        "<b>Arctic Ocean: degraded</b><br>NGA ASAM: late, last 231258Z NOV 26"
    )
    assert area["customdata"][0] == "region:baltic"


def test_the_past_and_no_coverage_draw_nothing():
    assert coverage.load(make_context()) is None
    empty = coverage.draw(None, "day")
    assert (empty.traces, empty.map_layers) == ([], [])
    asked = Context(
        *(getattr(make_context(), name) for name in ("where", "picture", "viewport", "theme")),
        reference=make_context().reference,
        coverage=lambda: FOUND,
    )
    assert coverage.load(asked) is FOUND

"""The time control: its windows, what was learned since a moment, the lag in words and bars."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import urlencode

import pytest
from reading import all_with, text_of, walk

from cop.model.viewer import Viewer
from cop.query.answers import KnownChanges, Lag
from cop.query.url import from_query
from cop.services import Services
from cop.ui import ids
from cop.ui.panels import facets, header, known, time, timeline

AT = datetime(2026, 3, 14, 6)
LAG = Lag(9, 5 * 3600 + 120, 3 * 86_400, (1, 2, 3, 1, 1, 1, 0, 0), later=4, before=2, dates=1_200)


def test_there_is_one_home_for_the_window() -> None:
    said = [part.id for part in walk(timeline.layout()) if getattr(part, "id", None)]
    bar = [part.id for part in walk(facets.layout()) if getattr(part, "id", None)]
    for control in (ids.ASK_SINCE, ids.ASK_UNTIL, ids.ASK_KNOWN_AT, ids.TIME_LIVE):
        assert said.count(control) == 1
        assert control not in bar


def test_every_usual_window_is_a_question() -> None:
    offered = [json.loads(getattr(b, "data-go")) for b in all_with(time.layout(), "data-since")]
    assert [window["since"] for window in offered] == ["-6h", "-24h", "-72h", "-7d", "-30d", ""]
    for window in offered:
        assert from_query(urlencode({k: v for k, v in window.items() if v})).until is None


def test_what_a_window_holds_is_said() -> None:
    (group,) = [p for p in walk(time.layout()) if getattr(p, "className", "") == "presets"]
    assert group.title == time.HELD
    assert "interval" in time.HELD
    assert time.HELD in text_of(time.custom())


def test_late_reports_and_corrections_are_counted_and_listed() -> None:
    found = KnownChanges(3, 40, 5, 2, 1, late_ids=("a", "b", "c"), changed_ids=())
    tree = known.render(found, AT)
    said = text_of(tree)
    assert said.startswith("Known at 140600Z MAR 26.")
    assert "3 happened in this window but were not known then" in said
    assert "5 changed since, 2 of them left this question" in said
    assert "1 joined it" in said
    assert "40 happened later" in said
    (button,) = all_with(tree, "data-go")
    go = json.loads(getattr(button, "data-go"))
    assert (go["id"], go["as_known_at"], go["since"], go["bbox"]) == ("a,b,c", "", "", "")
    assert "status" not in go, "withdrawn incidents stay as they were asked for"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "under 1 min"), (300, "5 min"), (18_120, "5 h 2 min"), (7_200, "2 h"),
     (234_627, "2 d 17 h"), (86_400 * 40 + 7_200, "40 d")],
)  # fmt: skip
def test_a_span_in_words(seconds: int, said: str) -> None:
    assert known.say_span(seconds) == said


def test_the_lag_in_words_leaves_nothing_out() -> None:
    said = known.say_lag(LAG)
    assert "within 5 h 2 min of happening, nine in ten within 3 d (n = 9)" in said
    assert "later than a year after, and not counted: 4." in said
    assert "before they happened, not counted: 2." in said
    assert "Of 1\u2009200 only the date" in said
    assert known.say_lag(Lag(0, 0, 0, (0,) * 8, 0, 0, 0)) == "No incidents to tell it from."


def test_steps_are_whole_minutes_by_which_it_was_known() -> None:
    moments = [datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 8, 0, 0, 1), AT]
    assert known.write_steps(moments) == [
        "2026-01-01T08:00Z",
        "2026-01-01T08:01Z",
        "2026-03-14T06:00Z",
    ]


def test_the_panel_answers_for_then_and_now(services: Services, viewer: Viewer) -> None:
    line, newer, words, _, empty, steps = known.answer(
        services, viewer, {"search": "?as_known_at=2026-01-01", "open": True}
    )
    whole = services.count(services.ask("", viewer))
    assert newer == f"{whole} newer changes here"
    late, later = re.search(
        r"26\. (\d+) happened in this.* (\d+) happened later", text_of(line)
    ).groups()
    assert int(late) + int(later) == whole
    assert (words, empty) == ("No incidents to tell it from.", True)
    assert steps == ["2026-11-23T12:59Z"], "recorded within the minute: known by its end"
    line, newer, words, _, empty, _ = known.answer(services, viewer, {"search": "", "open": True})
    assert (line, newer, empty) == ("", "", False)
    assert "(n = " in words or "and not counted" in words


def test_ages_count_from_the_moment_as_of_which_one_knows(
    services: Services, viewer: Viewer
) -> None:
    where = services.ask("since=-24h&as_known_at=2026-03-14T06:00Z", viewer)
    assert where.since == datetime(2026, 3, 13, 6)
    ahead = services.ask("since=-24h&as_known_at=2030-01-01", viewer)
    assert ahead.since == services.ask("since=-24h", viewer).since


def test_a_window_that_ended_is_not_called_live() -> None:
    assert header.world("live", None, ended=True)[0] == "PAST WINDOW, not live"
    assert header.world("demo", None, ended=True)[0].endswith("NOT REAL · PAST WINDOW, not live")
    assert "world-known" in header.world("live", AT)[1]
    assert "world-known" not in header.world("live", None, ended=True)[1]

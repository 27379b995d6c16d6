from datetime import datetime

import pytest

from cop.figures.wording import escape, format_count, format_when, shorten_count


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("<b>ROBERT</b>", "&lt;b&gt;ROBERT&lt;/b&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("$\\href{javascript:x}{y}$", "&#36;\\href{javascript:x}{y}&#36;"),
        ("A & B &lt;", "A &amp; B &amp;lt;"),
        ("line\none\ttwo\x00", "line one two"),
        ("abc\u202egnp.exe", "abc gnp.exe"),
        ("%{customdata}", "%{customdata}"),
    ],
)
def test_foreign_text_is_shown_and_never_obeyed(foreign, shown):
    assert escape(foreign) == shown


def test_long_text_is_cut_before_it_is_escaped():
    cut = escape("<" * 500, limit=10)
    assert cut == "&lt;" * 9 + "…"


@pytest.mark.parametrize(
    ("count", "short"),
    [(1, "1"), (999, "999"), (1234, "1.2k"), (9960, "10k"), (34_499, "34k"), (1_400_000, "1.4M")],
)
def test_counts_are_short_inside_a_circle(count, short):
    assert shorten_count(count) == short


def test_counts_have_thin_spaces():
    assert format_count(1234567) == "1\u2009234\u2009567"


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        ("instant", "231258Z NOV 26"),
        ("date", "23 NOV 2026"),
        ("month", "NOV 2026"),
        ("interval", "from 23 NOV 2026"),
    ],
)
def test_a_time_is_shown_no_finer_than_it_is_known(precision, shown):
    assert format_when(datetime(2026, 11, 23, 12, 58), precision) == shown


def test_a_missing_time_is_said():
    assert format_when(None, "instant") == "time not known"

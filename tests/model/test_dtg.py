"""ISO times and date-time groups, the impossible ones included."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.model.dtg import (
    BadTime,
    day_span,
    format_dtg,
    interval_span,
    month_span,
    parse_date,
    parse_dtg,
    read_instant,
    read_time,
)
from cop.model.report import TimeSpan

RECEIVED = datetime(2026, 11, 23, 12)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("131350Z JUN 17", datetime(2017, 6, 13, 13, 50)),
        ("131350ZJUN17", datetime(2017, 6, 13, 13, 50)),
        ("131350z jun 17", datetime(2017, 6, 13, 13, 50)),
        ("081653Z MAY 2024", datetime(2024, 5, 8, 16, 53)),
        ("130800 UTC JUL 26", datetime(2026, 7, 13, 8)),
        ("150429Z APR 2023", datetime(2023, 4, 15, 4, 29)),
        ("041900 UTC JUN", datetime(2026, 6, 4, 19)),
        ("17022022 0800", datetime(2022, 2, 17, 8)),
        ("132400Z JUN 17", datetime(2017, 6, 14)),
        ("151800Z DEC 99", datetime(1999, 12, 15, 18)),
        ("151800Z DEC 50", datetime(1950, 12, 15, 18)),
        ("151800Z", datetime(2026, 11, 15, 18)),
        ("241100Z", datetime(2026, 11, 24, 11)),
        ("241300Z", datetime(2026, 10, 24, 13)),
        ("311800Z", datetime(2026, 10, 31, 18)),
        ("151800Z DEC", datetime(2025, 12, 15, 18)),
        ("290000Z FEB", datetime(2024, 2, 29)),
    ],
)
def test_date_time_groups(text: str, moment: datetime) -> None:
    assert parse_dtg(text, RECEIVED) == moment


@pytest.mark.parametrize(
    "text",
    [
        "311800Z FEB", "311800Z FEB 26", "290000Z FEB 27", "321800Z JUN 17", "132500Z JUN 17",
        "131360Z JUN 17", "151800Z ENE 26", "151800Z DEC 49", "151800 DEC 26", "30022022 0800",
        "infinity", "epoch", "", "NA",
    ],
)  # fmt: skip
def test_impossible_date_time_groups_are_refused(text: str) -> None:
    with pytest.raises(BadTime):
        parse_dtg(text, RECEIVED)


@pytest.mark.parametrize(
    ("text", "moment", "flags"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1), ()),
        ("2026-01-01T00:00Z", datetime(2026, 1, 1), ()),
        ("2026-01-01 02:30 UTC", datetime(2026, 1, 1, 2, 30), ()),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1), ("time-assumed-utc",)),
        ("2026-01-01T00:00:00+05:30", datetime(2025, 12, 31, 18, 30), ()),
        ("2026-01-01T00:00:00+14:00", datetime(2025, 12, 31, 10), ()),
        ("2026-01-01T00:00:00-12:00", datetime(2026, 1, 1, 12), ()),
        ("2026-01-01T00:00:00-0330", datetime(2026, 1, 1, 3, 30), ()),
        ("2026-01-01T00:00:00.123456789Z", datetime(2026, 1, 1, 0, 0, 0, 123456), ()),
        ("2026-01-01T00:00:00.000Z", datetime(2026, 1, 1), ()),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59), ("leap-second",)),
        ("2017-01-01T05:29:60+05:30", datetime(2016, 12, 31, 23, 59, 59), ("leap-second",)),
        ("2016-12-31T24:00:00Z", datetime(2017, 1, 1), ()),
    ],
)
def test_instants(text: str, moment: datetime, flags: tuple[str, ...]) -> None:
    assert read_instant(text, RECEIVED) == (moment, flags)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00+14:30", "2026-01-01T00:00:00-12:01",
        "2026-01-01T00:00:00+05:60", "2026-02-30", "2027-02-29", "0001-01-01", "1899-12-31",
        "2037-01-01", "9999-12-31T23:59:59-12:00", "290000-01-01", "-0044-03-15", "infinity",
        "epoch", "2026-13", "2026-01-01T24:01:00Z", "2026-01-01T25:00Z", "2026-01-01T12:60Z",
        "2026-01-01T12:00:60Z", "2026-01-01T12:00:61Z", "01/02/2026", "", "NA", "2026-1-1",
    ],
)  # fmt: skip
def test_impossible_times_are_refused(text: str) -> None:
    with pytest.raises(BadTime):
        read_time(text, RECEIVED)


def test_a_date_alone_is_the_whole_day() -> None:
    span, flags = read_time("2026-01-01", RECEIVED)
    assert span == TimeSpan(datetime(2026, 1, 1), datetime(2026, 1, 2), "date")
    assert flags == ()


def test_months_and_intervals() -> None:
    assert read_time("2016-12", RECEIVED)[0] == month_span(date(2016, 12, 9))
    assert month_span(date(2016, 12, 9)).end == datetime(2017, 1, 1)
    span = interval_span(datetime(2021, 3, 23), date(2021, 3, 29))
    assert span == TimeSpan(datetime(2021, 3, 23), datetime(2021, 3, 30), "interval")
    with pytest.raises(BadTime, match="before"):
        interval_span(datetime(2021, 3, 23), date(2021, 3, 22))


def test_the_future_is_flagged_after_a_day() -> None:
    assert read_time("2026-11-24", RECEIVED)[1] == ()
    assert read_time("2026-11-24T12:00:01Z", RECEIVED)[1] == ("future-event",)
    assert read_time("2026-11-26", RECEIVED)[1] == ("future-event",)


def test_a_date_names_its_field() -> None:
    assert parse_date(" 2026-01-02 ", RECEIVED) == date(2026, 1, 2)
    with pytest.raises(BadTime, match="ended") as caught:
        parse_date("soon", RECEIVED, "ended")
    assert caught.value.field == "ended"


def test_display_form() -> None:
    assert format_dtg(datetime(2026, 11, 23, 12, 58)) == "231258Z NOV 26"
    assert format_dtg(datetime(2005, 3, 1)) == "010000Z MAR 05"


@given(st.datetimes(datetime(1950, 1, 1), datetime(2036, 12, 31)))
def test_display_form_reads_back(moment: datetime) -> None:
    whole = moment.replace(second=0, microsecond=0)
    assert parse_dtg(format_dtg(moment), RECEIVED) == whole


@given(st.datetimes(datetime(1950, 1, 1), datetime(2036, 12, 31)))
def test_a_group_without_year_is_never_more_than_a_day_ahead(moment: datetime) -> None:
    text = format_dtg(moment)[:-3]
    if (moment.month, moment.day) != (2, 29):
        found = parse_dtg(text, RECEIVED)
        assert RECEIVED - timedelta(days=366) < found <= RECEIVED + timedelta(days=1)
        assert format_dtg(found).startswith(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_named_as_a_defect(text: str) -> None:
    try:
        span, _ = read_time(text, RECEIVED)
    except BadTime:
        return
    assert day_span(date(1900, 1, 1)).start <= span.start <= datetime(2037, 1, 2)

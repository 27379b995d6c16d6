"""Every written form of a position, every defect, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.model.geo import (
    BadPosition,
    arc_seconds,
    format_ddm,
    parse_latitude,
    parse_longitude,
    parse_position,
    position_at,
    read_position,
)

WRITTEN = [
    ("46°37'50.89\"N\n31°35'01.64\"E", 46.6308028, 31.5837889),
    ("1°09'00\"N \n103°26'00\"E", 1.15, 103.4333333),
    ("1256.49N 04312.17E", 12.9415, 43.2028333),
    ("03°58.13N – 007°33.49E", 3.9688333, 7.5581667),
    ("01:08.6N – 103:46.2E", 1.1433333, 103.77),
    ("01:08.6N-103:46.2E", 1.1433333, 103.77),
    ("12-33N 043-31E", 12.55, 43.5166667),
    ("43-27.0N 039-46.7E", 43.45, 39.7783333),
    ("28-38.47N 080-37.31W", 28.6411667, -80.6218333),
    ("16°38.5’N, 53°6.5’E", 16.6416667, 53.1083333),
    ("16º38.5′N 053º06.5′E", 16.6416667, 53.1083333),
    ("16˚38′30″N 053˚06′30″E", 16.6416667, 53.1083333),
    ("16°38'30''N 053°06'30''E", 16.6416667, 53.1083333),
    ("42°34,5'N 12°1,5'E", 42.575, 12.025),
    ("-33.5, 18.25", -33.5, 18.25),
    ("33.5 -18.25", 33.5, -18.25),
    ("−33.5; +18.25", -33.5, 18.25),
    ("33.5N 18.25W", 33.5, -18.25),
    ("33.5° N, 18.25° W", 33.5, -18.25),
    ("00°30'S 010°00'W", -0.5, -10.0),
    ("261300N 0563400E", 26.2166667, 56.5666667),
    ("261300n 0563400e", 26.2166667, 56.5666667),
    ("N12-33 E043-31", 12.55, 43.5166667),
    ("S00°30' W010°00'", -0.5, -10.0),
    ("043-31E 12-33N", 12.55, 43.5166667),
    ("Lat 12-33N Long 043-31E", 12.55, 43.5166667),
    ("Posn: 04:18.31N – 008:47.63E", 4.3051667, 8.7938333),
    ("12 deg 33 min North, 43 deg 31 min East", 12.55, 43.5166667),
    ("01-10-23N 103-39-09E", 1.1730556, 103.6525),
    ("02 58.60N, 105 16.20E", 2.9766667, 105.27),
    ("02-15.4S 105 -16.0E", -2.2566667, 105.2666667),
    ("01-21N - 044-40.32E", 1.35, 44.672),
    ("90N 180E", 90.0, 180.0),
    ("90S 180W", -90.0, 180.0),
    ("0, 12.3", 0.0, 12.3),
]
DEFECTS = [
    ("", "empty"),
    ("N/A", "cannot be read|letter"),
    ("unknown", "cannot be read|letter"),
    ("nan, nan", "cannot be read"),
    ("inf, 10", "cannot be read|letter"),
    ("12,5", "decimal comma"),
    ("90.0001, 10", "beyond 90"),
    ("91-00N 010-00E", "beyond 90"),
    ("103.8, 1.2", "beyond 90"),
    ("10, -181", "beyond 180"),
    ("10, 361", "beyond 180"),
    ("10N 181W", "beyond 180"),
    ("060-75.0N 010-00E", "minutes above 60"),
    ("12°30'61\"N 10°00'00\"E", "seconds above 60"),
    ("12-33 043-31", "no hemisphere"),
    ("1233 04331", "no hemisphere"),
    ("12-33N 043-31", "one value only"),
    ("12-33N", "one value only"),
    ("-12-30.5S 010-00E", "differ"),
    ("-12-30.5N 010-00E", "differ"),
    ("+12-30.5S 010-00E", "differ"),
    ("12-33N -043-31E", "differ"),
    ("12-33N 043-31N", "one axis twice"),
    ("12°30.5'20\"N 010-00E", "part minutes"),
    ("01256.1N 043-31E", "cannot be read"),
    ("12-33N 043-31E 12-34N", "cannot be read"),
    ("1e5 10", "letter|cannot"),
    ("x" * 5000, "too long"),
]


@pytest.mark.parametrize(("text", "lat", "lon"), WRITTEN)
def test_every_written_form_is_read(text: str, lat: float, lon: float) -> None:
    position = parse_position(text)
    assert (position.lat, position.lon) == pytest.approx((lat, lon), abs=1e-7)
    assert position.written == text


@pytest.mark.parametrize(("text", "reason"), DEFECTS)
def test_a_defect_is_named(text: str, reason: str) -> None:
    with pytest.raises(BadPosition, match=reason) as caught:
        parse_position(text)
    assert caught.value.field in ("latitude", "longitude", "position")
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 200


def test_a_sign_applies_to_the_whole_value() -> None:
    assert parse_latitude("-0°30.5'") == pytest.approx(-0.5083333)
    assert parse_longitude("-0-30") == pytest.approx(-0.5)


def test_one_axis_refuses_the_letters_of_the_other() -> None:
    with pytest.raises(BadPosition, match="east or west"):
        parse_latitude("12-33E")
    with pytest.raises(BadPosition, match="north or south"):
        parse_longitude("12-33N")
    with pytest.raises(BadPosition, match="empty"):
        parse_latitude(" ")


@pytest.mark.parametrize(
    ("text", "lat", "lon", "flags"),
    [
        ("5°60'00\"N 10°00'00\"E", 6.0, 10.0, ("minutes-60",)),
        ("5°59'60\"N 10°00'00\"E", 6.0, 10.0, ("seconds-60",)),
        ("0, 0", 0.0, 0.0, ("null-island",)),
        ("0,0", 0.0, 0.0, ("null-island",)),
        ("00-00N 000-00E", 0.0, 0.0, ("null-island",)),
        ("10, 190", 10.0, -170.0, ("longitude-normalised",)),
        ("0, 360", 0.0, 0.0, ("longitude-normalised", "null-island")),
        ("0, 12.3", 0.0, 12.3, ()),
    ],
)
def test_what_is_odd_is_accepted_with_a_flag(
    text: str, lat: float, lon: float, flags: tuple[str, ...]
) -> None:
    position, found = read_position(text)
    assert (position.lat, position.lon, found) == (lat, lon, flags)


def test_both_names_of_the_antimeridian_are_one() -> None:
    assert parse_position("10, -180").lon == parse_position("10, 180").lon == 180.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(BadPosition, match="finite"):
        position_at(value, 1.0)
    with pytest.raises(BadPosition, match="finite"):
        position_at(1.0, value)


def test_float_noise_is_rounded_away() -> None:
    position, _ = position_at(103.43333333315655, 1.1499999999778083)
    assert (position.lon, position.lat) == (103.4333333, 1.15)
    assert arc_seconds(104.6333311) == arc_seconds(104 + 38 / 60)


def test_display_form() -> None:
    assert format_ddm(103 + 48.2 / 60, 1 + 15.3 / 60) == "01°15.30'N 103°48.20'E"
    assert format_ddm(-0.00001, -89.99999) == "90°00.00'S 000°00.00'E"
    assert format_ddm(-77.05, -0.5) == "00°30.00'S 077°03.00'W"


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_display_form_reads_back_within_its_resolution(lon: float, lat: float) -> None:
    text = format_ddm(lon, lat)
    position = parse_position(text)
    apart = abs(position.lon - lon)
    assert min(apart, 360 - apart) <= 0.5 / 6000 + 1e-6
    assert position.lat == pytest.approx(lat, abs=0.5 / 6000 + 1e-6)
    assert format_ddm(position.lon, position.lat) in (
        text,
        text.replace("180°00.00'W", "180°00.00'E"),
    )


@given(
    st.integers(0, 89), st.integers(0, 59), st.integers(0, 5999), st.sampled_from("NS"),
    st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999), st.sampled_from("EW"),
)  # fmt: skip
def test_degrees_minutes_and_seconds_add_up(
    lat_d: int, lat_m: int, lat_s: int, north: str, lon_d: int, lon_m: int, lon_s: int, east: str
) -> None:
    written = (
        f"{lat_d}°{lat_m:02d}'{lat_s / 100:05.2f}\"{north}\n"
        f"{lon_d}°{lon_m:02d}'{lon_s / 100:05.2f}\"{east}"
    )
    packed = (
        f"{lat_d:02d}{lat_m:02d}{lat_s / 100:05.2f}{north} "
        f"{lon_d:03d}{lon_m:02d}{lon_s / 100:05.2f}{east}"
    )
    position = parse_position(written)
    lat = lat_d + lat_m / 60 + lat_s / 360000
    lon = lon_d + lon_m / 60 + lon_s / 360000
    assert position.lat == pytest.approx(-lat if north == "S" else lat, abs=1e-7)
    assert position.lon == pytest.approx(-lon if east == "W" else lon, abs=1e-7)
    again = parse_position(packed)
    assert (again.lon, again.lat) == (position.lon, position.lat)


@given(st.text(max_size=60))
def test_any_text_is_read_or_named_as_a_defect(text: str) -> None:
    try:
        position = parse_position(text)
    except BadPosition:
        return
    assert -90 <= position.lat <= 90
    assert -180 < position.lon <= 180

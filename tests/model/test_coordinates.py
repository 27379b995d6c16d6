"""Positions in each style and back, and what is measured between them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.model.coordinates import STYLE_LABELS, STYLES, format_position, parse_position
from cop.model.geo import BadPosition
from cop.model.measure import (
    bearing_of,
    compass_point,
    draw_line,
    draw_ring,
    go_from,
    measure_leg,
)

# What a style rounds to, at worst, with the last digit of a square metre's corner.
METRES = {"ddm": 14.0, "dms": 2.5, "decimal": 1.0, "mgrs": 1.6}
LONS = st.floats(-180, 180, allow_nan=False)
LATS = st.floats(-89.9, 89.9, allow_nan=False)


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=60)
@given(lon=LONS, lat=LATS)
def test_every_style_reads_back(style: str, lon: float, lat: float) -> None:
    back = parse_position(format_position(lon, lat, style))
    metres = measure_leg(lon, lat, back.lon, back.lat).distance_nm * 1852
    assert metres <= METRES[style], format_position(lon, lat, style)


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("ddm", "01°15.30'N 103°48.20'E"),
        ("dms", "01°15'18.0\"N 103°48'12.0\"E"),
        ("decimal", "1.25500, 103.80333"),
        ("mgrs", "48N UG 66862 38745"),
    ],
)
def test_a_position_in_each_style(style: str, written: str) -> None:
    assert format_position(103.8 + 1 / 300, 1.255, style) == written
    assert set(STYLE_LABELS) == set(STYLES)


def test_rounding_carries_and_loses_the_sign_of_nothing() -> None:
    assert format_position(-0.000001, 59.9999999, "dms") == "60°00'00.0\"N 000°00'00.0\"E"


@pytest.mark.parametrize(
    ("text", "lat", "lon", "precision", "radius"),
    [
        ("4QFJ12345678", 21.30952, -157.91687, "reported", 0.0),
        ("4q fj 1234 5678", 21.30952, -157.91687, "reported", 0.0),
        ("48N UG 66 38", 1.25278, 103.80007, "approximate", 0.38),
        ("Z AH 00000 00000", 90.0, 0.0, "reported", 0.0),
    ],
)
def test_grid_references(text: str, lat: float, lon: float, precision: str, radius: float) -> None:
    read = parse_position(text)
    assert measure_leg(lon, lat, read.lon, read.lat).distance_nm < 0.02
    assert (read.precision, read.uncertainty_nm) == (precision, radius)


@pytest.mark.parametrize("text", ["99N UG 66862 38745", "48N UG 668 38745", "48I UG 1212", "48NUG"])
def test_what_is_no_square_is_refused(text: str) -> None:
    with pytest.raises(BadPosition):
        parse_position(text)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="ddm, dms, decimal, mgrs"):
        format_position(0, 0, "utm")


def test_a_leg_against_the_published_example() -> None:
    """Vincenty's test line Flinders Peak to Buninyong, on the ellipsoid (GDA technical manual)."""
    leg = measure_leg(144.42486788, -37.95103341, 143.92649552, -37.65282113)
    assert leg.distance_nm * 1852 == pytest.approx(54972.271, abs=0.7)
    assert leg.bearing_deg == pytest.approx(306.868158, abs=1e-3)
    assert leg.reverse_deg == pytest.approx(127.173631, abs=1e-3)
    assert leg.words == "29.7 nm, 307°T (NW)"


@settings(max_examples=50)
@given(
    lon=LONS,
    lat=st.floats(-88, 88),
    bearing=st.floats(0, 359.9),
    distance=st.floats(0.1, 5000),
)
def test_there_and_measured(lon: float, lat: float, bearing: float, distance: float) -> None:
    leg = measure_leg(lon, lat, *go_from(lon, lat, bearing, distance))
    assert leg.distance_nm == pytest.approx(distance, rel=1e-6)
    assert math.cos(math.radians(leg.bearing_deg - bearing)) == pytest.approx(1, abs=1e-6)


@settings(max_examples=40)
@given(lon=LONS, lat=st.floats(-90, 90), radius=st.floats(0.1, 5000))
def test_a_ring_is_closed_continuous_and_at_its_distance(
    lon: float, lat: float, radius: float
) -> None:
    lons, lats = draw_ring(lon, lat, radius)
    assert (lons[0], lats[0]) == pytest.approx((lons[-1], lats[-1]), abs=1e-6)
    on_ring = slice(0, 73)
    assert np.all(np.abs(np.diff(lons[on_ring])) <= 180)
    far = [
        measure_leg(lon, lat, x, y).distance_nm for x, y in zip(lons[:73], lats[:73], strict=True)
    ]
    assert np.allclose(far, radius, rtol=1e-6)


def test_rings_across_the_antimeridian_and_round_a_pole() -> None:
    lons, _ = draw_ring(179.9, 0, 60)
    assert lons.max() > 180.5
    assert lons.max() - lons.min() < 2.1
    lons, lats = draw_ring(10, 89.5, 60)
    assert lats.max() == 90
    assert lons.max() - lons.min() == pytest.approx(360)
    with pytest.raises(ValueError, match="radius"):
        draw_ring(0, 0, 0)


def test_a_line_passes_the_antimeridian_without_a_leap() -> None:
    lons, lats = draw_line(170, 10, -170, 12)
    assert np.abs(np.diff(lons)).max() < 2
    assert (lats[0], lats[-1]) == (10, 12)
    assert lons[-1] == pytest.approx(190)


def test_compass_points() -> None:
    assert [compass_point(b) for b in (0, 11, 12, 359, 315)] == ["N", "N", "NNE", "N", "NW"]
    assert bearing_of("nw") == 315
    with pytest.raises(ValueError):
        bearing_of("up")

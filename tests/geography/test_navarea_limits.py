"""Our NAVAREA limits agree with the published polygons."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from cop.geography import Geography

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
POLYGONS = SHARED / "areas" / "navareas.gpkg"
ASAM = SHARED / "incidents" / "asam_1978_2022.csv"
IMB = SHARED / "incidents" / "imb_pirate_attacks_1993_2020.csv"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not POLYGONS.exists(), reason="the published NAVAREA polygons are not beside the project"
    ),
]
DMS = re.compile(r"(\d+)°(\d+)'([\d.]+)\"([NSEW])")


@pytest.fixture(scope="module")
def published() -> dict[int, shapely.Geometry]:
    pyogrio = pytest.importorskip("pyogrio")
    frame = pyogrio.read_dataframe(POLYGONS, layer="navigation_areas")
    areas = {
        int(number): shape for number, shape in zip(frame["NAV_n"], frame.geometry, strict=True)
    }
    shapely.prepare(list(areas.values()))
    return areas


def agreement(
    geography: Geography, published: dict[int, shapely.Geometry], lon: np.ndarray, lat: np.ndarray
) -> float:
    theirs = np.zeros(lon.shape, dtype=int)
    for number, shape in published.items():
        theirs[(theirs == 0) & shapely.intersects_xy(shape, lon, lat)] = number
    numbers = np.array([0, *map(int, geography.navareas.slugs)])
    ours = numbers[geography.navareas.find_first(lon, lat) + 1]
    return float((ours == theirs).mean())


def read_degrees(parts: tuple[str, str, str, str]) -> float:
    degrees, minutes, seconds, hemisphere = parts
    value = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
    return -value if hemisphere in "SW" else value


def test_on_incidents_of_asam(geography: Geography, published: dict[int, shapely.Geometry]) -> None:
    texts = pd.read_csv(ASAM)["position"].astype(str)
    parts = [DMS.findall(text) for text in texts]
    places = [[read_degrees(half) for half in pair] for pair in parts if len(pair) == 2]
    lat, lon = np.array(places).T
    assert len(lon) > 8_000
    assert agreement(geography, published, lon, lat) > 0.998


def test_on_incidents_of_imb(geography: Geography, published: dict[int, shapely.Geometry]) -> None:
    frame = pd.read_csv(IMB)[["longitude", "latitude"]].dropna()
    lon, lat = frame.to_numpy(float).T
    assert agreement(geography, published, lon, lat) > 0.998


def test_on_the_sea(geography: Geography, published: dict[int, shapely.Geometry]) -> None:
    x, y = np.meshgrid(np.arange(-179.5, 180.0), np.arange(-84.5, 85.0))
    lon, lat = x.ravel(), y.ravel()
    sea = ~geography.coast.is_land(lon, lat)
    assert agreement(geography, published, lon[sea], lat[sea]) > 0.997

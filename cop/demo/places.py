"""Where synthetic incidents happen: positions around 300 ports and straits, located truly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cop.geography import Geography
from cop.model.text import fold
from cop.model.vocabulary import ZONES, areas, regions
from cop.store.cells import cells_of

CLUSTERS = 300
MOST_POSITIONS = 200_000
# Shares of positions: at and off ports and in straits, and far from any of them.
OCEAN_SHARE = 0.03
# name, lon, lat, weight, spread in nm: where reports really gather, and ports the workloads ask for
FOCUSES = (
    ("Singapore Strait", 104.1, 1.2, 30.0, 22.0),
    ("Malacca Strait", 100.4, 3.2, 14.0, 45.0),
    ("Bab el Mandeb", 43.2, 12.9, 14.0, 50.0),
    ("Gulf of Aden", 48.0, 12.6, 12.0, 70.0),
    ("Strait of Hormuz", 56.5, 26.2, 10.0, 40.0),
    ("Gulf of Guinea", 4.5, 4.3, 16.0, 80.0),
    ("Lagos Roads", 3.4, 6.2, 12.0, 15.0),
    ("Dover Strait", 1.4, 51.0, 6.0, 25.0),
    ("Strait of Gibraltar", -5.6, 35.9, 5.0, 25.0),
    ("Bosporus", 29.1, 41.3, 5.0, 12.0),
    ("Taiwan Strait", 119.5, 24.4, 6.0, 70.0),
    ("Panama approaches", -79.6, 8.6, 4.0, 25.0),
    ("Sulu Sea", 120.6, 6.2, 6.0, 70.0),
    ("Black Sea, north-west", 31.3, 45.6, 6.0, 50.0),
    ("Rotterdam", 3.9, 52.0, 10.0, 14.0),
)
_NM_PER_DEGREE = 60.0


@dataclass(frozen=True)
class Places:
    """Located positions in order of their cell; every array has one element a position.

    `names` and `folded` hold the place in words, as written and as searched.
    """

    lon: np.ndarray
    lat: np.ndarray
    cell: np.ndarray
    region: np.ndarray
    areas: np.ndarray
    navarea: np.ndarray
    port: np.ndarray
    port_distance_nm: np.ndarray
    coast_distance_nm: np.ndarray
    zone: np.ndarray
    written: np.ndarray
    names: np.ndarray
    folded: np.ndarray
    weight: np.ndarray


def find_places(geography: Geography, rng: np.random.Generator, size: int) -> Places:
    """About `size` positions around ports and straits and at sea, none far inland.

    What is said of each is what `Geography.locate` says of it.
    """
    lon, lat, weight, cluster, names = _scatter(geography.ports, rng, int(size * 1.7) + 100)
    found = geography.locate(lon, lat)
    at_sea = np.flatnonzero((~found["on_land"].to_numpy(bool)) | (found["inland_nm"] < 1.0))[:size]
    lon, lat, weight = lon[at_sea], lat[at_sea], weight[at_sea]
    cells = cells_of(lon, lat)
    order = np.argsort(cells, kind="stable")
    kept = found.iloc[at_sea[order]]
    lon, lat = lon[order], lat[order]
    coast = kept["coast_distance_nm"].to_numpy(float)
    offing = np.where(kept["on_land"].to_numpy(bool), 0.0, coast)
    called = names[cluster[at_sea][order]]
    code_of = {slug: regions().code(slug) for slug in regions().slugs}
    bit_of = {slug: 1 << areas().code(slug) for slug in areas().slugs}
    return Places(
        lon=lon,
        lat=lat,
        cell=cells[order],
        region=kept["region"].map(code_of).to_numpy(np.uint8),
        areas=np.array([sum(bit_of[s] for s in slugs) for slugs in kept["areas"]], np.uint64),
        navarea=kept["navarea"].to_numpy(np.uint8),
        port=kept["port"].to_numpy(object),
        port_distance_nm=kept["port_distance_nm"].to_numpy(float),
        coast_distance_nm=coast,
        zone=np.where(offing <= 12.0, ZONES.code("inside-12nm"), ZONES.code("beyond-12nm")).astype(
            np.uint8
        ),
        written=np.array([f"{y:.4f}, {x:.4f}" for x, y in zip(lon, lat, strict=True)], object),
        names=called,
        folded=np.array([fold(name) for name in names], object)[cluster[at_sea][order]],
        weight=weight[order] / weight[order].sum(),
    )


def _scatter(
    ports: pd.DataFrame, rng: np.random.Generator, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions in random order with their weight and cluster, and the clusters' names."""
    chosen = rng.choice(len(ports), CLUSTERS - len(FOCUSES), replace=False)
    rows = ports.iloc[chosen]
    names = [f[0] for f in FOCUSES] + rows["name"].tolist() + ["Open sea"]
    home_lon = np.array([f[1] for f in FOCUSES] + rows["longitude"].tolist())
    home_lat = np.array([f[2] for f in FOCUSES] + rows["latitude"].tolist())
    # Of ports a few are often named and most hardly ever.
    rank = np.arange(1, len(rows) + 1)
    weights = np.array([f[3] for f in FOCUSES] + (14.0 / rank**0.6).tolist())
    spread = np.array([f[4] for f in FOCUSES] + rng.uniform(5.0, 20.0, len(rows)).tolist())
    cluster = rng.choice(len(weights), size, p=weights / weights.sum())
    is_ocean = rng.random(size) < OCEAN_SHARE
    # A heavy tail: anchorages are dense, approaches thin out over several times the spread.
    reach = spread[cluster] * np.exp(rng.normal(0.0, 0.6, size)) / _NM_PER_DEGREE
    lat = home_lat[cluster] + rng.normal(0.0, 1.0, size) * reach
    narrowing = np.cos(np.radians(np.clip(home_lat[cluster], -75.0, 75.0)))
    lon = home_lon[cluster] + rng.normal(0.0, 1.0, size) * reach / narrowing
    lon = np.where(is_ocean, rng.uniform(-180.0, 180.0, size), (lon + 180.0) % 360.0 - 180.0)
    lat = np.where(is_ocean, rng.uniform(-60.0, 72.0, size), np.clip(lat, -80.0, 84.0))
    weight = rng.exponential(1.0, size)
    cluster = np.where(is_ocean, len(names) - 1, cluster)
    return np.round(lon, 5), np.round(lat, 5), weight, cluster, np.array(names, object)

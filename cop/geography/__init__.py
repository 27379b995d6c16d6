"""Say where a position lies: region, vessel areas, NAVAREA, nearest port, distance to the coast.

Pure reference geometry, read once from `data/reference`; nothing here is a legal or navigational
boundary (see `data/reference/SOURCES.md`). The coastline is 1:10 million, so a distance is an
estimate of a few tenths of a nautical mile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from cop.geography.coast import Coast
from cop.geography.geodesy import (
    Flags,
    Floats,
    Indices,
    measure_geodesic_nm,
    normalise_longitude,
    to_cartesian,
)
from cop.geography.zones import Zones

__all__ = ["Coast", "Geography", "Zones", "normalise_longitude"]

# Nearest by chord and nearest on the ellipsoid may differ between near equals: compare this many.
NEAREST_PORTS = 3
CHUNK = 200_000


@dataclass(frozen=True)
class Geography:
    """The reference geography of one folder; the heavy parts are read at first use.

    Safe to share between threads: nothing changes after a part is read.
    """

    folder: Path

    @classmethod
    def load(cls, folder: Path) -> "Geography":
        """Open a folder of reference data. Raises `FileNotFoundError` where files are missing."""
        geography = cls(folder)
        for name in ("regions.geojson", "vessel_areas.geojson", "navareas.geojson", "ports.csv"):
            if not (folder / name).is_file():
                raise FileNotFoundError(folder / name)
        return geography

    @property
    def region_order(self) -> tuple[str, ...]:
        """The slugs of the regions in file order, which is also the order of precedence."""
        return self.regions.slugs

    @property
    def region_names(self) -> dict[str, str]:
        """Region slug to English name."""
        return self.regions.names

    @property
    def area_names(self) -> dict[str, str]:
        """Vessel-area slug to English name."""
        return self.areas.names

    @cached_property
    def regions(self) -> Zones:
        """The operational regions: every position lies in exactly one."""
        return Zones.read(self.folder / "regions.geojson", "code")

    @cached_property
    def areas(self) -> Zones:
        """The vessel areas: a position lies in several or none."""
        return Zones.read(self.folder / "vessel_areas.geojson", "code")

    @cached_property
    def navareas(self) -> Zones:
        """The NAVAREAs I to XXI, identified by their number."""
        return Zones.read(self.folder / "navareas.geojson", "number")

    @cached_property
    def ports(self) -> pd.DataFrame:
        """The ports: locode, name, country, longitude, latitude; in order of LOCODE."""
        path = self.folder / "ports.csv"
        return pd.read_csv(path, keep_default_na=False, encoding="utf-8")

    @cached_property
    def coast(self) -> Coast:
        """Land and coastline."""
        return Coast.read(self.folder / "land.npz")

    @cached_property
    def _port_tree(self) -> cKDTree:
        return cKDTree(to_cartesian(*self._port_positions))

    @cached_property
    def _port_positions(self) -> tuple[Floats, Floats]:
        return self.ports["longitude"].to_numpy(float), self.ports["latitude"].to_numpy(float)

    def locate(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        """Describe each position; one row each, in the order given.

        `lon`, `lat`: WGS 84 degrees, equally long; longitude is normalised. Columns: `region`
        (slug), `areas` (list of slugs), `navarea` (1 to 21, 0 where none), `port` (LOCODE of the
        nearest), `port_distance_nm`, `coast_distance_nm` (to any coastline, from land too),
        `on_land`, `inland_nm` (distance to the coast where on land, else 0).
        A position that is not finite or beyond 90 degrees of latitude gets region and port "",
        no areas, NAVAREA 0 and NaN distances. Raises `ValueError` when the lengths differ.
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if lon.shape != lat.shape or lon.ndim != 1:
            raise ValueError(f"lon and lat must be equally long lists: {lon.shape}, {lat.shape}")
        starts = range(0, max(lon.size, 1), CHUNK)
        parts = [self._locate_chunk(lon[at : at + CHUNK], lat[at : at + CHUNK]) for at in starts]
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]

    def find_nearest_ports(self, lon: Floats, lat: Floats) -> tuple[Indices, Floats]:
        """Return the row in `ports` and the distance in nm of the port nearest to each position."""
        _, rows = self._port_tree.query(to_cartesian(lon, lat), k=NEAREST_PORTS)
        rows = np.sort(rows, axis=1)  # of equally near ports the first LOCODE wins
        port_lon, port_lat = self._port_positions
        columns = [measure_geodesic_nm(lon, lat, port_lon[row], port_lat[row]) for row in rows.T]
        distances = np.stack(columns, axis=1)
        best = distances.argmin(axis=1)
        every = np.arange(lon.size)
        return rows[every, best], distances[every, best]

    def _locate_chunk(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
        x, y = normalise_longitude(lon[known]), lat[known]
        port, port_nm = self.find_nearest_ports(x, y)
        coast_nm = self.coast.measure_nm(x, y)
        on_land = self.coast.is_land(x, y)
        numbers = np.array([0, *map(int, self.navareas.slugs)])
        regions = np.array(["", *self.regions.slugs], dtype=object)
        locodes = self.ports["locode"].to_numpy(dtype=object)
        return pd.DataFrame(
            {
                "region": _spread(known, regions[self.regions.find_first(x, y) + 1], ""),
                "areas": _spread_lists(known, self.areas.find_all(x, y)),
                "navarea": _spread(known, numbers[self.navareas.find_first(x, y) + 1], 0),
                "port": _spread(known, locodes[port], ""),
                "port_distance_nm": _spread(known, port_nm, np.nan),
                "coast_distance_nm": _spread(known, coast_nm, np.nan),
                "on_land": _spread(known, on_land, False),
                "inland_nm": _spread(known, np.where(on_land, coast_nm, 0.0), np.nan),
            }
        )


def _spread(known: Flags, values: npt.NDArray[Any], missing: object) -> npt.NDArray[Any]:
    """Put the values of known positions back among the unknown ones."""
    column = np.full(known.shape, missing, dtype=values.dtype)
    column[known] = values
    return column


def _spread_lists(known: Flags, lists: Iterable[list[str]]) -> list[list[str]]:
    remaining = iter(lists)
    return [next(remaining) if is_known else [] for is_known in known]

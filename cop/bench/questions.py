"""The workloads: what is asked of the picture and, in the same words, of every peer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from cop.model.vocabulary import hazards, regions
from cop.query.answers import Viewport
from cop.query.filters import BBox, Filters, TimeBound
from cop.query.url import to_query

WORLD = Viewport()


@dataclass(frozen=True, slots=True)
class Workload:
    """One question with the viewport it is seen in; `filters` is what peers translate."""

    id: str
    title: str
    filters: Filters
    viewport: Viewport = WORLD

    @property
    def query(self) -> str:
        return to_query(self.filters)

    @property
    def hazard_codes(self) -> list[int]:
        return [hazards().code(slug) for slug in self.filters.hazard_slugs()]

    @property
    def severity_codes(self) -> list[int]:
        return [int(slug) for slug in self.filters.severity]

    @property
    def region_codes(self) -> list[int]:
        return [regions().code(slug) for slug in self.filters.region]

    @property
    def since(self) -> datetime | None:
        return self.filters.since.at if self.filters.since else None


def _seen(
    west: float, south: float, east: float, north: float, zoom: float
) -> tuple[BBox, Viewport]:
    return BBox(west, south, east, north), Viewport(west, south, east, north, zoom)


_GUINEA, _GUINEA_SEEN = _seen(-12.0, -6.0, 12.0, 8.0, 4.6)
_PORT, _PORT_SEEN = _seen(103.72, 1.08, 103.98, 1.34, 9.6)
_MALACCA, _MALACCA_SEEN = _seen(98.0, -1.0, 106.0, 6.0, 5.4)
_ROBBERY = ("piracy", "armed-robbery", "armed-attack", "hijack")

W0 = Workload("W0", "whole world, no filter", Filters())
W1 = Workload(
    "W1", "four types and severity 3 or worse",
    Filters(hazard=_ROBBERY, severity=("3", "4", "5")),
)  # fmt: skip
W2 = Workload(
    "W2", "viewport of a sea and its region",
    Filters(region=("gulf-of-guinea",), bbox=_GUINEA), _GUINEA_SEEN,
)  # fmt: skip
W3 = Workload("W3", "last 90 days", Filters(since=TimeBound(at=datetime(2026, 4, 2))))
W4 = Workload("W4", "viewport around one port", Filters(bbox=_PORT), _PORT_SEEN)
W5 = Workload(
    "W5", "viewport, time and type",
    Filters(
        bbox=_MALACCA, since=TimeBound(at=datetime(2019, 1, 1)), hazard=("theft", "armed-robbery")
    ),
    _MALACCA_SEEN,
)  # fmt: skip
PICTURES = (W0, W1, W2, W3, W4, W5)


def draw_ring(corners: int) -> tuple[tuple[float, float], ...]:
    """A ragged ring around the Gulf of Aden, as a hand might draw it; the same every time."""
    bearing = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = (
        5.0 + 0.6 * np.sin(7 * bearing) + 0.3 * np.sin(31 * bearing) + 0.1 * np.cos(97 * bearing)
    )
    lon, lat = 46.5 + reach * np.cos(bearing), 12.8 + 0.7 * reach * np.sin(bearing)
    return tuple(zip(np.round(lon, 4).tolist(), np.round(lat, 4).tolist(), strict=True))


_ADEN_SEEN = Viewport(40.0, 8.0, 53.0, 18.0, 5.0)
POLYGONS = tuple(
    Workload(
        f"polygon-{corners}",
        f"inside a drawn area of {corners:,} corners",
        Filters(within=draw_ring(corners)),
        _ADEN_SEEN,
    )
    for corners in (60, 2_000)
)
TEXT = Workload("text", "text search: tanker lagos", Filters(q="tanker lagos"))
# Words not asked before: a repeat of the same words finds the rows that were kept for them.
FIRST_WORDS = tuple(
    Workload("text-first", "text search for words never asked before", Filters(q=f"{ship} {name}"))
    for ship in ("tug", "cargo", "container", "fishing")
    for name in ("singapore", "santos", "lagos")
)
KNOWN_AT = datetime(2016, 1, 1)
LIST = Workload("list", "a page of 100 of the list, by severity", W1.filters)


def pan_and_zoom(steps: int = 20) -> list[Viewport]:
    """A person going from the world to the Singapore Strait and along it, a move a step."""
    viewports = []
    for step in range(steps):
        zoom = 1.4 + 9.0 * min(step / (steps * 0.6), 1.0)
        half_lon, half_lat = 180.0 / 2 ** (zoom - 1.4), 75.0 / 2 ** (zoom - 1.4)
        lon = 103.8 + 0.05 * max(0, step - steps * 0.6)
        viewports.append(
            Viewport(
                max(lon - half_lon, -180.0), max(1.2 - half_lat, -80.0),
                min(lon + half_lon, 180.0), min(1.2 + half_lat, 85.0), zoom,
            )
        )  # fmt: skip
    return viewports

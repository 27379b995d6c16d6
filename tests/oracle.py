"""The meaning of a question, row by row, written from domain.md 14 and nothing else.

It shares no code with the predicate or the store: plain Python over rows in words, pyproj for
distances, the even-odd rule for polygons. Slow and obvious, to hold the fast way to.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pyproj import Geod

from cop.query.filters import BBox, Filters, TimeBound

Row = dict[str, Any]
STRICTNESS = ("clear", "green", "amber", "amber-strict", "red")
DOMAIN_SLUGS = ("physical", "cyber", "cognitive", "natural", "safety", "disruption", "unclassified")
_GEOD = Geod(ellps="WGS84")
_PORTS = {
    port["locode"]: (float(port["longitude"]), float(port["latitude"]))
    for port in csv.DictReader(
        (Path(__file__).parents[1] / "data" / "reference" / "ports.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
}


def answer(rows: list[Row], filters: Filters, clearance: str, now: datetime) -> list[Row]:
    """The rows that a viewer may see and that meet every condition."""
    return [row for row, missed in _misses(rows, filters, clearance, now) if not missed]


def _misses(
    rows: list[Row], filters: Filters, clearance: str, now: datetime
) -> list[tuple[Row, set[str]]]:
    """Each row that the viewer may see, with the keys whose condition it does not meet."""
    visible = [r for r in rows if STRICTNESS.index(r["tlp"]) <= STRICTNESS.index(clearance)]
    keys = [key for key in KEYS if key == "status" or getattr(filters, key)]
    return [(r, {key for key in keys if not _meets(r, key, filters, now)}) for r in visible]


KEYS = (
    "hazard", "severity", "status", "act", "verification", "region", "area", "navarea", "port",
    "tlp", "since", "until", "q", "bbox", "within", "source", "id",
)  # fmt: skip


def _meets(row: Row, key: str, filters: Filters, now: datetime) -> bool:
    wanted = getattr(filters, key)
    if key == "status" and not wanted:
        return bool(row["status"] != "withdrawn")
    if key == "hazard":
        return row["hazard"] in wanted or row["domain"] in wanted
    if key == "area":
        return not set(wanted).isdisjoint(row["areas"])
    if key == "id":
        return row["incident_id"] in wanted
    if key == "since":
        return _ends_after(row, _instant(wanted, now))
    if key == "until":
        return bool(row["start"] < _instant(wanted, now))
    if key == "q":
        return _says(row, wanted)
    if key in ("bbox", "within", "port"):
        if row["lon"] is None:
            return False
        if key == "bbox":
            return inside_box(row["lon"], row["lat"], wanted)
        if key == "within":
            return inside_ring(row["lon"], row["lat"], wanted)
        return any(_near(row, _PORTS[locode], filters.radius_nm) for locode in wanted)
    return row[key] in wanted


def _instant(bound: TimeBound, now: datetime) -> datetime:
    return bound.at if bound.at else now - (bound.ago or timedelta(0))


def _ends_after(row: Row, since: datetime) -> bool:
    """An instant counts from its own moment on; a span while any of it is left."""
    if row["time_precision"] == "instant":
        return bool(row["start"] >= since)
    return bool(row["end"] > since)


def plain(text: str) -> str:
    """Blind to case, accents, width and invisible characters."""
    spelled = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = [" " if c.isspace() else c for c in spelled]
    return "".join(c for c in kept if c == " " or unicodedata.category(c)[0] not in "MC")


def _says(row: Row, q: str) -> bool:
    fields = [plain(row[f]) for f in ("title", "summary", "vessel_name", "vessel_imo", "reference")]
    words = plain(q).split()
    return bool(words) and all(any(word in field for field in fields) for word in words)


def _meridians(lon: float) -> set[float]:
    return {180.0, -180.0} if abs(lon) == 180 else {lon}


def inside_box(lon: float, lat: float, box: BBox) -> bool:
    """Edges are inside; west beyond east crosses 180°; 180° and -180° are one meridian."""
    if not box.south <= lat <= box.north:
        return False
    if box.west <= box.east:
        return any(box.west <= x <= box.east for x in _meridians(lon))
    return any(x >= box.west or x <= box.east for x in _meridians(lon))


def inside_ring(lon: float, lat: float, ring: tuple[tuple[float, float], ...]) -> bool:
    """Inside by the even-odd rule, or on an edge; the ring may run on beyond 180°."""
    return any(_crosses_odd(lon + turn, lat, ring) for turn in (-360.0, 0.0, 360.0))


def edges_of(
    ring: tuple[tuple[float, float], ...],
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def _crosses_odd(x: float, y: float, ring: tuple[tuple[float, float], ...]) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in edges_of(ring):
        across = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if across == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _near(row: Row, port: tuple[float, float], radius_nm: float) -> bool:
    metres = _GEOD.inv(*port, row["lon"], row["lat"])[2]
    return bool(metres <= radius_nm * 1852.0)


def facets(
    rows: list[Row], filters: Filters, clearance: str, now: datetime
) -> dict[str, dict[str, int]]:
    """Of each key: how many of its values stand under every other condition."""
    found: dict[str, dict[str, int]] = {}
    misses = _misses(rows, filters, clearance, now)

    def under_others(key: str) -> list[Row]:
        return [row for row, missed in misses if missed <= {key}]

    for key in (
        "hazard", "severity", "region", "act", "verification", "status", "source", "tlp", "navarea",
    ):  # fmt: skip
        found[key] = dict(Counter(r[key] for r in under_others(key) if r[key]))
    found["area"] = dict(Counter(slug for r in under_others("area") for slug in r["areas"]))
    found["domain"] = dict(Counter(r["domain"] for r in under_others("hazard")))
    return found


def tiles(rows: list[Row], filters: Filters, clearance: str, now: datetime) -> dict[str, int]:
    """The numbers above the map."""
    met = answer(rows, filters, clearance, now)
    yesterday = now - timedelta(days=1)
    return {
        "count": len(met),
        "unlocated": sum(r["lon"] is None for r in met),
        "severe": sum(r["severity"] in "45" for r in met),
        "unfounded": sum(r["act"] == "unfounded" for r in met),
        "unverified": sum(r["verification"] == "unverified" for r in met),
        "occurred_24h": sum(_ends_after(r, yesterday) for r in met),
        "recorded_24h": sum(r["recorded_at"] >= yesterday for r in met),
    }

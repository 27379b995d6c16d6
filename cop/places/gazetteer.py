"""Names of places that do not change while the program runs, found by what is typed.

Ports, regions, vessel areas, NAVAREAs and seas of `data/reference`. Order of a match: the whole
code or name, the beginning of the name, the beginning of a word, a part; and where little is found,
names that are one slip of the keyboard away.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from cop.geography import Geography
from cop.model.coordinates import format_position
from cop.model.ports import ports
from cop.model.text import fold

KINDS = ("position", "incident", "port", "area", "region", "navarea", "sea", "vessel")
PORT_ZOOM, SEA_ZOOM, POINT_ZOOM = 9.0, 4.5, 9.0
EXACT, BEGINNING, WORD, PART, SLIP = 100.0, 80.0, 60.0, 40.0, 20.0
# A slip is looked for where fewer than this many places were found.
ENOUGH = 3
LEAST_TO_SLIP = 4
_Box = tuple[float, float, float, float]
# Of places found alike, the kind that people more often mean.
_WEIGHT = {"region": 3.0, "area": 4.0, "navarea": 2.0, "sea": 2.5, "port": 1.0}


@dataclass(frozen=True, slots=True)
class Place:
    """One answer of the search box.

    `kind` is one of KINDS; `bbox` (west, south, east, north; west > east across 180°) for what has
    an extent. `keys` are the address keys that choosing it sets: a filter (`port`, `region`,
    `area`, `navarea`, `q`), `sel` for an incident, and `center` with `z` to go there.
    """

    kind: str
    title: str
    subtitle: str
    keys: Mapping[str, str]
    lon: float | None = None
    lat: float | None = None
    bbox: _Box | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str  # folded
    words: tuple[str, ...]
    code: str  # what stands for it whole: a LOCODE, a slug
    place: Place


@dataclass(frozen=True)
class Gazetteer:
    """All named places, with what is needed to find one in a few milliseconds."""

    entries: tuple[_Entry, ...]
    slips: Mapping[str, tuple[int, ...]] = field(repr=False)

    def find(self, typed: str, limit: int) -> list[Place]:
        """The best places for what is typed, scored, best first."""
        wanted = fold(typed)
        if not wanted:
            return []
        scores: dict[int, float] = {}
        for number, entry in enumerate(self.entries):
            if wanted in entry.name or wanted == entry.code:
                scores[number] = _score(entry, wanted)
        if len(scores) < ENOUGH and len(wanted) >= LEAST_TO_SLIP:
            for variant in (wanted, *_with_one_left_out(wanted)):
                for number in self.slips.get(variant, ()):
                    scores.setdefault(number, SLIP + _weight(self.entries[number], wanted))
        best = sorted(scores, key=lambda n: (-scores[n], self.entries[n].name, n))[:limit]
        return [replace(self.entries[n].place, score=round(scores[n], 2)) for n in best]


def read_gazetteer(geography: Geography) -> Gazetteer:
    """The places of a folder of reference data, read once."""
    return _read(geography.folder)


def go_to(lon: float, lat: float, zoom: float) -> dict[str, str]:
    """The address keys of a view."""
    return {"center": f"{lon:.5g},{lat:.5g}", "z": f"{zoom:.3g}"}


@cache
def _read(folder: Path) -> Gazetteer:
    entries = [
        _Entry(name, tuple(name.split()), code, place)
        for name, code, place in (
            *_ports(),
            *_zones(folder / "regions.geojson", "region"),
            *_zones(folder / "vessel_areas.geojson", "area"),
            *_zones(folder / "navareas.geojson", "navarea"),
            *_seas(folder / "sea_names.geojson"),
        )
    ]
    slips: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        for whole in dict.fromkeys((entry.name, *entry.words)):
            if len(whole) >= LEAST_TO_SLIP:
                for variant in (whole, *_with_one_left_out(whole)):
                    slips.setdefault(variant, []).append(number)
    return Gazetteer(tuple(entries), {k: tuple(dict.fromkeys(v)) for k, v in slips.items()})


def _score(entry: _Entry, wanted: str) -> float:
    if wanted in (entry.name, entry.code):
        base = EXACT
    elif entry.name.startswith(wanted):
        base = BEGINNING
    elif any(word.startswith(wanted) for word in entry.words) or f" {wanted}" in entry.name:
        base = WORD
    else:
        base = PART
    return base + _weight(entry, wanted)


def _weight(entry: _Entry, wanted: str) -> float:
    """Up to ten points among equals: the kind, and how much of the name was typed."""
    return _WEIGHT[entry.place.kind] + 5.0 * min(1.0, len(wanted) / len(entry.name))


def _with_one_left_out(word: str) -> Iterator[str]:
    """Every spelling with one letter missing: two words one slip apart share one of these."""
    return (word[:n] + word[n + 1 :] for n in range(len(word)))


def _ports() -> Iterator[tuple[str, str, Place]]:
    for port in ports().values():
        keys = {"port": port.locode} | go_to(port.lon, port.lat, PORT_ZOOM)
        subtitle = f"Port, {port.country}, {port.locode}"
        place = Place("port", port.name, subtitle, keys, port.lon, port.lat)
        yield fold(f"{port.name}"), port.locode.lower(), place


def _zones(file: Path, kind: str) -> Iterator[tuple[str, str, Place]]:
    labels = {"region": "Region", "area": "Vessel area", "navarea": "NAVAREA"}
    for feature in _features(file):
        said = feature["properties"]
        slug = str(said["roman"] if kind == "navarea" else said["code"])
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        box = _box_of(shape)
        lon, lat = _middle(box)
        detail = said.get("kind") or said.get("coordinator") or ""
        subtitle = f"{labels[kind]}, {detail}" if detail else labels[kind]
        keys = {kind: slug} | go_to(lon, lat, _zoom_of(box))
        place = Place(kind, said["name"], subtitle.replace("-", " "), keys, lon, lat, box)
        yield fold(said["name"]), slug.lower(), place


def _seas(file: Path) -> Iterator[tuple[str, str, Place]]:
    for feature in _features(file):
        lon, lat = feature["geometry"]["coordinates"][:2]
        said = feature["properties"]
        zoom = max(2.0, SEA_ZOOM - 2.0 + 0.7 * float(said["rank"]))
        subtitle = f"Sea, {format_position(lon, lat, 'ddm')}"
        place = Place("sea", said["name"], subtitle, go_to(lon, lat, zoom), lon, lat)
        yield fold(said["name"]), "", place


def _features(file: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(file.read_bytes())["features"]
    return features


def _box_of(shape: shapely.Geometry) -> _Box:
    """The extent of a shape; one cut at 180° is measured across it."""
    west, south, east, north = (float(edge) for edge in shapely.bounds(shape))
    if east - west < 300.0:
        return west, south, east, north
    parts = [shapely.bounds(part) for part in shapely.get_parts(shape)]
    edges = [(w + 360.0, e + 360.0) if e <= 0 else (w, e) for w, _, e, _ in parts]
    across_west, across_east = min(w for w, _ in edges), max(e for _, e in edges)
    if across_east - across_west >= east - west:
        return west, south, east, north
    return float(across_west), south, float(across_east) - 360.0, north


def _middle(box: _Box) -> tuple[float, float]:
    west, south, east, north = box
    lon = (west + (east if west <= east else east + 360.0)) / 2
    return round(lon if lon <= 180.0 else lon - 360.0, 4), round((south + north) / 2, 4)


def _zoom_of(box: _Box) -> float:
    """A zoom that shows the whole box on a screen of some 1,000 pixels."""
    west, south, east, north = box
    width = east - west if west <= east else east + 360.0 - west
    span = max(width, 1.6 * (north - south), 0.02)
    return round(min(10.0, max(1.0, math.log2(700.0 / span))), 1)

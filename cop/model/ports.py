"""Ports by UN/LOCODE: the list shipped in `data/reference/ports.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cop.model.text import fold

PORTS_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "ports.csv"


@dataclass(frozen=True, slots=True)
class Port:
    """A port: UN/LOCODE without space (`NLRTM`), name, country, WGS 84 degrees."""

    locode: str
    name: str
    country: str
    lon: float
    lat: float


@cache
def ports() -> dict[str, Port]:
    """All ports by LOCODE, in file order."""
    with PORTS_FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["locode"]: Port(
                row["locode"],
                row["name"],
                row["country"],
                float(row["longitude"]),
                float(row["latitude"]),
            )
            for row in csv.DictReader(file)
        }


@cache
def ports_by_name() -> dict[str, tuple[Port, ...]]:
    """Ports by folded name, and by each part of a name such as `Kuantan (Tanjong Gelang)`.

    Several ports may bear one name; they stand in order of LOCODE.
    """
    named: dict[str, list[Port]] = {}
    for port in ports().values():
        for name in dict.fromkeys(_names(port.name)):
            named.setdefault(name, []).append(port)
    return {name: tuple(found) for name, found in named.items()}


def _names(written: str) -> tuple[str, ...]:
    whole = fold(written)
    parts = whole.replace("(", "/").replace(")", "").split("/")
    return (whole, *(part.strip() for part in parts if len(part.strip()) > 2))

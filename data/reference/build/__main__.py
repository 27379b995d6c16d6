"""Rebuild the reference geography: `python -m data.reference.build [--only NAME] [--work FOLDER]`.

Needs npm (for `world-atlas`) and the development requirements. Everything else is in this folder.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from . import basemap, land, lines, navareas, ports, sea_names
from .packages import fetch_world_atlas

TARGET = Path(__file__).resolve().parent.parent


def main() -> None:
    """Rebuild the files asked for, all by default, and say each name when it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("var/reference-build"))
    parser.add_argument("--only", action="append", choices=sorted(STEPS), default=[])
    arguments = parser.parse_args()
    for name in arguments.only or STEPS:
        STEPS[name](arguments.work)
        print(f"{name}: done")


STEPS: dict[str, Callable[[Path], object]] = {
    "ports": lambda _: ports.build_ports(TARGET),
    "land": lambda work: land.build_land(fetch_world_atlas(work), TARGET),
    "sea-lanes": lambda _: lines.build_sea_lanes(TARGET),
    "graticule": lambda _: lines.build_graticule(TARGET),
    "navareas": lambda _: navareas.build_navareas(TARGET),
    "sea-names": lambda _: sea_names.build_sea_names(TARGET),
    "basemap": lambda work: basemap.build_basemap(fetch_world_atlas(work), TARGET),
}


if __name__ == "__main__":
    main()

"""Make `land.npz`: land as polygons in micro-degrees, islets included.

Distances are measured to its edges, and on land or not is decided by its inside.
"""

from pathlib import Path

import numpy as np
import shapely

from .topology import Topology


def build_land(world_atlas: Path, target: Path) -> None:
    """Write the 1:10 million land of `world-atlas`.

    `x`, `y`: int32, first differences of the vertices in micro-degrees (they compress three times
    better than the values). `rings`: where each ring starts, `polygons`: which ring each polygon
    starts with, both with the end as last entry, as in `shapely.to_ragged_array`.
    """
    polygons = Topology(world_atlas / "land-10m.json").polygons("land")
    _, coordinates, (rings, starts) = shapely.to_ragged_array(polygons)
    micro = np.rint(coordinates * 1e6).astype(np.int32)
    steps = np.diff(micro, axis=0, prepend=np.zeros((1, 2), dtype=np.int32))
    np.savez_compressed(
        target / "land.npz",
        x=steps[:, 0],
        y=steps[:, 1],
        rings=rings.astype(np.int32),
        polygons=starts.astype(np.int32),
    )

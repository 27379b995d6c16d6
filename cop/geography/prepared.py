"""Prepared shapes asked by several threads."""

import threading
from typing import Any

import numpy as np
import shapely

from cop.geography.geodesy import Flags, Floats

# GEOS builds a prepared shape's index at the first question and does not guard it: two threads
# that ask at once end the process. shapely lets go of the interpreter's lock while it asks.
_asking = threading.Lock()


def touches(shape: Any, lon: Floats, lat: Floats) -> Flags:
    """Say which positions a prepared shape touches, its edge included."""
    with _asking:
        return np.asarray(shapely.intersects_xy(shape, lon, lat), dtype=np.bool_)

"""Positions as well-known binary, made for a whole batch at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

WKB_POINT_BYTES = 21


def points_of(batch: pa.RecordBatch) -> pa.Array:
    """Each position as a little-endian WKB point; null where there is none."""
    lon = batch.column("lon").to_numpy(zero_copy_only=False)
    lat = batch.column("lat").to_numpy(zero_copy_only=False)
    located = ~(np.isnan(lon) | np.isnan(lat))
    points = np.zeros(
        int(located.sum()), np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    )
    points["order"], points["kind"] = 1, 1
    points["x"], points["y"] = lon[located], lat[located]
    offsets = np.zeros(len(lon) + 1, np.int32)
    np.cumsum(located * WKB_POINT_BYTES, out=offsets[1:])
    valid = pa.array(located).buffers()[1]
    return pa.Array.from_buffers(
        pa.binary(), len(lon), [valid, pa.py_buffer(offsets), pa.py_buffer(points.tobytes())]
    )

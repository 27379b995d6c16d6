"""polars and datashader: columns in memory, one pass of compiled code. Both are optional."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa

from cop.bench.measure import Counted
from cop.bench.peers.plain import CELL_DEGREES, CLEARANCE, WITHDRAWN
from cop.bench.questions import Workload

OPTIONAL = ("polars", "datashader")
WIDTH_PX, HEIGHT_PX = 600, 360


def find_missing() -> list[str]:
    """The optional peers that are not installed: see requirements-bench.txt."""
    return [name for name in OPTIONAL if importlib.util.find_spec(name) is None]


class Polars:
    """A lazy frame over Arrow in memory, all aggregates collected together."""

    def __init__(self, table: pa.Table) -> None:
        import polars

        self._pl: Any = polars
        self._frame: Any = polars.from_arrow(table).rechunk()

    def picture(self, workload: Workload, _repeat: int) -> Counted:
        """Counts by type, severity, region, month and cell, and the first rows."""
        pl = self._pl
        chosen = self._filter(workload)
        names = ("hazard", "severity", "region", "act", "verification", "domain")
        plans = [chosen.group_by(name).agg(pl.len().alias("n")) for name in names]
        plans.append(
            chosen.group_by(pl.col("occurred_at").dt.truncate("1mo"), "severity").agg(pl.len())
        )
        plans.append(
            chosen.group_by(
                (pl.col("lon") / CELL_DEGREES).floor().alias("x"),
                (pl.col("lat") / CELL_DEGREES).floor().alias("y"),
            ).agg(
                pl.len(), pl.col("severity").max(), pl.col("lon").mean().alias("lon_mean"),
                pl.col("lat").mean().alias("lat_mean"),
            )
        )  # fmt: skip
        plans.append(chosen.top_k(50, by=["occurred_at", "incident_id"]))
        found = pl.collect_all(plans)
        by = {
            name: dict(zip(table[name].to_list(), table["n"].to_list(), strict=True))
            for name, table in zip(names, found, strict=False)
        }
        raw = json.dumps([table.to_dict(as_series=False) for table in found], default=str).encode()
        regions = {code: count for code, count in by["region"].items() if code}
        return Counted(
            sum(by["severity"].values()), by["hazard"], by["severity"], regions,
            gzip.compress(raw, 1), len(raw),
        )  # fmt: skip

    def page(self, workload: Workload, limit: int, _repeat: int) -> Counted:
        """A page of the list by severity."""
        rows = self._filter(workload).top_k(limit, by=["severity", "incident_id"]).collect()
        raw = json.dumps(rows.to_dict(as_series=False), default=str).encode()
        return Counted(rows.height, sent=gzip.compress(raw, 1), raw=len(raw))

    def _filter(self, workload: Workload) -> Any:
        pl, filters = self._pl, workload.filters
        chosen = self._frame.lazy().filter(
            (pl.col("tlp") <= CLEARANCE) & (pl.col("status") != WITHDRAWN)
        )
        for column, codes in (
            ("hazard", workload.hazard_codes),
            ("severity", workload.severity_codes),
            ("region", workload.region_codes),
        ):
            if codes:
                chosen = chosen.filter(pl.col(column).is_in(codes))
        if workload.since:
            chosen = chosen.filter(pl.col("last_at") >= workload.since)
        box = filters.bbox
        if box:
            chosen = chosen.filter(
                pl.col("lon").is_between(box.west, box.east)
                & pl.col("lat").is_between(box.south, box.north)
            )
        return chosen


class Datashader:
    """The map as one image, and no other panel: positions and codes in memory."""

    def __init__(self, frame: pd.DataFrame) -> None:
        import datashader
        from datashader import transfer_functions

        self._ds, self._tf = datashader, transfer_functions
        self._frame = frame

    def image(self, workload: Workload, _repeat: int) -> Counted:
        """Filter, aggregate onto a 600 x 360 canvas, shade, PNG."""
        frame = self._frame
        chosen = ((frame["tlp"] <= CLEARANCE) & (frame["status"] != WITHDRAWN)).to_numpy().copy()
        for column, codes in (
            ("hazard", workload.hazard_codes),
            ("severity", workload.severity_codes),
            ("region", workload.region_codes),
        ):
            if codes:
                chosen &= frame[column].isin(codes).to_numpy()
        if workload.since:
            chosen &= (frame["last_at"] >= workload.since).to_numpy()
        box, seen = workload.filters.bbox, workload.viewport
        if box:
            chosen &= frame["lon"].between(box.west, box.east).to_numpy()
            chosen &= frame["lat"].between(box.south, box.north).to_numpy()
        selected = frame[chosen]
        canvas = self._ds.Canvas(
            WIDTH_PX, HEIGHT_PX, x_range=(seen.west, seen.east), y_range=(seen.south, seen.north)
        )
        shaded = self._tf.shade(canvas.points(selected, "lon", "lat", agg=self._ds.count()))
        png = io.BytesIO()
        shaded.to_pil().save(png, "png")
        return Counted(len(selected), sent=png.getvalue(), raw=len(png.getvalue()), marks=1)

"""pandas and plotly express, as tutorials show them: filter the frame, draw every row, send it."""

from __future__ import annotations

import gzip
from datetime import datetime

import pandas as pd
import plotly.express as px
import shapely

from cop.bench.measure import Counted
from cop.bench.peers.plain import CLEARANCE, WITHDRAWN
from cop.bench.questions import Workload
from cop.model.text import fold

MOST_INCIDENTS = 1_000_000


class Naive:
    """A frame in memory, newest last."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def picture(self, workload: Workload, _repeat: int) -> Counted:
        """Filter, group, one scatter map of all rows, JSON, gzip."""
        chosen = self._filter(workload)
        by = {
            name: chosen.groupby(name).size()
            for name in ("hazard", "severity", "region", "act", "verification", "domain")
        }
        months = chosen.groupby([chosen["occurred_at"].dt.to_period("M"), "severity"]).size()
        figure = px.scatter_map(
            chosen, lat="lat", lon="lon", color="severity", hover_name="title",
            hover_data=["hazard", "act", "occurred_at"], zoom=max(workload.viewport.zoom, 0.1),
        )  # fmt: skip
        top = chosen.nlargest(50, "occurred_at")
        body = "".join(
            [
                figure.to_json(),
                *(counts.to_json() for counts in by.values()),
                months.to_json(date_format="iso"),
                top.to_json(date_format="iso"),
            ]
        ).encode()
        counts = {
            name: {int(k): int(v) for k, v in by[name].items() if int(k) or name != "region"}
            for name in ("hazard", "severity", "region")
        }
        return Counted(
            len(chosen), counts["hazard"], counts["severity"], counts["region"],
            gzip.compress(body, 1), len(body), len(chosen),
        )  # fmt: skip

    def page(self, workload: Workload, limit: int, _repeat: int) -> Counted:
        """Filter, sort, cut."""
        rows = (
            self._filter(workload)
            .sort_values(["severity", "incident_id"], ascending=False)
            .head(limit)
        )
        body = rows.to_json(date_format="iso").encode()
        return Counted(len(rows), sent=gzip.compress(body, 1), raw=len(body))

    def detail(self, incident_id: str, _repeat: int) -> Counted:
        """One row by its id."""
        rows = self._frame[self._frame["incident_id"] == incident_id]
        body = rows.to_json(date_format="iso").encode()
        return Counted(len(rows), sent=gzip.compress(body, 1), raw=len(body))

    def _filter(self, workload: Workload) -> pd.DataFrame:
        frame, filters = self._frame, workload.filters
        chosen = (frame["tlp"] <= CLEARANCE) & (frame["status"] != WITHDRAWN)
        if workload.hazard_codes:
            chosen &= frame["hazard"].isin(workload.hazard_codes)
        if workload.severity_codes:
            chosen &= frame["severity"].isin(workload.severity_codes)
        if workload.region_codes:
            chosen &= frame["region"].isin(workload.region_codes)
        since: datetime | None = workload.since
        if since:
            chosen &= frame["last_at"] >= since
        box = filters.bbox
        if box:
            chosen &= frame["lon"].between(box.west, box.east)
            chosen &= frame["lat"].between(box.south, box.north)
        if filters.within:
            polygon = shapely.Polygon(filters.within)
            points = shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())
            chosen &= shapely.intersects(polygon, points)
        for word in fold(filters.q).split():
            chosen &= frame["search_text"].str.contains(word, regex=False)
        return frame[chosen]

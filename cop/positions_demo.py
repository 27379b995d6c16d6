"""Synthetic ships for trials: they shuttle along sea lanes or lie off ports, and are named so.

Only ever for a store that was made as a demo world; the caller sees to that. MMSIs begin with 799,
which no State has (ITU maritime identification digits), and names with SYNTHETIC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from cop.formats.position_batch import (
    PARTICULAR_COLUMNS,
    POSITION_COLUMNS,
    PositionBatch,
)
from cop.geography import Geography
from cop.model.vessel_position import E7
from cop.model.vocabulary import MARKINGS
from cop.positions import FEED, MARKING, locate
from cop.store import Store

FIRST_MMSI = 799_000_001
CHUNK_ROWS = 1_000_000
MOST_OF_ONE = 2_000  # positions of one vessel: about twenty minutes apart over a month
SPAN = timedelta(days=30)
_TYPES = ("cargo", "tanker", "fishing", "passenger", "tug")
_NM_A_DEGREE = 60.0


def fill_demo(
    store: Store,
    geography: Geography,
    n: int,
    seed: int = 1,
    *,
    end: datetime | None = None,
    actor: str = "system:demo",
) -> int:
    """Add exactly `n` positions of the 30 days before `end` (default: today); how many vessels.

    The same seed and end make the same positions. One audited change a million rows.
    Raises ValueError for a negative `n`.
    """
    if n < 0:
        raise ValueError("n must not be negative")
    stop = end or store.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    each = min(MOST_OF_ONE, max(20, round((n / 5) ** 0.5)))
    vessels = -(-n // each)
    lanes = _read_lanes(geography)
    was_empty = store.read("counts", None)["positions"] == 0
    rng = np.random.default_rng(seed)
    for chunk, batch in enumerate(_sail(rng, geography, lanes, n, each, stop), 1):
        with store.write(actor=actor, action="demo.fill", subject=FEED) as writer:
            run_id = writer.next_number("feed_runs", "run_id")
            fates = writer.positions.add(batch, locate(geography, batch.positions), run_id)
            # Chunks hold whole vessels with ascending numbers: they come in order.
            if was_empty:
                writer.positions.declare_ordered()
            else:
                writer.positions.order()
            writer.add_run(_run(store, batch, run_id, chunk, seed) | fates)
            writer.note(n=len(batch.positions), seed=seed, **fates)
    return vessels


def _run(store: Store, batch: PositionBatch, run_id: int, chunk: int, seed: int) -> dict[str, Any]:
    now = store.clock()
    return {
        "run_id": run_id,
        "feed": FEED,
        "input_name": f"synthetic, seed {seed}, part {chunk}",
        "input_sha256": "",
        "started_at": now,
        "finished_at": now,
        "state": "ok",
        "reason": "",
        "received": batch.accepted,
        "accepted": batch.accepted,
        "quarantined": 0,
        "rejected": 0,
    }


def _read_lanes(geography: Geography) -> list[np.ndarray]:
    """Sea lanes as rows of longitude, latitude and nautical miles from their beginning."""
    features = json.loads((geography.folder / "sea_lanes.geojson").read_bytes())["features"]
    lanes = []
    for feature in features:
        shape = feature["geometry"]
        is_many = shape["type"] == "MultiLineString"
        for line in shape["coordinates"] if is_many else [shape["coordinates"]]:
            lon, lat = np.array(line, dtype=np.float64).T[:2]
            middle = np.cos(np.radians((lat[1:] + lat[:-1]) / 2))
            legs = _NM_A_DEGREE * np.hypot(np.diff(lon) * middle, np.diff(lat))
            lanes.append(np.stack([lon, lat, np.concatenate([[0.0], np.cumsum(legs)])]))
    return [lane for lane in lanes if lane[2, -1] > 20]


def _sail(
    rng: np.random.Generator,
    geography: Geography,
    lanes: list[np.ndarray],
    n: int,
    each: int,
    stop: datetime,
) -> Iterator[PositionBatch]:
    """Whole vessels in chunks of about a million positions, `n` in all."""
    weights = np.array([lane[2, -1] for lane in lanes])
    weights /= weights.sum()
    port_lon = geography.ports["longitude"].to_numpy(float)
    port_lat = geography.ports["latitude"].to_numpy(float)
    start = np.datetime64(stop - SPAN, "us")
    # Whole seconds apart, so that no vessel is heard twice in one.
    step = SPAN.total_seconds() / each
    done, row, in_chunk = 0, 0, max(1, CHUNK_ROWS // each)
    while row < n:
        count = min(in_chunk, -(-(n - row) // each))
        seconds = (np.arange(each) * step + rng.uniform(0, step * 0.9, (count, each))).round()
        lon, lat = np.empty((count, each)), np.empty((count, each))
        speed = rng.uniform(6, 20, count)
        anchored = rng.random(count) < 0.4
        speed[anchored] = 0.0
        chosen = rng.choice(len(lanes), count, p=weights)
        for vessel in np.flatnonzero(~anchored):
            lane = lanes[chosen[vessel]]
            length = lane[2, -1]
            run = rng.uniform(0, 2 * length) + speed[vessel] * seconds[vessel] / 3600
            along = length - np.abs(run % (2 * length) - length)
            lon[vessel] = np.interp(along, lane[2], lane[0])
            lat[vessel] = np.interp(along, lane[2], lane[1])
        berth = rng.integers(0, len(port_lon), count)
        lon[anchored] = port_lon[berth[anchored], None] + rng.normal(0, 0.04, (count, 1))[anchored]
        lat[anchored] = port_lat[berth[anchored], None] + rng.normal(0, 0.04, (count, 1))[anchored]
        lon += rng.normal(0, 0.0005, lon.shape)
        lat = np.clip(lat + rng.normal(0, 0.0005, lat.shape), -85, 85)
        taken = min(count * each, n - row)
        yield _batch(
            done, np.repeat(np.arange(count), each)[:taken], row, start,
            seconds.ravel()[:taken], lon.ravel()[:taken], lat.ravel()[:taken],
            np.repeat(speed, each)[:taken],
        )  # fmt: skip
        row += taken
        done += count


def _batch(
    first_vessel: int,
    vessel: np.ndarray,
    first_row: int,
    start: np.datetime64,
    seconds: np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
    speed: np.ndarray,
) -> PositionBatch:
    lon = (lon + 180) % 360 - 180
    lon[lon == -180] = 180
    course = np.degrees(np.arctan2(np.gradient(lon) * np.cos(np.radians(lat)), np.gradient(lat)))
    tlp = MARKINGS.code(MARKING)
    row = np.arange(first_row, first_row + len(vessel))
    positions = pd.DataFrame(
        {
            "row": row,
            "vessel": vessel,
            "at": start + seconds.astype("timedelta64[s]"),
            "lon": np.round(lon * E7).astype(np.int64),
            "lat": np.round(lat * E7).astype(np.int64),
            "sog": np.round(speed * 10),
            "cog": np.round(course % 360 * 10) % 3600,
            "heading": np.round(course) % 360,
            "tlp": tlp,
            "flags": 0,
        }
    ).astype(POSITION_COLUMNS)
    count = int(vessel[-1]) + 1
    numbers = np.arange(first_vessel, first_vessel + count)
    names = [f"SYNTHETIC {number:06d}" for number in numbers]
    types = [_TYPES[number % len(_TYPES)] for number in numbers]
    particulars = pd.DataFrame(
        {
            # Its first position is the record that tells a vessel's name.
            "row": np.tile(row[np.searchsorted(vessel, np.arange(count))], 2),
            "vessel": np.tile(np.arange(count), 2),
            "tlp": tlp,
            "field": np.repeat([0, 1], count),
            "value": names + types,
            "at": start,
        }
    ).astype(PARTICULAR_COLUMNS)
    return PositionBatch(
        keys=np.array([str(FIRST_MMSI + number) for number in numbers], dtype=object),
        positions=positions,
        particulars=particulars,
        accepted=len(row),
    )

"""Questions about positions: where vessels are, the way of one, how many were where and when.

Each is asked with a `Viewer`, and answers exactly for that viewer's marking.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from cop.errors import NotFound
from cop.model.vessel_position import E7
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.query.answers import Viewport
from cop.query.filters import BBox
from cop.query.position_answers import CellMarks, LatestPositions, Track, VesselMarks
from cop.store.tiles import centres_of, tiles_of
from cop.store.track import FASTEST_AIRCRAFT_KN, FASTEST_KN, split_track, thin_track

SQL = Path(__file__).parent / "sql" / "position"
MOST_MARKS = 2_000
# MapLibre's world is 512 px wide at zoom 0: three levels finer makes cells of about 64 px.
CELL_LEVELS = 3
FINEST_CELLS = 16
_ALWAYS, _NEVER = datetime(1900, 1, 1), datetime(2200, 1, 1)


def answer_latest_positions(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    viewport: Viewport | None = None,
    since: datetime | None = None,
    most: int = MOST_MARKS,
) -> LatestPositions:
    """Where each vessel was last heard, in view and not before `since`; cells above `most`."""
    viewport = viewport or Viewport()
    found = _run(
        cursor,
        "find_latest",
        clearance=MARKINGS.code(viewer.clearance),
        since=since or _ALWAYS,
        **_box_of(viewport),
    ).fetchnumpy()
    at = _seconds(found["at"])
    lon, lat = found["lon"] / E7, found["lat"] / E7
    answer: dict[str, Any] = {
        "count": len(at),
        "newest_at": at.max().item() if len(at) else None,
        "highest_tlp": _highest(found["tlp"]),
    }
    if len(at) > min(most, MOST_MARKS):
        cells = _cells(viewport, lon, lat, at)
        return LatestPositions(marks=None, cells=cells, **answer)
    # Oldest first, so that what is new is drawn on top.
    order = np.lexsort((found["vessel"], at))
    found = {name: column[order] for name, column in found.items()}
    lon, lat, at = lon[order], lat[order], at[order]
    said = _particulars(cursor, viewer, found["vessel"])
    marks = VesselMarks(
        vessel=said["key"].to_numpy(object),
        name=said["name"].to_numpy(object),
        type=said["type"].to_numpy(object),
        lon=lon,
        lat=lat,
        at=at,
        sog_kn=_scaled(found["sog"], 10),
        cog_deg=_scaled(found["cog"], 10),
        heading_deg=_scaled(found["heading"], 1),
        flags=found["flags"],
        tlp=np.maximum(found["tlp"], said["tlp"].to_numpy(np.uint8)),
    )
    highest = _highest(marks.tlp)
    return LatestPositions(marks=marks, cells=None, **(answer | {"highest_tlp": highest}))


def answer_track(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    vessel: str,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST_MARKS,
) -> Track:
    """The way of one vessel (nine MMSI digits or `id:N`) in [since, until), in pieces.

    Raises NotFound for a vessel of which this viewer may see no position at any time.
    """
    number = _vessel_number(cursor, viewer, vessel)
    found = _run(
        cursor,
        "find_track",
        vessel=number,
        clearance=MARKINGS.code(viewer.clearance),
        since=since or _ALWAYS,
        until=until or _NEVER,
    ).fetchnumpy()
    at = found["at"].astype("datetime64[us]")
    lon, lat = found["lon"] / E7, found["lat"] / E7
    # An MMSI that begins with 111 is that of a search-and-rescue aircraft (ITU-R M.585).
    fastest = FASTEST_AIRCRAFT_KN if vessel.startswith("111") else FASTEST_KN
    pieces = split_track(at, lon, lat, found["flags"], fastest_kn=fastest)
    flags = found["flags"] | pieces.flags
    kept, left_out = thin_track(lon, lat, pieces.piece, flags, max(2, min(most, MOST_MARKS)))
    said = _particulars(cursor, viewer, np.array([number])).iloc[0]
    tlp = np.maximum(found["tlp"], np.uint8(said["tlp"]))
    return Track(
        vessel=vessel,
        name=said["name"],
        type=said["type"],
        call_sign=said["call_sign"],
        imo=said["imo"],
        at=at[kept],
        lon=lon[kept],
        lat=lat[kept],
        sog_kn=_scaled(found["sog"], 10)[kept],
        cog_deg=_scaled(found["cog"], 10)[kept],
        heading_deg=_scaled(found["heading"], 1)[kept],
        tlp=found["tlp"][kept],
        flags=flags[kept],
        piece=pieces.piece[kept],
        n_positions=len(at),
        n_pieces=int(pieces.piece[-1]) + 1 if len(at) else 0,
        n_jumps=pieces.n_jumps,
        thinned=len(kept) < len(at),
        n_ends_left_out=left_out,
        highest_tlp=_highest(tlp),
    )


def answer_position_first_received(
    cursor: duckdb.DuckDBPyConnection, _: None, *, sha256: str
) -> datetime | None:
    """When bytes with this hash were first taken in as positions; None where never."""
    rows = cursor.execute(
        "SELECT min(started_at) FROM feed_runs "
        "WHERE feed = 'ais' AND state = 'ok' AND input_sha256 = ?",
        [sha256],
    ).fetchall()
    first: datetime | None = rows[0][0]
    return first


POSITION_RULES = {
    "a position stands once": (
        'SELECT count(*) FROM (SELECT 1 FROM positions GROUP BY vessel, "at", lon, lat '
        "HAVING count(*) > 1)"
    ),
    "every position is of a vessel": (
        "SELECT count(*) FROM positions ANTI JOIN vessels USING (vessel)"
    ),
    "the newest positions are those of the facts": (
        'SELECT count(*) FROM ((SELECT vessel, tlp, max("at") AS newest FROM positions '
        "WHERE flags & 4 = 0 GROUP BY vessel, tlp) AS f FULL JOIN position_latest AS l "
        'ON f.vessel = l.vessel AND f.tlp = l.tlp) WHERE f.newest IS DISTINCT FROM l."at"'
    ),
    "positions are counted as they stand": (
        'SELECT count(*) FROM (SELECT "at"::DATE AS day, tlp, count(*) AS n FROM positions '
        "GROUP BY ALL) AS f FULL JOIN (SELECT day, tlp, sum(n) AS n FROM position_density "
        "GROUP BY ALL) AS d ON f.day = d.day AND f.tlp = d.tlp WHERE f.n IS DISTINCT FROM d.n"
    ),
}


def _vessel_number(cursor: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> int:
    # The same answer for what does not exist and what the viewer may not see.
    clearance = MARKINGS.code(viewer.clearance)
    for (number,) in cursor.execute("SELECT vessel FROM vessels WHERE key = ?", [key]).fetchall():
        asked = [number, clearance]
        if (
            cursor.execute(
                "SELECT 1 FROM position_latest WHERE vessel = ? AND tlp <= ? LIMIT 1", asked
            ).fetchall()
            # Positions dated in the future are never the latest.
            or cursor.execute(
                "SELECT 1 FROM positions WHERE vessel = ? AND tlp <= ? LIMIT 1", asked
            ).fetchall()
        ):
            return int(number)
    raise NotFound("no position of this vessel is known")


def _particulars(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, vessels: np.ndarray
) -> pd.DataFrame:
    """Key, name, type, call sign and IMO number of vessels, a row each in the order given."""
    cursor.register("asked_vessels", pd.DataFrame({"vessel": np.unique(vessels)}))
    try:
        said = _run(cursor, "find_particulars", clearance=MARKINGS.code(viewer.clearance)).df()
    finally:
        cursor.unregister("asked_vessels")
    return said.set_index("vessel").loc[vessels]


def _cells(viewport: Viewport, lon: np.ndarray, lat: np.ndarray, at: np.ndarray) -> CellMarks:
    zoom = max(0, min(FINEST_CELLS, int(viewport.zoom) + CELL_LEVELS))
    while True:
        x, y = tiles_of(lon, lat, zoom)
        keys, places = np.unique(x << 32 | y, return_inverse=True)
        if len(keys) <= MOST_MARKS:
            break
        zoom -= 1
    newest = np.full(len(keys), np.datetime64(_ALWAYS, "s"))
    np.maximum.at(newest, places, at)
    count = np.bincount(places, minlength=len(keys))
    order = np.argsort(count, kind="stable")
    centre_lon, centre_lat = centres_of(keys >> 32, keys & 0xFFFFFFFF, zoom)
    return CellMarks(centre_lon[order], centre_lat[order], count[order], newest[order], zoom)


def _box_of(viewport: Viewport) -> dict[str, int]:
    """The viewport in whole 1e-7 degrees, as two ranges of longitude that may be the same."""
    box = BBox(viewport.west, viewport.south, viewport.east, viewport.north)
    first, last = box.spans[0], box.spans[-1]
    edges = {
        "south": box.south,
        "north": box.north,
        "west": first[0],
        "east": first[1],
        "west_again": last[0],
        # 180 and -180 are one meridian, kept as 180.
        "east_again": last[1],
    }
    return {name: round(edge * E7) for name, edge in edges.items()}


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **values: Any) -> duckdb.DuckDBPyConnection:
    return cursor.execute((SQL / f"{name}.sql").read_text("utf-8"), values)


def _seconds(at: np.ndarray) -> np.ndarray:
    return at.astype("datetime64[s]")


def _scaled(values: np.ndarray, scale: int) -> np.ndarray:
    filled = np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan)
    return np.asarray(filled / scale)


def _highest(tlp: np.ndarray) -> str:
    return MARKINGS.slug(int(tlp.max())) if len(tlp) else "clear"

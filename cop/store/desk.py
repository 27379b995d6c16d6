"""What the watch desk asks of incidents: queue, news, acts, each within the viewer's marking.

An incident's marking is that of the picture; of incidents that the desk follows `triage` keeps it,
so that no question about the desk has to look through all incidents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from cop.errors import BadQuestion
from cop.model.triage import (
    QUEUE_DAYS,
    SOURCE,
    Standing,
    owner_at,
    standing_acts,
    why_not_undone,
)
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES, MARKINGS
from cop.query.where import Where
from cop.store.asked import Asked
from cop.store.desk_rows import read_acts, read_standings

MOST_NEWS = 500
MOST_QUEUED = 1_000
INCIDENT_COLUMNS = (
    "incident_id, version, title, hazard, severity, act, verification, status, tlp, occurred_at, "
    "last_at, time_precision, lon, lat, region, port, vessel_name, source, reference, recorded_at"
)
_NAMES = INCIDENT_COLUMNS.split(", ")
_OPEN = ", ".join(str(LIFECYCLES.code(slug)) for slug in ("new", "triaged", "active"))
_RECENT = f"last_at >= recorded_at - INTERVAL {QUEUE_DAYS} DAY"
_ACTED_ON = "incident_id IN (SELECT incident_id FROM triage WHERE act_no > 0)"
_ACKNOWLEDGED = "incident_id IN (SELECT incident_id FROM triage WHERE acknowledged_at IS NOT NULL)"
_NOT_SEEN = (
    "recorded_at > ? AND NOT EXISTS (FROM seen AS s WHERE s.officer = ? "
    "AND s.incident_id = incidents.incident_id AND s.version >= incidents.version)"
)


def answer_triage(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, ids: Sequence[str], now: datetime
) -> dict[str, dict[str, Any]]:
    """What stands of incidents at the desk, by id; those it does not follow are left out.

    Columns as in `triage`, with `owner` as of `now` and `lapsed_owner`, whose claim has ended.
    """
    found = read_standings(
        cursor,
        "WHERE list_contains(?, incident_id) AND tlp <= ?",
        [list(ids), MARKINGS.code(viewer.clearance)],
    )
    return {standing.incident_id: _as_of(standing, now) for standing in found}


def answer_queue(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    now: datetime,
    since: datetime | None = None,
    limit: int = 200,
) -> dict[str, Any]:
    """The desk's open incidents: gravest first, then those nobody acknowledged, then the newest.

    Open are new, triaged and active ones that an officer acted on, or that were first recorded
    within 30 days of happening: a bulk of old records does not flood the desk. With `since` the
    latter only where their present version was recorded from then on, which is also much cheaper
    where many incidents wait. `rows` with the incident and, under `triage`, what stands of it
    (None: the desk does not follow it), `total` and `unacknowledged` of all of them. Raises
    BadQuestion for a question about what was known earlier.
    """
    if where.as_known_at is not None:
        raise BadQuestion("as_known_at", "the queue of the desk is that of now")
    asked = Asked(cursor, where)
    meets, values = _queued(cursor, asked, since)
    total = int(asked.fetch("count(*)", also=meets, also_values=values)[0][0])
    acknowledged = asked.fetch("count(*)", also=f"status IN ({_OPEN}) AND {_ACKNOWLEDGED}")[0][0]
    # The order needs few columns, and only the first rows need all of them.
    first = asked.columns(
        "rowid AS place",
        f"ORDER BY severity DESC, {_ACKNOWLEDGED}, occurred_at DESC, incident_id "
        f"LIMIT {min(int(limit), MOST_QUEUED)}",
        also=meets,
        also_values=values,
    )
    found = cursor.execute(
        f"SELECT rowid, {INCIDENT_COLUMNS} FROM incidents "
        f"WHERE rowid IN ({', '.join(str(int(place)) for place in first['place']) or 'NULL'})"
    ).fetchall()
    by_place = {place: dict(zip(_NAMES, row, strict=True)) for place, *row in found}
    rows = [by_place[int(place)] for place in first["place"]]
    ids = [row["incident_id"] for row in rows]
    standing = answer_triage(cursor, where.viewer, ids=ids, now=now)
    return {
        "rows": [row | {"triage": standing.get(row["incident_id"])} for row in rows],
        "total": total,
        "unacknowledged": total - int(acknowledged),
    }


def _queued(
    cursor: duckdb.DuckDBPyConnection, asked: Asked, since: datetime | None
) -> tuple[str, tuple[datetime, ...]]:
    """The condition of the queue and its values; it names tables that this makes for the cursor."""
    is_open = f"status IN ({_OPEN})"
    values = () if since is None else (since,)
    fresh = _RECENT if since is None else f"recorded_at >= ? AND {_RECENT}"
    # A later version of something that was fresh once is looked up by its first version; that
    # table is as large as all incidents, and most days nothing has to be looked up in it.
    later = "recorded_at >= ? AND " if since is not None else ""
    late = asked.columns(
        "incident_id",
        also=f"{later}{is_open} AND version > 1 AND NOT ({_RECENT})",
        also_values=values,
    )["incident_id"]
    once = np.array([], dtype=object)
    if len(late):
        cursor.register("late", pa.table({"incident_id": pa.array(late, pa.string())}))
        once = cursor.execute(
            "SELECT incident_id FROM incident_versions "
            f"WHERE version = 1 AND {_RECENT} AND incident_id IN (SELECT incident_id FROM late)"
        ).fetchnumpy()["incident_id"]
    # Looking for ids in a text column costs more than all the rest: not for nothing.
    acted = cursor.execute("SELECT count(*) FROM triage WHERE act_no > 0").fetchall()[0][0]
    ways = [f"({fresh})", *([_ACTED_ON] if acted else [])]
    if len(once):
        cursor.register("fresh_once", pa.table({"incident_id": pa.array(once, pa.string())}))
        ways.append("incident_id IN (SELECT incident_id FROM fresh_once)")
    return f"{is_open} AND ({' OR '.join(ways)})", values


def answer_news(
    cursor: duckdb.DuckDBPyConnection, where: Where, *, officer: str, limit: int = MOST_NEWS
) -> dict[str, Any]:
    """What an officer has not seen of the incidents asked for: the newest, and how many in all.

    `rows` have `kind`: `new`, or `changed` where an earlier version counts as seen. `through` is
    the moment the answer holds for: what `see_all` takes to count all of it as seen. For somebody
    who never signed on nothing is news.
    """
    since, through = cursor.execute(
        "SELECT (SELECT max(seen_through) FROM officers WHERE name = ?), max(done_at) FROM audit",
        [officer],
    ).fetchall()[0]
    nothing: dict[str, Any] = {"rows": [], "total": 0, "since": since, "through": through}
    if since is None:
        return nothing
    asked = Asked(cursor, where)
    values = (since, officer)
    total = int(asked.fetch("count(*)", also=_NOT_SEEN, also_values=values)[0][0])
    if not total:
        return nothing
    columns = asked.fetch(
        INCIDENT_COLUMNS,
        f"ORDER BY recorded_at DESC, incident_id LIMIT {min(int(limit), MOST_NEWS)}",
        also=_NOT_SEEN,
        also_values=values,
    )
    rows = [dict(zip(_NAMES, row, strict=True)) for row in columns]
    unheard = _unheard(cursor, [row["incident_id"] for row in rows], officer, since)
    return nothing | {
        "rows": [
            row | {"kind": "new" if row["incident_id"] in unheard else "changed"} for row in rows
        ],
        "total": total,
    }


def answer_recorded_since(
    cursor: duckdb.DuckDBPyConnection, where: Where, *, since: datetime, limit: int = 200
) -> dict[str, Any]:
    """The incidents asked for of which a version was recorded after an instant, newest first.

    `rows` have `kind`: `new` where the first version was recorded after it, else `changed`.
    """
    asked = Asked(cursor, where)
    later, values = "recorded_at > ?", (since,)
    total = int(asked.fetch("count(*)", also=later, also_values=values)[0][0])
    columns = asked.fetch(
        INCIDENT_COLUMNS,
        f"ORDER BY recorded_at DESC, incident_id LIMIT {min(int(limit), MOST_NEWS)}",
        also=later,
        also_values=values,
    )
    rows = [dict(zip(_NAMES, row, strict=True)) for row in columns]
    unheard = _unheard(cursor, [row["incident_id"] for row in rows], "", since)
    kinds = [{"kind": "new" if row["incident_id"] in unheard else "changed"} for row in rows]
    return {"rows": [row | kind for row, kind in zip(rows, kinds, strict=True)], "total": total}


def _unheard(
    cursor: duckdb.DuckDBPyConnection, ids: list[str], officer: str, since: datetime
) -> set[str]:
    """The incidents of which the officer has seen no version at all."""
    # Rows lie in the order they were recorded in, so only the newest are read.
    first = cursor.execute(
        "SELECT incident_id FROM incident_versions "
        "WHERE recorded_at > ? AND version = 1 AND list_contains(?, incident_id)",
        [since, ids],
    ).fetchall()
    seen = cursor.execute(
        "SELECT incident_id FROM seen WHERE officer = ? AND list_contains(?, incident_id)",
        [officer, ids],
    ).fetchall()
    return {row[0] for row in first} - {row[0] for row in seen}


def answer_acts(
    cursor: duckdb.DuckDBPyConnection, viewer: Viewer, *, incident_id: str
) -> list[dict[str, Any]]:
    """What was done with an incident, newest first; empty for one the viewer may not see.

    `before` and `after` are values by column of triage, `is_undone` says whether an undo stands
    against it, `why_not_undone` is empty where it can be undone now.
    """
    acts = read_acts(
        cursor,
        "WHERE incident_id = ? AND EXISTS (FROM triage AS t "
        "WHERE t.incident_id = acts.incident_id AND t.tlp <= ?)",
        [incident_id, MARKINGS.code(viewer.clearance)],
    )
    standing = standing_acts(acts)
    told = [
        act
        | {
            "is_undone": act["act_no"] not in standing,
            "why_not_undone": why_not_undone(act["act_no"], acts),
        }
        # How the incident stood when it was taken up is where the acts start, not one of them.
        for act in acts
        if act["act"] != SOURCE or act["before"].get("status_said") != 0
    ]
    return told[::-1]


def _as_of(standing: Standing, now: datetime) -> dict[str, Any]:
    owner = owner_at(standing.owner, standing.owner_until, now)
    lapsed = standing.owner if standing.owner != owner else ""
    return asdict(standing) | {"owner": owner, "lapsed_owner": lapsed}

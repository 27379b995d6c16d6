"""What was learned after a moment: late reports, corrections, and how long learning takes."""

from __future__ import annotations

from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from cop.errors import BadQuestion
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS, TIME_PRECISIONS
from cop.query.answers import LAG_EDGES_S, KnownChanges, Lag
from cop.query.where import Where
from cop.store.asked import Asked

MOST_LISTED = 60
MOST_STEPS = 240
_DELAY_US = "epoch_us(recorded_at) - epoch_us(occurred_at) AS delay_us"


def answer_known_changes(cursor: duckdb.DuckDBPyConnection, where: Where) -> KnownChanges:
    """What of a question differs between what was known at its `as_known_at` and what is now.

    A marking raised since holds for both. Raises BadQuestion for a question about now.
    """
    at = where.as_known_at
    if at is None:
        raise BadQuestion("as_known_at", "what changed since needs a moment: as_known_at")
    changed = Asked(cursor, where).columns(
        "incident_id", "ORDER BY incident_id", also="superseded_at > ?", also_values=(at,)
    )["incident_id"]
    cursor.register("changed_then", pa.table({"incident_id": pa.array(changed, pa.string())}))
    moment = f"TIMESTAMP '{at}'"
    # An incident that stood then and has a later version; all others of now were not known.
    stood = (
        "incident_id IN (SELECT incident_id FROM incident_versions "
        f"WHERE recorded_at <= {moment} AND superseded_at > {moment})"
    )
    in_question = "incident_id IN (SELECT incident_id FROM changed_then)"
    now = Asked(cursor, where, as_of_now=True)
    late, after, joined, still = now.fetch(
        f"count(*) FILTER (NOT {stood} AND occurred_at <= {moment}), "
        f"count(*) FILTER (NOT {stood} AND occurred_at > {moment}), "
        f"count(*) FILTER ({stood} AND NOT {in_question}), "
        f"count(*) FILTER ({in_question})",
        also="recorded_at > ?",
        also_values=(at,),
    )[0]
    late_ids: tuple[str, ...] = ()
    if 0 < late <= MOST_LISTED:
        found = now.fetch(
            "incident_id",
            "ORDER BY incident_id",
            also=f"recorded_at > ? AND occurred_at <= ? AND NOT {stood}",
            also_values=(at, at),
        )
        late_ids = tuple(row[0] for row in found)
    few = len(changed) <= MOST_LISTED
    return KnownChanges(
        late=int(late),
        after=int(after),
        changed=len(changed),
        left=len(changed) - int(still),
        joined=int(joined),
        late_ids=late_ids,
        changed_ids=tuple(changed.tolist()) if few else (),
    )


def answer_lag(cursor: duckdb.DuckDBPyConnection, where: Where) -> Lag:
    """How long after they happened the question's incidents were first recorded."""
    asked = Asked(cursor, where)
    first = asked.columns(f"{_DELAY_US}, time_precision", also="version = 1")
    cursor.register(
        "corrected",
        asked.frame("incident_id, occurred_at, time_precision", also="version > 1"),
    )
    again = cursor.execute(
        f"SELECT {_DELAY_US}, time_precision FROM (SELECT corrected.*, known.recorded_at "
        "FROM corrected JOIN incident_versions AS known USING (incident_id) "
        "WHERE known.version = 1)"
    ).fetchnumpy()
    delay_us = np.concatenate([first["delay_us"], again["delay_us"]]).astype(np.int64)
    delay_s = delay_us // 1_000_000
    precision = np.concatenate([first["time_precision"], again["time_precision"]])
    usual = np.sort(delay_s[(delay_s >= 0) & (delay_s <= LAG_EDGES_S[-1])])
    places = np.searchsorted(np.array(LAG_EDGES_S), usual, side="left")
    return Lag(
        n=len(usual),
        median_s=_quantile(usual, 0.5),
        most_s=_quantile(usual, 0.9),
        counts=tuple(np.bincount(places, minlength=len(LAG_EDGES_S)).tolist()),
        later=int((delay_s > LAG_EDGES_S[-1]).sum()),
        before=int((delay_s < 0).sum()),
        dates=int((precision != TIME_PRECISIONS.code("instant")).sum()),
    )


def _quantile(ordered: np.ndarray, share: float) -> int:
    """The least value that at least a share of all do not exceed; 0 of none."""
    if not len(ordered):
        return 0
    return int(ordered[int(np.ceil(share * len(ordered))) - 1])


def answer_known_steps(cursor: duckdb.DuckDBPyConnection, viewer: Viewer) -> list[datetime]:
    """Moments at which something was recorded, the first and the last and such between them.

    Some 240, spread over the time between: of each stretch the last one. Ascending.
    """
    clearance = MARKINGS.code(viewer.clearance)
    seen = (
        "SELECT recorded_at FROM incidents WHERE tlp <= $tlp UNION ALL "
        "SELECT known.recorded_at FROM incident_versions AS known "
        "JOIN incidents AS current USING (incident_id) "
        "WHERE known.superseded_at IS NOT NULL AND greatest(known.tlp, current.tlp) <= $tlp"
    )
    rows = cursor.execute(
        f"WITH seen AS MATERIALIZED ({seen}), "
        "ends AS (SELECT min(recorded_at) AS first, max(recorded_at) AS last FROM seen) "
        "SELECT max(recorded_at) AS moment FROM seen, ends "
        f"GROUP BY {MOST_STEPS} * (epoch_us(recorded_at) - epoch_us(first)) "
        "// greatest(epoch_us(last) - epoch_us(first), 1) "
        "UNION SELECT first FROM ends WHERE first IS NOT NULL ORDER BY moment",
        {"tlp": clearance},
    ).fetchall()
    return [moment for (moment,) in rows]

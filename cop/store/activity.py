"""What each source told of each region, and when: what coverage is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from cop.query.where import Where
from cop.store.asked import Asked


def answer_activity(cursor: duckdb.DuckDBPyConnection, where: Where) -> list[dict[str, Any]]:
    """Of each source and region with incidents: `source`, `region` (codes, region 0 for none),
    `first_at` and `newest_at` (events, none after the question's now), `new_at` (last recorded).
    """
    rows = Asked(cursor, where).fetch(
        "source, region, min(occurred_at), max(occurred_at), max(recorded_at)",
        "GROUP BY source, region",
        also="occurred_at <= ?",
        also_values=(where.now,),
    )
    names = ("source", "region", "first_at", "newest_at", "new_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def answer_history(
    cursor: duckdb.DuckDBPyConnection,
    where: Where,
    *,
    spans: Mapping[int, tuple[datetime, datetime]],
) -> list[tuple[int, int, int]]:
    """How many events each source told of in its span: `source, region, count`.

    `spans` is by source code: half-open, by the first moment an event may have happened.
    """
    if not spans:
        return []
    condition = " OR ".join("(source = ? AND occurred_at >= ? AND occurred_at < ?)" for _ in spans)
    values = tuple(value for source, span in spans.items() for value in (source, *span))
    return [
        (int(source), int(region), int(count))
        for source, region, count in Asked(cursor, where).fetch(
            "source, region, count(*)",
            "GROUP BY source, region",
            also=f"({condition})",
            also_values=values,
        )
    ]

"""One incident with all that is known of it: the index says where its row lies."""

from __future__ import annotations

from typing import Any

import duckdb

from cop.query.where import Where
from cop.store import records
from cop.store.index.locating import locate
from cop.store.index.snapshot import Snapshot


def answer_detail(
    cursor: duckdb.DuckDBPyConnection, snapshot: Snapshot, where: Where
) -> dict[str, Any]:
    """See `cop.store.records.answer_detail`."""
    places = locate(snapshot, where.filters.id)
    lies_at = None
    if places is not None and [len(part.ids) for part in places.parts] == [1]:
        (part,) = places.parts
        lies_at = int(part.rowids[0]), int(part.version_rowids[0])
    return records.answer_detail(cursor, where, lies_at=lies_at)

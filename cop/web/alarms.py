"""What a screen raises an alarm for: severe incidents that were recorded since it last asked.

`GET /api/alarms?after=2026-11-23T12:58:00Z` answers `{"through", "total", "rows"}`, each row with
`id, kind (new or changed), severity, title`, newest first. `through` is what to ask after next
time; answers overlap, because a long commit is dated by its beginning, and the page knows an alarm
by its key. What happened more than a month before is history, however new its record is.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cop.errors import BadQuestion, CopError, status_of
from cop.model.triage import QUEUE_DAYS
from cop.model.viewer import Viewer
from cop.query.url import parse_instant
from cop.services import Services
from cop.web.session import current_viewer

OLDEST = timedelta(days=1)
OVERLAP = timedelta(minutes=15)
MOST = 200


def find_alarms(services: Services, viewer: Viewer, after: datetime) -> dict[str, Any]:
    """The severe incidents recorded after an instant, at most a day ago."""
    now: datetime = services.store.clock()
    recent = now - timedelta(days=QUEUE_DAYS)
    where = services.ask(f"severity=4,5&since={recent:%Y-%m-%d}", viewer)
    since = max(after - OVERLAP, now - OLDEST)
    found = services.store.read("recorded_since", where, since=since, limit=MOST)
    return {
        "through": f"{now.isoformat(timespec='seconds')}Z",
        "total": found["total"],
        "rows": [
            {
                "id": row["incident_id"],
                "kind": row["kind"],
                "severity": int(row["severity"]),
                "title": row["title"],
            }
            for row in found["rows"]
        ],
    }


def register(api: FastAPI, services: Services) -> None:
    """Attach the route."""

    @api.get("/api/alarms", include_in_schema=False)
    async def alarms(request: Request) -> JSONResponse:
        viewer = current_viewer()
        try:
            after = parse_instant("after", request.query_params.get("after", ""))
            return JSONResponse(await asyncio.to_thread(find_alarms, services, viewer, after))
        except CopError as error:
            body = {"error": str(error)}
            if isinstance(error, BadQuestion):
                body["key"] = error.key
            return JSONResponse(body, status_code=status_of(error))

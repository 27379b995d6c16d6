"""What a screen raises an alarm for: severe incidents that were recorded since it last asked.

`GET /api/alarms?after=2026-11-23T12:58:00Z` answers `{"through", "total", "rows"}`, each row with
`id, kind (new or changed), severity, title`, newest first. `through` is what to ask after next
time; answers overlap, because a long commit is dated by its beginning, and the page knows an alarm
by its key. What happened more than a month before is history, however new its record is.

`POST /api/alarms/acknowledge` with `{"ids": […]}` acknowledges incidents at the desk, one act each
under the officer's name, and answers `{"acknowledged", "already", "gone"}`, lists of ids. The guard
has checked origin, session and size before.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cop import desk
from cop.errors import BadInput, BadQuestion, Conflict, CopError, NotFound, status_of
from cop.model.triage import QUEUE_DAYS
from cop.model.viewer import Viewer
from cop.query.url import parse_instant
from cop.services import Services
from cop.web.session import current_viewer

OLDEST = timedelta(days=1)
OVERLAP = timedelta(minutes=15)
MOST = 200
MOST_ACKNOWLEDGED = 50


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


def acknowledge(services: Services, viewer: Viewer, ids: list[str]) -> dict[str, list[str]]:
    """Acknowledge the incidents of alarms at the desk: what was done, was already, is not there.

    An alarm says that something happened, not how it stands: each act is on what stands now.
    Raises BadInput without an officer's name.
    """
    if not viewer.officer:
        raise BadInput("name: give your name", "name")
    told: dict[str, list[str]] = {"acknowledged": [], "already": [], "gone": []}
    for incident_id in dict.fromkeys(ids):
        told[_acknowledge(services, viewer, incident_id)].append(incident_id)
    return told


def _acknowledge(services: Services, viewer: Viewer, incident_id: str) -> str:
    store = services.store
    for _ in range(3):  # another officer may act between the look and the act
        standing = store.read("triage", viewer, ids=[incident_id], now=store.clock())
        now = standing.get(incident_id, {})
        if now.get("acknowledged_at"):
            return "already"
        try:
            desk.act(
                store,
                viewer,
                viewer.officer,
                incident_id,
                "acknowledge",
                expected_act=int(now.get("act_no", 0)),
            )
        except Conflict:
            continue
        except NotFound:
            return "gone"
        return "acknowledged"
    raise Conflict("others act on this incident at the same moment; press again")


def _ids_in(body: bytes) -> list[str]:
    """The ids in a body. Raises BadInput where it holds none that can be acknowledged."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput("ids: the body is not JSON") from error
    ids = sent.get("ids") if isinstance(sent, dict) else None
    if not isinstance(ids, list) or not all(_is_id(one) for one in ids):
        raise BadInput('ids: send {"ids": ["…"]}')
    if len(ids) > MOST_ACKNOWLEDGED:
        raise BadInput(f"ids: at most {MOST_ACKNOWLEDGED} at once")
    return ids


def _is_id(sent: object) -> bool:
    return isinstance(sent, str) and 0 < len(sent.strip()) <= 200 and sent.isprintable()


def register(api: FastAPI, services: Services) -> None:
    """Attach the routes."""

    @api.post("/api/alarms/acknowledge", include_in_schema=False)
    async def acknowledge_alarms(request: Request) -> JSONResponse:
        viewer = current_viewer()
        try:
            ids = _ids_in(await request.body())
            return JSONResponse(await asyncio.to_thread(acknowledge, services, viewer, ids))
        except CopError as error:
            words = str(error).removeprefix("name: ")
            return JSONResponse({"error": words}, status_code=status_of(error))

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

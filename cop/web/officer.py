"""The name of the officer on watch: given once, kept in a signed cookie, signs every act.

`POST /officer` with `{"name": "…"}` answers `{"officer": "…"}` as it will be signed, or 400 with
the reason. The guard has checked origin, session and size before.
"""

from __future__ import annotations

import json

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cop.errors import BadInput, status_of
from cop.model.viewer import fold_officer
from cop.web.session import MAX_AGE_S, OFFICER_COOKIE, Sessions, current_viewer

log = structlog.get_logger(__name__)


def register(api: FastAPI, sessions: Sessions) -> None:
    """Attach the route."""

    @api.post("/officer", include_in_schema=False)
    async def name_officer(request: Request) -> JSONResponse:
        try:
            name = _name_in(await request.body())
        except BadInput as error:
            return JSONResponse({"error": str(error)}, status_code=status_of(error))
        answer = JSONResponse({"officer": name})
        answer.set_cookie(
            OFFICER_COOKIE,
            sessions.sign_officer(name),
            max_age=MAX_AGE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        viewer = current_viewer()
        log.info("an officer gave a name", name=name, before=viewer.officer, session=viewer.name)
        return answer


def _name_in(body: bytes) -> str:
    """The name in a body. Raises BadInput where it holds none that can be signed with."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput("name: the body is not JSON") from error
    if not isinstance(sent, dict) or not isinstance(sent.get("name"), str):
        raise BadInput('name: send {"name": "…"}')
    return fold_officer(sent["name"])

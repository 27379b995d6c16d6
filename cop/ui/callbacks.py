"""The one way a server callback is registered: async, in a thread, checked, never a traceback.

On the FastAPI backend a plain function would run on the event loop and stall every other request,
so the work goes to a thread. Any client may post any body: each argument is checked for type and
size before the work sees it, and who is looking comes from the server's session alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import dash
import orjson
from dash import no_update, set_props
from dash.exceptions import PreventUpdate

from cop.errors import BadInput, CopError
from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import ids

log = logging.getLogger(__name__)

Check = Callable[[Any], Any]
Work = Callable[..., Any]
# Where the request's answer may be given to others, a callback that allows it notes so here.
sharing: ContextVar[list[bool] | None] = ContextVar("cop_sharing", default=None)
UNEXPECTED = (
    "This could not be answered; what is on screen is the last answer. "
    "The reason is in the server's log."
)


def text(limit: int) -> Check:
    """Text of at most `limit` characters; missing counts as empty."""

    def check(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > limit:
            raise BadInput("The page sent a text that is too long or no text.")
        return value

    return check


def texts(most: int, limit: int = 200) -> Check:
    """A list of at most `most` short texts; missing counts as empty."""

    def check(value: Any) -> list[str]:
        if value is None:
            return []
        if (
            not isinstance(value, list)
            or len(value) > most
            or not all(isinstance(item, str) and len(item) <= limit for item in value)
        ):
            raise BadInput("The page sent something else than a short list of texts.")
        return value

    return check


def whole(value: Any) -> int:
    """A whole number up to a million million; missing counts as zero."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**12:
        raise BadInput("The page sent something else than a whole number.")
    return value


def mapping(limit: int) -> Check:
    """An object of at most `limit` bytes as JSON; missing counts as empty."""

    def check(value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        try:
            small = isinstance(value, dict) and len(orjson.dumps(value)) <= limit
        except (TypeError, RecursionError):
            small = False
        if not small:
            raise BadInput("The page sent an object that is too large or no object.")
        return dict(value)

    return check


class Callbacks:
    """Registers server callbacks on one app; `viewer_of()` names the session's viewer."""

    def __init__(self, app: dash.Dash, services: Services, viewer_of: Callable[[], Viewer]) -> None:
        self.app = app
        self.services = services
        self.viewer_of = viewer_of

    def answer(
        self,
        outputs: Sequence[Any],
        inputs: Sequence[Any],
        state: Sequence[Any] = (),
        *,
        checks: Sequence[Check],
        work: Work,
        prevent_initial_call: bool | str = False,
        shared: bool = False,
    ) -> None:
        """Answer `outputs` with `work(services, viewer, *checked arguments)` in a thread.

        `shared` says that the answer depends on nothing but the arguments, the viewer's clearance
        and officer, the store's numbers and the minute: it may be given to the next who asks so.
        Work returns one value an output. A CopError becomes a message on screen and leaves the
        outputs as they are; so does anything unforeseen, which is logged.
        """
        if len(checks) != len(inputs) + len(state):
            raise ValueError("every argument of a callback needs its check")
        # Dash takes the answer to a single output as it comes, to several as a list.
        single = len(outputs) == 1

        @self.app.callback(
            *outputs,
            *inputs,
            *state,
            prevent_initial_call=prevent_initial_call,
        )
        async def run(*arguments: Any) -> Any:
            try:
                if len(arguments) != len(checks):
                    raise BadInput("The page sent another number of values than this takes.")
                values = [check(value) for check, value in zip(checks, arguments, strict=True)]
                viewer = self.viewer_of()
                answer = await asyncio.to_thread(work, self.services, viewer, *values)
                if shared and (noted := sharing.get()) is not None:
                    noted.append(True)
                return answer[0] if single else answer
            except PreventUpdate:
                raise
            except CopError as error:
                set_props(ids.MESSAGE, {"children": str(error), "hidden": False})
            except Exception:
                log.exception("a callback failed")
                set_props(ids.MESSAGE, {"children": UNEXPECTED, "hidden": False})
            return no_update if single else [no_update] * len(outputs)

    def script(
        self,
        function: str,
        outputs: Sequence[Any],
        inputs: Sequence[Any],
        state: Sequence[Any] = (),
        *,
        prevent_initial_call: bool = False,
    ) -> None:
        """Answer in the browser with `function` of `assets/*.js`, namespace `cop`."""
        self.app.clientside_callback(
            dash.ClientsideFunction("cop", function),
            *outputs,
            *inputs,
            *state,
            prevent_initial_call=prevent_initial_call,
        )

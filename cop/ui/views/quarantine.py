"""The quarantine view: records kept aside, corrected and run again, or dismissed with a reason."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update

from cop.actions import dismiss_quarantined, rerun_quarantined
from cop.errors import BadInput, CopError, NotFound
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, text, whole
from cop.ui.panels import kept_aside


def layout(services: Services, viewer: Viewer) -> tuple[html.Div, str]:
    """The view, answered when it is opened, and the highest marking in it."""
    strictest = max((int(item["tlp"]) for item in _open(services, viewer)), default=0)
    view = html.Div(
        [
            dcc.Store(id=ids.ITEM, data=0),
            html.H2("Records kept aside", className="view-title"),
            html.Div(id=ids.ITEM_RESULT, className="result", role="status"),
            html.Div(
                [
                    html.Section(
                        _list(services, viewer, 0),
                        id=ids.ITEMS,
                        **{"aria-label": "Records kept aside"},
                    ),
                    html.Section(
                        kept_aside.render_pane(None),
                        id=ids.ITEM_PANE,
                        className="card",
                        **{"aria-label": "The chosen record"},
                    ),
                ],
                className="two-panes",
            ),
        ],
        className="page",
    )
    return view, MARKINGS.slug(strictest)


def _open(services: Services, viewer: Viewer) -> list[dict[str, Any]]:
    found = services.store.read("quarantine", viewer, with_raw=False)
    return [item for item in found if item["kind"] == "quarantined"]


def _list(services: Services, viewer: Viewer, selected: int) -> list[Any]:
    total = services.store.read("quarantine_count", viewer)
    return kept_aside.render_list(_open(services, viewer), selected, services.store.clock(), total)


def choose(services: Services, viewer: Viewer, item_id: int) -> list[Any]:
    """The list with one record chosen, and that record whole."""
    if not item_id:
        return [no_update, no_update]
    item = services.store.read("quarantined", viewer, item_id=item_id)
    if item["state"] != "open":
        raise NotFound("there is no such record kept aside")
    return [_list(services, viewer, item_id), kept_aside.render_pane(item)]


def settle(
    services: Services,
    viewer: Viewer,
    _run: int,
    _dismiss: int,
    item_id: int,
    corrected: str,
    reason: str,
    which: str = "",
) -> list[Any]:
    """Run the chosen record again as corrected, or dismiss it; what came of it, in words.

    What is still wrong is said beside the record, whose text stays as it was typed.
    """
    pressed = which or str(ctx.triggered_id)
    if not item_id or not (_run or _dismiss):
        return [no_update, no_update, no_update]
    try:
        if pressed == ids.ITEM_RUN:
            said = kept_aside.say_tally(
                rerun_quarantined(
                    services.store,
                    services.geography,
                    viewer,
                    item_id,
                    corrected,
                    services.settings.feeds_off_names,
                )
            )
        elif pressed == ids.ITEM_DISMISS:
            dismiss_quarantined(services.store, viewer, item_id, reason)
            said = "The record was dismissed; its bytes stay on file."
        else:
            raise BadInput("The page pressed a button that this view does not have.")
    except CopError as error:
        return [f"Still kept aside: {error}", no_update, no_update]
    return [said, _list(services, viewer, 0), kept_aside.render_pane(None)]


def register(callbacks: Callbacks) -> None:
    """Attach the view's callbacks."""
    callbacks.answer(
        [Output(ids.ITEMS, "children"), Output(ids.ITEM_PANE, "children")],
        [Input(ids.ITEM, "data")],
        checks=[whole],
        work=choose,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [
            Output(ids.ITEM_RESULT, "children"),
            Output(ids.ITEMS, "children", allow_duplicate=True),
            Output(ids.ITEM_PANE, "children", allow_duplicate=True),
        ],
        [Input(ids.ITEM_RUN, "n_clicks"), Input(ids.ITEM_DISMISS, "n_clicks")],
        [State(ids.ITEM, "data"), State(ids.ITEM_RAW, "value"), State(ids.ITEM_REASON, "value")],
        checks=[whole, whole, whole, text(kept_aside.MOST_EDITED), text(500)],
        work=settle,
        prevent_initial_call=True,
    )

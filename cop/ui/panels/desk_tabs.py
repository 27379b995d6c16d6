"""The list's tabs: incidents, the queue, what is new; their numbers, and which rows are unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from cop import desk
from cop.errors import BadQuestion
from cop.model.triage import QUEUE_DAYS
from cop.model.viewer import Viewer
from cop.query.url import MAX_QUERY, view_of
from cop.query.where import Where
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, text, whole
from cop.ui.panels import news, queue
from cop.ui.plain import seal
from cop.ui.wording import say_count

TABS = {"": "Incidents", "queue": "Queue", "new": "New"}
MOST_MARKED = 500


def layout() -> html.Div:
    """The tabs; which one is shown stands in the address, and `assets/62-tabs.js` follows it."""
    counts = {"queue": ids.QUEUE_COUNT, "new": ids.NEWS_COUNT}
    return html.Div(
        [
            html.Button(
                [label, *([html.Span("", id=counts[key])] if key in counts else [])],
                type="button",
                role="tab",
                id=f"tab-{key or 'list'}",
                className="desk-tab",
                tabIndex=0 if not key else -1,
                **{
                    "data-tab": key,
                    "aria-selected": "false" if key else "true",
                    "aria-controls": f"pane-{key or 'list'}",
                },
            )
            for key, label in TABS.items()
        ],
        className="desk-tabs",
        role="tablist",
        **{"aria-label": "What the list shows"},
    )


def pane(key: str, children: Any) -> html.Div:
    """The panel that a tab shows."""
    name = key or "list"
    return html.Div(
        children,
        id=f"pane-{name}",
        className="desk-pane",
        role="tabpanel",
        **{"aria-labelledby": f"tab-{name}"},
    )


def panes() -> list[Any]:
    """The panels of queue and news before their first answer, and what the page keeps of them."""
    return [
        pane("queue", html.Div(id=ids.QUEUE, className="desk-scroll")),
        pane("new", html.Div(id=ids.NEWS, className="desk-scroll")),
        dcc.Store(id=ids.DESK_NEWS),
        dcc.Store(id=ids.DESK_SHOWN, data=""),
    ]


def answer(
    services: Services,
    viewer: Viewer,
    search: str,
    _desk: int,
    _version: int,
    _on_watch: str,
    shown: str,
) -> list[Any]:
    """Queue, news, their numbers and the unseen incidents; nothing where the page has it all."""
    tab = view_of(search).get("tab", "")
    try:
        where = services.ask(search, viewer)
    except BadQuestion:
        return _nothing("This question cannot be answered.")
    if where.as_known_at is not None:
        return _nothing("The desk is that of now: go back to now to see it.")
    store = services.store
    if viewer.officer and not store.news_version(viewer.officer):  # else they are known
        desk.sign_on(store, viewer, viewer.officer)
    of_queue = (store.version, store.queue_version, where.key)
    of_news = (store.version, store.news_version(viewer.officer), where.key, viewer.officer)
    key = hashlib.sha256(repr((of_queue, of_news, tab)).encode()).hexdigest()[:20]
    if key == shown:
        return [no_update] * 6
    waiting = services.memo.get(("queue", *of_queue), lambda: _find_queue(services, where))
    found = services.memo.get(
        ("news", *of_news),
        lambda: services.store.read("news", where, officer=viewer.officer, limit=MOST_MARKED),
    )
    now = services.store.clock()  # the question's own moment is that of its minute

    def draw_queue() -> Any:
        # The same for all of one clearance; its ages grow in the page.
        return services.memo.get(
            ("queue-drawn", *of_queue), lambda: seal(queue.render(waiting, now))
        )

    return [
        draw_queue() if tab == "queue" else no_update,
        f" {say_count(waiting['total'])}",
        seal(news.render(found, viewer.officer, now)) if tab == "new" else no_update,
        f" {say_count(found['total'])}" if viewer.officer else "",
        _unseen(found),
        key,
    ]


def _nothing(words: str) -> list[Any]:
    said = [html.P(words, className="desk-empty")]
    return [said, "", said, "", {"total": 0, "kinds": {}, "points": []}, ""]


def _find_queue(services: Services, where: Where) -> dict[str, Any]:
    # A synthetic world holds more fresh incidents than any desk: only its last days are looked at.
    recent = where.now - timedelta(days=QUEUE_DAYS) if services.world() == "demo" else None
    found: dict[str, Any] = services.store.read(
        "queue", where, now=where.now, since=recent, limit=queue.MOST_ROWS
    )
    return found


def _unseen(found: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {row["incident_id"]: row["kind"] for row in found["rows"]}
    points = [[row["lon"], row["lat"]] for row in found["rows"] if row["lon"] is not None]
    return {"total": int(found["total"]), "kinds": kinds, "points": points}


def register(callbacks: Callbacks) -> None:
    """Attach the callbacks of the tabs."""
    callbacks.answer(
        [
            Output(ids.QUEUE, "children"),
            Output(ids.QUEUE_COUNT, "children"),
            Output(ids.NEWS, "children"),
            Output(ids.NEWS_COUNT, "children"),
            Output(ids.DESK_NEWS, "data"),
            Output(ids.DESK_SHOWN, "data"),
        ],
        [
            Input(ids.ADDRESS, "search"),
            Input(ids.DESK_VERSION, "data"),
            Input(ids.STORE_VERSION, "data"),
            Input(ids.ON_WATCH, "data"),
        ],
        [State(ids.DESK_SHOWN, "data")],
        checks=[text(MAX_QUERY + 2_000), whole, whole, text(100), text(100)],
        work=answer,
        shared=True,
    )
    callbacks.script("deskNews", [], [Input(ids.DESK_NEWS, "data")], prevent_initial_call=True)
    callbacks.script("deskTab", [], [Input(ids.ADDRESS, "search")])

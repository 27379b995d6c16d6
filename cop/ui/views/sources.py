"""The sources view: how each region is covered, how each feed stands, and the switch of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update

from cop.coverage import find_coverage
from cop.errors import BadInput, CopError
from cop.feeds import ALL as FEEDS
from cop.model.coverage import NOT_COVERED
from cop.model.viewer import Viewer
from cop.positions import FEED as POSITIONS
from cop.services import Services
from cop.switches import MAX_REASON, switch_source
from cop.ui import ids
from cop.ui.callbacks import Callbacks, mapping, text, whole
from cop.ui.panels import coverage, header, sources

MOST_RUNS = 100
REFRESH_MS = 15_000  # lateness comes with time alone, without any change to be told of


def layout(services: Services, viewer: Viewer) -> html.Div:
    """The view, answered when it is opened; its coverage is kept up while it stays open."""
    return html.Div(
        [
            html.H2("Sources", className="view-title"),
            html.Div(id=ids.SWITCH_RESULT, className="result", role="status", tabIndex=-1),
            html.H2("Coverage"),
            html.Div(coverage.render(find_coverage(services, viewer)), id=ids.COVERAGE),
            dcc.Store(id=ids.COVERAGE_SHOWN, data=_shown(services)),
            dcc.Interval(id=ids.COVERAGE_CLOCK, interval=REFRESH_MS),
            html.H2("Each source"),
            html.P(_say_inbox(services), className="quiet"),
            html.Div(_cards(services, viewer), id=ids.SOURCE_CARDS),
        ],
        className="page",
    )


def _say_inbox(services: Services) -> str:
    """How files come in by themselves; the folder by its name, never where it lies."""
    if services.world() == "demo":
        return "A demo world takes nothing in: its inbox is not watched."
    folder = services.settings.inbox_folder.name
    return (
        f"A file put into {folder}/<source>/ is taken in when it stands still, each content once, "
        f"and moved to done or failed there with a report of what became of its records. Sources: "
        f"{', '.join(feed.id for feed in FEEDS)} and {POSITIONS}."
    )


def _cards(services: Services, viewer: Viewer) -> list[Any]:
    runs = services.store.read("runs", viewer, limit=MOST_RUNS)
    known = services.sources(viewer)
    is_on = {row["feed"]: row["last_state"] != "off" for row in known}
    return [
        dcc.Store(id=ids.SWITCH_SHOWN, data=is_on),
        *sources.render(known, runs, services.store.clock(), _ended(services, viewer)),
    ]


def _ended(services: Services, viewer: Viewer) -> dict[str, datetime | None]:
    """Feeds that deliver but have had nothing new for too long, with their newest event."""
    found = find_coverage(services, viewer).regions
    return {r.feed: r.newest_at for one in found for r in one.reporters if r.state == "ended"}


def _shown(services: Services) -> str:
    """What the coverage on screen is of: it may differ with the store's version and the minute."""
    return f"{services.store.version} {services.store.clock():%Y-%m-%dT%H:%M}"


def keep_up(services: Services, viewer: Viewer, _turns: int, shown: str) -> list[Any]:
    """Coverage again, where a minute has passed or the store has changed."""
    now = _shown(services)
    if now == shown:
        return [no_update, no_update, no_update]
    found = coverage.render(find_coverage(services, viewer))
    return [found, header.no_answer(services.sources(viewer)), now]


def switch(services: Services, viewer: Viewer, *sent: Any, which: str = "") -> list[Any]:
    """Switch the source whose button was pressed; what came of it, and the view as it is then.

    `sent` are the counts of presses and the reasons of every source in the order of
    `ids.SWITCHES`, and which sources the page shows as on: the press means what was on screen.
    """
    feeds = list(ids.SWITCHES)
    presses, reasons, shown = sent[: len(feeds)], sent[len(feeds) : -1], sent[-1]
    if not any(presses):
        return [no_update] * 5
    pressed = which or str(ctx.triggered_id)
    try:
        if pressed not in ids.SWITCHES.values():
            raise BadInput("The page pressed a button that this view does not have.")
        feed = feeds[list(ids.SWITCHES.values()).index(pressed)]
        row = next(row for row in services.sources(viewer) if row["feed"] == feed)
        done = switch_source(
            services.store,
            services.settings.feeds_off_names,
            viewer,
            feed,
            on=not shown.get(feed, True),
            reason=reasons[feeds.index(feed)],
        )
    except CopError as error:
        return [f"Nothing was switched: {error}", *[no_update] * 4]
    found = find_coverage(services, viewer)
    gone = sum(region.state == NOT_COVERED for region in found.regions)
    said = (
        f"{row['title']} is {done.words}. Not covered now: {gone} of {len(found.regions)} regions."
    )
    return [
        said,
        coverage.render(found),
        _cards(services, viewer),
        header.no_answer(services.sources(viewer)),
        _shown(services),
    ]


def register(callbacks: Callbacks) -> None:
    """Attach the view's callbacks."""
    callbacks.answer(
        [
            Output(ids.COVERAGE, "children"),
            Output(ids.FRESHNESS, "children", allow_duplicate=True),
            Output(ids.COVERAGE_SHOWN, "data"),
        ],
        [Input(ids.COVERAGE_CLOCK, "n_intervals")],
        [State(ids.COVERAGE_SHOWN, "data")],
        checks=[whole, text(60)],
        work=keep_up,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [
            Output(ids.SWITCH_RESULT, "children"),
            Output(ids.COVERAGE, "children", allow_duplicate=True),
            Output(ids.SOURCE_CARDS, "children"),
            Output(ids.FRESHNESS, "children", allow_duplicate=True),
            Output(ids.COVERAGE_SHOWN, "data", allow_duplicate=True),
        ],
        [Input(button, "n_clicks") for button in ids.SWITCHES.values()],
        [
            *(State(reason, "value") for reason in ids.SWITCH_REASONS.values()),
            State(ids.SWITCH_SHOWN, "data"),
        ],
        checks=[
            *[whole] * len(ids.SWITCHES),
            *[text(MAX_REASON)] * len(ids.SWITCHES),
            mapping(2_000),
        ],
        work=switch,
        prevent_initial_call=True,
    )
    callbacks.script(
        "sayOfSwitch", [], [Input(ids.SWITCH_RESULT, "children")], prevent_initial_call=True
    )

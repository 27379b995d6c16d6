"""The watch view: one question from the address, one answer for all panels.

The page asks with its address (`url.search`), what the map shows (`viewport`) and the store's
version. One callback answers with everything, so that no panel can show another question's
answer; where only the map moved, everything but the map is left as it is.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dash import Input, Output, State, dcc, html, no_update

from cop.coverage import find_coverage
from cop.errors import BadQuestion, NotFound
from cop.model.coverage import say_gaps
from cop.model.viewer import Viewer
from cop.query.answers import Picture
from cop.query.filters import Filters
from cop.query.url import MAX_QUERY, query_of, to_query
from cop.query.where import Where, compile_where
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping, text, texts, whole
from cop.ui.look import Look, look_of, safe_theme, viewport_sent
from cop.ui.panels import (
    caption,
    desk_form,
    desk_tabs,
    detail,
    export,
    facets,
    header,
    incidents,
    kiosk,
    known,
    legend,
    map,
    place,
    play,
    ports,
    report,
    response,
    saved,
    search,
    tiles,
    timeline,
    triage,
)
from cop.ui.plain import seal

FIELDS = (
    ids.ASK_Q,
    ids.ASK_SINCE,
    ids.ASK_UNTIL,
    ids.ASK_KNOWN_AT,
    ids.ASK_PORT,
    ids.ASK_RADIUS,
)
_FACETS = (*ids.HAZARD_FACETS.values(), *ids.PLAIN_FACETS.values())
_QUERY = text(MAX_QUERY + 2_000)

# Everything the answer fills, in order; `answer` returns a dict by these names.
OUTPUTS: dict[str, Output] = {
    "map": Output(ids.MAP, "figure"),
    "timeline": Output(ids.TIMELINE, "figure"),
    "timeline_caption": Output(ids.TIMELINE_CAPTION, "children"),
    "count": Output(ids.PICTURE_COUNT, "children"),
    "count_state": Output(ids.PICTURE_COUNT, "data-state"),
    "caption": Output(ids.CAPTION, "children"),
    "chips": Output(ids.CHIPS, "children"),
    "tiles": Output(ids.TILES, "children"),
    "notice": Output(ids.NOTICE, "children"),
    "notice_hidden": Output(ids.NOTICE, "hidden"),
    "tray": Output(ids.TRAY, "children"),
    "tray_disabled": Output(ids.TRAY, "disabled"),
    "legend": Output(ids.LEGEND, "children"),
    "marking": Output(ids.MARKING, "children"),
    "world": Output(ids.WORLD, "children"),
    "world_class": Output(ids.WORLD, "className"),
    "freshness": Output(ids.FRESHNESS, "children"),
    "shown": Output(ids.SHOWN, "data"),
    "message_hidden": Output(ids.MESSAGE, "hidden"),
    **{control: Output(control, "children") for control in _FACETS},
}


def layout(services: Services) -> html.Div:
    """The view before its first answer: every panel has its final size."""
    return html.Div(
        [
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dcc.Store(id=ids.STORE_VERSION, data=services.store.version),
            dcc.Store(id=ids.VIEWPORT),
            dcc.Store(id=ids.SHOWN),
            dcc.Store(id=ids.SELECTED),
            dcc.Store(id=ids.PLACE),
            dcc.Store(id=ids.LIST_SCOPE, data=""),
            dcc.Store(id=ids.FIT_ASK),
            dcc.Store(id=ids.FIT_BOX),
            html.Div(
                [
                    _tab("list", "List", True),
                    _tab("map", "Map", False),
                    html.Button(
                        [marks.icon("filter"), "Filters"],
                        type="button",
                        className="tab",
                        **{"data-act": "toggle-filters", "aria-expanded": "false"},
                    ),
                ],
                className="tabs",
            ),
            html.Aside(
                [
                    html.Div(
                        [
                            html.H2("Filters", className="unseen"),
                            html.Button(
                                "Show the picture",
                                type="button",
                                className="button primary sheet-close",
                                **{"data-act": "toggle-filters"},
                            ),
                            *facets.layout(),
                        ],
                        className="filters-scroll",
                    )
                ],
                className="filters",
                id="filters",
                **{"aria-label": "Filters"},
            ),
            html.Div(
                [
                    html.Span(
                        "Still asking. What is on screen is not the answer to this question."
                    ),
                    html.Button(
                        "Ask again", type="button", className="button", **{"data-act": "ask-again"}
                    ),
                    html.Button(
                        "Back to the last answer",
                        type="button",
                        className="button",
                        **{"data-act": "last-answer"},
                    ),
                ],
                id="busy",
                className="busy",
                hidden=True,
                role="status",
            ),
            html.Section(_question(), className="question", **{"aria-label": "The question"}),
            map.layout(services),
            timeline.layout(),
            html.Section(
                [
                    html.H2("Incidents", className="unseen"),
                    desk_tabs.layout(),
                    desk_tabs.pane(
                        "",
                        [
                            html.Div(
                                [
                                    html.Span(id=ids.LIST_CAPTION, className="list-caption"),
                                    html.Button(
                                        "Back to all",
                                        type="button",
                                        className="link only-unlocated",
                                        **{"data-act": "list-all"},
                                    ),
                                ],
                                className="list-head",
                            ),
                            incidents.layout(),
                        ],
                    ),
                    *desk_tabs.panes(),
                    html.Div(
                        id=ids.DETAIL,
                        className="detail",
                        role="region",
                        hidden=True,
                        tabIndex=-1,
                        **{"aria-label": "Incident detail"},
                    ),
                    *desk_form.layout(),
                    *report.layout(),
                ],
                className="list-panel",
                **{"aria-label": "Incident list", "data-pane": "list"},
            ),
            kiosk.layout(),
        ],
        className="watch",
        id="watch",
    )


def _tab(pane: str, label: str, on: bool) -> html.Button:
    return html.Button(
        label,
        type="button",
        className="tab",
        **{"data-pane-choice": pane, "aria-pressed": "true" if on else "false"},
    )


def _question() -> list[Any]:
    return [
        html.Div(
            [
                html.Span(id=ids.CAPTION, className="caption"),
                html.Span(
                    [
                        html.Span(
                            "",
                            id=ids.PICTURE_COUNT,
                            className="count",
                            **{"data-state": "loading"},
                        ),
                        html.Span(" incidents", className="count-word"),
                    ],
                    className="count-line",
                    **{"aria-live": "polite", "aria-atomic": "true"},
                ),
                html.Button(
                    "Clear",
                    type="button",
                    className="button clear-all",
                    title="Drop every filter",
                    **{"data-clear": "all"},
                ),
                report.button(),
                saved.layout(),
                *export.layout(),
            ],
            className="question-line",
        ),
        html.Div(id=ids.CHIPS, className="chips"),
        html.Div(tiles.render(None), id=ids.TILES, className="tiles"),
    ]


def answer(
    services: Services,
    viewer: Viewer,
    search: str,
    viewport: dict[str, Any],
    _version: int,
    shown: dict[str, Any],
) -> dict[str, Any]:
    """What every panel shows for an address, by the names of OUTPUTS, as sealed JSON or values.

    `shown` says what the page shows now; what would not change is left out (`no_update`).
    """
    query = query_of(search) if search else ""
    try:
        look, where = read_address(services, viewer, search)
    except BadQuestion as error:
        return _refuse(services, viewer, query, error)
    seen = viewport_sent(viewport, look)
    version = services.store.version  # before the picture: a commit in between is asked for again
    picture = services.picture(where, seen)
    now_shown = {
        "question": to_query(where.filters),
        "known_at": str(where.as_known_at or ""),
        "version": version,
        "theme": look.theme,
        "layers": list(look.layers),
        "minute": where.now.isoformat(),
    }
    # Many screens show the same picture, and drawing it costs more than finding it: it is drawn
    # once for all of one clearance and minute, both of which `where.key` names.
    asked = (version, where.key)
    figure = services.memo.get(
        ("map", *asked, seen, look),
        lambda: seal(map.render(services, where, picture, seen, look)),
    )
    if shown == now_shown:
        return {"map": figure, "count_state": "ready"}
    panels = services.memo.get(
        ("panels", *asked, query, look.theme, look.layers),
        lambda: {
            name: seal(value)
            for name, value in _panels(services, viewer, query, where, picture, look).items()
        },
    )
    return {"map": figure, "shown": now_shown, **panels}


def read_address(services: Services, viewer: Viewer, search: str) -> tuple[Look, Where]:
    """How one looks and what one asks. Raises BadQuestion for either: no panel answers half."""
    query = query_of(search) if search else ""
    return look_of(query, services.layers), services.ask(query, viewer)


def _panels(
    services: Services, viewer: Viewer, query: str, where: Where, picture: Picture, look: Look
) -> dict[str, Any]:
    ended = where.until is not None and where.until < where.now
    world, world_class = header.world(services.world(), where.as_known_at, ended)
    nothing = [] if picture.count else _empty(services, where)
    unlocated = picture.tiles["unlocated"]
    return {
        "timeline": timeline.render(picture, where, look.theme),
        "timeline_caption": timeline.caption(picture, where),
        "count": str(picture.count),
        "count_state": "ready",
        "caption": marks.foreign(where.words),
        "chips": caption.chips(where.filters),
        "tiles": tiles.render(picture),
        "notice": nothing,
        "notice_hidden": not nothing,
        "tray": caption.tray(unlocated),
        "tray_disabled": not unlocated,
        "legend": legend.render(services.layers, look.layers, look.theme),
        "marking": header.tlp_line(picture.highest_tlp),
        "world": [world, header.back_to_now()] if where.as_known_at else world,
        "world_class": world_class,
        "freshness": header.freshness(picture, services.sources(viewer), services.store.clock()),
        "message_hidden": True,
        **facets.render(picture.facets, facets.chosen_in(query)),
    }


def _empty(services: Services, where: Where) -> list[Any]:
    def count(filters: Filters) -> int:
        return services.count(
            compile_where(filters, where.viewer, now=where.now, as_known_at=where.as_known_at)
        )

    gaps = (
        []
        if where.as_known_at
        else say_gaps(find_coverage(services, where.viewer), where.filters.region)
    )
    return caption.empty(where, count, gaps)


def _refuse(services: Services, viewer: Viewer, query: str, error: BadQuestion) -> dict[str, Any]:
    """No answer, and why: an empty map, no numbers, controls as they are."""
    where = compile_where(Filters(), viewer, now=services.store.clock())
    theme = safe_theme(query)
    look = look_of(f"theme={theme}", services.layers)
    nothing = map.no_picture(where)
    present = [key for key, _ in parse_qsl(query, keep_blank_values=True)]
    return {
        "map": map.render(services, where, nothing, viewport_sent({}, look), look),
        "timeline": map.blank(),
        "timeline_caption": [],
        "count": "",
        "count_state": "refused",
        "caption": "This question cannot be answered",
        "chips": [],
        "tiles": tiles.render(None),
        "notice": caption.refused(error, present),
        "notice_hidden": False,
        "tray": "",
        "tray_disabled": True,
        "legend": legend.render(services.layers, look.layers, theme),
        "marking": header.tlp_line("clear"),
        "world": "NO ANSWER",
        "world_class": "world world-past",
        "freshness": header.no_answer(services.sources(viewer)),
        "shown": {"refused": query},
        "message_hidden": True,
        **facets.render({}, facets.chosen_in(query)),
    }


def rows(
    services: Services,
    viewer: Viewer,
    request: dict[str, Any],
    search: str,
    scope: str,
) -> list[Any]:
    """The block of the list that the grid asks for, and what the list holds in words."""
    if not request:
        return [no_update, no_update]
    try:
        _, where = read_address(services, viewer, search)
    except BadQuestion:
        return [{"rowData": [], "rowCount": 0}, incidents.caption(None, request, False)]
    only_unlocated = scope == "unlocated"
    block = incidents.render(services, where, request, only_unlocated)
    if request.get("startRow"):
        return [block, no_update]
    return [block, incidents.caption(block["rowCount"], request, only_unlocated)]


def open_detail(
    services: Services,
    viewer: Viewer,
    selected: str,
    _version: int,
    search: str,
    request: dict[str, Any],
    shown: dict[str, Any] | None = None,
) -> list[Any]:
    """The drawer of the incident selected in the address, and its place in the list.

    `shown` is the place as the page has it: a drawer that would be the same is left as it is, so
    that a commit elsewhere takes nobody out of what they read.
    """
    if not selected:
        return [[], True, None]
    try:
        where: Where | None = read_address(services, viewer, search)[1]
    except BadQuestion:
        where = None
    known_at = where.as_known_at if where else None
    try:
        found = services.detail(selected, viewer, known_at)
    except NotFound:
        said = "There is no such incident, or none that you are cleared for."
        return [detail.missing(said), False, None]
    place, of = (None, 0) if where is None else _place(services, where, selected, request)
    now_shown = {
        "id": selected,
        "row": place,
        "words": detail.say_place((place, of)),
        "of": f"{found['incident']['version']} {len(found['reports'])} {known_at or ''}",
    }
    same = ("id", "of")
    if shown and all(shown.get(key) == now_shown[key] for key in same):
        return [no_update, no_update, now_shown]
    licences = {source["feed"]: source["licence"] for source in services.sources(viewer)}
    section = _desk_section(services, viewer, found["incident"], known_at is not None)
    drawer = detail.render(found, services.store.clock(), licences, (place, of), section)
    return [drawer, False, now_shown]


def _desk_section(
    services: Services, viewer: Viewer, incident: dict[str, Any], is_past: bool
) -> Any:
    if is_past:
        return triage.layout(triage.past(), "past")
    standing, acts = triage.find(services, viewer, incident)
    now = services.store.clock()
    section = triage.layout(
        triage.render(incident, standing, acts, viewer, now),
        triage.key_of(incident, standing, viewer.officer),
    )
    found = response.find(services, viewer, incident)
    key = response.key_of(incident, *found, {})
    answer = response.render(incident, *found, {}, now)
    return html.Div([section, response.layout(answer, incident, key)])


def _place(
    services: Services, where: Where, incident_id: str, request: dict[str, Any]
) -> tuple[int | None, int]:
    sort, descending = incidents.order_of(request)
    place: int | None = services.store.read(
        "rank", where, incident_id=incident_id, sort=sort, descending=descending
    )
    return place, services.count(where)


def find_ports(_services: Services, _viewer: Viewer, typed: str, chosen: list[str]) -> list[Any]:
    """Options of the port control."""
    return [ports.render(typed, chosen)]


def register(callbacks: Callbacks) -> None:
    """Attach the view's callbacks."""
    export.register(callbacks)
    report.register(callbacks)
    desk_form.register(callbacks)
    desk_tabs.register(callbacks)
    search.register(callbacks)
    place.register(callbacks)
    saved.register(callbacks)
    kiosk.register(callbacks)
    play.register(callbacks)
    known.register(callbacks)

    def answer_in_order(*arguments: Any) -> list[Any]:
        found = answer(*arguments)
        return [found.get(name, no_update) for name in OUTPUTS]

    callbacks.answer(
        list(OUTPUTS.values()),
        [
            Input(ids.ADDRESS, "search"),
            Input(ids.VIEWPORT, "data"),
            Input(ids.STORE_VERSION, "data"),
        ],
        [State(ids.SHOWN, "data")],
        checks=[_QUERY, mapping(2_000), whole, mapping(100_000)],
        work=answer_in_order,
        shared=True,
    )
    callbacks.answer(
        [Output(ids.LIST, "getRowsResponse"), Output(ids.LIST_CAPTION, "children")],
        [Input(ids.LIST, "getRowsRequest")],
        [State(ids.ADDRESS, "search"), State(ids.LIST_SCOPE, "data")],
        checks=[mapping(20_000), _QUERY, text(20)],
        work=rows,
        shared=True,
    )
    callbacks.answer(
        [
            Output(ids.DETAIL, "children"),
            Output(ids.DETAIL, "hidden"),
            Output(ids.PLACE, "data"),
        ],
        [Input(ids.SELECTED, "data"), Input(ids.STORE_VERSION, "data")],
        [
            State(ids.ADDRESS, "search"),
            State(ids.LIST, "getRowsRequest"),
            State(ids.PLACE, "data"),
        ],
        checks=[text(200), whole, _QUERY, mapping(20_000), mapping(2_000)],
        work=open_detail,
        shared=True,
    )
    callbacks.answer(
        [Output(ids.ASK_PORT, "data")],
        [Input(ids.ASK_PORT, "searchValue"), Input(ids.ASK_PORT, "value")],
        checks=[text(100), texts(50)],
        work=find_ports,
        shared=True,
    )
    # Address and fields in step, both ways; the rest of the page's own reactions.
    fields = [(field, "value") for field in FIELDS]
    callbacks.script(
        "sync",
        [Output(ids.ADDRESS, "search"), *(Output(*field) for field in fields)],
        [Input(ids.ADDRESS, "search"), *(Input(*field) for field in fields)],
    )
    callbacks.script("select", [Output(ids.SELECTED, "data")], [Input(ids.ADDRESS, "search")])
    reactions = {
        "refreshList": [Input(ids.SHOWN, "data"), Input(ids.LIST_SCOPE, "data")],
        "follow": [Input(ids.PLACE, "data")],
        "moved": [Input(ids.MAP, "relayoutData")],
        "drawn": [Input(ids.MAP, "selectedData")],
        "clicked": [Input(ids.MAP, "clickData")],
        "brushed": [Input(ids.TIMELINE, "selectedData")],
        "picked": [Input(ids.LIST, "cellClicked")],
    }
    for function, inputs in reactions.items():
        callbacks.script(function, [], inputs, prevent_initial_call=True)

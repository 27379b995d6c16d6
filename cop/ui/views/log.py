"""The log view: the watch that is on, its entries and tasks, and its hand-over to the next.

What is typed stands in parts of the page that no update touches; everything else is answered again
when the desk's memory changes. Buttons send what they mean through one store (`ids.LOG_PRESS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from cop.errors import NotFound
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, mapping, text, texts, whole
from cop.ui.panels import handover, header, log, tasks
from cop.ui.plain import seal
from cop.ui.views import log_presses

REFRESH_MS = 60_000  # what is overdue becomes so by time alone
MOST_WATCHES = 12
MOST_ITEMS = 2_000

# What `show` fills, in order; it answers by these names.
SHOWN: dict[str, Any] = {
    "head": (ids.LOG_HEAD, "children"),
    "entries": (ids.LOG_ENTRIES, "children"),
    "desk": (ids.LOG_DESK, "hidden"),
    "tasks": (ids.LOG_TASKS, "children"),
    "names": (ids.LOG_NAMES, "children"),
    "handover": (ids.HANDOVER, "children"),
    "edit": (ids.HANDOVER_EDIT, "hidden"),
    "remarks": (ids.HANDOVER_REMARKS, "value"),
    "options": (ids.HANDOVER_ITEMS, "children"),
    "kept": (ids.HANDOVER_KEPT, "data"),
    "seen": (ids.HANDOVER_SEEN, "data"),
    "marking": (ids.MARKING, "children"),
}


def layout(services: Services, viewer: Viewer) -> tuple[html.Div, str]:
    """The view, answered when it is opened, and the highest marking in it."""
    read = _read(services, viewer, 0, _key_of(services, viewer, 0))
    found = _answer(services, viewer, read, "", {}, "", [])
    found["entries"] = _entries(read, "", "", "")
    parts = {
        ids.HANDOVER_EDIT: handover.layout(),
        ids.LOG_DESK: html.Div(
            [
                html.Div([log.layout_note(), log.layout_strike()]),
                *tasks.layout(),
            ],
            id=ids.LOG_DESK,
        ),
    }
    view = html.Div(
        [
            dcc.Store(id=ids.LOG_PRESS),
            dcc.Store(id=ids.LOG_TURN, data=0),
            dcc.Store(id=ids.LOG_PUSH, data=""),
            dcc.Store(id=ids.LOG_WATCH, data=0),
            dcc.Store(id=ids.HANDOVER_SEEN),
            dcc.Interval(id=ids.LOG_CLOCK, interval=REFRESH_MS),
            html.Datalist(id=ids.LOG_NAMES),
            html.Div(id=ids.LOG_RESULT, className="result", role="status", tabIndex=-1),
            html.Div(id=ids.LOG_HEAD),
            html.Section(
                [html.H2("Entries"), log.layout_filters(), html.Div(id=ids.LOG_ENTRIES)],
                **{"aria-label": "Entries"},
            ),
            parts[ids.LOG_DESK],
            html.Section(id=ids.HANDOVER, **{"aria-label": "Hand-over"}),
            parts[ids.HANDOVER_EDIT],
        ],
        className="page log-page",
    )
    _fill(view, found)
    return view, found["highest"]


def _fill(view: html.Div, found: Mapping[str, Any]) -> None:
    """Put the first answer into the parts of the view."""
    for name, (part, prop) in SHOWN.items():
        if name != "marking":
            setattr(view[part], prop, found[name])


def show(
    services: Services,
    viewer: Viewer,
    _push: str,
    _turn: int,
    _clock: int,
    chosen: int,
    kind: str,
    by: str,
    of: str,
    mine: str,
    seen: dict[str, Any],
    remarks: str,
    kept: list[str],
) -> dict[str, Any]:
    """The view again; what the officer is editing is left as it is."""
    key = _key_of(services, viewer, chosen)
    found = _read(services, viewer, chosen, key)
    # Hundreds of rows, drawn once for all who look at them; not for what each of them searches.
    entries = (
        _entries(found, kind, by, of)
        if by or of or kind not in log.KINDS
        else services.memo.get(
            ("log-entries", kind, *key), lambda: seal(_entries(found, kind, by, of))
        )
    )
    shown = _answer(services, viewer, found, mine, seen, remarks, kept)
    return shown | {"entries": entries, "marking": header.tlp_line(shown["highest"])}


def _entries(found: Mapping[str, Any], kind: str, by: str, of: str) -> list[Any]:
    watch, entries = found["watch"], found["log"]["entries"]
    return log.render_entries(
        log.choose_entries(entries, kind, by, of),
        len(entries),
        found["log"]["total"],
        open_watch=watch is not None and not watch["closed_at"],
    )


def _answer(
    services: Services,
    viewer: Viewer,
    found: Mapping[str, Any],
    mine: str,
    seen: dict[str, Any],
    remarks: str,
    kept: list[str],
) -> dict[str, Any]:
    watch, now = found["watch"], services.store.clock()
    is_on = watch is not None and not watch["closed_at"]
    text_of, changed_by = _editing(watch, found["handover"], seen, remarks, kept)
    parts = handover.render(watch, found["handover"], viewer.officer, changed_by, services.world())
    return {
        "head": log.render_head(watch, found["watches"], now) + _inherited(services, found),
        "desk": not is_on,
        "tasks": tasks.render(found["tasks"], viewer.officer, only_mine=mine == "mine", now=now),
        "names": [html.Option(value=name) for name in found["officers"]],
        "handover": parts,
        "edit": not (is_on and found["handover"]),
        "highest": MARKINGS.slug(_highest(found)),
        **text_of,
    }


def _key_of(services: Services, viewer: Viewer, chosen: int) -> tuple[Any, ...]:
    """What the view's answer depends on, said before it is read: a commit in between is newer."""
    return services.store.version, services.store.desk_version, viewer.clearance, chosen


def _read(services: Services, viewer: Viewer, chosen: int, key: tuple[Any, ...]) -> dict[str, Any]:
    """All that the view shows, asked once for many screens of one clearance."""
    store = services.store

    def ask() -> dict[str, Any]:
        watches = store.read("watches", viewer, limit=MOST_WATCHES)
        watch = store.read("watch", viewer, watch_no=chosen or None)
        if chosen and watch is None:
            raise NotFound("There is no such watch.")
        number = watch["watch_no"] if watch else 0
        before = (
            store.read("watch", viewer, watch_no=watch["from_watch"])
            if (watch and watch["from_watch"])
            else None
        )
        return {
            "watches": watches,
            "watch": watch,
            "log": store.read("log", viewer, watch_no=number),
            "tasks": store.read("tasks", viewer),
            "officers": store.read("officers", viewer),
            "handover": _handover_of(services, viewer, watch),
            "before": before,
            "inherited": _handover_of(services, viewer, before),
        }

    found: dict[str, Any] = services.memo.get(("log", *key), ask)
    return found


def _handover_of(
    services: Services, viewer: Viewer, watch: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """The hand-over of a watch; None where there is none, or none that the viewer may read."""
    if watch is None or watch["tlp"] > MARKINGS.code(viewer.clearance):
        return None
    found: dict[str, Any] | None = services.store.read(
        "handover", viewer, watch_no=watch["watch_no"]
    )
    return found


def _inherited(services: Services, found: Mapping[str, Any]) -> list[Any]:
    """What the watch started with, on top of it."""
    before, given = found["before"], found["inherited"]
    if before is None or not before["has_handover"]:
        return []
    said = (
        f"Started with the hand-over of watch {before['watch_no']}, signed by {before['signed_by']}"
    )
    if given is None:
        return [html.P(f"{said}; it is marked above what you may read.", className="quiet")]
    return [
        html.Details(
            [html.Summary(said), handover.paper(before, given, services.world())],
            open=True,
            className="inherited",
        )
    ]


def _highest(found: Mapping[str, Any]) -> int:
    shown = [*found["log"]["entries"], *found["tasks"]]
    for watch, given in (("watch", "handover"), ("before", "inherited")):
        if found[given]:
            shown += [found[watch], *(i for name in handover.SECTIONS for i in found[given][name])]
    return max((int(item.get("tlp", 0)) for item in shown), default=0)


def _editing(
    watch: Mapping[str, Any] | None,
    given: Mapping[str, Any] | None,
    seen: Mapping[str, Any],
    remarks: str,
    kept: list[str],
) -> tuple[dict[str, Any], str]:
    """What the fields of the hand-over show, and who changed it while the officer was typing.

    `seen` is what the fields were filled from: fields that were touched since are left alone.
    """
    leave = dict.fromkeys(("remarks", "options", "kept", "seen"), no_update)
    if watch is not None and watch["closed_at"] and seen:
        return leave, ""  # only looked at: what is typed for the watch that is on stays
    if watch is None or watch["closed_at"] or given is None:
        return _filled(None, None), ""
    at = {"watch": watch["watch_no"], "version": watch["version"]}
    if {name: seen.get(name) for name in at} == at:
        return leave, ""
    fresh = _filled(at, given)
    touched = seen.get("watch") == at["watch"] and (
        remarks != seen.get("remarks") or set(kept) != set(seen.get("all", []))
    )
    if seen.get("mine"):
        return fresh | {"remarks": no_update}, ""
    if touched:
        return leave, str(watch["actor"])
    return fresh, ""


def _filled(at: dict[str, Any] | None, given: Mapping[str, Any] | None) -> dict[str, Any]:
    everything = handover.items_of(given)
    remarks = str(given["remarks"]) if given else ""
    seen = {**at, "remarks": remarks, "all": everything} if at else None
    return {
        "remarks": remarks,
        "options": handover.render_items(given),
        "kept": everything,
        "seen": seen,
    }


def register(callbacks: Callbacks) -> None:
    """Attach the view's callbacks."""

    def show_in_order(*arguments: Any) -> list[Any]:
        found = show(*arguments)
        return [found[name] for name in SHOWN]

    short, items = text(400), texts(MOST_ITEMS)
    callbacks.answer(
        [Output(*part, allow_duplicate=part[0] == ids.MARKING) for part in SHOWN.values()],
        [
            # Not the page's own desk version: a change of it would ask for this view on others.
            Input(ids.LOG_PUSH, "data"),
            Input(ids.LOG_TURN, "data"),
            Input(ids.LOG_CLOCK, "n_intervals"),
            Input(ids.LOG_WATCH, "data"),
            Input(ids.LOG_KIND, "data"),
            Input(ids.LOG_BY, "value"),
            Input(ids.LOG_OF, "value"),
            Input(ids.LOG_MINE, "data"),
        ],
        [
            State(ids.HANDOVER_SEEN, "data"),
            State(ids.HANDOVER_REMARKS, "value"),
            State(ids.HANDOVER_KEPT, "data"),
        ],
        checks=[
            *(short, whole, whole, whole, short, short, short, short),
            mapping(200_000),
            text(log_presses.FIELDS[ids.HANDOVER_REMARKS]),
            items,
        ],
        work=show_in_order,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [
            Output(ids.LOG_RESULT, "children"),
            Output(ids.LOG_TURN, "data"),
            Output(ids.HANDOVER_SEEN, "data", allow_duplicate=True),
            Output(ids.LOG_STRIKE, "hidden"),
            *(Output(field, "value") for field in log_presses.EMPTIABLE),
        ],
        [Input(ids.LOG_PRESS, "data")],
        [
            State(ids.LOG_TURN, "data"),
            State(ids.LOG_STRIKE_NO, "data"),
            State(ids.HANDOVER_SEEN, "data"),
            State(ids.HANDOVER_KEPT, "data"),
            *(State(field, "value") for field in log_presses.FIELDS),
        ],
        checks=[
            mapping(2_000),
            whole,
            whole,
            mapping(200_000),
            items,
            *(text(most) for most in log_presses.FIELDS.values()),
        ],
        work=log_presses.press,
        prevent_initial_call=True,
    )
    callbacks.script("logSaid", [], [Input(ids.LOG_RESULT, "children")], prevent_initial_call=True)

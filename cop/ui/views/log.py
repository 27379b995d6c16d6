"""The log view: the watch that is on, its entries and tasks, and its hand-over to the next.

What is typed stands in parts of the page that no update touches; everything else is answered again
when the desk's memory changes. Buttons send what they mean through one store (`ids.LOG_PRESS`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dash import Input, Output, State, dcc, html, no_update

from cop import desk
from cop.coverage import find_coverage
from cop.errors import BadInput, CopError, NotFound
from cop.model.dtg import read_instant
from cop.model.triage import MAX_TEXT
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, mapping, text, texts, whole
from cop.ui.panels import handover, header, log, tasks
from cop.ui.plain import seal

REFRESH_MS = 60_000  # what is overdue becomes so by time alone
MOST_WATCHES = 12
MOST_ITEMS = 2_000
NO_NAME = "Give your name first (Watch officer, above): it signs what you do."
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):?([0-5]\d) ?[zZ]?")
_DAY = timedelta(days=1)

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
# The fields that a press reads, with the longest text of each.
FIELDS = {
    ids.LOG_NOTE: MAX_TEXT + 100,
    ids.LOG_NOTE_AT: 60,
    ids.LOG_NOTE_OF: 300,
    ids.LOG_STRIKE_WHY: MAX_TEXT + 100,
    ids.LOG_TASK: 400,
    ids.LOG_TASK_OWNER: 60,
    ids.LOG_TASK_DUE: 60,
    ids.LOG_TASK_OWED: 200,
    ids.LOG_TASK_OF: 300,
    ids.HANDOVER_REMARKS: handover.MOST_REMARKS + 100,
}
# The fields that are emptied once their press was done.
_EMPTIED = {
    "note": (ids.LOG_NOTE, ids.LOG_NOTE_AT, ids.LOG_NOTE_OF),
    "strike": (ids.LOG_STRIKE_WHY,),
    "task": (
        ids.LOG_TASK,
        ids.LOG_TASK_OWNER,
        ids.LOG_TASK_DUE,
        ids.LOG_TASK_OWED,
        ids.LOG_TASK_OF,
    ),
}
_EMPTIABLE = [name for names in _EMPTIED.values() for name in names]


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


def press(
    services: Services,
    viewer: Viewer,
    pressed: dict[str, Any],
    turn: int,
    strike_no: int,
    seen: dict[str, Any],
    kept: list[str],
    *typed: str,
) -> list[Any]:
    """Do what a button says: words of what came of it, the turn, what the fields show then.

    What could not be done is said, and everything typed stays.
    """
    name = str(pressed.get("act", ""))
    fields = dict(zip(FIELDS, typed, strict=True))
    # One for each of: words, turn, seen, strike's hidden; then the fields that are emptied.
    nothing = [no_update] * len(_EMPTIABLE)
    try:
        said, seen_then = _do(services, viewer, name, pressed, strike_no, seen, kept, fields)
    except CopError as error:
        return [_say_error(error), no_update, no_update, no_update, *nothing]
    emptied = ["" if field in _EMPTIED.get(name, ()) else no_update for field in _EMPTIABLE]
    closed = True if name == "strike" else no_update
    return [said, turn + 1, seen_then, closed, *emptied]


def _say_error(error: CopError) -> str:
    words = str(error)
    field = getattr(error, "field", "")
    labels = {
        "text": "Note",
        "happened_at": "Happened at",
        "incident_id": "Incident",
        "reason": "Why it is struck",
        "title": "What is to be done",
        "owner": "By whom",
        "due_at": "Due",
        "owed_to": "Who outside waits for it",
        "remarks": "Remarks",
    }
    if field:
        words = words.removeprefix(f"{field}: ")
    if field in labels:
        words = f"{labels[field]}: {words}"
    return f"Not done. {words[:1].upper()}{words[1:]}" + ("" if words.endswith(".") else ".")


def _do(
    services: Services,
    viewer: Viewer,
    name: str,
    pressed: Mapping[str, Any],
    strike_no: int,
    seen: Mapping[str, Any],
    kept: list[str],
    fields: Mapping[str, str],
) -> tuple[str, Any]:
    """What came of a press in words, and what the hand-over's fields count as filled from."""
    store, officer = services.store, viewer.officer
    if name == "mine":
        return "Your remarks are kept; saving puts them in place of theirs.", {"mine": True}
    if name == "theirs":
        return "The hand-over is as it stands now.", None
    if not officer:
        raise BadInput(NO_NAME)
    now = store.clock()
    number, version = _whole(pressed, "no"), _whole(pressed, "version")
    match name:
        case "open":
            return f"Watch {desk.open_watch(store, officer)} is on.", no_update
        case "note":
            entry = desk.add_note(
                store,
                viewer,
                officer,
                fields[ids.LOG_NOTE],
                read_moment(fields[ids.LOG_NOTE_AT], now, "happened_at"),
                read_incident(fields[ids.LOG_NOTE_OF]),
            )
            return f"Entry {entry} is written.", no_update
        case "strike":
            desk.strike(store, viewer, officer, strike_no, fields[ids.LOG_STRIKE_WHY])
            return f"Entry {strike_no} is struck; it stays readable.", no_update
        case "task":
            task = desk.add_task(
                store,
                viewer,
                officer,
                fields[ids.LOG_TASK],
                incident_id=read_incident(fields[ids.LOG_TASK_OF]),
                owner=fields[ids.LOG_TASK_OWNER],
                due_at=read_moment(fields[ids.LOG_TASK_DUE], now, "due_at", ahead=True),
                owed_to=fields[ids.LOG_TASK_OWED],
            )
            return f"Task {task} is added.", no_update
        case "task-state" | "task-take":
            wanted = {"owner": officer}
            if name == "task-state":
                wanted = {"state": str(pressed.get("state", ""))}
            desk.change_task(store, viewer, officer, number, expected_version=version, **wanted)
            return f"Task {number}: {next(iter(wanted.values()))}.", no_update
        case "draft":
            return _draft(services, viewer, now, number, version, seen, fields)
        case "save":
            return _save(services, viewer, seen, kept, fields), None
        case "sign":
            _refuse_unsaved(seen, kept, fields)
            desk.sign_handover(store, officer, number, expected_version=version)
            return f"Signed by {officer}. The relief signs next, with their own name.", None
        case "relieve":
            then = desk.relieve(store, officer, number, expected_version=version)
            return f"Watch {then} is on, opened by {officer}.", None
    raise BadInput("The page pressed a button that this view does not have.")


def _whole(pressed: Mapping[str, Any], name: str) -> int:
    value = str(pressed.get(name, "") or "0")
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise BadInput("The page sent something else than a whole number.")
    return int(value)


def _draft(
    services: Services,
    viewer: Viewer,
    now: datetime,
    number: int,
    version: int,
    seen: Mapping[str, Any],
    fields: Mapping[str, str],
) -> tuple[str, Any]:
    """Draft the hand-over and keep it, with the remarks that were typed."""
    degraded = handover.degraded_items(services.sources(viewer), find_coverage(services, viewer))
    made = desk.draft_handover(services.store, viewer, now, degraded=degraded)
    if seen.get("watch"):
        number, version = int(seen["watch"]), int(seen["version"])
        made = replace(made, remarks=fields[ids.HANDOVER_REMARKS].strip())
    desk.edit_handover(
        services.store,
        viewer,
        viewer.officer,
        replace(made, watch_no=number),
        expected_version=version,
    )
    return "The hand-over is drafted. Read it, add remarks, save and sign.", None


def _save(
    services: Services,
    viewer: Viewer,
    seen: Mapping[str, Any],
    kept: list[str],
    fields: Mapping[str, str],
) -> str:
    if not seen.get("watch"):
        raise BadInput("There is no hand-over to save; prepare it first.")
    number, version = int(seen["watch"]), int(seen["version"])
    standing = services.store.read("handover", viewer, watch_no=number)
    edited = handover.keep(standing, kept, fields[ids.HANDOVER_REMARKS])
    desk.edit_handover(
        services.store,
        viewer,
        viewer.officer,
        desk.Handover(**edited),
        expected_version=version,
    )
    return "The hand-over is saved."


def _refuse_unsaved(seen: Mapping[str, Any], kept: list[str], fields: Mapping[str, str]) -> None:
    """Nobody signs a text that still differs from what they typed."""
    typed = fields[ids.HANDOVER_REMARKS].strip() != str(seen.get("remarks", "")).strip()
    if seen.get("watch") and (typed or set(kept) != set(seen.get("all", []))):
        raise BadInput("Your changes are not saved yet: save them, then sign.")


def read_incident(typed: str) -> str:
    """The id in what was typed: an id, or a link to an incident."""
    typed = typed.strip()
    if "sel=" not in typed:
        return typed
    return parse_qs(urlsplit(typed).query).get("sel", [""])[0]


def read_moment(typed: str, now: datetime, field: str, *, ahead: bool = False) -> datetime | None:
    """The time typed, None for none: a date-time group, ISO 8601, or a time of day alone.

    A time of day is the latest that is past, or with `ahead` the next. Raises BadInput naming the
    field for what cannot be read, and with `ahead` for what is past.
    """
    typed = " ".join(typed.split())
    if not typed:
        return None
    day = _TIME_OF_DAY.fullmatch(typed)
    if day:
        moment = now.replace(hour=int(day[1]), minute=int(day[2]), second=0, microsecond=0)
        if ahead:
            return moment if moment > now else moment + _DAY
        return moment if moment <= now else moment - _DAY
    try:
        moment = read_instant(typed, now)[0]
    except BadInput as error:
        raise BadInput(f"{field}: {error} Write 1305Z or 231305Z NOV 26", field) from error
    if ahead and moment <= now:
        raise BadInput(f"{field}: this is past; write the month as well, 241200Z NOV 26", field)
    return moment


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
            text(FIELDS[ids.HANDOVER_REMARKS]),
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
            *(Output(field, "value") for field in _EMPTIABLE),
        ],
        [Input(ids.LOG_PRESS, "data")],
        [
            State(ids.LOG_TURN, "data"),
            State(ids.LOG_STRIKE_NO, "data"),
            State(ids.HANDOVER_SEEN, "data"),
            State(ids.HANDOVER_KEPT, "data"),
            *(State(field, "value") for field in FIELDS),
        ],
        checks=[
            mapping(2_000),
            whole,
            whole,
            mapping(200_000),
            items,
            *(text(most) for most in FIELDS.values()),
        ],
        work=press,
        prevent_initial_call=True,
    )
    callbacks.script("logSaid", [], [Input(ids.LOG_RESULT, "children")], prevent_initial_call=True)

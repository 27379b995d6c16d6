"""What stands of one incident at the desk, what may be done with it, and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from cop.model.dtg import format_dtg
from cop.model.triage import ACTS_OF_DESK, SOURCE, next_states
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES, SEVERITIES, VERIFICATIONS
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.wording import say_many

AT_REST = ("closed", "withdrawn")
Row = Mapping[str, Any]


def find(services: Services, viewer: Viewer, incident: Row) -> tuple[Row, list[Row]]:
    """What stands of an incident (empty where the desk does not follow it); acts, newest first."""
    incident_id, now = str(incident["incident_id"]), services.store.clock()
    standing = services.store.read("triage", viewer, ids=[incident_id], now=now)
    acts: list[Row] = services.store.read("acts", viewer, incident_id=incident_id)
    return standing.get(incident_id, {}), acts


def key_of(incident: Row, standing: Row, officer: str) -> str:
    """What the section is of: it differs where the section would."""
    shown = (standing.get("act_no", 0), standing.get("owner", ""), officer)
    return json.dumps([incident["incident_id"], int(incident["version"]), *shown])


def layout(children: Sequence[Any] = (), key: str = "") -> html.Section:
    """The section of the detail; filled again by itself when the desk changes."""
    return html.Section(
        list(children), id=ids.DESK_PANEL, className="desk", tabIndex=-1, **{"data-of": key}
    )


def past() -> list[Any]:
    """The section where one looks at what was known earlier."""
    said = "The desk is that of now: go back to now to act."
    return [html.H3("On the desk"), html.P(said, className="quiet")]


def render(incident: Row, standing: Row, acts: Sequence[Row], viewer: Viewer, now: datetime) -> Any:
    """The section's content: what stands, what may be done next, and what was done."""
    status = LIFECYCLES.slug(int(incident["status"]))
    return [
        html.H3("On the desk"),
        _stands(status, standing, now),
        html.Div(
            _buttons(status, standing, acts, viewer.officer),
            className="desk-acts",
            role="group",
            # What the officer sees now goes with whatever they do: another state is a conflict.
            **{
                "aria-label": "What to do with this incident",
                "data-desk-incident": incident["incident_id"],
                "data-desk-version": int(incident["version"]),
                "data-desk-act-no": int(standing.get("act_no", 0)),
                "data-desk-next": ",".join(next_states(status)),
            },
        ),
        *_history(acts, viewer.officer),
    ]


def say_owner(standing: Row | None, now: datetime) -> str:
    """Who owns an incident, and how long a claim still holds."""
    if not standing or not standing["owner"]:
        lapsed = (standing or {}).get("lapsed_owner")
        return f"unowned; the claim of {lapsed} has ended" if lapsed else "unowned"
    until = standing["owner_until"]
    return f"{standing['owner']}, {say_left(until, now)} left" if until else str(standing["owner"])


def say_left(until: datetime, now: datetime) -> str:
    """The time that is left, in minutes."""
    return f"{max(0, round((until - now) / timedelta(minutes=1)))} min"


def owner(standing: Row | None, now: datetime) -> Any:
    """Who owns an incident; the page keeps up the minutes of a claim."""
    until = standing["owner_until"] if standing and standing["owner"] else None
    if standing is None or until is None:
        return marks.foreign(say_owner(standing, now))
    left = html.Span(
        f", {say_left(until, now)} left", **{"data-left": f"{until:%Y-%m-%dT%H:%M:%S}Z"}
    )
    return html.Span([marks.foreign(standing["owner"]), left])


def next_action(standing: Row | None, now: datetime) -> Any:
    """What is to be done next and by when; overdue is said in a word."""
    if not standing or not standing["next_action"]:
        return html.Span("no next action", className="quiet")
    due = standing["next_due_at"]
    parts: list[Any] = [marks.foreign(standing["next_action"])]
    if due is not None:
        parts += [html.Span(f" by {format_dtg(due)}", className="note")]
        moment = {"data-due": f"{due:%Y-%m-%dT%H:%M:%S}Z"}
        parts.append(html.Strong(" OVERDUE", className="overdue", hidden=due > now, **moment))
    return html.Span(parts)


def _stands(status: str, standing: Row, now: datetime) -> html.Dl:
    acknowledged: Any = "not acknowledged"
    if standing.get("acknowledged_at"):
        acknowledged = [
            marks.foreign(standing["acknowledged_by"]),
            html.Span(f" at {format_dtg(standing['acknowledged_at'])}", className="note"),
        ]
    facts: list[tuple[str, Any]] = [
        ("State", LIFECYCLES.label(status)),
        ("Owner", owner(standing or None, now)),
        ("Acknowledged", acknowledged),
        ("Next", next_action(standing or None, now)),
    ]
    if standing.get("severity_set"):
        ours, theirs = (SEVERITIES.slug(standing[f"severity_{by}"]) for by in ("set", "said"))
        said = f"{ours} by the desk, {theirs} by the source: {standing['severity_reason']}"
        facts.append(("Severity", marks.foreign(said)))
    return html.Dl([part for name, value in facts for part in (html.Dt(name), html.Dd(value))])


def _buttons(status: str, standing: Row, acts: Sequence[Row], officer: str) -> list[Any]:
    is_mine = bool(standing.get("owner")) and standing["owner"] == officer
    offered = (
        [] if standing.get("acknowledged_at") else [_button("acknowledge", "Acknowledge", "a")]
    )
    if is_mine:
        offered.append(_button("release", "Release"))
    else:
        offered.append(_button("claim", "Claim 60 min", "c"))
    offered += [_button("assign", "Assign …"), _button("comment", "Comment …")]
    offered += [_button("set_next", "Next action …"), _button("set_status", "Status …")]
    offered += [_button("verify", "Verification …"), _button("set_severity", "Severity …")]
    offered.append(
        _button(*(("reopen", "Reopen …") if status in AT_REST else ("close", "Close …")))
    )
    latest = next((act for act in acts if act["actor"] == officer and _may_undo(act)), None)
    if latest:
        label = ACTS_OF_DESK[latest["act"]].label.lower()
        offered.append(_button("undo", f"Undo {label}", number=latest["act_no"]))
    return offered


def _button(name: str, label: str, key: str = "", number: int | None = None) -> html.Button:
    more = {} if number is None else {"data-desk-number": number}
    kind = "button primary" if name == "acknowledge" else "button"
    title = f"{label} ({key})" if key else None
    return html.Button(
        label, type="button", className=kind, title=title, **{"data-desk": name}, **more
    )


def _may_undo(act: Row) -> bool:
    return act["act"] not in (SOURCE, "undo") and not act["why_not_undone"]


def _history(acts: Sequence[Row], officer: str) -> list[Any]:
    if not acts:
        return [html.P("Nobody has acted on this yet.", className="quiet desk-none")]
    rows = [_act(act, officer) for act in acts]
    return [
        html.Details(
            [html.Summary(say_many(len(acts), "act")), html.Ol(rows, className="history")],
            className="report",
        )
    ]


def _act(act: Row, officer: str) -> html.Li:
    label = ACTS_OF_DESK[act["act"]].label if act["act"] in ACTS_OF_DESK else "A report came"
    changed = _say_changes(act["after"])
    parts: list[Any] = [
        html.Strong(label),
        html.Span([" by ", marks.foreign(act["actor"]), f", {format_dtg(act['done_at'])}"]),
    ]
    if changed:
        parts.append(html.Div(marks.foreign(changed), className="quiet"))
    if act["text"]:
        parts.append(html.Div(marks.foreign(act["text"])))
    if act["is_undone"]:
        parts.append(html.Div("undone", className="quiet"))
    elif act["actor"] == officer and _may_undo(act):
        parts.append(_button("undo", "Undo", number=act["act_no"]))
    return html.Li(parts, className="undone" if act["is_undone"] else None)


def _say_changes(after: Row) -> str:
    """The columns of an act that people read, as they became."""
    words = {
        "severity_set": ("severity", SEVERITIES),
        "verification_set": ("verification", VERIFICATIONS),
        "status_set": ("status", LIFECYCLES),
    }
    said = []
    for column, value in after.items():
        if column in words and value:
            name, vocabulary = words[column]
            said.append(f"{name} {vocabulary.label(vocabulary.slug(int(value))).lower()}")
        elif column in ("owner", "next_action"):
            said.append(f"{column.replace('_', ' ')}: {value or 'none'}")
        elif column == "next_due_at" and isinstance(value, datetime):
            said.append(f"by {format_dtg(value)}")
    return ", ".join(said)

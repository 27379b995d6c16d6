"""The question in words, its chips, and what to do when it has no answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time
from itertools import combinations
from typing import Any

from dash import html

from cop.errors import BadQuestion
from cop.model.ports import ports
from cop.model.vocabulary import DOMAINS, hazards
from cop.query.filters import DEFAULT_RADIUS_NM, FIELD_NAMES, Filters, vocabulary_of
from cop.query.where import Where
from cop.ui import marks
from cop.ui.panels.facets import TITLES
from cop.ui.wording import say_count, say_many

# Buttons offered where two conditions must go: more would be a list to read, not a way out.
MOST_OFFERS = 4
KEYS = {
    **TITLES,
    "hazard": "Hazard",
    "port": "Port",
    "radius_nm": "Radius",
    "since": "From",
    "until": "Before",
    "q": "Search",
    "bbox": "Box",
    "within": "Drawn area",
    "id": "Incident",
}
_MOST_NAMES = 3


def chips(filters: Filters) -> list[Any]:
    """One chip a condition, each with a button that drops it."""
    return [
        _chip(key, say_condition(filters, key))
        for key in FIELD_NAMES
        if key != "radius_nm" and getattr(filters, key)
    ]


def say_condition(filters: Filters, key: str) -> str:
    """What one key asks, short: `Severity: High, Critical`."""
    return f"{KEYS[key]}: {_say_value(filters, key)}"


def _say_value(filters: Filters, key: str) -> str:
    value = getattr(filters, key)
    if key in ("since", "until"):
        if value.at is None:
            return f"{value.written.removeprefix('-')} ago"
        whole_day = value.at.time() == time.min
        return f"{value.at:%Y-%m-%d}" if whole_day else f"{value.at:%Y-%m-%d %H:%M}Z"
    if key == "bbox":
        return f"{value.west:.4g}, {value.south:.4g} to {value.east:.4g}, {value.north:.4g}"
    if key == "within":
        return f"{len(value)} corners"
    if key == "q":
        return f"“{value}”"
    names = [_name(key, slug) for slug in value]
    said = ", ".join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        said += f" and {len(names) - _MOST_NAMES} more"
    if key == "port":
        said += f" within {filters.radius_nm:g} nm"
    return said


def _name(key: str, slug: str) -> str:
    if key == "hazard":
        return DOMAINS.label(slug) if slug in DOMAINS else hazards().label(slug)
    if key == "port":
        return ports()[slug].name
    vocabulary = vocabulary_of(key)
    return vocabulary.label(slug) if vocabulary else slug


def _chip(key: str, words: str) -> html.Span:
    changes = {key: "", "radius_nm": ""} if key == "port" else {key: ""}
    return html.Span(
        [
            marks.foreign(words, "chip-words"),
            html.Button(
                marks.icon("close"),
                type="button",
                **{"aria-label": f"Drop {words}", "data-go": json.dumps(changes)},
            ),
        ],
        className="chip",
    )


def without(filters: Filters, key: str) -> Filters:
    """The same question without one condition."""
    blank = Filters()
    changes: dict[str, Any] = {key: getattr(blank, key)}
    if key == "port":
        changes["radius_nm"] = DEFAULT_RADIUS_NM
    return replace(filters, **changes)


def empty(where: Where, count: Callable[[Filters], int], gaps: Sequence[str] = ()) -> list[Any]:
    """Why nothing is shown and what each dropped condition would bring; `count` answers those.

    `gaps` are sentences on what nobody watches, because of which an empty picture proves nothing.
    """
    keys = [k for k in FIELD_NAMES if k != "radius_nm" and getattr(where.filters, k)]
    if not keys and where.as_known_at is not None:
        return [
            html.H2("Nothing was known yet"),
            html.P("The first record was taken in after this moment."),
            marks.say_button("Back to now", json.dumps({"as_known_at": ""})),
        ]
    if not keys:
        return [
            html.H2("No incidents are known"),
            html.P("Nothing has been taken in yet, or nothing that you are cleared for."),
            *_say_gaps(gaps),
            html.A("See the state of the sources", href="/sources", className="button"),
        ]
    useful = _useful(where.filters, [(key,) for key in keys], count)
    parts: list[Any] = [
        html.H2("No incident meets every condition"),
        html.P([marks.foreign(where.words), "."]),
        *_say_gaps(gaps),
    ]
    if not useful:
        useful = _useful(where.filters, list(combinations(keys, 2)), count)[:MOST_OFFERS]
        said = "dropping two of them brings some" if useful else "drop them all"
        parts.append(html.P(f"No single condition is the cause: {said}."))
    parts.append(
        html.Div(
            [*(_offer(where.filters, dropped, n) for n, dropped in useful), _clear_all()],
            className="offers",
        )
    )
    return parts


def _say_gaps(gaps: Sequence[str]) -> list[Any]:
    if not gaps:
        return []
    return [
        html.P(
            [
                html.Strong("This is not the same as calm. "),
                " ".join(gaps),
                " ",
                html.A("Sources and coverage", href="/sources"),
            ],
            className="gaps",
        )
    ]


def _useful(
    filters: Filters, choices: Sequence[tuple[str, ...]], count: Callable[[Filters], int]
) -> list[tuple[int, tuple[str, ...]]]:
    """The choices of conditions to drop that bring anything, the most first."""
    found = []
    for dropped in choices:
        wider = filters
        for key in dropped:
            wider = without(wider, key)
        found.append((count(wider), dropped))
    return [offer for offer in sorted(found, reverse=True) if offer[0]]


def _offer(filters: Filters, dropped: tuple[str, ...], count: int) -> html.Button:
    changes = dict.fromkeys(dropped, "")
    if "port" in dropped:
        changes["radius_nm"] = ""
    said = " and ".join(say_condition(filters, key) for key in dropped)
    return html.Button(
        [
            "Drop ",
            marks.foreign(said),
            html.Span(say_many(count, "incident"), className="offer-count"),
        ],
        type="button",
        className="button",
        **{"data-go": json.dumps(changes)},
    )


def _clear_all() -> html.Button:
    return html.Button(
        "Clear all filters", type="button", className="button", **{"data-clear": "all"}
    )


def refused(error: BadQuestion, present: Sequence[str]) -> list[Any]:
    """What is wrong with the address, and a button that takes just that away.

    `present` are the keys that stand in the address.
    """
    key = error.key
    button = (
        html.Button(
            "Clear this filter",
            type="button",
            className="button primary",
            **{"data-go": json.dumps({key: ""})},
        )
        if key in present
        else None
    )
    return [
        html.H2("This question cannot be answered"),
        html.P(marks.foreign(str(error))),
        html.P("No incidents are shown, so that nothing looks like an answer."),
        html.Div(
            [
                *([button] if button else []),
                _clear_all(),
            ],
            className="offers",
        ),
    ]


def tray(unlocated: int) -> list[Any]:
    """The counted tray of incidents that no map can show."""
    if not unlocated:
        return ["All have a position"]
    return [html.Strong(say_count(unlocated)), " without a position: list them"]

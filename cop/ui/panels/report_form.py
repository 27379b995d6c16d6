"""The report form's fields, each with its label, its tools and a place for what is wrong with it.

What they hold and what is said at them is `assets/66-report.js`'s; nothing here answers a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from cop.feeds.desk import FEED
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    MARKINGS,
    SEVERITIES,
    VERIFICATIONS,
    Vocabulary,
    hazards,
    hazards_of,
)
from cop.ui import ids
from cop.ui.wording import CREDIBILITY, RELIABILITY

CAME_BY = (
    "Telephone", "VHF or radio", "E-mail", "Ship security alert", "Patrol or own observation",
    "Agent or owner", "Another watch", "Open source",
)  # fmt: skip
Options = Sequence[tuple[str, str]]


def layout() -> list[html.Div]:
    """The fields, which scroll, and below them what is said and done with the whole form."""
    return [
        html.Div(_body(), className="report-body"),
        html.Div(_foot(), className="report-foot"),
    ]


def _press(name: str) -> dict[str, str]:
    return {"data-report": name}


def _body() -> list[Any]:
    return [
        html.Div(
            [
                html.Span("", className="report-note-words"),
                html.Button("", type="button", className="button", **_press("yes")),
                html.Button("Leave it", type="button", className="button", **_press("no")),
            ],
            className="report-note",
            role="status",
            hidden=True,
        ),
        _field("line", "In one line", rows=3, wide=True, note=_EXAMPLE),
        html.H3("What happened"),
        _field("occurred", "Time (UTC)"),
        _chosen("hazard", "Type", _hazards()),
        _field("position", "Position", wide=True, tools=_position_tools()),
        _field("place", "Place", wide=True),
        _chosen("severity", "Severity", _numbered(SEVERITIES)),
        _chosen("act", "Act", _terms(ACTS)),
        _chosen("verification", "Verification", _terms(VERIFICATIONS), "Not judged"),
        _field("weapons", "Means (commas between)"),
        _field("persons", "Persons involved", number=True),
        _field("pob", "Persons on board", number=True),
        _field("summary", "Narrative", rows=4, wide=True),
        html.H3("Vessel"),
        _field("vessel_name", "Name"),
        _field("vessel_type", "Vessel type"),
        _field("vessel_imo", "IMO number", number=True),
        _field("vessel_flag", "Flag"),
        _field("vessel_mmsi", "MMSI", number=True),
        _field("vessel_call_sign", "Call sign"),
        _field("vessel_status", "Was (under way, at anchor …)", wide=True),
        html.H3("Source and marking"),
        _chosen("came_by", "Came by", [(word, word) for word in CAME_BY]),
        _field("source_name", "From whom"),
        _chosen("reliability", "Source reliability", _graded(RELIABILITY), "F cannot be judged"),
        _chosen("credibility", "Credibility", _graded(CREDIBILITY), "6 cannot be judged"),
        _chosen(
            "tlp",
            "Marking",
            [(term.slug, term.label) for term in reversed(MARKINGS.terms)],
            f"{MARKINGS.label(FEED.marking)}, this desk's floor",
            wide=True,
        ),
        html.Div(id=ids.REPORT_KNOWN, className="report-known"),
    ]


_EXAMPLE = "231105Z NOV 26 1°15.3'N 103°48.2'E armed robbery MV EXAMPLE four men knives"


def _position_tools() -> list[Any]:
    return [
        html.Span("or press the map", className="report-press"),
        html.Button("From the map", type="button", className="link report-pick", **_press("pick")),
        html.Button("Show", type="button", className="link report-show", disabled=True),
        html.Button(
            "None",
            type="button",
            title="No position is known",
            className="link",
            **_press("nowhere"),
        ),
    ]


def _foot() -> list[Any]:
    return [
        html.P("", className="report-alert", role="alert"),
        html.Div(
            [
                html.Button(
                    "Save",
                    type="submit",
                    title="Save (Ctrl+Enter)",
                    className="button primary report-go",
                ),
                html.Button(
                    "Discard draft", type="button", className="button", **_press("discard")
                ),
                html.Span("", className="quiet report-state", role="status"),
                html.Span(
                    html.Button(
                        "",
                        type="button",
                        className="link report-sign",
                        hidden=True,
                        **_press("known"),
                    ),
                    role="status",
                ),
            ],
            className="desk-acts",
        ),
    ]


def _field(
    name: str,
    label: str,
    *,
    rows: int = 1,
    wide: bool = False,
    number: bool = False,
    note: str = "",
    tools: Sequence[Any] = (),
) -> html.Div:
    typed = html.Textarea(
        id=f"{ids.REPORT}-{name}",
        name=name,
        rows=rows,
        className="field" if rows == 1 else "field tall",
        dir="auto",
        inputMode="numeric" if number else "text",
        placeholder=note,
        autoComplete="off",
        spellCheck="true" if rows > 1 else "false",
        **{"aria-describedby": f"{ids.REPORT}-{name}-why"},
    )
    return _around(name, label, typed, wide, tools)


def _chosen(
    name: str, label: str, options: Options | list[Any], none: str = "", *, wide: bool = False
) -> html.Div:
    made = [one if not isinstance(one, tuple) else _option(*one) for one in options]
    select = html.Select(
        [html.Option(none or "Not chosen", value=""), *made],
        id=f"{ids.REPORT}-{name}",
        name=name,
        className="field",
        **{"aria-describedby": f"{ids.REPORT}-{name}-why"},
    )
    return _around(name, label, select, wide)


def _around(name: str, label: str, control: Any, wide: bool, tools: Sequence[Any] = ()) -> html.Div:
    back = html.Button(
        "by hand · undo",
        type="button",
        className="link report-back",
        hidden=True,
        title="Take again what the line says",
        **{"data-report-back": name, "aria-label": f"{label}: by hand · undo"},
    )
    return html.Div(
        [
            html.Div(
                [html.Label(label, htmlFor=f"{ids.REPORT}-{name}"), *tools, back],
                className="report-label",
            ),
            control,
            html.P("", id=f"{ids.REPORT}-{name}-why", className="report-why"),
        ],
        className="report-field wide" if wide else "report-field",
        **{"data-report-field": name},
    )


def _option(value: str, label: str) -> html.Option:
    return html.Option(label, value=value)


def _terms(vocabulary: Vocabulary) -> Options:
    return [(term.slug, term.label) for term in vocabulary]


def _numbered(vocabulary: Vocabulary) -> Options:
    return [(term.slug, f"{term.slug} {term.label}") for term in vocabulary]


def _graded(words: dict[str, str]) -> Options:
    return [(grade, f"{grade} {said}") for grade, said in words.items()]


def _hazards() -> list[html.Optgroup]:
    return [
        html.Optgroup(
            [_option(slug, hazards().label(slug)) for slug in hazards_of(domain.slug)],
            label=domain.label,
        )
        for domain in DOMAINS
        if domain.slug != "unclassified"
    ]

"""The filter bar: one line a choice, with the count it would give and a thin bar."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from cop.model.vocabulary import DOMAINS, Term, hazards, hazards_of
from cop.query.filters import DEFAULT_RADIUS_NM, Filters, vocabulary_of
from cop.ui import ids, marks
from cop.ui.wording import say_count

TITLES = {
    "severity": "Severity",
    "region": "Region",
    "area": "Vessel area",
    "act": "Act",
    "verification": "Verification",
    "source": "Source",
    "status": "Status",
    "tlp": "Marking (TLP)",
    "navarea": "NAVAREA",
}
OPEN_AT_START = ("severity", "region")
WINDOWS = (
    ("24 h", "-24h"),
    ("7 d", "-7d"),
    ("30 d", "-30d"),
    ("1 y", "-365d"),
    ("5 y", "-1826d"),
    ("All", ""),
)
Counts = Mapping[str, Mapping[str, int]]


def layout() -> list[Component]:
    """The filter bar before its first answer; options have their final size."""
    blank = render({}, Filters())
    return [
        _search(),
        _time(),
        html.Section(
            [
                html.H2("Hazard", className="facet-title"),
                *(_hazard_group(domain, blank[ids.HAZARD_FACETS[domain]]) for domain in DOMAINS.slugs),
            ],
            className="facet",
        ),
        *(_facet(key, blank[ids.PLAIN_FACETS[key]]) for key in ids.PLAIN_FACETS),
        _port(),
    ]


def render(counts: Counts, filters: Filters) -> dict[str, list[dict[str, object]]]:
    """The options of each facet, by the id of its control.

    `counts` is `Picture.facets`; empty counts (a refused question) leave the numbers out.
    """
    by_hazard, by_domain = counts.get("hazard"), counts.get("domain")
    most = max((by_domain or {}).values(), default=0)
    options: dict[str, list[dict[str, object]]] = {}
    for domain in DOMAINS:
        types = [hazards()[slug] for slug in hazards_of(domain.slug) if slug != domain.slug]
        options[ids.HAZARD_FACETS[domain.slug]] = [
            _option(domain, by_domain, most, symbol=marks.symbol(domain.slug, 0)),
            *_options(types, by_hazard, filters.hazard, most),
        ]
    for key, control in ids.PLAIN_FACETS.items():
        vocabulary = vocabulary_of(key)
        assert vocabulary is not None
        terms = reversed(vocabulary.terms) if key == "severity" else vocabulary.terms
        found = counts.get(key)
        options[control] = _options(
            terms, found, getattr(filters, key), max((found or {}).values(), default=0), key
        )
    return options


def _options(
    terms: Iterable[Term],
    counts: Mapping[str, int] | None,
    chosen: tuple[str, ...],
    most: int,
    key: str = "",
) -> list[dict[str, object]]:
    """One option a term; long lists show what there is first, so that it is found at a glance."""
    listed = list(terms)
    if counts is not None and key in ("region", "area", "navarea"):
        listed.sort(key=lambda term: (term.slug not in chosen, -counts.get(term.slug, 0)))
    return [
        _option(
            term,
            counts,
            most,
            symbol=marks.symbol("square", term.code) if key == "severity" else None,
            number=key == "severity",
        )
        for term in listed
    ]


def _option(
    term: Term,
    counts: Mapping[str, int] | None,
    most: int,
    *,
    symbol: Component | None = None,
    number: bool = False,
) -> dict[str, object]:
    count = None if counts is None else counts.get(term.slug, 0)
    share = 0.0 if not count or not most else max(count / most, 0.01)
    words = f"{term.slug} {term.label}" if number else term.label
    return {
        "value": term.slug,
        "label": html.Span(
            [
                *([symbol] if symbol is not None else []),
                html.Span(words, className="option-name"),
                html.Span("" if count is None else say_count(count), className="option-count"),
            ],
            className="option is-zero" if count == 0 else "option",
            style={"--share": f"{share:.3f}"},
        ),
    }


def _checklist(control: str, label: str, options: list[dict[str, object]]) -> html.Div:
    return html.Div(
        dcc.Checklist(id=control, options=options, value=[], className="options"),
        role="group",
        **{"aria-label": label},
    )


def _hazard_group(domain: str, options: list[dict[str, object]]) -> html.Div:
    label = DOMAINS.label(domain)
    expander: list[Component] = []
    if len(options) > 1:
        expander = [
            html.Button(
                marks.icon("chevron"),
                type="button",
                className="expander",
                **{
                    "aria-expanded": "false",
                    "aria-label": f"Types of {label.lower()}",
                    "data-expand": "hazard-group",
                },
            )
        ]
    control = ids.HAZARD_FACETS[domain]
    return html.Div(
        [*expander, _checklist(control, f"{label} hazards", options)], className="hazard-group"
    )


def _facet(key: str, options: list[dict[str, object]]) -> html.Details:
    return html.Details(
        [
            html.Summary(html.H2(TITLES[key], className="facet-title")),
            _checklist(ids.PLAIN_FACETS[key], TITLES[key], options),
        ],
        className="facet",
        open=key in OPEN_AT_START,
    )


def _search() -> html.Div:
    return html.Div(
        [
            html.Label("Search", htmlFor=ids.ASK_Q, className="facet-title"),
            dcc.Input(
                id=ids.ASK_Q,
                type="search",
                debounce=True,
                value="",
                maxLength=200,
                placeholder="Words, vessel, IMO, reference",
                className="field",
                autoComplete="off",
            ),
        ],
        className="facet search-field",
    )


def _time() -> html.Section:
    return html.Section(
        [
            html.H2("Time of occurrence, UTC", className="facet-title"),
            html.Div(
                [
                    marks.say_button(
                        label,
                        json.dumps({"since": since, "until": ""}),
                        "preset",
                        **{"data-since": since},
                    )
                    for label, since in WINDOWS
                ],
                className="presets",
                role="group",
                **{"aria-label": "Time window"},
            ),
            html.Div(
                [_bound(ids.ASK_SINCE, "From", "2024-01-31"), _bound(ids.ASK_UNTIL, "Before", "now")],
                className="bounds",
            ),
        ],
        className="facet",
    )


def _bound(control: str, label: str, placeholder: str) -> html.Div:
    return html.Div(
        [
            html.Label(label, htmlFor=control),
            dcc.Input(
                id=control,
                type="text",
                debounce=True,
                value="",
                maxLength=40,
                placeholder=placeholder,
                className="field",
                autoComplete="off",
            ),
        ]
    )


def _port() -> html.Section:
    return html.Section(
        [
            html.H2("Near a port", className="facet-title"),
            dmc.MultiSelect(
                id=ids.ASK_PORT,
                data=[],
                value=[],
                searchable=True,
                clearable=True,
                maxValues=20,
                limit=30,
                size="xs",
                placeholder="Name or UN/LOCODE",
                nothingFoundMessage="No port of that name or LOCODE",
                clearButtonProps={"aria-label": "Clear the ports"},
                **{"aria-label": "Ports"},
            ),
            html.Div(
                [
                    html.Label("Within", htmlFor=ids.ASK_RADIUS),
                    dcc.Input(
                        id=ids.ASK_RADIUS,
                        type="text",
                        inputMode="decimal",
                        debounce=True,
                        value="",
                        maxLength=10,
                        placeholder=f"{DEFAULT_RADIUS_NM:g}",
                        className="field radius",
                        autoComplete="off",
                    ),
                    html.Span("nm"),
                ],
                className="radius-line",
            ),
        ],
        className="facet",
    )

"""The filter bar: one line a choice, with the count it would give and a thin bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import parse_qsl

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from cop.model.vocabulary import DOMAINS, Term, hazards, hazards_of
from cop.query.filters import DEFAULT_RADIUS_NM, vocabulary_of
from cop.ui import ids, marks
from cop.ui.plain import Plain, change, flatten
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
Counts = Mapping[str, Mapping[str, int]]
Chosen = Mapping[str, Sequence[str]]


def layout() -> list[Component]:
    """The filter bar before its first answer; options have their final size."""
    blank = render({}, {})
    return [
        _search(),
        html.Section(
            [
                html.H2("Hazard", className="facet-title"),
                *(
                    _hazard_group(domain, blank[ids.HAZARD_FACETS[domain]])
                    for domain in DOMAINS.slugs
                ),
            ],
            className="facet",
        ),
        *(_facet(key, blank[ids.PLAIN_FACETS[key]]) for key in ids.PLAIN_FACETS),
        _port(),
    ]


def chosen_in(query: str) -> Chosen:
    """The values that stand in an address, key by key, right or wrong."""
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=True)
    return {key: tuple(part.strip() for part in text.split(",")) for key, text in pairs}


def render(counts: Counts, chosen: Chosen) -> dict[str, list[Plain]]:
    """The options of each facet as plain components, by the id of their list.

    `counts` is `Picture.facets`; without it (a refused question) the numbers are left out.
    """
    by_hazard, by_domain = counts.get("hazard"), counts.get("domain")
    most = max((by_domain or {}).values(), default=0)
    wanted = chosen.get("hazard", ())
    options: dict[str, list[Plain]] = {}
    for domain in DOMAINS:
        options[ids.HAZARD_FACETS[domain.slug]] = [
            _option("hazard", domain, by_domain, most, wanted, domain.slug),
            *(
                _option("hazard", term, by_hazard, most, wanted, domain.slug)
                for term in _types_of(domain.slug)
            ),
        ]
    for key, control in ids.PLAIN_FACETS.items():
        options[control] = _options(key, counts.get(key), chosen.get(key, ()))
    return options


@cache
def _types_of(domain: str) -> tuple[Term, ...]:
    return tuple(hazards()[slug] for slug in hazards_of(domain) if slug != domain)


def _options(key: str, counts: Mapping[str, int] | None, chosen: Sequence[str]) -> list[Plain]:
    """One option a term; long lists show what there is first, so that it is found at a glance."""
    vocabulary = vocabulary_of(key)
    assert vocabulary is not None
    terms = list(reversed(vocabulary.terms) if key == "severity" else vocabulary.terms)
    if counts is not None and key in ("region", "area", "navarea"):
        terms.sort(key=lambda term: (term.slug not in chosen, -counts.get(term.slug, 0)))
    most = max((counts or {}).values(), default=0)
    return [_option(key, term, counts, most, chosen) for term in terms]


def _option(
    key: str,
    term: Term,
    counts: Mapping[str, int] | None,
    most: int,
    chosen: Sequence[str],
    domain: str = "",
) -> Plain:
    count = None if counts is None else counts.get(term.slug, 0)
    share = max(count / most, 0.01) if count and most else 0.0
    blank, parts, number = _blank_option(key, term.slug, domain)
    kind = "option is-zero" if count == 0 else "option"
    return change(
        blank,
        children=[*parts, change(number, children="" if count is None else say_count(count))],
        className=f"{kind} option-type" if domain and domain != term.slug else kind,
        style={"--share": f"{share:.3f}"},
        **_CHECKED[_is_on(term.slug, chosen, domain)],
    )


_CHECKED = {
    on: {"aria-checked": marks.choice("", "", [], on=on).to_plotly_json()["props"]["aria-checked"]}
    for on in (True, False, None)
}


@cache
def _blank_option(key: str, slug: str, domain: str) -> tuple[Plain, list[Plain], Plain]:
    """What of an option is always the same: the control, its symbol and name, and its number."""
    term = DOMAINS[slug] if slug == domain else _term(key, slug)
    words = f"{slug} {term.label}" if key == "severity" else term.label
    parts: list[Component] = [html.Span(words, className="option-name")]
    if key == "severity":
        parts.insert(0, marks.symbol("square", term.code))
    elif slug == domain:
        parts.insert(0, marks.symbol(domain, 0))
    more = {"data-domain": domain} if domain else {}
    control = marks.choice(key, slug, [], on=False, **more)
    return flatten(control), flatten(parts), flatten(html.Span("", className="option-count"))


def _term(key: str, slug: str) -> Term:
    vocabulary = hazards() if key == "hazard" else vocabulary_of(key)
    assert vocabulary is not None
    return vocabulary[slug]


def _is_on(slug: str, chosen: Sequence[str], domain: str) -> bool | None:
    """Whether a choice stands in the address; None for a domain of which only some types do."""
    if slug in chosen:
        return True
    return None if slug == domain and any(t in chosen for t in hazards_of(domain)) else False


def _group(control: str, label: str, options: list[Plain]) -> html.Div:
    return html.Div(options, id=control, className="options", role="group", **{"aria-label": label})


def _hazard_group(domain: str, options: list[Plain]) -> html.Div:
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
                    "aria-label": f"Types of {label.lower()} hazards",
                    "data-expand": "hazard-group",
                },
            )
        ]
    return html.Div(
        [_group(ids.HAZARD_FACETS[domain], f"{label} hazards", options), *expander],
        className="hazard-group",
    )


def _facet(key: str, options: list[Plain]) -> html.Details:
    return html.Details(
        [
            html.Summary(html.Span(TITLES[key], className="facet-title")),
            _group(ids.PLAIN_FACETS[key], TITLES[key], options),
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

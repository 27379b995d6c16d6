"""One incident, with everything known of it and how it is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from dash import html

from cop.model.dtg import format_dtg
from cop.model.geo import format_ddm
from cop.model.ports import ports
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    POSITION_PRECISIONS,
    SEVERITIES,
    SOURCES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    ZONES,
    areas,
    hazards,
    regions,
)
from cop.ui import marks
from cop.ui.wording import (
    say_admiralty,
    say_age,
    say_count,
    say_flag,
    say_many,
    say_precision,
    say_when,
)

MOST_RAW = 20_000
Fact = tuple[str, Any]


def render(
    detail: dict[str, Any],
    now: datetime,
    licences: dict[str, str],
    place: tuple[int | None, int] = (None, 0),
    desk: Any = None,
) -> list[Any]:
    """The drawer of one incident.

    `detail` is the answer of `Services.detail`, `licences` maps feed id to licence, `place` is the
    incident's row in the list (None where it is not in the question's answer) and the list's
    length, `desk` the section of what the desk does with it.
    """
    incident = detail["incident"]
    return [
        _toolbar(place),
        html.Div(
            [
                _head(incident),
                _actions(incident),
                *([] if desk is None else [desk]),
                *_flags(incident),
                *_summary(incident),
                _facts("When", _when(incident, now)),
                _facts("Where", _where(incident)),
                *_maybe("Vessel", _vessel(incident)),
                _facts("How we judge it", _judgement(incident)),
                _facts("Source", _source(incident, licences)),
                _reports(detail["reports"]),
                _history(detail["versions"]),
            ],
            className="detail-body",
        ),
    ]


def missing(message: str) -> list[Any]:
    """A drawer that says why it shows nothing."""
    return [
        html.Div([_close()], className="detail-bar"),
        html.Div([html.H2("Not shown"), html.P(message)], className="detail-body"),
    ]


def _close() -> html.Button:
    return html.Button(
        marks.icon("close"),
        type="button",
        className="icon-button",
        title="Close (Esc)",
        **{"aria-label": "Close the detail", "data-go": json.dumps({"sel": ""})},
    )


def say_place(place: tuple[int | None, int]) -> str:
    """An incident's place in the list and how many there are; its row is None where it has none."""
    row, of = place
    if row is None:
        return "not in this list"
    return f"{say_count(row + 1)} of {say_count(of)} in the list"


def _toolbar(place: tuple[int | None, int]) -> html.Div:
    row, said = place[0], say_place(place)
    steps = [
        html.Button(
            marks.icon(name),
            type="button",
            className="icon-button",
            title=title,
            disabled=row is None,
            **{"aria-label": title.split(" (")[0], "data-step": by},
        )
        for name, title, by in (
            ("up", "Previous incident (k)", "-1"),
            ("down", "Next incident (j)", "1"),
        )
    ]
    return html.Div(
        [*steps, html.Span(said, className="detail-place"), _close()], className="detail-bar"
    )


def _actions(incident: dict[str, Any]) -> html.Div:
    located = incident["lon"] is not None
    return html.Div(
        [
            html.Button(
                [marks.icon("target"), "Show on map"],
                type="button",
                className="button",
                disabled=not located,
                **({"data-fly": f"{incident['lon']:.5f},{incident['lat']:.5f}"} if located else {}),
            ),
            html.Button(
                [marks.icon("link"), "Copy link"],
                type="button",
                className="button",
                **{"data-copy": "link", "aria-live": "polite"},
            ),
            html.Button(
                "Duplicate as template",
                type="button",
                className="button",
                title="Begin a report from this one; time and position are left open",
                **{"data-report-template": incident["incident_id"]},
            ),
        ],
        className="actions",
    )


def _head(incident: dict[str, Any]) -> html.Div:
    hazard = hazards().slug(incident["hazard"])
    domain = DOMAINS.slug(incident["domain"])
    act = ACTS.slug(incident["act"])
    verification = VERIFICATIONS.slug(incident["verification"])
    return html.Div(
        [
            html.H2(
                [
                    marks.symbol(domain, int(incident["severity"]), act, verification),
                    marks.foreign(incident["title"]),
                ]
            ),
            html.Div(
                [
                    marks.severity_badge(int(incident["severity"])),
                    html.Span(hazards().label(hazard), className="tag"),
                    html.Span(ACTS.label(act), className=f"tag act-{act}"),
                    html.Span(VERIFICATIONS.label(verification), className="tag"),
                    html.Abbr(
                        f"{incident['reliability']}{incident['credibility']}",
                        title=say_admiralty(incident["reliability"], incident["credibility"]),
                        className="tag",
                    ),
                    marks.tlp_label(MARKINGS.slug(incident["tlp"])),
                ],
                className="tags",
            ),
        ],
        className="detail-head",
    )


def _flags(incident: dict[str, Any]) -> list[Any]:
    flags = [flag for flag in str(incident["flags"]).split(",") if flag]
    if not flags:
        return []
    return [
        html.Ul(
            [html.Li([marks.icon("caution"), say_flag(flag)]) for flag in flags],
            className="flags",
            **{"aria-label": "What to be careful with"},
        )
    ]


def _summary(incident: dict[str, Any]) -> list[Any]:
    summary = str(incident["summary"]).strip()
    return [html.P(marks.foreign(summary), className="summary")] if summary else []


def _facts(title: str, facts: Sequence[Fact]) -> html.Section:
    rows: list[Any] = []
    for name, value in facts:
        rows += [html.Dt(name), html.Dd(value)]
    return html.Section([html.H3(title), html.Dl(rows)], className="facts")


def _maybe(title: str, facts: Sequence[Fact]) -> list[Any]:
    return [_facts(title, facts)] if facts else []


def _when(incident: dict[str, Any], now: datetime) -> list[Fact]:
    occurred_at, last_at = (_moment(incident[name]) for name in ("occurred_at", "last_at"))
    recorded_at = _moment(incident["recorded_at"])
    precision = TIME_PRECISIONS.slug(incident["time_precision"])
    note = say_precision(precision)
    age = html.Span(say_age(now - occurred_at), className="age")
    said: list[Any] = [say_when(occurred_at, precision, last_at), age]
    if note:
        said.append(html.Span(note, className="note"))
    return [
        ("Occurred", said),
        (
            "Recorded here",
            [format_dtg(recorded_at), html.Span(say_age(now - recorded_at), className="age")],
        ),
    ]


def _where(incident: dict[str, Any]) -> list[Fact]:
    facts: list[Fact] = []
    precision = POSITION_PRECISIONS.label(POSITION_PRECISIONS.slug(incident["position_precision"]))
    if incident["lon"] is None:
        facts.append(("Position", "None was given; not on the map"))
    else:
        note = precision.lower()
        if incident["uncertainty_nm"]:
            note += f", within {incident['uncertainty_nm']:g} nm"
        facts.append(
            (
                "Position",
                [
                    # The page writes it in the style that was chosen.
                    html.Span(
                        format_ddm(incident["lon"], incident["lat"]),
                        className="position",
                        **{"data-lonlat": f"{incident['lon']:.6f},{incident['lat']:.6f}"},
                    ),
                    html.Button(
                        "Copy",
                        type="button",
                        className="link copy-position",
                        **{"data-place": "copy-position", "aria-label": "Copy the position"},
                    ),
                    html.Span(note, className="note"),
                ],
            )
        )
    if incident["position_written"]:
        facts.append(("As written", marks.foreign(incident["position_written"])))
    if incident["place"]:
        facts.append(("Place", marks.foreign(incident["place"])))
    if incident["region"]:
        facts.append(("Region", regions().label(regions().slug(incident["region"]))))
    mask = int(incident["areas"])
    inside = [term.label for term in areas() if mask >> term.code & 1]
    if inside:
        facts.append(("Vessel areas", ", ".join(inside)))
    if incident["navarea"]:
        facts.append(("NAVAREA", NAVAREAS.slug(incident["navarea"])))
    facts += _nearest(incident)
    return facts


def _nearest(incident: dict[str, Any]) -> list[Fact]:
    facts: list[Fact] = []
    port = ports().get(incident["port"])
    if port and incident["port_distance_nm"] is not None:
        facts.append(
            (
                "Nearest port",
                f"{port.name} ({port.locode}), {incident['port_distance_nm']:.1f} nm",
            )
        )
    if incident["coast_distance_nm"] is not None:
        side = "inland of" if "on-land" in incident["flags"].split(",") else "from"
        facts.append(("Coast", f"{incident['coast_distance_nm']:.1f} nm {side} the coastline"))
    if incident["zone"]:
        facts.append(("12 nm line", ZONES.label(ZONES.slug(incident["zone"]))))
    return facts


def _vessel(incident: dict[str, Any]) -> list[Fact]:
    names = (
        ("Name", "vessel_name"),
        ("Type", "vessel_type"),
        ("Flag", "vessel_flag"),
        ("IMO", "vessel_imo"),
        ("MMSI", "vessel_mmsi"),
        ("Call sign", "vessel_call_sign"),
        ("Was", "vessel_status"),
    )
    return [(label, marks.foreign(incident[name])) for label, name in names if incident[name]]


def _judgement(incident: dict[str, Any]) -> list[Fact]:
    hazard = hazards().slug(incident["hazard"])
    domain = DOMAINS.label(DOMAINS.slug(incident["domain"]))
    severity = int(incident["severity"])
    act = ACTS.slug(incident["act"])
    return [
        (
            "Hazard",
            [f"{hazards().label(hazard)} ({domain.lower()})", _rule(incident["hazard_rule"])],
        ),
        ("Act", [ACTS.label(act), _rule(incident["act_rule"])]),
        (
            "Severity",
            [f"{severity} {SEVERITIES.label(str(severity))}", _rule(incident["severity_rule"])],
        ),
        ("Verification", VERIFICATIONS.label(VERIFICATIONS.slug(incident["verification"]))),
        (
            "Admiralty",
            [
                f"{incident['reliability']}{incident['credibility']}",
                html.Span(
                    say_admiralty(incident["reliability"], incident["credibility"]),
                    className="note",
                ),
            ],
        ),
        ("Status", LIFECYCLES.label(LIFECYCLES.slug(incident["status"]))),
    ]


def _rule(rule: str) -> html.Span:
    return html.Span(f"rule: {rule}" if rule else "no rule fired", className="rule")


def _source(incident: dict[str, Any], licences: dict[str, str]) -> list[Fact]:
    feed = SOURCES.slug(incident["source"])
    facts: list[Fact] = [
        ("Feed", SOURCES.label(feed)),
        ("Reference", marks.foreign(incident["reference"])),
    ]
    if incident["source_name"]:
        facts.append(("Publisher", marks.foreign(incident["source_name"])))
    for label, name in (
        ("Type as issued", "source_type"),
        ("Severity as issued", "source_severity"),
        ("NAVAREA as issued", "source_navarea"),
        ("Subregion as issued", "source_subregion"),
    ):
        if incident[name]:
            facts.append((label, marks.foreign(incident[name])))
    if licences.get(feed):
        facts.append(("Licence", licences[feed]))
    link = safe_link(incident["source_url"])
    if link:
        facts.append(
            (
                "Page",
                html.A(
                    marks.foreign(link),
                    href=link,
                    target="_blank",
                    rel="noopener noreferrer",
                    title="Opens the publisher's page, outside this picture",
                ),
            )
        )
    elif incident["source_url"]:
        facts.append(("Page", marks.foreign(incident["source_url"])))
    return facts


def safe_link(address: str) -> str:
    """The address if it is plain https with a host name; empty for anything else."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme == "https" and parts.hostname else ""


def _reports(reports: Sequence[dict[str, Any]]) -> html.Section:
    return html.Section(
        [
            html.H3(say_many(len(reports), "report")),
            *(_report(report) for report in reports),
        ],
        className="facts",
    )


def _report(report: dict[str, Any]) -> html.Details:
    received = format_dtg(_moment(report["received_at"]))
    feed = SOURCES.label(SOURCES.slug(int(report["source"])))
    return html.Details(
        [
            html.Summary(
                [
                    marks.foreign(f"{feed} {report['reference']}"),
                    html.Span(f"received {received}", className="note"),
                    marks.tlp_label(MARKINGS.slug(int(report["tlp"]))),
                ]
            ),
            html.Pre(
                marks.foreign(raw_text(report["raw"])),
                tabIndex=0,
                role="region",
                **{"aria-label": f"Raw report {report['reference']}"},
            ),
            html.P(
                [
                    f"Joined: {report['reason'] or 'the report it was made from'}. ",
                    html.Span(f"SHA-256 {str(report['raw_sha256'])[:16]}…", className="note"),
                ],
                className="quiet",
            ),
        ],
        className="report",
    )


def raw_text(raw: Any) -> str:
    """Raw bytes as text for reading: JSON indented, undecodable bytes marked, cut at 20,000."""
    data = bytes(raw) if not isinstance(raw, str) else raw.encode()
    text = data.decode("utf-8", errors="replace")
    with suppress(ValueError, RecursionError):  # what is not JSON is shown as it came
        text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    text = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
    return text if len(text) <= MOST_RAW else text[:MOST_RAW] + "\n… cut here for reading"


def _history(versions: Sequence[dict[str, Any]]) -> html.Section:
    return html.Section(
        [
            html.H3(say_many(len(versions), "version")),
            html.Ol([_version(version) for version in versions], className="history"),
        ],
        className="facts",
    )


def _version(version: dict[str, Any]) -> html.Li:
    recorded_at = format_dtg(_moment(version["recorded_at"]))
    superseded = version["superseded_at"]
    until = "stands" if pd.isna(superseded) else f"until {format_dtg(_moment(superseded))}"
    occurred = say_when(
        _moment(version["occurred_at"]), TIME_PRECISIONS.slug(int(version["time_precision"]))
    )
    severity = SEVERITIES.label(str(int(version["severity"]))).lower()
    hazard = hazards().label(hazards().slug(int(version["hazard"]))).lower()
    return html.Li(
        [
            html.Strong(f"Version {int(version['version'])}"),
            html.Span(f"recorded {recorded_at}, {until}", className="note"),
            html.Div(
                [
                    f"{version['action']} by ",
                    marks.foreign(str(version["actor"])),
                    f": {hazard}, {severity}, occurred {occurred}",
                ]
            ),
        ]
    )


def _moment(value: Any) -> datetime:
    moment: datetime = pd.Timestamp(value).to_pydatetime()
    return moment

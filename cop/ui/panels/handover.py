"""The hand-over of a watch: what is left out or added, who signs, and the paper that is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from cop.model.coverage import NOT_COVERED, Coverage
from cop.model.dtg import format_dtg
from cop.model.vocabulary import MARKINGS, regions
from cop.ui import ids, marks
from cop.ui.panels import header
from cop.ui.panels.log import press
from cop.ui.wording import say_many

MOST_REMARKS = 10_000
SECTIONS = {
    "open_incidents": "Open",
    "changed": "Changed during the watch",
    "expected": "Expected",
    "degraded": "Degraded and not covered",
    "owed": "Owed",
}
_NONE = {
    "open_incidents": "No incident is open.",
    "changed": "Nothing was recorded during the watch.",
    "expected": "Nothing has a time by which it is due.",
    "degraded": "Every source delivers, and every region is covered.",
    "owed": "Nobody outside waits for anything.",
}
# Where a list was cut when it was drafted, its section says how many there are in all.
_COUNTED = {"open_incidents": "n_open", "changed": "n_changed"}


def layout() -> html.Div:
    """What the officer edits; it stays on the page, so that nothing typed is lost to an update."""
    return html.Div(
        [
            html.Label("Remarks of the officer", htmlFor=ids.HANDOVER_REMARKS),
            dcc.Textarea(
                id=ids.HANDOVER_REMARKS,
                value="",
                maxLength=MOST_REMARKS,
                rows=4,
                className="field log-text",
            ),
            html.Details(
                [
                    html.Summary("Choose what is handed over …"),
                    dcc.Store(id=ids.HANDOVER_KEPT, data=[]),
                    html.Div(
                        id=ids.HANDOVER_ITEMS,
                        role="group",
                        **{"aria-label": "Items handed over"},
                    ),
                ]
            ),
            html.Div(
                [
                    press("Save", "primary", act="save"),
                    press("Draft it again", act="draft"),
                    html.Span(
                        "Drafting again keeps the remarks. A change takes a signature off.",
                        className="quiet",
                    ),
                ],
                className="actions",
            ),
        ],
        id=ids.HANDOVER_EDIT,
        className="card",
        hidden=True,
        role="group",
        **{"aria-label": "Edit the hand-over"},
    )


def degraded_items(
    sources: Sequence[Mapping[str, Any]], coverage: Coverage
) -> list[dict[str, str]]:
    """Sources that do not deliver and regions that nobody covers, as `feed` and `text`."""
    items = [
        {
            "feed": str(source["feed"]),
            "text": f"{source['title']}: {header.say_state(dict(source))}"
            + (f" ({source['last_reason']})" if source["last_reason"] else ""),
        }
        for source in sources
        if header.is_degraded(dict(source))
    ]
    gone = [regions().label(one.region) for one in coverage.regions if one.state == NOT_COVERED]
    if len(gone) == len(coverage.regions):
        items.append({"feed": "", "text": "No region is covered by any live source"})
    elif gone:
        items.append({"feed": "", "text": f"Not covered: {', '.join(gone)}"})
    return items


def items_of(handover: Mapping[str, Any] | None) -> list[str]:
    """Every item by its name `section:place`."""
    if not handover:
        return []
    return [f"{name}:{place}" for name in SECTIONS for place in range(len(handover[name]))]


def render_items(handover: Mapping[str, Any] | None) -> list[html.Button]:
    """Every item as a checkbox; which are on stands in `ids.HANDOVER_KEPT`, kept by the script."""
    if not handover:
        return []
    return [
        html.Button(
            [html.Span(f"{title}: "), marks.foreign(str(item.get("text", "")))],
            type="button",
            role="checkbox",
            className="option",
            **{"aria-checked": "true", "data-log-keep": f"{name}:{place}"},
        )
        for name, title in SECTIONS.items()
        for place, item in enumerate(handover[name])
    ]


def keep(handover: Mapping[str, Any], kept: Sequence[str], remarks: str) -> dict[str, Any]:
    """The hand-over with the chosen items and the remarks."""
    chosen = set(kept)
    return {
        **handover,
        **{
            name: [item for place, item in enumerate(handover[name]) if f"{name}:{place}" in chosen]
            for name in SECTIONS
        },
        "remarks": remarks.strip(),
    }


def render(
    watch: Mapping[str, Any] | None,
    handover: Mapping[str, Any] | None,
    officer: str,
    changed_by: str,
    world: str,
) -> list[Any]:
    """The state of the hand-over, what can be done with it, and its paper.

    `changed_by` names who changed it while the officer at this screen was typing.
    """
    if watch is None:
        return []
    number, version = watch["watch_no"], watch["version"]
    at = {"no": number, "version": version}
    title = html.H2("Hand-over")
    if not watch["has_handover"]:
        if watch["closed_at"]:
            return [title, html.P("This watch had none.", className="quiet")]
        return [
            title,
            html.P(
                "Drafted from what is open, changed, expected, degraded and owed; then edited, "
                "signed, and signed by the relief.",
                className="quiet",
            ),
            press("Prepare hand-over", "primary", act="draft", **at),
        ]
    if handover is None:
        return [title, html.P("It is marked above what you may read.", className="quiet")]
    return [
        title,
        *_conflict(changed_by),
        html.Div(
            [
                html.P(_say_state(watch, officer)),
                *_signatures(watch, officer, at),
                press("Print", act="print"),
            ],
            className="actions",
        ),
        paper(watch, handover, world),
    ]


def _conflict(changed_by: str) -> list[Any]:
    if not changed_by:
        return []
    return [
        html.Div(
            [
                html.Span(
                    f"{changed_by} changed the hand-over while you were editing. What you typed is "
                    "kept below; what stands now is on the paper.",
                    className="warn",
                ),
                press("Keep mine and go on", act="mine"),
                press("Take theirs", act="theirs"),
            ],
            className="actions",
            role="alert",
        )
    ]


def _say_state(watch: Mapping[str, Any], officer: str) -> str:
    if watch["closed_at"]:
        return f"Signed by {watch['signed_by']}; {watch['relieved_by']} took over."
    if not watch["signed_by"]:
        return "Not signed yet."
    said = f"Signed by {watch['signed_by']} at {format_dtg(watch['signed_at'])}. "
    if officer == watch["signed_by"]:
        return said + "The relief signs with their own name."
    return said + "The relief reads it and signs."


def _signatures(watch: Mapping[str, Any], officer: str, at: Mapping[str, Any]) -> list[html.Button]:
    if watch["closed_at"] or officer == watch["signed_by"] != "":
        return []
    name = f" as {officer}" if officer else ""
    if watch["signed_by"]:
        return [press(f"Take over the watch{name}", "primary", act="relieve", **at)]
    return [press(f"Sign{name}", "primary", act="sign", **at)]


def paper(watch: Mapping[str, Any], handover: Mapping[str, Any], world: str) -> html.Div:
    """The hand-over as it is read and printed; its marking stands above and below each page."""
    tlp = max([int(watch["tlp"]), *(int(i.get("tlp", 0)) for n in SECTIONS for i in handover[n])])
    marking = marks.tlp_label(MARKINGS.slug(tlp))
    said, _ = header.world(world, None)
    edge = [marking, html.Span(said), html.Span(f"Hand-over of watch {watch['watch_no']}")]
    body: list[Any] = [
        html.H3(f"Hand-over of watch {watch['watch_no']}", className="paper-title"),
        html.Dl(_facts(watch, handover)),
    ]
    if handover.get("remarks"):
        body += [
            html.H4("Remarks"),
            html.P(marks.foreign(handover["remarks"]), className="paper-remarks"),
        ]
    for name, title in SECTIONS.items():
        body.append(html.Section(_section(name, title, handover), className="paper-section"))
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr(html.Td(html.Div(edge, className="paper-edge")))),
                html.Tbody(html.Tr(html.Td(body))),
                html.Tfoot(html.Tr(html.Td(html.Div(edge, className="paper-edge")))),
            ],
            role="presentation",
        ),
        className="paper",
    )


def _facts(watch: Mapping[str, Any], handover: Mapping[str, Any]) -> list[Any]:
    def at(name: str) -> str:
        moment: datetime | None = watch[name]
        return f", {format_dtg(moment)}" if moment else ""

    rows = [
        ("Opened", f"{watch['opened_by']}{at('opened_at')}"),
        ("Drafted", _dtg_of(handover["drafted_at"])),
        ("Handed over", f"{watch['signed_by']}{at('signed_at')}" if watch["signed_by"] else "–"),
        ("Relieved", f"{watch['relieved_by']}{at('relieved_at')}" if watch["relieved_by"] else "–"),
    ]
    return [part for term, words in rows for part in (html.Dt(term), html.Dd(words))]


def _section(name: str, title: str, handover: Mapping[str, Any]) -> list[Any]:
    items = handover[name]
    total = max(int(handover.get(_COUNTED.get(name, ""), 0)), len(items))
    count = f" ({len(items)} of {total})" if len(items) < total else f" ({total})" if total else ""
    if not items:
        said = _NONE[name] if not total else f"{say_many(total, 'item')} left out."
        return [html.H4(title + count), html.P(said, className="quiet")]
    return [html.H4(title + count), html.Ul([html.Li(_item(item)) for item in items])]


def _item(item: Mapping[str, Any]) -> list[Any]:
    words: list[Any] = []
    if item.get("due_at"):
        words.append(html.Strong(f"{_dtg_of(item['due_at'])} "))
    words.append(marks.foreign(str(item.get("text", ""))))
    told = [
        f"severity {item['severity']}" if item.get("severity") else "",
        str(item.get("status", "")),
        "changed" if item.get("kind") == "changed" else str(item.get("kind", "")),
        f"with {item['owner']}" if item.get("owner") else "",
        f"owed to {item['owed_to']}" if item.get("owed_to") else "",
        f"next: {item['next_action']}" if item.get("next_action") else "",
        f"by {_dtg_of(item['next_due_at'])}" if item.get("next_due_at") else "",
    ]
    rest = " · ".join(part for part in told if part)
    return [*words, html.Span(f" · {rest}", className="quiet")] if rest else words


def _dtg_of(written: str) -> str:
    """A time of the hand-over's JSON for people; as it stands where it is none."""
    try:
        return format_dtg(datetime.fromisoformat(written.removesuffix("Z")))
    except ValueError:
        return written

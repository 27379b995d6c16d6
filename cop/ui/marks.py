"""Small marks that mean something: a symbol's shape and severity, a label, an icon.

Shapes and icons are drawn by `assets/30-components.css`; each comes with words for those who do
not see it. Foreign text goes through `foreign`, which keeps its direction to itself.
"""

from __future__ import annotations

from typing import Any

from dash import html

from cop.model.vocabulary import MARKINGS, SEVERITIES


def icon(name: str) -> html.Span:
    """An outline icon, 18 px; always beside a label or inside a labelled control."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def symbol(domain: str, severity: int, act: str = "", verification: str = "") -> html.Span:
    """Domain as shape, severity as fill, verification as outline; words stand beside it."""
    names = ["mark", f"mark-{domain}", f"sev-{severity}" if severity else "sev-none"]
    if act == "unfounded":
        names.append("mark-hollow")
    if verification == "unverified":
        names.append("mark-dashed")
    if verification in ("debunked", "contradicted"):
        names.append("mark-crossed")
    return html.Span(className=" ".join(names), **{"aria-hidden": "true"})


def severity_badge(level: int) -> html.Span:
    """`4 High` on its colour."""
    term = SEVERITIES[str(level)]
    return html.Span(
        [html.Span(term.slug, className="sev-number"), term.label],
        className=f"severity sev-{level}",
    )


def tlp_label(slug: str) -> html.Span:
    """A TLP label in its own colour on black, in capitals, never translated."""
    return html.Span(MARKINGS.label(slug), className=f"tlp tlp-{slug}", lang="en")


def foreign(text: str, class_name: str = "") -> html.Span:
    """Text that somebody else wrote: as text, its direction isolated."""
    return html.Span(text, className=f"foreign {class_name}".strip(), dir="auto")


def say_button(label: str, changes: str, class_name: str = "", **more: Any) -> html.Button:
    """A button that changes the address: `changes` is JSON of key to value, "" to drop a key."""
    return html.Button(
        label,
        type="button",
        className=f"button {class_name}".strip(),
        **{"data-go": changes},
        **more,
    )


def choice(key: str, value: str, parts: list[Any], *, on: bool | None, **more: Any) -> html.Button:
    """A checkbox that puts `value` into `key` of the address, or takes it out; `on` None: in part.

    The script `assets/10-address.js` does so; the address then says which ones are on.
    """
    return html.Button(
        parts,
        type="button",
        role="checkbox",
        **{
            "aria-checked": {True: "true", False: "false", None: "mixed"}[on],
            "data-pick": key,
            "data-value": value,
        },
        **more,
    )

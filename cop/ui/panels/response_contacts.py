"""Whom the desk can call about an incident: contacts for its region and hazard, and for any."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from cop.ui import marks

Row = Mapping[str, Any]
_SHOWN = 8
_NOT_DIALLED = re.compile(r"[\s().\-/]")
_NUMBER = re.compile(r"\+?\d{3,20}", re.ASCII)
# What a mail program is given must be one address and nothing else (RFC 6068).
_ADDRESS = re.compile(r"[\w.+%\-]+@[\w\-]+(\.[\w\-]+)+", re.ASCII)


def render(contacts: Sequence[Row], of_what: str) -> list[Any]:
    """The contacts by name, the first few at once; which region and hazard they are for."""
    if not contacts:
        said = f"No contact is kept for {of_what}: add one, and it is here for the next."
        return [html.H4("Contacts"), html.P(said, className="quiet")]
    first, more = contacts[:_SHOWN], contacts[_SHOWN:]
    parts: list[Any] = [
        html.H4(["Contacts", html.Span(of_what, className="response-count")]),
        html.Ul([_contact(contact) for contact in first], className="response-rows"),
    ]
    if more:
        rows = html.Ul([_contact(contact) for contact in more], className="response-rows")
        parts.append(html.Details([html.Summary(f"{len(more)} more"), rows], className="report"))
    return parts


def phone_link(written: str) -> str:
    """`tel:` with the digits of a number; empty where it is none that can be dialled (RFC 3966)."""
    dialled = _NOT_DIALLED.sub("", written.replace("(0)", ""))
    return f"tel:{dialled}" if _NUMBER.fullmatch(dialled) else ""


def mail_link(written: str) -> str:
    """`mailto:` with one address, escaped; empty for anything else (RFC 6068)."""
    address = written.strip()
    return f"mailto:{quote(address, safe='@')}" if _ADDRESS.fullmatch(address) else ""


def _contact(contact: Row) -> html.Li:
    who = [part for part in (contact["role"], contact["organisation"]) if part]
    ways: list[Any] = []
    for field, link in (("phone", phone_link), ("email", mail_link)):
        written = contact[field]
        if written:
            address = link(written)
            shown = marks.foreign(written)
            ways += [html.A(shown, href=address) if address else shown, " · "]
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(marks.foreign(contact["name"])),
                    *([" ", marks.foreign(", ".join(who), "quiet")] if who else []),
                ],
                className="response-title",
            ),
            html.Div([*ways, _changer(contact)], className="response-line"),
            *(
                [html.Div(marks.foreign(contact["note"]), className="response-line")]
                if contact["note"]
                else []
            ),
        ],
        className="response-row",
    )


def _changer(contact: Row) -> html.Button:
    names = ("name", "role", "organisation", "phone", "email", "region", "note")
    values = {name: contact[name] for name in names}
    values |= {"hazard": contact["hazards"], "kept": ""}
    return html.Button(
        "Change …",
        type="button",
        className="link",
        **{
            "aria-label": f"Change {contact['name']}",
            "data-response": "change_contact",
            "data-values": json.dumps(values, ensure_ascii=False),
            "data-title": contact["name"],
            "data-number": int(contact["contact_no"]),
            "data-version": int(contact["version"]),
        },
    )

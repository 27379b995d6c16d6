"""What officers keep for themselves and each other: contacts, saved views, saved areas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cop.desk.signing import clearance_of, marking_of, name_of, signed
from cop.errors import BadInput, BadQuestion, Conflict, NotFound, Refused
from cop.model.dtg import format_dtg
from cop.model.triage import read_text
from cop.model.viewer import Viewer
from cop.model.vocabulary import hazards as hazard_words
from cop.model.vocabulary import regions
from cop.query.url import from_query, query_of
from cop.store import Store

MOST_BODY = 8_000
MOST_CORNERS = 500
_LINES = {"name": 120, "role": 120, "organisation": 120, "phone": 60, "email": 120, "note": 1_000}


def add_contact(
    store: Store,
    viewer: Viewer,
    officer: str,
    name: str,
    *,
    role: str = "",
    organisation: str = "",
    phone: str = "",
    email: str = "",
    region: str = "",
    hazards: Sequence[str] = (),
    note: str = "",
    tlp: str | None = None,
) -> int:
    """Add a contact, for a region and hazards (slugs) or for any; its number.

    Raises BadInput naming the field.
    """
    officer = name_of(officer)
    given: dict[str, Any] = {"name": name, "role": role, "organisation": organisation}
    given |= {"phone": phone, "email": email, "region": region, "hazards": hazards, "note": note}
    row = _checked(given) | {"tlp": marking_of(viewer, tlp), "retired_at": None}
    with signed(store, officer, "contact.add", row["name"]) as writer:
        return writer.desk.put_numbered("contacts", row, officer)


def change_contact(
    store: Store,
    viewer: Viewer,
    officer: str,
    contact_no: int,
    *,
    expected_version: int,
    retired: bool = False,
    **changed: Any,
) -> int:
    """Change a contact's fields, or retire it; its new version.

    Raises NotFound, BadInput naming the field, Conflict where somebody changed it since.
    """
    officer = name_of(officer)
    with signed(store, officer, "contact.change", f"contact {contact_no}") as writer:
        contact = writer.desk.numbered("contacts", contact_no)
        if contact["tlp"] > clearance_of(viewer) or contact["retired_at"] is not None:
            raise NotFound(f"there is no number {contact_no} among the contacts")
        if contact["version"] != expected_version:
            raise Conflict(
                f"{contact['actor']} changed this contact at "
                f"{format_dtg(contact['changed_at'])}. Nothing was changed; look at it again"
            )
        row = contact | _checked(changed) | {"retired_at": writer.at if retired else None}
        writer.desk.put_numbered("contacts", row, officer)
        return int(contact["version"]) + 1


def save_view(
    store: Store, viewer: Viewer, officer: str, name: str, query: str, *, shared: bool = False
) -> int:
    """Save a view under a name: its address or query string; its number.

    The same name of the same officer is saved over. Raises BadInput for a question that means
    nothing.
    """
    body = query_of(read_text("query", query, most=MOST_BODY))
    try:
        from_query(body)
    except BadQuestion as error:
        raise BadInput(f"query: {error}", "query") from error
    return _save(store, viewer, officer, "view", name, body, shared)


def save_area(
    store: Store,
    viewer: Viewer,
    officer: str,
    name: str,
    corners: Sequence[tuple[float, float]],
    *,
    shared: bool = False,
) -> int:
    """Save an area of interest under a name, by its corners (lon, lat); its number.

    It is kept as a GeoJSON polygon; one drawn across 180 degrees goes on to 360, as in
    `Filters.within`. Raises BadInput for fewer than 3 or more than 500 corners, or
    one off the globe.
    """
    ring = [(float(lon), float(lat)) for lon, lat in corners]
    if ring and ring[0] == ring[-1]:
        ring.pop()
    if not (len(set(ring)) >= 3 and len(ring) <= MOST_CORNERS):
        raise BadInput(f"corners: an area has 3 to {MOST_CORNERS} corners", "corners")
    if not all(-360 <= lon <= 360 and -90 <= lat <= 90 for lon, lat in ring):
        raise BadInput("corners: longitudes to 360 and latitudes to 90 degrees", "corners")
    body = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    return _save(store, viewer, officer, "area", name, body, shared)


def retire_saved(store: Store, viewer: Viewer, officer: str, saved_no: int) -> None:
    """Retire a saved view or area of one's own. Raises NotFound, Refused for somebody else's."""
    officer = name_of(officer)
    with signed(store, officer, "saved.retire", f"saved {saved_no}") as writer:
        row = writer.desk.numbered("saved", saved_no)
        hidden = row["tlp"] > clearance_of(viewer) or row["retired_at"] is not None
        if hidden or (row["owner"] != officer and not row["shared"]):
            raise NotFound(f"there is no number {saved_no} among the saved")
        if row["owner"] != officer:
            raise Refused(f"{row['owner']} saved this, and retires it")
        writer.desk.put_numbered("saved", row | {"retired_at": writer.at}, officer)


def _save(
    store: Store, viewer: Viewer, officer: str, kind: str, name: str, body: str, shared: bool
) -> int:
    officer, name = name_of(officer), read_text("name", name, required=True, most=80)
    with signed(store, officer, f"{kind}.save", name) as writer:
        known = {
            row["name"]: row
            for row in store.read("saved", viewer, officer=officer, kind=kind)
            if row["owner"] == officer
        }
        row = known.get(name, {}) | {
            "kind": kind,
            "name": name,
            "body": body,
            "owner": officer,
            "shared": shared,
            "tlp": marking_of(viewer, None),
            "retired_at": None,
        }
        return writer.desk.put_numbered("saved", row, officer)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a contact as they are kept. Raises BadInput naming the one at fault."""
    kept: dict[str, Any] = {}
    for field, value in given.items():
        if field in _LINES:
            kept[field] = read_text(field, value, required=field == "name", most=_LINES[field])
        elif field == "region":
            if value and value not in regions():
                raise BadInput("region: this is no region of ours", "region")
            kept[field] = value
        elif field == "hazards":
            for slug in value:
                if slug not in hazard_words():
                    raise BadInput(f"hazards: {slug} is no hazard of ours", "hazards")
            kept[field] = ",".join(value)
        else:
            raise BadInput(f"{field}: a contact has no such field", field)
    return kept

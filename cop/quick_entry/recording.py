"""Take what an officer entered in as a report of the watch desk, by the one way for data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from cop.errors import Conflict
from cop.feeds import desk
from cop.formats import desk as desk_format
from cop.formats.quick_line import Draft, Surroundings, parse_line
from cop.geography import Geography
from cop.ingest import incident_id_of, ingest
from cop.model.report import Report
from cop.model.viewer import Viewer, fold_officer
from cop.model.vocabulary import LIFECYCLES
from cop.query.filters import Filters
from cop.query.where import compile_where
from cop.quick_entry.form import BadForm, check_form
from cop.store import Store

NUMBERS_A_BLOCK = 100
LAST_NUMBER = 9_999
_numbering = threading.Lock()  # a number is free until the report that bears it is taken in


def read_line(geography: Geography, text: str, now: datetime) -> Draft:
    """The draft of a typed line, its position checked against the coast."""
    return parse_line(text, now=now, look_round=looking_round(geography))


def looking_round(geography: Geography) -> Callable[[float, float], Surroundings]:
    """How far from land, or how far inland, a position is."""

    def look(lon: float, lat: float) -> Surroundings:
        place = geography.locate(np.array([lon]), np.array([lat])).iloc[0]
        inland = float(place["inland_nm"])
        offing = 0.0 if place["on_land"] else float(place["coast_distance_nm"])
        return Surroundings(offing, inland)

    return look


def record_report(store: Store, geography: Geography, officer: str, form: Mapping[str, Any]) -> str:
    """Take a filled form in as a report of the watch desk, signed by the officer; its incident id.

    Raises BadForm naming every field at fault, BadInput for a name that cannot sign or in a demo
    world, Conflict where the day has no number left.
    """
    name = fold_officer(officer)
    now = store.clock()
    record, problems = check_form(form, now)
    if problems:
        raise BadForm(problems)
    record |= {"officer": name, "entered_at": f"{now:%Y-%m-%dT%H:%M:%S}Z"}
    with _numbering:
        record["reference"] = _next_reference(store, now)
        data = desk_format.dump([record])
        # What the feed would set aside is an error of the form, before anything is written.
        for item in desk.parse(data, now):
            if not isinstance(item, Report):
                raise BadForm({item.field or "form": item.reason})
        ingest(store, geography, desk.FEED.id, data, actor=f"officer:{name}", name="quick entry")
    return incident_id_of(desk.FEED.id, record["reference"])


def _next_reference(store: Store, now: datetime) -> str:
    """The first number of the day that no report bears."""
    # Numbers are counted over every marking: a number used twice would correct another's report.
    clerk = Viewer("system:desk", "red")
    for start in range(1, LAST_NUMBER + 1, NUMBERS_A_BLOCK):
        references = [
            f"DESK-{now:%Y%m%d}-{number:04d}"
            for number in range(start, min(start + NUMBERS_A_BLOCK, LAST_NUMBER + 1))
        ]
        ids = {incident_id_of(desk.FEED.id, reference): reference for reference in references}
        where = compile_where(Filters(id=tuple(ids), status=LIFECYCLES.slugs), clerk, now=now)
        taken = set(store.read("page", where, start=0, stop=NUMBERS_A_BLOCK)["incident_id"])
        for incident_id, reference in ids.items():
            if incident_id not in taken:
                return reference
    raise Conflict(f"the watch desk has taken {LAST_NUMBER:,} reports today; no number is left")

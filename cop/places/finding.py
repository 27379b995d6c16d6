"""Answer the search box: typed positions, incidents by reference, named places, ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from cop.errors import BadInput
from cop.feeds import ALL as FEEDS
from cop.geography import Geography
from cop.ingest import incident_id_of
from cop.model.coordinates import format_position, read_position
from cop.model.dtg import format_dtg
from cop.model.measure import measure_leg
from cop.model.ports import ports
from cop.model.text import fold
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES, SOURCES, hazards
from cop.places.gazetteer import EXACT, POINT_ZOOM, WORD, Place, go_to, read_gazetteer
from cop.query.filters import Filters, TimeBound
from cop.query.where import compile_where
from cop.store import Store

MOST_TYPED = 100
LEAST_OF_NAME, LEAST_OF_NUMBER, LEAST_OF_REFERENCE = 3, 4, 4
# Ships are looked for in this much of the past: a scan of names has to end somewhere.
SHIPS_SINCE = timedelta(days=5 * 366)
MOST_SHIPS = 6


def find_places(
    store: Store,
    geography: Geography,
    viewer: Viewer,
    typed: str,
    limit: int = 12,
    *,
    with_ships: bool = True,
) -> list[Place]:
    """What the typed text may mean, best first, at most `limit`; nothing the viewer may not read.

    Positions in any style come first, then incidents by id or reference, then names by how well
    they match; empty text finds nothing. Ships are looked for in the tables (40 ms of a million
    incidents), the rest in memory: a box may ask without ships first.
    """
    typed = " ".join(typed[:MOST_TYPED].split())
    if not typed:
        return []
    certain = [*_position(geography, typed), *_incidents(store, viewer, typed)]
    found = [*certain, *read_gazetteer(geography).find(typed, limit)]
    if with_ships and not certain:
        found += _ships(store, viewer, typed)
    return sorted(found, key=lambda place: -place.score)[:limit]


def _position(geography: Geography, typed: str) -> list[Place]:
    if not any(sign.isdigit() for sign in typed):
        return []
    try:
        position, _ = read_position(typed)
    except BadInput:  # no position, so far: it may be anything else
        return []
    lon, lat = position.lon, position.lat
    row, _ = geography.find_nearest_ports(np.array([lon]), np.array([lat]))
    port = ports()[str(geography.ports["locode"].iloc[int(row[0])])]
    leg = measure_leg(port.lon, port.lat, lon, lat)
    return [
        Place(
            "position",
            format_position(lon, lat, "ddm"),
            f"Position, {leg.words} of {port.name}",
            go_to(lon, lat, POINT_ZOOM),
            lon,
            lat,
            score=2 * EXACT,
        )
    ]


def _incidents(store: Store, viewer: Viewer, typed: str) -> list[Place]:
    """Incidents with this very id or reference, whatever their status."""
    if len(typed) < LEAST_OF_REFERENCE or " " in typed or not any(c.isdigit() for c in typed):
        return []
    spellings = dict.fromkeys((typed, typed.upper()))
    ids = dict.fromkeys(
        (
            *(word for word in spellings if "," not in word and word.isprintable()),
            *(incident_id_of(feed.id, word) for word in spellings for feed in FEEDS),
        )
    )
    filters = Filters(id=tuple(ids), status=LIFECYCLES.slugs)
    where = compile_where(filters, viewer, now=store.clock())
    page = store.read("page", where, start=0, stop=10)
    found = []
    for n, incident_id in enumerate(page["incident_id"]):
        lon, lat = page["lon"][n], page["lat"][n]
        here = lon is not None and bool(np.isfinite(lon))
        hazard = hazards().label(hazards().slug(page["hazard"][n]))
        source = SOURCES.label(SOURCES.slug(page["source"][n]))
        at = format_dtg(page["occurred_at"][n])
        place = Place(
            "incident",
            page["title"][n],
            f"Incident {page['reference'][n]}, {hazard}, {at}, {source}",
            {"sel": incident_id} | (go_to(lon, lat, POINT_ZOOM) if here else {}),
            lon if here else None,
            lat if here else None,
            score=1.5 * EXACT,
        )
        found.append(place)
    return found


def _ships(store: Store, viewer: Viewer, typed: str) -> list[Place]:
    """Ships that incidents of the last years name, by name, IMO number or MMSI."""
    upper = typed.upper()
    number = upper.removeprefix("IMO").removeprefix("MMSI").strip()
    is_number = number.isascii() and number.isdigit() and len(number) >= LEAST_OF_NUMBER
    if not is_number and len(typed) < LEAST_OF_NAME:
        return []
    now = store.clock()
    where = compile_where(Filters(since=TimeBound(at=now - SHIPS_SINCE)), viewer, now=now)
    rows = store.read(
        "vessels",
        where,
        name="" if is_number else typed,
        number=number if is_number else "",
        limit=MOST_SHIPS,
    )
    wanted = fold(typed)
    found = []
    for row in rows:
        name, imo = row["vessel_name"], row["vessel_imo"]
        if not name and not imo:
            continue
        known = [
            f"IMO {imo}" if imo else "",
            f"MMSI {row['vessel_mmsi']}" if row["vessel_mmsi"] else "",
        ]
        incidents = f"{row['n']} incident{'s' if row['n'] != 1 else ''}"
        subtitle = ", ".join(
            part for part in ("Ship", row["vessel_type"], *known, incidents) if part
        )
        exact = wanted in (fold(name), imo, row["vessel_mmsi"])
        place = Place("vessel", name or f"IMO {imo}", subtitle, {"q": imo or name})
        found.append(replace(place, score=EXACT if exact else WORD + min(row["n"], 10)))
    return found

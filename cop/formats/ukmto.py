"""Incident records of the United Kingdom Maritime Trade Operations centre, as its site serves them.

A JSON array of objects. There is no published specification: the names below were read from the
service. Decimal degrees are given beside packed text (`261300N`, `0563400E`). Reading only.
"""

from __future__ import annotations

from collections.abc import Iterator

from cop.formats.json_records import parse_records
from cop.formats.record import Record
from cop.model.report import Defect

WHAT = "a list of UKMTO incidents"
MAPPED = frozenset(
    {
        "incidentNumber", "utcDateCreated", "utcDateOfIncident", "incidentTypeName",
        "incidentTypeLevel", "locationLatitude", "locationLongitude", "locationLatitudeDDDMMSS",
        "locationLongitudeDDDMMSS", "place", "vesselName", "vesselType",
        "vesselUnderPirateControl", "crewHeld", "otherDetails",
    }
)  # fmt: skip
# What the site needs to draw itself, and what others of these fields already say.
IGNORED = frozenset(
    {
        "incidentIssuer", "sitecoreId", "pinColour", "region", "dateVesselTaken",
        "hideFromTicker", "extendTickerTime",
    }
)  # fmt: skip


def parse(data: bytes) -> Iterator[Record | Defect]:
    """The incidents as they stand; raises NotThisFormat."""
    return parse_records(data, WHAT)

"""The "Crime at Sea" data set (doi 10.5334/johd.39), compiled from reports of the IMB.

A CSV of 16 columns; the text `NA` means that nothing was stated, and comes out as ''. Times are
`HH:MM UTC`, or `HH:MM` in the local time of a place, or NA. Reading only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cop.formats.delimited import parse_table
from cop.formats.record import Record
from cop.model.report import Defect

WHAT = "the Crime at Sea data set"
COLUMNS = (
    "date", "time", "longitude", "latitude", "attack_type", "location_description",
    "nearest_country", "eez_country", "shore_distance", "shore_longitude", "shore_latitude",
    "attack_description", "vessel_name", "vessel_type", "vessel_status", "data_source",
)  # fmt: skip


def parse(data: bytes) -> Iterator[Record | Defect]:
    """The rows, with '' for NA; raises NotThisFormat."""
    for row in parse_table(data, COLUMNS, WHAT, optional=("tlp",)):
        if isinstance(row, Defect):
            yield row
        else:
            stated = {name: "" if cell == "NA" else cell for name, cell in row.fields.items()}
            yield replace(row, fields=stated)

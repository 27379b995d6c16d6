"""What an officer writes in the quick-entry form: a JSON array, one object a report.

Every key of NAMES may stand in an object; only `reference`, `entered_at`, `officer`, `title` and
`occurred` must. Empty text, null and a missing key all say nothing.

* `reference`: `DESK-20261123-0001`; the same reference again corrects the report.
* `entered_at`: UTC instant of the entry; `officer`: who signed it; `line`: the typed line, if any.
* `occurred`: ISO date, month or instant, or a date-time group; `ended`: last day, inside.
* `longitude`, `latitude`: decimal degrees as numbers, both or none; `position_written`: as typed;
  `position_precision`, `uncertainty_nm`: how sure it is.
* `hazard`, `act`, `severity` (1 to 5), `verification`, `tlp`: the officer's own judgement, slugs;
  it goes before what the rules would say. `reliability` A to F, `credibility` 1 to 6.
* `weapons`: a list of words; `persons`, `pob`: whole numbers, of the persons involved and of those
  on board.
* `vessel_…`, `place`, `title`, `summary`, `source_name`, `source_reference`, `source_url`: text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from cop.formats.json_records import parse_records
from cop.formats.record import Record
from cop.model.report import Defect

WHAT = "a list of watch desk reports"
NAMES = (
    "reference", "entered_at", "officer", "line", "title", "summary", "occurred", "ended",
    "longitude", "latitude", "position_written", "position_precision", "uncertainty_nm", "place",
    "hazard", "act", "severity", "verification", "vessel_name", "vessel_type", "vessel_flag",
    "vessel_imo", "vessel_mmsi", "vessel_call_sign", "vessel_status", "weapons", "persons", "pob",
    "reliability", "credibility", "tlp", "source_name", "source_reference", "source_url",
)  # fmt: skip


def parse(data: bytes) -> Iterator[Record | Defect]:
    """The reports as they stand; raises NotThisFormat."""
    return parse_records(data, WHAT)


def dump(records: Iterable[Mapping[str, object]]) -> bytes:
    """Reports as bytes that `parse` reads: keys in the order of NAMES, what says nothing left out.

    Raises ValueError for a key that is not of this format.
    """
    return json.dumps([_plain(record) for record in records], ensure_ascii=False).encode()


def _plain(record: Mapping[str, object]) -> dict[str, object]:
    unknown = record.keys() - set(NAMES)
    if unknown:
        raise ValueError(f"not of a desk report: {', '.join(sorted(unknown))}")
    return {name: record[name] for name in NAMES if record.get(name) not in (None, "", [], ())}

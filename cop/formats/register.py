"""The register's own CSV: incidents that people describe in this product's vocabulary.

Columns are exactly COLUMNS, in any order. `occurred` is a date, a UTC instant or a month
(`2017-06`); `ended` is the last day, inside. Longitude and latitude are decimal degrees or any
written form. Words of closed lists (hazard, act_status, severity, verification, region,
position_precision, reliability, credibility, tlp) are checked here: an unknown word sets its row
aside. An empty cell says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cop.formats.delimited import parse_table
from cop.formats.record import Record
from cop.model.marking import parse_marking
from cop.model.report import Defect
from cop.model.vocabulary import (
    ACTS,
    MARKINGS,
    POSITION_PRECISIONS,
    SEVERITIES,
    VERIFICATIONS,
    hazards,
    regions,
)

WHAT = "a register file"
COLUMNS = (
    "reference", "title", "summary", "hazard", "act_status", "severity", "verification",
    "occurred", "ended", "longitude", "latitude", "position_precision", "uncertainty_nm", "place",
    "region", "vessel_name", "vessel_imo", "vessel_type", "vessel_flag", "reliability",
    "credibility", "tlp", "source_name", "source_url", "source_reference", "retrieved_on",
)  # fmt: skip


def parse(data: bytes) -> Iterator[Record | Defect]:
    """The rows whose words are known; raises NotThisFormat."""
    lists = _closed_lists()
    for row in parse_table(data, COLUMNS, WHAT):
        yield row if isinstance(row, Defect) else _checked(row, lists)


def _closed_lists() -> dict[str, tuple[str, ...]]:
    return {
        "hazard": hazards().slugs,
        "act_status": ACTS.slugs,
        "severity": SEVERITIES.slugs,
        "verification": VERIFICATIONS.slugs,
        "region": regions().slugs,
        "position_precision": POSITION_PRECISIONS.slugs,
        "reliability": tuple("ABCDEF"),
        "credibility": tuple("123456"),
    }


def _checked(row: Record, lists: dict[str, tuple[str, ...]]) -> Record | Defect:
    for name, words in lists.items():
        word = str(row.fields[name]).strip()
        if word and word not in words:
            return _unknown(row, name, word)
    written = str(row.fields["tlp"]).strip()
    # Two floors that differ: a word that both fall back from is none that we know.
    if written and len({parse_marking(written, floor) for floor in MARKINGS.slugs}) > 1:
        return _unknown(row, "tlp", written)
    return row


def _unknown(row: Record, name: str, word: str) -> Defect:
    reason = f"{name} {word[:60]!r} is not a word of its list."
    return Defect("quarantined", reason, row.raw, str(row.fields["reference"])[:100], name)

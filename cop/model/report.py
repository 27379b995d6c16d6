"""A report: what one source said once, in our words for fields but its own words for content.

Feeds make reports; nothing here guesses. Reports are immutable; an incident is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """When it happened: half-open [start, end) in naive UTC, with what is known of it.

    precision: `instant` (end == start), `date` (whole UTC day), `month`, or `interval`.
    """

    start: datetime
    end: datetime
    precision: str


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS 84 degrees, lon within [-180, 180]; `uncertainty_nm` is a radius, 0 if unsaid.

    precision: `exact`, `reported`, `approximate` or `area` (domain.md 9). `written` keeps the
    source's own spelling.
    """

    lon: float
    lat: float
    precision: str = "reported"
    uncertainty_nm: float = 0.0
    written: str = ""


@dataclass(frozen=True, slots=True)
class Vessel:
    """The vessel as reported; empty text where the source did not say."""

    name: str = ""
    type: str = ""
    flag: str = ""
    imo: str = ""
    mmsi: str = ""
    call_sign: str = ""
    status: str = ""  # anchored, berthed, moored, drifting, underway ...


@dataclass(frozen=True, slots=True)
class Stated:
    """What a source itself states in our vocabulary (our register, a person); empty if unstated."""

    hazard: str = ""
    act: str = ""
    severity: int = 0
    verification: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One source's account of one event.

    Fields hold the source's words, cleaned of layout but not of meaning. `facts` holds what is
    compared to tell an unchanged record from an updated one, whatever layout it came in.
    `flags` names accepted defects (domain.md 14), such as `null-island` or `time-assumed-utc`.
    """

    feed: str  # feed id: asam, imb, ukmto, register
    reference: str  # the source's own key, unique within the feed
    raw: bytes  # the record as received, whole
    title: str
    summary: str  # the narrative, with personal data masked
    occurred: TimeSpan
    position: Position | None = None
    place: str = ""
    vessel: Vessel = Vessel()
    source_type: str = ""  # the source's own word for what it was: hostility, attack type
    source_severity: str = ""  # the source's own scale, as issued
    source_navarea: str = ""
    source_subregion: str = ""
    reliability: str = "F"  # Admiralty A-F
    credibility: str = "6"  # Admiralty 1-6
    marking: str = ""  # empty: the feed's floor
    source_name: str = ""
    source_url: str = ""
    issued_at: datetime | None = None  # when the source said it, naive UTC
    stated: Stated = Stated()
    flags: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Defect:
    """A record that was not taken in, kept aside with its reason.

    kind: `quarantined` (can be corrected and run again) or `rejected` (no record of this format).
    """

    kind: str
    reason: str  # one sentence a person can act on, naming the field
    raw: bytes
    reference: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a report was judged to be, and the rule that said so."""

    hazard: str
    hazard_rule: str
    act: str
    act_rule: str
    severity: int
    severity_rule: str
    flags: tuple[str, ...] = field(default=())

"""The closed word lists of the field: slug in files and links, code in facts, label for people.

Codes are small integers that are never renumbered or reused, so that adding a term is adding a row
(domain.md 11 to 13). Lists with many columns live in `data/taxonomy/*.toml`; short ones live here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

TAXONOMY = Path(__file__).resolve().parents[2] / "data" / "taxonomy"


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a closed list; `extra` holds what else its file says of it."""

    code: int
    slug: str
    label: str
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class Vocabulary:
    """A closed, ordered list of terms, looked up by slug or by code.

    `code(slug)` and `slug(code)` raise KeyError for what the list does not hold.
    """

    def __init__(self, name: str, terms: list[Term]) -> None:
        self.name = name
        self.terms = tuple(terms)
        self._by_slug = {term.slug: term for term in terms}
        self._by_code = {term.code: term for term in terms}
        if len(self._by_slug) != len(terms) or len(self._by_code) != len(terms):
            raise ValueError(f"{name}: a slug or code stands twice")

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __getitem__(self, slug: str) -> Term:
        return self._by_slug[slug]

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(term.slug for term in self.terms)

    def code(self, slug: str) -> int:
        return self._by_slug[slug].code

    def slug(self, code: int) -> str:
        return self._by_code[code].slug

    def label(self, slug: str) -> str:
        return self._by_slug[slug].label


def _read(file: str, table: str) -> list[Term]:
    rows = tomllib.loads((TAXONOMY / file).read_text("utf-8"))[table]
    return [Term(row["code"], row["slug"], row["label"], MappingProxyType(row)) for row in rows]


def _numbered(name: str, *pairs: tuple[str, str], start: int = 1) -> Vocabulary:
    return Vocabulary(name, [Term(start + n, slug, label) for n, (slug, label) in enumerate(pairs)])


@cache
def hazards() -> Vocabulary:
    """All hazard types; each term's `extra["domain"]` is its domain slug."""
    return Vocabulary("hazard", _read("hazards.toml", "hazard"))


@cache
def regions() -> Vocabulary:
    """The 30 operational regions, in the order that decides a position on an edge."""
    return Vocabulary("region", _read("regions.toml", "region"))


@cache
def areas() -> Vocabulary:
    """Vessel areas; the code is a bit number, because an incident lies in several or none."""
    return Vocabulary("area", _read("vessel_areas.toml", "area"))


@cache
def hazards_of(domain: str) -> tuple[str, ...]:
    """The slugs of a domain's types, in code order."""
    return tuple(t.slug for t in hazards() if t.extra["domain"] == domain)


def domain_of(hazard: str) -> str:
    """The domain slug of a hazard slug; `unclassified` is a domain of its own."""
    return str(hazards()[hazard].extra["domain"])


DOMAINS = _numbered(
    "domain",
    ("physical", "Physical"),
    ("cyber", "Cyber"),
    ("cognitive", "Cognitive"),
    ("natural", "Natural"),
    ("safety", "Safety"),
    ("disruption", "Disruption"),
    ("unclassified", "Unclassified"),
)
SEVERITIES = _numbered(
    "severity",
    ("1", "Minor"),
    ("2", "Low"),
    ("3", "Moderate"),
    ("4", "High"),
    ("5", "Critical"),
)
ACTS = _numbered(
    "act",
    ("committed", "Committed"),
    ("attempted", "Attempted"),
    ("suspected", "Suspected"),
    ("claimed", "Claimed"),
    ("unfounded", "Unfounded"),
)
VERIFICATIONS = _numbered(
    "verification",
    ("unverified", "Unverified"),
    ("corroborated", "Corroborated"),
    ("confirmed", "Confirmed"),
    ("contradicted", "Contradicted"),
    ("debunked", "Debunked"),
)
LIFECYCLES = _numbered(
    "status",
    ("new", "New"),
    ("triaged", "Triaged"),
    ("active", "Active"),
    ("closed", "Closed"),
    ("withdrawn", "Withdrawn"),
)
# Ordered by strictness: a viewer cleared for code n reads every code up to n.
MARKINGS = _numbered(
    "tlp",
    ("clear", "TLP:CLEAR"),
    ("green", "TLP:GREEN"),
    ("amber", "TLP:AMBER"),
    ("amber-strict", "TLP:AMBER+STRICT"),
    ("red", "TLP:RED"),
    start=0,
)
_ROMANS = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI",
    "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX", "XXI",
)  # fmt: skip
NAVAREAS = _numbered("navarea", *((roman, f"NAVAREA {roman}") for roman in _ROMANS))
# What is known of a position: compare S-124 qualityOfHorizontalMeasurement.
POSITION_PRECISIONS = _numbered(
    "position precision",
    ("none", "No position"),
    ("exact", "Exact"),
    ("reported", "As reported"),
    ("approximate", "Approximate"),
    ("area", "Area only"),
    start=0,
)
TIME_PRECISIONS = _numbered(
    "time precision",
    ("instant", "Instant"),
    ("date", "Date only"),
    ("month", "Month only"),
    ("interval", "Interval"),
    start=0,
)
# Feed ids; the feeds themselves are in `cop.feeds`, which a test holds equal to this list.
SOURCES = _numbered(
    "source",
    ("asam", "NGA ASAM"),
    ("imb", "IMB (Crime at Sea)"),
    ("ukmto", "UKMTO"),
    ("register", "Bundled register"),
    ("desk", "Watch desk"),
    ("columns", "Own columns"),
)
ZONES = _numbered(
    "zone",
    ("unknown", "Unknown"),
    ("inside-12nm", "Inside 12 nm (estimate)"),
    ("beyond-12nm", "Beyond 12 nm (estimate)"),
    start=0,
)

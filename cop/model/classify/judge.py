"""Weigh a report's signals against the decision tables, and name the rule that decided.

Three tables are read in order, the first row that fits decides: hazard type (gravest act first),
act status, severity (highest level first). What a source states in our own words wins unread.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from cop.model.classify.signals import SignalBook
from cop.model.classify.words import split_words
from cop.model.report import Classification, Report
from cop.model.vocabulary import TAXONOMY

LIMIT_NM = 12.0
NEAR_LIMIT_NM = (10.0, 14.0)
# A source's word of this many words or more is a sentence, and is read with the narrative.
SENTENCE_WORDS = 3
STATED = "stated"
Texts = tuple[str, str, str, str]  # narrative, source's own word, place, vessel's status


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a decision table; `all_of`, `any_of` and `none_of` are bits of signals."""

    id: str
    answer: str
    all_of: int
    any_of: tuple[int, ...]  # one bit of each must be given
    none_of: int
    hazards: frozenset[str]
    acts: frozenset[str]
    flags: tuple[str, ...]

    def fits(self, given: int, hazard: str, act: str) -> bool:
        """Whether this row applies to the signals given and what was decided before."""
        if given & self.all_of != self.all_of or given & self.none_of:
            return False
        if self.hazards and hazard not in self.hazards:
            return False
        if self.acts and act not in self.acts:
            return False
        return all(given & group for group in self.any_of)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rule files, compiled: signal books by reading place, and the three tables."""

    digest: str  # of the files: equal where signals have equal bits
    bits: Mapping[str, int]
    text: SignalBook
    source: SignalBook
    place: SignalBook
    inferences: tuple[Rule, ...]
    hazards: tuple[Rule, ...]
    acts: tuple[Rule, ...]
    severities: tuple[Rule, ...]


def classify(
    report: Report, coast_distance_nm: float | None, signals: int | None = None
) -> Classification:
    """Judge a report by the rules in force; `coast_distance_nm` is None where it is not known.

    Each answer carries the id of its row in `data/taxonomy`, or `stated` where the source itself
    used our words. Nothing is guessed: what no row covers is `unclassified`, severity 1.
    `signals` are those of its texts, where they were read before.
    """
    if signals is None:
        signals = read_signals(texts_of(report))
    given = signals | _measure(read_rules(), coast_distance_nm)
    stated = report.stated
    return _weigh(given, stated.hazard, stated.act, stated.severity)


# Reports that tell the same are weighed once: there are far fewer sets of signals than reports.
@lru_cache(maxsize=1 << 15)
def _weigh(given: int, hazard: str, act: str, severity: int) -> Classification:
    """Decide from signals what the source has not stated: hazard, then act, then severity."""
    book = read_rules()
    for step in book.inferences:
        if step.fits(given, "", ""):
            given |= book.bits[step.answer]
    hazard_rule = act_rule = severity_rule = STATED
    level = str(severity)
    flags: list[str] = []
    if not hazard:
        hazard, hazard_rule = _decide(book.hazards, given, "", "", flags)
    if not act:
        act, act_rule = _decide(book.acts, given, hazard, "", flags)
    if not severity:
        level, severity_rule = _decide(book.severities, given, hazard, act, flags)
    unique = tuple(dict.fromkeys(flags))
    return Classification(hazard, hazard_rule, act, act_rule, int(level), severity_rule, unique)


def _decide(
    table: tuple[Rule, ...], given: int, hazard: str, act: str, flags: list[str]
) -> tuple[str, str]:
    rule = next(  # a report asks a hundred of them: most are ruled out without a call
        rule
        for rule in table
        if given & rule.all_of == rule.all_of
        and not given & rule.none_of
        and rule.fits(given, hazard, act)
    )
    flags.extend(rule.flags)
    return rule.answer, rule.id


def texts_of(report: Report) -> Texts:
    """All of a report that its signals are read from."""
    return report.summary, report.source_type, report.place, report.vessel.status


def read_signals(texts: Texts) -> int:
    """The bits of every signal that these texts give, by the rules in force."""
    summary, source_type, place, status = texts
    book = read_rules()
    source = _words_of_source(source_type)
    words = split_words(summary)
    given = book.bits["has-narrative"] if words else 0
    if len(source) >= SENTENCE_WORDS:
        words = [*source, ".", *words]
    if words:
        given |= book.text.scan(words)
    if source:
        given |= _scan_source(source_type)
    if place or status:
        given |= _scan_place(f"{place} ; {status}")
    return given


# A few words for what it was and a few thousand places make up an archive: each is read once.
@lru_cache(maxsize=1 << 12)
def _words_of_source(source_type: str) -> tuple[str, ...]:
    return tuple(split_words(source_type))


@lru_cache(maxsize=1 << 12)
def _scan_source(source_type: str) -> int:
    return read_rules().source.scan(list(_words_of_source(source_type)))


@lru_cache(maxsize=1 << 13)
def _scan_place(place: str) -> int:
    return read_rules().place.scan(split_words(place))


def _measure(book: RuleBook, coast_distance_nm: float | None) -> int:
    if coast_distance_nm is None or math.isnan(coast_distance_nm):
        return book.bits["coast-unknown"]
    side = "coast-beyond-12nm" if coast_distance_nm > LIMIT_NM else "coast-within-12nm"
    given = book.bits[side]
    if NEAR_LIMIT_NM[0] <= coast_distance_nm <= NEAR_LIMIT_NM[1]:
        given |= book.bits["coast-10-to-14nm"]
    return given


@cache
def read_rules() -> RuleBook:
    """Read and compile the rule files once; raises ValueError for a signal nobody defines."""
    files = [(TAXONOMY / name).read_bytes() for name in ("classify.toml", "severity.toml")]
    rules, scale = (tomllib.loads(file.decode("utf-8")) for file in files)
    bits = {name: 1 << n for n, name in enumerate(rules["measured"])}
    lists = rules["words"]
    rows = [*rules["signal"], *scale["signal"]]
    passages = [*rules["passage"], *scale["passage"]]

    def book(where: str) -> SignalBook:
        here = [row for row in rows if row.get("where", "text") == where]
        return SignalBook(here, passages, rules["denial"], lists, bits)

    text, source, place = book("text"), book("source"), book("place")
    inferences = [*rules["inference"], *scale["inference"]]
    for row in inferences:
        bits.setdefault(row["gives"], 1 << len(bits))
    groups = _expand_groups([*rules["group"], *scale["group"]], bits)
    return RuleBook(
        sha256(b"\0".join(files)).hexdigest(),
        bits,
        text,
        source,
        place,
        _read_table(inferences, "gives", bits, groups, closed=False),
        _read_table(rules["hazard"], "hazard", bits, groups),
        _read_table(rules["act"], "act", bits, groups),
        _read_table(scale["severity"], "level", bits, groups),
    )


def _expand_groups(rows: Iterable[Mapping[str, Any]], bits: Mapping[str, int]) -> dict[str, int]:
    groups: dict[str, int] = {}
    for row in rows:
        groups[row["id"]] = _mask(row["any"], bits, groups)
    return groups


def _mask(names: Iterable[str], bits: Mapping[str, int], groups: Mapping[str, int]) -> int:
    mask = 0
    for name in names:
        if name not in bits and name not in groups:
            raise ValueError(f"no signal or group is called {name!r}")
        mask |= bits[name] if name in bits else groups[name]
    return mask


def _read_table(
    rows: Iterable[Mapping[str, Any]],
    answer: str,
    bits: Mapping[str, int],
    groups: Mapping[str, int],
    closed: bool = True,
) -> tuple[Rule, ...]:
    """Compile a table; a closed one must end with a row that fits everything."""
    table = []
    for row in rows:
        alternatives = row.get("any", [])
        if alternatives and isinstance(alternatives[0], str):
            alternatives = [alternatives]
        table.append(
            Rule(
                row.get("id", ""),
                str(row[answer]),
                _mask(row.get("all", ()), bits, {}),
                tuple(_mask(names, bits, groups) for names in alternatives),
                _mask(row.get("none", ()), bits, groups),
                frozenset(row.get("hazards", ())),
                frozenset(row.get("acts", ())),
                tuple(row.get("flags", ())),
            )
        )
    last = table[-1]
    if closed and (last.all_of or last.any_of or last.none_of or last.hazards or last.acts):
        raise ValueError(f"the last row of the {answer} table must fit everything")
    return tuple(table)

"""From a feed's bytes to the store: parsed, placed, classified, compared, written in one piece.

Conservation holds for every run: received = accepted + quarantined + rejected, and accepted =
new + updated + unchanged. One bad record never blocks its neighbours, and reading the same bytes
again changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from cop.errors import BadInput, NotThisFormat
from cop.feeds import get_feed
from cop.feeds.feed import Feed
from cop.geography import Geography
from cop.incidents import SignalsOf, build_incidents
from cop.model.classify import read_signals, texts_of
from cop.model.marking import FLOOR_WHEN_UNDECLARED, parse_marking, strictest
from cop.model.report import Defect, Report
from cop.model.vocabulary import MARKINGS
from cop.reading_ahead import LARGE_BYTES, ReadingAhead
from cop.store import Store, Writer

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_TLP_KEY = re.compile(rb'"tlp"\s*:\s*"([^"]{1,40})')


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one input's records."""

    feed: str
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    rejected: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        counts = {k: v + asdict(other)[k] for k, v in asdict(self).items() if k != "feed"}
        return Tally(self.feed, **counts)


def incident_id_of(feed: str, reference: str) -> str:
    """The id of the incident first reported under a feed's reference; safe in addresses.

    A reference with other characters than letters, digits, `.`, `_` and `-` keeps them as dashes
    and gets a hash, so that two references never share an id.
    """
    safe = _UNSAFE.sub("-", reference)[:80]
    if safe != reference or safe.strip(".") == "":
        safe = f"{safe.strip('.-')}-{hashlib.sha256(reference.encode()).hexdigest()[:10]}"
    return f"{feed}-{safe}"


def ingest(
    store: Store, geography: Geography, feed_id: str, data: bytes, *, actor: str, name: str = ""
) -> Tally:
    """Take one file of a feed into the store, in one transaction; what became of its records.

    Raises BadInput for an unknown feed, and NotThisFormat, after recording the failed run, where
    the whole input is not of the feed's format: what the store held before stays. A demo world
    takes nothing in.
    """
    feed = get_feed(feed_id)
    if store.read("meta", None).get("world") == "demo":
        raise BadInput("this store holds a demo world; reports are taken into the live one only")
    run = begin_run(feed, data, name, store.clock())
    with ReadingAhead(large=len(data) >= LARGE_BYTES) as ahead:
        records: list[Report | Defect] = []
        try:
            for record in feed.parse(data, run["started_at"]):
                records.append(record)
                if isinstance(record, Report):
                    ahead.give(texts_of(record))
        except NotThisFormat as error:
            record_failure(store, feed, data, run, str(error), actor)
            raise
        with store.write(actor=actor, action="feed.ingest", subject=feed.id) as writer:
            return write_run(
                writer, geography, feed, records, data, run, store.clock, ahead.signals_of
            )


def write_run(
    writer: Writer,
    geography: Geography,
    feed: Feed,
    records: list[Report | Defect],
    data: bytes,
    run: dict[str, Any],
    clock: Callable[[], datetime],
    signals_of: SignalsOf = read_signals,
) -> Tally:
    """Write one input's records and its run into an open transaction; what became of them.

    `data` is the input they were parsed from, `run` what is known of the run before it ends.
    `signals_of` answers as `read_signals` does, where a second process read them before.
    """
    reports = [record for record in records if isinstance(record, Report)]
    defects = [record for record in records if isinstance(record, Defect)]
    run_id = writer.next_number("feed_runs", "run_id")
    fates = _take_in(writer, geography, feed, reports, run_id, run["started_at"], signals_of)
    keep_defects(writer, feed, defects, run_id, _header_of(data))
    quarantined = sum(defect.kind == "quarantined" for defect in defects)
    tally = Tally(
        feed.id,
        received=len(records),
        accepted=len(reports),
        quarantined=quarantined,
        rejected=len(defects) - quarantined,
        **fates,
    )
    state, reason = judge_run(tally)
    writer.add_run(
        run
        | {k: v for k, v in asdict(tally).items() if k != "feed"}
        | {"run_id": run_id, "finished_at": clock(), "state": state, "reason": reason}
    )
    writer.note(run_id=run_id, **asdict(tally))
    return tally


def begin_run(feed: Feed, data: bytes, name: str, started_at: datetime) -> dict[str, Any]:
    """What is known of a run before its records are read."""
    return {
        "feed": feed.id,
        "input_name": name[:200],
        "input_sha256": hashlib.sha256(data).hexdigest(),
        "started_at": started_at,
    }


def judge_run(tally: Tally) -> tuple[str, str]:
    """An input that brought no record is a failed run: an empty answer is no sign of calm."""
    if tally.accepted:
        return "ok", ""
    if tally.received:
        return "failed", "no record of this input could be taken in"
    return "failed", "the input holds no records"


def record_failure(
    store: Store, feed: Feed, data: bytes, run: dict[str, Any], reason: str, actor: str
) -> None:
    """An input that is not of the format counts as one rejected record; its hash is kept."""
    with store.write(actor=actor, action="feed.refuse", subject=feed.id) as writer:
        run_id = writer.next_number("feed_runs", "run_id")
        writer.add_run(
            run
            | {"run_id": run_id, "finished_at": store.clock(), "state": "failed"}
            | {"reason": reason, "received": 1, "rejected": 1}
            | dict.fromkeys(("accepted", "quarantined", "new", "updated", "unchanged"), 0)
        )
        whole = Defect("rejected", reason, data[:10_000])
        aside = _kept_aside(feed, [whole], run_id, b"")
        marking = marking_written(data, _header_of(data), feed.marking)
        writer.keep_aside(aside.assign(raw_sha256=run["input_sha256"], tlp=MARKINGS.code(marking)))
        writer.note(run_id=run_id, reason=reason)


def _header_of(data: bytes) -> bytes:
    """The header row of delimited text; empty for JSON and databases, whose records say it all."""
    first = data[:8_192].removeprefix(b"\xef\xbb\xbf").lstrip()
    if first[:1] in (b"{", b"[", b"") or first.startswith(b"SQLite format 3"):
        return b""
    return first.split(b"\n", 1)[0].rstrip(b"\r")


def marking_written(raw: bytes, header: bytes, floor: str) -> str:
    """The strictest marking that a record, understood or not, states in its `tlp`; else the floor.

    `header` is the header row of delimited text. Cells may have shifted in a row set aside, so
    any cell that spells a marking counts there; a word in the marking's own place that is no
    marking is taken as AMBER.
    """
    stated = [match[1] for match in _TLP_KEY.finditer(raw)]
    names = [name.strip(b'" ') for name in header.split(b",")]
    if b"tlp" in names:
        cells = [cell.strip(b'" \r\n') for cell in raw.split(b",")]
        stated += [cell for cell in cells if parse_marking(cell.decode("latin-1"), "") in MARKINGS]
        stated.append(_cell_of(raw, names.index(b"tlp"), len(names)))
    words = [
        parse_marking(word.decode("latin-1"), FLOOR_WHEN_UNDECLARED) for word in stated if word
    ]
    return strictest(floor, *words)


def _cell_of(raw: bytes, place: int, width: int) -> bytes:
    """A cell of a row that has as many as its header; empty where cells are missing or shifted."""
    try:
        rows = list(csv.reader([raw.decode("latin-1")], strict=True))
    except csv.Error:
        return b""
    if len(rows) != 1 or len(rows[0]) != width:
        return b""
    return rows[0][place].strip().encode("latin-1")


def keep_defects(
    writer: Writer, feed: Feed, defects: list[Defect], run_id: int, header: bytes
) -> None:
    """Keep records aside with their reasons; `header` is the header row of delimited text."""
    if defects:
        writer.keep_aside(_kept_aside(feed, defects, run_id, header))


def _kept_aside(feed: Feed, defects: list[Defect], run_id: int, header: bytes) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": run_id,
            "feed": feed.id,
            "kind": [d.kind for d in defects],
            "field": [d.field for d in defects],
            "reason": [d.reason for d in defects],
            "reference": [d.reference for d in defects],
            "raw": [d.raw for d in defects],
            "raw_sha256": [hashlib.sha256(d.raw).hexdigest() for d in defects],
            "header": header,
            # Of a record that was not understood the marking counts all the same.
            "tlp": [MARKINGS.code(marking_written(d.raw, header, feed.marking)) for d in defects],
            "state": ["open" if d.kind == "quarantined" else "dismissed" for d in defects],
        }
    )


def _take_in(
    writer: Writer,
    geography: Geography,
    feed: Feed,
    reports: list[Report],
    run_id: int,
    received_at: datetime,
    signals_of: SignalsOf,
) -> dict[str, int]:
    """Write what is new or changed; how many records were new, updated and unchanged."""
    references = list(dict.fromkeys(report.reference for report in reports))
    current = {
        reference: _Said(incident_id, version, json.loads(facts), MARKINGS.slug(tlp))
        for incident_id, reference, version, facts, tlp in writer.known_facts(feed.code, references)
    }
    seen: dict[str, set[str]] = defaultdict(set)
    # Every report belongs to an incident: of a reference never heard of there is none.
    for reference, digest in writer.known_raw(feed.code, list(current)) if current else ():
        seen[reference].add(digest)
    fates = {"new": 0, "updated": 0, "unchanged": 0}
    kept: list[tuple[Report, str, str]] = []  # report, hash, incident
    # Versions of one incident within one input are written one after the other.
    rounds: list[list[tuple[Report, str, int]]] = []
    rounds_used: dict[str, int] = defaultdict(int)
    for report in reports:
        digest = hashlib.sha256(report.raw).hexdigest()
        if digest in seen[report.reference]:
            # Said before, word for word: an older statement read again changes nothing.
            fates["unchanged"] += 1
            continue
        seen[report.reference].add(digest)
        facts = dict(report.facts)
        before = current.get(report.reference)
        if before and not report.marking:
            # A layout that carries no marking says nothing of one: what was said before stands.
            report = replace(report, marking=before.marking)
        marking = parse_marking(report.marking or None, feed.marking)
        incident_id = before.incident_id if before else incident_id_of(feed.id, report.reference)
        kept.append((report, digest, incident_id))
        if before and marking == before.marking and _agree(before.facts, facts):
            fates["unchanged"] += 1
            continue
        fates["updated" if before else "new"] += 1
        version = before.version + 1 if before else 1
        current[report.reference] = _Said(
            incident_id, version, (before.facts if before else {}) | facts, marking
        )
        turn = rounds_used[report.reference]
        rounds_used[report.reference] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((report, incident_id, version))
    _keep_reports(writer, feed, kept, run_id, received_at)
    for batch in rounds:
        writer.put_incidents(build_incidents(feed, geography, batch, signals_of))
    return fates


@dataclass(frozen=True, slots=True)
class _Said:
    """What a source has said of one reference so far."""

    incident_id: str
    version: int
    facts: dict[str, str]
    marking: str


def _agree(before: dict[str, str], facts: dict[str, str]) -> bool:
    """Equal in every fact that both layouts carry."""
    return all(before[name] == value for name, value in facts.items() if name in before)


def _keep_reports(
    writer: Writer,
    feed: Feed,
    kept: Iterable[tuple[Report, str, str]],
    run_id: int,
    received_at: datetime,
) -> None:
    rows = list(kept)
    if not rows:
        return
    ids = [f"{incident_id}-{digest[:12]}" for _, digest, incident_id in rows]
    writer.add_reports(
        pa.table(
            {
                "report_id": ids,
                "source": [feed.code] * len(rows),
                "reference": [r.reference for r, _, _ in rows],
                "raw": [r.raw for r, _, _ in rows],
                "raw_sha256": [digest for _, digest, _ in rows],
                "tlp": [
                    MARKINGS.code(parse_marking(r.marking or None, feed.marking))
                    for r, _, _ in rows
                ],
                "reliability": [r.reliability for r, _, _ in rows],
                "credibility": [r.credibility for r, _, _ in rows],
                "issued_at": pa.array([r.issued_at for r, _, _ in rows], pa.timestamp("us")),
                "received_at": [received_at] * len(rows),
                "run_id": [run_id] * len(rows),
            }
        )
    )
    writer.link_reports(
        pa.table(
            {
                "incident_id": [incident_id for _, _, incident_id in rows],
                "report_id": ids,
                "score": [1.0] * len(rows),
                "reason": ["same source, same reference"] * len(rows),
            }
        )
    )

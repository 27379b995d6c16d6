"""Our own columns from bytes to the store by the hundred thousand: a chunk of rows at a time.

The same rules as `cop.ingest`, for columns instead of records: received = accepted + quarantined +
rejected, accepted = new + updated + unchanged; what was said before, word for word, or in another
layout, changes nothing. One file is one audited transaction, however many chunks it has.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cop.bulk_rows import Places, build_rows, repeat
from cop.courtesy import give_way, switching_often
from cop.errors import BadInput, NotThisFormat, StoreError
from cop.feeds.columns import FEED, Judged, judge
from cop.formats import columns as table
from cop.geography import Geography
from cop.ingest import Tally, begin_run, incident_id_of, judge_run, keep_defects, record_failure
from cop.store import Store, Writer

# Of records set aside in one run so many are kept with their bytes; all are counted.
MOST_KEPT = 10_000
_SAFE = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$"


def ingest_columns(
    store: Store, geography: Geography, data: bytes, *, actor: str, name: str = ""
) -> Tally:
    """Take one table of our own columns into the store, in one transaction; what became of it.

    It gives way to readers, on a thread of its own. Raises NotThisFormat, after recording the
    failed run, where the input is no such table: what the store held before stays. A demo world
    takes nothing in.
    """
    if store.read("meta", None).get("world") == "demo":
        raise BadInput("this store holds a demo world; reports are taken into the live one only")
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="cop-bulk", initializer=give_way) as alone:
        taking = alone.submit(_ingest, store, geography, data, actor, name, stop)
        try:
            return taking.result()
        except KeyboardInterrupt:
            stop.set()
            raise


def _ingest(
    store: Store, geography: Geography, data: bytes, actor: str, name: str, stop: threading.Event
) -> Tally:
    run = begin_run(FEED, data, name, store.clock())
    try:
        header = table.header_of(data)
        with (
            store.write(actor=actor, action="feed.ingest", subject=FEED.id) as writer,
            switching_often(),
        ):
            tally = _take_all(writer, geography, data, header, run, store, stop)
    except NotThisFormat as error:
        record_failure(store, FEED, data, run, str(error), actor)
        raise
    return tally


def _take_all(
    writer: Writer,
    geography: Geography,
    data: bytes,
    header: bytes,
    run: dict[str, Any],
    store: Store,
    stop: threading.Event,
) -> Tally:
    writer.keep_once()
    run_id = writer.next_number("feed_runs", "run_id")
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    makers = _Makers(Places(geography), run_id, run["started_at"])
    for made in makers.make_ahead(data):
        if stop.is_set():
            raise StoreError("the import was stopped; nothing of it was kept")
        defects = made.judged.defects
        counts.update(_take_in(writer, makers, made))
        room = MOST_KEPT - counts["quarantined"]
        if defects and room > 0:
            keep_defects(writer, FEED, list(defects[:room]), run_id, header)
        counts["quarantined"] += len(defects)
        reasons.update(defect.reason for defect in defects)
    tally = _close_run(writer, run, run_id, counts, store)
    if reasons:
        writer.note(reasons=dict(reasons.most_common(20)))
    return tally


@dataclass(frozen=True)
class _Made:
    """Judged rows and what is made of them; `rows` and `reports` are None until they are needed.

    `ids` names each row's incident, `digests` is the hash of its bytes.
    """

    judged: Judged
    ids: pa.Array
    digests: list[str]
    rows: pa.Table | None = None
    reports: pa.Table | None = None


class _Makers:
    """Makes what is written of a run: a chunk is made while the one before it is being written.

    Rows of incidents are made ahead where those of the chunk before were new; where they were
    known already, only what turns out to be changed is made.
    """

    def __init__(self, places: Places, run_id: int, received_at: datetime) -> None:
        self._places, self._run_id, self._received_at = places, run_id, received_at
        self.expects_new = False

    def make_ahead(self, data: bytes) -> Iterator[_Made]:
        """The chunks of a table; raises NotThisFormat."""
        chunks = table.parse(data)

        def make_next() -> _Made | None:
            chunk = next(chunks, None)
            return None if chunk is None else self._make(judge(chunk, self._received_at))

        with ThreadPoolExecutor(1, thread_name_prefix="cop-bulk") as ahead:
            coming = ahead.submit(make_next)
            while (made := coming.result()) is not None:
                coming = ahead.submit(make_next)
                yield made
                # What Arrow has let go of is given back; else it grows with each chunk.
                del made
                pa.default_memory_pool().release_unused()

    def _make(self, judged: Judged) -> _Made:
        digests = [sha256(raw).hexdigest() for raw in judged.raw.to_pylist()]
        ids = _incident_ids(judged.reference)
        made = _Made(judged, ids, digests)
        if not (self.expects_new and len(judged)):
            return made
        rows = self.make_rows(made, None, np.ones(len(judged), np.int32))
        return _Made(judged, ids, digests, rows, self.make_reports(made, None))

    def make_rows(self, made: _Made, some: np.ndarray | None, versions: np.ndarray) -> pa.Table:
        """Rows of `incidents` of some of what was judged, of all for None."""
        if made.rows is not None:
            rows = made.rows if some is None else made.rows.take(some)
            place = rows.column_names.index("version")
            return rows.set_column(place, "version", pa.array(versions, pa.int32()))
        judged = made.judged if some is None else made.judged.pick(some)
        ids = made.ids if some is None else made.ids.take(some)
        return build_rows(self._places, judged, ids, versions)

    def make_reports(self, made: _Made, some: np.ndarray | None) -> pa.Table:
        """Rows of `reports`, and `incident_id`, of some of what was judged, of all for None."""
        if made.reports is not None:
            return made.reports if some is None else made.reports.take(some)
        judged = made.judged if some is None else made.judged.pick(some)
        ids = made.ids if some is None else made.ids.take(some)
        digests = pa.array(made.digests)
        digests = digests if some is None else digests.take(some)
        n = len(judged)
        report_ids = pc.binary_join_element_wise(ids, pc.utf8_slice_codeunits(digests, 0, 12), "-")
        return pa.table(
            {
                "incident_id": ids,
                "report_id": report_ids,
                "source": repeat(FEED.code, n, pa.uint8()),
                "reference": judged.reference,
                "raw": judged.raw,
                "raw_sha256": digests,
                "tlp": pa.array(judged.codes["tlp"], pa.uint8()),
                "reliability": judged.texts["reliability"],
                "credibility": judged.texts["credibility"],
                "issued_at": pa.nulls(n, pa.timestamp("us")),
                "received_at": repeat(self._received_at, n, pa.timestamp("us")),
                "run_id": repeat(self._run_id, n, pa.int64()),
            }
        )


def _close_run(
    writer: Writer, run: dict[str, Any], run_id: int, counts: Counter[str], store: Store
) -> Tally:
    fates = {fate: counts[fate] for fate in ("new", "updated", "unchanged")}
    accepted = sum(fates.values())
    tally = Tally(
        FEED.id,
        received=accepted + counts["quarantined"],
        accepted=accepted,
        quarantined=counts["quarantined"],
        **fates,
    )
    state, reason = judge_run(tally)
    told = {k: v for k, v in asdict(tally).items() if k != "feed"}
    ended = {"run_id": run_id, "finished_at": store.clock(), "state": state, "reason": reason}
    writer.add_run(run | told | ended)
    writer.note(run_id=run_id, **asdict(tally))
    return tally


def _take_in(writer: Writer, makers: _Makers, made: _Made) -> Counter[str]:
    """Write what is new or changed of a chunk; how many rows were new, updated and unchanged."""
    fates: Counter[str] = Counter()
    if not len(made.judged):
        return fates
    # Rows that speak of one reference are taken in one after the other.
    turn = pd.Series(made.judged.reference.dictionary_encode().indices.to_numpy())
    turns = turn.groupby(turn, sort=False).cumcount().to_numpy()
    for number in range(int(turns.max()) + 1):
        rows = np.flatnonzero(turns == number)
        some = None if len(rows) == len(turns) else rows
        fates.update(_take_turn(writer, makers, made, some))
    makers.expects_new = fates["new"] * 2 > fates.total()
    return fates


def _take_turn(
    writer: Writer, makers: _Makers, made: _Made, some: np.ndarray | None
) -> Counter[str]:
    """As `_take_in`, for some rows that each have a reference of their own; all for None."""
    judged = made.judged
    asked = judged.reference if some is None else judged.reference.take(some)
    known = {row[1]: row for row in writer.known_facts(FEED.code, asked)}
    if not known:
        makers.expects_new = True
        writer.add_incidents(_split(makers.make_rows(made, some, np.ones(len(asked), np.int32))))
        _keep_reports(writer, makers.make_reports(made, some))
        return Counter(new=len(asked))
    said = set(writer.known_raw(FEED.code, asked))
    new, updated, restated, versions = [], [], [], []
    fates: Counter[str] = Counter()
    places = range(len(judged)) if some is None else some.tolist()
    for n, reference in zip(places, asked.to_pylist(), strict=True):
        before = known.get(reference)
        if before is None:
            new.append(n)
            continue
        if (reference, made.digests[n]) in said:
            fates["unchanged"] += 1
            continue
        restated.append(n)
        same = json.loads(before[3]).get("row") == judged.digest[n]
        if same and before[4] == judged.codes["tlp"][n]:
            fates["unchanged"] += 1
        else:
            updated.append(n)
            versions.append(before[2] + 1)
    if new:
        part = np.array(new)
        writer.add_incidents(_split(makers.make_rows(made, part, np.ones(len(new), np.int32))))
    if new or restated:
        _keep_reports(writer, makers.make_reports(made, np.array(new + restated)))
    if updated:
        rows = makers.make_rows(made, np.array(updated), np.array(versions, np.int32))
        writer.put_incidents(rows)
    return fates + Counter(new=len(new), updated=len(updated))


def _incident_ids(references: pa.Array) -> pa.Array:
    """As `incident_id_of`, for many: only references with odd characters are made one by one."""
    ids = pc.binary_join_element_wise(pa.scalar(FEED.id), references, "-")
    odd = pc.invert(pc.match_substring_regex(references, _SAFE))
    if pc.any(odd).as_py():
        made = [incident_id_of(FEED.id, r) for r in references.filter(odd).to_pylist()]
        ids = pc.replace_with_mask(ids, odd, pa.array(made, pa.string()))
    return ids


def _keep_reports(writer: Writer, reports: pa.Table) -> None:
    """Keep rows as reports, each joined to its incident."""
    n = len(reports)
    writer.add_reports(_split(reports.drop_columns(["incident_id"])))
    links = {
        "score": repeat(1.0, n, pa.float64()),
        "reason": repeat("same source, same reference", n, pa.string()),
    }
    named = reports.select(["incident_id", "report_id"])
    for name, column in links.items():
        named = named.append_column(name, column)
    writer.link_reports(_split(named))


def _split(rows: pa.Table) -> pa.Table:
    """The same rows in parts that are written side by side, each a row group of the store."""
    whole = rows.combine_chunks()
    return pa.Table.from_batches(whole.to_batches(max_chunksize=table.GROUP_ROWS), rows.schema)

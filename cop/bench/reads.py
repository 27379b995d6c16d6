"""What reading costs: the picture, the list, a detail, the past, and a moving map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cop.bench import ours
from cop.bench.measure import Contender, Counted, Timing, alternate
from cop.bench.peers import in_memory
from cop.bench.peers.naive import MOST_INCIDENTS, Naive
from cop.bench.peers.plain import Plain
from cop.bench.questions import (
    FIRST_WORDS,
    LIST,
    PICTURES,
    POLYGONS,
    TEXT,
    WORLD,
    Workload,
    pan_and_zoom,
)
from cop.services import Services

OURS_A_ROUND = 3
Say = Callable[[str], None]


def measure_reads(
    services: Services, plain: Plain, incidents: int, notes: list[str], say: Say
) -> list[dict[str, Any]]:
    """Every question and what surrounds it, each against the peers that can answer it."""
    missing = in_memory.find_missing()
    naive = Naive(plain.frame()) if incidents <= MOST_INCIDENTS else None
    polars = None if "polars" in missing else in_memory.Polars(plain.arrow())
    shader = None if "datashader" in missing else in_memory.Datashader(plain.positions())
    rows = []
    for workload in (*PICTURES, *POLYGONS, TEXT):
        say(f"{incidents:,}: {workload.id}, {workload.title}")
        mine = partial(ours.answer_picture, services, workload)
        contenders = {"ours": Contender(mine, times=OURS_A_ROUND)}
        if naive:
            contenders["naive_ms"] = Contender(
                partial(naive.picture, workload), rounds=3, warm=False
            )
        if workload in PICTURES or workload is TEXT:
            contenders["plain_ms"] = Contender(partial(plain.several, workload))
            contenders["grouping_sets_ms"] = Contender(partial(plain.grouping_sets, workload))
        if workload in PICTURES and polars:
            contenders["polars_ms"] = Contender(partial(polars.picture, workload))
        if workload in PICTURES and shader:
            contenders["datashader_ms"] = Contender(partial(shader.image, workload))
        contenders["scan_ms"] = Contender(partial(plain.scan, workload))
        rows.append(judge_row(workload, alternate(contenders), incidents, notes))
    rows.append(_search_first(services, incidents, notes))
    say(f"{incidents:,}: list, detail, as known at, pan and zoom")
    page: dict[str, Contender] = {
        "ours": Contender(lambda _: ours.answer_page(services, LIST), times=OURS_A_ROUND),
        "plain_ms": Contender(partial(plain.page, LIST, ours.PAGE)),
    }
    incident_id = plain.some_id()
    detail: dict[str, Contender] = {
        "ours": Contender(lambda _: ours.answer_detail(services, incident_id), times=3),
        "plain_ms": Contender(partial(plain.detail, incident_id)),
    }
    if naive:
        page["naive_ms"] = Contender(partial(naive.page, LIST, ours.PAGE), rounds=3)
        detail["naive_ms"] = Contender(partial(naive.detail, incident_id), rounds=3)
    if polars:
        page["polars_ms"] = Contender(partial(polars.page, LIST, ours.PAGE))
    known = Workload("as-known-at", "whole world as known at 1 Jan 2016", PICTURES[0].filters)
    rows.append(judge_row(LIST, alternate(page), incidents, notes))
    rows.append(
        judge_row(
            Workload("detail", "one incident with versions and reports", LIST.filters),
            alternate(detail), incidents, notes,
        )
    )  # fmt: skip
    answer = partial(ours.answer_picture, services, known, known=True)
    rows.append(judge_row(known, alternate({"ours": Contender(answer)}), incidents, notes))
    rows.append(_pan(services))
    return rows


def _search_first(services: Services, incidents: int, notes: list[str]) -> dict[str, Any]:
    """Searches for words that nothing is kept of, each asked once."""
    timing = alternate(
        {"ours": Contender(lambda n: ours.answer_picture(services, FIRST_WORDS[n], n),
                           rounds=len(FIRST_WORDS), warm=False)}
    )  # fmt: skip
    return judge_row(FIRST_WORDS[0], timing, incidents, notes)


def _pan(services: Services) -> dict[str, Any]:
    where = services.ask("", ours.VIEWER)
    views = pan_and_zoom()
    ours.answer_move(services, where, WORLD)
    steps = alternate(
        {"ours": Contender(lambda n: ours.answer_move(services, where, views[n % len(views)]),
                           rounds=len(views), warm=False)}
    )["ours"]  # fmt: skip
    assert steps.last
    return {
        "workload": "pan-and-zoom",
        "title": f"a move of the map, of {len(views)} from the world to one strait",
        "selected": steps.last.count,
        "ours_ms": steps.median,
        "ours_p95_ms": steps.p95,
        "bytes": len(steps.last.sent),
    }


def judge_row(
    workload: Workload, timings: dict[str, Timing], incidents: int, notes: list[str]
) -> dict[str, Any]:
    """A row of the report; a peer with other counts scores nothing, and a note says so."""
    mine = timings["ours"]
    assert mine.last
    row: dict[str, Any] = {
        "workload": workload.id,
        "title": workload.title,
        "selected": mine.last.count,
        "ours_ms": mine.median,
        "ours_p95_ms": mine.p95,
        "bytes": len(mine.last.sent),
        "raw_bytes": mine.last.raw,
        "marks": mine.last.marks,
        "repeats": len(mine.ms),
    }
    for name, timing in timings.items():
        if name == "ours" or timing.last is None:
            continue
        # The bare scan of a polygon is that of its box: it is timed, not held to the count.
        is_box = name == "scan_ms" and bool(workload.filters.within)
        if is_box or timing.last.agrees(mine.last):
            row[name] = timing.median
            row[name.replace("_ms", "_bytes")] = len(timing.last.sent)
        else:
            notes.append(
                f"{workload.id} at {incidents:,}: {name.removesuffix('_ms')} scores nothing, it "
                f"counted otherwise ({_difference(timing.last, mine.last)})"
            )
    return row


def _difference(theirs: Counted, mine: Counted) -> str:
    if theirs.count != mine.count:
        return f"{theirs.count:,} incidents, not {mine.count:,}"
    return "by type, severity or region"

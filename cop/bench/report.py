"""What a run says: ratios first, milliseconds beside them, and each target met or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cop.bench.run import MILLION, PEERS

Row = dict[str, Any]
PICTURE_IDS = ("W0", "W1", "W2", "W3", "W4", "W5")
TEN_MILLION = 10_000_000
_NAMES = {
    "naive_ms": "pandas + plotly express",
    "plain_ms": "DuckDB, several queries",
    "grouping_sets_ms": "DuckDB, GROUPING SETS",
    "polars_ms": "polars",
    "datashader_ms": "datashader (map only)",
    "scan_ms": "bare scan",
}
_HEAD = """# Benchmarks

Written by `make bench`; not edited by hand. Every figure is of one run: the peers ran in turn with
ours, on the same incidents and the same machine. Read the ratios; milliseconds are of this machine.

*Ours* is a whole picture with nothing remembered: the store asked, map, timeline, facets, tiles and
the first 50 rows drawn, serialised and compressed. A ratio says how many times longer the peer took
(below 1: the peer was faster). A peer whose counts differ from ours scores nothing; the notes say
so. datashader draws the map only, and the bare scan only counts. The naive peer is not run above a
million incidents.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what was asked, what came out, and whether it is met; None: not measured."""

    target: str
    found: str
    met: bool | None


def write_report(run: dict[str, Any], file: Path) -> None:
    """Write the run's report to a Markdown file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(render(run), "utf-8")


def render(run: dict[str, Any]) -> str:
    """The report of a run, as Markdown."""
    sizes = sorted({row["incidents"] for row in run["workloads"] if not _is_screens(row)})
    parts = [_HEAD, _setting(run), "## Targets\n", _verdict_table(judge(run))]
    for size in reversed(sizes):
        rows = [row for row in run["workloads"] if row["incidents"] == size]
        parts += [f"## {size:,} incidents\n", _ratio_table(rows), _time_table(rows)]
    parts += [_screens(row) for row in run["workloads"] if _is_screens(row)]
    parts += ["## Memory and opening\n", _size_table(run), _growth_table(run)]
    parts += ["## Notes\n", *(f"- {note}\n" for note in _notes(run))]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def judge(run: dict[str, Any]) -> list[Verdict]:
    """The targets of the product, each against what this run measured."""
    rows = run["workloads"]
    million = [row for row in rows if row["incidents"] == MILLION]
    most = [row for row in rows if row["incidents"] == TEN_MILLION]
    pictures = [row for row in most if row["workload"] in PICTURE_IDS]
    slow_ones = [row for row in most if row["workload"] in ("text", "text-first", "as-known-at")]
    large = [row for row in million if row["selected"] > 50_000 and row["naive_ms"] is not None]
    drawn = [row for row in rows if row.get("marks") is not None]
    growth = {name: n for name, n in run["growth"].items() if name in PICTURE_IDS}
    named = {(row["workload"], row["incidents"]): row for row in rows}
    smallest = min((row["incidents"] for row in rows if not _is_screens(row)), default=0)
    memory = run["sizes"].get(str(TEN_MILLION), {})
    held = [memory[key] for key in ("rss_mb", "server_rss_mb") if memory.get(key)]
    upsert = [row for row in most if row["workload"] == "upsert"]
    text = named.get(("ingest-text", smallest))
    bulk = named.get(("ingest-bulk", smallest))
    single = named.get(("ingest-one", smallest))
    watching = [row for row in rows if _is_screens(row)]
    readers = [r for r in rows if r["workload"] == "readers-during-import"]
    return [
        _least("naive peer ≥ 250× at 1 million, over 50,000 selected", large, "naive_ms", 250),
        _least("polars ≥ 5× at 10 million", pictures, "polars_ms", 5),
        _least("GROUPING SETS ≥ 5× at 10 million", pictures, "grouping_sets_ms", 5),
        _most(
            "at most 3× the bare scan at 10 million",
            [(r["workload"], r["ours_ms"] / r["scan_ms"]) for r in pictures if r["scan_ms"]],
            3, "×",
        ),
        _most("picture p95 ≤ 50 ms at 10 million", _p95(pictures), 50, " ms"),
        _most("text search, as known at: p95 ≤ 1 s at 10 million", _p95(slow_ones), 1_000, " ms"),
        _most("growth exponent 1 → 10 million ≤ 0.5", list(growth.items()), 0.5, ""),
        _most("server memory under 3 GB at 10 million", [("", max(held))] if held else [],
              3_000, " MB"),
        _least("INSERT OR REPLACE ≥ 30× at 10 million", upsert, "plain_ms", 30),
        _most("at most 60 KB compressed", [_at(r, r["bytes"] / 1e3) for r in drawn], 60, " KB"),
        _most("at most 2,000 marks", [_at(r, r["marks"]) for r in drawn], 2_000, ""),
        _most(
            "text feeds ≥ 10,000 records/s (ms for 10,000)",
            [("", text["ours_ms"] * 10_000 / text["selected"])] if text else [], 1_000, " ms",
        ),
        _most(
            "our own columns ≥ 100,000 records/s (ms for 100,000)",
            [("", bulk["ours_ms"] * 100_000 / bulk["selected"])] if bulk else [], 1_000, " ms",
        ),
        _most(
            "readers at most a third slower during an import (median)",
            [_at(r, r["ratio"]) for r in readers], 4 / 3, "×",
        ),
        _most(
            "a single report durable in under 50 ms",
            [("", single["ours_ms"])] if single else [], 50, " ms",
        ),
        _most(
            "200 screens: from a report's sending to its picture, p95 ≤ 2 s",
            [(row["workload"], row["shown_p95_ms"]) for row in watching], 2_000, " ms",
        ),
        _most(
            "exporting a million rows takes at most 300 MB more memory",
            [(r["workload"], r["rss_growth_mb"]) for r in million if r.get("rss_growth_mb")],
            300, " MB",
        ),
    ]  # fmt: skip


def _is_screens(row: Row) -> bool:
    """Many screens have a section of their own."""
    return "shown_p95_ms" in row


def _p95(rows: Iterable[Row]) -> list[tuple[str, float]]:
    return [(row["workload"], row["ours_p95_ms"]) for row in rows]


def _at(row: Row, value: float) -> tuple[str, float]:
    return f"{row['workload']} at {row['incidents']:,}", value


def _least(target: str, rows: list[Row], peer: str, limit: float) -> Verdict:
    """The ratio to a peer reaches the limit for every row; the worst is told."""
    found = [(row["workload"], row[peer] / row["ours_ms"]) for row in rows if row[peer]]
    if not found:
        return Verdict(target, "not measured", None)
    name, worst = min(found, key=lambda pair: pair[1])
    passed = sum(ratio >= limit for _, ratio in found)
    return Verdict(
        target, f"worst {_ratio(worst)} ({name}); {passed} of {len(found)}", worst >= limit
    )


def _most(target: str, found: list[tuple[str, float]], limit: float, unit: str) -> Verdict:
    """Every value stays within the limit; the worst is told."""
    if not found:
        return Verdict(target, "not measured", None)
    name, worst = max(found, key=lambda pair: pair[1])
    said = f"worst {_number(worst)}{unit}" + (f" ({name})" if name else "")
    if len(found) > 1:
        said += f"; {sum(value <= limit for _, value in found)} of {len(found)}"
    return Verdict(target, said, worst <= limit)


def _verdict_table(verdicts: list[Verdict]) -> str:
    words = {True: "met", False: "**not met**", None: "not measured"}
    return _table(("target", "", "found"), [(v.target, words[v.met], v.found) for v in verdicts])


def _ratio_table(rows: list[Row]) -> str:
    """How many times longer each peer took."""
    compared = [row for row in rows if any(row[peer] is not None for peer in PEERS)]
    peers = [peer for peer in PEERS if any(row[peer] is not None for row in compared)]

    def told(row: Row, peer: str) -> str:
        return "–" if row[peer] is None else _ratio(row[peer] / row["ours_ms"])

    return _table(
        ("workload", "selected", *(_NAMES[peer] for peer in peers)),
        [
            (_titled(row), f"{row['selected']:,}", *(told(row, peer) for peer in peers))
            for row in compared
        ],
    )


def _time_table(rows: list[Row]) -> str:
    """Milliseconds, bytes and marks."""
    peers = [peer for peer in PEERS if any(row[peer] is not None for row in rows)]
    return _table(
        ("ms", "ours", "p95", *(_NAMES[peer] for peer in peers), "KB gzip", "marks"),
        [
            (
                row["workload"],
                _number(row["ours_ms"]),
                _number(row["ours_p95_ms"]),
                *(_number(row[peer]) for peer in peers),
                _number(None if row["bytes"] is None else row["bytes"] / 1e3),
                _number(row.get("marks")),
            )
            for row in rows
        ],
    )


def _screens(row: Row) -> str:
    """Many screens at once: what each waits for, and what the server spends on all of them."""
    told = (
        ("a report's sending → its picture at a screen, median", "shown_ms", " ms"),
        ("the same, 95th percentile", "shown_p95_ms", " ms"),
        ("the same, worst", "shown_max_ms", " ms"),
        ("a report's sending → its version heard, 95th percentile", "heard_p95_ms", " ms"),
        ("a refresh, from asking to the answer, median", "ours_ms", " ms"),
        ("the same, 95th percentile", "ours_p95_ms", " ms"),
        ("refreshes", "refreshes", ""),
        ("server's processor time a commit, all screens", "server_cpu_ms_per_commit", " ms"),
        ("server's share of one core", "server_cpu_percent", " %"),
        ("screens' share of one core", "screens_cpu_percent", " %"),
        ("server's memory", "server_rss_mb", " MB"),
    )
    lines: list[tuple[str, ...]] = [
        (words, f"{_number(row[key])}{unit}") for words, key, unit in told
    ]
    head = f"## Many screens\n\n{row['title']}, over {row['incidents']:,} incidents.\n"
    return f"{head}\n{_table(('', 'found'), lines)}"


def _size_table(run: dict[str, Any]) -> str:
    columns: tuple[tuple[str, str], ...] = (
        ("open_s", "opened in s"),
        ("rss_mb", "memory MB, answering"),
        ("server_rss_mb", "memory MB, serving"),
        ("world_mb", "store MB"),
        ("world_s", "world filled in s"),
        ("took_s", "measured in s"),
    )
    return _table(
        ("incidents", *(title for _, title in columns)),
        [
            (f"{int(size):,}", *(_number(told.get(key)) for key, _ in columns))
            for size, told in run["sizes"].items()
        ],
    )


def _growth_table(run: dict[str, Any]) -> str:
    if not run["growth"]:
        return ""
    return "Growth exponent from 1 to 10 million, log10 of the ratio of the medians:\n\n" + _table(
        ("workload", "exponent"), [(name, _number(n)) for name, n in run["growth"].items()]
    )


def _setting(run: dict[str, Any]) -> str:
    machine, versions = run["machine"], run["versions"]
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Run of {run['ran_at']}, {run['took_s']} s in all, seed {run['seed']}: "
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_mb']:,} MB, "
        f"{machine['system']}, load {machine['load_before']} before. {said}.\n"
    )


def _notes(run: dict[str, Any]) -> list[str]:
    missing = [f"not installed, so not measured: {name}" for name in run["missing"]]
    return [
        *missing,
        *run["notes"],
        "Worlds are seeded and synthetic; incidents lie around 300 ports and straits on 200,000 "
        "distinct positions at most. A world is filled once and kept in `var/bench`; “–” under "
        "“world filled” means that it was kept from an earlier run.",
        "The bare scan counts on the peers' time-ordered table; for a polygon it counts its box.",
        "Single changes and updates are timed to the commit on disk; the upsert's peer has the "
        "picture's narrow columns only, ours writes whole versions with their audit.",
    ]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" if n == 0 else "---:" for n in range(len(head))), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _titled(row: Row) -> str:
    return f"{row['workload']}: {row['title']}"


def _ratio(value: float) -> str:
    return f"{value:,.0f}×" if value >= 10 else f"{value:.1f}×"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    form: Callable[[float], str] = next(form for limit, form in _FORMS if abs(value) >= limit)
    return form(value)


_FORMS: tuple[tuple[float, Callable[[float], str]], ...] = (
    (100, lambda n: f"{n:,.0f}"),
    (1, lambda n: f"{n:.1f}".removesuffix(".0")),
    (0, lambda n: f"{n:.2f}"),
)

"""Timing: contenders in turn, so that a busy machine is unfair to all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ROUNDS = 7
SLOW_ROUNDS = 3
SLOW_MS = 2_500.0


@dataclass(frozen=True)
class Counted:
    """What an answer counted, to hold peers to it, and what it would send.

    `by_hazard`, `by_severity`, `by_region` count the selected incidents by code; None where a
    contender does not count so. `sent` is the gzip body, `raw` its size before.
    """

    count: int
    by_hazard: dict[int, int] | None = None
    by_severity: dict[int, int] | None = None
    by_region: dict[int, int] | None = None
    sent: bytes = b""
    raw: int = 0
    marks: int = 0

    def agrees(self, other: Counted) -> bool:
        """Equal in everything that both count."""
        if self.count != other.count:
            return False
        pairs = (
            (self.by_hazard, other.by_hazard),
            (self.by_severity, other.by_severity),
            (self.by_region, other.by_region),
        )
        return all(a == b for a, b in pairs if a is not None and b is not None)


Answer = Callable[[int], Counted]


@dataclass
class Timing:
    """The milliseconds of one contender's repeats and what it answered last."""

    ms: list[float] = field(default_factory=list)
    last: Counted | None = None

    @property
    def median(self) -> float:
        return float(np.median(self.ms))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.ms, 95))


@dataclass(frozen=True)
class Contender:
    """A way to answer: `answer(repeat)`; how many rounds, and how often in each."""

    answer: Answer
    rounds: int = ROUNDS
    times: int = 1
    warm: bool = True


def alternate(contenders: dict[str, Contender]) -> dict[str, Timing]:
    """Run each in turn, round by round; whoever needs seconds runs in the first rounds only."""
    timings = {name: Timing() for name in contenders}
    most = dict.fromkeys(contenders, 0)
    for name, contender in contenders.items():
        most[name] = contender.rounds
        if contender.warm:
            ms, _ = _time(contender.answer, -1)
            if ms > SLOW_MS:
                most[name] = min(SLOW_ROUNDS, contender.rounds)
    for turn in range(max(most.values(), default=0)):
        for name, contender in contenders.items():
            if turn >= most[name]:
                continue
            for again in range(contender.times):
                ms, answer = _time(contender.answer, turn * contender.times + again)
                timings[name].ms.append(ms)
                timings[name].last = answer
                if ms > SLOW_MS:
                    most[name] = min(most[name], SLOW_ROUNDS)
                    break
    return timings


def _time(answer: Answer, repeat: int) -> tuple[float, Counted]:
    began = time.perf_counter()
    counted = answer(repeat)
    return (time.perf_counter() - began) * 1e3, counted


def resident_mb(pid: int | str = "self") -> float | None:
    """Resident memory of a process; None where the system does not say."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            line: Any = next(text for text in status if text.startswith("VmRSS"))
    except (OSError, StopIteration):
        return None
    return round(int(line.split()[1]) / 1024, 1)

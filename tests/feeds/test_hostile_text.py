"""Every pattern of reading answers in time on 50 kB made to keep it busy (abuse case A33)."""

from __future__ import annotations

import re
import time
from types import ModuleType

import pytest

from cop.feeds import asam, feed, imb, narrative, register, ukmto, victim
from cop.formats import asam as asam_format
from cop.formats import delimited, json_records, record
from cop.model import dtg, geo, privacy

MODULES = (
    asam, feed, imb, narrative, register, ukmto, victim, asam_format, delimited, json_records,
    record, dtg, geo, privacy,
)  # fmt: skip
SEEDS = (
    "a", "A", "1", " ", "\n", "-", ".", "°", "'", '"', "¿", "�", "+", "(", "@", "a@", "a.", "a@a.",
    "1-", "1 ", "1.", "(1", "+1", "A ", "A.", "tel ", "tel 1", "telex ", "call is ", "phone no. ",
    "1-1N ", "01-07N ", "flag ", "a-flag", "M/V ", "AND ", "\\", '\\"', '"\\', "[", "00", "0011 ",
    "at 1", "position 01-07N 103-31", "Report Date : 1 ", "�?", "anchored ", "oil tanker", "\r\n",
)  # fmt: skip
LENGTH = 50_000


def patterns(module: ModuleType) -> list[tuple[str, re.Pattern[str]]]:
    found = [(n, v) for n, v in vars(module).items() if isinstance(v, re.Pattern)]
    found += [(f"_UNITS{n}", p) for n, (p, _) in enumerate(getattr(module, "_UNITS", ()))]
    return [(f"{module.__name__}.{name}", pattern) for name, pattern in found]


ALL = [item for module in MODULES for item in patterns(module)]


def test_there_are_patterns_to_try() -> None:
    assert len(ALL) > 30


@pytest.mark.parametrize(("name", "pattern"), ALL, ids=[name for name, _ in ALL])
def test_each_pattern_answers_in_time(name: str, pattern: re.Pattern[str]) -> None:
    slowest = 0.0
    for seed in SEEDS:
        for text in ((seed * LENGTH)[:LENGTH], (seed * LENGTH)[:LENGTH] + "!"):
            started = time.thread_time()
            for _ in pattern.finditer(text):
                pass
            pattern.fullmatch(text)
            slowest = max(slowest, time.thread_time() - started)
    assert slowest < 0.1, f"{name} took {slowest:.3f} s"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_whole_narrative_is_cleaned_in_time(seed: str) -> None:
    text = (seed * LENGTH)[:LENGTH]
    started = time.thread_time()
    narrative.clean_narrative(text)
    victim.read_victim(text[: feed.MAX_TEXT])
    assert time.thread_time() - started < 0.1

"""What a second process reads is what this one reads, whatever becomes of it; nothing is lost."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop import reading_ahead
from cop.bench.changes import write_asam
from cop.feeds import get_feed
from cop.feeds import narrative as feeds_narrative
from cop.model.classify import Texts, read_rules, read_signals, texts_of
from cop.model.classify.words import _TOKEN, split_words
from cop.model.report import Report
from cop.model.text import fold
from cop.reading_ahead import PART, ReadingAhead

REAL = Path(__file__).parents[2] / "../shared/data/incidents/asam_1978_2022.csv"
WORDS = ("boarded", "no shots", "robbers", "pirates", "armed with knives", "crew", "at anchor",
         "fired upon", "escaped", "the guards", "12 nm off", "hijacked", "ship’s", "é",
         ".", "\ud800")  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "_processors", lambda: 2)


def read_all(texts: list[Texts]) -> list[int]:
    with ReadingAhead(large=True) as ahead:
        assert ahead._process is not None
        for each in texts:
            ahead.give(each)
        return [ahead.signals_of(each) for each in texts]


def made_texts(count: int) -> list[Texts]:
    found = get_feed("asam").parse(write_asam(count, 7), datetime(2026, 1, 1))
    return [texts_of(report) for report in found if isinstance(report, Report)]


def test_the_second_process_answers_as_this_one() -> None:
    texts = [*made_texts(2 * PART + 3), ("no\nshots \ud800", "", "at anchor", "")]
    lines = b"".join(
        reading_ahead.json.dumps(texts[at : at + PART]).encode() + b"\n"
        for at in range(0, len(texts), PART)
    )
    done = subprocess.run(
        [sys.executable, "-m", "cop.reading_ahead"],
        input=lines, stdout=subprocess.PIPE, cwd=reading_ahead.ROOT, check=True,
    )  # fmt: skip
    digest, *answers = done.stdout.splitlines()
    assert digest.decode() == read_rules().digest
    found = [bits for line in answers for bits in reading_ahead.json.loads(line)]
    assert found == [read_signals(each) for each in texts]


def test_texts_given_come_back_equal_while_both_read() -> None:
    texts = made_texts(3 * PART + 5)
    assert read_all(texts) == [read_signals(each) for each in texts]


@pytest.mark.parametrize(
    "script",
    [
        "",  # ends at once
        "print('other rules', flush=True); input()",
        "import sys; print(sys.argv[1], flush=True); input()",  # ends in the middle
        "import sys; print(sys.argv[1], flush=True); [print('[1]', flush=True) for _ in sys.stdin]",
    ],
)
def test_a_second_process_that_fails_costs_nothing_but_time(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", script, read_rules().digest],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    monkeypatch.setattr(reading_ahead, "_start", start)
    texts = made_texts(3 * PART)
    assert read_all(texts) == [read_signals(each) for each in texts]


def test_one_that_cannot_be_started_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    texts = made_texts(20)
    with ReadingAhead(large=True) as ahead:
        assert ahead._process is None
        ahead.give(texts[0])
        assert [ahead.signals_of(each) for each in texts] == [read_signals(t) for t in texts]


def test_leaving_without_asking_ends_the_second_process() -> None:
    with ReadingAhead(large=True) as ahead:
        for texts in made_texts(2 * PART):
            ahead.give(texts)
        process = ahead._process
    assert process is not None
    assert process.poll() is not None
    assert not ahead._courier.is_alive()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(max_codepoint=127)) | TEXTS)
def test_plain_words_are_cut_as_all_words_are(text: str) -> None:
    marks = str.maketrans(";:!?`", "....'")
    if text.isascii():
        assert split_words(text) == _TOKEN.findall(text.lower().translate(marks))


@settings(max_examples=150, deadline=None)
@given(st.text() | TEXTS)
def test_searched_text_is_what_its_characters_say_one_by_one(text: str) -> None:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (
        " " if c.isspace() else c
        for c in decomposed
        if not unicodedata.combining(c) and (c.isspace() or unicodedata.category(c)[0] != "C")
    )
    assert fold(text) == " ".join("".join(kept).split())


_NUMBERS = st.lists(
    st.sampled_from([*"0123456789.- :'NSEWsn", "01-24N 041-51E ", " in "]), max_size=14
)
_SPELT = feeds_narrative._POSITION.pattern.replace(r"(\d(?<![\d.]\d)\d?)", r"(?<![\d.])(\d{1,2})")


@settings(max_examples=300, deadline=None)
@given(_NUMBERS.map("".join))
def test_a_position_told_is_found_where_no_digit_or_point_is_before_it(text: str) -> None:
    plain = [match.span() for match in re.finditer(_SPELT, text)]
    assert [match.span() for match in feeds_narrative._POSITION.finditer(text)] == plain


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="the published data is not beside the project")
def test_published_texts_are_read_alike_by_both() -> None:
    found = get_feed("asam").parse(REAL.read_bytes(), datetime(2026, 1, 1))
    texts = [texts_of(report) for report in found if isinstance(report, Report)][::4]
    assert read_all(texts) == [read_signals(each) for each in texts]

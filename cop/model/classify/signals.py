"""Read the signals of the rule files and find which of them a text gives.

A signal is a fact that words can state, such as `knife` or `boarded`. Its words do not count where
they are denied ("no shots"), only feared ("could be boarded"), or stand in a passage about somebody
else (the guards' shots).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from cop.model.classify.index import PhraseIndex
from cop.model.classify.words import Phrase, compile_phrase, join_words

# How far back, in characters, a denying word is looked for.
LOOK_BACK = 64
# A text that repeats one phrase endlessly says nothing more after this many times.
MOST_OCCURRENCES = 40


@dataclass(frozen=True, slots=True)
class Signal:
    """A fact that words can state; `bit` is its place in the answer of `SignalBook.scan`."""

    id: str
    bit: int
    denied_by: tuple[str, ...]  # kinds of denial that cancel it
    not_within: tuple[str, ...]  # passages in which its words do not count


class SignalBook:
    """All signals of one reading place (narrative, source word or place), scanned together."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        passages: Sequence[Mapping[str, Any]],
        denials: Mapping[str, list[str]],
        lists: Mapping[str, list[str]],
        bits: dict[str, int],
    ) -> None:
        everywhere = tuple(row["id"] for row in passages if row.get("everywhere"))
        self._denials = {kind: _compile_denial(words) for kind, words in denials.items()}
        self._entries: list[tuple[Signal, Phrase]] = []
        for row in rows:
            signal = Signal(
                row["id"],
                bits.setdefault(row["id"], 1 << len(bits)),
                tuple(row.get("denied_by", ("no", "unreal"))),
                (*row.get("not_within", ()), *everywhere),
            )
            self._entries += [(signal, compile_phrase(p, lists)) for p in row["phrases"]]
        self._passages = [
            (row["id"], compile_phrase(p, lists)) for row in passages for p in row["phrases"]
        ]
        # Signals and passages share one look-up; passages come last.
        self._index = PhraseIndex([p for _, p in (*self._entries, *self._passages)])

    def scan(self, words: list[str]) -> int:
        """Return the bits of every signal that these words give."""
        possible = self._index.find_possible(words)
        first_passage = bisect_left(possible, len(self._entries))
        if not first_passage:
            return 0
        text = join_words(words)
        passages: dict[str, _Passage] = {}
        for number in possible[first_passage:]:
            kind, phrase = self._passages[number - len(self._entries)]
            passages.setdefault(kind, _Passage(text)).phrases.append(phrase)
        found = 0
        for number in possible[:first_passage]:
            signal, phrase = self._entries[number]
            if not found & signal.bit and self._is_given(signal, phrase, text, passages):
                found |= signal.bit
        return found

    def _is_given(
        self, signal: Signal, phrase: Phrase, text: str, passages: Mapping[str, _Passage]
    ) -> bool:
        for start, stop in islice(phrase.find(text), MOST_OCCURRENCES):
            if "no" in signal.denied_by and phrase.is_denied_inside(text, start, stop):
                continue
            if any(
                passage.reaches(start, stop)
                for kind, passage in passages.items()
                if kind in signal.not_within
            ):
                continue
            back = max(0, start - LOOK_BACK)
            if not any(self._denials[k].search(text, back, start + 1) for k in signal.denied_by):
                return True
        return False


class _Passage:
    """Where one kind of passage stands in a text; looked for when a signal first asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.phrases: list[Phrase] = []

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [
            span
            for phrase in self.phrases
            for span in islice(phrase.find(self._text), MOST_OCCURRENCES)
        ]

    def reaches(self, start: int, stop: int) -> bool:
        """Whether such a passage overlaps what stands from start to stop."""
        return any(begin < stop and start < end for begin, end in self._spans)


def _compile_denial(words: list[str]) -> re.Pattern[str]:
    """A denial reaches over a few words of its own clause, but not past a turn of the sentence."""
    heads = "|".join(_head_pattern(w) for w in words if w[:1] != "~")
    reach = next((int(w[1:]) for w in words if w[:1] == "~"), 3)
    turn = "and |but |while |when |after |before |however |then |escaped |fled |resulting |until "
    turn += r"|which |who |, |\. |by "
    # "No 16" is a name, not a denial.
    return re.compile(rf" (?:{heads})(?! [0-9]) (?:(?!{turn})[^ ]++ ){{0,{reach}}}+$")


def _head_pattern(word: str) -> str:
    return word[1:-1] if word.startswith("/") else re.escape(word).replace(r"\*", "[^ ]*+")

"""Read the signals of the rule files and find which of them a text gives.

A signal is a fact that words can state, such as `knife` or `boarded`. Its words do not count where
they are denied ("no shots"), only feared ("could be boarded"), or stand in a passage about somebody
else (the guards' shots).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cop.model.classify.words import LONGEST_WORD, Phrase, compile_phrase, join_words

# How far back, in characters, a denying word is looked for.
LOOK_BACK = 64
# A text that repeats one phrase endlessly says nothing more after this many times.
MOST_OCCURRENCES = 40
MOST_REMEMBERED_WORDS = 60_000


@dataclass(frozen=True, slots=True)
class Signal:
    """A fact that words can state; `bit` is its place in the answer of `SignalBook.scan`."""

    id: str
    bit: int
    phrases: tuple[Phrase, ...]
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
        self._passages = {
            row["id"]: tuple(compile_phrase(p, lists) for p in row["phrases"]) for row in passages
        }
        everywhere = tuple(row["id"] for row in passages if row.get("everywhere"))
        self._denials = {kind: _compile_denial(words) for kind, words in denials.items()}
        self._signals = []
        for row in rows:
            phrases = tuple(compile_phrase(p, lists) for p in row["phrases"])
            within = (*row.get("not_within", ()), *everywhere)
            bit = bits.setdefault(row["id"], 1 << len(bits))
            denied = tuple(row.get("denied_by", ("no", "unreal")))
            self._signals.append(Signal(row["id"], bit, phrases, denied, within))
        self._entries = [(s, p) for s in self._signals for p in s.phrases]
        self._passage_entries = [(k, p) for k, ps in self._passages.items() for p in ps]
        self._by_word: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._passages_by_word: dict[str, tuple[int, ...]] = {}

    def scan(self, words: list[str]) -> int:
        """Return the bits of every signal that these words give."""
        wanted, near = self._candidates(words)
        if not wanted:
            return 0
        text = join_words(words)
        spans: dict[str, list[tuple[int, int]]] = {}
        for index in near:
            kind, phrase = self._passage_entries[index]
            spans.setdefault(kind, []).extend(phrase.find(text))
        found = 0
        for index in wanted:
            signal, phrase = self._entries[index]
            if not found & signal.bit and self._is_given(signal, phrase, text, spans):
                found |= signal.bit
        return found

    def _candidates(self, words: list[str]) -> tuple[set[int], set[int]]:
        wanted: set[int] = set()
        near: set[int] = set()
        for word in set(words):
            if len(word) > LONGEST_WORD:
                continue
            known = self._by_word.get(word)
            if known is None:
                known = self._learn(word)
            if known:
                wanted.update(known)
            passages = self._passages_by_word.get(word)
            if passages:
                near.update(passages)
        return wanted, near

    def _learn(self, word: str) -> tuple[int, ...]:
        """Work out once which phrases a word can begin, and remember it."""
        while len(self._by_word) >= MOST_REMEMBERED_WORDS:
            forgotten, _ = self._by_word.popitem(last=False)
            self._passages_by_word.pop(forgotten, None)
        known = tuple(
            i for i, (_, phrase) in enumerate(self._entries) if phrase.triggers.fullmatch(word)
        )
        self._by_word[word] = known
        passages = tuple(
            i for i, (_, p) in enumerate(self._passage_entries) if p.triggers.fullmatch(word)
        )
        if passages:
            self._passages_by_word[word] = passages
        return known

    def _is_given(
        self, signal: Signal, phrase: Phrase, text: str, spans: dict[str, list[tuple[int, int]]]
    ) -> bool:
        for count, (start, _) in enumerate(phrase.find(text)):
            if count >= MOST_OCCURRENCES:
                return False
            if any(
                begin <= start < end
                for kind in signal.not_within
                for begin, end in spans.get(kind, ())[:MOST_OCCURRENCES]
            ):
                continue
            back = max(0, start - LOOK_BACK)
            if not any(self._denials[k].search(text, back, start + 1) for k in signal.denied_by):
                return True
        return False


def _compile_denial(words: list[str]) -> re.Pattern[str]:
    """A denial reaches over a few words of its own clause, but not past a turn of the sentence."""
    heads = "|".join(re.escape(w).replace(r"\*", "[^ ]*+") for w in words if w[:1] != "~")
    reach = next((int(w[1:]) for w in words if w[:1] == "~"), 3)
    turn = "and |but |while |when |after |before |however |then |escaped |fled |resulting |until "
    turn += r"|which |who |, |\. |by "
    return re.compile(rf" (?:{heads}) (?:(?!{turn})[^ ]++ ){{0,{reach}}}+$")

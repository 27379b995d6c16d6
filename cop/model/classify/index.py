"""Find, from the words of a text, the few phrases that can occur in it.

Every phrase needs certain words. Each word is worked out once and remembered, so that a text costs
one look-up per word instead of one search per phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cop.model.classify.words import LONGEST_WORD, Phrase, commonness

MOST_REMEMBERED_WORDS = 60_000


class PhraseIndex:
    """Phrases by the words they need; `find_possible` answers with their numbers in order."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        sets = list(dict.fromkeys(need for phrase in phrases for need in phrase.needs))
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._others: list[tuple[re.Pattern[str], int]] = []
        for number, lexemes in enumerate(sets):
            for lexeme in lexemes:
                self._add(lexeme, 1 << number)
        bits = {need: 1 << number for number, need in enumerate(sets)}
        self._needs = [sum(bits[need] for need in phrase.needs) for phrase in phrases]
        # A phrase is looked up by the rarest of the sets it needs.
        by_set: dict[int, list[int]] = {}
        for number, phrase in enumerate(phrases):
            by_set.setdefault(bits[min(phrase.needs, key=commonness)], []).append(number)
        self._by_set = by_set
        self._known: dict[str, tuple[int, tuple[int, ...]]] = {}

    def find_possible(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the phrases for which these words hold all that is needed."""
        has = 0
        looked_up: set[int] = set()
        known = self._known
        for word in set(words):
            entry = known.get(word)
            if entry is None:
                entry = self._learn(word)
            if entry[0]:
                has |= entry[0]
                if entry[1]:
                    looked_up.update(entry[1])
        needs = self._needs
        return sorted(n for n in looked_up if has & needs[n] == needs[n])

    def _add(self, lexeme: str, bit: int) -> None:
        if lexeme.startswith("/"):
            self._others.append((re.compile(lexeme[1:-1]), bit))
        elif lexeme.startswith("*"):
            self._others.append((re.compile(".*" + re.escape(lexeme[1:])), bit))
        elif lexeme.endswith("*"):
            self._stems[lexeme[:-1]] = self._stems.get(lexeme[:-1], 0) | bit
        else:
            self._exact[lexeme] = self._exact.get(lexeme, 0) | bit

    def _learn(self, word: str) -> tuple[int, tuple[int, ...]]:
        if len(word) > LONGEST_WORD:
            return 0, ()
        mask = self._exact.get(word, 0)
        for end in range(1, len(word) + 1):
            mask |= self._stems.get(word[:end], 0)
        for pattern, bit in self._others:
            if pattern.fullmatch(word):
                mask |= bit
        phrases: list[int] = []
        left = mask
        while left:
            bit = left & -left
            phrases += self._by_set.get(bit, ())
            left ^= bit
        if len(self._known) >= MOST_REMEMBERED_WORDS:
            self._known.clear()
        self._known[word] = (mask, tuple(phrases))
        return self._known[word]

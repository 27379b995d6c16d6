"""Find, from the words of a text, the few phrases that can occur in it.

Every phrase needs certain words. Each word is worked out once and remembered, so that a text costs
one look-up per word instead of one search per phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cop.model.classify.words import LONGEST_WORD, Phrase, commonness

MOST_REMEMBERED_WORDS = 60_000
# Every word worked out; and of those that some phrase needs, the sets and phrases they are in.
Memory = tuple[set[str], dict[str, tuple[int, tuple[int, ...]]]]


class PhraseIndex:
    """Phrases by the words they need; `find_possible` answers with their numbers in order."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        wanted = [_telling_needs(phrase) for phrase in phrases]
        sets = list(dict.fromkeys(need for needs in wanted for need in needs))
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._others: list[tuple[re.Pattern[str], int]] = []
        for number, lexemes in enumerate(sets):
            for lexeme in lexemes:
                self._add(lexeme, 1 << number)
        bits = {need: 1 << number for number, need in enumerate(sets)}
        # A phrase is looked up by the rarest of the sets it needs.
        self._by_set: dict[int, list[int]] = {}
        self._other_needs: list[int] = []
        for number, needs in enumerate(wanted):
            rarest = bits[min(needs, key=commonness)]
            self._by_set.setdefault(rarest, []).append(number)
            self._other_needs.append(sum(bits[need] for need in needs) ^ rarest)
        self._all = (1 << len(sets)) - 1
        self._longest_stem = max(map(len, self._stems), default=0)
        self._memory: Memory = (set(), {})

    def find_possible(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the phrases for which these words hold all that is needed."""
        has = 0
        looked_up: set[int] = set()
        distinct = set(words)
        memory = self._memory  # another thread may begin a new one
        new = distinct - memory[0]
        if new:
            if len(memory[0]) + len(new) > MOST_REMEMBERED_WORDS:
                memory = self._memory = (set(), {})
                new = distinct
            self._learn(new, *memory)
        telling = memory[1]
        for word in telling.keys() & distinct:
            mask, phrases = telling[word]
            has |= mask
            if phrases:
                looked_up.update(phrases)
        lacks = self._all ^ has
        needs = self._other_needs
        return sorted([n for n in looked_up if not needs[n] & lacks])

    def _add(self, lexeme: str, bit: int) -> None:
        if lexeme.startswith("/"):
            self._others.append((re.compile(lexeme[1:-1]), bit))
        elif lexeme.startswith("*"):
            self._others.append((re.compile(".*" + re.escape(lexeme[1:])), bit))
        elif lexeme.endswith("*"):
            self._stems[lexeme[:-1]] = self._stems.get(lexeme[:-1], 0) | bit
        else:
            self._exact[lexeme] = self._exact.get(lexeme, 0) | bit

    def _learn(
        self, words: set[str], known: set[str], telling: dict[str, tuple[int, tuple[int, ...]]]
    ) -> None:
        for word in words:
            if len(word) > LONGEST_WORD:
                continue
            mask = self._exact.get(word, 0)
            for end in range(1, min(len(word), self._longest_stem) + 1):
                mask |= self._stems.get(word[:end], 0)
            for pattern, bit in self._others:
                if pattern.fullmatch(word):
                    mask |= bit
            if mask:
                telling[word] = (mask, self._phrases_of(mask))
            known.add(word)  # last: what is known is told

    def _phrases_of(self, mask: int) -> tuple[int, ...]:
        """The phrases that are looked up by any of these sets of words."""
        phrases: list[int] = []
        while mask:
            bit = mask & -mask
            phrases += self._by_set.get(bit, ())
            mask ^= bit
        return tuple(phrases)


def _telling_needs(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """What a phrase needs, without the sets that any word fills (`*`), if others are left."""
    return tuple(need for need in phrase.needs if "*" not in need) or phrase.needs

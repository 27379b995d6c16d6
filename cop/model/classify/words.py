"""Turn prose into words, and phrases of the rule files into patterns over those words.

Text becomes lower-case words with one space around each; a full stop stands for every clause end
and a comma for every comma. A phrase therefore begins and ends at a word boundary by construction:
`gun` is never found in `Gungnir`. Phrases are written in a small notation:

    word        the word itself         word*, *nm  every word that begins, ends so
    (a|b c|d*)  one of these            x?          x or nothing
    {name}      one of the words of the list `name`
    ~3          up to three other words, within the clause
    ~3!name     the same, but none of them from the list `name`
    /[2-9].+/   a word by regular expression
    @x          look for the phrase only in texts with x (default: its first word)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# A number keeps its decimals and its unit together (0.4nm, 05-36.9n gives 05 and 36.9n).
_TOKEN = re.compile(r"\d++(?:[.,]\d++)*+[^\W_]*+|[^\W_]++(?:'[^\W_]++)?+|[.;:!?]|,")
_CLAUSE_ENDS = frozenset(";:!?")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
# Longer runs are noise, not words of any rule.
LONGEST_WORD = 24
_LEXEME = re.compile(r"[()|?@]|\{[\w-]+\}|~\d+(?:![\w-]+)?|/[^/]+/|[^\s()|?@{}~/]+")


def split_words(text: str) -> list[str]:
    """Split prose into lower-case words; clause ends become `.`, commas stay."""
    plain = text.lower().translate(_APOSTROPHES)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not _is_accent(c))
    return ["." if t in _CLAUSE_ENDS else t for t in _TOKEN.findall(plain)]


def _is_accent(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def join_words(words: Iterable[str]) -> str:
    """Join words so that each has one space on both sides, as phrases expect."""
    return f" {' '.join(words)} "


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a rule file: what it matches, and the words without which it cannot."""

    written: str
    pattern: re.Pattern[str]
    triggers: re.Pattern[str]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each occurrence; the start is the space before the first word."""
        for match in self.pattern.finditer(text):
            yield match.start(), match.end() - 1


def compile_phrase(written: str, lists: Mapping[str, list[str]]) -> Phrase:
    """Compile one phrase; raises ValueError where it is not well formed or has no word to find."""
    reader = _Reader(written, lists)
    pattern, first = reader.read_choices()
    if reader.rest or not (reader.marked or first):
        raise ValueError(f"the phrase {written!r} cannot be read")
    triggers = "|".join(sorted(reader.marked or first))
    return Phrase(written, re.compile(" " + pattern), re.compile(triggers))


@dataclass
class _Reader:
    """Reads the notation once from left to right; `rest` holds what is still unread, reversed.

    Each method returns the regular expression of what it read, and the expressions of the words it
    can begin with (empty where it can begin with anything).
    """

    written: str
    lists: Mapping[str, list[str]]
    rest: list[str] = field(init=False)
    marked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rest = _LEXEME.findall(self.written)[::-1]

    def read_choices(self) -> tuple[str, set[str]]:
        pattern, first = self._read_sequence()
        patterns = [pattern]
        while self.rest and self.rest[-1] == "|":
            self.rest.pop()
            pattern, more = self._read_sequence()
            patterns.append(pattern)
            first |= more
        return (f"(?:{'|'.join(patterns)})" if len(patterns) > 1 else patterns[0]), first

    def _read_sequence(self) -> tuple[str, set[str]]:
        patterns: list[str] = []
        begins: set[str] = set()
        while self.rest and self.rest[-1] not in ("|", ")"):
            marked = self.rest[-1] == "@"
            if marked:
                self.rest.pop()
            pattern, first = self._read_item()
            if self.rest and self.rest[-1] == "?":
                self.rest.pop()
                pattern = f"(?:{pattern})?"
            elif not begins:
                begins = first
            if marked:
                self.marked |= first
            patterns.append(pattern)
        return "".join(patterns), set(begins)

    def _read_item(self) -> tuple[str, set[str]]:
        lexeme = self.rest.pop()
        if lexeme == "(":
            inner = self.read_choices()
            if not self.rest or self.rest.pop() != ")":
                raise ValueError(f"a bracket is not closed in {self.written!r}")
            return inner
        if lexeme.startswith("{"):
            return self._read_list(lexeme[1:-1])
        if lexeme.startswith("~"):
            reach, _, barred = lexeme[1:].partition("!")
            stop = f"(?!{self._read_list(barred)[0]})" if barred else ""
            return rf"(?:(?!\. ){stop}[^ ]++ ){{0,{int(reach)}}}?", set()
        word = _word_pattern(lexeme)
        return word + " ", {word}

    def _read_list(self, name: str) -> tuple[str, set[str]]:
        parts = [_Reader(entry, self.lists).read_choices() for entry in self.lists[name]]
        return f"(?:{'|'.join(p for p, _ in parts)})", set().union(*(f for _, f in parts))


def _word_pattern(lexeme: str) -> str:
    if lexeme.startswith("/"):
        return f"(?:{lexeme[1:-1]})"
    if lexeme.startswith("*"):
        return "[^ ]*?" + re.escape(lexeme[1:])
    if lexeme.endswith("*"):
        return re.escape(lexeme[:-1]) + "[^ ]*+"
    return re.escape(lexeme)

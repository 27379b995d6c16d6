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
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# A number keeps its decimals and its unit together: 0.4nm, 36.9n.
_TOKEN = re.compile(r"[^\W\d_]++[^\W_]*+(?:'[^\W_]++)?+|\d++(?:[.,]\d++)*+[^\W_]*+|[.,]")
# The same for text without any other letters, where it is found in two thirds of the time.
_ASCII_TOKEN = re.compile(
    r"[a-z][a-z0-9]*+(?:'[a-z0-9]++)?+|[0-9]++(?:[.,][0-9]++)*+[a-z0-9]*+|[.,]"
)
_ASCII_PLAIN = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ;:!?`", b"abcdefghijklmnopqrstuvwxyz....'"
)
_MARKS = str.maketrans({";": ".", ":": ".", "!": ".", "?": ".", "’": "'", "‘": "'", "`": "'"})
_ACCENTS = re.compile("[\u0300-\u036f]+")
# Longer runs are noise, not words of any rule.
LONGEST_WORD = 24
_LEXEME = re.compile(r"[()|?]|\{[\w-]+\}|~\d+(?:![\w-]+)?|/[^/]+/|[^\s()|?{}~/]+")

_DENIAL = re.compile(r"\b(?:not|never|nor|nobody|didn't|couldn't)\b")
_DENIAL_INSIDE = re.compile(
    " (?:(?:was|were|is|are|did|do|had|has|have|could) not|never|nor|didn't|couldn't) "
)


def split_words(text: str) -> list[str]:
    """Split prose into lower-case words; clause ends become `.`, commas stay."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.encode("ascii").translate(_ASCII_PLAIN).decode("ascii"))
    plain = text.lower().translate(_MARKS)
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return _TOKEN.findall(plain)


def join_words(words: Iterable[str]) -> str:
    """Join words so that each has one space on both sides, as phrases expect."""
    return f" {' '.join(words)} "


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a rule file: what it matches, and which words a text must have for it.

    `needs` holds sets of lexemes (`word`, `stem*`, `*end`, `/expression/`); a text without at
    least one word of each set cannot match, so the pattern is not tried on it.
    """

    written: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    has_gap: bool  # it has gaps, and no denial of its own

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each occurrence; the start is the space before the first word."""
        for match in self.pattern.finditer(text):
            yield match.start(), match.end() - 1

    def is_denied_inside(self, text: str, start: int, stop: int) -> bool:
        """Whether a gap of the phrase holds a denial: "was not damaged" for "was ~2 damaged"."""
        return self.has_gap and _DENIAL_INSIDE.search(text, start, stop) is not None


def compile_phrase(written: str, lists: Mapping[str, list[str]]) -> Phrase:
    """Compile one phrase; raises ValueError where it is not well formed or has no word to find."""
    reader = _Reader(written, lists)
    pattern, needs = reader.read_choices()
    if reader.rest or not needs:
        raise ValueError(f"the phrase {written!r} cannot be read")
    has_gap = "~" in written and not _DENIAL.search(written)
    return Phrase(written, re.compile(" " + pattern), tuple(dict.fromkeys(needs)), has_gap)


Needs = list[frozenset[str]]


@dataclass
class _Reader:
    """Reads the notation once from left to right; `rest` holds what is still unread, reversed.

    Each method returns the regular expression of what it read, and what a text needs for it.
    """

    written: str
    lists: Mapping[str, list[str]]
    rest: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.rest = _LEXEME.findall(self.written)[::-1]

    def read_choices(self) -> tuple[str, Needs]:
        choices = [self._read_sequence()]
        while self.rest and self.rest[-1] == "|":
            self.rest.pop()
            choices.append(self._read_sequence())
        if len(choices) == 1:
            return choices[0]
        return f"(?:{'|'.join(p for p, _ in choices)})", _needs_of_any([n for _, n in choices])

    def _read_sequence(self) -> tuple[str, Needs]:
        patterns: list[str] = []
        needs: Needs = []
        while self.rest and self.rest[-1] not in ("|", ")"):
            pattern, wanted = self._read_item()
            if self.rest and self.rest[-1] == "?":
                self.rest.pop()
                pattern = f"(?:{pattern})?"
            else:
                needs += wanted
            patterns.append(pattern)
        return "".join(patterns), needs

    def _read_item(self) -> tuple[str, Needs]:
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
            return rf"(?:(?!\. ){stop}[^ ]++ ){{0,{int(reach)}}}?", []
        return _word_pattern(lexeme) + " ", [frozenset((lexeme,))]

    def _read_list(self, name: str) -> tuple[str, Needs]:
        parts = [_Reader(entry, self.lists).read_choices() for entry in self.lists[name]]
        return f"(?:{'|'.join(p for p, _ in parts)})", _needs_of_any([n for _, n in parts])


def _needs_of_any(choices: list[Needs]) -> Needs:
    """What a text needs where any one choice will do: one word of any of them, the rarest taken."""
    if not all(choices):
        return []
    return [frozenset().union(*(min(needs, key=commonness) for needs in choices))]


# The commonest words of incident reports: a phrase is looked up by its rarer words.
_EVERYWHERE = """
a an and are as at by for from her his in is it of on that the their they to was were with
"""
_USUAL = """
. , all alarm anchorage* anchored approached armed attack been boarded boarding boat boats bulk
cargo carrier crew deck duty escaped four had have into local master men near no not off officer
one person* persons pirate* pirates port position reported robber* robbers ship ships skiff* speed
tanker three time two underway vessel vessels when while
"""
_COMMON = dict.fromkeys(_EVERYWHERE.split(), 60) | dict.fromkeys(_USUAL.split(), 12)


def commonness(words: Iterable[str]) -> int:
    """How often, roughly, a text has one of these words: the higher, the worse to look up by."""
    return sum(_COMMON.get(word, 1) for word in words)


def _word_pattern(lexeme: str) -> str:
    if lexeme.startswith("/"):
        return f"(?:{lexeme[1:-1]})"
    if lexeme.startswith("*"):
        return "[^ ]*?" + re.escape(lexeme[1:])
    if lexeme.endswith("*"):
        return re.escape(lexeme[:-1]) + "[^ ]*+"
    return re.escape(lexeme)

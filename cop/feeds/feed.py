"""What a feed is: where reports come from, under what terms, and how its bytes become reports.

A feed never writes and never fetches: `parse` is pure and strict. Every field is mapped, ignored
by name, or signalled; a record that cannot be taken in is a Defect and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from unicodedata import normalize

from cop.errors import BadInput
from cop.formats.record import Record
from cop.model.marking import FLOOR_WHEN_UNDECLARED, parse_marking
from cop.model.report import Defect, Report

ARCHIVE = "published archive"
CURRENT = "current source, as of the file that was read"
BUNDLED = "bundled register, not live"
EVERYWHERE = ("*",)
MAX_TEXT = 500
_NOT_COMPARED = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))

Parse = Callable[[bytes, datetime], Iterator[Report | Defect]]


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of reports; `code` is stored in facts and never renumbered or reused.

    kind: what a person must know of its freshness, one of ARCHIVE, CURRENT, BUNDLED.
    marking: the floor (TLP slug) of a record that carries none.
    parse: bytes and the time they were received -> reports and defects; raises NotThisFormat
    before the first of them when the whole input is something else.
    every: how often it should speak, so that silence can be told from calm; None for a list that
    ended or never told of the present, which never counts as coverage.
    covers: slugs of the regions it tells of whole, or `EVERYWHERE`; a region it tells of in part
    is left out, because a sea half watched must not be called quiet.
    """

    id: str
    code: int
    title: str
    publisher: str
    licence: str
    attribution: str
    marking: str
    kind: str
    parse: Parse
    every: timedelta | None = None
    covers: tuple[str, ...] = ()


class BadField(BadInput):
    """One field of a record cannot be taken."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def map_records(
    records: Iterable[Record | Defect],
    map_one: Callable[[Record], Report],
    reference_of: Callable[[Mapping[str, object]], object] = lambda fields: fields.get("reference"),
) -> Iterator[Report | Defect]:
    """Each record as a report, or as a quarantined defect naming the field at fault."""
    for record in records:
        if isinstance(record, Defect):
            yield record
            continue
        try:
            yield map_one(record)
        except BadInput as error:
            reference = reference_of(record.fields)
            yield Defect(
                "quarantined",
                str(error),
                record.raw,
                str(reference)[:100] if isinstance(reference, str | int) else "",
                getattr(error, "field", ""),
            )


def text_of(fields: Mapping[str, object], name: str) -> str:
    """A field as text on one line, cut at 500 characters; empty when missing or null.

    Raises BadField if it is no text, or holds a NUL character.
    """
    value = fields.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value)
    else:
        raise BadField(name, f"{name} is not text.")
    if "\0" in text:
        raise BadField(name, f"{name} holds a NUL character.")
    return " ".join(text[: 2 * MAX_TEXT].split())[:MAX_TEXT]


def required_text(fields: Mapping[str, object], name: str) -> str:
    """A field that a record cannot do without, as text; raises BadField when it is empty."""
    text = text_of(fields, name)
    if not text:
        raise BadField(name, f"{name} is missing.")
    return text


def number_of(fields: Mapping[str, object], name: str) -> float | None:
    """A field as a number, None when missing or null; raises BadField when it is something else."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadField(name, f"{name} is not a number.")
    return float(value)


def flag_fields(
    fields: Mapping[str, object], known: frozenset[str], narrative: str
) -> tuple[str, ...]:
    """What is odd about a record's fields as a whole.

    `unknown-field`: the source has begun to say something that its feed does not read;
    `truncated`: a field other than the narrative was longer than is kept.
    """
    flags = [] if fields.keys() <= known else ["unknown-field"]
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > MAX_TEXT and name != narrative:
            flags.append("truncated")
            break
    return tuple(flags)


def marking_of(fields: Mapping[str, object]) -> str:
    """The marking slug a record states in `tlp`, '' when it states none.

    A word that is no marking is taken as AMBER: unknown is never read as free to disclose.
    """
    written = text_of(fields, "tlp")
    return parse_marking(written, FLOOR_WHEN_UNDECLARED) if written else ""


def clip(text: str, limit: int) -> str:
    """Text of at most so many characters, cut at a word with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,:;-") + "…"


def normal_form(text: str) -> str:
    """Letters and digits only, without case or accents, as a short hash, to compare two wordings.

    Layout, punctuation and damaged apostrophes differ between copies of one narrative; words don't.
    """
    if not text.isascii():
        text = normalize("NFKD", text)
    kept = text.lower().encode("ascii", "ignore").translate(None, _NOT_COMPARED)
    return sha256(kept).hexdigest()[:16] if len(kept) > 40 else kept.decode("ascii")

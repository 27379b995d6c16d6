"""AIS sentences (NMEA 0183 `!AIVDM`, `!AIVDO`): assembled here, their payloads decoded by pyais.

Position reports 1, 2, 3, 9, 18, 19 and 27 and static data 5, 19 and 24 are read; other message
types are passed by, by number. One message is one record, however many sentences it took; a line
that is no sound sentence, and a message that never became whole, is one record each. Blank lines
and lines that begin with `#` are none.

The time of a sentence is the `c:` of its tag block (seconds or milliseconds), else the receiver's
time in the fields after its checksum (`…,r003669945,1325394060`), else the time the bytes were
received, flagged and one microsecond a message apart, so that their order is kept.

Left out: message types 4, 6-8, 10-17, 20-26 and 28 up; the ship's rate of turn, navigational
status, dimensions and voyage; `$` sentences, also those that tell the time. Sources: IEC
61162-1 and 61162-450 (sentences, tag blocks), ITU-R M.1371-5 annex 8 (messages).
"""

from __future__ import annotations

import functools
import io
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence

from cop.errors import NotThisFormat
from cop.model.report import Defect
from cop.model.vessel_position import (
    EARLIEST,
    NULL_ISLAND,
    TIME_ASSUMED_RECEIVED,
    VesselParticulars,
    VesselPosition,
    describe_type,
    is_mmsi,
)

MAX_LINE = 1_024  # a sentence has 82 characters, with tag block and fields of its receiver 300
MAX_PENDING = 1_000  # messages waiting for their other sentences
PATIENCE_LINES = 1_000
PATIENCE = timedelta(seconds=60)

_SENTENCE = re.compile(
    rb"(?:\\(?P<tag>[^\\]{0,400})\\)?"
    rb"(?P<body>!(?P<talker>[A-Z]{2})VD[MO],(?P<total>\d),(?P<number>\d),(?P<group>\d?),"
    rb"(?P<channel>[A-D0-9]?),(?P<payload>[0-W`-w]{0,200}),(?P<fill>[0-5]))"
    rb"\*(?P<checksum>[0-9A-Fa-f]{2})(?P<rest>,[ -~]{0,300})?"
)
_LIKELY = re.compile(rb"![A-Z]{2}VD[MO],")
_TAG_TIME = re.compile(rb"(?:^|,)c:(\d{1,16})(?:,|$)")
_TAG_SOURCE = re.compile(rb"(?:^|,)s:([^,]{1,30})")
_RECEIVER_TIME = re.compile(rb",(\d{9,10})(?:\.\d{1,9})?(?=,|$)")
# The bits a message must have for the fields that are read; pyais fills what is missing.
_LEAST_BITS = {1: 137, 2: 137, 3: 137, 9: 128, 18: 133, 19: 263, 27: 94, 5: 240, 24: 160}
_POSITION_TYPES = frozenset((1, 2, 3, 9, 18, 19, 27))
_KNOWN_TYPES = range(1, 28)


@dataclass(frozen=True, slots=True)
class AisMessage:
    """One message that was read: what it says of a vessel, or why it says nothing we keep."""

    position: VesselPosition | None = None
    particulars: VesselParticulars | None = None
    passed: str = ""


@dataclass(slots=True)
class _Pending:
    """A message of which sentences are still to come."""

    total: int
    fill: int
    began_line: int
    payloads: list[bytes] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    time: datetime | None = None


def is_nmea(data: bytes) -> bool:
    """True where an AIS sentence stands in the first megabyte."""
    return _LIKELY.search(data[: 1 << 20]) is not None


def parse_nmea(data: bytes, received_at: datetime) -> Iterator[AisMessage | Defect]:
    """The messages of AIS sentences, in order; `received_at` dates those that have no time.

    Raises NotThisFormat where the first megabyte holds no AIS sentence.
    """
    if not is_nmea(data):
        raise NotThisFormat("The input holds no AIS sentence (!AIVDM or !AIVDO).")
    return _Reader(received_at).read(data)


class _Reader:
    """Reads the lines of one input; sentences of several ships may come interleaved."""

    def __init__(self, received_at: datetime) -> None:
        self._received_at = received_at
        self._pending: dict[tuple[bytes, ...], _Pending] = {}
        self._line = 0
        self._undated = 0

    def read(self, data: bytes) -> Iterator[AisMessage | Defect]:
        for line in io.BytesIO(data):
            self._line += 1
            raw = line.strip()
            if not raw or raw.startswith(b"#"):
                continue
            yield from self._read_line(raw)
        yield from self._give_up(list(self._pending))

    def _read_line(self, raw: bytes) -> Iterator[AisMessage | Defect]:
        if len(raw) > MAX_LINE:
            yield Defect("rejected", f"The line is longer than {MAX_LINE} characters.", raw)
            return
        match = _SENTENCE.fullmatch(raw)
        if not match:
            yield _not_a_sentence(raw)
            return
        if int(match["checksum"], 16) != _checksum(match["body"][1:]):
            yield Defect("quarantined", "The checksum does not agree.", raw, field="checksum")
            return
        total, number = int(match["total"]), int(match["number"])
        if not 1 <= number <= total:
            reason = "The sentence numbers contradict each other."
            yield Defect("quarantined", reason, raw, field="sentence")
            return
        time = _time_of(match)
        if total == 1:
            yield self._decode(match["payload"], int(match["fill"]), time, raw)
        else:
            yield from self._assemble(match, total, number, time, raw)

    def _assemble(
        self, match: re.Match[bytes], total: int, number: int, time: datetime | None, raw: bytes
    ) -> Iterator[AisMessage | Defect]:
        source = _TAG_SOURCE.search(match["tag"] or b"")
        key = (
            match["talker"],
            match["total"],
            match["group"],
            match["channel"],
            source[1] if source else b"",
        )
        yield from self._time_out(time)
        waiting = self._pending.get(key)
        if number == 1:
            if waiting:
                yield from self._give_up([key])
            waiting = self._pending[key] = _Pending(total, 0, self._line)
        elif waiting is None or len(waiting.payloads) != number - 1:
            if waiting:
                yield from self._give_up([key])
            reason = "A later sentence of a message came without those before it."
            yield Defect("quarantined", reason, raw, field="sentence")
            return
        waiting.payloads.append(match["payload"])
        waiting.raw.append(raw)
        waiting.time = waiting.time or time
        if number == total:
            del self._pending[key]
            payload = b"".join(waiting.payloads)
            yield self._decode(payload, int(match["fill"]), waiting.time, b"\n".join(waiting.raw))

    def _time_out(self, time: datetime | None) -> Iterator[Defect]:
        """Give up messages whose other sentences did not come in time."""
        late = [
            key
            for key, waiting in self._pending.items()
            if self._line - waiting.began_line > PATIENCE_LINES
            or (time and waiting.time and time - waiting.time > PATIENCE)
        ]
        if len(self._pending) - len(late) >= MAX_PENDING:
            late.append(next(key for key in self._pending if key not in late))
        yield from self._give_up(late)

    def _give_up(self, keys: list[tuple[bytes, ...]]) -> Iterator[Defect]:
        for key in keys:
            waiting = self._pending.pop(key)
            reason = "The other sentences of this message never came."
            yield Defect("quarantined", reason, b"\n".join(waiting.raw), field="sentence")

    def _decode(
        self, payload: bytes, fill: int, time: datetime | None, raw: bytes
    ) -> AisMessage | Defect:
        if not payload:
            return Defect("rejected", "The sentence holds no message.", raw)
        kind = _SIX_BITS[payload[0]]
        if kind not in _KNOWN_TYPES:
            return Defect("quarantined", "The message type is unknown.", raw, field="type")
        if kind not in _LEAST_BITS:
            return AisMessage(passed=f"message type {kind}")
        if 6 * len(payload) - fill < _LEAST_BITS[kind]:
            return Defect("quarantined", "The message is cut off.", raw, field="payload")
        flags = 0
        if time is None:
            time = self._received_at + timedelta(microseconds=self._undated)
            self._undated += 1
            flags = TIME_ASSUMED_RECEIVED
        elif time < EARLIEST:
            return Defect("quarantined", "The time is before 1990.", raw, field="time")
        try:
            said = _payload_of(payload, fill)
        except (AISBaseException, ValueError, IndexError, TypeError) as error:
            reason = f"The message cannot be decoded ({type(error).__name__})."
            return Defect("quarantined", reason, raw, field="payload")
        if not is_mmsi(said.mmsi):
            reason = "The MMSI is not nine digits of a vessel."
            return Defect("quarantined", reason, raw, str(said.mmsi), "mmsi")
        return _map_message(kind, said, time, flags, raw)


def _map_message(
    kind: int, said: Any, time: datetime, flags: int, raw: bytes
) -> AisMessage | Defect:
    vessel = str(said.mmsi)
    particulars = _particulars(kind, said, vessel, time)
    if kind not in _POSITION_TYPES:
        return AisMessage(particulars=particulars, passed="" if particulars else "nothing said")
    lon, lat = float(said.lon), float(said.lat)
    if lat == 91 or lon == 181:
        return AisMessage(
            particulars=particulars, passed="" if particulars else "position not available"
        )
    if abs(lat) > 90:
        return Defect("quarantined", "The latitude is beyond 90 degrees.", raw, vessel, "latitude")
    if abs(lon) > 180:
        reason = "The longitude is beyond 180 degrees."
        return Defect("quarantined", reason, raw, vessel, "longitude")
    if lon == 0 and lat == 0:
        flags |= NULL_ISLAND
    position = VesselPosition(
        vessel,
        time,
        180.0 if lon == -180 else lon,
        lat,
        _speed(kind, said.speed),
        said.course if said.course is not None and said.course < 360 else None,
        _heading(kind, said),
        flags,
    )
    return AisMessage(position, particulars)


def _speed(kind: int, written: float | None) -> float | None:
    """Speed in knots: an aircraft's 1022 is kept at the 102.2 that others end at."""
    if written is None or written >= {9: 1023, 27: 63}.get(kind, 102.3):
        return None
    return min(float(written), 102.2)


def _heading(kind: int, said: Any) -> int | None:
    if kind in (9, 27) or said.heading is None or said.heading >= 360:
        return None
    return int(said.heading)


def _particulars(kind: int, said: Any, vessel: str, time: datetime) -> VesselParticulars | None:
    if kind not in (5, 19, 24):
        return None
    imo = getattr(said, "imo", None) or 0
    found = VesselParticulars(
        vessel,
        time,
        _text(getattr(said, "shipname", None)),
        describe_type(int(getattr(said, "ship_type", None) or 0)),
        _text(getattr(said, "callsign", None)),
        str(imo) if 1_000_000 <= imo <= 9_999_999 else "",
    )
    return found if found.name or found.type or found.call_sign or found.imo else None


def _text(written: str | None) -> str:
    return " ".join((written or "").split("@", 1)[0].split())


def _payload_of(payload: bytes, fill: int) -> Any:
    """The decoded message; pyais wants sentences of at most 200 characters around it."""
    parts = [payload[at : at + 180] for at in range(0, len(payload), 180)]
    sentences = []
    for number, part in enumerate(parts, 1):
        body = b"AIVDM,%d,%d,1,A,%s,%d" % (
            len(parts), number, part, fill if number == len(parts) else 0,
        )  # fmt: skip
        raw = b"!%s*00" % body  # the checksum was tested on the sentences as received
        sentences.append(AISSentence(raw))
    return AISSentence.assemble_from_iterable(sentences).decode()


def _time_of(match: re.Match[bytes]) -> datetime | None:
    """When the sentence was received, where it or its tag block says so and can be believed."""
    tag = match["tag"]
    if tag:
        words, star, checksum = tag.rpartition(b"*")
        if star and checksum.upper() == b"%02X" % _checksum(words):
            stated = _TAG_TIME.search(words)
            if stated:
                return _instant(int(stated[1]))
    if match["rest"]:
        after = _RECEIVER_TIME.search(match["rest"])
        if after:
            return _instant(int(after[1]))
    return None


def _instant(number: int) -> datetime | None:
    """Unix seconds, or milliseconds from 1e11 up; None beyond the year 2100."""
    seconds = number / 1000 if number >= 100_000_000_000 else float(number)
    if seconds > 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _not_a_sentence(raw: bytes) -> Defect:
    if _LIKELY.search(raw):
        return Defect("quarantined", "The AIS sentence is damaged.", raw, field="sentence")
    return Defect("rejected", "The line is no AIS sentence.", raw)


def _checksum(body: bytes) -> int:
    return functools.reduce(operator.xor, body, 0)


def _six_bits(character: int) -> int:
    value = character - 48
    return value - 8 if value > 40 else value


_SIX_BITS = {c: _six_bits(c) for c in (*range(48, 88), *range(96, 120))}

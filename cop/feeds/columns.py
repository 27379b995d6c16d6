"""Our own columns, CSV or Parquet: incidents that another picture, or a person, has in our words.

A row states hazard, act, severity and verification in our vocabulary; what it leaves out is judged
by the rules. Rows are judged a chunk at a time (`judge`), so that millions take no longer than
their bytes; `parse` gives the same rows as reports, one by one. A row without a marking, or with an
unknown one, is AMBER: what came from somewhere else is never free to disclose unless it says so.

Where a row names another `source`, as rows of an export do, its reference is told with it
(`asam.2020-1`): two sources may use one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cop.feeds.feed import CURRENT, MAX_TEXT, Feed, clip
from cop.feeds.narrative import MAX_NARRATIVE, clean_narrative
from cop.formats import columns
from cop.formats.columns import Chunk
from cop.model.dtg import EARLIEST_YEAR, YEARS_AHEAD, BadTime, read_time
from cop.model.geo import DECIMALS
from cop.model.marking import parse_marking
from cop.model.report import Defect, Position, Report, Stated, TimeSpan, Vessel
from cop.model.vocabulary import (
    ACTS,
    LIFECYCLES,
    MARKINGS,
    POSITION_PRECISIONS,
    SEVERITIES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    Vocabulary,
    hazards,
)

ID, CODE = "columns", 6
MARKING = "amber"
TITLE = "Own columns"
MAX_TITLE, MAX_REFERENCE = 160, 100
MAX_UNCERTAINTY_NM = 5_400.0
_TEXTS = (
    "title", "summary", "place", "position_written", "vessel_name", "vessel_type", "vessel_flag",
    "vessel_imo", "vessel_mmsi", "vessel_call_sign", "vessel_status", "source_name", "source_url",
    "source_type", "source_severity",
)  # fmt: skip
# What `clean_narrative` may change: control characters, double blanks, lost characters, e-mail and
# telex, and long numbers where something about them could be a telephone's (see
# `cop.model.privacy`): all that it changes is among them, an IMO number in a title is not.
_UNTIDY = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]|\s\s|^\s|\s$|[^\S \n]|[¿\x{fffd}]|@|(?i:telex|tlx)"
_LONG_NUMBER = r"\p{Nd}(?:[ ()/.+\-\t\r\n]{0,4}\p{Nd}){6}"
_LIKE_A_PHONE = (
    r"(?i)\b(?:(?:tele)?phones?|tel|te?le?fax|fax|mobile|cell|hotlines?|whatsapp|inmarsat|iridium"
    r"|ring|call|dial|contact|reached at)(?:\b|\p{L})"
    r"|\+\(?\p{Nd}|00[1-9]\p{Nd}[ \-]|\p{Nd}{3}\)?[ \-]\p{Nd}{3}-"
)
_UNTIDY_LINE = r"[\x00-\x1f\x7f-\x{9f}]|\s\s|^\s|\s$|[^\S ]"
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$"
_SAFE_SOURCE = r"^[a-z][a-z0-9-]{0,31}$"
_DAY_US = 86_400_000_000
# Flags of a row, in the order they are told; each is a bit.
FLAGS = (
    "encoding-cp1252", "time-assumed-utc", "leap-second", "future-event", "longitude-normalised",
    "null-island", "truncated", "text-repaired", "text-damaged", "control-removed",
    "unknown-field",
)  # fmt: skip
_BIT = {name: 1 << n for n, name in enumerate(FLAGS)}
_CLOSED = (
    ("hazard", hazards), ("act", lambda: ACTS), ("severity", lambda: SEVERITIES),
    ("verification", lambda: VERIFICATIONS), ("status", lambda: LIFECYCLES),
    ("position_precision", lambda: POSITION_PRECISIONS),
    ("time_precision", lambda: TIME_PRECISIONS),
)  # fmt: skip
_GRADES = (("reliability", "ABCDEF"), ("credibility", "123456"))


@dataclass(frozen=True)
class Judged:
    """Rows that can be taken in, column by column, equally long; and those that cannot.

    `codes` holds numbers of closed lists (-1 where nothing is stated), `texts` clean text;
    `occurred` and `last` are naive UTC in microseconds; `flags` are bits of FLAGS; `digest` is a
    hash of all that is stated, by which a row that says the same again is known.
    """

    reference: pa.Array
    raw: pa.Array
    codes: dict[str, np.ndarray]
    texts: dict[str, pa.Array]
    occurred: np.ndarray
    last: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    uncertainty_nm: np.ndarray
    flags: np.ndarray
    digest: list[str]
    defects: tuple[Defect, ...]

    def __len__(self) -> int:
        return len(self.reference)

    def pick(self, rows: np.ndarray) -> Judged:
        """Some of the rows, without the defects."""
        return replace(
            self,
            reference=self.reference.take(rows),
            raw=self.raw.take(rows),
            codes={name: codes[rows] for name, codes in self.codes.items()},
            texts={name: text.take(rows) for name, text in self.texts.items()},
            occurred=self.occurred[rows],
            last=self.last[rows],
            lon=self.lon[rows],
            lat=self.lat[rows],
            uncertainty_nm=self.uncertainty_nm[rows],
            flags=self.flags[rows],
            digest=[self.digest[row] for row in rows.tolist()],
            defects=(),
        )


def judge(chunk: Chunk, received_at: datetime) -> Judged:
    """The rows of a chunk with every cell checked; a row with a cell that cannot be is a defect."""
    cells, n = chunk.cells, len(chunk.cells)
    wrong = _Wrong(n)
    flags = np.where(chunk.odd, _BIT["encoding-cp1252"], 0).astype(np.int64)
    for name in chunk.flags:
        flags |= _BIT[name]
    reference = _references(cells, wrong)
    texts = {name: _texts(cells, name, flags) for name in _TEXTS}
    wrong.add("title", "title is missing.", _is_empty(texts["title"]))
    lon, lat, uncertainty = _positions(cells, flags, wrong)
    codes = {name: _codes(cells, name, list_of(), wrong) for name, list_of in _CLOSED}
    for name, grades in _GRADES:
        texts[name] = _grades(cells, name, grades, wrong)
    occurred, last, precision = _times(cells, codes["time_precision"], received_at, flags, wrong)
    codes["time_precision"] = precision
    none = POSITION_PRECISIONS.code("none")
    given = codes["position_precision"]
    placed = ~np.isnan(lon)
    wrong.add(
        "position_precision", "A precision is stated but no position.", ~placed & (given > none)
    )
    wrong.add(
        "position_precision",
        "A position is given, but its precision is 'none'.",
        placed & (given == none),
    )
    reported = POSITION_PRECISIONS.code("reported")
    codes["position_precision"] = np.where(placed, np.where(given < 0, reported, given), none)
    codes["tlp"] = _markings(cells)
    url = texts["source_url"]
    is_web = _mask(pc.match_substring_regex(url, r"^(?:https?://|$)"))
    wrong.add("source_url", "source_url is not a web address.", ~is_web)

    good = np.flatnonzero(wrong.reason == 0)
    defects = (*chunk.defects, *wrong.defects(reference, chunk.raw))
    if len(good) < n:
        reference, raw = reference.take(good), chunk.raw.take(good)
        texts = {name: text.take(good) for name, text in texts.items()}
        codes = {name: code[good] for name, code in codes.items()}
        occurred, last, flags = occurred[good], last[good], flags[good]
        lon, lat, uncertainty = lon[good], lat[good], uncertainty[good]
    else:
        raw = chunk.raw
    judged = Judged(
        reference, raw, codes, texts, occurred, last, lon, lat, uncertainty, flags, [], defects
    )
    judged.digest.extend(_digests(judged))
    return judged


def parse(data: bytes, received_at: datetime) -> Iterator[Report | Defect]:
    """The rows of a table as reports; raises NotThisFormat."""
    for chunk in columns.parse(data):
        judged = judge(chunk, received_at)
        yield from judged.defects
        for row in range(len(judged)):
            yield report_of(judged, row)


def report_of(judged: Judged, row: int) -> Report:
    """One judged row as a report."""
    said = {name: text[row].as_py() for name, text in judged.texts.items()}
    code = {name: int(numbers[row]) for name, numbers in judged.codes.items()}
    precision = TIME_PRECISIONS.slug(code["time_precision"])
    occurred, last = _moment(judged.occurred[row]), _moment(judged.last[row])
    end = occurred if precision == "instant" else last + timedelta(microseconds=1)
    position = None
    if not np.isnan(judged.lon[row]):
        position = Position(
            float(judged.lon[row]),
            float(judged.lat[row]),
            POSITION_PRECISIONS.slug(code["position_precision"]),
            float(judged.uncertainty_nm[row]),
            said["position_written"],
        )

    def stated(name: str, terms: Vocabulary) -> str:
        return terms.slug(code[name]) if code[name] >= 0 else ""

    return Report(
        feed=ID,
        reference=judged.reference[row].as_py(),
        raw=judged.raw[row].as_py(),
        title=said["title"],
        summary=said["summary"],
        occurred=TimeSpan(occurred, end, precision),
        position=position,
        place=said["place"],
        vessel=Vessel(**{name: said[f"vessel_{name}"] for name in _VESSEL}),
        source_type=said["source_type"],
        source_severity=said["source_severity"],
        reliability=said["reliability"],
        credibility=said["credibility"],
        marking=MARKINGS.slug(code["tlp"]),
        source_name=said["source_name"],
        source_url=said["source_url"],
        stated=Stated(
            hazard=stated("hazard", hazards()),
            act=stated("act", ACTS),
            severity=max(code["severity"], 0),
            verification=stated("verification", VERIFICATIONS),
        ),
        flags=flag_names(int(judged.flags[row])),
        facts=(("row", judged.digest[row]),),
    )


def flag_names(bits: int) -> tuple[str, ...]:
    """The names of a row's flags."""
    return tuple(name for name, bit in _BIT.items() if bits & bit)


_VESSEL = ("name", "type", "flag", "imo", "mmsi", "call_sign", "status")


class _Wrong:
    """What is wrong with each row: the first that was found, 0 for nothing."""

    def __init__(self, rows: int) -> None:
        self.reason = np.zeros(rows, np.int64)
        self._reasons: list[tuple[str, str]] = [("", "")]

    def add(self, field: str, reason: str, rows: np.ndarray) -> None:
        if rows.any():
            self._reasons.append((field, reason))
            self.reason[rows & (self.reason == 0)] = len(self._reasons) - 1

    def defects(self, reference: pa.Array, raw: pa.Array) -> Iterator[Defect]:
        for row in np.flatnonzero(self.reason).tolist():
            field, reason = self._reasons[self.reason[row]]
            named = reference[row].as_py() or ""
            yield Defect("quarantined", reason, raw[row].as_py(), named[:MAX_REFERENCE], field)


def _cells(cells: pa.Table, name: str) -> pa.Array | None:
    """A column as one array, None where the table has none or it holds nothing at all."""
    if name not in cells.column_names:
        return None
    column = cells[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else None
    return None if column is None or column.null_count == len(column) else column


def _strings(cells: pa.Table, name: str) -> pa.Array:
    """A column as text, empty where nothing is said."""
    column = _cells(cells, name)
    if column is None:
        return _repeat("", len(cells))
    if pa.types.is_floating(column.type):
        column = pc.cast(column, pa.int64(), safe=False)  # a whole number beside missing ones
    text = column if column.type == pa.string() else pc.cast(column, pa.string())
    return pc.fill_null(text, "") if text.null_count else text


def _references(cells: pa.Table, wrong: _Wrong) -> pa.Array:
    reference = pc.utf8_trim_whitespace(_strings(cells, "reference"))
    wrong.add("reference", "reference is missing.", _is_empty(reference))
    wrong.add(
        "reference",
        f"reference is longer than {MAX_REFERENCE} characters or holds control characters.",
        _mask(pc.greater(pc.utf8_length(reference), MAX_REFERENCE))
        | _mask(pc.match_substring_regex(reference, r"[\x00-\x1f\x7f-\x{9f}]")),
    )
    source = _cells(cells, "source")
    if source is None:
        return reference
    source = pc.utf8_trim_whitespace(_strings(cells, "source"))
    own = pc.or_(pc.equal(source, ""), pc.equal(source, ID))
    safe = pc.or_(own, pc.match_substring_regex(source, _SAFE_SOURCE))
    wrong.add("source", "source is not a slug: lower-case letters, digits, dashes.", ~_mask(safe))
    return pc.if_else(own, reference, pc.binary_join_element_wise(source, reference, "."))


def _texts(cells: pa.Table, name: str, flags: np.ndarray) -> pa.Array:
    """A column as clean text; the few cells that are not clean are cleaned one by one."""
    if _cells(cells, name) is None:
        return _repeat(TITLE if name == "source_name" else "", len(cells))
    text = _strings(cells, name)
    is_summary = name == "summary"
    limit = MAX_NARRATIVE if is_summary else MAX_TITLE if name == "title" else MAX_TEXT
    masked = name in ("title", "summary")
    untidy = _mask(
        pc.or_(
            pc.match_substring_regex(text, _UNTIDY if masked else _UNTIDY_LINE),
            pc.greater(pc.utf8_length(text), limit),
        )
    )
    if name == "title":
        untidy |= _mask(pc.match_substring(text, "\n"))
    if masked:
        long = np.flatnonzero(_mask(pc.match_substring_regex(text, _LONG_NUMBER)))
        untidy[long] |= _mask(pc.match_substring_regex(text.take(long), _LIKE_A_PHONE))
    rows = np.flatnonzero(untidy)
    if len(rows):
        cleaned = []
        for row, written in zip(rows.tolist(), text.take(rows).to_pylist(), strict=True):
            clean, found = clean_narrative(written) if masked else (written, ())
            if not is_summary:
                if not clean.isprintable():
                    clean = "".join(c if c.isprintable() else " " for c in clean)
                clean = " ".join(clean.split())
            if len(clean) > limit:
                clean, found = clip(clean, limit), (*found, "truncated")
            for flag in found:
                flags[row] |= _BIT[flag]
            cleaned.append(clean)
        text = pc.replace_with_mask(text, pa.array(untidy), pa.array(cleaned, pa.string()))
    if name == "source_name":
        text = pc.if_else(pc.equal(text, ""), TITLE, text)
    return text


def _positions(
    cells: pa.Table, flags: np.ndarray, wrong: _Wrong
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lon, lon_given = _numbers(cells, "lon")
    lat, lat_given = _numbers(cells, "lat")
    radius, radius_given = _numbers(cells, "uncertainty_nm")
    wrong.add("lon", "Only one of lon and lat is given.", lon_given != lat_given)
    with np.errstate(invalid="ignore"):
        wrong.add(
            "lon", "lon is not a number of -180 to 360 degrees.",
            lon_given & ~((lon >= -180) & (lon <= 360)),
        )  # fmt: skip
        wrong.add(
            "lat", "lat is not a number of -90 to 90 degrees.", lat_given & ~(np.abs(lat) <= 90)
        )
        wrong.add(
            "uncertainty_nm", "uncertainty_nm is no radius in miles.",
            radius_given & ~((radius >= 0) & (radius <= MAX_UNCERTAINTY_NM)),
        )  # fmt: skip
        beyond = lon > 180
        flags[beyond] |= _BIT["longitude-normalised"]
        # + 0.0 turns -0.0 into 0.0; -180 and 180 are one meridian, kept as 180.
        lon = np.round(np.where(beyond, lon - 360, lon), DECIMALS) + 0.0
        lon = np.where(lon == -180, 180.0, lon)
        lat = np.round(lat, DECIMALS) + 0.0
        flags[(lon == 0) & (lat == 0)] |= _BIT["null-island"]
    placed = lon_given & lat_given
    lon, lat = np.where(placed, lon, np.nan), np.where(placed, lat, np.nan)
    return lon, lat, np.where(placed & radius_given, radius, 0.0)


def _numbers(cells: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A column's numbers, NaN where there is none, and which cells say something."""
    column = _cells(cells, name)
    if column is None:
        return np.full(len(cells), np.nan), np.zeros(len(cells), bool)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        number = pc.cast(column, pa.float64())
        return number.to_numpy(zero_copy_only=False), _mask(pc.is_valid(column))
    text = pc.utf8_trim_whitespace(_strings(cells, name))
    given = ~_is_empty(text)
    is_number = pc.match_substring_regex(text, r"^[+-]?(?:\d{1,9}(?:\.\d{0,30})?|\.\d{1,30})$")
    number = pc.cast(pc.if_else(is_number, text, pa.scalar(None, pa.string())), pa.float64())
    return number.to_numpy(zero_copy_only=False), given


def _codes(cells: pa.Table, name: str, terms: Vocabulary, wrong: _Wrong) -> np.ndarray:
    """The codes of a closed list's words, -1 where nothing is stated."""
    if _cells(cells, name) is None:
        return np.full(len(cells), -1, np.int64)
    words = _strings(cells, name).dictionary_encode()
    codes = np.full(len(words.dictionary), -1, np.int64)
    for n, word in enumerate(words.dictionary.to_pylist()):
        slug = word.strip()
        if slug in terms:
            codes[n] = terms.code(slug)
        elif slug:
            unknown = _mask(pc.equal(words.indices, n))
            wrong.add(name, f"{name} {slug[:60]!r} is not a word of its list.", unknown)
    return codes[words.indices.to_numpy()]


def _grades(cells: pa.Table, name: str, grades: str, wrong: _Wrong) -> pa.Array:
    """A grade of its scale; the last of it, 'cannot be judged', where nothing is stated."""
    if _cells(cells, name) is None:
        return _repeat(grades[-1], len(cells))
    text = pc.utf8_trim_whitespace(_strings(cells, name))
    known = pc.match_substring_regex(text, rf"^[{grades}]?$")
    wrong.add(name, f"{name} is not one of {', '.join(grades)}.", ~_mask(known))
    return pc.if_else(pc.equal(text, ""), grades[-1], text)


def _markings(cells: pa.Table) -> np.ndarray:
    if _cells(cells, "tlp") is None:
        return np.full(len(cells), MARKINGS.code(MARKING), np.int64)
    words = _strings(cells, "tlp").dictionary_encode()
    codes = [MARKINGS.code(parse_marking(w or None, MARKING)) for w in words.dictionary.to_pylist()]
    return np.array(codes, np.int64)[words.indices.to_numpy()]


def _times(
    cells: pa.Table,
    stated: np.ndarray,
    received_at: datetime,
    flags: np.ndarray,
    wrong: _Wrong,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last moment in microseconds of the epoch, and the code of the precision."""
    instant, date, interval = (TIME_PRECISIONS.code(p) for p in ("instant", "date", "interval"))
    first, first_end, bad = _read_times(cells, "occurred_at", received_at, flags)
    wrong.add("occurred_at", "occurred_at is missing, or no time that can be read.", bad)
    last_from, last, bad_last = _read_times(cells, "last_at", received_at, None)
    has_last = last_from != _NOTHING
    wrong.add("last_at", "last_at is no time that can be read.", bad_last & has_last)
    own_last = np.where(first_end > first, first_end - 1, first)
    # A day or month that ends it is inside.
    given_last = np.where(last > last_from, last - 1, last_from)
    last = np.where(has_last & ~bad_last, given_last, own_last)
    wrong.add("last_at", "The last moment comes before the first.", ~bad & (last < first))
    found = np.where(
        last == first,
        instant,
        np.where(has_last & (last != own_last), interval, _precision_of(first, last, date)),
    )
    # An instant has no length, and what has a length is none.
    usable = (stated >= 0) & ((stated == instant) == (last == first))
    ahead = np.datetime64(received_at, "us").astype(np.int64) + _DAY_US
    flags[~bad & (first > ahead)] |= _BIT["future-event"]
    return first, last, np.where(usable, stated, found)


def _precision_of(first: np.ndarray, last: np.ndarray, date: int) -> np.ndarray:
    month = TIME_PRECISIONS.code("month")
    return np.where(last - first < _DAY_US, date, month)


_NOTHING = np.iinfo(np.int64).min


def _read_times(
    cells: pa.Table, name: str, received_at: datetime, flags: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start and end of each time, and which are none; _NOTHING where the cell is empty."""
    n = len(cells)
    column = _cells(cells, name)
    if column is None:
        return np.full(n, _NOTHING), np.full(n, _NOTHING), np.ones(n, bool)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        zone = getattr(column.type, "tz", None)
        kept = column.cast(pa.timestamp("us", zone), safe=False)
        start = kept.cast(pa.int64()).fill_null(_NOTHING).to_numpy().copy()
        end = start + (_DAY_US if pa.types.is_date(column.type) else 0)
        bad = (start == _NOTHING) | ~_in_years(start, received_at)
        if flags is not None and not zone and not pa.types.is_date(column.type):
            flags[~bad] |= _BIT["time-assumed-utc"]
        return start, end, bad
    text = pc.utf8_trim_whitespace(_strings(cells, name))
    plain = pc.match_substring_regex(text, _INSTANT)
    try:
        read = pc.if_else(plain, text, pa.scalar(None, pa.string())).cast(pa.timestamp("us", "UTC"))
    except pa.ArrowInvalid:  # some day is none of the calendar: those are read one by one
        plain = pa.array(np.zeros(n, bool))
        read = pa.nulls(n, pa.timestamp("us", "UTC"))
    start = read.cast(pa.int64()).fill_null(_NOTHING).to_numpy().copy()
    end, bad = start.copy(), ~_in_years(start, received_at)
    for row in np.flatnonzero(~_mask(plain)).tolist():
        written = text[row].as_py()
        try:
            span, found = read_time(written, received_at)
        except BadTime:
            start[row] = end[row] = _NOTHING if not written else 0
            bad[row] = True
            continue
        start[row], end[row] = _microseconds(span.start), _microseconds(span.end)
        bad[row] = False
        for flag in found if flags is not None else ():
            if flag in _BIT:
                assert flags is not None
                flags[row] |= _BIT[flag]
    return start, end, bad


def _in_years(moments: np.ndarray, received_at: datetime) -> np.ndarray:
    """Within the years taken (see `cop.model.dtg`)."""
    first = _microseconds(datetime(EARLIEST_YEAR, 1, 1))
    after = _microseconds(datetime(received_at.year + YEARS_AHEAD + 1, 1, 1))
    return (moments >= first) & (moments < after)


def _digests(judged: Judged) -> Iterator[str]:
    """A short hash of each row's meaning, the same in whatever layout it came."""
    numbers = np.column_stack(
        [judged.occurred, judged.last]
        + [np.nan_to_num(n * 1e7, nan=-1e18).astype(np.int64) for n in (judged.lon, judged.lat)]
        + [(judged.uncertainty_nm * 1e3).astype(np.int64)]
        + [judged.codes[name] for name in sorted(judged.codes) if name != "tlp"]
    )
    texts = pc.binary_join_element_wise(
        *(judged.texts[name] for name in sorted(judged.texts)), "\x1f"
    )
    width = numbers.shape[1] * 8
    packed = np.ascontiguousarray(numbers).tobytes()
    for n, text in enumerate(pc.cast(texts, pa.binary()).to_pylist()):
        yield sha256(packed[n * width : (n + 1) * width] + text).hexdigest()[:16]


def _repeat(text: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(n, np.int8)), pa.array([text])
    ).dictionary_decode()


def _is_empty(text: pa.Array) -> np.ndarray:
    return _mask(pc.equal(text, ""))


def _mask(values: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return found.copy()


def _microseconds(moment: datetime) -> int:
    return int(np.datetime64(moment, "us").astype(np.int64))


def _moment(microseconds: np.int64) -> datetime:
    moment: datetime = np.datetime64(int(microseconds), "us").astype(datetime)
    return moment


FEED = Feed(
    id=ID,
    code=CODE,
    title="Own columns, CSV or Parquet",
    publisher="as named in each row",
    licence="as agreed with whoever gave the file",
    attribution="as named in each row",
    marking=MARKING,
    kind=CURRENT,
    parse=parse,
)

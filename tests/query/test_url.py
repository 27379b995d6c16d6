"""The address and the question, key by key (domain.md 14): what is read, written and refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.errors import BadQuestion
from cop.model.ports import ports
from cop.query.filters import (
    DEFAULT_RADIUS_NM,
    FIELD_NAMES,
    MAX_VERTICES,
    BBox,
    Filters,
    TimeBound,
    vocabulary_of,
)
from cop.query.url import VIEW_KEYS, from_query, query_of, to_query, view_of

NEW_YEAR = TimeBound(at=datetime(2024, 1, 1))

# A question as a person may write it, what it means, and how we write it.
SPELLINGS = [
    ("", Filters(), ""),
    ("?", Filters(), ""),
    ("hazard=piracy", Filters(hazard=("piracy",)), "hazard=piracy"),
    ("hazard=Piracy, HIJACK", Filters(hazard=("hijack", "piracy")), "hazard=hijack,piracy"),
    ("hazard=piracy,cyber", Filters(hazard=("cyber", "piracy")), "hazard=cyber,piracy"),
    ("hazard=unclassified", Filters(hazard=("unclassified",)), "hazard=unclassified"),
    ("severity=5,3,4,3", Filters(severity=("3", "4", "5")), "severity=3,4,5"),
    ("status=withdrawn,new", Filters(status=("new", "withdrawn")), "status=new,withdrawn"),
    ("act=unfounded", Filters(act=("unfounded",)), "act=unfounded"),
    ("verification=debunked", Filters(verification=("debunked",)), "verification=debunked"),
    ("region=gulf-of-guinea", Filters(region=("gulf-of-guinea",)), "region=gulf-of-guinea"),
    ("area=cabo-delgado", Filters(area=("cabo-delgado",)), "area=cabo-delgado"),
    ("navarea=xi,I", Filters(navarea=("I", "XI")), "navarea=I,XI"),
    ("port=nlrtm", Filters(port=("NLRTM",)), "port=NLRTM"),
    ("port=NLRTM&radius_nm=10", Filters(port=("NLRTM",)), "port=NLRTM"),
    (
        "radius_nm=2.5&port=NLRTM",
        Filters(port=("NLRTM",), radius_nm=2.5),
        "port=NLRTM&radius_nm=2.5",
    ),
    ("tlp=RED,amber-strict", Filters(tlp=("amber-strict", "red")), "tlp=amber-strict,red"),
    ("source=imb,asam", Filters(source=("asam", "imb")), "source=asam,imb"),
    ("id=asam-2030-2,asam-2030-1", Filters(id=("asam-2030-1", "asam-2030-2")), None),
    ("since=2024-01-01", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2024-01-01T00:00Z", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2024-01-01T00:00", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2024-01-01T05:30%2B05:30", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2024-01-01T05:30+05:30", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2023-12-31T12:00-12:00", Filters(since=NEW_YEAR), "since=2024-01-01"),
    ("since=2024-01-01T14:00%2B14:00", Filters(since=NEW_YEAR), "since=2024-01-01"),
    (
        "until=2024-01-01T06:30:15.25Z",
        Filters(until=TimeBound(at=datetime(2024, 1, 1, 6, 30, 15, 250_000))),
        "until=2024-01-01T06:30:15.250000Z",
    ),
    (
        "since=-30d&until=-6h",
        Filters(
            since=TimeBound(ago=timedelta(days=30), written="-30d"),
            until=TimeBound(ago=timedelta(hours=6), written="-6h"),
        ),
        "since=-30d&until=-6h",
    ),
    ("since=-2w", Filters(since=TimeBound(ago=timedelta(weeks=2), written="-2w")), "since=-2w"),
    ("q=%20grey%20%20gull%20", Filters(q="grey gull"), "q=grey%20gull"),
    ("q=grey+gull", Filters(q="grey gull"), "q=grey%20gull"),
    ("q=50%25%26", Filters(q="50%&"), "q=50%25%26"),
    ("bbox=1,2,3,4", Filters(bbox=BBox(1, 2, 3, 4)), "bbox=1,2,3,4"),
    (
        "bbox=160.6,-55.95,-170,-25.89",
        Filters(bbox=BBox(160.6, -55.95, -170, -25.89)),
        "bbox=160.6,-55.95,-170,-25.89",
    ),
    (
        "within=3 4;6 4;6 6",
        Filters(within=((3, 4), (6, 4), (6, 6))),
        "within=3%204;6%204;6%206",
    ),
    ("within=3+4;6+4;6+6;3+4;", Filters(within=((3, 4), (6, 4), (6, 6))), None),
    (
        "within=0.000012345678901234567 0;0 1;-.5 1",
        Filters(within=((0.000012345678901234567, 0), (0, 1), (-0.5, 1))),
        "within=0.000012345678901234568%200;0%201;-0.5%201",
    ),
]


@pytest.mark.parametrize(("written", "meant", "canonical"), SPELLINGS)
def test_a_spelling_is_read_and_written_back(
    written: str, meant: Filters, canonical: str | None
) -> None:
    assert from_query(written) == meant
    if canonical is not None:
        assert to_query(meant) == canonical
    assert from_query(to_query(meant)) == meant


def test_keys_are_written_in_one_order_whatever_order_they_came_in() -> None:
    written = (
        "q=x&until=-1d&since=-9d&bbox=1,2,3,4&severity=4&source=imb&hazard=piracy&region=arctic"
    )
    assert to_query(from_query(written)) == (
        "hazard=piracy&severity=4&region=arctic&source=imb&since=-9d&until=-1d&q=x&bbox=1,2,3,4"
    )


REFUSED = [
    ("colour=red", "colour", "“colour” is not a filter; allowed are hazard, severity, region"),
    ("tlp%5D%20%3D%201%20or%20%5B=x", "tlp] = 1 or [", "is not a filter"),
    ("hazard=piracy&hazard=hijack", "hazard", "hazard stands twice; join its values with commas"),
    ("hazard=", "hazard", "hazard is empty; leave it out or give it a value"),
    ("q=%20", "q", "q is empty"),
    ("severity", "severity", "severity is empty"),
    ("hazard=piracy,,hijack", "hazard", "hazard has an empty value between its commas"),
    ("hazard=krakens", "hazard", "hazard: “krakens” is not one of physical, cyber"),
    ("severity=6", "severity", "severity: “6” is not one of 1, 2, 3, 4, 5"),
    ("severity=0", "severity", "severity: “0” is not one of 1, 2, 3, 4, 5"),
    ("status=open", "status", "is not one of new, triaged, active, closed, withdrawn"),
    ("act=done", "act", "is not one of committed, attempted, suspected, claimed, unfounded"),
    ("verification=maybe", "verification", "is not one of unverified, corroborated, confirmed"),
    ("region=atlantis", "region", "region: “atlantis” is not one of"),
    ("area=atlantis", "area", "area: “atlantis” is not one of"),
    ("navarea=XXII", "navarea", "navarea: “XXII” is not one of I, II, III"),
    ("navarea=11", "navarea", "navarea: “11” is not one of I, II, III"),
    ("port=XXXXX", "port", "port: “XXXXX” is not a UN/LOCODE we know, such as NLRTM"),
    ("tlp=purple", "tlp", "is not one of clear, green, amber, amber-strict, red"),
    ("tlp=amber+strict", "tlp", "tlp: “amber strict” is not one of clear, green, amber"),
    ("tlp=RED'--", "tlp", "tlp: “red'--” is not one of"),
    ("source=reuters", "source", "source: “reuters” is not one of asam, imb, ukmto, register"),
    ("id=a%20b", "id", "id: an incident id has 1 to 200 letters, digits and dashes"),
    ("id=" + "x" * 201, "id", "1 to 200"),
    ("id=a%00b", "id", "1 to 200"),
    ("radius_nm=5", "radius_nm", "radius_nm needs a port, for example port=NLRTM"),
    ("port=NLRTM&radius_nm=0", "radius_nm", "radius_nm must be above 0 and at most 1000"),
    ("port=NLRTM&radius_nm=1001", "radius_nm", "radius_nm must be above 0 and at most 1000"),
    ("port=NLRTM&radius_nm=ten", "radius_nm", "radius_nm: “ten” is not a number"),
    ("port=NLRTM&radius_nm=inf", "radius_nm", "radius_nm: “inf” is not a number"),
    ("since=yesterday", "since", "since must be a date (2024-01-31) or a UTC instant"),
    ("since=2024-02-30", "since", "since must be a date"),
    ("since=2024-01-01T24:00Z", "since", "since must be a date"),
    ("since=2024-01-01T00:00%2B99:99", "since", "since must be a date"),
    ("since=2024-01-01T00:00%2B05:99", "since", "since must be a date"),
    ("since=0001-01-01", "since", "since must be a date"),
    ("since=%D9%A2%D9%A0%D9%A2%D9%A4-01-01", "since", "since must be a date"),
    ("since=-%D9%A3d", "since", "since must be a date"),
    ("since=-30m", "since", "-30d, -6h"),
    ("since=-999999w", "since", "since: at most 100 years back"),
    ("until=infinity", "until", "until must be a date"),
    ("since=2024-01-02&until=2024-01-01", "until", "until must be later than since"),
    ("since=2024-01-01&until=2024-01-01", "until", "until must be later than since"),
    ("since=-6h&until=-30d", "until", "until must be later than since"),
    ("q=" + "x" * 201, "q", "q: at most 200 characters"),
    ("bbox=1,2,3", "bbox", "bbox must be four numbers: west,south,east,north"),
    ("bbox=1,2,3,4,5,6", "bbox", "bbox must be four numbers"),
    ("bbox=1,5,3,4", "bbox", "bbox: south must not be north of north"),
    ("bbox=nan,2,3,4", "bbox", "bbox: “nan” is not a number"),
    ("bbox=1e1,2,3,4", "bbox", "bbox: “1e1” is not a number"),
    ("bbox=1_0,2,3,4", "bbox", "bbox: “1_0” is not a number"),
    ("bbox=181,2,3,4", "bbox", "bbox: west and east must lie within -180 to 180"),
    ("bbox=1,2,3,91", "bbox", "bbox: south and north must lie within -90 to 90"),
    ("within=1 2", "within", "within: a polygon needs at least three different corners"),
    ("within=1 2;3 4;1 2", "within", "within: a polygon needs at least three different corners"),
    ("within=1,2;3,4;5,6", "within", "within must be corners such as 3 4;6 4;6 6"),
    ("within=1 2;3 91;5 6", "within", "within: longitudes lie within -360 to 360"),
    ("within=361 2;3 4;5 6", "within", "within: longitudes lie within -360 to 360"),
    ("within=x 2;3 4;5 6", "within", "within: “x” is not a number"),
    ("q=\ud800", "query", "the question holds characters that are no text"),
    ("q=" + "x" * 300_000, "query", "the question is longer than"),
]


@pytest.mark.parametrize(("written", "key", "says"), REFUSED)
def test_what_means_nothing_is_refused_naming_key_and_what_is_allowed(
    written: str, key: str, says: str
) -> None:
    with pytest.raises(BadQuestion) as refusal:
        from_query(written)
    assert refusal.value.key == key
    assert says in str(refusal.value)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 1_200


def test_too_many_values_and_corners_are_refused() -> None:
    with pytest.raises(BadQuestion, match="id: at most 500 values"):
        Filters(id=tuple(f"asam-{n}" for n in range(501)))
    with pytest.raises(BadQuestion, match="within: at most 2000 corners"):
        Filters(within=tuple((n / 100, n % 7) for n in range(MAX_VERTICES + 1)))


def test_the_largest_polygon_still_fits_into_a_link() -> None:
    ring = tuple((-170 - n / 300.7, -80 - n / 300.7) for n in range(MAX_VERTICES))
    assert from_query(to_query(Filters(within=ring))).within == ring


def test_how_one_looks_is_no_part_of_the_question() -> None:
    query = (
        "layers=ports&center=1,2&z=3&sel=x&theme=night&kiosk=1&tab=queue&as_known_at=2024-01-01"
        "&views=3,5&every=30&rings=1,2,12&hazard=piracy"
    )
    assert from_query(query) == Filters(hazard=("piracy",))
    view = view_of(query)
    assert set(view) == set(VIEW_KEYS)
    assert to_query(from_query(query), view) == (
        "hazard=piracy&layers=ports&center=1,2&z=3&sel=x&theme=night&tab=queue"
        "&rings=1,2,12&as_known_at=2024-01-01&kiosk=1&views=3,5&every=30"
    )


@pytest.mark.parametrize(
    "text",
    [
        "hazard=piracy&q=a?b",
        "?hazard=piracy&q=a?b",
        "/watch?hazard=piracy&q=a?b#here",
        "http://127.0.0.1:8050/watch?hazard=piracy&q=a?b",
        " https://host/watch?hazard=piracy&q=a?b ",
        "localhost:8050/watch?hazard=piracy&q=a?b",
    ],
)
def test_a_question_may_be_given_as_a_whole_link(text: str) -> None:
    assert query_of(text) in ("hazard=piracy&q=a?b", "?hazard=piracy&q=a?b")
    assert from_query(query_of(text)) == Filters(hazard=("piracy",), q="a?b")


def test_a_link_without_a_question_asks_for_everything() -> None:
    assert from_query(query_of("http://127.0.0.1:8050/watch")).is_empty


def test_a_link_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadQuestion, match="the link cannot be read"):
        query_of("http://[::1/watch?hazard=piracy")


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(("", *(f"{key}=" for key in FIELD_NAMES))), st.text(max_size=40))
def test_any_text_is_a_question_or_refused(start: str, text: str) -> None:
    try:
        filters = from_query(query_of(start + text))
    except BadQuestion:
        return  # any other error fails this test
    assert from_query(to_query(filters)) == filters


def test_a_time_bound_is_an_instant_or_an_age_that_can_be_written() -> None:
    with pytest.raises(ValueError, match="an instant, or an age"):
        TimeBound()
    with pytest.raises(ValueError, match="an instant, or an age"):
        TimeBound(ago=timedelta(days=1))
    with pytest.raises(ValueError, match="an instant, or an age"):
        TimeBound(at=datetime(2024, 1, 1), ago=timedelta(days=1), written="-1d")


def _some(key: str) -> st.SearchStrategy[tuple[str, ...]]:
    vocabulary = vocabulary_of(key)
    assert vocabulary is not None
    return st.lists(st.sampled_from(vocabulary.slugs), max_size=4).map(tuple)


_INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: TimeBound(at=at)
)
_AGES = st.builds(
    lambda n, unit: from_query(f"since=-{n}{unit}").since,
    st.integers(0, 5_000),
    st.sampled_from("hdw"),
)
_LON = st.floats(-180, 180)
_LAT = st.floats(-90, 90)
_BOXES = st.builds(
    lambda west, east, lats: BBox(west, min(lats), east, max(lats)),
    _LON,
    _LON,
    st.tuples(_LAT, _LAT),
)
_RINGS = st.lists(
    st.tuples(st.floats(-360, 360), _LAT), min_size=3, max_size=8, unique=True
).filter(lambda ring: len(set(ring)) >= 3 and ring[0] != ring[-1])


@st.composite
def questions(draw: st.DrawFn) -> Filters:
    """Any question that can be asked."""
    port = draw(st.lists(st.sampled_from(sorted(ports())), max_size=3).map(tuple))
    bounds = sorted(
        draw(st.lists(st.one_of(st.none(), _INSTANTS), min_size=2, max_size=2)),
        key=lambda b: b.at if b and b.at else datetime.min,
    )
    since, until = bounds if bounds[0] != bounds[1] else (draw(st.one_of(st.none(), _AGES)), None)
    return Filters(
        hazard=draw(st.lists(st.sampled_from(("piracy", "cyber", "ice", "safety")), max_size=3)),
        **{
            key: draw(_some(key))
            for key in ("severity", "region", "area", "navarea", "act", "verification", "status")
        },
        tlp=draw(_some("tlp")),
        source=draw(_some("source")),
        port=port,
        radius_nm=draw(st.floats(1e-9, 1_000)) if port else DEFAULT_RADIUS_NM,
        id=draw(st.lists(st.from_regex(r"[A-Za-z0-9._~é-]{1,12}", fullmatch=True), max_size=3)),
        since=since,
        until=until,
        q=draw(st.text(st.characters(codec="utf-8"), max_size=20)),
        bbox=draw(st.none() | _BOXES),
        within=tuple(draw(st.just([]) | _RINGS)),
    )


@settings(deadline=None, max_examples=150)
@given(questions())
def test_what_is_written_reads_back_the_same(filters: Filters) -> None:
    query = to_query(filters)
    assert query.isascii()
    assert from_query(query) == filters
    assert to_query(from_query(query)) == query

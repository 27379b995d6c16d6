"""IMB, UKMTO and register reports from small files in their layouts."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from cop.errors import BadInput, NotThisFormat
from cop.feeds import ALL, get_feed
from cop.feeds.narrative import clean_narrative, contradicts
from cop.model.report import Defect, Position, Report, Stated, TimeSpan
from cop.model.vessels import is_imo_number

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 23)


def read(feed: str, file: str) -> list[Report | Defect]:
    return list(get_feed(feed).parse((FIXTURES / feed / file).read_bytes(), RECEIVED))


def good(items: list[Report | Defect]) -> list[Report]:
    return [item for item in items if isinstance(item, Report)]


def bad(items: list[Report | Defect]) -> list[Defect]:
    return [item for item in items if isinstance(item, Defect)]


def test_codes_are_never_renumbered() -> None:
    assert {feed.id: feed.code for feed in ALL} == {
        "asam": 1,
        "imb": 2,
        "ukmto": 3,
        "register": 4,
        "desk": 5,
        "columns": 6,
    }
    assert {feed.marking for feed in ALL if feed.id not in ("desk", "columns")} == {"clear"}
    assert all(feed.title and feed.publisher and feed.licence and feed.attribution for feed in ALL)


def test_an_unknown_feed_names_those_there_are() -> None:
    with pytest.raises(BadInput, match="asam, imb, ukmto, register"):
        get_feed("nonsense")


@pytest.mark.parametrize("feed", [feed.id for feed in ALL])
@pytest.mark.parametrize(
    "data", [b"", b"<html>Sign in</html>", b"\x00\x01\x02", b'{"a": [', b"x,y\n1,2"]
)
def test_every_feed_refuses_another_format_whole(feed: str, data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        list(get_feed(feed).parse(data, RECEIVED))


def test_imb_reports() -> None:
    items = read("imb", "plain.csv")
    assert len(items) == 6
    coded, instant, local, nothing, origin = good(items)
    assert coded.title == "Boarded: Grey Gull, Singapore Straits (Coded as Batam)"
    assert coded.position == Position(103.5, 1.25, "approximate", 0.0, "1.25, 103.5")
    assert (coded.vessel.name, coded.vessel.status) == ("Grey Gull", "underway")
    assert coded.occurred.precision == "date"
    assert (coded.reliability, coded.credibility) == ("C", "3")
    at = datetime(2016, 5, 6, 2, 30)
    assert instant.occurred == TimeSpan(at, at, "instant")
    assert instant.title == "Boarded: bulk carrier, Off Bonny"
    assert instant.position is not None
    assert instant.position.precision == "reported"
    assert instant.flags == ()
    assert local.occurred == TimeSpan(datetime(2016, 5, 7), datetime(2016, 5, 8), "date")
    assert local.flags == ("local-time-unconverted", "time-conflict", "position-conflict")
    assert nothing.position is None
    assert nothing.vessel.name == ""
    assert origin.flags == ("null-island",)
    (defect,) = bad(items)
    assert (defect.kind, len(defect.reference)) == ("quarantined", 12)
    assert "no time of day" in defect.reason


def test_imb_reference_is_made_from_the_cells() -> None:
    cells = ["1998-03-04", "", "103.5", "1.25", "Boarded", "Singapore Straits (Coded as Batam)",
             "", "Mv Grey Gull", "", "Steaming"]  # fmt: skip
    expected = sha256("\x1f".join(cells).encode()).hexdigest()[:12]
    assert good(read("imb", "plain.csv"))[0].reference == expected


def test_ukmto_reports() -> None:
    items = read("ukmto", "plain.json")
    assert len(items) == 6
    plain, held, advisory, bare = good(items)
    assert (plain.reference, plain.title) == ("2026-007", "Attack: tanker, Strait of Hormuz")
    assert plain.summary == "A tanker was struck.\nCall UKMTO [phone removed]."
    assert (plain.source_type, plain.source_severity, plain.flags) == ("Attack", "1", ())
    assert plain.issued_at == datetime(2026, 10, 2, 23, 13, 20)
    assert plain.position is not None
    assert (plain.position.lat, plain.position.lon) == (26.2166667, 56.5666667)
    assert (plain.reliability, plain.credibility) == ("B", "3")
    assert held.vessel.name == "GREY GULL"
    assert held.flags == ("position-conflict", "under-pirate-control", "crew-held")
    assert advisory.title == "Advisory: vessel, Strait of Hormuz"
    assert advisory.credibility == "6"
    assert advisory.flags == ("position-conflict", "time-conflict")
    assert bare.position is None
    assert bare.vessel.name == ""
    assert bare.flags == ("unknown-field",)
    assert [defect.reference for defect in bad(items)] == ["11", "12"]


def test_register_reports() -> None:
    items = read("register", "plain.csv")
    plain, month, interval, amber = good(items)
    assert plain.title == "Made-up collision"
    assert plain.stated == Stated("collision", "committed", 3, "confirmed", "malacca-singapore")
    assert plain.position == Position(103.5, 1.25, "approximate", 5.0, "1.25, 103.5")
    assert (plain.vessel.imo, plain.marking, plain.flags) == ("9074729", "clear", ())
    assert plain.source_name == "A newspaper, N 1"
    assert "retrieved_on" not in dict(plain.facts)
    assert (month.occurred.precision, month.position) == ("month", None)
    assert interval.occurred == TimeSpan(
        datetime(2021, 3, 23, 5, 40), datetime(2021, 3, 30), "interval"
    )
    assert interval.position is not None
    assert interval.position.lon == pytest.approx(32.58)
    assert (amber.marking, amber.reliability, amber.credibility) == ("amber-strict", "F", "6")
    assert amber.flags == ("imo-check-digit",)


def test_register_rows_with_unknown_words_are_set_aside() -> None:
    assert [defect.field for defect in bad(read("register", "plain.csv"))] == [
        "hazard", "act_status", "severity", "verification", "region", "tlp", "reliability",
        "position_precision", "occurred", "ended", "longitude", "longitude", "uncertainty_nm",
        "source_url", "title", "reference", "retrieved_on",
    ]  # fmt: skip


def test_imo_check_digit() -> None:
    assert is_imo_number("9074729")
    assert not is_imo_number("9074728")
    assert not is_imo_number("907472")
    assert not is_imo_number("９０７４７２９")


@pytest.mark.parametrize(
    ("text", "cleaned", "flags"),
    [
        ("the ship¿s crew", "the ship’s crew", ("text-repaired",)),
        ("the ship�??s crew", "the ship’s crew", ("text-repaired",)),
        ("08-45S �?? 013-17E", "08-45S – 013-17E", ("text-repaired",)),
        ("2¿4 nm", "2¿4 nm", ("text-damaged",)),
        ("a\x01b\x19", "ab", ("control-removed",)),
        ("a   b \t c", "a b c", ()),
        ("a  \r\n\r\n\r\n\r\n b", "a\n\nb", ()),
        ("¿Qué?", "¿Qué?", ("text-damaged",)),
        ("\u202eevil", "\u202eevil", ()),
    ],
)
def test_clean_narrative(text: str, cleaned: str, flags: tuple[str, ...]) -> None:
    assert clean_narrative(text) == (cleaned, flags)


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("near position 01-07N 103-31E.", False),
        ("Posn: 01:07N – 103:31E", False),
        ("in position 01-07S 103-31E", True),
        ("in position 01-07N 104-31E", True),
        ("held off an island (05-00N 110-00E)", False),
        ("no position", False),
    ],
)
def test_contradicts(text: str, conflict: bool) -> None:
    assert contradicts(text, Position(103.5166667, 1.1166667)) is conflict


def test_contradicts_across_the_antimeridian() -> None:
    assert not contradicts("in position 10-00N 179-59E", Position(-179.99, 10.0))

"""Names, types and flags out of one phrase; what is not plainly a name is none."""

from __future__ import annotations

import pytest

from cop.feeds.victim import read_victim
from cop.model.report import Vessel


@pytest.mark.parametrize(
    ("phrase", "vessel"),
    [
        ("MERCHANT VESSEL", Vessel()),
        ("UNKNOWN", Vessel()),
        ("N/A", Vessel()),
        ("", Vessel()),
        ("M/V", Vessel()),
        ("TWO CARGO SHIPS", Vessel(type="cargo ship")),
        ("TUG/BARGE", Vessel(type="tug")),
        ("LPG Tanker", Vessel(type="LPG tanker")),
        ("Anchored supply vessel", Vessel(type="supply vessel", status="anchored")),
        ("Bulk carrier at anchor", Vessel(type="bulk carrier", status="anchored")),
        ("Two Greece-flagged tankers", Vessel(type="tanker", flag="Greece")),
        ("Tanzania-flagged tanker GREY GULL", Vessel("GREY GULL", "tanker", "Tanzania")),
        ("Guinea-Bissau-flagged tug A B", Vessel(type="tug", flag="Guinea-Bissau")),
        ("BULK CARRIER GREY GULL", Vessel("GREY GULL", "bulk carrier")),
        ("TUG GREY MARU NO. 8", Vessel("GREY MARU NO. 8", "tug")),
        ("FPSO", Vessel(type="offshore unit")),
        ("M/V GREY GULL", Vessel("GREY GULL")),
        ("U.S. FLAGGED M/V GREY GULL", Vessel("GREY GULL", flag="U.S.")),
        ("F/V GULL", Vessel("GULL", "fishing vessel")),
        ("CONATAINER SHIP GREY GULL", Vessel("GREY GULL")),
        ("SALVAGE VESSEL", Vessel()),
        ("THIEVES", Vessel()),
        ("GREYGULL", Vessel("GREYGULL")),
        ('Chemical tanker "Grey Gull"', Vessel("Grey Gull", "chemical tanker")),
        ("Container ship MSC GULL", Vessel("MSC GULL", "container ship")),
    ],
)  # fmt: skip
def test_read_victim(phrase: str, vessel: Vessel) -> None:
    assert read_victim(phrase) == vessel

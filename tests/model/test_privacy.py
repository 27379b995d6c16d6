"""Personal data goes; positions, dates, numbers of ships and messages stay."""

from __future__ import annotations

import pytest

from cop.model.privacy import EMAIL, PHONE, mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Tel: +60 3 2031 0014 now", f"Tel: {PHONE} now"),
        ("TEL: (603) 201-0014; FAX (603) 238- 5769;", f"TEL: {PHONE}; FAX {PHONE};"),
        ("TELEX MA 31880 IMBPCI.", f"TELEX {PHONE}."),
        ("Telex: MA34199 IMBPCI", f"Telex: {PHONE}"),
        ("ring 0033 298 22 88 88 for more", f"ring {PHONE} for more"),
        ("tel: +33(0) 298 22 88 88.", f"tel: {PHONE}."),
        ("call +44 2392 222060 (UKMTO)", f"call {PHONE} (UKMTO)"),
        ("UKMTO +442392222060", f"UKMTO {PHONE}"),
        ("reached at 888-486-7463 toll free", f"reached at {PHONE} toll free"),
        ("pager 314-259-4059 or", f"pager {PHONE} or"),
        ("phone 24 hrs: +65-63769091", f"phone 24 hrs: {PHONE}"),
        ("fax 00971 4 306 5555", f"fax {PHONE}"),
        ("Hotline: +60 3 2031\r\n0014.", f"Hotline: {PHONE}."),
        ("mail watchkeepers@example.org, or", f"mail {EMAIL}, or"),
        ("duty.officer+24@ops.example.co.uk", EMAIL),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "near position 01-07N 103-31E.",
        "in position 22-16.15N 091-49.19E at",
        "02 58.60N, 105 16.20E off",
        "contact at 12-33.5N 043-31.7E",
        "call in position 01:08.6N – 103:46.2E",
        "position 06:02.24S - 106:55.68E",
        "ring 20 12-33.50N 043-31.70E",
        "IMO 9074729, MMSI 235009802",
        "call sign, IMO number 9074729",
        "131350Z JUN 17", "08.01.2015: 0234 LT: Posn", "27-10-2021 1518UTC POS",
        "on 11-11-2006 at 0030 local", "between 1715-1855 local time on 22 Apr 08",
        "(see ref. no. 20070107)", "ASAM 20020011", "UKMTO WARNING 148-26", "MSC.1/Circ.1333",
        "a 4500-5000 ton ship", "stole $1,250,000 and 60000 MT of cargo", "300,000 dwt 2000-12-31",
        "mobile phones and 3 cell phones", "VHF channel 16", "85NM south, 4 knots",
        "call 2008-12-13 0300", "@ 12 knots", "a@b",
    ],
)  # fmt: skip
def test_left_alone(text: str) -> None:
    assert mask_personal(text) == text

"""Rows of the IMB data set that repeat word for word: none is lost, each has its own reference."""

from datetime import datetime

from cop.feeds import get_feed
from cop.model.report import Report

HEADER = (
    "date,time,longitude,latitude,attack_type,location_description,nearest_country,eez_country,"
    "shore_distance,shore_longitude,shore_latitude,attack_description,vessel_name,vessel_type,"
    "vessel_status,data_source\n"
)
ROW = "2001-06-14,NA,117.9,6.4,Hijacked,Sample Bay,MYS,MYS,1,1,1,NA,NA,NA,Steaming,mappingpiracy\n"


def test_repeated_rows_each_count_and_are_flagged() -> None:
    data = (HEADER + ROW * 3).encode()
    reports = [
        r for r in get_feed("imb").parse(data, datetime(2026, 1, 1)) if isinstance(r, Report)
    ]
    first = reports[0].reference
    assert [r.reference for r in reports] == [first, f"{first}-2", f"{first}-3"]
    assert ["repeated-row" in r.flags for r in reports] == [False, True, True]
    again = list(get_feed("imb").parse(data, datetime(2026, 1, 1)))
    assert [r.reference for r in again] == [r.reference for r in reports]

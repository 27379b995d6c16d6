"""When something is due, read as officers type it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cop.errors import BadInput
from cop.model.dtg import BadTime, read_instant

_LATER = re.compile(r"\+\s*(\d{1,4})\s*(min|h|d)", re.ASCII)
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):?([0-5]\d) ?[zZ]", re.ASCII)


def read_due(typed: str, now: datetime, field: str = "next_due_at") -> datetime | None:
    """When something is due: `+2h`, `+30min`, `1800Z` (the next), a DTG or an ISO instant.

    None for nothing typed. Raises BadInput naming `field`.
    """
    typed = typed.strip()
    if not typed:
        return None
    if later := _LATER.fullmatch(typed):
        return now + int(later[1]) * _UNITS[later[2]]
    if day := _TIME_OF_DAY.fullmatch(typed):
        moment = now.replace(hour=int(day[1]), minute=int(day[2]), second=0, microsecond=0)
        return moment if moment > now else moment + timedelta(days=1)
    try:
        return read_instant(typed, now)[0]
    except BadTime as error:
        raise BadInput(f"{field}: {error}", field) from error

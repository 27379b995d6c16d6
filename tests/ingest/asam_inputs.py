"""Small ASAM inputs, told alike in every layout, and a question that asks for everything."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from typing import Any

from cop.ingest import Tally
from cop.model.viewer import Viewer
from cop.model.vocabulary import LIFECYCLES
from cop.query.filters import Filters
from cop.query.where import Where, compile_where

COLUMNS = (
    "reference", "date", "position", "navArea", "subreg", "hostility", "victim", "description",
)  # fmt: skip
Record = dict[str, Any]
Take = Callable[..., Tally]


def asam(reference: str, **said: Any) -> Record:
    """One message off Singapore, told alike in every layout."""
    return {
        "reference": reference,
        "date": "2026-05-01",
        "latitude": 1.25,
        "longitude": 103.5,
        "position": "1°15'00\"N \n103°30'00\"E",
        "navArea": "XI",
        "subreg": "71",
        "hostility": "Pirates",
        "victim": "tanker BLUE HERON",
        "description": "SINGAPORE STRAIT: robbers boarded the tanker underway and fled.",
    } | said


def as_csv(*records: Record, extra: tuple[str, ...] = ()) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *extra))
    writer.writerows([record[name] for name in (*COLUMNS, *extra)] for record in records)
    return out.getvalue().encode()


def as_json(*records: Record) -> bytes:
    return json.dumps({"asam": list(records)}).encode()


def as_sqlite(*records: Record) -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute(
            "CREATE TABLE asams (reference_number TEXT, date_of_occurrence TEXT, latitude REAL, "
            "longitude REAL, subregion TEXT, aggressor TEXT, victim TEXT, description TEXT)"
        )
        names = [name for name in asam("") if name not in ("position", "navArea")]
        database.executemany(
            "INSERT INTO asams VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [[record[name] for name in names] for record in records],
        )
        database.commit()
        content = database.serialize()
    database.close()
    return content


def everything(clearance: str = "red", **asked: Any) -> Where:
    viewer = Viewer("test", clearance)
    return compile_where(Filters(status=LIFECYCLES.slugs, **asked), viewer)

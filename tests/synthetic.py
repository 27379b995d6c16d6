"""Made-up incidents for tests: one row with sensible defaults, and a store full of edge cases.

Rows are written with words, not codes, and become codes only on their way into the store.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from cop.incidents import search_text
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    LIFECYCLES,
    MARKINGS,
    NAVAREAS,
    POSITION_PRECISIONS,
    SEVERITIES,
    SOURCES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    areas,
    domain_of,
    hazards,
    regions,
)
from cop.store import Store
from cop.store.cells import cells_of

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
ROTTERDAM = (4.44245, 51.90438)


def incident(incident_id: str, **said: Any) -> dict[str, Any]:
    """One incident in words; `start` and `end` are its half-open span, equal for an instant."""
    start = said.get("start", datetime(2026, 5, 1))
    precision = said.get("time_precision", "date")
    end = {"date": start + DAY, "instant": start}.get(precision, start + 30 * DAY)
    return {
        "incident_id": incident_id,
        "version": 1,
        "title": "Boarding",
        "summary": "",
        "hazard": "piracy",
        "severity": "3",
        "act": "committed",
        "verification": "unverified",
        "status": "new",
        "tlp": "clear",
        "start": start,
        "end": end,
        "time_precision": precision,
        "lon": np.nan,
        "lat": np.nan,
        "region": "",
        "areas": (),
        "navarea": "",
        "vessel_name": "",
        "vessel_imo": "",
        "source": "asam",
        "reference": incident_id,
    } | said


def as_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows in words as a frame of the `incidents` table, without `recorded_at`."""
    lon = np.array([row["lon"] for row in rows], float)
    lat = np.array([row["lat"] for row in rows], float)
    cells = cells_of(lon, lat)
    blank = dict.fromkeys(
        (
            "position_written", "place", "port", "vessel_type", "vessel_flag", "vessel_mmsi",
            "vessel_call_sign", "vessel_status", "source_name", "source_url", "source_type",
            "source_severity", "source_navarea", "source_subregion", "hazard_rule", "act_rule",
            "severity_rule", "flags",
        ),
        "",
    )  # fmt: skip
    coded = [
        {
            "incident_id": row["incident_id"],
            "version": row["version"],
            "title": row["title"],
            "summary": row["summary"],
            "hazard": hazards().code(row["hazard"]),
            "domain": DOMAINS.code(domain_of(row["hazard"])),
            "severity": SEVERITIES.code(row["severity"]),
            "act": ACTS.code(row["act"]),
            "verification": VERIFICATIONS.code(row["verification"]),
            "status": LIFECYCLES.code(row["status"]),
            "tlp": MARKINGS.code(row["tlp"]),
            "reliability": "F",
            "credibility": "6",
            "time_precision": TIME_PRECISIONS.code(row["time_precision"]),
            "position_precision": POSITION_PRECISIONS.code(
                "none" if np.isnan(row["lon"]) else "reported"
            ),
            "uncertainty_nm": 0.0,
            "region": regions().code(row["region"]) if row["region"] else 0,
            "navarea": NAVAREAS.code(row["navarea"]) if row["navarea"] else 0,
            "zone": 0,
            "vessel_name": row["vessel_name"],
            "vessel_imo": row["vessel_imo"],
            "source": SOURCES.code(row["source"]),
            "reference": row["reference"],
            "facts": "{}",
            "search_text": search_text(
                row["title"],
                row["summary"],
                row["vessel_name"],
                row["vessel_imo"],
                row["reference"],
            ),
            **blank,
        }
        for row in rows
    ]
    starts = [row["start"] for row in rows]
    lasts = [max(row["start"], row["end"] - TICK) for row in rows]
    masks = [sum(1 << areas().code(slug) for slug in row["areas"]) for row in rows]
    return pd.DataFrame(coded).assign(
        lon=lon,
        lat=lat,
        cell=pd.Series(cells, dtype="Int64").mask(cells < 0),
        port_distance_nm=np.nan,
        coast_distance_nm=np.nan,
        occurred_at=pd.Series(starts, dtype="datetime64[us]"),
        last_at=pd.Series(lasts, dtype="datetime64[us]"),
        areas=pd.Series(masks, dtype="uint64"),
    )


def put(store: Store, *rows: dict[str, Any], actor: str = "test", action: str = "test.put") -> None:
    """Write rows in words, each with the report it is made from, in one change."""
    with store.write(actor=actor, action=action, subject="made-up incidents") as writer:
        table = as_table(list(rows))
        writer.put_incidents(table)
        first = table[table["version"] == 1].reset_index(drop=True)
        writer.add_reports(
            pd.DataFrame(
                {
                    "report_id": first["incident_id"] + "-r",
                    "source": first["source"],
                    "reference": first["reference"],
                    "raw": [b"as received"] * len(first),
                    "raw_sha256": "0" * 64,
                    "tlp": first["tlp"],
                    "reliability": "F",
                    "credibility": "6",
                    "issued_at": pd.Series([pd.NaT] * len(first), dtype="datetime64[us]"),
                    "received_at": writer.at,
                    "run_id": 0,
                }
            )
        )
        links = first[["incident_id"]].assign(
            report_id=first["incident_id"] + "-r", score=1.0, reason="made from it"
        )
        if len(links):
            writer.link_reports(links)


@dataclass(frozen=True, repr=False)
class Synthetic:
    """A store and, for replaying, what was written to it when."""

    store: Store
    written: list[tuple[datetime, list[dict[str, Any]]]]
    now: datetime


def make_synthetic() -> Synthetic:
    """Some 400 incidents of every kind, written and changed at three times."""
    dice = random.Random(20261123)
    moments = [datetime(2026, 1, 1, 8), datetime(2026, 6, 1, 8), datetime(2026, 11, 22, 20)]
    now = datetime(2026, 11, 23, 12)
    at = [moments[0]]
    store = Store.memory(clock=lambda: at[0])
    rows = [_any_incident(dice, n, now) for n in range(400)]
    batches = [rows[:250], rows[250:360], rows[360:]]
    for turn in (1, 2):
        earlier = [row for batch in batches[:turn] for row in batch]
        latest = {row["incident_id"]: row for row in earlier}
        for row in dice.sample(sorted(latest.values(), key=lambda r: r["incident_id"]), 60):
            changed = _any_incident(dice, 0, now) | {
                "incident_id": row["incident_id"],
                "reference": row["reference"],
                "source": row["source"],
                "version": row["version"] + 1,
            }
            batches[turn].append(changed)
    for moment, batch in zip(moments, batches, strict=True):
        at[0] = moment
        put(store, *batch)
    at[0] = now
    return Synthetic(store, list(zip(moments, batches, strict=True)), now)


_TITLES = ("Piracy off Lomé", "Ａttack", "Straße gesperrt", "İstanbul strait", "ΣΟΦΊΑ", "ice")
_NAMES = ("Grey Gull", "GREY\u200bGULL", "São João", "SAO JOAO", "", "Œuvre", "x%_y", "O'Brien")
_LONS = (-180.0, 180.0, -179.5, 179.5, -170.0, -10.0, -5.0, 0.0, 0.5, 5.0, 9.5, 10.0, 100.0, 160.6)
_LATS = (-90.0, -85.5, -60.0, -25.89, -10.0, -5.0, 0.0, 0.5, 5.0, 9.5, 10.0, 45.0, 85.5, 90.0)


def _any_incident(dice: random.Random, n: int, now: datetime) -> dict[str, Any]:
    precision = dice.choice(TIME_PRECISIONS.slugs)
    day = dice.choice([datetime(1978, 7, 1), now - 40 * DAY, now - DAY, now]).replace(hour=0)
    start = day + dice.choice([0, 0, 1, -1, 7, -3, 500]) * DAY
    if precision == "instant":
        hours = timedelta(hours=dice.choice([0, 0, 6, 12]))
        start += hours + dice.choice([timedelta(0), TICK, -TICK])
    elif precision == "month":
        start = start.replace(day=1)
    lon, lat = dice.choice(_LONS), dice.choice(_LATS)
    if dice.random() < 0.15:
        lon = lat = np.nan
    elif dice.random() < 0.25:
        metres = 1852.0 * dice.choice([0.0, 1.99, 2.01, 9.999, 10.001, 49.9, 50.1])
        lon, lat, _ = Geod(ellps="WGS84").fwd(*ROTTERDAM, dice.uniform(-180, 180), metres)
    located = not np.isnan(lon)
    return incident(
        f"asam-{n:03}",
        title=dice.choice(_TITLES),
        summary=dice.choice(["", "Crew safe.\nShots were fired", "robbers tele\u00adphone"]),
        hazard=dice.choice(hazards().slugs),
        severity=dice.choice(SEVERITIES.slugs),
        act=dice.choice(ACTS.slugs),
        verification=dice.choice(VERIFICATIONS.slugs),
        status=dice.choice((*LIFECYCLES.slugs[:4], *LIFECYCLES.slugs)),
        tlp=dice.choice(MARKINGS.slugs),
        start=start,
        time_precision=precision,
        lon=lon,
        lat=lat,
        region=dice.choice(regions().slugs) if located else "",
        areas=tuple(dice.sample(areas().slugs, dice.choice([0, 1, 2]))) if located else (),
        navarea=dice.choice(("", *NAVAREAS.slugs)) if located else "",
        vessel_name=dice.choice(_NAMES),
        vessel_imo=dice.choice(("", "9074729")),
        source=dice.choice(SOURCES.slugs),
    )

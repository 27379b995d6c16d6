"""Officers' judgements on what the sources say: laid over staged rows before they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from cop.model.triage import JUDGED, Standing
from cop.model.vocabulary import SOURCES

MOST_OF_TITLE = 80


def said_by(row: Mapping[str, Any]) -> dict[str, int]:
    """What the sources say of an incident, as columns of triage."""
    return {f"{name}_said": int(row[name]) for name in JUDGED} | {"tlp": int(row["tlp"])}


def rows_of(table: pa.Table, followed: Sequence[Standing]) -> dict[str, tuple[int, dict[str, Any]]]:
    """The staged rows of followed incidents with their places, by incident."""
    places = {incident_id: n for n, incident_id in enumerate(table["incident_id"].to_pylist())}
    columns = table.select([*JUDGED, "tlp", "version", "source", "title"])
    return {
        standing.incident_id: (place, columns.slice(place, 1).to_pylist()[0])
        for standing in followed
        for place in [places[standing.incident_id]]
    }


def lay_over(
    table: pa.Table,
    followed: Sequence[Standing],
    rows: Mapping[str, tuple[int, dict[str, Any]]],
) -> pa.Table:
    """The staged rows with the judgements that stand in place of what the sources say."""
    for name in JUDGED:
        column = table[name].to_numpy().copy()
        for standing in followed:
            judged = getattr(standing, f"{name}_set")
            if judged:
                column[rows[standing.incident_id][0]] = judged
        table = table.set_column(table.column_names.index(name), name, pa.array(column))
    return table


def hear(standing: Standing, row: Mapping[str, Any]) -> tuple[dict[str, Any], Standing, str]:
    """What a source's new version changes of what stands, what stands then, and that in words."""
    said = said_by(row)
    changed: dict[str, Any] = {
        name: value for name, value in said.items() if value != getattr(standing, name)
    }
    told = [
        f"{name} {vocabulary.slug(said[f'{name}_said'])}"
        for name, vocabulary in JUDGED.items()
        if f"{name}_said" in changed
    ]
    words = f"{SOURCES.label(SOURCES.slug(int(row['source'])))} reports again"
    if told:
        words += f", now {', '.join(told)}"
    return changed, replace(standing, **changed), words


def short_title(title: object) -> str:
    """A title as it starts an entry of the log."""
    text = str(title)
    return text if len(text) <= MOST_OF_TITLE else f"{text[: MOST_OF_TITLE - 1]}…"

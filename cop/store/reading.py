"""The questions a store answers: name -> who may ask it, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cop.model.viewer import Viewer
from cop.query.where import Where
from cop.store import (
    activity,
    desk,
    extent,
    frames,
    known_changes,
    picture,
    position_density,
    positions,
    records,
    streaming,
    surroundings,
    vessels,
    watch,
)

QUESTIONS: dict[str, tuple[type | None, Callable[..., Any]]] = {
    "count": (Where, records.answer_count),
    "picture": (Where, picture.answer_picture),
    "frames": (Where, frames.answer_frames),
    "page": (Where, records.answer_page),
    "rank": (Where, records.answer_rank),
    "extent": (Where, extent.answer_extent),
    "detail": (Where, records.answer_detail),
    "rows": (Where, records.answer_rows),
    "summary": (Where, streaming.answer_summary),
    "activity": (Where, activity.answer_activity),
    "history": (Where, activity.answer_history),
    "known_changes": (Where, known_changes.answer_known_changes),
    "lag": (Where, known_changes.answer_lag),
    "known_steps": (Viewer, known_changes.answer_known_steps),
    "queue": (Where, desk.answer_queue),
    "news": (Where, desk.answer_news),
    "recorded_since": (Where, desk.answer_recorded_since),
    "vessels": (Where, vessels.answer_vessels),
    "of_vessel": (Where, vessels.answer_of_vessel),
    "triage": (Viewer, desk.answer_triage),
    "acts": (Viewer, desk.answer_acts),
    "watch": (Viewer, watch.answer_watch),
    "watches": (Viewer, watch.answer_watches),
    "handover": (Viewer, watch.answer_handover),
    "log": (Viewer, watch.answer_log),
    "tasks": (Viewer, watch.answer_tasks),
    "contacts": (Viewer, watch.answer_contacts),
    "saved": (Viewer, watch.answer_saved),
    "officers": (Viewer, watch.answer_officers),
    "latest_positions": (Viewer, positions.answer_latest_positions),
    "track": (Viewer, positions.answer_track),
    "position_density": (Viewer, position_density.answer_position_density),
    "position_first_received": (None, positions.answer_position_first_received),
    "sources": (Viewer, surroundings.answer_sources),
    "runs": (Viewer, surroundings.answer_runs),
    "quarantine": (Viewer, surroundings.answer_quarantine),
    "quarantined": (Viewer, surroundings.answer_quarantined),
    "quarantine_count": (Viewer, surroundings.answer_quarantine_count),
    "reference": (None, surroundings.answer_reference),
    "store_version": (None, surroundings.answer_store_version),
    "meta": (None, surroundings.answer_meta),
    "counts": (None, surroundings.answer_counts),
    "verify": (None, surroundings.answer_verify),
}

"""Playbooks: what ports and ships do when something happens, step by step, from public guidance.

Files of `data/playbooks/*.toml`, one a playbook. They are guidance, not legal advice: a port's own
plans and the master's judgement go before them. Unknown keys and unknown words are refused, so
that a misspelt step is found when it is written and not in the night it is needed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cop.model.vocabulary import SEVERITIES, hazards

PLAYBOOKS = Path(__file__).resolve().parents[2] / "data" / "playbooks"
# Phase -> the minutes after the alarm in which its steps are due; None: no limit.
PHASES: dict[str, tuple[int, int | None]] = {
    "immediate": (0, 15),
    "first-hour": (1, 60),
    "first-day": (60, 1440),
    "after": (1440, None),
}
PHASE_LABELS = {
    "immediate": "Immediately",
    "first-hour": "First hour",
    "first-day": "First day",
    "after": "Afterwards",
}
NOTICE = "Guidance, not legal advice. The port's own plans and the master's judgement go first."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: by whom, why, how many minutes after the alarm, and who is told of it."""

    phase: str
    who: str
    what: str
    why: str
    by_minutes: int | None = None
    report_to: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is to be told, by when, and how."""

    to: str
    by: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The publication a playbook follows; nothing in it is a quotation."""

    name: str
    year: int


@dataclass(frozen=True, slots=True)
class Playbook:
    """What to do for some hazard types from some severity on."""

    id: str
    title: str
    hazards: tuple[str, ...]
    severities: tuple[int, ...]
    roles: tuple[str, ...]
    steps: tuple[Step, ...]
    preserve: tuple[str, ...]
    report: tuple[Duty, ...]
    contacts_needed: tuple[str, ...]
    sources: tuple[Source, ...]

    def steps_of(self, phase: str) -> tuple[Step, ...]:
        """The steps of one phase, in the order they stand."""
        return tuple(step for step in self.steps if step.phase == phase)


class BadPlaybook(ValueError):
    """A playbook file that says something this product does not know."""


@cache
def load_playbooks(folder: Path = PLAYBOOKS) -> tuple[Playbook, ...]:
    """All playbooks of a folder, by id; raises BadPlaybook naming file and fault."""
    found = [read_playbook(file) for file in sorted(folder.glob("*.toml"))]
    ids = [playbook.id for playbook in found]
    if len(set(ids)) != len(ids):
        raise BadPlaybook("two playbooks have one id")
    return tuple(sorted(found, key=lambda playbook: playbook.id))


def playbooks_for(hazard: str, severity: int = 0) -> tuple[Playbook, ...]:
    """The playbooks of a hazard type, the most special first; of any severity when 0 is given."""
    fitting = [
        playbook
        for playbook in load_playbooks()
        if hazard in playbook.hazards and (not severity or severity in playbook.severities)
    ]
    return tuple(sorted(fitting, key=lambda playbook: (len(playbook.hazards), playbook.id)))


def get_playbook(id: str) -> Playbook | None:
    """The playbook of an id; None where there is none, such as one that was taken out since."""
    return next((playbook for playbook in load_playbooks() if playbook.id == id), None)


def read_playbook(file: Path) -> Playbook:
    """One file as a playbook; raises BadPlaybook."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        return _playbook(said, file.stem)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadPlaybook(f"{file.name}: {error}") from error


def _playbook(said: dict[str, Any], stem: str) -> Playbook:
    keys = {"id", "title", "hazards", "severities", "roles", "step", "preserve", "report",
            "contacts_needed", "source"}  # fmt: skip
    _refuse_unknown(said, keys, "the playbook")
    if said["id"] != stem:
        raise ValueError(f"its id is {said['id']!r}, its file {stem!r}")
    types = _texts(said, "hazards")
    for slug in types:
        if slug not in hazards():
            raise ValueError(f"{slug!r} is no hazard type")
    severities = tuple(said.get("severities", (1, 2, 3, 4, 5)))
    if not severities or any(str(level) not in SEVERITIES for level in severities):
        raise ValueError("severities are of 1 to 5")
    roles = _texts(said, "roles")
    steps = tuple(_step(row, roles) for row in said["step"])
    if list(steps) != sorted(steps, key=lambda step: list(PHASES).index(step.phase)):
        raise ValueError("steps stand in the order of their phases")
    return Playbook(
        said["id"],
        _text(said, "title"),
        types,
        severities,
        roles,
        steps,
        _texts(said, "preserve"),
        tuple(_duty(row) for row in said["report"]),
        _texts(said, "contacts_needed"),
        tuple(_source(row) for row in said["source"]),
    )


def _step(row: dict[str, Any], roles: tuple[str, ...]) -> Step:
    _refuse_unknown(row, {"phase", "who", "what", "why", "by_minutes", "report_to"}, "a step")
    phase, who = _text(row, "phase"), _text(row, "who")
    if phase not in PHASES:
        raise ValueError(f"{phase!r} is no phase")
    if who not in roles:
        raise ValueError(f"{who!r} is none of its roles")
    by = row.get("by_minutes")
    first, last = PHASES[phase]
    if by is not None and not (first <= by and (last is None or by <= last)):
        raise ValueError(f"{by} minutes do not lie in the phase {phase!r}")
    what, why = _text(row, "what"), _text(row, "why")
    return Step(phase, who, what, why, by, row.get("report_to", ""))


def _duty(row: dict[str, Any]) -> Duty:
    _refuse_unknown(row, {"to", "by", "how"}, "a duty to report")
    return Duty(_text(row, "to"), _text(row, "by"), row.get("how", ""))


def _source(row: dict[str, Any]) -> Source:
    _refuse_unknown(row, {"name", "year"}, "a source")
    if not isinstance(row["year"], int) or not 1900 <= row["year"] <= 2100:
        raise ValueError("a source has a year")
    return Source(_text(row, "name"), row["year"])


def _refuse_unknown(row: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = row.keys() - known
    if unknown:
        raise ValueError(f"{what} has keys nobody reads: {', '.join(sorted(unknown))}")


def _text(row: Mapping[str, Any], name: str) -> str:
    text = row[name]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} is no text")
    return text


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = row[name]
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t for t in texts):
        raise ValueError(f"{name} is no list of texts")
    return tuple(texts)

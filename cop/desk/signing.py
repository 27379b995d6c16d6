"""What every act of the desk starts with: a name that can sign it, texts and markings that fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from cop.errors import BadInput
from cop.model.marking import FLOOR_WHEN_UNDECLARED
from cop.model.triage import read_officer
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS
from cop.store import Store, Writer


@contextmanager
def signed(store: Store, officer: str, action: str, subject: str) -> Iterator[Writer]:
    """One audited transaction under an officer's name, which `read_officer` has folded.

    An officer who writes is known from then on.
    """
    with store.write(actor=f"officer:{officer}", action=action, subject=subject) as writer:
        writer.desk.sign_on(officer)
        yield writer


def name_of(officer: str) -> str:
    """The officer's name as it signs. Raises BadInput naming the field `officer`."""
    return read_officer("officer", officer)


def clearance_of(viewer: Viewer) -> int:
    """The code of the strictest marking that a viewer may see."""
    return MARKINGS.code(viewer.clearance)


def marking_of(viewer: Viewer, wanted: str | None) -> int:
    """The marking of what an officer writes, as a code: by default AMBER, the floor of what
    declares none, or the officer's own clearance where that is lower.

    Raises BadInput for a word that is no marking, or one above what the officer may read.
    """
    if wanted is None:
        return min(MARKINGS.code(FLOOR_WHEN_UNDECLARED), clearance_of(viewer))
    if wanted not in MARKINGS:
        raise BadInput(f"tlp: must be one of {', '.join(MARKINGS.slugs)}", "tlp")
    if not viewer.may_read(wanted):
        raise BadInput("tlp: nobody marks above what they may read themselves", "tlp")
    return MARKINGS.code(wanted)


def moment_of(field: str, moment: datetime | None) -> datetime | None:
    """A time as it is kept, naive UTC. Raises BadInput where it has a zone."""
    if moment is not None and moment.tzinfo is not None:
        raise BadInput(f"{field}: must be UTC without a zone", field)
    return moment

"""What each officer has seen: marked version by version, or all of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cop.desk.signing import moment_of, name_of, signed
from cop.errors import BadInput
from cop.model.viewer import Viewer
from cop.store import Store

MOST_PAIRS = 1_000


def sign_on(store: Store, viewer: Viewer, officer: str) -> None:
    """Know an officer from now on: what was recorded before they came counts as seen."""
    officer = name_of(officer)
    if officer not in store.read("officers", viewer):
        with signed(store, officer, "officer.sign-on", officer):
            return


def mark_seen(store: Store, officer: str, pairs: Iterable[tuple[str, int]]) -> None:
    """Mark versions of incidents, as (incident id, version), as seen by an officer.

    Raises BadInput for more than 1,000 of them.
    """
    officer, given = name_of(officer), list(pairs)
    if len(given) > MOST_PAIRS:
        raise BadInput(f"pairs: at most {MOST_PAIRS:,} at once; use see_all", "pairs")
    if given:
        with signed(store, officer, "incident.see", f"{len(given)} incidents") as writer:
            writer.desk.see(officer, given)


def see_all(store: Store, officer: str, through: datetime) -> None:
    """Count everything recorded up to `through`, which `news` gives, as seen by an officer.

    What was recorded after that answer stays news.
    """
    officer, moment = name_of(officer), moment_of("through", through)
    assert moment is not None
    with signed(store, officer, "incident.see-all", officer) as writer:
        if moment > writer.at:
            raise BadInput("through: nobody has seen what is yet to be recorded", "through")
        writer.desk.see_through(officer, moment)

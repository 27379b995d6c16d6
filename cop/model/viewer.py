"""Who is looking: a name and a clearance, minted by the server or the command line only."""

from __future__ import annotations

from dataclasses import dataclass

from cop.model.vocabulary import MARKINGS


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or program that reads; `clearance` is the strictest marking it may see.

    Raises ValueError for a clearance that is not a TLP slug.
    """

    name: str
    clearance: str

    def __post_init__(self) -> None:
        if self.clearance not in MARKINGS:
            raise ValueError(f"clearance {self.clearance!r} is not one of {MARKINGS.slugs}")

    def may_read(self, marking: str) -> bool:
        """True where the viewer's clearance reaches the marking."""
        return MARKINGS.code(marking) <= MARKINGS.code(self.clearance)

"""The search box: ports, seas, areas, ships, incidents and positions by what is typed.

`find_places` answers with ranked places, each with the address keys that choosing it applies.
"""

from cop.places.finding import find_places
from cop.places.gazetteer import KINDS, Gazetteer, Place, read_gazetteer

__all__ = ["KINDS", "Gazetteer", "Place", "find_places", "read_gazetteer"]

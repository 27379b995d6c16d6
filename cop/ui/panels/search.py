"""The search box: what the typed text may mean, each with what choosing it does.

The page sends each text with a number and takes no older answer than that of its last
(`assets/67-search.js`, which also is the keyboard's side of the combobox).
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, dcc, html

from cop.errors import BadQuestion
from cop.model.viewer import Viewer
from cop.places import Place, find_places, read_gazetteer
from cop.query.filters import MAX_TEXT
from cop.query.url import MAX_QUERY
from cop.services import Services
from cop.ui import ids
from cop.ui.callbacks import Callbacks, mapping

MOST = 9
LABEL = "Search places, ships, incidents, positions"
# Only what is a place already: a filter on one of these is replaced by the next one chosen.
PLACE_KEYS = ("region", "area", "navarea", "port", "radius_nm", "bbox", "within")
_KIND_WORDS = {
    "position": "Position",
    "incident": "Incident",
    "port": "Port",
    "area": "Area",
    "region": "Region",
    "navarea": "NAVAREA",
    "sea": "Sea",
    "vessel": "Ship",
    "words": "Words",
}


def layout() -> html.Div:
    """The box before anything is typed; its script puts the field and the list into it."""
    return html.Div(
        [
            html.Div(id=f"{ids.SEARCH}-box", className="search-box", **{"data-label": LABEL}),
            dcc.Store(id=ids.SEARCH_ASK),
            dcc.Store(id=ids.SEARCH_FOUND),
        ],
        id=ids.SEARCH,
        className="search",
        role="search",
    )


def answer(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """What a typed text may mean: `{"n", "rows"}`, best first, the words themselves last.

    A row has `kind`, `said` (the kind in words), `title`, `subtitle`, `go` (changes of the address,
    "" drops a key) and where it has them `at` (lon, lat) and `box` (west, south, east, north).
    """
    typed = asked.get("text", "")
    number = asked.get("n", 0)
    if not isinstance(typed, str) or isinstance(number, bool) or not isinstance(number, int):
        return [{"n": 0, "rows": []}]
    typed = " ".join(typed[:MAX_TEXT].split())
    found = find_places(services.store, services.geography, viewer, typed, MOST)
    rows = [_row(place) for place in found]
    if typed:
        rows.append(_words(typed))
    return [{"n": number, "rows": rows}]


def _row(place: Place) -> dict[str, Any]:
    changes = {key: value for key, value in place.keys.items() if key not in ("center", "z")}
    if any(key in PLACE_KEYS for key in changes):
        changes = dict.fromkeys(PLACE_KEYS, "") | changes
    row: dict[str, Any] = {
        "kind": place.kind,
        "said": _KIND_WORDS[place.kind],
        "title": place.title,
        "subtitle": place.subtitle,
        "go": changes | {key: place.keys[key] for key in ("center", "z") if key in place.keys},
    }
    if place.lon is not None and place.lat is not None:
        row["at"] = [place.lon, place.lat]
    if place.bbox is not None:
        row["box"] = list(place.bbox)
    return row


def _words(typed: str) -> dict[str, Any]:
    return {
        "kind": "words",
        "said": _KIND_WORDS["words"],
        "title": f"“{typed}”",
        "subtitle": "Incidents with these words",
        "go": {"q": typed},
    }


def find_extent(services: Services, viewer: Viewer, asked: dict[str, Any]) -> list[Any]:
    """The box that the map is fitted to for an address: `{"n", "box"}`.

    That of the incidents with a position; where there are none, that of the places asked for; None
    where there is nothing to fit to.
    """
    search, number = asked.get("search", ""), asked.get("n", 0)
    if not isinstance(search, str) or len(search) > MAX_QUERY:
        return [{"n": number, "box": None}]
    try:
        where = services.ask(search, viewer)
    except BadQuestion:
        return [{"n": number, "box": None}]
    found = services.store.read("extent", where)
    return [{"n": number, "box": list(found) if found else _box_of_places(services, where.filters)}]


def _box_of_places(services: Services, filters: Any) -> list[float] | None:
    """The first region, area, NAVAREA or port that is asked for, as a box."""
    for entry in read_gazetteer(services.geography).entries:
        place = entry.place
        if place.kind in ("region", "area", "navarea", "port"):
            chosen = getattr(filters, place.kind)
            if place.keys[place.kind] in chosen:
                if place.bbox is not None:
                    return list(place.bbox)
                return [place.lon or 0.0, place.lat or 0.0] * 2
    return None


def register(callbacks: Callbacks) -> None:
    """Attach the callbacks of the box and of fitting the map."""
    callbacks.answer(
        [Output(ids.SEARCH_FOUND, "data")],
        [Input(ids.SEARCH_ASK, "data")],
        checks=[mapping(2_000)],
        work=answer,
        prevent_initial_call=True,
    )
    callbacks.script(
        "searchFound", [], [Input(ids.SEARCH_FOUND, "data")], prevent_initial_call=True
    )
    callbacks.answer(
        [Output(ids.FIT_BOX, "data")],
        [Input(ids.FIT_ASK, "data")],
        checks=[mapping(MAX_QUERY + 4_000)],
        work=find_extent,
        prevent_initial_call=True,
    )
    callbacks.script("fitBox", [], [Input(ids.FIT_BOX, "data")], prevent_initial_call=True)
    callbacks.script("answered", [], [Input(ids.SHOWN, "data")], prevent_initial_call=True)

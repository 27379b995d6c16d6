"""How one looks, not what one asks: the view keys of an address, checked (domain.md 14)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cop.errors import BadInput, BadQuestion
from cop.figures.theme import THEMES
from cop.layer import Layer
from cop.query.answers import Viewport
from cop.query.url import view_of

DEFAULT_THEME = "dusk"
DEFAULT_CENTER = (30.0, 15.0)
DEFAULT_ZOOM = 1.2
NO_LAYERS = "none"
TABS = ("queue", "new")
MOST_VIEWS = 20
EVERY_S = (5, 3600)
# Larger than most map panels, so that the first answer fills whatever the screen is.
_FIRST_SIZE_PX = (1_100, 800)
_TILE_PX = 512
MOST_RINGS = 10
MAX_RING_NM = 2_000.0
_LAT_LIMIT = 85.0
_RING = re.compile(r"-?\d{1,4}(\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look: theme, ids of the layers that are on, centre (lon, lat), zoom, selection."""

    theme: str
    layers: tuple[str, ...]
    center: tuple[float, float]
    zoom: float
    selected: str


def look_of(query: str, layers: Sequence[Layer]) -> Look:
    """The look of an address. Raises BadQuestion naming the key and what is allowed."""
    view = view_of(query)
    theme = view.get("theme", DEFAULT_THEME)
    if theme not in THEMES:
        raise BadQuestion("theme", f"theme must be one of {', '.join(THEMES)}")
    selected = view.get("sel", "")
    if len(selected) > 200:
        raise BadQuestion("sel", "sel: an incident id has at most 200 characters")
    if view.get("tab", "queue") not in TABS:
        raise BadQuestion("tab", f"tab must be one of {', '.join(TABS)}, or left out")
    read_rings(view.get("rings", ""))
    _check_kiosk(view)
    return Look(
        theme=theme,
        layers=_layers(view.get("layers"), layers),
        center=_center(view.get("center")),
        zoom=_zoom(view.get("z")),
        selected=selected,
    )


def read_rings(written: str) -> tuple[tuple[float, float], tuple[float, ...]] | None:
    """The centre (lon, lat) and radii (nm) of the range rings of an address; None without any.

    `assets/68-measure.js` draws them. Raises BadQuestion for anything else.
    """
    if not written:
        return None
    parts = [part.strip() for part in written.split(",")]
    if 3 <= len(parts) <= 2 + MOST_RINGS and all(_RING.fullmatch(part) for part in parts):
        lon, lat, *radii = (float(part) for part in parts)
        if -180 <= lon <= 180 and -90 <= lat <= 90 and all(0 < r <= MAX_RING_NM for r in radii):
            return (lon, lat), tuple(radii)
    raise BadQuestion(
        "rings",
        "rings must be lon,lat and one to ten radii of at most "
        f"{MAX_RING_NM:.0f} nm, such as 103.8,1.26,12,24",
    )


def safe_theme(query: str) -> str:
    """The theme of an address that may be wrong elsewhere."""
    theme = view_of(query).get("theme", DEFAULT_THEME)
    return theme if theme in THEMES else DEFAULT_THEME


def default_layers(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The layers that are on in an address that names none."""
    return tuple(layer.id for layer in layers if layer.on_at_start)


def viewport_around(center: tuple[float, float], zoom: float) -> Viewport:
    """What a map panel of common size shows around a centre, for the first answer of a page."""
    scale = _TILE_PX * 2**zoom
    width, height = (size / scale for size in _FIRST_SIZE_PX)
    x = (center[0] + 180.0) / 360.0
    y = _mercator(center[1])
    return _viewport(
        (x - width / 2) * 360.0 - 180.0,
        _latitude(y + height / 2),
        (x + width / 2) * 360.0 - 180.0,
        _latitude(y - height / 2),
        zoom,
    )


def viewport_sent(sent: dict[str, Any], look: Look) -> Viewport:
    """The viewport a page has sent (`west`, `south`, `east`, `north`, `zoom`), or its first one.

    Raises BadInput for anything but finite numbers.
    """
    if not sent:
        return viewport_around(look.center, look.zoom)
    numbers = [sent.get(name) for name in ("west", "south", "east", "north", "zoom")]
    if not all(
        isinstance(n, int | float)
        and not isinstance(n, bool)
        and math.isfinite(n)
        and abs(n) <= 10_000
        for n in numbers
    ):
        raise BadInput("The page sent a map view that is not made of numbers.")
    west, south, east, north, zoom = (float(n) for n in numbers if n is not None)
    return _viewport(west, south, east, north, min(max(zoom, 0.0), 22.0))


def _viewport(west: float, south: float, east: float, north: float, zoom: float) -> Viewport:
    low, high = (min(max(lat, -_LAT_LIMIT), _LAT_LIMIT) for lat in sorted((south, north)))
    if east - west >= 359.0 or east <= west:
        return Viewport(-180.0, low, 180.0, high, zoom)
    return Viewport(_turned(west), low, _turned(east), high, zoom)


def _turned(lon: float) -> float:
    """The same meridian within -180 to 180."""
    return lon if -180.0 <= lon <= 180.0 else (lon + 180.0) % 360.0 - 180.0


def _mercator(lat: float) -> float:
    limited = math.radians(min(max(lat, -_LAT_LIMIT), _LAT_LIMIT))
    return 0.5 - math.asinh(math.tan(limited)) / (2 * math.pi)


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(max(y, 0.0), 1.0)))))


def _layers(written: str | None, layers: Sequence[Layer]) -> tuple[str, ...]:
    if written is None:
        return default_layers(layers)
    if written == NO_LAYERS:
        return ()
    wanted = set(written.split(","))
    known = tuple(layer.id for layer in layers)
    if not wanted <= set(known):
        raise BadQuestion("layers", f"layers must be some of {', '.join((*known, NO_LAYERS))}")
    return tuple(layer_id for layer_id in known if layer_id in wanted)


def _center(written: str | None) -> tuple[float, float]:
    if written is None:
        return DEFAULT_CENTER
    parts = written.split(",")
    if len(parts) == 2 and all(_NUMBER.fullmatch(part.strip()) for part in parts):
        lon, lat = (float(part) for part in parts)
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            return lon, lat
    raise BadQuestion("center", "center must be lon,lat in degrees, such as 3.5,4.2")


def kiosk_views(written: str | None) -> tuple[int, ...]:
    """The numbers of the saved views that a kiosk goes through. Raises BadQuestion."""
    parts = written.split(",") if written else []
    if len(parts) > MOST_VIEWS or not all(_WHOLE.fullmatch(part.strip()) for part in parts):
        raise BadQuestion("views", f"views must be up to {MOST_VIEWS} numbers of saved views")
    return tuple(int(part) for part in parts)


def _check_kiosk(view: dict[str, str]) -> None:
    if view.get("kiosk", "1") != "1":
        raise BadQuestion("kiosk", "kiosk must be 1, or left out")
    kiosk_views(view.get("views"))
    least, most = EVERY_S
    every = view.get("every", str(least)).strip()
    if not _WHOLE.fullmatch(every) or not least <= int(every) <= most:
        raise BadQuestion("every", f"every must be {least} to {most} seconds")


def _zoom(written: str | None) -> float:
    if written is None:
        return DEFAULT_ZOOM
    if _NUMBER.fullmatch(written.strip()) and 0 <= float(written) <= 22:
        return float(written)
    raise BadQuestion("z", "z must be a zoom from 0 to 22")

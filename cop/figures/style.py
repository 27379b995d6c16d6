"""The MapLibre style of our own basemap: sea, land, coast, borders, graticule and sea names.

Style specification version 8. Nothing in it points anywhere but the server it came from: there is
no `glyphs` address, text is set in the bundled fonts of `font-faces`, sprites and tiles are given
as absolute addresses because MapLibre resolves them inside a worker.
"""

from __future__ import annotations

from typing import Any, Final

from cop.figures.theme import Theme, blend

# Places in the stack that other layers name as theirs: under the land, under the names of the seas,
# and over the whole basemap but under every mark.
BELOW_LAND: Final = "land"
BELOW_NAMES: Final = "sea_names"
BELOW_MARKS: Final = "marks"
_UNICODE_RANGES: Final = {
    "latin": "0000-00FF 0131 0152-0153 02BB-02BC 02C6 02DA 02DC 2000-206F 20AC 2122 2191 2193 2212",
    "latin-ext": "0100-0130 0132-0151 0154-02BA 02BD-02C5 1E00-1E9F 1EF2-1EFF 20A0-20AB 20AD-20C0",
    "cyrillic": "0301 0400-045F 0490-0491 04B0-04B1 2116",
    "greek": "0370-0377 037A-037F 0384-038A 038C 038E-03A1 03A3-03FF",
    "vietnamese": "1EA0-1EF1",
}
_ITALIC_SUBSETS: Final = ("latin", "latin-ext")


def build_style(
    theme: Theme, base_url: str, version: str, tile_layers: frozenset[str]
) -> dict[str, Any]:
    """The style for one light.

    `base_url` is the address of the server with its closing slash, `version` changes with the
    tiles, `tile_layers` names the vector layers they hold.
    """
    return {
        "version": 8,
        "name": f"cop-{theme.name}",
        "sprite": [
            {"id": "default", "url": f"{base_url}assets/sprites/{theme.name}"},
            {"id": "mix", "url": f"{base_url}assets/sprites/{theme.ring_sheet}"},
        ],
        "font-faces": _build_fonts(base_url),
        "sources": {
            "world": {
                "type": "vector",
                "tiles": [f"{base_url}basemap/tiles/{{z}}/{{x}}/{{y}}.mvt?v={version}"],
                "minzoom": 0,
                "maxzoom": 7,
            },
            "graticule": {"type": "geojson", "data": f"{base_url}basemap/graticule.geojson"},
            "sea_names": {"type": "geojson", "data": f"{base_url}basemap/sea_names.geojson"},
        },
        "layers": _build_layers(theme, tile_layers),
    }


def _build_fonts(base_url: str) -> dict[str, list[dict[str, Any]]]:
    def faces(weight: int, slope: str, subsets: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {
                "url": f"{base_url}assets/fonts/noto-sans-{subset}-{weight}-{slope}.woff2",
                "unicode-range": [f"U+{span}" for span in _UNICODE_RANGES[subset].split()],
            }
            for subset in subsets
        ]

    subsets = tuple(_UNICODE_RANGES)
    regular, strong = faces(400, "normal", subsets), faces(600, "normal", subsets)
    return {
        "Noto Sans": regular,
        "Noto Sans Italic": faces(400, "italic", _ITALIC_SUBSETS),
        # Plotly writes the text of traces and layers under these names only.
        "Open Sans Regular": regular,
        "Open Sans Semibold": strong,
        "Open Sans Bold": strong,
    }


def _build_layers(theme: Theme, tile_layers: frozenset[str]) -> list[dict[str, Any]]:
    layers = [
        {"id": "sea", "type": "background", "paint": {"background-color": theme.sea}},
        *_build_graticule(theme),
        {
            "id": BELOW_LAND,
            "type": "fill",
            "source": "world",
            "source-layer": "land",
            "paint": {"fill-color": theme.land, "fill-antialias": False},
        },
        {
            "id": "borders",
            "type": "line",
            "source": "world",
            "source-layer": "borders",
            "minzoom": 1.5,
            "paint": {
                "line-color": theme.border,
                "line-width": _by_zoom((2, 0.5), (7, 1.1)),
                "line-dasharray": [3, 2],
            },
        },
        {
            "id": "coast",
            "type": "line",
            "source": "world",
            "source-layer": "coast",
            "paint": {
                "line-color": theme.coast,
                "line-width": _by_zoom((0, 0.5), (4, 0.8), (9, 1.4)),
            },
            "layout": {"line-join": "round"},
        },
        _build_sea_names(theme),
        # Draws nothing; it is there to be named.
        {"id": BELOW_MARKS, "type": "background", "layout": {"visibility": "none"}},
    ]
    return [
        layer
        for layer in layers
        if layer.get("source") != "world" or layer["source-layer"] in tile_layers
    ]


def _build_graticule(theme: Theme) -> list[dict[str, Any]]:
    """Every 30 degrees at first, every 10 degrees with zoom, labelled along the line."""
    colour = blend(theme.coast, theme.sea, 0.32)
    thirty, ten = ["==", ["get", "step"], 30], ["==", ["get", "step"], 10]
    line = {"line-color": colour, "line-width": 0.6}
    layers: list[dict[str, Any]] = [
        {
            "id": f"graticule_{name}",
            "type": "line",
            "source": "graticule",
            "filter": wanted,
            "minzoom": minzoom,
            "paint": line,
        }
        for name, wanted, minzoom in (("30", thirty, 0), ("10", ten, 3))
    ]
    layers += [
        {
            "id": f"graticule_labels_{name}",
            "type": "symbol",
            "source": "graticule",
            "filter": wanted,
            "minzoom": minzoom,
            "layout": {
                "symbol-placement": "line",
                "symbol-spacing": 600,
                "text-field": ["get", "label"],
                "text-font": ["Noto Sans"],
                "text-size": 10,
            },
            "paint": {
                "text-color": blend(theme.sea_text, theme.sea, 0.75),
                "text-halo-color": theme.sea,
                "text-halo-width": 1.5,
            },
        }
        for name, wanted, minzoom in (("30", thirty, 2), ("10", ten, 3.5))
    ]
    return layers


def _build_sea_names(theme: Theme) -> dict[str, Any]:
    """Names of seas in italics: oceans (rank 1) first, straits and bays (rank 4) last, by zoom."""
    rank = ["to-number", ["get", "rank"], 9]
    shown = ["step", ["zoom"], 1, 1.9, 2, 3.4, 3, 5, 9]
    return {
        "id": BELOW_NAMES,
        "type": "symbol",
        "source": "sea_names",
        "filter": ["<=", rank, shown],
        "layout": {
            "text-field": ["get", "name"],
            "text-font": ["Noto Sans Italic"],
            "text-size": [
                "interpolate",
                ["linear"],
                ["zoom"],
                *(1, ["match", rank, 1, 13, 2, 11, 10]),
                *(6, ["match", rank, 1, 20, 2, 16, 3, 14, 12.5]),
            ],
            "text-letter-spacing": ["match", rank, 1, 0.14, 2, 0.08, 0.04],
            "text-max-width": 7,
            "text-padding": 6,
            "symbol-sort-key": rank,
        },
        "paint": {
            "text-color": theme.sea_text,
            "text-halo-color": theme.sea,
            "text-halo-width": 1.2,
        },
    }


def _by_zoom(*stops: tuple[float, float]) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], *(number for stop in stops for number in stop)]

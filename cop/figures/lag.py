"""The reporting lag: how long after they happened incidents were first recorded, as bars."""

from __future__ import annotations

from typing import Any, Final

from cop.figures.arrays import pack_array
from cop.figures.theme import FONT, get_theme
from cop.figures.wording import format_count, shorten_count
from cop.query.answers import LAG_EDGES_S, Lag

HEIGHT_PX = 128
LAG_CONFIG: Final[dict[str, Any]] = {
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
_LABELS: Final = ("1 h", "6 h", "24 h", "3 d", "7 d", "30 d", "90 d", "1 y")
assert len(_LABELS) == len(LAG_EDGES_S)


def build_lag(lag: Lag, theme: str) -> dict[str, Any]:
    """The figure of a lag, 128 px high: a bar a class, named by its end, `≤ 24 h`."""
    light = get_theme(theme)
    text = {"family": FONT, "size": 11, "color": light.muted}
    names = [f"≤ {label}" for label in _LABELS]
    bars = {
        "type": "bar",
        "uid": "lag",
        "x": names,
        "y": pack_array(lag.counts, "int32"),
        "text": [shorten_count(n) if n else "" for n in lag.counts],
        "textposition": "outside",
        "textfont": text,
        "cliponaxis": False,
        "marker": {"color": light.muted, "line": {"width": 0}},
        "hoverinfo": "text",
        "hovertext": [
            f"{format_count(n)} of {format_count(lag.n)} {_class_words(at)}"
            for at, n in enumerate(lag.counts)
        ],
    }
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False}
    return {
        "data": [bars] if lag.n else [],
        "layout": {
            "height": HEIGHT_PX,
            "autosize": True,
            "margin": {"l": 4, "r": 4, "t": 18, "b": 22},
            "paper_bgcolor": light.panel,
            "plot_bgcolor": light.panel,
            "font": text,
            "showlegend": False,
            "bargap": 0.15,
            "dragmode": False,
            "hovermode": "closest",
            "xaxis": axis | {"type": "category", "visible": bool(lag.n), "tickangle": 0},
            "yaxis": axis | {"visible": False, "rangemode": "tozero"},
        },
    }


def _class_words(at: int) -> str:
    """`after 24 h to 3 d`, `within 1 h`."""
    if at == 0:
        return f"within {_LABELS[0]}"
    return f"after {_LABELS[at - 1]} to {_LABELS[at]}"

"""The lines above everything: marking, freshness, sources, world; name, clock, officer, light."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html

from cop.figures.theme import THEMES
from cop.model.dtg import format_dtg
from cop.query.answers import Picture
from cop.ui import ids, marks
from cop.ui.panels import officer
from cop.ui.wording import say_age

VIEWS = (
    ("/watch", "Watch"),
    ("/log", "Watch log"),
    ("/quarantine", "Kept aside"),
    ("/sources", "Sources"),
)
STATE_WORDS = {
    "ok": "last run went well",
    "never": "never loaded",
    "failed": "last run failed",
    "late": "late",
    "silent": "silent for long",
    "off": "switched off",
}


def layout(
    name: str,
    kind: str,
    marking: str = "clear",
    sources: Sequence[dict[str, Any]] = (),
    on_watch: str = "",
    beside: Sequence[Any] = (),
) -> list[Any]:
    """Banner and header.

    `kind` is `Services.world`, `marking` the highest in view, `sources` as `Services.sources`,
    `on_watch` the name that the officer at this screen gave, `beside` what a view has in the
    header for itself.
    """
    said, said_class = world(kind, None)
    return [
        html.Div(
            [
                html.Span(tlp_line(marking), id=ids.MARKING),
                html.Div(
                    [_sources(sources)] if sources else [],
                    id=ids.FRESHNESS,
                    className="freshness",
                ),
                html.Span("", id=ids.NEWER, className="banner-newer"),
                html.Span(said, id=ids.WORLD, className=said_class),
            ],
            className="banner",
            role="region",
            **{"aria-label": "Marking and freshness"},
        ),
        html.Header(
            [
                html.H1(name),
                html.Nav(
                    [html.A(label, href=href, **{"data-view": href}) for href, label in VIEWS],
                    **{"aria-label": "Views"},
                ),
                *beside,
                _clock(),
                officer.layout(on_watch),
                _sound(),
                html.Div(
                    [
                        html.Button(
                            theme.capitalize(),
                            type="button",
                            className="theme",
                            **{"data-theme-choice": theme, "aria-pressed": "false"},
                        )
                        for theme in THEMES
                    ],
                    className="themes",
                    role="group",
                    **{"aria-label": "Light"},
                ),
                html.Button(
                    "?",
                    type="button",
                    className="icon-button",
                    **{"data-open": "help", "aria-label": "Keyboard help"},
                ),
            ],
            className="header",
        ),
    ]


def _clock() -> html.Div:
    """As of when the picture is, kept up by the page from the server's time, not the laptop's."""
    return html.Div(
        [
            html.Span("as of ", className="quiet"),
            html.Time("······Z", id=ids.AS_OF),
            html.Span("", id=f"{ids.AS_OF}-age", className="as-of-age"),
        ],
        className="clock",
        title="The last moment at which the server said that nothing newer is recorded (UTC)",
    )


def _sound() -> html.Details:
    """Whether alarms are heard; browsers allow sound only after a key or a press."""
    choices = (("off", "Off"), ("reduced", "Reduced"), ("on", "On"))
    return html.Details(
        [
            html.Summary("Sound off", id=ids.SOUND_STATE, className="button"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Button(
                                label,
                                type="button",
                                className="theme",
                                **{"data-sound": choice, "aria-pressed": "false"},
                            )
                            for choice, label in choices
                        ],
                        className="themes",
                        role="group",
                        **{"aria-label": "Sound"},
                    ),
                    html.Button(
                        "Test", type="button", className="button", **{"data-sound-test": "alarm"}
                    ),
                    html.P(
                        "An alarm (critical incident, stale picture) sounds until acknowledged, "
                        "a warning (high severity) once. Silence is not acknowledge.",
                        className="quiet",
                    ),
                ],
                className="drop",
            ),
        ],
        id=ids.SOUND,
        className="drop-down",
    )


def tlp_line(slug: str) -> list[Any]:
    """The highest marking in view, with the words that say so."""
    return [marks.tlp_label(slug), html.Span("highest marking in view", className="banner-note")]


def world(kind: str, as_known_at: datetime | None, ended: bool = False) -> tuple[str, str]:
    """The world's name and its class: live, a synthetic demo, or the past as it was known.

    `ended` says that the window asked for ended before now.
    """
    if kind == "live" and as_known_at is None and not ended:
        return "LIVE", "world"
    name = "" if kind == "live" else f"SYNTHETIC {kind.upper()}, NOT REAL"
    if as_known_at is not None:
        past = f"AS KNOWN AT {format_dtg(as_known_at)}, not the live picture"
        return _join(name, past), "world world-past world-known"
    return _join(name, "PAST WINDOW, not live" if ended else ""), "world world-past"


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def back_to_now() -> html.Button:
    """The way out of the past."""
    return html.Button(
        "back to now",
        type="button",
        className="link banner-link",
        **{"data-go": '{"as_known_at": ""}'},
    )


def freshness(picture: Picture, sources: Sequence[dict[str, Any]], now: datetime) -> list[Any]:
    """How old the picture is, and the state of each source as a dot with words."""
    return [_newest(picture, now), _sources(sources)]


def no_answer(sources: Sequence[dict[str, Any]]) -> list[Any]:
    """The sources alone, where there is no picture to be old or new."""
    return [_sources(sources)]


def _newest(picture: Picture, now: datetime) -> html.Span:
    """How old the newest event is, and when anything was last taken in: two different ages."""
    recorded_at, newest_at = picture.newest_recorded_at, picture.newest_at
    if recorded_at is None or newest_at is None:
        return html.Span("nothing recorded", className="newest")
    return html.Span(
        [
            html.Span("newest event", className="quiet"),
            age(newest_at, now),
            html.Span(" · taken in", className="quiet"),
            age(recorded_at, now),
        ],
        className="newest",
        title=f"Newest event {format_dtg(newest_at)}; last taken in {format_dtg(recorded_at)}",
    )


def age(at: datetime, now: datetime) -> html.Span:
    """An age that the page keeps up by itself."""
    return html.Span(say_age(now - at), className="age", **{"data-age": f"{at:%Y-%m-%dT%H:%M:%S}Z"})


def is_degraded(source: dict[str, Any]) -> bool:
    """Whether a source does not deliver: it never ran, failed, is late, silent or switched off."""
    return bool(source["last_state"] != "ok")


def _sources(sources: Sequence[dict[str, Any]]) -> html.A:
    degraded = sum(is_degraded(source) for source in sources)
    # Files are all there is until network feeds are built: loaded is not the same as live.
    whole = f"all {len(sources)} loaded from files"
    said = f"{degraded} of {len(sources)} degraded" if degraded else whole
    return html.A(
        [
            html.Span("sources ", className="quiet"),
            *(
                html.Span(
                    className=f"dot dot-{'bad' if is_degraded(source) else 'good'}",
                    title=f"{source['title']}: {say_state(source)}",
                    **{"aria-hidden": "true"},
                )
                for source in sources
            ),
            html.Span(f" {said}", className="warn" if degraded else ""),
        ],
        href="/sources",
        className="source-dots",
    )


def say_state(source: dict[str, Any]) -> str:
    """The state of a source in words."""
    return STATE_WORDS.get(str(source["last_state"]), str(source["last_state"]))

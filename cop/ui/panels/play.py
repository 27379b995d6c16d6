"""Play: the picture moved through its window of time, in the browser, from one answer.

The page asks once with its address and what the map shows; `assets/69-play.js` draws every frame
from what it was given. While it stands, the map says so and the picture itself waits behind it.
"""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html

from cop.errors import BadQuestion
from cop.figures.frames import SPEEDS, pack_frames, plan_reel
from cop.model.viewer import Viewer
from cop.query.answers import Picture
from cop.query.url import MAX_QUERY, query_of
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping, text, whole
from cop.ui.look import look_of, viewport_sent
from cop.ui.plain import seal
from cop.ui.wording import say_count


def layout() -> html.Div:
    """The row under the timeline: a button, and while something is played its controls."""
    return html.Div(
        [
            dcc.Store(id=ids.PLAY_ASK),
            dcc.Store(id=ids.PLAY_FRAMES),
            html.Div(
                html.Span(className="play-thumb"),
                id=ids.PLAY_SCRUBBER,
                className="play-scrubber",
                role="slider",
                tabIndex=0,
                **{"aria-label": "Moment of the playback", "aria-valuemin": 0},
            ),
            html.Div(
                [
                    html.Button(
                        [marks.icon("play"), html.Span("Play", id=ids.PLAY_WORD)],
                        type="button",
                        className="button",
                        title="Play what happened in this window, in this view (p)",
                        **{"data-play": "toggle"},
                    ),
                    _button("back", "Step back"),
                    _button("forward", "Step forward"),
                    html.Div(
                        [
                            html.Button(
                                f"{words}/s",
                                type="button",
                                className="button play-speed",
                                title=f"{words} of the window in a second",
                                **{
                                    "data-play-speed": str(int(speed.total_seconds())),
                                    "aria-pressed": "false",
                                },
                            )
                            for speed, words in SPEEDS.items()
                        ],
                        className="play-speeds",
                        role="group",
                        **{"aria-label": "Speed of the playback"},
                    ),
                    html.Span(
                        [
                            html.Time("", id=ids.PLAY_CLOCK, className="play-clock"),
                            html.Span("", id=ids.PLAY_COUNT),
                            html.Span("", id=ids.PLAY_NEW, className="play-new"),
                            html.Span("", id=ids.PLAY_LEFT, className="quiet"),
                        ],
                        className="play-says",
                    ),
                    html.Button(
                        [marks.icon("close"), "Stop"],
                        type="button",
                        className="button play-stop",
                        title="Back to the picture (Esc)",
                        **{"data-play": "stop"},
                    ),
                    html.Span("", id=ids.PLAY_SAID, className="play-said", role="status"),
                ],
                className="play-row",
            ),
        ],
        id=ids.PLAY,
        className="play",
        role="group",
        **{"aria-label": "Playback", "data-state": "idle"},
    )


def _button(act: str, label: str) -> html.Button:
    return html.Button(
        marks.icon(act),
        type="button",
        className="icon-button play-step",
        title=label,
        **{"aria-label": label, "data-play": act},
    )


def mark() -> html.Div:
    """What the map says while it is no picture but a playback; hidden by its style otherwise."""
    return html.Div(
        [html.Strong("PLAYBACK"), html.Span("", id=ids.PLAY_MARK_CLOCK), html.Span("not live")],
        className="play-mark",
        **{"aria-hidden": "true"},
    )


def answer(
    services: Services, viewer: Viewer, asked: int, search: str, viewport: dict[str, Any]
) -> list[Any]:
    """The frames of an address and viewport; `asked` comes back so that a late one is known."""
    if not asked:
        return [None]
    query = query_of(search) if search else ""
    try:
        seen = viewport_sent(viewport, look_of(query, services.layers))
        where = services.ask(query, viewer)
    except BadQuestion:
        return [{"asked": asked, "refused": "This question cannot be answered."}]
    version = services.store.version
    picture = services.picture(where, seen)
    now = where.as_known_at or where.now
    reel = plan_reel(picture.timeline, where.since, where.until, now, picture.newest_at)
    if reel is None or not picture.in_view:
        said = say_left(picture, 0)
        return [{"asked": asked, "refused": f"Nothing in this view to play. {said}".strip()}]

    def find() -> Any:
        found = services.store.read(
            "frames",
            where,
            viewport=seen,
            start=reel.start,
            step=reel.step,
            n_steps=reel.n_steps,
        )
        left = say_left(picture, found.total)
        return seal(pack_frames(found, reel) | {"left": left, "version": version})

    # The reel follows from the picture and the question's own minute.
    frames = services.memo.get(("frames", version, where.key, seen), find)
    return [{"asked": asked, "frames": frames}]


def say_left(picture: Picture, played: int) -> str:
    """What of a picture is not played: what lies out of view, and what has no position."""
    outside, nowhere = picture.located - played, picture.tiles["unlocated"]
    parts = []
    if outside > 0:
        parts.append(f"{say_count(outside)} out of view")
    if nowhere:
        parts.append(f"{say_count(nowhere)} unlocated")
    return f"Not played: {', '.join(parts)}" if parts else ""


def register(callbacks: Callbacks) -> None:
    """Attach the callbacks of the playback."""
    callbacks.answer(
        [Output(ids.PLAY_FRAMES, "data")],
        [Input(ids.PLAY_ASK, "data")],
        [State(ids.ADDRESS, "search"), State(ids.VIEWPORT, "data")],
        checks=[whole, text(MAX_QUERY + 2_000), mapping(2_000)],
        work=answer,
        prevent_initial_call=True,
    )
    for function, source in (
        ("playFrames", Input(ids.PLAY_FRAMES, "data")),
        ("playAddress", Input(ids.ADDRESS, "search")),
        ("playView", Input(ids.VIEWPORT, "data")),
    ):
        callbacks.script(function, [], [source], prevent_initial_call=True)

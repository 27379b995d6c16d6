"""Taking the incidents on screen away: choose a format, see it written, stop it, fetch the file."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html

from cop.errors import CopError
from cop.export_jobs import Job
from cop.exporting import FORMATS
from cop.exports import address_of, find_format, open_export
from cop.model.viewer import Viewer
from cop.query.url import MAX_QUERY
from cop.services import Services
from cop.ui import ids, marks
from cop.ui.callbacks import Callbacks, mapping, text, whole
from cop.ui.wording import say_count, say_many

FOLDER = "exports"
POLL_MS = 400


def layout() -> list[Any]:
    """The button, and the dialog it opens (`assets/60-export.js`)."""
    return [
        html.Button(
            "Export",
            id=ids.EXPORT_OPEN,
            type="button",
            className="button",
            title="Take these incidents away as a file",
            **{"data-export": "open", "aria-haspopup": "dialog"},
        ),
        html.Div(
            html.Div(_box(), className="dialog-box", role="dialog", **_NAMED),
            id=ids.EXPORT,
            className="dialog",
            hidden=True,
        ),
    ]


_NAMED = {"aria-modal": "true", "aria-label": "Export these incidents"}


def _box() -> list[Any]:
    return [
        html.H2("Export these incidents"),
        html.Div("…", id=ids.EXPORT_SCOPE, className="export-scope"),
        dcc.RadioItems(
            options=[{"label": form.title, "value": form.id} for form in FORMATS.values()],
            value=next(iter(FORMATS)),
            id=ids.EXPORT_FORMAT,
            className="export-formats",
        ),
        html.P(
            "The file comes in a zip with a manifest: the question, the sources and their "
            "licences, the marking, and the checksum.",
            className="quiet",
        ),
        html.Progress(id=ids.EXPORT_BAR, value="0", max="1", hidden=True, className="export-bar"),
        html.Div("", id=ids.EXPORT_SAID, className="export-said", role="status"),
        html.Div(
            [
                html.Button(
                    "Write the file",
                    id=ids.EXPORT_START,
                    type="button",
                    className="button primary",
                ),
                html.Button(
                    "Stop", id=ids.EXPORT_STOP, type="button", className="button", hidden=True
                ),
                html.A(
                    "Save the file",
                    id=ids.EXPORT_LINK,
                    href="",
                    download="",
                    className="button primary",
                    hidden=True,
                ),
                html.Button("Close", type="button", className="button", **{"data-export": "close"}),
            ],
            className="export-acts",
        ),
        dcc.Store(id=ids.EXPORT_JOB),
        dcc.Store(id=ids.EXPORT_STOPPED),
        dcc.Interval(id=ids.EXPORT_TICK, interval=POLL_MS, disabled=True),
    ]


def describe(services: Services, viewer: Viewer, _clicks: int, search: str) -> list[Any]:
    """What an export of the address would hold: how many, of what, the highest marking."""
    where = services.ask(search, viewer)
    summary = services.store.read("summary", where)
    return [
        [
            html.Div(
                [
                    html.Strong(say_many(summary.rows, "incident")),
                    " ",
                    marks.tlp_label(summary.highest_tlp),
                ]
            ),
            html.Div(marks.foreign(where.words), className="quiet"),
        ]
    ]


def begin(services: Services, viewer: Viewer, _clicks: int, search: str, form_id: str) -> list[Any]:
    """Start writing; the job's id for the page to watch, or why there is none."""
    try:
        form, where = find_format(form_id), services.ask(search, viewer)
        world, address = services.world(), address_of(services.settings)
        job = services.exports.start(
            services.store,
            viewer,
            services.settings.store_file.with_name(FOLDER),
            lambda: open_export(services.store, where, form, world=world, address=address),
        )
    except CopError as error:
        return [{"refused": str(error)}]
    return [{"id": job.id}]


def render(services: Services, viewer: Viewer, watched: dict[str, Any], _ticks: int) -> list[Any]:
    """How far the watched job is, in the order of the outputs that `register` names."""
    if "id" not in watched:
        return _state(str(watched.get("refused", "")))
    try:
        job = services.exports.find(str(watched["id"]), viewer)
    except CopError as error:
        return _state(str(error))
    return _state(_say(job), job)


def _state(said: list[Any] | str, job: Job | None = None) -> list[Any]:
    """Words; bar: value, most, hidden; link: address, hidden; stop hidden; start off; tick off."""
    running = job is not None and job.state == "running"
    ready = job is not None and job.state == "ready"
    done, rows = (job.done, job.rows) if job else (0, 0)
    return [
        said,
        str(done),
        str(max(rows, 1)),
        not running,
        f"/export/{job.id}" if job and ready else "",
        not ready,
        not running,
        running,
        not running,
    ]


def _say(job: Job) -> list[Any] | str:
    if job.state == "running":
        return f"{say_count(job.done)} of {say_count(job.rows)} written …"
    if job.state == "ready":
        size = f"{job.size / 1e6:.1f} MB" if job.size >= 100_000 else f"{job.size / 1e3:.1f} kB"
        said = f"{say_many(job.rows, 'incident')}, {size}, {job.marking}: "
        return [said, html.Span(f"{job.name}.zip", className="export-name")]
    if job.state == "stopped":
        return "Stopped; nothing was kept."
    return f"Not written: {job.message}"


def stop(services: Services, viewer: Viewer, _clicks: int, watched: dict[str, Any]) -> list[Any]:
    """Stop the watched job."""
    if "id" in watched:
        services.exports.stop(str(watched["id"]), viewer)
    return [str(watched.get("id", ""))]


def register(callbacks: Callbacks) -> None:
    """Attach the panel's callbacks."""
    search = State(ids.ADDRESS, "search")
    question = text(MAX_QUERY + 2_000)
    callbacks.answer(
        [Output(ids.EXPORT_SCOPE, "children")],
        [Input(ids.EXPORT_OPEN, "n_clicks")],
        [search],
        checks=[whole, question],
        work=describe,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.EXPORT_JOB, "data")],
        [Input(ids.EXPORT_START, "n_clicks")],
        [search, State(ids.EXPORT_FORMAT, "value")],
        checks=[whole, question, text(40)],
        work=begin,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [
            Output(ids.EXPORT_SAID, "children"),
            Output(ids.EXPORT_BAR, "value"),
            Output(ids.EXPORT_BAR, "max"),
            Output(ids.EXPORT_BAR, "hidden"),
            Output(ids.EXPORT_LINK, "href"),
            Output(ids.EXPORT_LINK, "hidden"),
            Output(ids.EXPORT_STOP, "hidden"),
            Output(ids.EXPORT_START, "disabled"),
            Output(ids.EXPORT_TICK, "disabled"),
        ],
        [Input(ids.EXPORT_JOB, "data"), Input(ids.EXPORT_TICK, "n_intervals")],
        checks=[mapping(1_000), whole],
        work=render,
        prevent_initial_call=True,
    )
    callbacks.answer(
        [Output(ids.EXPORT_STOPPED, "data")],
        [Input(ids.EXPORT_STOP, "n_clicks")],
        [State(ids.EXPORT_JOB, "data")],
        checks=[whole, mapping(1_000)],
        work=stop,
        prevent_initial_call=True,
    )

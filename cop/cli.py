"""The command line: `python -m cop …`. One function a command; the work is in `cop.commands`.

A command opens the store itself, or, where a server holds it, goes through that server; either way
it says which on standard error. Exit codes: 0 done, 1 something was refused or failed, 2 the
question or input is wrong, 3 the store is held by a process that does not answer.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import typer
from pydantic import ValidationError

from cop.commands import COMMANDS, STREAMING
from cop.compose import open_services
from cop.demo import fill, fill_positions
from cop.errors import BadInput, BadQuestion, CopError, StoreError, StoreHeld
from cop.exporting import FORMATS
from cop.exports import find_format, print_manifest
from cop.geography import Geography
from cop.model.viewer import Viewer
from cop.settings import ROOT, Settings, explain
from cop.store import Store
from cop.store import backup as backups
from cop.web.control import MAX_BYTES, ask_server, user_name

app = typer.Typer(
    help="The maritime-security common operating picture, from the command line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.command()
def count(
    query: Annotated[str, typer.Argument(help="a query string or a whole link")] = "",
    as_json: Json = False,
) -> None:
    """Count the incidents that meet a question."""
    with _plain_errors():
        answer = _run("count", {"query": query}, [])
        print(json.dumps({"count": answer["count"]}) if as_json else answer["count"])


@app.command()
def ingest(
    feed: Annotated[str, typer.Argument(help="asam, imb, ukmto, register, columns or ais")],
    files: Annotated[list[Path], typer.Argument(help="files of that feed")],
    as_json: Json = False,
) -> None:
    """Take files of a feed into the store."""
    with _plain_errors():
        data = [_read(file) for file in files]
        tally = _run("ingest", {"feed": feed, "names": [f.name for f in files]}, data)
        failed = tally.pop("failed")
        if as_json:
            print(json.dumps(tally))
        else:
            print(
                f"{tally['feed']}: received {tally['received']}, accepted {tally['accepted']} "
                f"(new {tally['new']}, updated {tally['updated']}, "
                f"unchanged {tally['unchanged']}), quarantined {tally['quarantined']}, "
                f"rejected {tally['rejected']}"
            )
        for name, reason in failed.items():
            print(f"{name}: {reason}", file=sys.stderr)
        if failed:
            raise typer.Exit(1)


@app.command()
def export(
    query: Annotated[str, typer.Argument(help="a query string or a whole link")] = "",
    form: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = "csv",
    out: Annotated[
        Path, typer.Option("--out", help="file to write, or a folder to name it in")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Write the incidents that meet a question to a file, its manifest beside it."""
    with _plain_errors():
        manifest, file = _export(query, form, out)
        if as_json:
            print(json.dumps(manifest))
        else:
            print(
                f"{file}: {manifest['rows']} incidents, {manifest['marking']}, "
                f"{manifest['bytes']} bytes; {manifest_of(file).name} says what they are"
            )


@app.command()
def backup(
    name: Annotated[str, typer.Argument(help="file name; default: the time")] = "",
    as_json: Json = False,
) -> None:
    """Write a checked copy of the store to the backups folder beside it."""
    with _plain_errors():
        answer = _run("backup", {"name": name}, [])
        print(json.dumps(answer) if as_json else f"{answer['backup']}: {answer['bytes']} bytes")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="a backup: a path, or a name in the backups folder")],
) -> None:
    """Put a backup in the store's place. The store must not be in use; the old file is kept."""
    with _plain_errors():
        settings = Settings()
        store = settings.store_file
        source = file if file.exists() else store.parent / "backups" / file.name
        backups.ensure_free(store)
        kept = backups.restore(source, store)
        print(f"restored {source.name}" + (f"; the old store is {kept.name}" if kept else ""))


@app.command()
def verify(as_json: Json = False) -> None:
    """Check the store against its own rules: audit chain, versions, links, counts."""
    with _plain_errors():
        answer = _run("verify", {}, [])
        if as_json:
            print(json.dumps(answer))
            return
        print("the store keeps all its rules")
        for name, value in answer.items():
            print(f"  {name}: {value}")


@app.command()
def demo(
    incidents: Annotated[int, typer.Option(help="how many to add")] = 0,
    positions: Annotated[int, typer.Option(help="how many positions of vessels to add")] = 0,
    seed: Annotated[int, typer.Option(help="equal seeds give equal worlds")] = 1,
    as_json: Json = False,
) -> None:
    """Fill a synthetic world for trials: var/demo.duckdb, or the new file that COP_STORE names."""
    with _plain_errors():
        settings = Settings()
        if "store" not in settings.model_fields_set:
            # Never the live store by default.
            settings = settings.model_copy(update={"store": Path("var/demo.duckdb")})
        store = Store(settings.store_file, memory=settings.memory, threads=settings.threads)
        try:
            geography = Geography.load(settings.data / "reference")
            if incidents or not positions:
                fill(
                    store,
                    geography,
                    incidents=incidents,
                    seed=seed,
                    progress=lambda done: print(f"{done:,} filled", file=sys.stderr),
                )
            vessels = fill_positions(store, geography, positions, seed) if positions else 0
            total = int(store.read("counts", None)["incidents"])
        finally:
            store.close()
        name = settings.store_file
        answer = {"world": "demo", "added": incidents, "incidents": total, "seed": seed}
        told = f"a demo world of {total:,} incidents"
        if positions:
            answer |= {"positions": positions, "vessels": vessels}
            told += f", {positions:,} positions of {vessels:,} vessels added"
        print(json.dumps(answer) if as_json else f"{told}; serve it with COP_STORE={name} make run")


@app.command()
def bench(
    incidents: Annotated[
        int, typer.Option(help="one size only; default: 10,000, 1 and 10 million")
    ] = 0,
    seed: Annotated[int, typer.Option(help="seed of the world")] = 1,
    as_json: Json = False,
    write: Annotated[bool, typer.Option("--write", help="write docs/benchmarks.md")] = False,
) -> None:
    """Measure the picture against its alternatives; the worlds are kept in var/bench."""
    # Loaded here: the peers are heavy, and no other command needs them.
    from cop.bench.report import render, write_report
    from cop.bench.run import SIZES, run_sizes

    with _plain_errors():
        sizes = (incidents,) if incidents else SIZES
        run = run_sizes(Settings(), sizes, seed, lambda said: print(said, file=sys.stderr))
        if write:
            write_report(run, ROOT / "docs" / "benchmarks.md")
        print(json.dumps(run) if as_json else render(run))


def _export(query: str, form: str, out: Path) -> tuple[dict[str, Any], Path]:
    """The manifest of an export, and the file. Nothing stands at its place until it is whole."""
    find_format(form)  # before the store is opened
    folder = out if out.is_dir() else out.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".export-", delete=False) as part:
            written = Path(part.name)
            try:
                arguments = {"query": query, "format": form}
                manifest = _run("export", arguments, [], out=cast("BinaryIO", part))
                part.flush()
                file = out / manifest["file"] if out.is_dir() else out
                manifest["file"] = file.name
                manifest_of(file).write_text(print_manifest(manifest), "utf-8")
                written.replace(file)
            finally:
                written.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"{out.name or out} cannot be written: {error.strerror}") from error
    return manifest, file


def manifest_of(file: Path) -> Path:
    """The manifest beside an exported file."""
    return file.with_name(f"{file.name}.manifest.json")


def _run(
    command: str, arguments: dict[str, Any], files: list[bytes], *, out: BinaryIO | None = None
) -> dict[str, Any]:
    """Run a command here, or through the server that holds the store; `out` takes its file."""
    settings = Settings()
    try:
        with open_services(settings) as services:
            viewer = Viewer(f"cli:{user_name()}", settings.clearance)
            if out is not None:
                return STREAMING[command](services, viewer, arguments, out)
            return COMMANDS[command](services, viewer, arguments, files)
    except StoreHeld as held:
        print(f"{held}; asking it", file=sys.stderr)
        clearance = settings.clearance
        return ask_server(settings.store_file, command, arguments, files, clearance, out)


def _read(file: Path) -> bytes:
    try:
        # A device or a pipe has no end, and a file may be larger than the memory.
        if file.exists() and not file.is_file():
            raise BadInput(f"{file.name} cannot be read: it is no file")
        if file.stat().st_size > MAX_BYTES:
            raise BadInput(f"{file.name} is larger than {MAX_BYTES >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}") from error


@contextmanager
def _plain_errors() -> Iterator[None]:
    """A person gets a sentence and an exit code, never a traceback."""
    try:
        yield
    except ValidationError as error:
        print(explain(error), file=sys.stderr)
        raise typer.Exit(2) from None
    except (BadQuestion, BadInput) as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(2) from None
    except StoreError as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(3) from None
    except CopError as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(1) from None

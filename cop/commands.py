"""What the command line can ask for, run in the process that owns the store.

Each command is a plain function of services, arguments and the bytes of its files, so that it is
the same whether the command line opens the store itself or a running server does it on its behalf.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from cop.bulk import ingest_columns
from cop.errors import BadInput, NotThisFormat
from cop.exports import address_of, find_format, open_export
from cop.feeds.columns import ID as COLUMNS
from cop.ingest import Tally, ingest, judge_run
from cop.model.viewer import Viewer
from cop.positions import FEED as POSITIONS
from cop.positions import ingest_positions
from cop.services import Services
from cop.switches import refuse_switched_off

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Command = Callable[[Services, Viewer, dict[str, Any], list[bytes]], dict[str, Any]]
# What such a command writes goes to the stream as it is made; its answer comes after.
Streaming = Callable[[Services, Viewer, dict[str, Any], BinaryIO], dict[str, Any]]


def run_count(
    services: Services, viewer: Viewer, arguments: dict[str, Any], _: list[bytes]
) -> dict[str, Any]:
    """`query` -> `{"count": n, "words": …}`."""
    where = services.ask(str(arguments.get("query", "")), viewer)
    return {"count": services.count(where), "words": where.words}


def run_ingest(
    services: Services, viewer: Viewer, arguments: dict[str, Any], files: list[bytes]
) -> dict[str, Any]:
    """`feed`, `names` and the bytes of each file -> the summed tally, and what failed, by name.

    A file that is not of the format does not block its neighbours; it counts as one rejected. A
    file that brought no record has failed too.
    """
    feed = str(arguments.get("feed", ""))
    names = [str(name) for name in arguments.get("names", [])]
    if not files or len(names) != len(files):
        raise BadInput("name at least one file")
    refuse_switched_off(services.store, services.settings.feeds_off_names, feed)
    tallies, failed = [], {}
    for name, data in zip(names, files, strict=True):
        try:
            if feed == POSITIONS:
                tally = ingest_positions(
                    services.store, services.geography, data, actor=viewer.name, name=name
                )
            elif feed == COLUMNS:
                tally = ingest_columns(
                    services.store, services.geography, data, actor=viewer.name, name=name
                )
            else:
                tally = ingest(
                    services.store, services.geography, feed, data, actor=viewer.name, name=name
                )
            if not tally.accepted:
                failed[name] = judge_run(tally)[1]
            tallies.append(tally)
        except NotThisFormat as error:
            failed[name] = str(error)
            tallies.append(Tally(feed, received=1, rejected=1))
    total = functools.reduce(lambda a, b: a + b, tallies)
    return {**asdict(total), "failed": failed}


def run_backup(
    services: Services, viewer: Viewer, arguments: dict[str, Any], _: list[bytes]
) -> dict[str, Any]:
    """`name` (optional) -> the name of the checked copy in the backups folder beside the store."""
    stamp: datetime = services.store.clock()
    name = str(arguments.get("name") or f"backup-{stamp:%Y%m%dT%H%M%SZ}.duckdb")
    if not _FILE_NAME.fullmatch(name):
        raise BadInput(
            "a backup's name is a plain file name of letters, digits, dots and dashes; "
            "it goes to the backups folder"
        )
    target = services.store.back_up(services.store.backups / name)
    with services.store.write(actor=viewer.name, action="store.backup", subject=name):
        pass
    return {"backup": target.name, "bytes": target.stat().st_size}


def run_verify(
    services: Services, _v: Viewer, _a: dict[str, Any], _f: list[bytes]
) -> dict[str, Any]:
    """The store checked against its own rules; see `cop.store.surroundings.answer_verify`."""
    checked: dict[str, Any] = services.store.read("verify", None)
    return checked


def run_export(
    services: Services, viewer: Viewer, arguments: dict[str, Any], out: BinaryIO
) -> dict[str, Any]:
    """`query` and `format`: the file to `out`, its manifest as the answer; see `cop.exports`."""
    form = find_format(str(arguments.get("format", "")))
    where = services.ask(str(arguments.get("query", "")), viewer)
    address = address_of(services.settings)
    with open_export(
        services.store, where, form, world=services.world(), address=address
    ) as export:
        return export.write(out)


COMMANDS: dict[str, Command] = {
    "count": run_count,
    "ingest": run_ingest,
    "backup": run_backup,
    "verify": run_verify,
}
STREAMING: dict[str, Streaming] = {"export": run_export}

"""Taking a set of incidents away: a file in one of `cop.exporting.FORMATS`, and its manifest.

The rows are those of the sealed question at one moment, streamed; the manifest says what was
asked, what the file holds and under which terms, and seals its bytes with SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pyarrow as pa

from cop import __version__
from cop.errors import BadInput, CopError
from cop.exporting import FORMATS, Format
from cop.exporting.columns import COLUMNS, Facts, build_rows
from cop.exporting.format import Header
from cop.feeds import ALL as FEEDS
from cop.feeds.feed import Feed
from cop.model.vocabulary import MARKINGS
from cop.query.url import to_query
from cop.query.where import Where
from cop.settings import Settings
from cop.store import Store
from cop.store.streaming import SORTED_ROWS, Stream

TITLE = "Maritime security incidents"
MANIFEST = "manifest.json"
OnRows = Callable[[int], None]


def find_format(name: str) -> Format:
    """The format of that id. Raises BadInput naming those there are."""
    found = FORMATS.get(name.strip().lower())
    if found is None:
        raise BadInput(f"there is no format “{name[:40]}”; there are {', '.join(FORMATS)}")
    return found


def address_of(settings: Settings) -> str:
    """Where the picture of some settings is served."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@dataclass(frozen=True)
class Export:
    """An export that is open: its snapshot is taken, nothing is written yet."""

    where: Where
    format: Format
    stream: Stream
    world: str
    address: str

    @property
    def rows(self) -> int:
        return self.stream.summary.rows

    @property
    def marking(self) -> str:
        """The strictest marking of the rows, as written: `TLP:AMBER`."""
        return MARKINGS.label(self.stream.summary.highest_tlp)

    @property
    def name(self) -> str:
        """The file's name: what it is, its marking, when it was written.

        `incidents_TLP-AMBER_20261123T2115Z.csv`; a synthetic world says so first.
        """
        world = "" if self.world == "live" else f"SYNTHETIC-{self.world.upper()}_"
        marking = self.marking.replace(":", "-").replace("+", "-")
        return f"{world}incidents_{marking}_{self.stream.read_at:%Y%m%dT%H%MZ}{self.format.suffix}"

    @property
    def link(self) -> str:
        """The question as an address of this picture."""
        known_at = self.where.as_known_at
        view = {"as_known_at": f"{known_at.isoformat()}Z"} if known_at else {}
        query = to_query(self.where.filters, view)
        return f"{self.address}/watch?{query}" if query else f"{self.address}/watch"

    def write(self, out: BinaryIO, on_rows: OnRows = lambda _: None) -> dict[str, Any]:
        """Write the file to a stream, once; its manifest.

        `on_rows(done)` is called after every batch, and stops the writing by raising.
        """
        sealed = _Sealed(out)
        counter = _Counter(self.stream.batches, on_rows)
        licences = {feed.id: self._terms(feed)["licence"] for feed in FEEDS}
        facts = Facts(licences, self.stream.read_at)
        rows = (build_rows(batch, facts) for batch in counter)
        self.format.write(rows, self._header(), cast("BinaryIO", sealed))
        if counter.done != self.rows:
            raise CopError(f"{counter.done} incidents were written of {self.rows}")
        return self._manifest(sealed)

    def write_bundle(self, out: BinaryIO, on_rows: OnRows = lambda _: None) -> dict[str, Any]:
        """Write the file and its manifest as one zip, `out` need not be seekable; the manifest."""
        method = zipfile.ZIP_STORED if self.format.is_compressed else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
            entry_of = zipfile.ZipInfo(self.name, self.stream.read_at.timetuple()[:6])
            entry_of.compress_type = method
            with archive.open(entry_of, "w", force_zip64=True) as entry:
                manifest = self.write(cast("BinaryIO", entry), on_rows)
            archive.writestr(MANIFEST, print_manifest(manifest))
        return manifest

    def _header(self) -> Header:
        summary = self.stream.summary
        made_up = "" if self.world == "live" else f"SYNTHETIC {self.world.upper()}, NOT REAL: "
        used = [feed for feed in FEEDS if feed.id in summary.by_source]
        return Header(
            title=made_up + TITLE,
            marking=self.marking,
            question=self.where.words,
            link=self.link,
            generated_at=self.stream.read_at,
            rows=summary.rows,
            unlocated=summary.unlocated,
            bounds=summary.bounds,
            attributions=tuple(dict.fromkeys(self._terms(f)["attribution"] for f in used)),
        )

    def _terms(self, feed: Feed) -> dict[str, str]:
        """Under which terms rows of a feed may be used; made-up rows are nobody's."""
        if self.world != "live":
            return dict.fromkeys(("licence", "attribution"), "synthetic, from no source")
        return {"licence": feed.licence, "attribution": feed.attribution}

    def _manifest(self, sealed: _Sealed) -> dict[str, Any]:
        summary, read_at = self.stream.summary, self.stream.read_at
        known_at = self.where.as_known_at or read_at
        return {
            "title": TITLE,
            "file": self.name,
            "format": self.format.id,
            "media_type": self.format.media_type,
            "bytes": sealed.size,
            "sha256": sealed.digest,
            "rows": summary.rows,
            "rows_without_position": summary.unlocated,
            "order": _say_order(self.stream),
            "marking": self.marking,
            "world": self.world,
            "question": {
                "words": self.where.words,
                "query": to_query(self.where.filters),
                "url": self.link,
            },
            "generated_at": f"{read_at.isoformat(timespec='seconds')}Z",
            "as_known_at": f"{known_at.isoformat(timespec='seconds')}Z",
            "columns": [
                {"name": column.name, "kind": column.kind, "meaning": column.meaning}
                for column in COLUMNS
            ],
            "sources": [
                {
                    "source": feed.id,
                    "title": feed.title,
                    "publisher": feed.publisher,
                    **self._terms(feed),
                    "rows": summary.by_source[feed.id],
                }
                for feed in FEEDS
                if feed.id in summary.by_source
            ],
            "not_carried": list(self.format.not_carried),
            "personal_data": "telephone numbers and e-mail addresses in texts are masked",
            "software": {"name": "maritime-cop", "version": __version__},
        }


@contextmanager
def open_export(
    store: Store, where: Where, form: Format, *, world: str, address: str
) -> Iterator[Export]:
    """An export of the incidents of a question, its snapshot held while it is open.

    `world` is the store's (`live`, `demo`), `address` where this picture is served. Raises
    BadInput where the format cannot carry so many incidents.
    """
    with store.stream(where) as stream:
        if form.most_rows is not None and stream.summary.rows > form.most_rows:
            raise BadInput(
                f"{form.title} carries at most {form.most_rows:,} incidents and the question has "
                f"{stream.summary.rows:,}; narrow it, or choose CSV or GeoParquet"
            )
        yield Export(where, form, stream, world, address)


def print_manifest(manifest: dict[str, Any]) -> str:
    """A manifest as the text of its file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _say_order(stream: Stream) -> str:
    if stream.is_sorted:
        return "newest first"
    return f"as the store keeps them: above {SORTED_ROWS:,} incidents they are not sorted"


class _Counter:
    """Batches as they come, counted."""

    def __init__(self, batches: Iterator[pa.RecordBatch], on_rows: OnRows) -> None:
        self.done = 0
        self._batches = batches
        self._on_rows = on_rows

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            yield batch
            self.done += batch.num_rows
            self._on_rows(self.done)


class _Sealed(io.RawIOBase):
    """A stream that passes bytes on, and knows their number and SHA-256."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._out.write(data)
        self._hash.update(data)
        self.size += size
        return size

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

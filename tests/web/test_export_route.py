"""Exports over HTTP: who may have what, and that a left download ends its work."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from synthetic import incident, put

from cop.errors import Busy, Conflict, NotFound
from cop.export_jobs import ExportJobs, Job
from cop.exports import find_format, open_export
from cop.model.viewer import Viewer
from cop.services import Services
from cop.store import Store
from cop.ui.panels import export as panel
from cop.web.exports import _Gone, _Pipe, split_format

VIEWER = Viewer("session:one", "amber")


def test_a_download_is_the_file_and_its_manifest(client: TestClient) -> None:
    counted = client.get("/api/count?hazard=physical").json()["count"]
    answer = client.get("/api/export?format=csv&hazard=physical")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-rows-total"] == str(counted)
    named = answer.headers["content-disposition"]
    assert "_TLP-" in named
    assert named.endswith('.csv.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["file"] in archive.namelist()
        assert b"Unheard of" not in archive.read(manifest["file"]), "RED is above this machine"
    assert manifest["rows"] == counted
    assert manifest["question"]["words"] == "Any physical"


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/api/export?format=pdf", 400, "there is no format"),
        ("/api/export?hazard=physical", 400, "name one format"),
        ("/api/export?format=csv&format=kml", 400, "name one format"),
        ("/api/export?format=csv&hazard=krakens", 400, "is not one of"),
        ("/api/export?format=csv&format%20=kml", 400, "is not a filter"),
    ],
)
def test_what_cannot_be_exported_is_said(
    client: TestClient, address: str, status: int, says: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_a_file_is_for_the_session_that_asked(client: TestClient) -> None:
    assert client.get("/export/anything").status_code == 401
    client.get("/watch")
    assert client.get("/export/anything").status_code == 404
    assert client.post("/api/export?format=csv").status_code == 405


def test_the_format_is_taken_out_of_the_question() -> None:
    assert split_format("a=1&format=csv&b=%2C") == ("csv", "a=1&b=%2C")


def test_a_reader_that_leaves_ends_the_work() -> None:
    ended = threading.Event()

    async def read_one() -> None:
        pipe = _Pipe(asyncio.get_running_loop())

        def work() -> None:
            try:
                while True:
                    pipe.write(b"x" * 1000)
            except _Gone:
                ended.set()
                raise

        pipe.start(work)
        pieces = pipe.pieces()
        assert await anext(pieces) == b"x" * 1000
        pipe.leave()
        assert await asyncio.to_thread(ended.wait, 5)

    # In a thread: tests with a browser leave a running loop in this one.
    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, read_one()).result()


@pytest.fixture
def store() -> Store:
    made = Store.memory()
    put(made, *(incident(f"asam-{n}", tlp="green") for n in range(20)))
    yield made
    made.close()


def start(jobs: ExportJobs, services: Services, folder: Path, hold: Callable[[], None]) -> Job:
    """Begin an export of everything that waits for `hold` before it writes."""
    where = services.ask("", VIEWER)

    def opener() -> object:
        hold()
        return open_export(services.store, where, find_format("csv"), world="live", address="")

    return jobs.start(services.store, VIEWER, folder, opener)  # type: ignore[arg-type]


def settle(job: Job) -> Job:
    for _ in range(500):
        if job.state != "running":
            return job
        time.sleep(0.01)
    raise AssertionError("the export did not end")


def test_a_job_is_written_fetched_and_withdrawn_when_marked_up(
    world: object, store: Store, tmp_path: Path
) -> None:
    jobs = ExportJobs()
    services = replace(world.services, store=store)  # type: ignore[attr-defined]
    job = settle(start(jobs, services, tmp_path / "exports", lambda: None))
    assert (job.state, job.rows, job.done, job.marking) == ("ready", 20, 20, "TLP:GREEN")
    assert job.file.stat().st_mode & 0o077 == 0
    assert jobs.fetch(store, job.id, VIEWER) is job
    for stranger in (Viewer("session:two", "red"), Viewer("session:one", "clear")):
        with pytest.raises(NotFound):
            jobs.fetch(store, job.id, stranger)
    put(store, incident("asam-new"))
    assert jobs.fetch(store, job.id, VIEWER) is job, "what came since is in no way its concern"
    put(store, incident("asam-3", version=2, tlp="red"))
    with pytest.raises(Conflict, match="changed its marking"):
        jobs.fetch(store, job.id, VIEWER)


def test_jobs_are_few_and_can_be_stopped(world: object, store: Store, tmp_path: Path) -> None:
    jobs, gate = ExportJobs(most_running=1), threading.Event()
    services = replace(world.services, store=store, exports=jobs)  # type: ignore[attr-defined]
    job = start(jobs, services, tmp_path, lambda: gate.wait(5))
    with pytest.raises(Busy):
        start(jobs, services, tmp_path, lambda: None)
    shown = panel.render(services, VIEWER, {"id": job.id}, 1)
    assert shown[5:] == [True, False, True, False], "no link, a way to stop, still watched"
    assert panel.stop(services, VIEWER, 1, {"id": job.id}) == [job.id]
    gate.set()
    assert settle(job).state == "stopped"
    shown = panel.render(services, VIEWER, {"id": job.id}, 2)
    assert shown[0] == "Stopped; nothing was kept."
    assert not list(tmp_path.glob("*.zip"))
    for _ in range(500):  # the place is free once the thread has ended
        try:
            again = start(jobs, services, tmp_path, lambda: None)
            break
        except Busy:
            time.sleep(0.01)
    assert settle(again).state == "ready"
    with pytest.raises(NotFound):
        jobs.stop(again.id, Viewer("session:two", "red"))


def test_the_screen_says_what_it_would_write(world: object, store: Store) -> None:
    services = replace(world.services, store=store)  # type: ignore[attr-defined]
    [scope] = panel.describe(services, VIEWER, 1, "?severity=3")
    said = str(scope)
    assert "20 incidents" in said
    assert "TLP:GREEN" in said
    [refused] = panel.begin(services, VIEWER, 1, "", "pdf")
    assert "there is no format" in refused["refused"]
    assert "there is no format" in str(panel.render(services, VIEWER, refused, 0)[0])

"""The watched folder: each content once, nothing lost, nothing followed that is no file."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cop.compose import open_services
from cop.errors import StoreError
from cop.inbox import MAX_BYTES, Inbox
from cop.model.viewer import Viewer
from cop.settings import Settings
from cop.store import Store

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "asam"
PLAIN = (FIXTURES / "plain.csv").read_bytes()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    with open_services(Settings(store=tmp_path_factory.mktemp("inbox") / "live.duckdb")) as made:
        yield made


@pytest.fixture
def inbox(services, tmp_path: Path) -> Inbox:
    settings = services.settings.model_copy(update={"inbox": str(tmp_path / "inbox")})
    made = Inbox(type(services)(settings, services.store, services.geography, ()))
    made.make_folders()
    return made


def put(inbox: Inbox, name: str | bytes, data: bytes = PLAIN, feed: str = "asam") -> bytes:
    """A file as it arrives; its path."""
    path = os.fsencode(inbox._folder / feed) + b"/" + os.fsencode(name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def settle(inbox: Inbox) -> int:
    """Two looks: a file must have stood still between them."""
    inbox.look()
    return inbox.look()


def reports(inbox: Inbox, folder: str, feed: str = "asam") -> dict[str, dict]:
    return {
        path.name.removesuffix(".report.json"): json.loads(path.read_text())
        for path in sorted((inbox._folder / feed / folder).glob("*.report.json"))
    }


def test_a_file_is_taken_in_once_it_stands_still(inbox: Inbox, services) -> None:
    path = put(inbox, "list.csv", PLAIN[:100])
    assert inbox.look() == 0
    put(inbox, "list.csv", PLAIN)
    assert inbox.look() == 0, "it grew since the last look"
    assert inbox.look() == 1
    assert not os.path.exists(path)
    report = reports(inbox, "done")["list.csv"]
    assert (inbox._folder / "asam" / "done" / "list.csv").read_bytes() == PLAIN
    assert report["state"] == "done"
    assert report["tally"]["received"] == report["tally"]["accepted"] == 3
    assert len(report["sha256"]) == 64
    assert report["started_at"] <= report["finished_at"]
    run = services.store.read("runs", Viewer("test", "red"), limit=1)[0]
    assert (run["feed"], run["actor"], run["input_name"]) == ("asam", "inbox", "list.csv")


def test_each_content_is_taken_in_once_and_no_name_is_lost(inbox: Inbox, services) -> None:
    put(inbox, "list.csv")
    assert settle(inbox) == 1
    version = services.store.version
    put(inbox, "list.csv")
    put(inbox, "again.csv")
    assert settle(inbox) == 2
    assert services.store.version == version, "nothing was written"
    done = reports(inbox, "done")
    assert set(done) == {"list.csv", "list-2.csv", "again.csv"}
    assert done["list-2.csv"]["state"] == done["again.csv"]["state"] == "unchanged"
    later = Inbox(inbox._services)  # after a start, the reports say what was done
    put(later, "third.csv")
    assert settle(later) == 1
    assert reports(later, "done")["third.csv"]["state"] == "unchanged"


def test_a_crash_before_the_move_changes_nothing_when_read_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "list.csv")
    with monkeypatch.context() as patch:

        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("cop.inbox._put_away", crash)
        with pytest.raises(KeyboardInterrupt):
            settle(inbox)
    assert settle(Inbox(inbox._services)) == 1
    tally = reports(inbox, "done")["list.csv"]["tally"]
    assert (tally["new"], tally["updated"], tally["unchanged"]) == (0, 0, 3)


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "empty"), (b"\x00\x01 no list", ""), (b"<html>sign in</html>", "")],
)
def test_what_cannot_be_taken_in_is_put_aside_with_the_reason(
    inbox: Inbox, data: bytes, why: str
) -> None:
    put(inbox, "bad.csv", data)
    put(inbox, "good.csv")
    assert settle(inbox) == 2
    failed = reports(inbox, "failed")["bad.csv"]
    assert failed["reason"]
    assert why in failed["reason"]
    assert reports(inbox, "done")["good.csv"]["state"] in ("done", "unchanged")
    assert settle(inbox) == 0, "neither is looked at again"


def test_what_is_being_written_or_is_no_file_is_left_alone(inbox: Inbox, tmp_path: Path) -> None:
    folder = inbox._folder / "asam"
    secret = tmp_path / "secret.csv"
    secret.write_bytes(PLAIN)
    put(inbox, ".hidden.csv")
    put(inbox, "half.csv.part")
    (folder / "link.csv").symlink_to(secret)
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    assert settle(inbox) == 0
    assert secret.exists()
    assert reports(inbox, "done") == reports(inbox, "failed") == {}


def test_a_file_that_is_too_large_is_never_read(inbox: Inbox) -> None:
    path = put(inbox, "huge.csv", b"")
    os.truncate(path, MAX_BYTES + 1)  # a hole: it takes no room
    assert settle(inbox) == 1
    assert "512 MiB" in reports(inbox, "failed")["huge.csv"]["reason"]


@pytest.mark.parametrize(
    "name",
    [
        b"line\nbreak.csv",
        b"not \xff utf-8.csv",
        "turned \u202e vsc.csv".encode(),
        b"-rf *.csv",
        b"$(reboot);'\".csv",
        b"..csv..",
        b"x" * 250 + b".csv",
        b"report.json",
        b"list.csv.report.json",
    ],
)
def test_hostile_names_end_as_plain_ones(inbox: Inbox, name: bytes) -> None:
    path = put(inbox, name, PLAIN + name.hex().encode())
    assert settle(inbox) == (0 if name.startswith(b".") else 1)
    if name.startswith(b"."):
        return
    assert not os.path.lexists(path)
    done = os.listdir(os.fsencode(inbox._folder / "asam" / "done"))
    failed = os.listdir(os.fsencode(inbox._folder / "asam" / "failed"))
    assert len(done + failed) == 2, "the file and its report"
    for left in done + failed:
        assert left.isascii()
        assert left.decode().isprintable()


def test_a_store_that_cannot_write_leaves_the_file_where_it_is(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("the store could not write (is the disk full?)")

    path = put(inbox, "list.csv", PLAIN + b"\n")
    inbox.look()
    with monkeypatch.context() as patch:
        patch.setattr("cop.inbox.run_ingest", refuse)
        with pytest.raises(StoreError):
            inbox.look()
    assert os.path.exists(path)
    assert inbox.look() == 1


def test_a_file_that_cannot_be_moved_is_not_taken_in_at_every_look(
    inbox: Inbox, services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = put(inbox, "list.csv", PLAIN + b"\n\n")
    monkeypatch.setattr("cop.inbox._put_away", refuse)
    inbox.look()
    with pytest.raises(PermissionError):
        inbox.look()
    version = services.store.version
    assert settle(inbox) == 0
    assert services.store.version == version
    assert os.path.exists(path)


def test_the_folder_is_watched_by_one_server_and_never_for_a_demo(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_every_s", 0.05)
    assert inbox.open()
    other = Inbox(inbox._services)
    assert not other.open()
    put(inbox, "list.csv", PLAIN + b"\r\n")
    give_up = time.monotonic() + 10
    while not reports(inbox, "done"):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    inbox.close()
    assert other.open()
    other.close()
    with monkeypatch.context() as patch:
        patch.setattr(type(inbox._services), "world", lambda _: "demo")
        assert not Inbox(inbox._services).open()
    assert (inbox._folder / "ais").is_dir()
    assert isinstance(inbox._services.store, Store)

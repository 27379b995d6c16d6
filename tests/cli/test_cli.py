"""The command line: what it prints, its exit codes, and how it goes through a running server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cop import cli
from cop.compose import open_services
from cop.settings import Settings
from cop.web.control import Door, socket_of

ROOT = Path(__file__).resolve().parents[2]
HEADER = "reference,date,position,navArea,subreg,hostility,victim,description\n"
ROW = "2026-1,2026-05-01,,XI,71,Pirates,TUG,Robbers boarded.\n"
Command = Callable[..., Result]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store as the first command leaves it: its file, to be copied."""
    file = tmp_path_factory.mktemp("seeded") / "live.duckdb"
    with open_services(Settings(store=file)):
        pass
    return file.read_bytes()


@pytest.fixture
def store(tmp_path: Path, seeded: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "live.duckdb"
    file.write_bytes(seeded)
    monkeypatch.setenv("COP_STORE", str(file))
    return file


@pytest.fixture
def cop(store: Path) -> Command:
    """Run a command; whatever it meets, a person never sees a traceback."""

    def _cop(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        assert "Traceback" not in result.output + result.stderr
        return result

    return _cop


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "asam.csv"
    file.write_text(HEADER + ROW)
    return file


def test_count_answers_a_question_or_a_link(cop: Command) -> None:
    every = cop("count")
    assert every.exit_code == 0
    number = int(every.stdout)
    assert number > 100, "the bundled register is there from the start"
    answer = cop("count", "hazard=physical", "--json")
    assert set(json.loads(answer.stdout)) == {"count"}
    assert 0 < json.loads(answer.stdout)["count"] < number
    link = cop("count", "http://127.0.0.1:8050/watch?hazard=physical&theme=night", "--json")
    assert link.stdout == answer.stdout


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("hazard=krakens", "hazard: “krakens” is not one of physical"),
        ("colour=red", "“colour” is not a filter; allowed are"),
        ("http://[::1/watch?hazard=piracy", "the link cannot be read"),
        ("q=\udcff", "characters that are no text"),
        ("as_known_at=soon", "as_known_at must be a date"),
    ],
)
def test_a_bad_question_exits_2_with_its_message(cop: Command, query: str, says: str) -> None:
    for flags in ([], ["--json"]):
        result = cop("count", query, *flags)
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr


def test_ingest_says_what_became_of_each_record(cop: Command, csv: Path) -> None:
    first = cop("ingest", "asam", csv, "--json")
    assert first.exit_code == 0
    assert json.loads(first.stdout) == {
        "feed": "asam",
        "received": 1,
        "accepted": 1,
        "quarantined": 0,
        "rejected": 0,
        "new": 1,
        "updated": 0,
        "unchanged": 0,
    }
    assert list(json.loads(first.stdout)) == [
        "feed", "received", "accepted", "quarantined", "rejected", "new", "updated", "unchanged",
    ]  # fmt: skip
    again = cop("ingest", "asam", csv)
    assert "asam: received 1, accepted 1 (new 0, updated 0, unchanged 1)" in again.stdout
    assert json.loads(cop("count", "id=asam-2026-1", "--json").stdout) == {"count": 1}


def test_a_file_of_something_else_does_not_block_its_neighbours(
    cop: Command, csv: Path, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<html>sign in</html>")
    result = cop("ingest", "asam", tmp_path / "page.html", csv, "--json")
    assert result.exit_code == 1
    tally = json.loads(result.stdout)
    assert (tally["received"], tally["accepted"], tally["rejected"]) == (2, 1, 1)
    assert "page.html: The input is a web page or XML" in result.stderr


def test_a_missing_file_or_feed_exits_2(cop: Command, csv: Path, tmp_path: Path) -> None:
    missing = cop("ingest", "asam", csv, tmp_path / "no.csv", "--json")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "no.csv cannot be read" in missing.stderr
    assert str(tmp_path) not in missing.stderr
    unknown = cop("ingest", "reuters", csv, "--json")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "there are: asam, imb, ukmto, register" in unknown.stderr
    assert cop("count", "source=asam").stdout == "0\n"


def test_what_has_no_end_or_is_too_large_is_no_input(cop: Command, tmp_path: Path) -> None:
    endless = cop("ingest", "asam", "/dev/zero")
    assert endless.exit_code == 2
    assert "it is no file" in endless.stderr
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(40 << 30)  # a hole: it takes no room on the disk
    too_large = cop("ingest", "asam", str(tmp_path / "huge"))
    assert too_large.exit_code == 2
    assert "huge is larger than" in too_large.stderr


def test_the_files_of_a_store_are_for_their_owner_alone(cop: Command, store: Path) -> None:
    cop("count")
    cop("backup", "copy.duckdb")
    for file in store.parent.rglob("*.duckdb*"):
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_backup_verify_and_restore(cop: Command, csv: Path, store: Path) -> None:
    answer = json.loads(cop("backup", "before.duckdb", "--json").stdout)
    assert answer == {
        "backup": "before.duckdb",
        "bytes": (store.parent / "backups" / "before.duckdb").stat().st_size,
    }
    cop("ingest", "asam", csv)
    checked = json.loads(cop("verify", "--json").stdout)
    assert checked["incidents"] > 100
    assert len(checked["audit_head"]) == 64
    assert "the store keeps all its rules" in cop("verify").stdout
    assert cop("count", "source=asam").stdout == "1\n"
    restored = cop("restore", "before.duckdb")
    assert restored.exit_code == 0
    assert "restored before.duckdb; the old store is live.duckdb.replaced-" in restored.stdout
    assert cop("count", "source=asam").stdout == "0\n"


@pytest.mark.parametrize("name", ["../x", "/etc/x", ".x", "a b", "a\nb", "x" * 300, "é"])
def test_a_backup_has_a_plain_name(cop: Command, name: str) -> None:
    result = cop("backup", name)
    assert result.exit_code == 2
    assert "plain file name" in result.stderr


def test_a_missing_backup_or_a_wrong_setting_exits_2(
    cop: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing.duckdb is not there" in cop("restore", "nothing.duckdb").stderr
    for size in ("2", "zzz", "1KB", "-1GB", "1e9GB"):
        monkeypatch.setenv("COP_MEMORY", size)
        refusal = cop("count")
        assert refusal.exit_code == 2
        assert "COP_MEMORY: Value error, must be a size of 200MB or more" in refusal.stderr
    monkeypatch.delenv("COP_MEMORY")
    monkeypatch.setenv("COP_CLEARANCE", "purple")
    result = cop("count")
    assert result.exit_code == 2
    assert "COP_CLEARANCE: Value error, must be one of clear, green, amber" in result.stderr


def test_a_damaged_store_exits_3_and_says_what_to_do(cop: Command, store: Path) -> None:
    store.write_bytes(b"damaged" * 5_000)
    result = cop("count")
    assert result.exit_code == 3
    assert "restore the last backup: python -m cop restore BACKUP" in result.stderr


def test_the_clearance_of_the_settings_holds(
    cop: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(HEADER.strip() + ",tlp\n" + ROW.strip() + ",AMBER\n")
    assert cop("ingest", "asam", tmp_path / "a.csv").exit_code == 0
    assert cop("count", "source=asam").stdout == "1\n"
    monkeypatch.setenv("COP_CLEARANCE", "green")
    assert cop("count", "source=asam").stdout == "0\n"
    assert cop("count", "tlp=amber").stdout == "0\n"


# Beside a running server

SERVE = """
    import sys
    from cop.compose import open_services
    from cop.settings import Settings
    from cop.web.control import Door
    settings = Settings()
    with open_services(settings) as services:
        door = Door(services, settings.store_file)
        if sys.argv[1] == "open":
            door.open()
        print("ready", flush=True)
        sys.stdin.readline()
        if sys.argv[1] == "open":
            door.close()
    """


@pytest.fixture
def server(store: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the store, with its door open or shut."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVE), request.param],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"COP_CLEARANCE": "amber"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.communicate("\n", timeout=30)


@pytest.mark.parametrize("server", ["open"], indirect=True)
def test_a_command_goes_through_the_server_that_holds_the_store(
    server: subprocess.Popen[str], cop: Command, csv: Path, store: Path, tmp_path: Path
) -> None:
    assert socket_of(store).stat().st_mode & 0o777 == 0o600
    result = cop("ingest", "asam", csv, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["new"] == 1
    assert f"the store is held by process {server.pid}; asking it" in result.stderr
    assert cop("count", "source=asam").stdout == "1\n"
    bad = cop("count", "hazard=krakens")
    assert (bad.exit_code, bad.stdout) == (2, "")
    assert "is not one of physical" in bad.stderr
    (tmp_path / "a.csv").write_text(
        HEADER.strip() + ",tlp\n" + ROW.strip().replace("2026-1", "2026-2") + ",RED\n"
    )
    assert cop("ingest", "asam", tmp_path / "a.csv").exit_code == 0
    assert cop("count", "source=asam").stdout == "1\n", "no more than the server itself may see"
    assert json.loads(cop("backup", "kept", "--json").stdout)["backup"] == "kept"
    assert json.loads(cop("verify", "--json").stdout)["incidents"] > 100
    held = cop("restore", "kept")
    assert held.exit_code == 3
    assert "stop the server first" in held.stderr


@pytest.mark.parametrize("server", ["shut"], indirect=True)
def test_a_holder_that_does_not_answer_exits_3(server: subprocess.Popen[str], cop: Command) -> None:
    result = cop("count")
    assert result.exit_code == 3
    assert "does not answer commands" in result.stderr


@pytest.mark.parametrize("server", ["shut"], indirect=True)
def test_a_second_server_says_who_holds_the_store_and_exits_3(
    server: subprocess.Popen[str], store: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert f"the store is held by process {server.pid}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "request_line",
    [b"\n", b"not json\n", b"[]\n", b"{}\n", b'{"sizes": [-1]}\n', b'{"sizes": [1e99]}\n',
     b'{"command": "drop", "arguments": {}, "clearance": "red", "sizes": []}\n',
     b'{"command": "ingest", "arguments": {}, "clearance": "red", "sizes": [9]}\nabc'],
)  # fmt: skip
def test_the_door_answers_nonsense_with_a_sentence(
    store: Path, request_line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_services(Settings()) as services:
        door = Door(services, store)
        door.open()
        try:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(20)
                monkeypatch.chdir(store.parent)  # a short address
                peer.connect(socket_of(store).name)
                peer.sendall(request_line)
                peer.shutdown(socket.SHUT_WR)
                reply: dict[str, Any] = json.loads(peer.makefile("rb").readline())
        finally:
            door.close()
    assert reply["ok"] is False
    assert reply["error"] == "BadInput"
    assert reply["message"]
    assert not socket_of(store).exists()

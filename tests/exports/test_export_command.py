"""`python -m cop export`, alone and beside a server that holds the store."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cop.cli import app
from cop.compose import open_services
from cop.settings import Settings
from cop.web.control import Door


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "store" / "live.duckdb"
    monkeypatch.setenv("COP_STORE", str(file))
    return file


def test_a_file_and_its_manifest(store: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    counted = json.loads(run(app, ["count", "hazard=physical", "--json"]).stdout)["count"]
    out = tmp_path / "mine.csv"
    done = run(app, ["export", "hazard=physical", "--format", "csv", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "mine.csv.manifest.json").read_text())
    assert json.loads(done.stdout) == manifest
    assert manifest["rows"] == counted == len(pd.read_csv(out))
    assert manifest["file"] == "mine.csv"
    assert manifest["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    folder = run(app, ["export", "--format", "kmz", "--out", str(tmp_path)])
    assert folder.exit_code == 0, folder.output
    [named] = tmp_path.glob("incidents_TLP-*_*.kmz")
    assert named.name in folder.stdout
    for wrong in (
        ["hazard=krakens", "--out", str(tmp_path / "no.csv")],
        ["--format", "pdf", "--out", str(tmp_path / "no.pdf")],
        ["--out", str(tmp_path / "nowhere" / "no.csv")],
    ):
        refused = run(app, ["export", *wrong])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
    assert not [f for f in tmp_path.iterdir() if f.name.startswith((".export", "no."))]


def test_beside_a_server(store: Path, tmp_path: Path) -> None:
    settings = Settings(store=store)
    command = [sys.executable, "-m", "cop", "export", "hazard=physical", "--json", "--format"]
    environment = os.environ | {"COP_STORE": str(store)}

    def export(form: str, out: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, form, "--out", str(tmp_path / out)],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip

    with open_services(settings) as services:
        door = Door(services, store)
        door.open()
        try:
            done = export("parquet", "a.parquet")
            assert done.returncode == 0, done.stderr
            assert "asking it" in done.stderr
            manifest = json.loads(done.stdout)
            data = (tmp_path / "a.parquet").read_bytes()
            assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
            assert len(pd.read_parquet(tmp_path / "a.parquet")) == manifest["rows"] > 50
        finally:
            door.close()
    assert (tmp_path / "a.parquet.manifest.json").exists()

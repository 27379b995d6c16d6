"""The demo world: the same by the same seed, true to the geography, and never mixed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cop.cli import app
from cop.demo import END, LAST_FIRST_DAY, fill
from cop.errors import BadInput
from cop.geography import Geography
from cop.ingest import ingest
from cop.model.text import fold
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS, areas, regions
from cop.query.filters import Filters
from cop.query.where import Where, compile_where
from cop.seed import seed as seed_store
from cop.services import Services
from cop.settings import Settings
from cop.store import Store

SIZE = 2_000
VIEWER = Viewer("test", "red")


def everything(as_known_at: datetime | None = None) -> Where:
    statuses = ("new", "triaged", "active", "closed", "withdrawn")
    return compile_where(Filters(status=statuses), VIEWER, as_known_at=as_known_at)


def make_world(geography: Geography, seed: int) -> Store:
    store = Store.memory()
    fill(store, geography, incidents=SIZE, seed=seed, until=END)
    return store


@pytest.fixture(scope="module")
def world(geography: Geography) -> Store:
    store = make_world(geography, 7)
    yield store
    store.close()


@pytest.fixture(scope="module")
def rows(world: Store) -> pd.DataFrame:
    return world.read("rows", everything())


def test_keeps_every_rule_of_the_store(world: Store) -> None:
    checked = world.read("verify", None)
    assert checked["incidents"] == SIZE
    assert checked["reports"] == checked["incident_reports"] == SIZE
    assert checked["incident_versions"] > SIZE, "some incidents have an earlier version"


def test_the_same_seed_gives_the_same_world(geography: Geography, rows: pd.DataFrame) -> None:
    again, other = make_world(geography, 7), make_world(geography, 8)
    try:
        pd.testing.assert_frame_equal(again.read("rows", everything()), rows)
        assert not other.read("rows", everything())["lon"].equals(rows["lon"])
    finally:
        again.close()
        other.close()


def test_lies_where_the_geography_says(geography: Geography, rows: pd.DataFrame) -> None:
    placed = rows[rows["lon"].notna()].reset_index(drop=True)
    assert 0 < len(rows) - len(placed) < 0.05 * SIZE
    found = geography.locate(placed["lon"].to_numpy(), placed["lat"].to_numpy())
    assert placed["region"].tolist() == [regions().code(slug) for slug in found["region"]]
    masks = [sum(1 << areas().code(slug) for slug in slugs) for slugs in found["areas"]]
    assert placed["areas"].tolist() == masks
    assert placed["navarea"].tolist() == found["navarea"].tolist()
    assert placed["port"].tolist() == found["port"].tolist()
    np.testing.assert_allclose(placed["port_distance_nm"], found["port_distance_nm"])
    np.testing.assert_allclose(placed["coast_distance_nm"], found["coast_distance_nm"])


def test_is_labelled_and_varied(rows: pd.DataFrame) -> None:
    assert rows["title"].str.startswith("DEMO ").all()
    assert rows["reference"].str.startswith("DEMO-").all()
    assert rows["incident_id"].is_unique
    assert set(rows["severity"]) == {1, 2, 3, 4, 5}
    assert set(rows["tlp"]) == {MARKINGS.code(slug) for slug in MARKINGS.slugs}
    assert rows["hazard"].nunique() > 25
    assert rows["region"].nunique() > 15
    assert rows["occurred_at"].min() >= LAST_FIRST_DAY
    assert rows["last_at"].max() < END
    assert (rows["occurred_at"] > datetime(2020, 1, 1)).mean() > 0.2, "most happened lately"


def test_is_searched_as_ingest_would_have_it(rows: pd.DataFrame) -> None:
    for row in rows.head(200).itertuples():
        fields = (row.title, row.summary, row.vessel_name, row.vessel_imo, row.reference)
        assert row.search_text == "\n".join(fold(field) for field in fields)
        assert json.loads(row.facts)["date"] == row.occurred_at.date().isoformat()


def test_was_known_otherwise_before(world: Store, rows: pd.DataFrame) -> None:
    then = world.read("rows", everything(as_known_at=datetime(2016, 1, 1)))
    assert 0 < len(then) < len(rows)
    both = then.merge(rows, on="incident_id", suffixes=("_then", "_now"))
    assert (both["version_then"] < both["version_now"]).any()
    assert (both["recorded_at_then"] <= pd.Timestamp("2016-01-01")).all()


def test_more_can_be_added(geography: Geography) -> None:
    store = Store.memory()
    try:
        fill(store, geography, incidents=300, seed=1, until=END)
        assert fill(store, geography, incidents=200, seed=2, until=END) == 500
        assert store.read("verify", None)["incidents"] == 500
    finally:
        store.close()


@pytest.mark.parametrize("incidents", [0, -1, 100_000_001])
def test_refuses_a_size_that_is_none(geography: Geography, incidents: int) -> None:
    store = Store.memory()
    try:
        with pytest.raises(BadInput, match="demo world takes"):
            fill(store, geography, incidents=incidents)
        assert store.read("meta", None) == {}
    finally:
        store.close()


def test_never_into_the_live_world(geography: Geography) -> None:
    store = Store.memory()
    try:
        seed_store(store, geography, Settings())
        before = store.read("counts", None)
        with pytest.raises(BadInput, match="live picture"):
            fill(store, geography, incidents=10)
        assert store.read("counts", None) == before
        assert Services(Settings(), store, geography, ()).world() == "live"
    finally:
        store.close()


def test_never_into_a_store_with_reports_and_no_name(geography: Geography) -> None:
    store = Store.memory()
    try:
        data = (Settings().data / "register" / "incidents.csv").read_bytes()
        ingest(store, geography, "register", data, actor="test")
        with pytest.raises(BadInput, match="live picture"):
            fill(store, geography, incidents=10)
    finally:
        store.close()


def test_nothing_real_into_the_demo_world(geography: Geography) -> None:
    store = Store.memory()
    try:
        fill(store, geography, incidents=50, until=END)
        before = store.read("counts", None)
        assert not seed_store(store, geography, Settings())
        data = (Settings().data / "register" / "incidents.csv").read_bytes()
        with pytest.raises(BadInput, match="demo world"):
            ingest(store, geography, "register", data, actor="test")
        assert store.read("counts", None) == before
        assert Services(Settings(), store, geography, ()).world() == "demo"
    finally:
        store.close()


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COP_STORE", str(tmp_path / "trial.duckdb"))
    runner = CliRunner()
    made = runner.invoke(app, ["demo", "--incidents", "120", "--seed", "3", "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout) == {
        "world": "demo",
        "added": 120,
        "incidents": 120,
        "seed": 3,
    }
    assert runner.invoke(app, ["verify"]).exit_code == 0
    counted = runner.invoke(app, ["count", "--json"])
    assert 100 < json.loads(counted.stdout)["count"] <= 120
    report = tmp_path / "report.csv"
    report.write_text("reference\n", "utf-8")
    assert runner.invoke(app, ["ingest", "asam", str(report)]).exit_code == 2


def test_positions_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COP_STORE", str(tmp_path / "trial.duckdb"))
    runner = CliRunner()
    made = runner.invoke(
        app, ["demo", "--incidents", "50", "--positions", "1000", "--seed", "3", "--json"]
    )
    assert made.exit_code == 0, made.output
    answer = json.loads(made.stdout)
    assert (answer["incidents"], answer["positions"]) == (50, 1_000)
    more = runner.invoke(app, ["demo", "--positions", "500", "--seed", "4", "--json"])
    assert json.loads(more.stdout)["incidents"] == 50
    assert runner.invoke(app, ["demo"]).exit_code == 2, "nothing was asked for"
    assert runner.invoke(app, ["verify"]).exit_code == 0
    store = Store(tmp_path / "trial.duckdb")
    try:
        latest = store.read("latest_positions", VIEWER)
        assert store.read("counts", None)["positions"] == 1_500
        assert store.read("meta", None)["world"] == "demo"
    finally:
        store.close()
    assert answer["vessels"] <= latest.count < 1_500


def test_the_command_line_leaves_the_live_store_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COP_STORE", str(tmp_path / "live.duckdb"))
    runner = CliRunner()
    assert runner.invoke(app, ["count"]).exit_code == 0
    refused = runner.invoke(app, ["demo", "--incidents", "10"])
    assert refused.exit_code == 2
    assert "live picture" in refused.output
    refused = runner.invoke(app, ["demo", "--positions", "10"])
    assert refused.exit_code == 2
    assert "live picture" in refused.output

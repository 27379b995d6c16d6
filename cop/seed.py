"""What a fresh store starts with: the reference lists and the bundled register."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from cop.geography import Geography
from cop.ingest import ingest
from cop.model.ports import ports
from cop.model.vocabulary import areas, regions
from cop.settings import Settings
from cop.store import Store, Writer

ACTOR = "system:seed"


def seed(store: Store, geography: Geography, settings: Settings) -> bool:
    """Bring reference lists and register to what this program ships; False if they were so.

    Safe at every start: a store that holds them already is not written to, nor is a demo world.
    """
    register = settings.data / "register" / "incidents.csv"
    reference = settings.data / "reference"
    shipped = [register, *(reference / name for name in _REFERENCE_FILES)]
    mark = _digest(shipped)
    meta = store.read("meta", None)
    # The register is of real incidents: it never goes into a synthetic world.
    if meta.get("seed") == mark or meta.get("world") == "demo":
        return False
    with store.write(actor=ACTOR, action="store.seed", subject="reference lists") as writer:
        write_reference(writer, reference)
        writer.set_meta("world", "live")
    ingest(
        store, geography, "register", register.read_bytes(), actor=ACTOR, name="bundled register"
    )
    with store.write(actor=ACTOR, action="store.seed", subject="done") as writer:
        writer.set_meta("seed", mark)
    return True


def write_reference(writer: Writer, reference: Path) -> None:
    """Replace the reference lists by those of the folder."""
    writer.replace_reference("ports", _ports())
    writer.replace_reference("regions", _regions(reference / "regions.geojson"))
    writer.replace_reference("vessel_areas", _areas(reference / "vessel_areas.geojson"))


_REFERENCE_FILES = ("ports.csv", "regions.geojson", "vessel_areas.geojson")


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _ports() -> pd.DataFrame:
    return pd.DataFrame(
        [(p.locode, p.name, p.country, p.lon, p.lat) for p in ports().values()],
        columns=["locode", "name", "country", "longitude", "latitude"],
    )


def _regions(file: Path) -> pd.DataFrame:
    features = json.loads(file.read_text("utf-8"))["features"]
    return pd.DataFrame(
        {
            "code": [regions().code(f["properties"]["code"]) for f in features],
            "slug": [f["properties"]["code"] for f in features],
            "name": [f["properties"]["name"] for f in features],
            "geometry": [json.dumps(f["geometry"]) for f in features],
        }
    )


def _areas(file: Path) -> pd.DataFrame:
    features = json.loads(file.read_text("utf-8"))["features"]
    return pd.DataFrame(
        {
            "code": [areas().code(f["properties"]["code"]) for f in features],
            "slug": [f["properties"]["code"] for f in features],
            "name": [f["properties"]["name"] for f in features],
            "kind": [f["properties"]["kind"] for f in features],
            "note": [f["properties"]["note"] for f in features],
            "geometry": [json.dumps(f["geometry"]) for f in features],
        }
    )

"""What is shipped is what the build scripts make."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


@pytest.mark.parametrize(
    ("module", "function", "name"),
    [
        ("ports", "build_ports", "ports.csv"),
        ("lines", "build_sea_lanes", "sea_lanes.geojson"),
        ("lines", "build_graticule", "graticule.geojson"),
        ("navareas", "build_navareas", "navareas.geojson"),
        ("sea_names", "build_sea_names", "sea_names.geojson"),
    ],
)
def test_a_file_is_rebuilt_byte_for_byte(
    reference: Path, tmp_path: Path, module: str, function: str, name: str
) -> None:
    if name in {"ports.csv", "sea_lanes.geojson"}:
        pytest.importorskip("searoute", reason="the package these are made from is not installed")
    build: Callable[[Path], object] = getattr(
        import_module(f"data.reference.build.{module}"), function
    )
    build(tmp_path)
    assert (tmp_path / name).read_bytes() == (reference / name).read_bytes()


def test_a_face_without_a_seed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    navareas = import_module("data.reference.build.navareas")
    monkeypatch.setitem(navareas.SEEDS, 5, [])
    with pytest.raises(ValueError, match="has the seeds"):
        navareas.draw_navareas()

"""Find the two packages the reference geography is made from."""

import subprocess
import tarfile
from pathlib import Path

import searoute

WORLD_ATLAS = "world-atlas@2.0.2"


def find_searoute_data() -> Path:
    """Return the data folder of the installed Python package `searoute`."""
    return Path(searoute.__file__).parent / "data"


def fetch_world_atlas(workspace: Path) -> Path:
    """Fetch the npm package `world-atlas` with npm into a workspace; return its folder.

    Does nothing where the folder is there already. Raises `CalledProcessError` when npm fails.
    """
    folder = workspace / "package"
    if not folder.exists():
        workspace.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", WORLD_ATLAS, "--silent"], cwd=workspace, check=True)
        with tarfile.open(workspace / f"{WORLD_ATLAS.replace('@', '-')}.tgz") as archive:
            archive.extractall(workspace, filter="data")
    return folder

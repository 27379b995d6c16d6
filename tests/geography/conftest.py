"""The shipped reference geography, read once for all tests of this folder."""

from pathlib import Path

import pytest

from cop.geography import Geography

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    return REFERENCE


@pytest.fixture(scope="session")
def geography() -> Geography:
    return Geography.load(REFERENCE)

"""From the question on screen to a file on disk, in a real browser."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_what_is_on_screen_can_be_taken_away(desk: Any, tmp_path: Path) -> None:
    desk.open("/watch?hazard=physical")
    count = desk.count()
    desk.page.click("#export-open")
    desk.page.wait_for_selector("#export-scope >> text=incident")
    assert str(count) in desk.page.locator("#export-scope strong").text_content()
    desk.page.click("#export-format >> text=GeoJSON")
    desk.page.click("#export-start")
    desk.page.wait_for_selector("#export-link:not([hidden])")
    with desk.page.expect_download() as download:
        desk.page.click("#export-link")
    download.value.save_as(tmp_path / "taken.zip")
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        features = json.loads(archive.read(manifest["file"]))["features"]
    assert manifest["rows"] == len(features) == count
    assert download.value.suggested_filename == f"{manifest['file']}.zip"
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_selector("#export", state="hidden")
    assert desk.page.evaluate("document.activeElement.id") == "export-open"
    assert not desk.errors

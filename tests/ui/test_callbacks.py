"""Every server callback is async and checked; what goes wrong becomes a sentence."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import Input, Output

import cop.ui as ui
from cop.errors import BadInput
from cop.model.viewer import Viewer
from cop.services import Services
from cop.ui import callbacks, shell

UI = Path(ui.__file__).parent


@pytest.fixture(scope="module")
def app(services: Services) -> dash.Dash:
    made = dash.Dash("watch", suppress_callback_exceptions=True, assets_folder="assets")
    made.layout = shell.layout(services)
    ui.register(made, services, lambda: Viewer("test", "red"))
    return made


def test_every_server_callback_is_async(app: dash.Dash) -> None:
    served = [c for c in app.callback_map.values() if "callback" in c]
    assert len(served) >= 7
    for callback in served:
        assert inspect.iscoroutinefunction(inspect.unwrap(callback["callback"]))


def test_nothing_registers_but_the_helper() -> None:
    for file in UI.rglob("*.py"):
        if file.name == "callbacks.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("callback", "clientside_callback"), file


def test_of_two_silent_scripts_on_the_same_input_the_second_is_refused(services: Services) -> None:
    made = dash.Dash("two", assets_folder="assets")
    both = callbacks.Callbacks(made, services, lambda: Viewer("test", "red"))
    address = dash.Input("address", "search")
    both.script("first", [], [address])
    both.script("other", [], [address, dash.Input("shown", "data")])
    with pytest.raises(ValueError, match="first alone"):
        both.script("second", [], [address])


def test_no_colour_is_written_in_python() -> None:
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                head = node.value[:7]
                is_hex = len(head) in (4, 7) and head[0] == "#"
                assert not (is_hex and all(c in "0123456789abcdefABCDEF" for c in head[1:])), file


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (callbacks.text(3), [None, "", "abc"], ["abcd", 1, [], {}]),
        (callbacks.texts(2, 3), [None, [], ["a", "b"]], [["a"] * 3, ["abcd"], [1], "a", {}]),
        (callbacks.whole, [None, 0, 7], [1.5, True, "1", 10**13, []]),
        (callbacks.mapping(20), [None, {}, {"a": 1}], [{"a": "x" * 30}, [], "a", 1]),
    ],
)
def test_arguments_are_checked(check: Any, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        check(value)
    for value in bad:
        with pytest.raises(BadInput):
            check(value)


def test_a_callback_needs_a_check_an_argument(services: Services) -> None:
    made = callbacks.Callbacks(dash.Dash("x"), services, lambda: Viewer("t", "red"))
    with pytest.raises(ValueError, match="check"):
        made.answer([Output("a", "b")], [Input("c", "d")], checks=[], work=lambda *_: [])

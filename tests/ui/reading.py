"""Read a component tree as a person or a script would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from dash import html
from dash.development.base_component import Component


def revive(tree: Any) -> Any:
    """The components that plain dicts stand for, and what is sealed; everything else as it is."""
    if isinstance(tree, orjson.Fragment):
        return revive(orjson.loads(orjson.dumps(tree)))
    if isinstance(tree, dict) and tree.get("namespace") == "dash_html_components":
        props = tree["props"] | {"children": revive(tree["props"].get("children"))}
        return getattr(html, tree["type"])(**props)
    return [revive(part) for part in tree] if isinstance(tree, list) else tree


def walk(tree: Any) -> Iterator[Component]:
    """Every component of a tree, outermost first."""
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from walk(part)
    elif isinstance(tree, Component):
        yield tree
        yield from walk(getattr(tree, "children", None))


def text_of(tree: Any) -> str:
    """The words of a tree, in order."""
    if tree is None:
        return ""
    if isinstance(tree, str | int | float):
        return str(tree)
    if isinstance(tree, list | tuple):
        return "".join(text_of(part) for part in tree)
    return text_of(getattr(tree, "children", None))


def all_with(tree: Any, name: str) -> list[Component]:
    """The components that carry a property, such as `data-go`."""
    return [part for part in walk(tree) if getattr(part, name, None) is not None]

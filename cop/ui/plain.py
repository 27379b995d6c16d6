"""Components as the plain dicts that the page gets, and those as the bytes that are sent.

A component object costs thirty times as much to make and to serialise as the dict it becomes, and
one answer of the watch view holds a thousand of them. Bytes can be kept for the next who asks, and
are nothing that the garbage collector has to look through.
"""

from __future__ import annotations

from typing import Any

import orjson
from dash.development.base_component import Component

Plain = dict[str, Any]


def flatten(tree: Any) -> Any:
    """A tree of components, lists and values, each component as its plain dict."""
    if isinstance(tree, Component):
        plain: Plain = tree.to_plotly_json()
        props = plain["props"]
        if "children" in props:
            props["children"] = flatten(props["children"])
        return plain
    if isinstance(tree, list | tuple):
        return [flatten(part) for part in tree]
    return tree


def change(plain: Plain, **props: Any) -> Plain:
    """A copy of a plain component with some properties set."""
    return {**plain, "props": {**plain["props"], **props}}


def seal(tree: Any) -> orjson.Fragment:
    """A tree as JSON, ready to stand inside a larger answer."""
    return orjson.Fragment(orjson.dumps(flatten(tree), option=orjson.OPT_SERIALIZE_NUMPY))

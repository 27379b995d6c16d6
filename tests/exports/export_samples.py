"""Questions and hostile texts that the tests of exports share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cop.model.viewer import Viewer
from cop.query.url import from_query
from cop.query.where import Where, compile_where

NOW = datetime(2026, 11, 23, 12)
EVERYTHING = "status=new,triaged,active,closed,withdrawn"
HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "＝1+1", 'say "so", twice',
    "two\nlines", "Straße σοφία ローマ 🚢", "a;b\\c", "</name><b>&amp;",
)  # fmt: skip

Write = Callable[..., dict[str, Any]]


def ask(query: str = EVERYTHING, clearance: str = "red") -> Where:
    return compile_where(from_query(query), Viewer("test", clearance), now=NOW)

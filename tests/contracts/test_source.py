"""What the source itself promises, read from its syntax trees and files."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from synthetic import as_table, incident

from cop import errors
from cop.errors import STATUS, CopError, status_of
from cop.feeds import ALL as FEEDS
from cop.model.marking import FLOOR_WHEN_UNDECLARED, parse_marking
from cop.model.vocabulary import SOURCES
from cop.settings import Settings
from cop.store.migrate import Migration, load_migrations, migrate

ROOT = Path(__file__).resolve().parents[2]
SOURCES_OF = [ROOT / "app.py", *(ROOT / "cop").rglob("*.py"), *(ROOT / "layers").rglob("*.py")]
TREES = {
    file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8")) for file in SOURCES_OF
}
FRAMES = {"staged", "asked"}  # what a query of incidents and reports is handed beside its tables
SQL = sorted((ROOT / "cop" / "store" / "sql").rglob("*.sql"))


def calls(tree: ast.AST) -> Iterator[str]:
    """The last name of everything called: `a.b.c()` gives `c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.name.rsplit(".", 1)[-1] for alias in node.names)


def files_where(found: str, look: object) -> set[str]:
    return {file for file, tree in TREES.items() if found in set(look(tree))}  # type: ignore[operator]


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_the_scan_sees_the_source() -> None:
    assert len(TREES) > 60
    assert "Where" in set(calls(TREES["cop/query/where.py"]))
    assert "execute" in set(calls(TREES["cop/store/asked.py"]))


def test_only_compile_where_makes_a_where() -> None:
    assert files_where("Where", calls) == {"cop/query/where.py"}
    assert files_where("_SEAL", names) == {"cop/query/where.py"}
    assert files_where("__new__", names) == set()
    [maker] = [
        node
        for node in ast.walk(TREES["cop/query/where.py"])
        if isinstance(node, ast.FunctionDef) and "Where" in set(calls(node))
    ]
    assert maker.name == "compile_where"


# A benchmark measures the store against other ways of keeping made-up rows, in processes of its
# own; it never opens a store of the picture but through `Store`.
PEERS = "cop/bench/"


def test_only_the_store_talks_to_the_database() -> None:
    importers = {file for file, tree in TREES.items() if "duckdb" in imports(tree)}
    assert "cop/store/store.py" in importers
    assert not {file for file in importers if not file.startswith(("cop/store/", PEERS))}


def test_only_the_store_runs_sql() -> None:
    runners = files_where("execute", calls) | files_where("executemany", calls)
    # The ASAM layout in SQLite is read from memory, as bytes of a foreign file.
    outside = {file for file in runners if not file.startswith(("cop/store/", PEERS))}
    assert outside <= {"cop/formats/asam.py"}
    assert "duckdb" not in imports(TREES["cop/formats/asam.py"])


def test_only_the_settings_read_the_environment() -> None:
    readers = files_where("environ", names) | files_where("getenv", names)
    assert not {file for file in readers - {"cop/settings.py"} if not file.startswith(PEERS)}


def test_nothing_runs_when_the_app_is_imported() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in TREES["app.py"].body:
        if isinstance(node, allowed):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # the docstring
        if isinstance(node, ast.If):
            assert ast.unparse(node.test) == "__name__ == '__main__'"
            continue
        assert isinstance(node, ast.Assign), ast.unparse(node)
        made = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        assert len(made) <= 1, "a constant, made of what was imported"


def test_the_app_is_short_and_nobody_imports_it() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) < 60
    assert not [file for file, tree in TREES.items() if "app" in imports(tree)]
    assert not [
        file
        for file, tree in TREES.items()
        if file.startswith("cop/") and "layers" in imports(tree)
    ]


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "common", "helpers", "core", "misc"}
    assert not [file for file in TREES if Path(file).stem in drawers]


def test_the_feeds_are_those_of_the_vocabulary() -> None:
    assert [(feed.code, feed.id) for feed in FEEDS] == [(term.code, term.slug) for term in SOURCES]
    assert {feed.id: feed.marking for feed in FEEDS} == {
        "asam": "clear",
        "imb": "clear",
        "ukmto": "clear",
        "register": "clear",
        "desk": "amber",
        "columns": "amber",
    }
    assert parse_marking(None) == FLOOR_WHEN_UNDECLARED == "amber"


def kinds() -> list[type[CopError]]:
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, CopError)
    ]


def test_the_error_tree_is_drawn_whole() -> None:
    drawn = set(re.findall(r"(?:^|[├└]── )\s*([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE))
    assert {kind.__name__ for kind in kinds()} <= drawn | {"CopError"}
    assert "CopError" in (errors.__doc__ or "")
    assert drawn <= {kind.__name__ for kind in kinds()} | {"Everything", "STATUS"}


@pytest.mark.parametrize("kind", kinds())
def test_every_error_has_a_status(kind: type[CopError]) -> None:
    error = kind("key", "words") if kind is errors.BadQuestion else kind("words")
    assert 400 <= status_of(error) <= 503
    assert str(error) == "words"
    assert CopError in STATUS


def test_every_setting_stands_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = dict(line.split("#")[0].strip().split("=", 1) for line in lines if "=" in line)
    assert set(listed) == {f"COP_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert listed[f"COP_{name.upper()}"] == str(field.default), f"the default of {name}"


@pytest.mark.parametrize("file", SQL, ids=lambda file: "/".join(file.parts[-2:]))
def test_every_query_says_what_it_answers(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    assert re.fullmatch(r"-- [A-Z].{10,}", first), first


@pytest.mark.parametrize(
    "file",
    [
        file
        for file in SQL
        if file.parent.name in ("incident", "report")
        and FRAMES & set(re.findall(r"\w+", file.read_text("utf-8")))
    ],
    ids=lambda file: "/".join(file.parts[-2:]),
)
def test_every_query_fits_the_tables(file: Path) -> None:
    with duckdb.connect() as connection:
        migrate(connection, load_migrations(), datetime(2026, 1, 1))
        connection.register("staged", as_table([incident("a")]))
        connection.register("asked", pd.DataFrame({"reference": ["a"]}))
        text = file.read_text("utf-8")
        values = ["2026-01-01" if "superseded_at = ?" in text else 1] * text.count("?")
        plan = connection.execute(f"EXPLAIN {text}", values).fetchall()
    assert plan


@pytest.mark.parametrize("migration", load_migrations(), ids=lambda migration: migration.name)
def test_every_migration_says_what_it_brings(migration: Migration) -> None:
    assert migration.sql.startswith("-- ")

"""Rules of the house that no linter knows: who talks HTTP, who asks the clock, who may be blunt about exceptions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


def test_only_the_platforms_http_client_imports_httpx() -> None:
    users = {name for name, tree in modules() if "httpx" in imported(tree)}
    assert users == {"adloom/platforms/http.py"}


def test_the_business_clock_is_asked_in_one_place() -> None:
    blunt = {
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name.startswith("adloom/") and name != "adloom/core/time.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    }
    assert blunt == set()


def test_broad_excepts_stand_in_the_runner_and_the_servers_last_handler_alone() -> None:
    broad = {
        name
        for name, tree in modules()
        if name.startswith("adloom/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    }
    assert broad <= {"adloom/jobs/runner.py", "adloom/server.py"}


def test_every_file_says_what_it_is_for() -> None:
    silent = {name for name, tree in modules() if ast.get_docstring(tree) is None}
    assert silent == set()


def test_the_command_imports_typer_alone_at_start_up() -> None:
    heavy = {"sqlalchemy", "alembic", "fastapi", "altair", "psycopg", "httpx", "pydantic_settings", "structlog"}
    for name in ("adloom/cli/main.py", "adloom/cli/__init__.py"):
        tree = ast.parse((SOURCE / name).read_text())
        top = ast.Module(body=[node for node in tree.body if not isinstance(node, ast.FunctionDef)], type_ignores=[])
        assert imported(top) & heavy == set(), name

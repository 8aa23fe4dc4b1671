"""Every job that anybody queues has somebody who does it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import adloom
from adloom import worker


def queued_job_types() -> Iterator[tuple[str, str]]:
    """Each `job_type="…"` in the source, or the file's constant that it names, with the file it stands in."""
    for path in sorted(Path(adloom.__path__[0]).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        constants = {
            target.id: node.value.value
            for node in nodes
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in nodes:
            if isinstance(node, ast.keyword) and node.arg == "job_type":
                if isinstance(node.value, ast.Constant):
                    yield str(node.value.value), path.name
                elif isinstance(node.value, ast.Name) and node.value.id in constants:
                    yield str(constants[node.value.id]), path.name


def test_every_queued_job_type_has_a_handler() -> None:
    found = dict(queued_job_types())
    assert "campaigns.apply" in found, "the search finds nothing any more"
    assert set(found) <= set(worker.HANDLERS)


def test_every_handler_is_asked_for_by_somebody() -> None:
    scheduled = {chore.job_type for chore in worker.SCHEDULE}
    assert set(worker.HANDLERS) == scheduled | set(dict(queued_job_types()))


def test_every_chore_has_a_handler_and_a_name_of_its_own() -> None:
    assert {chore.job_type for chore in worker.SCHEDULE} <= set(worker.HANDLERS)
    assert len({chore.name for chore in worker.SCHEDULE}) == len(worker.SCHEDULE)

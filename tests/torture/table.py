"""The table of what was tried and what came of it, as people read it and as programs do."""

from __future__ import annotations

import json
import os
import platform as machine
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.torture.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """What was tried and judged together. `group` is its line in the table, `what` its place within."""

    group: tuple[str, ...]
    what: str
    verdict: Verdict
    spent: int = 0  # attempts beyond the first
    points: int = 1


_COUNTS = ("duplicates", "orphans", "missing", "uncertain")
_HEAD = ("platform", "operation", "what", "points", *_COUNTS, "attempts spent")


def lines(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """By group: how many were tried, and what was wrong; the sum comes last."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    found = [(*group, *_sums(of_group)) for group, of_group in sorted(groups.items())]
    return [*found, ("all", "", "", *_sums([row for of_group in groups.values() for row in of_group]))]


def text(rows: Iterable[Row]) -> str:
    """The table in Markdown."""
    body = [_HEAD, ("---",) * len(_HEAD), *lines(rows)]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in body)


def computer() -> str:
    """What it ran on."""
    return f"{machine.system()} {machine.release()}, {machine.machine()}, {os.cpu_count()} cores"


def write(path: Path, rows: Sequence[Row], **more: Any) -> None:
    """All of it as JSON, with each point that is not clean in words."""
    wrong = [
        {"group": list(row.group), "what": row.what, **{name: getattr(row.verdict, name) for name in _COUNTS}}
        for row in rows
        if not row.verdict.is_clean
    ]
    told: Mapping[str, Any] = {
        "computer": computer(),
        **more,
        "table": [dict(zip(_HEAD, line, strict=True)) for line in lines(rows)],
        "wrong": wrong,
    }
    path.write_text(json.dumps(told, indent=1, default=str) + "\n")


def _sums(rows: Sequence[Row]) -> tuple[int, ...]:
    wrong = tuple(sum(len(getattr(row.verdict, name)) for row in rows) for name in _COUNTS)
    return (sum(row.points for row in rows), *wrong, sum(row.spent for row in rows))

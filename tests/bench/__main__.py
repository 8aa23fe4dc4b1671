"""`make bench`: the product beside its peers, in one run on one machine; prints the table, writes JSON.

    python -m tests.bench [NAME …] [--rows N] [--repetitions N] [--json FILE] [--page FILE]
                          [--without-peers]

Names are modules here (`loading`, …); without one, all that there are.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import bench as benches
from tests.bench import page, table
from tests.bench.peers import Peers
from tests.bench.row import Row

_MODULES = ("loading", "retention", "dashboards", "queue", "lists")


def main(arguments: Sequence[str]) -> int:
    """Runs what is asked for, and returns 0: a goal that is not met is a result, not a failure."""
    asked = _asked(arguments)
    machine = table.machine()
    peers = Peers(are_wanted=not asked.without_peers)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="adloom-bench-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another user
        with benches.opened(Path(folder), peers=peers, rows=asked.rows, repetitions=asked.repetitions) as bench:
            for name in asked.names or _there():
                rows += importlib.import_module(f"tests.bench.{name}").rows(bench)
                _keep(asked, rows, machine, peers.absent)  # after each part: the next one may break
    sys.stdout.write(table.text(rows, absent=peers.absent))
    return 0


def _keep(
    asked: argparse.Namespace, rows: Sequence[Row], machine: Mapping[str, Any], absent: Mapping[str, str]
) -> None:
    if asked.json:
        kept = {**machine, "absent": absent, "rows": [row.as_json() for row in rows]}
        asked.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    if asked.page:
        asked.page.write_text(page.text(rows, machine=machine, absent=absent))


def _there() -> list[str]:
    return [name for name in _MODULES if (Path(__file__).parent / f"{name}.py").exists()]


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[*_MODULES, []], metavar="NAME")
    parser.add_argument("--rows", type=int, default=1_000_000, help="the larger size (1,000,000)")
    parser.add_argument("--repetitions", type=int, default=3, help="of each side; the median counts (3)")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", type=Path, help="where to write docs/performance.md")
    parser.add_argument("--without-peers", action="store_true", help="only what needs no other package")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make torture`: the long form. Every step of every operation, in every way there is; prints the table, writes JSON.

    python -m tests.torture [--out FILE] [--few] [--examples N] [PART …]

Parts are `deaths`, `faults`, `timeouts`, `outages`, `sleep` and `interleavings`; without one, all. Each has a stack of
its own, one after the other; `--few` tries each way once in each operation instead of at every step.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis.stateful import run_state_machine_as_test
from tests.databases import Servers
from tests.torture import asleep, deaths, interleavings, lives, points, table, troubles
from tests.torture import stack as stacks
from tests.torture.interleavings import AnyOrder
from tests.torture.lives import Disturb, Tried
from tests.torture.points import Moment
from tests.torture.stack import Stack
from tests.torture.table import Row
from tests.torture.verdict import Verdict

from adloom.cli import demo_media
from adloom.core.settings import Settings


@dataclass(slots=True)
class Trial:
    """What a part gets: a stack, the settings of its server, how much is wanted, and where rows go."""

    stack: Stack
    server: Settings
    is_short: bool
    examples: int
    rows: list[Row]

    def disturb(self, hows: Collection[str], how: Disturb) -> None:
        """Tries these ways at every step, or at a few."""
        rehearsal = lives.rehearse(self.stack)
        chosen = (points.few if self.is_short else points.every)(rehearsal.steps, hows)
        lives.disturb(self.stack, rehearsal, chosen, how, tell=self.tell)

    def tell(self, tried: Tried) -> None:
        """One point more."""
        point = tried.point
        row = Row(
            point.platform.value,
            point.operation.value,
            tried.step,
            str(point.how),
            tried.verdict,
            spent=tried.attempts - 1,
        )
        self.rows.append(row)
        what = f"{row.platform} {row.operation} {row.step}: {row.how}"
        sys.stderr.write(f"{len(self.rows)} {what}{'' if row.verdict.is_clean else ' WRONG'}\n")


def _deaths(trial: Trial) -> None:
    trial.disturb(list(Moment), deaths.kill)


def _faults(trial: Trial) -> None:
    trial.disturb([*troubles.OF_WRITES, *troubles.OF_READS], troubles.fault)


def _timeouts(trial: Trial) -> None:
    """Each waits for a minute, so they are few in any form."""
    trial.is_short = True
    trial.disturb(troubles.SLOW, troubles.fault)


def _outages(trial: Trial) -> None:
    trial.disturb([troubles.OUTAGE], troubles.outage)
    trial.disturb([troubles.RESTART], troubles.restart(trial.server))


def _sleep(trial: Trial) -> None:
    tried, verdicts = asleep.fall(trial.stack, lives.rehearse(trial.stack))
    each = tried // len(verdicts)
    for platform, found in verdicts.items():
        trial.rows.append(Row(platform.value, table.TOGETHER, "", asleep.HOW, found, points=each))


def _interleavings(trial: Trial) -> None:
    machine = type("Interleavings", (AnyOrder,), {"stack": trial.stack})
    run_state_machine_as_test(machine, settings=interleavings.lives(trial.examples))
    trial.rows.append(Row("all four", table.TOGETHER, "", "any order", Verdict(), points=trial.examples))


PARTS: Mapping[str, Callable[[Trial], None]] = {
    "deaths": _deaths,
    "faults": _faults,
    "timeouts": _timeouts,
    "outages": _outages,
    "sleep": _sleep,
    "interleavings": _interleavings,
}


def main() -> int:
    """Runs the parts; 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path("torture.json"))
    asked = parser.parse_args()
    began, rows = time.monotonic(), list[Row]()
    for name in asked.parts or PARTS:
        _run(PARTS[name], asked, rows)
        took = f"{time.monotonic() - began:.0f} s"
        table.write(asked.out, rows, took=took, parts=asked.parts or list(PARTS))
    sys.stdout.write(f"{table.markdown(table.lines(rows))}\n\n{table.computer()}, {took}\n")
    return 0 if all(row.verdict.is_clean for row in rows) else 1


def _run(part: Callable[[Trial], None], asked: argparse.Namespace, rows: list[Row]) -> None:
    with stacks.folder() as folder:
        media, servers = folder / "media", Servers(folder / "servers")
        demo_media.draw(media)
        try:
            with stacks.running(servers.cluster(), media, folder / "stack") as stack:
                home = Settings(home=folder / "servers" / "home-None")
                part(Trial(stack, home, asked.few, asked.examples, rows))
        finally:
            servers.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # everything that was started is ended, as after Ctrl-C
    sys.exit(main())

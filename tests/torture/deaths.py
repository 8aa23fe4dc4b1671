"""Deaths of workers: SIGKILL at one moment of each platform's write, and another worker that takes over."""

from __future__ import annotations

from collections.abc import Mapping

from tests.torture.aim import Aim, Target
from tests.torture.lives import Life

from adloom.platforms.types import Platform


def kill(life: Life, targets: Mapping[Platform, Target]) -> None:
    """A worker dies where it stands once every target is reached; another one starts."""
    stack = life.stack
    aim = Aim(stack.database, life.ad_id, targets)
    stack.wire.watch = aim
    victim = stack.worker()
    try:
        aim.wait()
        stack.kill(victim)
    finally:
        aim.let_go()
        stack.wire.watch = None
    stack.worker()

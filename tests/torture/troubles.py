"""What goes wrong at a platform or in our own house while a step is under way: the sandbox's faults, and outages."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from tests import installation
from tests.installation import until
from tests.torture.aim import Target, sent
from tests.torture.lives import Disturb, Life
from tests.torture.stack import Stack
from tests.torture.wire import Write

from adloom.core.settings import Settings
from adloom.db import server
from adloom.platforms.types import Platform
from adsandbox.faults import Fault

#: What strikes a write. The others strike reads, and are tried after a broken connection: the question goes wrong.
OF_WRITES = (Fault.CUT, Fault.SERVER_ERROR, Fault.THROTTLE, Fault.TOKEN_EXPIRED, Fault.PARTIAL, Fault.HOLD)
#: Each costs the longest time-out that a write has.
SLOW = (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER)
OF_READS = (Fault.TRUNCATED_PAGE, Fault.EXPIRED, Fault.SLOW_REPORT)
OUTAGE = "database gone"
RESTART = "database stopped and started"

_HELD_S = 0.3
_GONE_S = 0.7
_PATIENCE_S = 60.0


@dataclass(slots=True)
class Planting:
    """A watch that meets each target with something, once, just before it goes on."""

    stack: Stack
    ad_id: UUID
    targets: Mapping[Platform, Target]
    plant: Callable[[Write, Target], None]
    met: set[Platform] = field(default_factory=set)

    def wait(self) -> None:
        """Returns once every target was met."""
        until(lambda: self.met == set(self.targets), what=f"met: {self.targets}", patience_s=_PATIENCE_S)

    def leaving(self, write: Write) -> bool:
        """Of the wire's watch."""
        target = self.targets.get(write.platform)
        if target is None or write.platform in self.met:
            return True
        if sent(self.stack.database, self.ad_id, write)[1] == target.key:
            self.plant(write, target)
            self.met.add(write.platform)
        return True

    def answered(self, write: Write) -> bool:
        """Of the wire's watch."""
        return True

    def told(self, write: Write) -> None:
        """Of the wire's watch."""


def fault(life: Life, targets: Mapping[Platform, Target]) -> None:
    """The sandbox goes wrong at each target, in the target's way; a request that it holds is let go soon."""
    installed = life.stack.house.installed

    def plant(write: Write, target: Target) -> None:
        kind = Fault(target.how)
        at = f"^{re.escape(write.line)}$"
        planned = installed.fault(write.platform.value, at, Fault.CUT if kind in OF_READS else kind)
        if kind in OF_READS:
            installed.fault(write.platform.value, "", kind, times=2)
        if kind is Fault.HOLD:
            threading.Timer(_HELD_S, installed.control, [f"faults/{planned}"], {"method": "DELETE"}).start()

    _met(life, targets, plant)


def outage(life: Life, targets: Mapping[Platform, Target]) -> None:
    """The database lets nobody in when the platforms take effect, and then does again."""
    stack = life.stack
    _without_database(life, targets, lambda: installation.outage(stack.house.cluster, stack.house.installed.urls))


def restart(settings: Settings) -> Disturb:
    """The server of these settings is stopped when the platforms take effect, and started again."""

    @contextmanager
    def stopped() -> Iterator[None]:
        assert server.stop(settings, force=True), "the server still runs"
        yield
        with server.running(settings):  # whoever had it running before keeps it so
            pass

    return lambda life, targets: _without_database(life, targets, stopped)


def _without_database(
    life: Life, targets: Mapping[Platform, Target], gone_for: Callable[[], AbstractContextManager[None]]
) -> None:
    stack = life.stack
    arrived: set[Platform] = set()
    gone = threading.Event()

    def plant(write: Write, target: Target) -> None:
        arrived.add(write.platform)
        gone.wait(_PATIENCE_S)

    watch = Planting(stack, life.ad_id, targets, plant)
    stack.wire.watch = watch
    stack.worker()
    until(lambda: arrived == set(targets), what=f"arrived: {targets}", patience_s=_PATIENCE_S)
    with gone_for():
        gone.set()
        time.sleep(_GONE_S)
    watch.wait()
    stack.wire.watch = None


def _met(life: Life, targets: Mapping[Platform, Target], plant: Callable[[Write, Target], None]) -> None:
    watch = Planting(life.stack, life.ad_id, targets, plant)
    life.stack.wire.watch = watch
    life.stack.worker()
    watch.wait()
    life.stack.wire.watch = None

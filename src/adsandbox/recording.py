"""Writes into a state file what the gate carries out, while it does."""

import json
from dataclasses import dataclass
from datetime import datetime

from starlette.types import Scope

from adsandbox.faults import Fault
from adsandbox.journal import Entry, Journal
from adsandbox.world import World

#: The prefix of the control API.
CONTROL = "/_sandbox"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a platform. `app` is its prefix; the path in `scope` is without it. `fault` is what goes wrong
    with it, `fault_id` the plan that said so."""

    app: str
    scope: Scope
    body: bytes
    fault: Fault | None = None
    fault_id: str | None = None

    @property
    def line(self) -> str:
        """What faults are matched with."""
        return f"{self.scope['method']} {self.scope['path']}"


class Recorder:
    """The journal of one world."""

    def __init__(self, world: World, journal: Journal) -> None:
        self._world = world
        self._journal = journal

    def control(self, scope: Scope, body: bytes, *, at: datetime) -> None:
        """Keep a call of the control API; a reset forgets what was kept before."""
        if scope["path"] != f"{CONTROL}/reset":
            self._keep(Asked(CONTROL, scope, body), at=at, replay=True, status=200, outcome="ok")
            return
        options = self._journal.options()
        assert options is not None
        self._journal.begin(options, began=self._world.clock.began)

    def platform(self, asked: Asked, *, at: datetime, replay: bool, status: int | None, outcome: str) -> None:
        """Keep a request of a platform, with headers and body only where it is to be asked again (`replay`)."""
        self._keep(asked, at=at, replay=replay, status=status, outcome=outcome)

    def _keep(self, asked: Asked, *, at: datetime, replay: bool, status: int | None, outcome: str) -> None:
        scope = asked.scope
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
        entry = Entry(
            at.isoformat(),
            asked.app,
            scope["method"],
            scope["path"],
            scope["query_string"] if replay else b"",
            json.dumps(headers if replay else []),
            asked.body if replay else b"",
            replay,
            fault=asked.fault,
            fault_id=asked.fault_id,
            status=status,
            outcome=outcome,
        )
        self._journal.append(entry, now=self._world.clock.running(), counters=self._world.store.counters())

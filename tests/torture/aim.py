"""Stops each platform's write of one ad at one moment, and says when all have been stopped.

Whose write it is that comes over the wire is read from our own step log: the step whose intent is committed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from tests.installation import until
from tests.torture.points import Moment
from tests.torture.wire import Write

from adloom.platforms.types import Platform

_SENT = """
SELECT deployment_steps.id, deployment_steps.key
FROM deployment_steps
JOIN campaigns ON campaigns.id = deployment_steps.campaign_id
WHERE campaigns.ad_id = %s
    AND campaigns.platform = %s
    AND deployment_steps.state = 'sent'
"""

_BLOCKED = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid)))"
_HOLD = "SELECT FROM deployment_steps WHERE id = %s FOR UPDATE"
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """The step with this key, and what shall happen to it."""

    key: str
    how: str


def sent(database: str, ad_id: UUID, write: Write) -> tuple[UUID, str]:
    """The step that a write of an ad is: its id and its key."""
    with psycopg.connect(database, autocommit=True) as connection:
        found = connection.execute(_SENT, [ad_id, write.platform.value]).fetchall()
    assert len(found) == 1, f"{write} is not one step: {found}"
    return found[0]


@dataclass(slots=True)
class Aim:
    """A watch of the wire. `database` is the superuser's URL: it sees every step and may hold any row."""

    database: str
    ad_id: UUID
    targets: Mapping[Platform, Target]
    _under_way: dict[Platform, Target] = field(default_factory=dict)
    _struck: set[Platform] = field(default_factory=set)
    _holding: dict[Platform, psycopg.Connection] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Returns once every target is stopped; fails naming those that are not."""
        left = f"{[(p.value, t.key, t.how) for p, t in self.targets.items()]} are stopped"
        until(lambda: self._struck == set(self.targets), what=left, patience_s=_PATIENCE_S)

    def let_go(self) -> None:
        """Drops what is held back, and lets the database go on."""
        self._over.set()
        for connection in self._holding.values():
            connection.close()

    def leaving(self, write: Write) -> bool:
        """Of the wire's watch."""
        target = self._target(write)
        if target is None:
            return True
        if target.how == Moment.BEFORE:
            return self._hold_back(write)
        self._under_way[write.platform] = target
        return True

    def answered(self, write: Write) -> bool:
        """Of the wire's watch."""
        target = self._under_way.get(write.platform)
        return target is None or target.how != Moment.AFTER or self._hold_back(write)

    def told(self, write: Write) -> None:
        """Of the wire's watch."""
        target = self._under_way.get(write.platform)
        if target is None or target.how != Moment.COMMIT or write.platform in self._struck:
            return
        pid = self._holding[write.platform].info.backend_pid
        with psycopg.connect(self.database, autocommit=True) as looking:
            until(lambda: looking.execute(_BLOCKED, [pid]).fetchone() == (True,), what="the commit waits")
        self._struck.add(write.platform)

    def _target(self, write: Write) -> Target | None:
        """The platform's target, where this is its write; where that must not be committed, its row is held too."""
        target = self.targets.get(write.platform)
        if target is None or self._over.is_set() or write.platform in self._struck:
            return None
        step_id, key = sent(self.database, self.ad_id, write)
        if key != target.key:
            return None
        if target.how == Moment.COMMIT:
            self._holding[write.platform] = psycopg.connect(self.database)
            self._holding[write.platform].execute(_HOLD, [step_id])
        return target

    def _hold_back(self, write: Write) -> bool:
        self._struck.add(write.platform)
        self._over.wait()
        return False

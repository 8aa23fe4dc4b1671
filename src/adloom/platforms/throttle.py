"""Keeps the calls of all workers together within the platforms' quotas, through one function of the database.

A reservation is one short transaction of its own, in one round trip. A tenth of every quota is kept for what stops
money, and half of it from what brings in the past: that waits once the first half is spent, by whomever. What a
platform refuses, or says about its usage, blocks that scope until it is welcome again.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from adloom.core import settings, time
from adloom.core.errors import Throttled
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.platforms import quotas
from adloom.platforms.http import Answer, Request
from adloom.platforms.quotas import Quota, Scope

#: A call waits this long for its turn; past it the job goes back to the queue and costs nobody a thread.
PATIENCE_S = 5.0
_OWN = "adloom_quota"
_RESERVED_SHARE = 10
_BACKGROUND_SHARE = 2

# All of a call's quotas, or none of them; NULL where it may go out.
_RESERVE = text(
    """
    SELECT EXTRACT(
        EPOCH FROM reserve_quotas(:platform, CAST(:quotas AS jsonb), :cost, :is_urgent) - clock_timestamp()
    )
    """
)

_BLOCK = text("SELECT block_quota(:platform, :scope, :scope_key, :endpoint, clock_timestamp() + :wait)")


@dataclass(frozen=True, slots=True)
class Fence:
    """What is asked last before every write leaves: where `query` finds no row, `closed` is raised and nothing leaves.

    It is sent with the reservation, as the worker.
    """

    query: Query
    closed: Callable[[], Exception]


@dataclass(slots=True)
class QuotaThrottle:
    """The calls of one login. `app` names the OAuth client that they are counted under, once it is known."""

    tenant_id: UUID
    app: Callable[[], str]
    is_urgent: bool = False
    fence: Fence | None = None
    in_background: bool = False
    _last: Request | None = None

    def before(self, request: Request) -> None:
        """Returns where the call may go out now, after a short wait at most; raises Throttled otherwise.

        Of a write, also what its fence raises; what was reserved for it then counts as spent.
        """
        self._last = request
        deadline = clock.monotonic() + PATIENCE_S
        while (wait_s := self._reserve(request)) is not None:
            if clock.monotonic() + wait_s > deadline:
                raise Throttled(
                    f"The quota of {request.platform.value} is spent for now ({request.endpoint}).",
                    retry_at=time.now() + timedelta(seconds=wait_s),
                    platform=request.platform.value,
                    platform_code=_OWN,
                )
            clock.sleep(wait_s)

    def after(self, request: Request, answer: Answer) -> None:
        """Learns from the answer: where it says that the quota is spent, nothing more goes out until it is not; where
        it is nearly spent, what can wait does.
        """
        if (wait := quotas.wait_of(answer)) is not None:
            self._block(request, wait)
        elif (pause := quotas.pause_of(answer)) is not None:
            self._block(request, pause, endpoint=quotas.PACE)

    def refused(self, error: Throttled) -> None:
        """The platform refused the last call: its scope is blocked until then, for every worker."""
        if self._last is not None and error.platform_code != _OWN:
            self._block(self._last, error.retry_at - time.now())

    def _reserve(self, request: Request) -> float | None:
        """Seconds to wait; None where the call may go out, and is counted. One round trip, with the fence in it."""
        reservation = self._reservation(request)
        fence = self.fence if request.is_write else None
        queries = [*([reservation] if reservation else ()), *([fence.query] if fence else ())]
        answers = db.at_once_as_worker(*queries) if queries else ()
        if reservation is not None and (wait_s := answers[0][0][0]) is not None:
            return max(float(wait_s), 0.01)
        if fence is not None and not answers[-1]:
            raise fence.closed()
        return None

    def _reservation(self, request: Request) -> Query | None:
        """What takes a call's share of its quotas; None where it spends none."""
        found = quotas.of(request, config=settings.load())
        if not found:
            return None
        rows = [self._row(request, quota, is_first=quota is found[0]) for quota in found]
        values = {
            "platform": request.platform.value,
            "quotas": json.dumps(rows),
            "cost": quotas.cost(request),
            "is_urgent": self.is_urgent,
        }
        return Query(_RESERVE, values)

    def _row(self, request: Request, quota: Quota, *, is_first: bool) -> dict[str, object]:
        kept_share = _BACKGROUND_SHARE if self.in_background else _RESERVED_SHARE
        return {
            "scope": quota.scope.value,
            "scope_key": self._key(request, quota.scope),
            "endpoint": quota.endpoint,
            "calls": quota.calls,
            "window_s": int(quota.window.total_seconds()),
            "parts": quota.parts,
            "reserve": 0 if quota.calls == quotas.UNLIMITED else max(quota.calls // kept_share, 1),
            "tenant": str(self.tenant_id) if is_first else None,
        }

    def _key(self, request: Request, scope: Scope) -> str:
        if scope is Scope.ACCOUNT:
            return request.account
        return str(self.tenant_id) if scope is Scope.LOGIN else self.app()

    def _block(self, request: Request, wait: timedelta, *, endpoint: str | None = None) -> None:
        scope = quotas.refuses(request)
        found = [quota for quota in quotas.of(request, config=settings.load()) if quota.scope is scope]
        values = {
            "platform": request.platform.value,
            "scope": scope.value,
            "scope_key": self._key(request, scope),
            "endpoint": endpoint or (found[0].endpoint if found else quotas.ALL),
            "wait": max(wait, timedelta(seconds=1)),
        }
        with db.worker_transaction() as session:
            session.execute(_BLOCK, values)

"""Keeps the calls of all workers together within the platforms' quotas, through one function of the database.

A reservation is one short transaction of its own. A tenth of every quota is kept for what stops money, and half of it
from what brings in the past: that waits once the first half is spent, by whomever. What a platform refuses, or says
about its usage, blocks that scope until it is welcome again.
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
from adloom.platforms import quotas
from adloom.platforms.http import Answer, Request
from adloom.platforms.quotas import Quota, Scope

#: A call waits this long for its turn; past it the job goes back to the queue and costs nobody a thread.
PATIENCE_S = 5.0
_OWN = "adloom_quota"
_RESERVED_SHARE = 10
_BACKGROUND_SHARE = 2

# All of a call's quotas in one statement; one that is not granted undoes the others with the transaction.
_RESERVE = text(
    """
    SELECT coalesce(
        max(EXTRACT(EPOCH FROM reserved.retry_at - clock_timestamp())) FILTER (WHERE NOT reserved.is_granted),
        -1
    )
    FROM jsonb_to_recordset(CAST(:quotas AS jsonb)) AS quota (
        scope text,
        scope_key text,
        endpoint text,
        calls integer,
        window_s numeric,
        reserve integer,
        tenant uuid
    )
    CROSS JOIN LATERAL reserve_quota(
        :platform,
        quota.scope,
        quota.scope_key,
        quota.endpoint,
        quota.calls,
        CAST(quota.window_s || ' seconds' AS interval),
        :cost,
        quota.reserve,
        :is_urgent,
        quota.tenant
    ) AS reserved
    """
)

_BLOCK = text("SELECT block_quota(:platform, :scope, :scope_key, :endpoint, clock_timestamp() + :wait)")


@dataclass(slots=True)
class QuotaThrottle:
    """The calls of one login. `app` names the OAuth client that they are counted under, once it is known.

    `before_write` is asked last before every write leaves; what it raises keeps the write at home.
    """

    tenant_id: UUID
    app: Callable[[], str]
    is_urgent: bool = False
    in_background: bool = False
    before_write: Callable[[], None] | None = None
    _last: Request | None = None

    def before(self, request: Request) -> None:
        """Returns where the call may go out now, after a short wait at most; raises Throttled otherwise."""
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
        if request.is_write and self.before_write is not None:
            self.before_write()

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
        """Seconds to wait; None where the call may go out, and is counted."""
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
        with db.worker_transaction() as session:
            wait_s = float(session.execute(_RESERVE, values).scalar_one())
            if wait_s >= 0:
                session.rollback()
        return max(wait_s, 0.01) if wait_s >= 0 else None

    def _row(self, request: Request, quota: Quota, *, is_first: bool) -> dict[str, object]:
        kept_share = _BACKGROUND_SHARE if self.in_background else _RESERVED_SHARE
        return {
            "scope": quota.scope.value,
            "scope_key": self._key(request, quota.scope),
            "endpoint": quota.endpoint,
            "calls": quota.calls,
            "window_s": int(quota.window.total_seconds()),
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

"""A stored login in use: opened by the worker's role, refreshed before it lapses, one refresher at a time.

A platform may rotate the refresh token with every use: two refreshers at once would lose the login. So a refresh is
done under a session lock, and who waited for it reads what the other one stored.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from adloom.connections import tokens
from adloom.core import secrets, settings, time
from adloom.core.actor import Actor
from adloom.core.errors import CredentialsExpired
from adloom.db import engine
from adloom.db import session as db
from adloom.platforms import registry
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.http import Http
from adloom.platforms.types import Platform

_EARLY = timedelta(minutes=5)

_READ = text(
    """
    SELECT
        CASE WHEN :candidate THEN candidate_encrypted ELSE credentials_encrypted END AS sealed,
        is_active
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
    """
)

_STORE = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = CASE WHEN :candidate THEN credentials_encrypted ELSE :sealed END,
        candidate_encrypted = CASE WHEN :candidate THEN :sealed ELSE candidate_encrypted END,
        expires_at = :expires_at
    WHERE platform = CAST(:platform AS platform_type)
    """
)


class StoredLogin:
    """The login of one tenant on one platform; implements the adapters' `Login`."""

    def __init__(self, tenant_id: UUID, platform: Platform, http: Http, *, candidate: bool = False) -> None:
        self._tenant_id = tenant_id
        self._platform = platform
        self._http = http
        self._candidate = candidate
        self._ring = secrets.load_ring(settings.load())
        self._bound_to = tokens.bound_to(tenant_id, platform)
        self._lock = threading.Lock()
        self._held: Credentials | None = None

    def credentials(self) -> Credentials:
        """Credentials that are good now. Raises CredentialsExpired where the login is gone."""
        held = self._held or self._read()
        self._held = held
        if held.expires_at is not None and held.expires_at - time.now() < _EARLY:
            return self.renew()
        return held

    def renew(self) -> Credentials:
        """Credentials refreshed now, unless somebody else has done so meanwhile."""
        with self._lock, self._alone():
            stored = self._read()
            if self._held is not None and stored.access_token != self._held.access_token:
                self._held = stored
                return stored
            fresh = registry.adapter(self._platform).refresh(self._http, credentials=stored)
            self._store(fresh)
            self._held = fresh
            return fresh

    def _read(self) -> Credentials:
        with db.worker_transaction(self._tenant_id) as session:
            values = {"platform": self._platform.value, "candidate": self._candidate}
            row = session.execute(_READ, values).mappings().first()
        if row is None or row["sealed"] is None:
            raise CredentialsExpired(
                f"{self._platform.value} is not connected. Connect it: adloom connect {self._platform.value}",
                platform=self._platform.value,
            )
        return tokens.from_json(self._ring.open(row["sealed"], bound_to=self._bound_to))

    def _store(self, fresh: Credentials) -> None:
        sealed = self._ring.seal(tokens.to_json(fresh), bound_to=self._bound_to)
        with db.worker_transaction(self._tenant_id) as session:
            session.execute(
                _STORE,
                {
                    "platform": self._platform.value,
                    "candidate": self._candidate,
                    "sealed": sealed,
                    "expires_at": fresh.expires_at,
                },
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with engine.direct_connection() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (self._bound_to,))
            yield


def open_connection(actor: Actor, *, platform: Platform, candidate: bool = False) -> Connection:
    """A connection to a platform with this tenant's login. Only a worker may open one."""
    http = Http.from_settings(settings.load())
    return Connection(http=http, login=StoredLogin(actor.tenant_id, platform, http, candidate=candidate))

"""A stored login in use: opened by the worker's role, refreshed before it lapses, one refresher at a time.

A platform may rotate the refresh token with every use: two refreshers at once would lose the login. So a refresh is
done under a session lock, and who waited for it reads what the other one stored.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adloom.connections import rules, tokens
from adloom.core import logging, secrets, settings, time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, CredentialsExpired, Throttled
from adloom.db import engine
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.platforms import deadlines, registry, surprises
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.http import Http
from adloom.platforms.throttle import Fence, QuotaThrottle
from adloom.platforms.types import Platform

#: A new refresh token may be the only one that is left: it is kept even if the database comes back late.
_STORE_WAITS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 30.0)
_LOCK_TIMEOUT = "60s"

log = logging.logger(__name__)

_READ = text(
    """
    SELECT CASE WHEN CAST(:offer AS text) IS NULL THEN credentials_encrypted ELSE candidate_encrypted END
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
        AND (CAST(:offer AS text) IS NULL OR attributes ->> 'candidate' = :offer)
    """
)

# A login that was ended meanwhile stays ended.
_STORE = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = :sealed,
        expires_at = :expires_at
    WHERE platform = CAST(:platform AS platform_type)
        AND credentials_encrypted <> ''
    """
)

_STORE_CANDIDATE = text(
    """
    UPDATE user_api_credentials
    SET candidate_encrypted = :sealed
    WHERE platform = CAST(:platform AS platform_type)
        AND attributes ->> 'candidate' = :offer
    """
)

_SURPRISE = text("SELECT note_surprise(:platform, :kind, :word, :times)")

_LAPSED = text(
    """
    UPDATE user_api_credentials
    SET
        is_active = false,
        error_message = :message
    WHERE platform = CAST(:platform AS platform_type)
        AND credentials_encrypted <> ''
    """
)


class StoredLogin:
    """The login of one tenant on one platform; implements the adapters' `Login`.

    With an `offer` it is the candidate of that offer, which has not been accepted yet.
    """

    def __init__(self, tenant_id: UUID, platform: Platform, *, offer: str | None = None) -> None:
        self._tenant_id = tenant_id
        self._platform = platform
        self._offer = offer
        self._ring = secrets.load_ring(settings.load())
        self._bound_to = tokens.bound_to(tenant_id, platform)
        self._lock = threading.Lock()
        self._held: Credentials | None = None
        self._http: Http | None = None

    def speak_through(self, http: Http) -> None:
        """Renews through this client from now on."""
        self._http = http

    def app(self) -> str:
        """The OAuth client that calls with this login are counted under; empty where it is not known."""
        return (self._held.client_id if self._held else None) or ""

    def credentials(self) -> Credentials:
        """Credentials that are good now. Raises CredentialsExpired where the login is gone, else Conflict."""
        held = self._held or self._read()
        self._held = held
        if rules.lapses_soon(held.expires_at, now=time.now()):
            return self.renew()
        return held

    def renew(self) -> Credentials:
        """Credentials refreshed now, unless somebody else has done so meanwhile."""
        return self._renewed(is_needed=True)

    def renew_early(self) -> None:
        """The same, ahead of time: a login that is not renewed stays in use until it ends, as people were told."""
        try:
            self._renewed(is_needed=False)
        except CredentialsExpired as error:
            log.warning("a login is not renewed ahead of its end", platform=self._platform.value, why=error.message)

    def _renewed(self, *, is_needed: bool) -> Credentials:
        assert self._http is not None
        with self._lock, self._alone():
            stored = self._read()
            if self._held is not None and stored.access_token != self._held.access_token:
                self._held = stored
                return stored
            try:
                with deadlines.on_its_own():
                    fresh = registry.adapter(self._platform).refresh(self._http, credentials=stored)
            except CredentialsExpired as error:
                if is_needed or rules.lapses_soon(stored.expires_at, now=time.now()):
                    self._mark_lapsed(error.message)
                raise
            self._store(fresh)
            self._held = fresh
            return fresh

    def _read(self) -> Credentials:
        values = {"platform": self._platform.value, "offer": self._offer}
        (rows,) = db.at_once_as_worker(Query(_READ, values), tenant_id=self._tenant_id)
        sealed = rows[0][0] if rows else None
        if not sealed and self._offer is not None:
            raise Conflict(f"Another login for {self._platform.value} was given meanwhile; this one was not kept.")
        if not sealed:  # empty: none was accepted yet, or it was ended
            raise CredentialsExpired(
                f"{self._platform.value} is not connected. Connect it: adloom connect {self._platform.value}",
                platform=self._platform.value,
            )
        return tokens.from_json(self._ring.open(sealed, bound_to=self._bound_to))

    def _store(self, fresh: Credentials) -> None:
        sealed = self._ring.seal(tokens.to_json(fresh), bound_to=self._bound_to)
        values = {
            "platform": self._platform.value,
            "offer": self._offer,
            "sealed": sealed,
            "expires_at": fresh.expires_at,
        }
        for wait_s in (*_STORE_WAITS_S, None):
            try:
                self._write(values)
                return
            except DBAPIError as error:
                if wait_s is None:
                    raise
                log.warning("a refreshed login is not kept yet", platform=self._platform.value, error=str(error.orig))
                clock.sleep(wait_s)

    def _write(self, values: Mapping[str, Any]) -> None:
        with db.worker_transaction(self._tenant_id) as session:
            session.execute(_STORE if self._offer is None else _STORE_CANDIDATE, values)

    def _mark_lapsed(self, message: str) -> None:
        """Shows that a person has to connect again, and ends the chores that would ask in vain."""
        if self._offer is None:
            with db.worker_transaction(self._tenant_id) as session:
                session.execute(_LAPSED, {"platform": self._platform.value, "message": message})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with engine.direct_connection() as connection:
            connection.execute("SELECT set_config('lock_timeout', %s, false)", (_LOCK_TIMEOUT,))
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (self._bound_to,))
            yield


@contextmanager
def open_connection(
    actor: Actor,
    *,
    platform: Platform,
    offer: str | None = None,
    is_urgent: bool = False,
    in_background: bool = False,
    fence: Fence | None = None,
) -> Iterator[Connection]:
    """A connection to a platform with this tenant's login, within the quotas. Only a worker may open one.

    `offer` names a candidate that is being tried. `is_urgent` may spend what is kept for stopping, `in_background`
    leaves half of every quota to the others. `fence` is asked right before every write
    leaves.
    """
    login = StoredLogin(actor.tenant_id, platform, offer=offer)
    with speaking(actor, app=login.app, is_urgent=is_urgent, in_background=in_background, fence=fence) as http:
        login.speak_through(http)
        yield Connection(http=http, login=login)


def renew_early(connection: Connection) -> None:
    """Renews the login of an open connection ahead of its end, where the platform does that."""
    assert isinstance(connection.login, StoredLogin)
    connection.login.renew_early()


@contextmanager
def speaking(
    actor: Actor,
    *,
    app: Callable[[], str],
    is_urgent: bool = False,
    in_background: bool = False,
    fence: Fence | None = None,
) -> Iterator[Http]:
    """The way out to the platforms without a login, within the quotas of this OAuth client."""
    throttle = QuotaThrottle(actor.tenant_id, app=app, is_urgent=is_urgent, in_background=in_background, fence=fence)
    http = Http.from_settings(settings.load(), throttle=throttle)
    try:
        yield http
    except Throttled as error:
        throttle.refused(error)
        raise
    finally:
        http.close()
        _keep_surprises()


def _keep_surprises() -> None:
    """Keeps the words that nobody knew. What was done with them counts more: a database that is gone is no reason to
    fail, and they are noted again.
    """
    if not (taken := surprises.take()):
        return
    rows = [
        {"platform": each.platform.value, "kind": each.kind, "word": each.word, "times": times}
        for each, times in sorted(taken.items(), key=lambda item: (item[0].kind, item[0].word))
    ]
    try:
        with db.worker_transaction() as session:
            session.execute(_SURPRISE, rows)
    except SQLAlchemyError as error:
        surprises.put_back(taken)
        log.warning("unknown words are not kept yet", words=len(taken), error=str(error))

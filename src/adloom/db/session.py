"""Transactions, each opened by who acts in it. The tenant is set inside the transaction, and nowhere else.

A function that takes an `actor` opens a transaction, one that takes a `session` joins the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from ipaddress import ip_address
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Engine, orm, text
from sqlalchemy.exc import DBAPIError

from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import engine, replicas, roles, trips
from adloom.db.trips import Query


class ReadSession(orm.Session):
    """A session in a READ ONLY transaction. Functions that only read take this type."""


class Session(ReadSession):
    """A session that may write."""


class Snapshot(NamedTuple):
    """A READ ONLY transaction for analytics, and the moment whose data it sees (on the installation's clock)."""

    session: ReadSession
    as_of: datetime


class Read(NamedTuple):
    """The rows of each statement that was read at once, and the moment whose data they are."""

    rows: Sequence[Sequence[Any]]
    as_of: datetime


AnySession = TypeVar("AnySession", bound=ReadSession)

#: A door's statement may take this long; a worker's, which carries whole reports, longer.
_STATEMENT_TIMEOUT_MS = 30_000
_WORKER_STATEMENT_TIMEOUT_MS = 600_000
_IDLE_TIMEOUT_MS = 60_000

_in_worker: ContextVar[bool] = ContextVar("adloom_in_worker", default=False)
_joint: ContextVar[tuple[Actor, Session] | None] = ContextVar("adloom_joint", default=None)
_moment: ContextVar[tuple[Actor, Snapshot] | None] = ContextVar("adloom_moment", default=None)

# Sent with its BEGIN, in one round trip. The role comes last: what stands before it is set by the login itself. Nothing
# is compiled (jit): tables of many partitions look dear to the planner, and it would take longer than the statement.
_OPEN = text(
    """
    SELECT
        set_config('app.user_id', :tenant, true),
        set_config('app.actor_id', :person, true),
        set_config('app.client_id', :client, true),
        set_config('app.ip', :ip, true),
        set_config('app.agent', :agent, true),
        set_config('TimeZone', 'UTC', true),
        set_config('jit', 'off', true),
        set_config('statement_timeout', :statement_timeout, true),
        set_config('idle_in_transaction_session_timeout', :idle_timeout, true),
        set_config('transaction_read_only', :read_only, true),
        set_config('role', :role, true)
    """
)


@contextmanager
def transaction(actor: Actor) -> Iterator[Session]:
    """A transaction of the application for this actor; commits at the end, rolls back on an error."""
    if (shared := _shared(actor)) is not None:
        with shared.begin_nested():
            yield shared
        return
    with _opened(Session, _application(), _settings(actor, actor.tenant_id, roles.APP)) as session:
        yield session


@contextmanager
def reading(actor: Actor) -> Iterator[ReadSession]:
    """As `transaction`, but READ ONLY: the database refuses every write."""
    if (shared := _shared(actor)) is not None:
        yield shared
        return
    settings = _settings(actor, actor.tenant_id, roles.APP, is_read_only=True)
    with _opened(ReadSession, _application(), settings) as session:
        yield session


def at_once(actor: Actor, *queries: Query) -> tuple[Sequence[Any], ...]:
    """A transaction of its own of these statements, all sent before the first one's answer is there: one round trip.

    Returns each one's rows, once all is committed; raises as a transaction does. It takes no part in `joint`: what is
    done at once is done.
    """
    return _at_once(_application(), Query(_OPEN, _settings(actor, actor.tenant_id, roles.APP)), queries)


def at_once_as_worker(*queries: Query, tenant_id: UUID | None = None) -> tuple[Sequence[Any], ...]:
    """The same in the worker's own role."""
    return _at_once(engine.worker_engine(), Query(_OPEN, _settings(None, tenant_id, roles.WORKER)), queries)


def read_at_once(actor: Actor, *queries: Query) -> Read:
    """What `reader` would give of these statements: READ ONLY, on a replica where one is near enough.

    On the primary all of it is one round trip, unless it takes part in `joint` or `snapshot`. What only reads may be
    sent again, and is where the connection had died in the pool.
    """
    if _shared(actor) is not None or _held(actor) is not None or replicas.candidates():
        with reader(actor) as (session, as_of):
            return Read([session.execute(each.statement, dict(each.values)).all() for each in queries], as_of)
    return Read(_read_at_once(opening(actor), queries), time.now())


def anonymous_at_once(*queries: Query) -> tuple[Sequence[Any], ...]:
    """The same for nobody, and always on the primary: what works before a tenant is known decides who one is."""
    return _read_at_once(opening(None), queries)


def opening(actor: Actor | None) -> Query:
    """What opens a READ ONLY transaction of the application for this actor, or for nobody."""
    return Query(_OPEN, _settings(actor, actor.tenant_id if actor else None, roles.APP, is_read_only=True))


@contextmanager
def reader(actor: Actor) -> Iterator[Snapshot]:
    """As `reading`, on a streaming replica where one is near enough; for what is shown, never for what decides a write.

    On a replica the moment is that of the last transaction that it has replayed, on the primary it is now.
    """
    if (held := _held(actor)) is not None:
        yield held
        return
    with ExitStack() as stack:
        near = None if _shared(actor) is not None else _near(stack, actor)
        yield near or Snapshot(stack.enter_context(reading(actor)), time.now())


@contextmanager
def snapshot(actor: Actor) -> Iterator[Snapshot]:
    """As `reader`, and each `reader` of this thread for this actor inside is this one: all that they read is of one
    moment, whatever is committed meanwhile, and on one server.

    Inside, open nothing but `reader`: the thread would hold two connections. What takes part in `joint` sees what is
    written there instead.
    """
    with reader(actor) as found:
        if _shared(actor) is not None or _held(actor) is not None:
            yield found
            return
        # Asked again after the replica's lag, so that what is seen is at least of the moment that is told.
        settings = _settings(actor, actor.tenant_id, roles.APP, is_read_only=True)
        trips.begin_of_one_moment(found.session, Query(_OPEN, settings))
        token = _moment.set((actor, found))
        try:
            yield found
        finally:
            _moment.reset(token)


@contextmanager
def joint(actor: Actor) -> Iterator[Session]:
    """One transaction for all that this thread does for this actor inside: it commits once, at the end, or never.

    `transaction` becomes a savepoint of it, and `reading` sees what was written in it, so that an action and what
    its caller keeps about it (the answer to an Idempotency-Key) stand or fall together.
    """
    with transaction(actor) as session:
        token = _joint.set((actor, session))
        try:
            yield session
        finally:
            _joint.reset(token)


def is_joint(actor: Actor) -> bool:
    """Whether what this thread does for this actor is part of a `joint` transaction now."""
    return _shared(actor) is not None


@contextmanager
def anonymous() -> Iterator[Session]:
    """A transaction of the application for nobody: only what works before a tenant is known does."""
    with _opened(Session, _application(), _settings(None, None, roles.APP)) as session:
        yield session


@contextmanager
def worker_transaction(tenant_id: UUID | None = None) -> Iterator[Session]:
    """A transaction of the worker's own role: all jobs, quotas, and the credentials of `tenant_id`."""
    with _opened(Session, engine.worker_engine(), _settings(None, tenant_id, roles.WORKER)) as session:
        yield session


@contextmanager
def as_worker() -> Iterator[None]:
    """Inside it this thread's transactions run on the worker's login, which takes the application's role.

    A worker process needs that one login alone. A thread that is started inside has to enter it again.
    """
    token = _in_worker.set(True)
    try:
        yield
    finally:
        _in_worker.reset(token)


owner_connection = engine.owner_connection


def _near(stack: ExitStack, actor: Actor) -> Snapshot | None:
    """A transaction on the first replica that answers and is not too far behind; None where there is none."""
    settings = _settings(actor, actor.tenant_id, roles.APP, is_read_only=True)
    for url in replicas.candidates():
        with replicas.forsaking(url), ExitStack() as tried:
            session = tried.enter_context(_opened(ReadSession, engine.replica_engine(url), settings))
            lag = replicas.lag(session)
            if lag is None or lag > engine.urls().max_lag:
                continue
            stack.enter_context(tried.pop_all())
            return Snapshot(session, time.now() - lag)
    return None


def _shared(actor: Actor) -> Session | None:
    found = _joint.get()
    return found[1] if found is not None and found[0] == actor else None


def _held(actor: Actor) -> Snapshot | None:
    found = _moment.get()
    return found[1] if found is not None and found[0] == actor and _shared(actor) is None else None


def _application() -> Engine:
    return engine.worker_engine() if _in_worker.get() else engine.app_engine()


@contextmanager
def _opened(kind: type[AnySession], of: Engine, settings: Mapping[str, Any]) -> Iterator[AnySession]:
    with _begun(kind, of, settings) as session:
        yield session
        session.commit()


@contextmanager
def _begun(kind: type[AnySession], of: Engine, settings: Mapping[str, Any]) -> Iterator[AnySession]:
    """A session whose transaction is open; what is not committed inside is rolled back.

    A connection may have died in the pool. Opening is the first thing that is asked of it, so nothing is lost by
    opening once more, on a new one.
    """
    session = kind(of, expire_on_commit=False)
    try:
        trips.begin(session, Query(_OPEN, settings))
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        engine.renew(of)
        session = kind(of, expire_on_commit=False)
        trips.begin(session, Query(_OPEN, settings))
    with session:
        yield session


def _read_at_once(opened_by: Query, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    try:
        return _at_once(_application(), opened_by, queries)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    return _at_once(_application(), opened_by, queries)


def _at_once(of: Engine, opened_by: Query, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    """Nothing is sent twice: of a connection that died nobody knows whether it has committed."""
    with Session(of) as session:
        try:
            _, *answers = trips.whole(session, (opened_by, *queries))
        except DBAPIError as error:
            if error.connection_invalidated:
                engine.renew(of)
            raise
    return tuple(answers)


def _settings(actor: Actor | None, tenant: UUID | None, role: str, *, is_read_only: bool = False) -> Mapping[str, Any]:
    is_worker = _in_worker.get() or role == roles.WORKER
    return {
        "tenant": str(tenant or ""),
        "person": str((actor and actor.person_id) or ""),
        "client": str((actor and actor.client_id) or ""),
        "ip": _address(actor.address if actor else None),
        "agent": ((actor and actor.agent) or "")[:500].replace("\0", ""),
        "statement_timeout": str(_WORKER_STATEMENT_TIMEOUT_MS if is_worker else _STATEMENT_TIMEOUT_MS),
        "idle_timeout": str(_IDLE_TIMEOUT_MS),
        "read_only": "on" if is_read_only else "off",
        "role": role,
    }


def _address(text_: str | None) -> str:
    """The address as the audit log's type takes it; what is none (a socket's name) is left out."""
    try:
        return str(ip_address(text_ or ""))
    except ValueError:
        return ""

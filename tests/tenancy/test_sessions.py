"""What a transaction sees depends on who opened it, and on nothing that an earlier one left behind."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.db.urls import Urls

_SETTINGS = text(
    """
    SELECT
        current_user,
        current_setting('app.user_id', true) AS tenant,
        current_setting('app.actor_id', true) AS person,
        current_setting('app.client_id', true) AS client,
        current_setting('app.ip', true) AS ip,
        current_setting('app.agent', true) AS agent,
        current_setting('TimeZone') AS zone,
        current_setting('statement_timeout') AS statement_timeout,
        current_setting('idle_in_transaction_session_timeout') AS idle_timeout
    """
)


def test_a_transaction_carries_tenant_person_client_address_and_agent(actor: Actor) -> None:
    client = uuid4()
    with db.transaction(replace(actor, client_id=client)) as session:
        seen = session.execute(_SETTINGS).one()
    assert seen.current_user == "adloom_app"
    assert seen.tenant == str(actor.tenant_id)
    assert seen.person == str(actor.person_id)
    assert seen.client == str(client)
    assert (seen.ip, seen.agent, seen.zone) == ("127.0.0.1", "test", "UTC")
    assert seen.statement_timeout == "30s"
    assert seen.idle_timeout == "1min"


def test_no_statement_is_compiled_whatever_the_server_does_by_default(actor: Actor, database: Urls) -> None:
    assert database.superuser is not None
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        login = f"ALTER ROLE adloom_app IN DATABASE {connection.info.dbname}"
        connection.execute(f"{login} SET jit TO on")
        try:
            engine.dispose()
            engine.configure(database)
            with engine.app_engine().connect() as by_default:
                assert by_default.execute(text("SHOW jit")).scalar_one() == "on"
            with db.reading(actor) as session:
                assert session.execute(text("SHOW jit")).scalar_one() == "off"
        finally:
            connection.execute(f"{login} RESET jit")


def test_nothing_of_a_transaction_is_left_in_its_connection(actor: Actor) -> None:
    with db.transaction(actor) as session:
        _add_client(session, actor)
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with engine.app_engine().connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == backend
        left = connection.execute(_SETTINGS).one()
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text("SELECT count(*) FROM clients"))
    assert (left.tenant, left.person, left.client, left.ip, left.agent) == ("", "", "", "", "")
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_nobody_sees_no_row(actor: Actor) -> None:
    """With a row to hide, that is: whether a policy is asked about an empty table depends on the plan."""
    with db.transaction(actor) as session:
        _add_client(session, actor)
    with pytest.raises(DBAPIError, match="no tenant is set"), db.anonymous() as session:
        session.execute(text("SELECT count(*) FROM clients"))


def test_a_reading_session_cannot_write(actor: Actor) -> None:
    with pytest.raises(DBAPIError) as refused, db.reading(actor) as session:
        session.execute(text("UPDATE ads SET name = 'x'"))
    assert isinstance(refused.value.orig, psycopg.errors.ReadOnlySqlTransaction)


_READ = Query(text("SELECT name FROM clients ORDER BY name"))


def test_what_is_read_at_once_is_what_the_tenant_sees_and_cannot_write(actor: Actor, second_tenant: Actor) -> None:
    with db.transaction(actor) as session:
        _add_client(session, actor)
    found = db.read_at_once(actor, _READ, Query(_SETTINGS))
    assert (len(found.rows[0]), found.rows[1][0][:3]) == (1, ("adloom_app", str(actor.tenant_id), str(actor.person_id)))
    assert db.read_at_once(second_tenant, _READ).rows == ([],)
    with pytest.raises(DBAPIError, match="read-only"):
        db.read_at_once(actor, Query(text("DELETE FROM clients")))


def test_what_is_read_at_once_in_a_joint_transaction_sees_what_was_written_in_it(actor: Actor) -> None:
    with db.joint(actor) as session:
        _add_client(session, actor)
        assert len(db.read_at_once(actor, _READ).rows[0]) == 1


def test_what_only_reads_is_sent_again_where_the_connection_had_died(actor: Actor, database: Urls) -> None:
    _let_one_die(actor, database)
    assert db.read_at_once(actor, _READ).rows == ([],)


def test_where_a_connection_had_died_those_in_use_are_closed_when_they_are_given_back(
    actor: Actor, database: Urls
) -> None:
    with db.reading(actor) as session:
        in_use = session.connection().connection.driver_connection
        _let_one_die(actor, database)
        db.read_at_once(actor, _READ)
        assert isinstance(in_use, psycopg.Connection)
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    assert in_use.closed


def test_a_server_that_vanishes_without_a_word_is_given_up_after_half_a_minute(actor: Actor) -> None:
    with db.reading(actor) as session, engine.direct_connection() as direct:
        pooled = session.connection().connection.driver_connection
        assert isinstance(pooled, psycopg.Connection)
        for connection in (pooled, direct):
            given = connection.info.get_parameters()
            assert given["tcp_user_timeout"] == "30000"
            assert int(given["keepalives_idle"]) + 2 * int(given["keepalives_interval"]) == 30


def test_an_error_takes_the_transaction_back(actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_after_adding_a_client(actor)
    with db.reading(actor) as session:
        assert session.execute(text("SELECT count(*) FROM clients")).scalar_one() == 0


def test_the_worker_as_itself_sees_jobs_and_no_campaigns(actor: Actor) -> None:
    with db.worker_transaction() as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "adloom_worker"
        assert session.execute(text("SELECT count(*) FROM background_jobs")).scalar_one() == 0
    with pytest.raises(DBAPIError) as refused, db.worker_transaction(actor.tenant_id) as session:
        session.execute(text("SELECT count(*) FROM campaigns"))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_a_worker_acts_for_a_tenant_on_its_own_login(actor: Actor, second_tenant: Actor) -> None:
    with db.transaction(second_tenant) as session:
        _add_client(session, second_tenant)
    with db.as_worker(), db.transaction(actor) as session:
        who = session.execute(text("SELECT session_user, current_user")).one()
        _add_client(session, actor)
        assert session.execute(text("SELECT count(*) FROM clients")).scalar_one() == 1
    assert tuple(who) == ("adloom_worker", "adloom_app")
    with db.worker_transaction() as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "adloom_worker"


def test_only_the_worker_reads_sealed_credentials_and_only_of_its_tenant(actor: Actor, second_tenant: Actor) -> None:
    for owner in (actor, second_tenant):
        with db.transaction(owner) as session:
            session.execute(
                text(
                    """
                    INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)
                    VALUES (:user_id, 'google_ads', :sealed)
                    """
                ),
                {"user_id": owner.tenant_id, "sealed": f"sealed for {owner.tenant_id}"},
            )
    sealed = text("SELECT credentials_encrypted FROM user_api_credentials")
    with db.worker_transaction(actor.tenant_id) as session:
        assert session.execute(sealed).scalars().all() == [f"sealed for {actor.tenant_id}"]
    with pytest.raises(DBAPIError, match="no tenant is set"), db.worker_transaction() as session:
        session.execute(sealed)
    for opening in (db.transaction, db.reading):
        with pytest.raises(DBAPIError, match="permission denied"), opening(actor) as session:
            session.execute(sealed)


def test_statements_are_never_prepared_on_the_server(actor: Actor) -> None:
    with db.transaction(actor) as session:
        for _ in range(12):
            session.execute(text("SELECT count(*) FROM clients WHERE name = :name"), {"name": "x"})
        prepared = session.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    assert prepared == 0


def _fail_after_adding_a_client(actor: Actor) -> None:
    with db.transaction(actor) as session:
        _add_client(session, actor)
        raise ZeroDivisionError


def _add_client(session: db.Session, actor: Actor) -> None:
    session.execute(text("INSERT INTO clients (user_id, name) VALUES (:user_id, 'Acme')"), {"user_id": actor.tenant_id})


def _let_one_die(actor: Actor, database: Urls) -> None:
    """A connection of the pool is dead, and nobody knows."""
    ((((backend,),),), _) = db.read_at_once(actor, Query(text("SELECT pg_backend_pid()")))
    assert database.superuser is not None
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        assert connection.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).fetchone() == (True,)

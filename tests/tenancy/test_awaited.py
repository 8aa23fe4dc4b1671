"""What a server's loop reads by itself is held by the same walls as every transaction, and survives what may happen."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from tests.rooms import rows

from adloom.core.actor import Actor
from adloom.db import awaited, engine
from adloom.db.trips import Query
from adloom.db.urls import Urls

_WHO = Query(
    text(
        "SELECT current_user::text, current_setting('app.user_id'), current_setting('app.client_id'),"
        " current_setting('transaction_read_only'), pg_backend_pid()"
    )
)
_CLIENTS = Query(text("SELECT name FROM clients"))


def test_it_is_the_tenants_and_cannot_write(actor: Actor, second_tenant: Actor) -> None:
    rows.client(actor)
    who, clients = asyncio.run(awaited.read(actor, _WHO, _CLIENTS))
    assert who[0][:4] == ("adloom_app", str(actor.tenant_id), "", "on")
    assert len(clients) == 1
    assert asyncio.run(awaited.read(second_tenant, _CLIENTS)) == ([],)
    with pytest.raises(DBAPIError, match="read-only"):
        asyncio.run(awaited.read(actor, Query(text("DELETE FROM clients"))))


def test_nobody_reads_no_tenants_row(actor: Actor) -> None:
    rows.client(actor)
    with pytest.raises(DBAPIError, match="no tenant is set"):
        asyncio.run(awaited.read(None, _CLIENTS))


def test_one_connection_serves_one_after_the_other_and_keeps_nothing_of_either(
    actor: Actor, second_tenant: Actor
) -> None:
    async def both() -> list[tuple[object, ...]]:
        return [(await awaited.read(who, _WHO))[0][0] for who in (actor, None, second_tenant)]

    first, nobody, second = asyncio.run(both())
    assert first[4] == nobody[4] == second[4]
    assert [each[1] for each in (first, nobody, second)] == [str(actor.tenant_id), "", str(second_tenant.tenant_id)]


def test_a_connection_that_had_died_is_replaced(actor: Actor, database: Urls) -> None:
    ((*_, backend),) = asyncio.run(awaited.read(actor, _WHO))[0]
    assert database.superuser is not None
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        assert connection.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).fetchone() == (True,)
    assert asyncio.run(awaited.read(actor, _CLIENTS)) == ([],)


def test_many_at_once_share_four_connections(actor: Actor) -> None:
    async def many() -> set[object]:
        return {answer[0][0][4] for answer in await asyncio.gather(*(awaited.read(actor, _WHO) for _ in range(40)))}

    assert 1 <= len(asyncio.run(many())) <= 4


def test_who_waits_too_long_for_a_connection_is_told_so(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awaited, "_PATIENCE_S", 0.05)
    slow = Query(text("SELECT pg_sleep(0.4)"))

    async def crowd() -> list[object]:
        return await asyncio.gather(*(awaited.read(actor, slow) for _ in range(5)), return_exceptions=True)

    found = asyncio.run(crowd())
    assert [type(each) for each in found if isinstance(each, BaseException)] == [PoolExhausted]


def test_who_somebody_is_is_told_however_slow_lists_are(actor: Actor) -> None:
    async def crowd() -> int:
        slow = [asyncio.create_task(awaited.read(actor, Query(text("SELECT pg_sleep(20)")))) for _ in range(5)]
        await asyncio.sleep(0.1)
        await awaited.read(None, _WHO)
        left = sum(not each.done() for each in slow)
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return left

    assert asyncio.run(crowd()) == 5


def test_who_leaves_takes_the_connection_along_and_no_answer_reaches_the_next(actor: Actor) -> None:
    async def left() -> tuple[object, ...]:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await awaited.read(actor, Query(text("SELECT 'theirs' FROM pg_sleep(5)")))
        return await awaited.read(actor, Query(text("SELECT 'mine'")))

    assert asyncio.run(left()) == ([("mine",)],)


def test_a_process_that_turns_to_another_database_takes_no_connection_along(actor: Actor, database: Urls) -> None:
    asyncio.run(awaited.read(actor, _CLIENTS))
    engine.configure(database)
    assert engine.kept_connection() is None

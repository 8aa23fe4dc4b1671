"""Two tenants with something in every table; the first has two clients, and a member for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import psycopg
import pytest
from tests.conftest import Registering
from tests.databases import Servers
from tests.tenancy import filling

from adloom.core.actor import Actor, Role
from adloom.db import engine
from adloom.db.urls import Urls


@dataclass(frozen=True, slots=True)
class World:
    """Who is there. `rows` are the ids of what belongs to the owner's own, client A, client B, and the stranger."""

    owner: Actor
    restricted: Actor
    stranger: Actor
    client_a: UUID
    client_b: UUID
    rows: dict[str, UUID]


@pytest.fixture(params=[15, None], ids=["postgresql-15", "embedded"])
def database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Urls]:
    """Tenancy holds on the oldest version and on the embedded one."""
    with servers.cluster(request.param).lent() as urls:
        engine.configure(urls)
        yield urls
        engine.dispose()


@pytest.fixture
def world(actor: Actor, second_tenant: Actor, register: Registering) -> World:
    """The first tenant's member may act for client A alone."""
    member = register("member@example.com")
    client_a, client_b = (filling.add_client(actor, name) for name in ("A", "B"))
    filling.add_member(actor, member, client_id=client_a)
    for tenant in (actor, second_tenant):
        filling.fill_tenant(tenant)
    return World(
        owner=actor,
        restricted=replace(actor, person_id=member.person_id, client_id=client_a, role=Role.USER),
        stranger=second_tenant,
        client_a=client_a,
        client_b=client_b,
        rows={
            "own": filling.fill(actor),
            "a": filling.fill(actor, client_id=client_a),
            "b": filling.fill(actor, client_id=client_b),
            "stranger": filling.fill(second_tenant),
        },
    )


@pytest.fixture
def tables(database: Urls) -> list[str]:
    """Every table with a tenant, as the catalog knows them."""
    with psycopg.connect(database.owner) as connection:
        rows = connection.execute(
            """
            SELECT c.relname
            FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace
                AND c.relkind IN ('r', 'p')
                AND NOT c.relispartition
            ORDER BY c.relname
            """
        ).fetchall()
    return [name for (name,) in rows]


Counting = Callable[[Actor, str], int]

"""What all tests share: a clean environment, real databases, and people to act as."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.databases import Cluster, Servers

from adloom.core import settings
from adloom.core.actor import Actor, Role
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls

_KEPT = {"ADLOOM_REQUIRE_ALL"}

#: Folders with files of a minute each that the alphabet puts last, where all workers but theirs would wait for them.
_FIRST = ("torture", "tenancy", "rooms/metrics")

Registering = Callable[[str], Actor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first."""
    items.sort(key=lambda item: not item.path.relative_to(Path(__file__).parent).as_posix().startswith(_FIRST))


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the person at the keyboard reaches a test; HOME is a folder of the test's own."""
    for name in os.environ.keys() - _KEPT:
        if name.startswith("ADLOOM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ADLOOM_HOME", str(tmp_path / "home"))
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL servers by version; none is started before a test needs it."""
    found = Servers(tmp_path_factory.mktemp("servers"))
    yield found
    found.close()


@pytest.fixture
def cluster(servers: Servers) -> Cluster:
    """The server of the embedded version."""
    return servers.cluster()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Urls]:
    """A migrated database without rows, which this process's engine is configured to."""
    with cluster.lent() as urls:
        engine.configure(urls)
        yield urls
        engine.dispose()


@pytest.fixture
def register(database: Urls) -> Registering:
    """Registers a user by address; who comes first is the administrator."""

    def registering(email: str) -> Actor:
        with db.anonymous() as session:
            user_id: UUID = session.execute(
                text("SELECT register_user(:email, 'no password', 'Test', 'Person', signup => 'open')"),
                {"email": email},
            ).scalar_one()
            role: str = session.execute(text("SELECT role FROM find_login(:email)"), {"email": email}).scalar_one()
        return Actor(tenant_id=user_id, person_id=user_id, role=Role(role), address="127.0.0.1", agent="test")

    return registering


@pytest.fixture
def actor(register: Registering) -> Actor:
    """An owner who acts in their own tenant."""
    return register("owner@example.com")


@pytest.fixture
def second_tenant(actor: Actor, register: Registering) -> Actor:
    """Another owner, who must never see anything of the first."""
    return register("stranger@example.com")

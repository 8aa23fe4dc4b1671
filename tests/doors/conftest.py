"""People at the door of a running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from tests.doors import visitors
from tests.doors.serving import served
from tests.doors.visitors import Visitor

from adloom.db.urls import Urls

Visiting = Callable[[str], Visitor]


@pytest.fixture(scope="session")
def door() -> Iterator[str]:
    """One server for all tests: which database it asks is the process's engine's to say, not its own."""
    with served() as client:
        yield str(client.base_url)


@pytest.fixture
def http(database: Urls, door: str) -> Iterator[httpx.Client]:
    """A client of the server that is nobody."""
    with httpx.Client(base_url=door, timeout=30) as client:
        yield client


@pytest.fixture
def visiting(http: httpx.Client) -> Visiting:
    """Makes a person with an account, signed in; who comes first is the administrator."""

    def visit(email: str) -> Visitor:
        return Visitor.signed_in(http, visitors.register(email))

    return visit


@pytest.fixture
def owner(visiting: Visiting) -> Visitor:
    """An owner, and the first person here."""
    return visiting("owner@example.com")


@pytest.fixture
def stranger(owner: Visitor, visiting: Visiting) -> Visitor:
    """Another owner."""
    return visiting("stranger@example.com")

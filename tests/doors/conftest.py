"""People at the door of a running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from tests.doors.serving import served
from tests.doors.visitors import PASSWORD, Visitor

from adloom.db.urls import Urls
from adloom.identity import actions as identity

Visiting = Callable[[str], Visitor]


@pytest.fixture
def http(database: Urls) -> Iterator[httpx.Client]:
    """A client of the server that is nobody."""
    with served() as client:
        yield client


@pytest.fixture
def visiting(http: httpx.Client) -> Visiting:
    """Makes a person with an account, signed in; who comes first is the administrator."""

    def visit(email: str) -> Visitor:
        person_id = identity.create_user(email=email, password=PASSWORD)
        return Visitor.signed_in(http, email, person_id)

    return visit


@pytest.fixture
def owner(visiting: Visiting) -> Visitor:
    """An owner, and the first person here."""
    return visiting("owner@example.com")


@pytest.fixture
def stranger(owner: Visitor, visiting: Visiting) -> Visitor:
    """Another owner."""
    return visiting("stranger@example.com")

"""The doors over real HTTP: the server in a thread of its own, on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn
from tests.doors.visitors import PASSWORD, Visitor

from adloom import server
from adloom.db.urls import Urls
from adloom.identity import actions as identity

Visiting = Callable[[str], Visitor]


@pytest.fixture
def address(database: Urls) -> Iterator[str]:
    """Where the server listens; it is stopped after the test."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(server.create_app(), log_config=None, access_log=False, ws="none")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, name="server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    """A client that is nobody."""
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture
def visiting(http: httpx.Client) -> Visiting:
    """Makes a person with an account, signed in."""

    def visit(email: str) -> Visitor:
        person_id = identity.create_user(email=email, password=PASSWORD)
        return Visitor.signed_in(http, email, person_id)

    return visit


@pytest.fixture
def owner(visiting: Visiting) -> Visitor:
    """The first person here: administrator, and owner of a tenant."""
    return visiting("owner@example.com")


@pytest.fixture
def stranger(owner: Visitor, visiting: Visiting) -> Visitor:
    """Another owner."""
    return visiting("stranger@example.com")

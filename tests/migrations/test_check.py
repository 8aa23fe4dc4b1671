"""`db check` says what differs, whatever kind of thing it is; and says nothing where all agree."""

from __future__ import annotations

import importlib
import pkgutil

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData
from tests.databases import Cluster

import adloom
from adloom.db import check, migrate
from adloom.db.base import Base
from adloom.db.urls import Urls

#: One change of the live catalog of each kind, and the words that have to appear.
_DRIFT = {
    "ALTER TABLE ads ADD COLUMN note text": "column ads.note should not exist",
    "ALTER TABLE ads DROP COLUMN description": "column ads.description is missing",
    "ALTER TABLE ads ALTER COLUMN name TYPE varchar(300)": "column ads.name should be",
    "ALTER TABLE ads ALTER COLUMN status SET DEFAULT 'paused'": "column ads.status should be",
    "ALTER TABLE ads ALTER COLUMN status DROP NOT NULL": "column ads.status should be",
    "ALTER TABLE campaign_metrics DROP COLUMN ctr": "column campaign_metrics.ctr is missing",
    "ALTER TABLE campaign_metrics ALTER COLUMN ctr DROP EXPRESSION": "column campaign_metrics.ctr should be",
    "CREATE TABLE notes (id integer)": "table notes should not exist",
    "CREATE VIEW notes AS SELECT 1 AS one": "table notes should not exist",
    "ALTER TYPE ad_status ADD VALUE 'lost'": "enum ad_status should be",
    "DROP INDEX idx_ads_status": "index idx_ads_status is missing",
    "DROP INDEX idx_ads_status; CREATE INDEX idx_ads_status ON ads (status)": "index idx_ads_status should be",
    "ALTER TABLE clients DROP CONSTRAINT monthly_budget_is_positive": "monthly_budget_is_positive is missing",
    "ALTER TABLE ads DROP CONSTRAINT ads_user_id_fkey": "constraint ads.ads_user_id_fkey is missing",
    "DROP TRIGGER write_audit ON ads": "trigger ads.write_audit is missing",
    "ALTER TABLE ads DISABLE TRIGGER write_audit": "trigger ads.write_audit should be",
    "ALTER TABLE ads NO FORCE ROW LEVEL SECURITY": "row security ads should be 'enabled, forced'",
    "DROP POLICY tenant ON ads": "policy ads.tenant is missing",
    "ALTER POLICY tenant ON ads USING (true)": "policy ads.tenant should be",
    "GRANT DELETE ON ads TO adloom_app": "grant ads to adloom_app should be",
    "GRANT SELECT ON ads TO PUBLIC": "grant ads to PUBLIC should not exist",
    "GRANT SELECT ON campaign_metrics_default TO adloom_app": "grant campaign_metrics_default to adloom_app",
    "GRANT SELECT (password_hash) ON users TO adloom_app": "grant users.password_hash to adloom_app",
    "GRANT EXECUTE ON FUNCTION list_pull_targets() TO PUBLIC": "grant list_pull_targets() to PUBLIC",
    "ALTER FUNCTION find_login(text) RESET search_path": "function find_login(text) should be",
    "DROP FUNCTION list_pull_targets()": "function list_pull_targets() is missing",
    "ALTER TABLE campaign_metrics DETACH PARTITION campaign_metrics_default": "default partition campaign_metrics",
    "COMMENT ON TABLE ads IS 'Advertisements'": "comment ads should be",
}


def _every_model() -> MetaData:
    for room in pkgutil.iter_modules(adloom.__path__, "adloom."):
        if room.ispkg and importlib.util.find_spec(f"{room.name}.models"):
            importlib.import_module(f"{room.name}.models")
    return Base.metadata


def test_database_migrations_and_models_agree_and_nothing_is_left_behind(migrated: Urls) -> None:
    """Partitions that were made meanwhile are no difference."""
    with psycopg.connect(migrated.owner) as connection:
        connection.execute("SELECT create_monthly_partition('campaign_metrics', '2019-05-17')")
    assert check.differences(migrated.owner, _every_model()) == []
    with psycopg.connect(migrated.owner) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'adloom_check_%'")
        assert left.fetchall() == []


def test_a_pending_migration_is_said_first(cluster: Cluster) -> None:
    newest = migrate.known_versions()[-1]
    with cluster.migrated() as urls:
        migrate.rollback(urls.owner)
        assert check.differences(urls.owner, _every_model())[0] == f"migration {newest} is not applied"


def test_a_model_that_strays_is_named(cluster: Cluster) -> None:
    strayed = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in _every_model().tables.values():
        table.to_metadata(strayed)
    strayed.tables["ads"].append_column(Column("note", Integer))
    with cluster.lent() as urls:
        assert check.differences(urls.owner, strayed) == ["in the models, column ads.note should not exist"]


def test_every_kind_of_drift_is_named(cluster: Cluster) -> None:
    """Each change by itself, inside a transaction that is taken back, against the catalog before it."""
    with cluster.migrated() as urls, psycopg.connect(urls.owner) as connection:
        expected = check.catalog.read(connection)
        for change, words in _DRIFT.items():
            with connection.transaction(force_rollback=True):
                connection.execute(change)
                found = check.catalog.differences(expected, check.catalog.read(connection))
            assert words in " / ".join(sentence for _, sentence in found), change
        assert check.catalog.differences(expected, check.catalog.read(connection)) == []


def test_an_owner_who_may_not_create_databases_is_told_so(cluster: Cluster) -> None:
    with cluster.migrated() as urls, psycopg.connect(cluster.superuser("postgres"), autocommit=True) as admin:
        admin.execute("ALTER ROLE adloom_owner NOCREATEDB")
        try:
            with pytest.raises(check.Forbidden, match="scratch database"):
                check.differences(urls.owner, _every_model())
        finally:
            admin.execute("ALTER ROLE adloom_owner CREATEDB")

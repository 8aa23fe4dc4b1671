"""Nobody reaches another tenant's rows, and a member of one client nobody else's: table by table, over the catalog."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from tests.tenancy.conftest import World

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.urls import Urls

#: What a member of one client does not see at all: it is the whole tenant's, or another person's.
_WHOLE_TENANT = {
    "api_rate_limits",
    "audit_logs",
    "authorizations",
    "idempotency_keys",
    "user_api_credentials",
    "user_sessions",
}

#: What a tenant has once, and a member of one client sees as well.
_SHARED = {"campaign_window_ends"}


def _count(actor: Actor, table: str, where: str = "true", **values: object) -> int:
    with db.reading(actor) as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}"), values).scalar_one())


def test_everybody_sees_their_own_rows_in_every_table_and_nobody_elses(world: World, tables: list[str]) -> None:
    for actor in (world.owner, world.stranger):
        for table in tables:
            own = _count(actor, table, "user_id = :tenant", tenant=actor.tenant_id)
            assert own == _count(actor, table), table
            if table not in {"clients", "members"} or actor is world.owner:
                assert own > 0, table


def test_nobody_changes_another_tenants_rows(world: World, tables: list[str]) -> None:
    for table in tables:
        for verb in ("UPDATE {} SET user_id = user_id WHERE user_id = :other", "DELETE FROM {} WHERE user_id = :other"):
            assert _changed(world.owner, verb.format(table), other=world.stranger.tenant_id) == 0, table
    for table in tables:
        if table not in {"clients", "members"}:
            assert _count(world.stranger, table) > 0, table


def test_nobody_writes_a_row_for_another_tenant(world: World, tables: list[str], database: Urls) -> None:
    """Every row of the stranger, offered again by the owner: refused by the policy, or by a missing grant."""
    for table in tables:
        statement, row = _insert_of(database, table, world.stranger.tenant_id)
        if row is None:
            continue
        with pytest.raises(DBAPIError) as refused, db.transaction(world.owner) as session:
            session.connection().exec_driver_sql(statement, row)
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege), table


def test_a_child_cannot_hang_on_another_tenants_parent(world: World) -> None:
    theirs = {"user_id": world.owner.tenant_id, "parent": world.rows["stranger"], "own": world.rows["own"]}
    for statement in (
        "INSERT INTO ad_assets (user_id, ad_id, asset_id, asset_type) VALUES (:user_id, :parent, :own, 'logo')",
        "INSERT INTO ad_assets (user_id, ad_id, asset_id, asset_type) VALUES (:user_id, :own, :parent, 'logo')",
        "UPDATE campaigns SET ad_id = :parent, platform = 'tiktok_ads' WHERE id = :own AND user_id = :user_id",
        "UPDATE campaigns SET platform_account_id = :parent, platform_campaign_id = '2' WHERE id = :own",
        "UPDATE platform_accounts SET client_id = :parent WHERE id = :own AND user_id = :user_id",
        "UPDATE report_instances SET report_id = :parent WHERE report_id = :own AND user_id = :user_id",
        "UPDATE campaign_deployments SET campaign_id = :parent, deployment_type = 'update' WHERE id = :own",
    ):
        with pytest.raises(DBAPIError) as refused, db.transaction(world.owner) as session:
            session.execute(text(statement), theirs)
        assert isinstance(refused.value.orig, psycopg.errors.ForeignKeyViolation), statement


def test_a_member_of_one_client_sees_that_clients_rows_alone(world: World, tables: list[str]) -> None:
    for table in tables:
        seen = _count(world.restricted, table)
        if table in _WHOLE_TENANT:
            assert seen == 0, table
        else:
            assert seen == 1, table
            assert _count(world.owner, table) >= (1 if table in {"members", *_SHARED} else 2), table


def test_a_member_of_one_client_changes_nothing_of_another(world: World, tables: list[str]) -> None:
    for table in tables:
        column = _key_of(table)
        if column is None:
            continue
        for other in ("own", "b"):
            for verb in ("UPDATE {0} SET user_id = user_id WHERE {1} = :id", "DELETE FROM {0} WHERE {1} = :id"):
                assert _changed(world.restricted, verb.format(table, column), id=world.rows[other]) == 0, table


def test_a_member_of_one_client_writes_only_for_it(world: World) -> None:
    for foreign in (None, world.client_b):
        with pytest.raises(DBAPIError, match="row-level security"), db.transaction(world.restricted) as session:
            _insert_ad(session, world.restricted, foreign)
    with db.transaction(world.restricted) as session:
        _insert_ad(session, world.restricted, world.client_a)


def test_a_member_of_one_client_cannot_hang_a_campaign_on_another_clients_ad(world: World) -> None:
    statement = text(
        """
        INSERT INTO campaigns (
            user_id, client_id, ad_id, platform_account_id, platform, campaign_name, marker
        )
        VALUES (:user_id, :client_id, :ad_id, :account_id, 'tiktok_ads', 'A campaign', 'm')
        """
    )
    mine = {"user_id": world.owner.tenant_id, "client_id": world.client_a}
    for ad, account in (("b", "a"), ("a", "b"), ("own", "a")):
        with pytest.raises(DBAPIError, match="row-level security"), db.transaction(world.restricted) as session:
            session.execute(statement, {**mine, "ad_id": world.rows[ad], "account_id": world.rows[account]})
    with db.transaction(world.restricted) as session:
        session.execute(statement, {**mine, "ad_id": world.rows["a"], "account_id": world.rows["a"]})


def test_a_member_of_one_client_manages_neither_clients_nor_members(world: World) -> None:
    for statement in (
        "INSERT INTO clients (user_id, name) VALUES (:user_id, 'C')",
        "UPDATE clients SET name = 'C' WHERE user_id = :user_id",
        "UPDATE members SET role = 'viewer' WHERE user_id = :user_id",
        "INSERT INTO members (user_id, member_id, role) SELECT :user_id, id, 'editor' FROM users WHERE id <> :user_id",
    ):
        with pytest.raises(DBAPIError, match="row-level security"), db.transaction(world.restricted) as session:
            session.execute(text(statement), {"user_id": world.owner.tenant_id})


def test_people_see_themselves_their_tenant_and_its_members(world: World) -> None:
    with db.reading(world.owner) as session:
        assert _emails(session) == ["member@example.com", "owner@example.com"]
    with db.reading(world.restricted) as session:
        assert _emails(session) == ["member@example.com", "owner@example.com"]
    with db.reading(world.stranger) as session:
        assert _emails(session) == ["stranger@example.com"]


def test_nobody_reads_a_password_hash_or_makes_themselves_an_administrator(world: World) -> None:
    for statement in (
        "SELECT password_hash FROM users",
        "UPDATE users SET role = 'admin'",
        "UPDATE users SET subscription_tier = 'enterprise'",
        "INSERT INTO users (email, password_hash, first_name, last_name) VALUES ('x@y', '-', 'x', 'y')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.transaction(world.stranger) as session:
            session.execute(text(statement))


def test_people_change_themselves_alone(world: World) -> None:
    rename = "UPDATE users SET first_name = 'New'"
    assert _changed(world.owner, rename) == 1
    assert _changed(world.restricted, rename) == 1
    assert _changed(replace(world.owner, person_id=None), rename) == 1


def test_a_session_belongs_to_the_person_not_to_the_tenant(world: World) -> None:
    assert _count(world.owner, "user_sessions") == 1
    assert _count(world.restricted, "user_sessions") == 0
    assert _count(replace(world.owner, person_id=None), "user_sessions") == 0


def test_a_partition_is_out_of_reach_for_every_login(world: World, database: Urls) -> None:
    with psycopg.connect(database.owner) as connection:
        partitions = connection.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname"
        ).fetchall()
    assert len(partitions) > 100
    for url in (database.app, database.worker, database.readonly):
        with psycopg.connect(url, autocommit=True) as connection:
            for (name,) in partitions:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"SELECT count(*) FROM {name}")


def test_read_only_people_read_everything_but_secrets(world: World, database: Urls, tables: list[str]) -> None:
    with psycopg.connect(database.readonly, autocommit=True) as connection:
        for table in sorted(set(tables) - {"idempotency_keys", "user_api_credentials", "user_sessions"}):
            row = connection.execute(f"SELECT count(DISTINCT user_id) FROM {table}").fetchone()
            assert row is not None
            assert row[0] >= (1 if table in {"clients", "members"} else 2), table
        for statement in (
            "SELECT password_hash FROM users",
            "SELECT credentials_encrypted FROM user_api_credentials",
            "SELECT candidate_encrypted FROM user_api_credentials",
            "SELECT token_jti FROM user_sessions",
            "SELECT refresh_token_hash FROM user_sessions",
            "SELECT body FROM idempotency_keys",
            "SELECT throttle_key FROM login_attempts",
            "UPDATE ads SET name = 'x'",
            "DELETE FROM ads",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_audit_log_is_append_only_for_everybody_but_the_owner(world: World, database: Urls) -> None:
    for url in (database.app, database.worker, database.readonly):
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in (
                "UPDATE audit_logs SET user_agent = 'x'",
                "DELETE FROM audit_logs",
                "TRUNCATE audit_logs",
                "INSERT INTO audit_logs (entity_type, entity_id, action) VALUES ('x', gen_random_uuid(), 'create')",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


def _changed(actor: Actor, statement: str, **values: object) -> int:
    """How many rows a statement changed; 0 where the role may not even try."""
    try:
        with db.transaction(actor) as session:
            return session.execute(text(statement), values).rowcount  # type: ignore[attr-defined, no-any-return]
    except ProgrammingError as error:
        if "permission denied" not in str(error.orig):
            raise
        return 0


def _insert_of(urls: Urls, table: str, tenant: UUID) -> tuple[str, tuple[object, ...] | None]:
    """A statement that inserts a copy of one of a tenant's rows, and its values; generated columns left out."""
    with psycopg.connect(urls.owner) as connection:
        columns = [
            name
            for (name,) in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''",
                [table],
            ).fetchall()
        ]
        names = ", ".join(columns)
        row = connection.execute(
            f"SELECT {', '.join(f'{column}::text' for column in columns)} FROM {table} WHERE user_id = %s LIMIT 1",
            [tenant],
        ).fetchone()
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", row


def _key_of(table: str) -> str | None:
    """The column by which a table's rows are known to hang on one of the filled ids."""
    if table in {
        "assets",
        "ads",
        "campaigns",
        "campaign_deployments",
        "platform_accounts",
        "reports",
        "background_jobs",
    }:
        return "id"
    if table in {"platform_assets"}:
        return "asset_id"
    if table in {"ad_assets"}:
        return "ad_id"
    if table in {"report_instances"}:
        return "report_id"
    if table in {"metric_coverage", "account_metrics"}:
        return "platform_account_id"
    if table in {"deployment_steps", "platform_objects"} or (table.startswith("campaign_") and table not in _SHARED):
        return "campaign_id"
    return None


def _insert_ad(session: db.Session, actor: Actor, client_id: UUID | None) -> None:
    session.execute(
        text(
            """
            INSERT INTO ads (user_id, client_id, name, unified_data, targeting_data, budget_data)
            VALUES (:user_id, :client_id, 'An ad', '{}', '{}', '{}')
            """
        ),
        {"user_id": actor.tenant_id, "client_id": client_id},
    )


def _emails(session: db.ReadSession) -> list[str]:
    return list(session.execute(text("SELECT email FROM users ORDER BY email")).scalars())

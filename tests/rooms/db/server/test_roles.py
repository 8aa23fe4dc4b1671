"""The roles: what each may do on a server, and that they can be made again, also by hand."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from adloom.core.settings import Settings
from adloom.db import roles, server
from adloom.db.urls import Urls

Install = Callable[..., Settings]


@pytest.fixture
def urls(settings: Settings) -> Iterator[Urls]:
    with server.running(settings) as found:
        yield found


def table_of_two_tenants(urls: Urls) -> None:
    """A table as the migrations make them: forced row-level security and a policy for the application."""
    with psycopg.connect(urls.owner) as connection:
        connection.execute("DROP TABLE IF EXISTS things")
        connection.execute("CREATE TABLE things AS SELECT * FROM (VALUES ('one'), ('two')) AS v (tenant)")
        connection.execute("ALTER TABLE things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        connection.execute("GRANT SELECT ON things TO adloom_app")
        connection.execute(
            "CREATE POLICY tenant ON things TO adloom_app USING (tenant = current_setting('app.user_id'))"
        )


def count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM things").fetchone()
    assert row is not None
    return int(row[0])


def test_only_the_owner_makes_tables_and_databases(urls: Urls) -> None:
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE DATABASE scratch")
        owner.execute("DROP DATABASE scratch")
        owner.execute("CREATE TABLE made (id int)")
        owner.execute("DROP TABLE made")
    for login in (urls.app, urls.worker, urls.readonly, urls.backup):
        with psycopg.connect(login, autocommit=True) as connection:
            for statement in ("CREATE DATABASE scratch", "CREATE TABLE made (id int)", "CREATE SCHEMA made"):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(statement)


def test_temporary_tables_are_for_those_who_copy(urls: Urls) -> None:
    for login in (urls.owner, urls.app, urls.worker):
        with psycopg.connect(login) as connection:
            connection.execute("CREATE TEMPORARY TABLE arriving (id int)")
    for login in (urls.readonly, urls.backup):
        with psycopg.connect(login) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("CREATE TEMPORARY TABLE arriving (id int)")


def test_a_worker_sees_a_tenant_only_in_the_applications_role(urls: Urls) -> None:
    table_of_two_tenants(urls)
    with psycopg.connect(urls.worker) as worker:
        with pytest.raises(errors.InsufficientPrivilege), worker.transaction():
            count(worker)
        with worker.transaction():
            worker.execute("SET LOCAL ROLE adloom_app")
            worker.execute("SELECT set_config('app.user_id', 'one', true)")
            assert count(worker) == 1
        assert worker.execute("SELECT current_user").fetchone() == ("adloom_worker",)
    with psycopg.connect(urls.app) as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("SET ROLE adloom_worker")


def test_a_backup_reads_every_tenant_and_writes_nothing(urls: Urls) -> None:
    table_of_two_tenants(urls)
    with psycopg.connect(urls.backup, autocommit=True) as backup:
        assert count(backup) == 2
        with pytest.raises(errors.InsufficientPrivilege):
            backup.execute("DELETE FROM things")


def test_statistics_show_others_queries_to_the_reader_alone(urls: Urls) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'adloom_owner' AND query LIKE '%marked%'"
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT 'marked'")
        for login, seen in ((urls.readonly, 1), (urls.app, 0)):
            with psycopg.connect(login) as connection:
                assert connection.execute(query).fetchone() == (seen,)


def test_making_the_roles_again_changes_nothing(urls: Urls) -> None:
    catalog = """
        SELECT json_build_array(
            (SELECT json_agg(r ORDER BY rolname) FROM pg_authid AS r WHERE rolname LIKE 'adloom%'),
            (SELECT json_agg(m ORDER BY roleid, member) FROM pg_auth_members AS m),
            (SELECT json_agg(d ORDER BY datname) FROM (SELECT datname, datdba, datacl FROM pg_database) AS d),
            (SELECT json_agg(n ORDER BY nspname) FROM pg_namespace AS n WHERE nspname = 'public')
        )::text"""
    with psycopg.connect(urls.superuser or "", autocommit=True) as connection:
        before = connection.execute(catalog).fetchone()
        roles.apply(urls.superuser or "", database="adloom")
        assert connection.execute(catalog).fetchone() == before


def test_the_printed_script_does_the_same_in_psql_twice(urls: Urls, settings: Settings) -> None:
    psql = (server.status(settings).programs or Path()) / "psql"
    script = roles.script("by_hand", {"adloom_app": "by-hand"})
    try:
        for _ in range(2):
            done = subprocess.run(
                [psql, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", urls.superuser or ""],
                input=script,
                capture_output=True,
                text=True,
                check=False,
            )
            complaints = [line for line in done.stderr.splitlines() if not line.startswith("NOTICE:")]
            assert (done.returncode, complaints) == (0, [])
        by_hand = urls.at("by_hand")
        with psycopg.connect(by_hand.owner) as owner:
            owner.execute("CREATE TABLE made (id int)")
        with psycopg.connect(by_hand.app.replace(urls.app.split(":")[2].split("@")[0], "by-hand")):
            pass
    finally:
        with psycopg.connect(urls.superuser or "", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS by_hand")
        secret = urls.app.split(":")[2].split("@")[0]
        roles.apply(urls.superuser or "", database="adloom", passwords={"adloom_app": secret})


def test_an_administrator_who_is_no_superuser_is_told_what_is_missing(settings: Settings, install: Install) -> None:
    with server.running(install("managed", pg_bin_dir=settings.pg_bin_dir)) as managed:
        superuser = managed.superuser or ""
        forget_all(superuser)
        with psycopg.connect(managed.at("postgres").superuser or "") as connection:
            connection.execute("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'a'")
        url = make_conninfo(managed.at("postgres").superuser, user="administrator", password="a")
        made = {role: "secret" for role in roles.ALL}
        warnings = roles.apply(url, database="adloom", passwords=made)
        assert warnings
        assert all(one.startswith(("adloom_backup", "adloom_readonly", "db stats")) for one in warnings)
        owner = make_conninfo(superuser, user="adloom_owner", password="secret")
        with psycopg.connect(owner) as connection:
            connection.execute("CREATE TABLE made (id int)")
        assert roles.apply(managed.at("postgres").superuser or "", database="adloom") == []
        assert roles.apply(url, database="adloom") == []


def forget_all(superuser: str) -> None:
    """Takes database and roles away, as if none had ever been made."""
    away = make_conninfo(superuser, dbname="postgres")
    with psycopg.connect(away, autocommit=True) as connection:
        connection.execute("DROP DATABASE adloom")
        for role in roles.ALL:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def test_a_verifier_is_what_the_server_itself_would_store(urls: Urls) -> None:
    with psycopg.connect(urls.superuser or "") as connection:
        connection.execute("CREATE ROLE somebody PASSWORD 'pencil'")
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'somebody'").fetchone()
        connection.rollback()
    assert row is not None
    salt = row[0].split(":")[1].split("$")[0]
    assert roles.scram_verifier("pencil", salt=base64.b64decode(salt)) == row[0]

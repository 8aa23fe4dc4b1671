"""The database's roles, as SQL that can be shown and repeated without harm. Made here, never by a migration.

owner holds the schema; app is bound by row-level security; worker sees jobs and otherwise takes app's role;
readonly watches; backup reads every tenant.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "adloom_owner"
APP = "adloom_app"
WORKER = "adloom_worker"
READONLY = "adloom_readonly"
BACKUP = "adloom_backup"

ALL = (OWNER, APP, WORKER, READONLY, BACKUP)

_ATTRIBUTES = {
    OWNER: "LOGIN CREATEDB",
    APP: "LOGIN",
    WORKER: "LOGIN NOINHERIT",
    READONLY: "LOGIN",
    BACKUP: "LOGIN",
}

_CREATE = """\
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
        CREATE ROLE {role};
    END IF;
END $$"""

# Since 16 inheritance is recorded with each grant; before, it is the member's own NOINHERIT alone.
_WORKER_TAKES_APP = """\
DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE {since_16};  -- not even parsed before
    ELSE
        {grant};
    END IF;
END $$"""

# Who is no superuser, as on a managed server, may give a database away only to a role of their own.
_MEMBER_OF_OWNER = """\
DO $$ BEGIN
    IF NOT pg_has_role(current_user, {name}, 'USAGE') THEN
        GRANT {owner} TO CURRENT_USER;
    END IF;
END $$"""

# What only a superuser may do on some servers; Adloom runs without, and says what it then lacks.
_IF_ALLOWED = """\
DO $$ BEGIN
    IF NOT ({done}) THEN
        {statement};
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING '%', {lack};
END $$"""

# The view complains unless its library was loaded at the server's start.
_STATISTICS_ARE_DONE = """\
NOT EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.max')
        OR EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')"""

_SCRAM_ITERATIONS = 4096


def server_statements(passwords: Mapping[str, str] | None = None) -> list[sql.Composed]:
    """What makes the roles on a server, each safe to repeat; run by an administrator in any database.

    An administrator is a superuser, or has CREATEROLE and CREATEDB, and is warned of what that cannot do.
    Passwords go in as SCRAM verifiers, so that no log and no statistics ever hold one; without, none is set.
    """
    grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(WORKER))
    since_16 = f"{grant.as_string()} WITH INHERIT FALSE, SET TRUE"
    takes_app = sql.SQL(_WORKER_TAKES_APP).format(grant=grant, since_16=sql.Literal(since_16))
    return [
        *(_create(role) for role in ALL),
        *(_alter(role, _ATTRIBUTES[role]) for role in ALL),
        sql.SQL(_MEMBER_OF_OWNER).format(name=sql.Literal(OWNER), owner=sql.Identifier(OWNER)),
        takes_app,
        _membership(READONLY, "pg_monitor", lack="db stats cannot show other roles' queries"),
        _membership(BACKUP, "pg_read_all_data", lack="backups cannot read every table"),
        _bypass(),
        *_passwords(passwords or {}),
    ]


def create_database(database: str) -> sql.Composed:
    """What makes the database; fails where it exists, so ask first."""
    return sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))


def database_statements(database: str) -> list[sql.Composed]:
    """Who may do what in a database, each safe to repeat; run by an administrator in that database."""
    name = sql.Identifier(database)
    connecting = sql.SQL(", ").join(sql.Identifier(role) for role in (APP, WORKER, READONLY, BACKUP))
    copying = sql.SQL(", ").join(sql.Identifier(role) for role in (APP, WORKER))
    return [
        sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, connecting),
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(name, copying),
        sql.SQL("ALTER SCHEMA public OWNER TO pg_database_owner").format(),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format(),
        _if_allowed(
            sql.SQL("CREATE EXTENSION pg_stat_statements"),
            done=sql.SQL(_STATISTICS_ARE_DONE),
            lack="db stats cannot show queries",
        ),
    ]


def apply(url: str, *, database: str, passwords: Mapping[str, str] | None = None) -> list[str]:
    """Makes roles and database, or brings them up to date; returns warnings of what was not allowed.

    `url` is an administrator's (see `server_statements`), of any database.
    """
    warnings: list[str] = []

    def keep_warning(notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING" and notice.message_primary:
            warnings.append(notice.message_primary)

    with psycopg.connect(url, autocommit=True) as connection:
        connection.add_notice_handler(keep_warning)
        _run(connection, server_statements(passwords))
        exists = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(exists, [database]).fetchone() is None:
            connection.execute(create_database(database))
    with psycopg.connect(url, autocommit=True, dbname=database) as connection:
        connection.add_notice_handler(keep_warning)
        _run(connection, database_statements(database))
    return warnings


def existing(url: str) -> frozenset[str]:
    """Which of our roles a server has already; `url` is anybody's."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ALL)]).fetchall()
    return frozenset(name for (name,) in found)


def script(database: str, passwords: Mapping[str, str] | None = None) -> str:
    """The same as `apply`, as a text for `psql` and for people to read."""
    quoted = sql.Literal(database).as_string()
    create = sql.Literal(create_database(database).as_string()).as_string()
    unless_it_exists = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {quoted})"
    return "\n".join(
        [
            *(f"{statement.as_string()};" for statement in server_statements(passwords)),
            f"SELECT {create} {unless_it_exists}\\gexec",
            f"\\connect {sql.Identifier(database).as_string()}",
            *(f"{statement.as_string()};" for statement in database_statements(database)),
            "",
        ]
    )


def fingerprint(passwords: Mapping[str, str]) -> str:
    """Changes with the passwords and with what this file makes: tells a server that has to be set up anew."""
    text = "\0".join([script(""), *(f"{role}={passwords[role]}" for role in sorted(passwords))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def scram_verifier(password: str, *, salt: bytes | None = None) -> str:
    """What PostgreSQL stores for an ASCII password under scram-sha-256 (RFC 5803), made on this side."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _SCRAM_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${_SCRAM_ITERATIONS}:{salt64}${stored64}:{server64}"


def _create(role: str) -> sql.Composed:
    return sql.SQL(_CREATE).format(name=sql.Literal(role), role=sql.Identifier(role))


def _alter(role: str, attributes: str) -> sql.Composed:
    return sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(role), sql.SQL(attributes))


def _membership(role: str, group: str, *, lack: str) -> sql.Composed:
    return _if_allowed(
        sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(role)),
        done=sql.SQL("pg_has_role({}, {}, 'MEMBER')").format(sql.Literal(role), sql.Literal(group)),
        lack=f"{role} is no member of {group}: {lack}",
    )


def _bypass() -> sql.Composed:
    bypasses = sql.SQL("SELECT rolbypassrls FROM pg_roles WHERE rolname = {}").format(sql.Literal(BACKUP))
    return _if_allowed(
        _alter(BACKUP, "BYPASSRLS"),
        done=bypasses,
        lack=f"{BACKUP} is bound by row-level security: it cannot make dumps",
    )


def _if_allowed(statement: sql.Composable, *, done: sql.Composable, lack: str) -> sql.Composed:
    return sql.SQL(_IF_ALLOWED).format(statement=statement, done=done, lack=sql.Literal(lack))


def _passwords(passwords: Mapping[str, str]) -> list[sql.Composed]:
    return [
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(scram_verifier(passwords[role])))
        for role in ALL
        if role in passwords
    ]


def _run(connection: psycopg.Connection, statements: list[sql.Composed]) -> None:
    for statement in statements:
        connection.execute(statement)

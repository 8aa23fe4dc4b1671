"""Runs revisions on the connection it is given, one transaction each, and keeps `schema_migrations`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script
from sqlalchemy import text

from adloom.db.migrations.rollback import rollback_sql


def _record(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    """Notes the version with the SQL that takes it back, in the transaction that applied it."""
    revision = step.up_revision
    assert isinstance(revision, Script)
    assert ctx.connection is not None
    if step.is_upgrade:
        ctx.connection.execute(
            text("INSERT INTO schema_migrations (version, rollback_sql) VALUES (:version, :rollback_sql)"),
            {"version": revision.revision, "rollback_sql": rollback_sql(revision)},
        )
    else:
        ctx.connection.execute(
            text("DELETE FROM schema_migrations WHERE version = :version"), {"version": revision.revision}
        )


context.configure(
    connection=context.config.attributes["connection"],
    transaction_per_migration=True,
    on_version_apply=_record,
)
with context.begin_transaction():
    context.run_migrations()

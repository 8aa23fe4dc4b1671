"""Runs a revision's SQL text as it stands: several statements, no parameters, nothing escaped."""

from __future__ import annotations

from alembic import op


def run(statements: str) -> None:
    """Runs the statements in the revision's own transaction."""
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def run_outside_transaction(statements: str) -> None:
    """Commits what came before and runs the statements one by one: for what a transaction refuses."""
    with op.get_context().autocommit_block():
        for statement in statements.split(";\n"):
            if statement.strip():
                run(statement)

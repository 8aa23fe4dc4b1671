"""The lock under which an account's facts and all that is made of them are written."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from adloom.db.session import Session

# The database's `move_account_metrics` takes the same one.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('metrics:' || :account_id, 0))")


def take(session: Session, *, account_id: UUID) -> None:
    """Waits for whoever writes this account's facts; held to the end of the transaction."""
    session.execute(_LOCK, {"account_id": str(account_id)})

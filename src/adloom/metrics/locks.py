"""The locks under which an account's facts, and all that is made of them, are written. Held to the transaction's end.

Whoever takes both takes the account's first.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from adloom.db.session import Session

# The database's `move_account_metrics` takes the same one.
_ACCOUNT = text("SELECT pg_advisory_xact_lock(hashtextextended('metrics:' || :id, 0))")

_WINDOWS = text("SELECT pg_advisory_xact_lock(hashtextextended('windows:' || :id, 0))")
_WINDOWS_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('windows:' || :id, 0))")


def take(session: Session, *, account_id: UUID) -> None:
    """Waits for whoever writes this account's facts."""
    session.execute(_ACCOUNT, {"id": str(account_id)})


def hold_windows(session: Session, *, user_id: UUID) -> None:
    """Waits for whoever moves the tenant's windows on; those who write windows of some campaigns hold it together."""
    session.execute(_WINDOWS_SHARED, {"id": str(user_id)})


def take_windows(session: Session, *, user_id: UUID) -> None:
    """Waits for all who write any of the tenant's windows."""
    session.execute(_WINDOWS, {"id": str(user_id)})

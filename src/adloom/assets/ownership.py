"""Whose a new row is: the client it is for, checked before the row is written."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.core.errors import Forbidden, NotFound
from adloom.db.session import ReadSession

_CLIENT = text(
    """
    SELECT id
    FROM clients
    WHERE (id::text = :client OR lower(name) = lower(:client))
        AND deleted_at IS NULL
    ORDER BY id::text = :client DESC
    LIMIT 1
    """
)


def client_id(session: ReadSession, actor: Actor, *, wanted: UUID | str | None) -> UUID | None:
    """The client of a new row, by id or name; a member of one client works for that one alone.

    Raises NotFound for a client that this tenant does not have, Forbidden for another than the member's own.
    """
    if wanted is None:
        return actor.client_id
    found: UUID | None = session.execute(_CLIENT, {"client": str(wanted)}).scalar()
    if found is None:
        raise NotFound(f"There is no client {wanted}. `adloom client list` shows those that there are.")
    if actor.client_id is not None and found != actor.client_id:
        raise Forbidden("You work for another client of this owner.")
    return found

"""A member who sees one client alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db


@pytest.fixture
def member_of_client(actor: Actor) -> Actor:
    """A person who may act for one client of the owner's."""
    with db.transaction(actor) as session:
        client_id = session.execute(
            text(
                """
                INSERT INTO clients (user_id, name, currency, time_zone)
                VALUES (:user_id, 'Acme', 'USD', 'UTC')
                RETURNING id
                """
            ),
            {"user_id": actor.tenant_id},
        ).scalar_one()
    return replace(actor, client_id=client_id)

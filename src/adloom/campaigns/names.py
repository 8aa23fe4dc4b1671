"""What campaigns were called before: figures of then are told under the names of then (`metrics.queries`, `as_of`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.platforms.types import Platform

_NAMES = text(
    """
    SELECT
        id,
        platform,
        campaign_name,
        earlier_names
    FROM campaigns
    WHERE ad_id = :ad_id
        AND earlier_names <> '[]'
    ORDER BY id
    """
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A campaign that was given another name; `number` tells its renamings apart, the first one is 1."""

    campaign_id: UUID
    number: int
    platform: Platform
    before: str
    after: str
    at: datetime


def renamed(actor: Actor, *, ad_id: UUID) -> tuple[Renamed, ...]:
    """Every other name that an ad's campaigns were given, the oldest first of each."""
    with db.reading(actor) as session:
        rows = session.execute(_NAMES, {"ad_id": ad_id}).all()
    return tuple(
        Renamed(
            row.id,
            number,
            Platform(row.platform),
            before["name"],
            after["name"],
            datetime.fromisoformat(before["until"]),
        )
        for row in rows
        for number, (before, after) in enumerate(pairwise([*row.earlier_names, {"name": row.campaign_name}]), start=1)
    )

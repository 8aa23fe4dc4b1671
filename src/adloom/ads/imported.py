"""The ads of campaigns that were found on their platform: a name, what the platform showed, and no content of ours.

Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from adloom.ads.document import IMPORTED
from adloom.ads.models import Ad as AdRow
from adloom.ads.types import Ad, AdOrigin, AdStatus
from adloom.core.errors import Conflict
from adloom.db.session import ReadSession, Session
from adloom.platforms.types import Platform

NAME_LIMIT = 255

_SHOW_AGAIN = text(
    """
    UPDATE ads
    SET
        name = :name,
        unified_data = CAST(:data AS jsonb),
        budget_data = CAST(:budget AS jsonb)
    WHERE id = :id
        AND origin = 'imported'
        AND (name, unified_data, budget_data)
            IS DISTINCT FROM (:name, CAST(:data AS jsonb), CAST(:budget AS jsonb))
    """
)


_BUDGET = text("SELECT budget_data FROM ads WHERE id = :id AND origin = 'imported'")
_SET_BUDGET = text("UPDATE ads SET budget_data = CAST(:budget AS jsonb) WHERE id = :id AND origin = 'imported'")


def add(
    session: Session,
    *,
    user_id: UUID,
    client_id: UUID | None,
    platform: Platform,
    name: str,
    status: AdStatus,
    shown: Mapping[str, Any],
    budget: Mapping[str, Any],
) -> UUID:
    """A new ad for a campaign that was found; `shown` is what its platform tells of it, `budget` as ads have theirs."""
    ad_id = uuid4()
    session.execute(
        insert(AdRow).values(
            id=ad_id,
            user_id=user_id,
            client_id=client_id,
            name=name[:NAME_LIMIT],
            status=status,
            origin=AdOrigin.IMPORTED,
            unified_data=_data(platform, shown),
            targeting_data={},
            budget_data=dict(budget),
            schedule_data={},
        )
    )
    return ad_id


def show_again(
    session: Session, *, ad_id: UUID, platform: Platform, name: str, shown: Mapping[str, Any], budget: Mapping[str, Any]
) -> None:
    """What the platform tells of it now, its name among it; nothing is written where that is what is known."""
    values = {"name": name[:NAME_LIMIT], "data": json.dumps(_data(platform, shown)), "budget": json.dumps(dict(budget))}
    session.execute(_SHOW_AGAIN, {"id": ad_id, **values})


def budget(session: ReadSession, *, ad_id: UUID) -> Mapping[str, Any]:
    """Its budget as its platform showed it, or as it was set from here since; empty where it has none of its own."""
    found: Mapping[str, Any] | None = session.execute(_BUDGET, {"id": ad_id}).scalar()
    return found or {}


def set_budget(session: Session, *, ad_id: UUID, budget: Mapping[str, Any]) -> None:
    """What its budget is now that it was set from here; the next import tells the same."""
    session.execute(_SET_BUDGET, {"id": ad_id, "budget": json.dumps(dict(budget))})


def refuse_deleting(ad: Ad) -> None:
    """Raises Conflict for an imported ad: what Adloom did not make it does not take away."""
    if ad.origin is AdOrigin.IMPORTED:
        raise Conflict("This campaign was found on its platform: pause it here, and delete it there.")


def _data(platform: Platform, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"platforms": {platform.value: {}}, IMPORTED: dict(shown)}

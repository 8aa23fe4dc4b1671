"""What a person chooses about what is left at a platform: of a creation that failed, of objects that stand twice.

Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns.asked import Terms
from adloom.campaigns.counting import Decided
from adloom.campaigns.types import CampaignStatus, CampaignView, Duplicates
from adloom.core.errors import Conflict, Invalid
from adloom.db.session import ReadSession, Session
from adloom.platforms.types import Platform

# What was said before about a deployment that is under way stays, unless something else is said now.
_AMEND = text(
    """
    UPDATE campaign_deployments
    SET
        on_failure = coalesce(:on_failure, on_failure),
        decided = coalesce(CAST(:decided AS jsonb), decided)
    WHERE id = :id
    """
)

_SURPLUS = text("UPDATE campaign_deployments SET surplus = CAST(:surplus AS jsonb) WHERE id = :id")

_LAST_SURPLUS = text(
    """
    SELECT surplus
    FROM campaign_deployments
    WHERE campaign_id = :campaign_id
        AND surplus IS NOT NULL
    ORDER BY created_at DESC
    LIMIT 1
    """
)

# Of an object about which two things were said, the later counts.
_DECIDED = text(
    """
    SELECT DISTINCT ON (platform_id)
        said.choice,
        platform_id
    FROM campaign_deployments
    CROSS JOIN LATERAL jsonb_each(decided) AS said (choice, platform_ids)
    CROSS JOIN LATERAL jsonb_array_elements_text(said.platform_ids) AS platform_id
    WHERE campaign_id = :campaign_id
    ORDER BY
        platform_id,
        created_at DESC
    """
)


def decided(
    session: ReadSession, campaigns: Collection[CampaignView], choice: Duplicates | None
) -> dict[Platform, Mapping[str, Sequence[str]]]:
    """The choice as it is kept, by platform: of exactly the objects that the last refusal has named.

    Raises Invalid where none has: nobody decides about what they have not been shown.
    """
    if choice is None:
        return {}
    named = {each.platform: _named(session, each.id) for each in campaigns}
    if not any(named.values()):
        raise Invalid.field("duplicates", "nothing of this ad is known to stand twice.", "Leave it out.")
    return {platform: {choice.value: ids} for platform, ids in named.items() if ids}


def said(session: ReadSession, campaign_id: UUID) -> Decided:
    """What people have said of objects that stand beside what is ours."""
    found: dict[str, set[str]] = {choice.value: set() for choice in Duplicates}
    for row in session.execute(_DECIDED, {"campaign_id": campaign_id}):
        found[row.choice].add(row.platform_id)
    return Decided(**{choice: frozenset(ids) for choice, ids in found.items()})


def amend(session: Session, deployment_id: UUID, terms: Terms) -> None:
    """What a person says now about a deployment that is under way already."""
    values = {
        "id": deployment_id,
        "on_failure": terms.on_failure,
        "decided": None if terms.decided is None else json.dumps(terms.decided),
    }
    session.execute(_AMEND, values)


def note_surplus(session: Session, deployment_id: UUID, surplus: Sequence[Mapping[str, Any]]) -> None:
    """What stands at the platform beside what is ours, for which the deployment stops."""
    session.execute(_SURPLUS, {"id": deployment_id, "surplus": json.dumps(list(surplus))})


def unfinished(campaigns: Collection[CampaignView]) -> list[CampaignView]:
    """Those whose creation has failed for good; raises Conflict where there are none."""
    found = [each for each in campaigns if each.deleted_at is None and each.status is CampaignStatus.ERROR]
    if not found:
        raise Conflict("Nothing of this ad is unfinished.")
    return found


def _named(session: ReadSession, campaign_id: UUID) -> tuple[str, ...]:
    found = session.execute(_LAST_SURPLUS, {"campaign_id": campaign_id}).scalar()
    return tuple(str(each["platform_id"]) for each in found or ())

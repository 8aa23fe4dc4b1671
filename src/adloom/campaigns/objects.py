"""The remote objects of campaigns, as our rows keep them: what stands under which of our keys, and what stood once.

Every function joins the caller's transaction, or returns what is to be done in one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import text

from adloom.db.session import Session
from adloom.db.trips import Query
from adloom.platforms.contract import RemoteObject

# From here on its numbers are ours and not a stranger's, whatever becomes of the rest.
_KNOW_CAMPAIGN = text(
    """
    UPDATE campaigns
    SET platform_campaign_id = :platform_campaign_id
    WHERE id = :campaign_id
        AND platform_campaign_id IS DISTINCT FROM :platform_campaign_id
    """
)

_IDS = text(
    """
    SELECT
        our_key,
        platform_id
    FROM platform_objects
    WHERE campaign_id = :campaign_id
        AND deleted_at IS NULL
        AND platform_id IS NOT NULL
    """
)

_KEEP_OBJECT = text(
    """
    INSERT INTO platform_objects (
        user_id,
        campaign_id,
        kind,
        our_key,
        platform_id,
        parent_id,
        status,
        applied
    )
    VALUES (
        :user_id,
        :campaign_id,
        :kind,
        :our_key,
        :platform_id,
        :parent_id,
        :status,
        CAST(:applied AS jsonb)
    )
    ON CONFLICT (campaign_id, our_key) WHERE deleted_at IS NULL DO UPDATE
    SET
        platform_id = excluded.platform_id,
        parent_id = coalesce(excluded.parent_id, platform_objects.parent_id),
        status = coalesce(excluded.status, platform_objects.status),
        applied = CASE WHEN excluded.applied = '{}' THEN platform_objects.applied ELSE excluded.applied END
    """
)

# An object, and all that hangs beneath it by its parent's key.
_REMOVE_OBJECTS = text(
    """
    WITH RECURSIVE gone AS (
        SELECT
            id,
            our_key
        FROM platform_objects
        WHERE campaign_id = :campaign_id
            AND our_key = ANY(:keys)
            AND deleted_at IS NULL
        UNION
        SELECT
            beneath.id,
            beneath.our_key
        FROM platform_objects AS beneath
        JOIN gone ON gone.our_key = beneath.parent_id
        WHERE beneath.campaign_id = :campaign_id
            AND beneath.deleted_at IS NULL
    )
    UPDATE platform_objects
    SET deleted_at = clock_timestamp()
    FROM gone
    WHERE platform_objects.id = gone.id
    """
)

# Another object stands under the same key now: the old one ends, and keeps its row.
_REPLACE_OBJECT = text(
    """
    UPDATE platform_objects
    SET deleted_at = clock_timestamp()
    WHERE campaign_id = :campaign_id
        AND our_key = :our_key
        AND deleted_at IS NULL
        AND platform_id <> :platform_id
    """
)

_CLOSE_OBJECTS = text(
    """
    UPDATE platform_objects
    SET deleted_at = clock_timestamp()
    WHERE campaign_id = :campaign_id
        AND deleted_at IS NULL
    """
)


def keeping(item: RemoteObject, *, user_id: UUID, campaign_id: UUID) -> Iterator[Query]:
    """What keeps an object that a step has made or seen, in this order.

    Another one under the same key ends. A campaign's id is known at once.
    """
    identity = {"campaign_id": campaign_id, "our_key": item.key, "platform_id": item.platform_id}
    yield Query(_REPLACE_OBJECT, identity)
    more = {
        "user_id": user_id,
        "kind": item.kind,
        "parent_id": item.parent_key,
        "status": item.status,
        "applied": json.dumps(dict(item.applied), default=str),
    }
    yield Query(_KEEP_OBJECT, {**identity, **more})
    if item.key == "campaign":
        yield Query(_KNOW_CAMPAIGN, {"campaign_id": campaign_id, "platform_campaign_id": item.platform_id})


def close(session: Session, *, campaign_id: UUID) -> None:
    """The campaign is gone from the platform, and all of it."""
    session.execute(_CLOSE_OBJECTS, {"campaign_id": campaign_id})


def removing(*, campaign_id: UUID, keys: Collection[str]) -> Iterator[Query]:
    """What ends these objects and all beneath them; their rows stay."""
    if keys:
        yield Query(_REMOVE_OBJECTS, {"campaign_id": campaign_id, "keys": [*keys]})


def remove(session: Session, *, campaign_id: UUID, keys: Collection[str]) -> None:
    """These objects, and all beneath them, stand no more."""
    for query in removing(campaign_id=campaign_id, keys=keys):
        session.execute(query.statement, dict(query.values))


def knowing(campaign_id: UUID) -> Query:
    """What asks for the platform ids by our key, of everything of a campaign that stands; a row for each."""
    return Query(_IDS, {"campaign_id": campaign_id})


def known_ids(session: Session, *, campaign_id: UUID) -> dict[str, str]:
    """Platform ids by our key, of everything of this campaign that stands."""
    rows = session.execute(_IDS, {"campaign_id": campaign_id})
    return {row.our_key: row.platform_id for row in rows}

"""Campaign rows: found, made, moved on. Every function joins the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text

from adloom.ads import actions as ads
from adloom.campaigns import rules
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentType
from adloom.core import ids, time
from adloom.db.session import ReadSession, Session
from adloom.platforms.contract import Observation
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

COLUMNS = """
    id,
    ad_id,
    client_id,
    platform,
    platform_account_id,
    platform_campaign_id,
    campaign_name AS name,
    marker,
    status,
    delivery_state,
    delivery_words,
    error_message,
    last_sync_at,
    created_at,
    deleted_at,
    coalesce(platform_data -> 'reasons', '[]') AS reasons
"""

_LIVE_FOR_UPDATE = text(
    f"""
    SELECT {COLUMNS}
    FROM campaigns
    WHERE ad_id = :ad_id
        AND deleted_at IS NULL
    ORDER BY platform
    FOR UPDATE
    """  # noqa: S608  (a constant list of columns)
)

_OF_AD_FOR_UPDATE = text(
    f"""
    SELECT {COLUMNS}
    FROM campaigns
    WHERE ad_id = :ad_id
    ORDER BY created_at DESC
    FOR UPDATE
    """  # noqa: S608
)

_CLIENTS = text("SELECT DISTINCT client_id FROM campaigns WHERE ad_id = :ad_id AND deleted_at IS NULL")

_SPEC = text("SELECT spec FROM campaigns WHERE id = :id")

NAME_LIMIT = 255

_INSERT = text(
    f"""
    INSERT INTO campaigns (
        id,
        user_id,
        client_id,
        ad_id,
        platform_account_id,
        platform,
        campaign_name,
        marker,
        desired_status
    )
    VALUES (
        :id,
        :user_id,
        :client_id,
        :ad_id,
        :platform_account_id,
        CAST(:platform AS platform_type),
        :name,
        :marker,
        :desired_status
    )
    RETURNING {COLUMNS}
    """  # noqa: S608
)

#: What a campaign was called, once it is called `:name`: what was told under the name of then is told again under it.
EARLIER_NAMES = """
            CASE
                WHEN campaign_name <> :name
                    THEN earlier_names || jsonb_build_object(
                        'name',
                        campaign_name,
                        'until',
                        CAST(:renamed_at AS timestamptz)
                    )
                ELSE earlier_names
            END
"""

# A pause of what is not whole stops it from going live; what it is becoming, or failed to become, it stays. An update
# that went half-way is told until another one goes through.
_APPLIED = text(
    f"""
    UPDATE campaigns
    SET
        status = CASE
            WHEN :is_pause AND status IN ('pending', 'error') THEN status
            ELSE coalesce(CAST(:status AS campaign_status), status)
        END,
        platform_campaign_id = coalesce(:platform_campaign_id, platform_campaign_id),
        earlier_names = {EARLIER_NAMES.replace(":name", "CAST(:name AS text)")},
        campaign_name = coalesce(:name, campaign_name),
        error_message = CASE WHEN :is_half_way THEN error_message END,
        spec = coalesce(CAST(:spec AS jsonb), spec),
        delivery_state = CASE WHEN :is_deleted THEN 'DELETED' ELSE delivery_state END,
        delivery_words = CASE WHEN :is_deleted THEN NULL ELSE delivery_words END,
        deleted_at = CASE WHEN :is_deleted THEN clock_timestamp() ELSE deleted_at END
    WHERE id = :id
    """  # noqa: S608  (constant)
)

_FAILED = text(
    """
    UPDATE campaigns
    SET
        status = CASE WHEN platform_campaign_id IS NULL OR :is_create THEN 'error' ELSE status END,
        error_message = :message
    WHERE id = :id
        AND deleted_at IS NULL
    """
)

# What is not whole yet is not made so by being seen: its deployment decides.
_OBSERVED = text(
    """
    UPDATE campaigns
    SET
        status = CASE
            WHEN status IN ('pending', 'error') AND NOT :is_deleted THEN status
            ELSE CAST(:status AS campaign_status)
        END,
        delivery_state = :delivery_state,
        delivery_words = :words,
        platform_data = CAST(:data AS jsonb),
        last_sync_at = clock_timestamp(),
        deleted_at = CASE WHEN :is_deleted THEN coalesce(deleted_at, clock_timestamp()) ELSE deleted_at END
    WHERE id = :id
    """
)


_FOUND = text(
    """
    UPDATE campaigns
    SET
        status = CAST(:status AS campaign_status),
        delivery_state = :delivery_state,
        delivery_words = :words,
        last_sync_at = clock_timestamp(),
        deleted_at = CASE WHEN :is_deleted THEN clock_timestamp() END
    WHERE id = :id
    """
)

# An object that the platform does not show any more has nothing seen of it; one that it shows unchanged is not written.
_OBSERVED_OBJECTS = text(
    """
    WITH looked AS (
        SELECT
            platform_objects.id,
            CASE WHEN seen.status <> '' THEN jsonb_build_object('status', seen.status) END AS observed
        FROM platform_objects
        LEFT JOIN jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen (kind text, platform_id text, status text)
            ON seen.kind = platform_objects.kind
            AND seen.platform_id = platform_objects.platform_id
        WHERE platform_objects.campaign_id = :id
            AND platform_objects.kind = ANY(:kinds)
            AND platform_objects.deleted_at IS NULL
    )
    UPDATE platform_objects
    SET observed = looked.observed
    FROM looked
    WHERE platform_objects.id = looked.id
        AND platform_objects.observed IS DISTINCT FROM looked.observed
    """
)

# Who changes an ad's campaigns holds the ad first, as those do who ask for changes: no two wait for each other.
_HOLD_AD = text("SELECT id FROM ads WHERE id = :ad_id FOR UPDATE")

_STATUSES = text("SELECT status, deleted_at FROM campaigns WHERE ad_id = :ad_id")


def clients_of(session: ReadSession, ad_id: UUID) -> tuple[UUID | None, ...]:
    """Whose ad accounts the ad stands in; None is the owner's own."""
    return tuple(session.execute(_CLIENTS, {"ad_id": ad_id}).scalars())


def live_of_ad(session: ReadSession, ad_id: UUID) -> tuple[CampaignView, ...]:
    """The ad's campaigns that are not deleted, locked until the caller's transaction ends."""
    return tuple(view(row) for row in session.execute(_LIVE_FOR_UPDATE, {"ad_id": ad_id}).mappings())


def of_ad_newest(session: Session, ad_id: UUID) -> tuple[CampaignView, ...]:
    """The ad's newest campaign on each platform, deleted or not, locked until the caller's transaction ends."""
    rows = [view(row) for row in session.execute(_OF_AD_FOR_UPDATE, {"ad_id": ad_id}).mappings()]
    newest = {campaign.platform: campaign for campaign in reversed(rows)}
    return tuple(newest[platform] for platform in sorted(newest))


def applied_spec(session: ReadSession, campaign_id: UUID) -> Mapping[str, Any] | None:
    """What was applied last as a whole, by a creation or an update; None before the first one went through."""
    spec: Mapping[str, Any] | None = session.execute(_SPEC, {"id": campaign_id}).scalar()
    return spec


def insert(
    session: Session,
    *,
    user_id: UUID,
    client_id: UUID | None,
    ad_id: UUID,
    account_id: UUID,
    platform: Platform,
    name: str,
    desired_status: str,
) -> CampaignView:
    """A new campaign row; its marker comes of its own id."""
    campaign_id = uuid4()
    row = session.execute(
        _INSERT,
        {
            "id": campaign_id,
            "user_id": user_id,
            "client_id": client_id,
            "ad_id": ad_id,
            "platform_account_id": account_id,
            "platform": platform.value,
            "name": name,
            "marker": ids.marker(campaign_id),
            "desired_status": desired_status,
        },
    )
    return view(row.mappings().one())


def applied(
    session: Session,
    campaign_id: UUID,
    *,
    status: CampaignStatus | None,
    platform_campaign_id: str | None,
    spec: Mapping[str, Any],
    operation: DeploymentType,
    is_half_way: bool = False,
) -> None:
    """What stands on the platform after a deployment has gone through; no status: the one that it has.

    The spec is kept of what makes a campaign of ours whole: a creation, or an update. `is_half_way`: an update did not
    go through, and what it says stays.
    """
    is_whole = operation in (DeploymentType.CREATE, DeploymentType.UPDATE) and "ad" in spec
    session.execute(
        _APPLIED,
        {
            "id": campaign_id,
            "status": None if status is None else status.value,
            "is_pause": operation is DeploymentType.PAUSE,
            "is_half_way": is_half_way and not is_whole,
            "platform_campaign_id": platform_campaign_id,
            "name": spec["ad"]["name"][:NAME_LIMIT] if is_whole else None,
            "spec": json.dumps(spec, default=str) if is_whole else None,
            "is_deleted": operation is DeploymentType.DELETE,
            "renamed_at": time.now(),
        },
    )


def failed(session: Session, campaign_id: UUID, *, message: str, is_create: bool) -> None:
    """The campaign's words after a deployment has failed for good; a failed change leaves the status as it was."""
    session.execute(_FAILED, {"id": campaign_id, "message": message, "is_create": is_create})


def found(session: Session, campaign_id: UUID, *, status: CampaignStatus, seen: Observation) -> None:
    """How a campaign that others made stood when it was found; it is whole, for nobody here made it.

    What was deleted there is deleted here, and what is found to stand after all is not.
    """
    is_deleted = seen.status is RemoteStatus.DELETED
    delivery = DeliveryState.DELETED if is_deleted else seen.delivery
    values = {"status": status.value, "delivery_state": delivery.value, "words": seen.words, "is_deleted": is_deleted}
    session.execute(_FOUND, {"id": campaign_id, **values})


def observed(session: Session, campaign_id: UUID, *, status: CampaignStatus, seen: Observation) -> None:
    """What the platform shows now, of the campaign and of each of its objects."""
    session.execute(
        _OBSERVED,
        {
            "id": campaign_id,
            "status": status.value,
            "delivery_state": seen.delivery.value,
            "words": seen.words,
            "data": json.dumps({"reasons": list(seen.reasons)}),
            "is_deleted": seen.delivery is DeliveryState.DELETED,
        },
    )
    objects = [
        {"kind": item.kind, "platform_id": item.platform_id, "status": item.status or ""} for item in seen.objects
    ]
    kinds = sorted({item.kind for item in seen.objects})
    session.execute(_OBSERVED_OBJECTS, {"id": campaign_id, "seen": json.dumps(objects), "kinds": kinds})


def hold_ad(session: Session, ad_id: UUID) -> None:
    """Holds the ad until the caller's transaction ends; comes before its campaigns are changed."""
    session.execute(_HOLD_AD, {"ad_id": ad_id})


def ad_follows(session: Session, ad_id: UUID) -> None:
    """Gives the ad the status of its campaigns; one whose campaigns are all deleted is completed."""
    hold_ad(session, ad_id)
    rows = session.execute(_STATUSES, {"ad_id": ad_id}).all()
    live = {CampaignStatus(row.status) for row in rows if row.deleted_at is None}
    gone = {CampaignStatus.COMPLETED} if rows and not live else set()
    ads.set_status(session, ad_id=ad_id, status=rules.ad_status(live | gone))


def view(row: RowMapping) -> CampaignView:
    """A typed campaign of a row with `COLUMNS`."""
    typed = {
        "platform": Platform(row["platform"]),
        "status": CampaignStatus(row["status"]),
        "delivery_state": DeliveryState(row["delivery_state"]),
        "reasons": tuple(row["reasons"]),
    }
    return CampaignView(**{**row, **typed})

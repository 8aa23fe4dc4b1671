"""Reads of campaigns and their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import drifts, store
from adloom.campaigns.types import (
    CampaignStatus,
    CampaignView,
    DeploymentStatus,
    DeploymentType,
    DeploymentView,
    DriftView,
    ObjectView,
    OnFailure,
    Reason,
    StepState,
    StepView,
)
from adloom.core import paging
from adloom.core.actor import Actor
from adloom.core.paging import Page
from adloom.db import listing
from adloom.db import session as db
from adloom.db.listing import Listing
from adloom.db.session import ReadSession
from adloom.platforms.types import Platform

_CAMPAIGNS = text(
    f"""
    SELECT {store.COLUMNS}
    FROM campaigns
    WHERE (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
        AND (CAST(:ad_id AS uuid) IS NULL OR ad_id = CAST(:ad_id AS uuid))
        AND (:with_deleted OR deleted_at IS NULL)
    ORDER BY
        created_at DESC,
        platform,
        id
    """  # noqa: S608  (a constant list of columns)
)

_THOSE = text(f"SELECT {store.COLUMNS} FROM campaigns WHERE id = ANY (CAST(:ids AS uuid[]))")  # noqa: S608  (constant)

_OF_PAGE = """
    WHERE (:with_deleted OR deleted_at IS NULL)
        AND (CAST(:platform AS platform_type) IS NULL OR platform = CAST(:platform AS platform_type))
        AND (CAST(:status AS campaign_status) IS NULL OR status = CAST(:status AS campaign_status))
        AND (
            CAST(:created_at AS timestamptz) IS NULL
            OR (created_at, id) < (CAST(:created_at AS timestamptz), CAST(:id AS uuid))
        )
    ORDER BY
        created_at DESC,
        id DESC
    LIMIT :limit
"""

_PAGE = text(f"SELECT {store.COLUMNS} FROM campaigns {_OF_PAGE}")  # noqa: S608  (constants)

_LISTED = listing.statement(
    f"""
    SELECT
        id,
        created_at,
        json_build_object(
            'id', id,
            'ad_id', ad_id,
            'client_id', client_id,
            'platform', platform,
            'platform_account_id', platform_account_id,
            'platform_campaign_id', platform_campaign_id,
            'name', campaign_name,
            'marker', marker,
            'status', status,
            'delivery_state', delivery_state,
            'delivery_words', delivery_words,
            'reasons', coalesce(platform_data -> 'reasons', '[]'),
            'error', error_message,
            'last_sync_at', {listing.instant("last_sync_at")},
            'created_at', {listing.instant("created_at")},
            'deleted_at', {listing.instant("deleted_at")}
        ) AS item
    FROM (SELECT * FROM campaigns {_OF_PAGE}) AS campaigns
    """  # noqa: S608  (constants)
)

_DEPLOYMENTS = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.campaign_id,
        campaigns.platform,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.status,
        campaign_deployments.job_id,
        campaign_deployments.started_at,
        campaign_deployments.completed_at,
        campaign_deployments.error_details AS error,
        campaign_deployments.on_failure,
        coalesce(campaign_deployments.surplus, '[]') AS surplus,
        campaign_deployments.actor_id,
        campaign_deployments.reason,
        campaign_deployments.undoes
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    WHERE (CAST(:id AS uuid) IS NULL OR campaign_deployments.id = CAST(:id AS uuid))
        AND (CAST(:campaign_id AS uuid) IS NULL OR campaigns.id = CAST(:campaign_id AS uuid))
        AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
    ORDER BY
        campaign_deployments.created_at DESC,
        campaign_deployments.id
    """
)

_STEPS = text(
    """
    SELECT
        deployment_id,
        key,
        kind,
        state,
        platform_id,
        attempts,
        sent_at,
        finished_at,
        response,
        error
    FROM deployment_steps
    WHERE deployment_id = ANY(:deployment_ids)
    ORDER BY
        deployment_id,
        position
    """
)


_OBJECTS = text(
    """
    SELECT
        platform_objects.campaign_id,
        platform_objects.our_key AS key,
        platform_objects.kind,
        platform_objects.platform_id,
        platform_objects.parent_id AS parent,
        platform_objects.observed ->> 'status' AS seen,
        platform_objects.created_at,
        platform_objects.deleted_at
    FROM platform_objects
    JOIN campaigns ON campaigns.id = platform_objects.campaign_id
    WHERE (CAST(:campaign_id AS uuid) IS NULL OR campaigns.id = CAST(:campaign_id AS uuid))
        AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
        AND (:with_deleted OR platform_objects.deleted_at IS NULL)
    ORDER BY
        platform_objects.campaign_id,
        platform_objects.created_at,
        platform_objects.our_key
    """
)


def of_ad(actor: Actor, *, ad_id: UUID, with_deleted: bool = False) -> tuple[CampaignView, ...]:
    """The ad's campaigns, one per platform; with the deleted ones when asked."""
    with db.reading(actor) as session:
        return _find(session, ad_id=ad_id, with_deleted=with_deleted)


def all_of(actor: Actor) -> tuple[CampaignView, ...]:
    """Every campaign of the tenant, newest first, deleted ones included."""
    with db.reading(actor) as session:
        return _find(session, with_deleted=True)


def those(actor: Actor, *, ids: Collection[UUID]) -> tuple[CampaignView, ...]:
    """These campaigns, deleted ones included; ids that the actor cannot see are left out."""
    with db.reading(actor) as session:
        return tuple(store.view(row) for row in session.execute(_THOSE, {"ids": list(ids)}).mappings())


def page(
    actor: Actor,
    *,
    limit: int = 50,
    after: str | None = None,
    platform: Platform | None = None,
    status: CampaignStatus | None = None,
    with_deleted: bool = True,
) -> Page[CampaignView]:
    """A page of the tenant's campaigns, newest first; `after` is `next` of the page before."""
    place = paging.position(after)
    values = {
        "with_deleted": with_deleted,
        "platform": platform.value if platform else None,
        "status": status.value if status else None,
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
        "limit": paging.bounded(limit) + 1,
    }
    with db.reading(actor) as session:
        found = tuple(store.view(row) for row in listing.rows(session, _PAGE, values))
    return paging.page(found, limit=limit, position=lambda view: paging.Position(view.created_at, view.id))


def listed(
    *,
    limit: int = 50,
    after: str | None = None,
    platform: Platform | None = None,
    status: CampaignStatus | None = None,
    with_deleted: bool = True,
) -> Listing:
    """The same page as the API's JSON, still to be read."""
    values = {
        "with_deleted": with_deleted,
        "platform": platform.value if platform else None,
        "status": status.value if status else None,
    }
    return listing.asked(_LISTED, values, limit=limit, after=after)


def get(actor: Actor, *, campaign_id: UUID) -> CampaignView | None:
    """One campaign, or None."""
    with db.reading(actor) as session:
        return get_in(session, campaign_id=campaign_id)


def get_in(session: ReadSession, *, campaign_id: UUID) -> CampaignView | None:
    """The same, in the caller's transaction."""
    found = _find(session, id_=campaign_id, with_deleted=True)
    return found[0] if found else None


def objects(
    actor: Actor, *, campaign_id: UUID | None = None, ad_id: UUID | None = None, with_deleted: bool = False
) -> tuple[ObjectView, ...]:
    """What stands of a campaign (or of an ad's campaigns) on its platform, oldest first; what stood too, when asked."""
    values = {"campaign_id": campaign_id, "ad_id": ad_id, "with_deleted": with_deleted}
    with db.reading(actor) as session:
        return tuple(ObjectView(**row) for row in session.execute(_OBJECTS, values).mappings())


def history(actor: Actor, *, campaign_id: UUID | None = None, ad_id: UUID | None = None) -> tuple[DeploymentView, ...]:
    """Every attempt to change a campaign (or an ad's campaigns), newest first, each with its steps in order."""
    return _deployments(actor, id_=None, campaign_id=campaign_id, ad_id=ad_id)


def drift(actor: Actor, *, campaign_id: UUID) -> tuple[DriftView, ...]:
    """What stands otherwise on the platform than it was applied, as it was last seen, oldest first."""
    with db.reading(actor) as session:
        return drifts.standing(session, campaign_id)


def drift_history(actor: Actor, *, campaign_id: UUID | None = None, ad_id: UUID | None = None) -> tuple[DriftView, ...]:
    """All that was ever changed on the platform itself, of a campaign or of an ad's campaigns, newest first."""
    with db.reading(actor) as session:
        return drifts.history(session, campaign_id=campaign_id, ad_id=ad_id)


def deployment(actor: Actor, *, deployment_id: UUID) -> DeploymentView | None:
    """One attempt to change a campaign, with its steps in order; or None."""
    return next(iter(_deployments(actor, id_=deployment_id, campaign_id=None, ad_id=None)), None)


def _deployments(
    actor: Actor, *, id_: UUID | None, campaign_id: UUID | None, ad_id: UUID | None
) -> tuple[DeploymentView, ...]:
    values = {"id": id_, "campaign_id": campaign_id, "ad_id": ad_id}
    with db.reading(actor) as session:
        rows = session.execute(_DEPLOYMENTS, values).mappings().all()
        steps = _steps(session, [row["id"] for row in rows])
    return tuple(_deployment(dict(row), tuple(steps[row["id"]])) for row in rows)


def _find(
    session: ReadSession, *, id_: UUID | None = None, ad_id: UUID | None = None, with_deleted: bool
) -> tuple[CampaignView, ...]:
    values = {"id": id_, "ad_id": ad_id, "with_deleted": with_deleted}
    return tuple(store.view(row) for row in session.execute(_CAMPAIGNS, values).mappings())


def _steps(session: ReadSession, deployment_ids: list[UUID]) -> defaultdict[UUID, list[StepView]]:
    found: defaultdict[UUID, list[StepView]] = defaultdict(list)
    for row in session.execute(_STEPS, {"deployment_ids": deployment_ids}).mappings():
        values = {key: value for key, value in row.items() if key not in ("deployment_id", "state")}
        found[row["deployment_id"]].append(StepView(state=StepState(row["state"]), **values))
    return found


def _deployment(row: dict[str, Any], steps: tuple[StepView, ...]) -> DeploymentView:
    reason = row.pop("reason")
    return DeploymentView(
        reason=None if reason is None else Reason(reason),
        platform=Platform(row.pop("platform")),
        type=DeploymentType(row.pop("type")),
        status=DeploymentStatus(row.pop("status")),
        on_failure=OnFailure(row.pop("on_failure")),
        surplus=tuple(row.pop("surplus")),
        steps=steps,
        **row,
    )

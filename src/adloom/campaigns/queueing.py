"""Queues a deployment with its job: what is under way of the same kind is followed, what it overtakes is ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adloom.campaigns import choices, deployments, specs, unfinished, updating
from adloom.campaigns.asked import NO_TERMS, Terms
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.core.actor import Actor
from adloom.db.session import Session
from adloom.jobs.types import Priority
from adloom.platforms.types import Operation

#: What is under way and not wanted any more once something else is asked for. A creation goes on: paused, or deleted.
_OVERTAKES = {
    DeploymentType.CREATE: (DeploymentType.PAUSE,),
    DeploymentType.PAUSE: (DeploymentType.RESUME,),
    DeploymentType.RESUME: (DeploymentType.PAUSE,),
}


def queue(
    session: Session,
    actor: Actor,
    campaign: CampaignView,
    operation: Operation,
    *,
    spec: Mapping[str, Any] | None,
    terms: Terms = NO_TERMS,
) -> tuple[UUID, UUID]:
    """The deployment's id and its job's; an unfinished one of this kind is followed instead of begun anew."""
    deployment_id = deployments.unfinished(session, campaign.id, operation)
    if deployment_id is None:
        if spec is not None:
            spec = specs.with_way(session, spec, campaign, stands=_stands(session, campaign, operation))
        deployments.supersede(session, campaign.id, _OVERTAKES.get(operation, ()))
        deployment_id = deployments.open_deployment(
            session, campaign_id=campaign.id, actor_id=actor.person_id, type_=operation, spec=spec, terms=terms
        )
    else:
        choices.amend(session, deployment_id, terms)
    job_id = unfinished.enqueue(
        session,
        deployment_id=deployment_id,
        actor=actor,
        client_id=campaign.client_id,
        platform=campaign.platform,
        priority=Priority.STOP if operation in (Operation.PAUSE, Operation.DELETE) else Priority.PERSON,
    )
    return deployment_id, job_id


def _stands(session: Session, campaign: CampaignView, operation: Operation) -> Mapping[str, Any] | None:
    """What stands, or what an attempt to make it may have left half-way; None where nothing was ever sent."""
    if operation is Operation.UPDATE:
        return updating.base(session, campaign)
    return deployments.last_spec(session, campaign.id) if deployments.was_sent(session, campaign.id) else None

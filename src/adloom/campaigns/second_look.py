"""What was decided when a deployment was queued, decided again by the worker before its first write: who, where, by
which plan, for how much.

What was begun is not stopped half-way: what it has sent stands there already.
"""

from __future__ import annotations

from adloom.ads import queries as ad_queries
from adloom.campaigns import approvals, differences, drifts, fingerprints, guards, ledger, queries, specs, whereabouts
from adloom.campaigns.asked import Deployment
from adloom.campaigns.fingerprints import Tell
from adloom.campaigns.guards import Asked
from adloom.campaigns.types import DeploymentType
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.identity import queries as identity
from adloom.platforms.spec import CampaignSpec

_LETS_MONEY_FLOW = (DeploymentType.CREATE, DeploymentType.UPDATE, DeploymentType.RESUME)


def take(actor: Actor, deployment: Deployment, spec: CampaignSpec) -> None:
    """Returns where the deployment may send its first write now, or has sent it; raises Refused otherwise."""
    if deployment.type not in _LETS_MONEY_FLOW:
        return
    with db.reading(actor) as session:
        if ledger.is_begun(session, deployment_id=deployment.id):
            return
        approvals.refuse_alone(session, deployment)
        if deployment.type is DeploymentType.RESUME:
            return
        whereabouts.refuse_unknown(deployment.platform, spec)
        _compare_plan(session, deployment)
        _check_money(session, deployment, spec)


def _compare_plan(session: ReadSession, deployment: Deployment) -> None:
    """What the plan that a person named was made of, against what is."""
    if deployment.plan is None:
        return
    held = ad_queries.get_in(session, ad_id=deployment.ad_id)
    campaign = queries.get_in(session, campaign_id=deployment.campaign_id)
    now = fingerprints.basis(
        session,
        ad_queries.as_unified(held),
        campaign=campaign,
        account=connections.account_in(session, account_id=deployment.platform_account_id),
        places=specs.places_in(deployment.spec),
        before=deployment.id,
        now=time.now(),
    )
    tell: Tell = fingerprints.nothing_told
    if campaign is not None:
        planned = deployment.spec
        tell = differences.of_deployment(session, held, campaign=campaign, planned=planned, before=deployment.id)
    fingerprints.refuse_different(deployment.plan, now=now.as_json(), tell=tell)


def _check_money(session: ReadSession, deployment: Deployment, spec: CampaignSpec) -> None:
    """A cap may have come since. Only what was asked for earlier counts beside: of two, the later one is refused."""
    account = connections.account_in(session, account_id=deployment.platform_account_id)
    if account is None:
        return
    client = identity.client_in(session, client_id=deployment.ad_client_id)
    applied = drifts.as_it_stands(session, deployment.campaign_id, next(iter(spec.standing), None))
    asked = Asked(account, client, deployment.campaign_id, spec, applied=applied)
    looked = guards.look(session, [asked], earlier_than=deployment.created_at)
    looked.refuse(confirmed=deployment.confirmed)

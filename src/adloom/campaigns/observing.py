"""The worker's look at how one campaign stands on its platform: asked, and kept with all of its parts."""

from __future__ import annotations

from uuid import UUID

from adloom.campaigns import rules, store
from adloom.campaigns.asked import Deployment
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.platforms import registry
from adloom.platforms.contract import Connection, Observation
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform


def observe(
    actor: Actor,
    connection: Connection,
    *,
    platform: Platform,
    account: Account,
    campaign_id: UUID,
    platform_campaign_id: str,
    ad_id: UUID,
) -> Observation:
    """What the platform shows of a campaign now; it stands in the campaign's row, and its ad follows it."""
    seen = registry.adapter(platform).observe(connection, account=account, campaign_id=platform_campaign_id)
    status = rules.status_observed(seen.status, delivery=seen.delivery)
    with db.transaction(actor) as session:
        store.hold_ad(session, ad_id)
        store.observed(session, campaign_id, status=status, seen=seen)
        store.ad_follows(session, ad_id)
    return seen


def after(deployment: Deployment, actor: Actor, connection: Connection, account: Account, stands: str) -> Observation:
    """The same of the campaign that a deployment is about; `stands` is its id on the platform."""
    return observe(
        actor,
        connection,
        platform=deployment.platform,
        account=account,
        campaign_id=deployment.campaign_id,
        platform_campaign_id=stands,
        ad_id=deployment.ad_id,
    )

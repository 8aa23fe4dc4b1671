"""From a campaign's row to what its adapter gets: the ad as it was applied, the account, the files.

The spec of a deployment is kept with it, so that every attempt sends the same, whatever happened to the ad since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adloom.ads import attachments, resolve, unified
from adloom.assets import queries as assets
from adloom.campaigns.deployments import Deployment
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.platforms.spec import Account, CampaignSpec


def snapshot(ad: unified.UnifiedAd, *, start: datetime) -> dict[str, Any]:
    """What a deployment keeps: the canonical ad, and when its flight starts."""
    return {"ad": unified.canonical(ad), "start": start.isoformat()}


def build(actor: Actor, deployment: Deployment) -> CampaignSpec:
    """The resolved ad of a deployment; raises NotFound where its account is gone."""
    ad = unified.parse(deployment.spec["ad"])
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=deployment.platform_account_id)
        media = assets.media_files(session, asset_ids=attachments.asset_ids(ad))
    if account is None:
        raise NotFound(f"The ad account of campaign {deployment.campaign_id} is gone.")
    return resolve.campaign_spec(
        ad,
        platform=deployment.platform,
        account=account_of(account),
        campaign_id=deployment.campaign_id,
        media=media,
        start=datetime.fromisoformat(deployment.spec["start"]),
    )


def account_of(account: AccountView) -> Account:
    """The account as adapters know it."""
    return Account(
        external_id=account.external_id,
        currency=account.currency,
        time_zone=account.time_zone,
        attributes=account.attributes,
    )


def says_the_same(applied: Mapping[str, Any], ad: unified.UnifiedAd) -> bool:
    """Whether what was applied is what the ad says now; what shall become of it once it stands does not count."""
    left, right = dict(applied["ad"]), unified.canonical(ad)
    left.pop("desired_status", None), right.pop("desired_status", None)
    return left == right

"""An ad that was edited after it went to a platform: what may stand there now, and what an update would change.

Reads rows and asks the adapter's pure methods; sends nothing and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from adloom.ads import unified
from adloom.ads.places import Places
from adloom.campaigns import deployments, rules, specs, store, whereabouts
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.errors import FieldError
from adloom.db.session import ReadSession
from adloom.platforms import registry
from adloom.platforms.changes import Revision
from adloom.platforms.geography import Answers
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform


@dataclass(frozen=True, slots=True)
class Edited:
    """An update that a deployment would queue: `snapshot` is what it would keep, `spec` what its adapter would get.

    `overtakes`: another update is under way, and applies something else.
    """

    campaign: CampaignView
    snapshot: Mapping[str, Any]
    spec: CampaignSpec
    overtakes: bool

    @property
    def start(self) -> datetime:
        """When the flight starts."""
        return datetime.fromisoformat(self.snapshot["start"])

    def revision(self) -> Revision:
        """What would be changed on the platform, and what of it cannot be. The ad has to be one that it takes."""
        return registry.adapter(self.campaign.platform).revise(self.spec)

    def is_needed(self) -> bool:
        """Whether anything is to be sent, or to be kept from being sent; an edit may concern other platforms alone."""
        adapter = registry.adapter(self.campaign.platform)
        return self.overtakes or bool(adapter.steps(self.spec, operation=Operation.UPDATE))


def edits(
    session: ReadSession,
    ad: unified.UnifiedAd,
    campaigns: Iterable[CampaignView],
    *,
    places: Mapping[Platform, Places],
) -> dict[Platform, Edited]:
    """For each campaign that may not stand, or come to stand, as the ad says now: the update that would see to it.

    `places` is what the platforms have told of the ad's places.
    """
    found = (
        (campaign.platform, _edited(session, ad, campaign, whereabouts.answers(places, campaign.platform)))
        for campaign in campaigns
    )
    return {platform: edited for platform, edited in found if edited is not None}


def moved(edited: Edited, *, account_id: UUID | None) -> tuple[FieldError, ...]:
    """What is wrong where the ad names another ad account now: a campaign stays in its own."""
    if account_id in (None, edited.campaign.platform_account_id):
        return ()
    platform = edited.campaign.platform.value
    return (
        FieldError(
            f"platforms.{platform}.account",
            "the campaign stands in another ad account, and cannot move.",
            f"Name the account that it is in, or delete it there first: adloom ad delete {edited.campaign.ad_id} "
            f"--platform {platform}",
        ),
    )


def left_behind(campaign: CampaignView) -> FieldError:
    """What is wrong where an ad is not for a platform any more on which it stands."""
    platform = campaign.platform.value
    return FieldError(
        f"platforms.{platform}",
        "the ad is not for this platform any more, and a campaign of it stands there.",
        f"Take it down there first: adloom ad delete {campaign.ad_id} --platform {platform}",
    )


def _edited(session: ReadSession, ad: unified.UnifiedAd, campaign: CampaignView, places: Answers) -> Edited | None:
    stands = base(session, campaign)
    if stands is None:
        return None
    under_way = deployments.under_way(session, campaign.id, DeploymentType.UPDATE)
    half_way = deployments.half_way(session, campaign.id)
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    if account is None:
        return None
    goal = specs.goal_of(ad, account)
    if under_way is not None and _is_as_asked(under_way, ad, goal):
        return None
    if under_way is None and not half_way and _is_as_asked(stands, ad, goal):
        return None
    start = specs.start_of_update(stands, ad, now=time.now())
    snapshot = specs.snapshot(ad, start=start, places=places, goal=goal)
    standing = [stands, *(each.spec for each in half_way), *([under_way] if under_way else [])]
    spec = specs.resolved_update(
        session,
        snapshot,
        standing=standing,
        account=account,
        campaign_id=campaign.id,
        status=campaign.status,
    )
    return Edited(campaign, snapshot, spec, overtakes=under_way is not None)


def _is_as_asked(applied: Mapping[str, Any], ad: unified.UnifiedAd, goal: Mapping[str, str] | None) -> bool:
    """Whether it is what the ad says, and counts what its account's settings say."""
    return specs.says_the_same(applied, ad) and specs.counts_the_same(applied, goal)


def base(session: ReadSession, campaign: CampaignView) -> Mapping[str, Any] | None:
    """What stands as a whole, or will once it is made; None of what was never whole, or was found on its platform."""
    if rules.is_wanted(campaign, DeploymentType.CREATE):
        return deployments.under_way(session, campaign.id, DeploymentType.CREATE)
    return store.applied_spec(session, campaign.id)

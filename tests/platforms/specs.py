"""Ads for adapters' tests: one that every search platform takes, and ways to change it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.platforms import feed_specs

from adloom.core import ids
from adloom.core.money import Money
from adloom.core.time import now
from adloom.platforms.spec import (
    Account,
    AdGroupSpec,
    AdSpec,
    Bidding,
    Budget,
    CampaignSpec,
    Creative,
    Declarations,
    Keyword,
    Location,
    Schedule,
    Targeting,
)
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    LocationType,
    MatchType,
    Objective,
    Platform,
    RemoteStatus,
)

CREATIVE = Creative(
    headlines=("Spring Sale", "Run Faster", "Free Shipping"),
    descriptions=("Save 20% on all shoes.", "Order today, ships today."),
    landing_url="https://example.com/spring",
    display_paths=("shoes", "sale"),
)
TARGETING = Targeting(
    locations=(Location(LocationType.COUNTRY, country="US"),),
    languages=("en",),
    keywords=(Keyword("running shoes", MatchType.PHRASE), Keyword("trail shoes", MatchType.EXACT)),
    negative_keywords=(Keyword("free", MatchType.PHRASE),),
)
ACCOUNT = Account("1234567890", "USD", "America/Los_Angeles")


def search_spec(
    *,
    account: Account = ACCOUNT,
    campaign_id: UUID | None = None,
    groups: int = 1,
    ads: int = 1,
    creative: Creative = CREATIVE,
    targeting: Targeting = TARGETING,
    **changes: Any,
) -> CampaignSpec:
    """A search campaign of so many ad groups with so many ads; `changes` replace fields of the campaign."""
    campaign_id = campaign_id or uuid4()
    marker = ids.marker(campaign_id)
    spec = CampaignSpec(
        campaign_id=campaign_id,
        marker=marker,
        name=f"Spring sale {marker}",
        objective=Objective.TRAFFIC,
        account=account,
        groups=tuple(
            AdGroupSpec(
                key=f"g{group}",
                name=f"Group {group} {marker}",
                targeting=targeting,
                ads=tuple(_ad(group, ad, marker=marker, creative=creative) for ad in range(ads)),
            )
            for group in range(groups)
        ),
        budget=Budget(BudgetType.DAILY, Money(Decimal("50.00"), "USD"), Bidding(BidStrategy.MAX_CLICKS)),
        schedule=Schedule(start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2027, 1, 1, 7, 59, 59, tzinfo=UTC)),
        tracking={"utm_source": "adloom", "utm_campaign": marker},
        declarations=Declarations(eu_political=False),
        desired_status=RemoteStatus.ACTIVE,
    )
    return dataclasses.replace(spec, **changes)


def _ad(group: int, ad: int, *, marker: str, creative: Creative) -> AdSpec:
    """Ads of one group differ in a headline: two that are the same would be one."""
    headlines = (*creative.headlines[:-1], f"{creative.headlines[-1]} {ad}") if ad else creative.headlines
    return AdSpec(
        key=f"a{ad}",
        name=f"Ad {group}.{ad} {marker}",
        creative=dataclasses.replace(creative, headlines=headlines),
    )


def with_targeting(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    """The same campaign, every ad group's targeting changed."""
    groups = tuple(
        dataclasses.replace(group, targeting=dataclasses.replace(group.targeting, **changes)) for group in spec.groups
    )
    return dataclasses.replace(spec, groups=groups)


def with_creative(spec: CampaignSpec, **changes: Any) -> CampaignSpec:
    """The same campaign, every ad's creative changed."""
    groups = tuple(
        dataclasses.replace(
            group,
            ads=tuple(
                dataclasses.replace(ad, creative=dataclasses.replace(ad.creative, **changes)) for ad in group.ads
            ),
        )
        for group in spec.groups
    )
    return dataclasses.replace(spec, groups=groups)


def another_ad(spec: CampaignSpec, position: int) -> AdSpec:
    """The ad at a position of the only ad group."""
    (group,) = spec.groups
    return group.ads[position]


def live_spec(platform: Platform, *, account: Account, days: int = 60, **changes: Any) -> CampaignSpec:
    """An ad that the platform takes, on the sandbox's account, whose flight begins now."""
    start = now().replace(microsecond=1)
    schedule = Schedule(start=start, end=start + timedelta(days=days))
    return FACTORIES[platform](account=account, **{"schedule": schedule, **changes})


#: How to make an ad for each platform: a new platform adds a line.
FACTORIES: dict[Platform, Callable[..., CampaignSpec]] = {
    Platform.GOOGLE_ADS: search_spec,
    Platform.MICROSOFT_ADS: search_spec,
    Platform.FACEBOOK_ADS: feed_specs.feed_spec,
    Platform.TIKTOK_ADS: feed_specs.feed_spec,
}

"""From a unified ad to what one adapter gets: overrides merged, names and keys made, instants resolved.

Pure: the same ad, account, campaign and start give the same value, so that attempts repeat a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adloom.ads import instants, naming, parts
from adloom.ads.composition import AdGroup, AdItem
from adloom.ads.unified import UnifiedAd
from adloom.connections import choices
from adloom.core import ids
from adloom.platforms import spec
from adloom.platforms.geography import Answers
from adloom.platforms.types import Channel, Platform, RemoteStatus

_FEEDS = frozenset({Platform.FACEBOOK_ADS, Platform.TIKTOK_ADS})


def campaign_spec(
    ad: UnifiedAd,
    *,
    platform: Platform,
    account: spec.Account,
    campaign_id: UUID,
    media: Mapping[str, spec.MediaFile],
    start: datetime,
    places: Answers | None = None,
    goal: Mapping[str, str] | None = None,
    naming_template: str = naming.TEMPLATE,
) -> spec.CampaignSpec:
    """The ad as one platform's adapter gets it; raises KeyError where the ad is not for that platform.

    `media` are the ad's files by asset id; one that is missing is left out, and `preflight` says so. `start`
    is when the flight starts at the earliest. `places` is what the platform answered about places, if it was asked.
    `goal` is what was kept of the account's choice for the ad's event (`choices.goal`); without it, today's choice
    counts. What the ad says of its account wins over the account's own.
    """
    block = ad.platforms.chosen()[platform]
    conversion = parts.conversion(ad.conversion)
    event = conversion.event if conversion else None
    kept = choices.goal(platform, account.attributes, event) if goal is None else goal
    attributes = choices.as_kept(platform, account.attributes, event, kept=kept)
    names = naming.Names(ad.name, marker=ids.marker(campaign_id), template=naming_template)
    links = naming.Links(ad, platform=platform, marker=names.marker)
    return spec.CampaignSpec(
        campaign_id=campaign_id,
        marker=names.marker,
        name=names.campaign,
        objective=ad.objective,
        account=replace(account, attributes={**attributes, **block.attributes()}),
        groups=tuple(_groups(ad, platform=platform, media=media, places=places or {}, names=names, links=links)),
        budget=parts.budget(ad.budget_on(platform), objective=ad.objective),
        schedule=instants.schedule(ad.schedule, time_zone=account.time_zone, start=start),
        channel=getattr(block, "channel", Channel.FEED if platform in _FEEDS else Channel.SEARCH),
        conversion=conversion,
        tracking=links.shared(),
        declarations=parts.declarations(ad.declarations),
        overrides=block.overrides.model_dump(mode="json", exclude_none=True),
        desired_status=RemoteStatus.ACTIVE if ad.desired_status == "ACTIVE" else RemoteStatus.PAUSED,
    )


def _groups(
    ad: UnifiedAd,
    *,
    platform: Platform,
    media: Mapping[str, spec.MediaFile],
    places: Answers,
    names: naming.Names,
    links: naming.Links,
) -> list[spec.AdGroupSpec]:
    keys = naming.keys([group.name for group in ad.groups()], fallback="group")
    groups = []
    for key, group in zip(keys, ad.groups(), strict=True):
        ads = _ads(ad, platform=platform, group=group, media=media, names=names, links=links)
        targeting = parts.targeting(ad.targeting_of(group), platform=platform, places=places)
        groups.append(spec.AdGroupSpec(key, names.group(group.name), targeting, ads))
    return groups


def _ads(
    ad: UnifiedAd,
    *,
    platform: Platform,
    group: AdGroup,
    media: Mapping[str, spec.MediaFile],
    names: naming.Names,
    links: naming.Links,
) -> tuple[spec.AdSpec, ...]:
    def one(key: str, item: AdItem) -> spec.AdSpec:
        creative = parts.creative(ad.creative_on(platform, item=item), media=media)
        landing = links.landing(creative.landing_url, group=group.name, item=item.name)
        return spec.AdSpec(key, names.ad(group.name, item.name), replace(creative, landing_url=landing))

    keys = naming.keys([item.name for item in group.ads], fallback="ad")
    return tuple(one(key, item) for key, item in zip(keys, group.ads, strict=True))

"""The bodies of Meta's write requests, built from the resolved ad. Pure; expects what preflight let pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from adloom.core.errors import Conflict
from adloom.core.time import zone
from adloom.platforms import http
from adloom.platforms.meta import mapping, media, targeting
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Creative, Daypart
from adloom.platforms.types import BidStrategy, BudgetType, CallToAction

#: How long the names of campaigns, ad sets, ads and creatives may be.
MAX_NAME = 400

#: Meta's automatic rewriting, per kind of ad, all of it off (page "Standard Enhancements").
IMAGE_FEATURES = ("image_templates", "image_touchups", "text_optimizations", "inline_comment")
VIDEO_FEATURES = ("video_auto_crop", "text_optimizations", "inline_comment")


class _Symbols(Mapping[str, str]):
    """Every key stands for itself: for bodies that are compared, and never sent."""

    def __getitem__(self, key: str) -> str:
        return key

    def __contains__(self, key: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


SYMBOLS: Mapping[str, str] = _Symbols()


def campaign(spec: CampaignSpec) -> dict[str, Any]:
    """`POST act_X/campaigns`: paused, without a budget of its own."""
    body: dict[str, Any] = {
        "name": spec.name,
        "objective": mapping.OBJECTIVES[spec.objective],
        "status": "PAUSED",
        "buying_type": "AUCTION",
        "special_ad_categories": list(spec.declarations.special_categories or ()),
        "is_adset_budget_sharing_enabled": False,
    }
    if spec.declarations.special_categories:
        body["special_ad_category_country"] = list(spec.declarations.special_category_countries)
    return body


def ad_set(spec: CampaignSpec, *, group: AdGroupSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """`POST act_X/adsets`: paused, with its share of the budget."""
    body: dict[str, Any] = {
        "name": group.name,
        "campaign_id": known(ids, "campaign"),
        "status": "PAUSED",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": mapping.goal(spec),
        "targeting": targeting.body(group.targeting, account=spec.account),
        "start_time": _local(spec.schedule.start, spec=spec),
    }
    if spec.schedule.end is not None:
        body["end_time"] = _local(spec.schedule.end, spec=spec)
    if spec.objective in mapping.DESTINATIONS:
        body["destination_type"] = mapping.DESTINATIONS[spec.objective]
    body |= _budget(spec, group=group) | _bidding(spec) | _promoted(spec) | _dsa(spec, group=group)
    body |= _verified(spec, group=group)
    if spec.schedule.dayparting:
        body["pacing_type"] = ["day_parting"]
        body["adset_schedule"] = [_daypart(part) for part in spec.schedule.dayparting]
    return body


def creative(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """`POST act_X/adcreatives`: one image or one video, exactly as written.

    Its name ends with what it shows, so that a lost answer is never taken for an older creative of the same ad.
    """
    digest = creative_key(spec, group=group, ad=ad).rpartition("/")[2]
    return {"name": f"{ad.name[: MAX_NAME - len(digest) - 1]} {digest}", **_shown(spec, ad=ad, ids=ids)}


def _shown(spec: CampaignSpec, *, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    chosen = media.choose(spec, ad.creative)
    features: tuple[str, ...]
    story: dict[str, Any] = {"page_id": spec.account.attributes.get("page_id", "")}
    if instagram := spec.account.attributes.get("instagram_user_id"):
        story["instagram_user_id"] = instagram
    if isinstance(chosen, media.ImageAd):
        hash_ = known(ids, f"asset/{chosen.image.asset_id}")
        story["link_data"] = _link_data(ad.creative, image_hash=hash_)
        features = IMAGE_FEATURES
    else:
        video_id = known(ids, f"asset/{chosen.video.asset_id}")
        hash_ = known(ids, f"asset/{chosen.cover.asset_id}")
        story["video_data"] = _video_data(ad.creative, video_id=video_id, image_hash=hash_)
        features = VIDEO_FEATURES
    body: dict[str, Any] = {
        "object_story_spec": story,
        "degrees_of_freedom_spec": {
            "creative_features_spec": {name: {"enroll_status": "OPT_OUT"} for name in features}
        },
        "contextual_multi_ads": {"enroll_status": "OPT_OUT"},
    }
    if spec.tracking:
        body["url_tags"] = urlencode(spec.tracking, quote_via=quote)
    return body


def creative_key(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec) -> str:
    """Our key of the creative that an update makes for an ad, by what it shows: Meta cannot change a creative."""
    own = f"creative/{group.key}/{ad.key}"
    text = spec.marker + own + http.dumps(_shown(spec, ad=ad, ids=SYMBOLS))
    return f"{own}/{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def creative_id(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, ids: Mapping[str, str]) -> str:
    """The platform's id of what an ad shows: what an update made for it, else what its creation made."""
    made = creative_key(spec, group=group, ad=ad)
    return ids[made] if made in ids else known(ids, f"creative/{group.key}/{ad.key}")


def ad_body(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """`POST act_X/ads`: paused."""
    return {
        "name": ad.name,
        "adset_id": known(ids, f"ad_group/{group.key}"),
        "creative": {"creative_id": creative_id(spec, group=group, ad=ad, ids=ids)},
        "status": "PAUSED",
    }


def known(ids: Mapping[str, str], key: str) -> str:
    """The platform's id of one of our objects; raises Conflict where it does not stand yet."""
    if key not in ids:
        raise Conflict(f"{key!r} does not stand on Meta yet, so nothing can be put under it.")
    return ids[key]


def shares(spec: CampaignSpec) -> list[int]:
    """Each ad set's share of the budget in Meta's units, in the groups' order; they add up exactly."""
    total = mapping.minor_units(spec.budget.money.amount, spec.budget.money.currency) or 0
    each, rest = divmod(total, len(spec.groups))
    return [each + (1 if place < rest else 0) for place in range(len(spec.groups))]


def _budget(spec: CampaignSpec, *, group: AdGroupSpec) -> dict[str, Any]:
    position = [item.key for item in spec.groups].index(group.key)
    name = "daily_budget" if spec.budget.type is BudgetType.DAILY else "lifetime_budget"
    return {name: shares(spec)[position]}


def _bidding(spec: CampaignSpec) -> dict[str, Any]:
    bidding = spec.budget.bidding
    body: dict[str, Any] = {"bid_strategy": mapping.STRATEGIES[bidding.strategy]}
    target = bidding.target or Decimal(0)
    if bidding.strategy in (BidStrategy.TARGET_CPA, BidStrategy.BID_CAP):
        body["bid_amount"] = mapping.minor_units(target, spec.budget.money.currency)
    if bidding.strategy is BidStrategy.TARGET_ROAS:
        body["bid_constraints"] = {"roas_average_floor": int(target * 10000)}
    return body


def _promoted(spec: CampaignSpec) -> dict[str, Any]:
    if spec.objective not in mapping.WITH_PIXEL or spec.conversion is None:
        return {}
    pixel = spec.account.attributes.get("pixel_id", "")
    event = mapping.EVENTS[spec.conversion.event]
    return {"promoted_object": {"pixel_id": pixel, "custom_event_type": event}}


def _dsa(spec: CampaignSpec, *, group: AdGroupSpec) -> dict[str, Any]:
    if not targeting.reaches_dsa(group.targeting):
        return {}
    said = spec.declarations
    return {"dsa_beneficiary": said.dsa_beneficiary, "dsa_payor": said.dsa_payor}


def _verified(spec: CampaignSpec, *, group: AdGroupSpec) -> dict[str, Any]:
    """Who benefits and who pays, once for each place that wants them verified."""
    rules = targeting.regulations(group.targeting)
    ids = {role: spec.account.attributes.get(f"verified_{role}_id") for role in ("beneficiary", "payer")}
    if not rules or not all(ids.values()):
        return {}
    return {
        "regional_regulated_categories": [rule.category for rule in rules],
        "regional_regulation_identities": {f"{rule.prefix}_{role}": ids[role] for rule in rules for role in ids},
    }


def _daypart(part: Daypart) -> dict[str, Any]:
    return {
        "days": sorted(mapping.WEEKDAYS[day] for day in part.days),
        "start_minute": part.start_minute,
        "end_minute": part.end_minute,
        "timezone_type": "ADVERTISER",
    }


def _link_data(creative: Creative, *, image_hash: str) -> dict[str, Any]:
    data: dict[str, Any] = {"link": creative.landing_url, "image_hash": image_hash}
    if creative.primary_text is not None:
        data["message"] = creative.primary_text
    if creative.headlines:
        data["name"] = creative.headlines[0]
    if creative.descriptions:
        data["description"] = creative.descriptions[0]
    if creative.display_paths:
        host = urlsplit(creative.landing_url).hostname or ""
        data["caption"] = "/".join([host, *creative.display_paths])
    if creative.call_to_action is not None:
        data["call_to_action"] = _button(creative, creative.call_to_action)
    return data


def _video_data(creative: Creative, *, video_id: str, image_hash: str) -> dict[str, Any]:
    """A video's only link is its button's, so it always has one."""
    data: dict[str, Any] = {"video_id": video_id, "image_hash": image_hash}
    if creative.primary_text is not None:
        data["message"] = creative.primary_text
    if creative.headlines:
        data["title"] = creative.headlines[0]
    if creative.descriptions:
        data["link_description"] = creative.descriptions[0]
    data["call_to_action"] = _button(creative, creative.call_to_action or CallToAction.LEARN_MORE)
    return data


def _button(creative: Creative, action: CallToAction) -> dict[str, Any]:
    return {"type": action.value, "value": {"link": creative.landing_url}}


def _local(instant: datetime, *, spec: CampaignSpec) -> str:
    return instant.astimezone(zone(spec.account.time_zone)).strftime("%Y-%m-%dT%H:%M:%S%z")

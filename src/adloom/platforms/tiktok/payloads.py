"""The bodies of TikTok's write requests, of the resolved ad. Pure; expects what preflight let pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from adloom.core import ids as keys
from adloom.core.errors import Conflict
from adloom.platforms import feed_ads
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.tiktok import audience, mapping
from adloom.platforms.types import BidStrategy, BudgetType, CallToAction, Objective


def campaign(spec: CampaignSpec, *, key: str) -> dict[str, Any]:
    """`campaign/create`: switched off, without a budget of its own. `request_id` makes a repeat harmless."""
    body: dict[str, Any] = {
        "advertiser_id": spec.account.external_id,
        "campaign_name": spec.name,
        "objective_type": mapping.OBJECTIVES[spec.objective],
        "budget_mode": "BUDGET_MODE_INFINITE",
        "operation_status": "DISABLE",
        "request_id": keys.request_number(key),
    }
    return body | special_industries(spec)


def ad_group(spec: CampaignSpec, *, group: AdGroupSpec, ids: Mapping[str, str], key: str) -> dict[str, Any]:
    """`adgroup/create`: switched on below a campaign that is off, with its share of the budget.

    TikTok alone as placement; comments, sharing, downloads and search results off.
    """
    goal, billing = mapping.GOALS[spec.objective]
    body: dict[str, Any] = {
        "advertiser_id": spec.account.external_id,
        "campaign_id": known(ids, "campaign"),
        "adgroup_name": group.name,
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK"],
        "comment_disabled": True,
        "share_disabled": True,
        "video_download_disabled": True,
        "search_result_enabled": False,
        "optimization_goal": goal,
        "billing_event": billing,
        "pacing": "PACING_MODE_SMOOTH",
        "operation_status": first_switch(spec),
        "request_id": keys.request_number(key),
    }
    body |= promotion(spec) | audience.body(group.targeting)
    return body | _budget(spec, group=group) | schedule(spec) | bidding(spec)


def ad(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """`ad/create`: one video with its cover, switched on."""
    return {
        "advertiser_id": spec.account.external_id,
        "adgroup_id": known(ids, f"ad_group/{group.key}"),
        "creatives": [creative(spec, ad=ad, ids=ids) | {"operation_status": "ENABLE"}],
    }


def creative(spec: CampaignSpec, *, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """What an ad shows: its video with the cover, as the identity's, but not on its profile."""
    video, cover = feed_ads.video_of(ad.creative), feed_ads.cover_of(ad.creative)
    if video is None or cover is None:
        raise ValueError("the ad has no video with a cover; preflight says so before")
    film = {
        "video_id": known(ids, f"asset/{video.asset_id}"),
        "image_ids": [known(ids, f"asset/{cover.asset_id}")],
    }
    return {"ad_format": "SINGLE_VIDEO", "dark_post_status": "ON", **film, **words(spec, ad=ad)}


def words(spec: CampaignSpec, *, ad: AdSpec) -> dict[str, Any]:
    """What an ad says, and as whom."""
    body: dict[str, Any] = {
        "ad_name": ad.name,
        "ad_text": ad.creative.primary_text or "",
        "call_to_action": mapping.BUTTONS[ad.creative.call_to_action or CallToAction.LEARN_MORE],
        "landing_page_url": ad.creative.landing_url,
    }
    if spec.tracking:
        body["utm_params"] = [{"key": name, "value": value} for name, value in spec.tracking.items()]
    if spec.declarations.ai_generated:
        body["aigc_disclosure_type"] = "SELF_DISCLOSURE"
    return body | _identity(spec)


def first_switch(spec: CampaignSpec) -> str:
    """How an ad group is made: on below a campaign that is off, but off where an update adds it to what delivers."""
    return "DISABLE" if spec.standing else "ENABLE"


def special_industries(spec: CampaignSpec) -> dict[str, Any]:
    """The declared categories that TikTok knows; nothing where there are none."""
    special = sorted(mapping.SPECIAL_INDUSTRIES & set(spec.declarations.special_categories or ()))
    return {"special_industries": special} if special else {}


def known(ids: Mapping[str, str], key: str) -> str:
    """The platform's id of one of our objects; raises Conflict where it does not stand yet."""
    if key not in ids:
        raise Conflict(f"{key!r} does not stand on TikTok yet, so nothing can be put under it.")
    return ids[key]


def shares(spec: CampaignSpec) -> list[Decimal]:
    """Each ad group's share of the budget in major units, in the groups' order; they add up exactly."""
    money = spec.budget.money
    unit = Decimal(1).scaleb(-mapping.CURRENCY_DECIMALS.get(money.currency, 2))
    each, rest = divmod(int(money.amount / unit), len(spec.groups))
    return [(each + (1 if place < rest else 0)) * unit for place in range(len(spec.groups))]


def promotion(spec: CampaignSpec) -> dict[str, Any]:
    """Where the ad group leads, and what counts there."""
    body: dict[str, Any] = {"promotion_type": "WEBSITE"}
    if spec.objective is Objective.LEADS:
        body = {"promotion_type": "LEAD_GENERATION", "promotion_target_type": "EXTERNAL_WEBSITE"}
    if spec.objective in mapping.WITH_PIXEL and spec.conversion is not None:
        body["pixel_id"] = spec.account.attributes.get("pixel_id", "")
        body["optimization_event"] = mapping.EVENTS.get(spec.conversion.event, spec.conversion.event.value)
    return body


def _budget(spec: CampaignSpec, *, group: AdGroupSpec) -> dict[str, Any]:
    position = [item.key for item in spec.groups].index(group.key)
    mode = "BUDGET_MODE_DAY" if spec.budget.type is BudgetType.DAILY else "BUDGET_MODE_TOTAL"
    return {"budget_mode": mode, "budget": shares(spec)[position]}


def schedule(spec: CampaignSpec) -> dict[str, Any]:
    """When the flight runs, in UTC, and the hours of the week."""
    schedule = spec.schedule
    body = {"schedule_type": "SCHEDULE_FROM_NOW", "schedule_start_time": _utc(schedule.start)}
    if schedule.end is not None:
        body |= {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": _utc(schedule.end)}
    if schedule.dayparting:
        body["dayparting"] = audience.week(schedule)
    return body


def bidding(spec: CampaignSpec) -> dict[str, Any]:
    """As much as the budget buys, or a price that is kept on average (cost cap)."""
    bidding = spec.budget.bidding
    if bidding.strategy not in mapping.TARGET_STRATEGIES:
        return {"bid_type": "BID_TYPE_NO_BID"}
    is_per_conversion = bidding.strategy is BidStrategy.TARGET_CPA or spec.objective in mapping.WITH_PIXEL
    field = "conversion_bid_price" if is_per_conversion else "bid_price"
    return {"bid_type": "BID_TYPE_CUSTOM", field: bidding.target}


def _identity(spec: CampaignSpec) -> dict[str, Any]:
    attributes = spec.account.attributes
    body = {
        "identity_type": attributes.get("identity_type", ""),
        "identity_id": attributes.get("identity_id", ""),
    }
    if body["identity_type"] == "BC_AUTH_TT":
        body["identity_authorized_bc_id"] = attributes.get("identity_bc_id", "")
    return body


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

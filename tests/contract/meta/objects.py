"""Parameters for the tree, right as they stand, as a person who writes against the SDK would give them."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.targeting import Targeting


def campaign(**changes: Any) -> dict[str, Any]:
    return {
        Campaign.Field.name: "Spring",
        Campaign.Field.objective: Campaign.Objective.outcome_traffic,
        Campaign.Field.status: Campaign.Status.paused,
        Campaign.Field.special_ad_categories: [],
        Campaign.Field.is_adset_budget_sharing_enabled: False,
        **changes,
    }


def ad_set(campaign_id: str, **changes: Any) -> dict[str, Any]:
    targeting = Targeting()
    targeting.update(
        {
            Targeting.Field.geo_locations: {"countries": ["US"]},
            Targeting.Field.age_min: 25,
            Targeting.Field.targeting_automation: {"advantage_audience": 0},
        }
    )
    return {
        AdSet.Field.name: "Runners",
        AdSet.Field.campaign_id: campaign_id,
        AdSet.Field.status: AdSet.Status.paused,
        AdSet.Field.daily_budget: 5000,
        AdSet.Field.billing_event: AdSet.BillingEvent.impressions,
        AdSet.Field.optimization_goal: AdSet.OptimizationGoal.link_clicks,
        AdSet.Field.bid_strategy: AdSet.BidStrategy.lowest_cost_without_cap,
        AdSet.Field.targeting: targeting,
        **changes,
    }


def link_creative(page_id: str, image_hash: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Shoes",
        "object_story_spec": {
            "page_id": page_id,
            "link_data": {
                "link": "https://example.com/shoes",
                "message": "New shoes",
                "image_hash": image_hash,
                "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://example.com/shoes"}},
            },
        },
        **changes,
    }


def ad(adset_id: str, creative_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Ad",
        "adset_id": adset_id,
        "creative": {"creative_id": creative_id},
        "status": "PAUSED",
        **changes,
    }


def live_tree(opened: Any, **changes: Any) -> dict[str, Any]:
    """A campaign with one ad that is on at every level; `changes` are the ad set's."""
    image = opened.account.create_ad_image(params={"filename": opened.file("square.png")})
    made = opened.account.create_campaign(params=campaign(status="ACTIVE"))
    group = opened.account.create_ad_set(params=ad_set(made["id"], status="ACTIVE", **changes))
    creative = opened.account.create_ad_creative(params=link_creative(opened.line["page_id"], image["hash"]))
    shown = opened.account.create_ad(params=ad(group["id"], creative["id"], status="ACTIVE"))
    return {"campaign": made, "ad_set": group, "creative": creative, "ad": shown}

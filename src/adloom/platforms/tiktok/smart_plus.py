"""The bodies of Smart+ (`/smart_plus/…`): one budget for the campaign, targeting in one part, ads made of lists.

Pure; expects what preflight let pass. Names as in the official SDK's SmartPlus…CreateBody; `sales_destination`, the
budget modes and what `MANUAL` targeting means as TikTok API for Business tells of `/smart_plus/campaign/create/` and
`/smart_plus/adgroup/create/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adloom.core import ids as keys
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.tiktok import audience, mapping, payloads
from adloom.platforms.types import BudgetType, Objective


def campaign(spec: CampaignSpec, *, key: str) -> dict[str, Any]:
    """`smart_plus/campaign/create`: switched off, with the whole budget, which its ad groups share.

    A dynamic daily budget may cost a quarter more on a day, and never more than seven times itself in a week.
    """
    is_daily = spec.budget.type is BudgetType.DAILY
    body: dict[str, Any] = {
        "advertiser_id": spec.account.external_id,
        "campaign_name": spec.name,
        "objective_type": mapping.OBJECTIVES[spec.objective],
        "budget_optimize_on": True,
        "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" if is_daily else "BUDGET_MODE_TOTAL",
        "budget": spec.budget.money.amount,
        "operation_status": "DISABLE",
        "request_id": keys.request_number(key),
    }
    if spec.objective is Objective.CONVERSIONS:
        body["sales_destination"] = "WEBSITE"
    return body | payloads.special_industries(spec)


def ad_group(spec: CampaignSpec, *, group: AdGroupSpec, ids: Mapping[str, str], key: str) -> dict[str, Any]:
    """`smart_plus/adgroup/create`: exactly the audience that was asked for (`MANUAL`), on TikTok alone.

    Comments, sharing and downloads are off; search results cannot be switched off on this path.
    """
    goal, billing = mapping.GOALS[spec.objective]
    body: dict[str, Any] = {
        "advertiser_id": spec.account.external_id,
        "campaign_id": payloads.known(ids, "campaign"),
        "adgroup_name": group.name,
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK"],
        "comment_disabled": True,
        "share_disabled": True,
        "video_download_disabled": True,
        "targeting_optimization_mode": "MANUAL",
        "targeting_spec": audience.body(group.targeting),
        "optimization_goal": goal,
        "billing_event": billing,
        "operation_status": payloads.first_switch(spec),
        "request_id": keys.request_number(key),
    }
    return body | payloads.promotion(spec) | payloads.schedule(spec) | payloads.bidding(spec)


def ad(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, ids: Mapping[str, str]) -> dict[str, Any]:
    """`smart_plus/ad/create`: lists of one each, made of the same creative as on the manual path."""
    body = {
        "advertiser_id": spec.account.external_id,
        "adgroup_id": payloads.known(ids, f"ad_group/{group.key}"),
        "operation_status": "ENABLE",
    }
    return body | lists(payloads.creative(spec, ad=ad, ids=ids))


def lists(creative: Mapping[str, Any]) -> dict[str, Any]:
    """A creative as Smart+ has it; also what `smart_plus/ad/update` replaces."""
    own = ("ad_format", "identity_type", "identity_id", "identity_authorized_bc_id", "aigc_disclosure_type")
    info = {name: creative[name] for name in own if name in creative}
    info["video_info"] = {"video_id": creative["video_id"]}
    info["image_info"] = [{"web_uri": image_id} for image_id in creative["image_ids"]]
    configuration = {"dark_post_status": creative["dark_post_status"], "utm_params": creative.get("utm_params", [])}
    return {
        "ad_name": creative["ad_name"],
        "creative_list": [{"creative_info": info}],
        "ad_text_list": [{"ad_text": creative["ad_text"]}],
        "call_to_action_list": [{"call_to_action": creative["call_to_action"]}],
        "landing_page_url_list": [{"landing_page_url": creative["landing_page_url"]}],
        "ad_configuration": configuration,
    }

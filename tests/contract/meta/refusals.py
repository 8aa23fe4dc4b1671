"""What the SDK raises for each refusal: wrong parameters, tokens, rights, throttles, failures; and in a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from objects import ad, ad_set, campaign, link_creative
from opening import Opening, refused, tell


def parameters(opened: Opening, campaign_id: str) -> dict[str, Any]:
    make = opened.account
    page = opened.line["page_id"]

    def set_with(**changes: Any) -> dict[str, Any]:
        return refused(make.create_ad_set, params=ad_set(campaign_id, **changes))

    return {
        "no name": refused(make.create_campaign, params={**campaign(), "name": ""}),
        "old objective": refused(make.create_campaign, params=campaign(objective="LINK_CLICKS")),
        "no sharing": refused(
            make.create_campaign,
            params={k: v for k, v in campaign().items() if k != "is_adset_budget_sharing_enabled"},
        ),
        "unknown": refused(make.create_campaign, params=campaign(colour="red")),
        "too little": set_with(daily_budget=10),
        "no place": set_with(targeting={"targeting_automation": {"advantage_audience": 0}}),
        "no flag": set_with(targeting={"geo_locations": {"countries": ["US"]}}),
        "europe": set_with(
            targeting={"geo_locations": {"countries": ["DE"]}, "targeting_automation": {"advantage_audience": 0}}
        ),
        "no bid": set_with(bid_strategy="COST_CAP"),
        "dead interest": set_with(
            targeting={
                "geo_locations": {"countries": ["US"]},
                "targeting_automation": {"advantage_audience": 0},
                "flexible_spec": [{"interests": [{"id": "1"}]}],
            }
        ),
        "nowhere": set_with(
            targeting={
                "geo_locations": {"cities": [{"key": "1"}]},
                "targeting_automation": {"advantage_audience": 0},
            }
        ),
        "twice": set_with(
            targeting={
                "geo_locations": {"countries": ["US"], "regions": [{"key": "3847"}]},
                "targeting_automation": {"advantage_audience": 0},
            }
        ),
        "no image": refused(make.create_ad_creative, params=link_creative(page, "0" * 32)),
        "no object": refused(Campaign("123").api_get, fields=["name"]),
        "no field": refused(Campaign(campaign_id).api_get, fields=["colour"]),
        "cursor": refused(make.get_campaigns, params={"after": "nowhere"}),
        "too old": refused(make.get_insights, params={"time_range": {"since": "2020-01-01", "until": "2020-01-02"}}),
        "dry run": make.create_campaign(params=campaign(execution_options=["validate_only"])).export_all_data(),
    }


def logins(opened: Opening) -> dict[str, Any]:
    def account_of(api: FacebookAdsApi) -> AdAccount:
        return AdAccount(opened.line["account_id"], api=api)

    opened.fault("token_expired")
    lapsed = refused(opened.account.api_get, fields=["name"])
    forged = refused(account_of(opened.connect("EAABnobody")).api_get, fields=["name"])
    proof = refused(account_of(opened.connect(opened.line["access_token"], secret="another")).api_get)
    reader = account_of(opened.connect(opened.given["reader"]))
    return {
        "lapsed": lapsed,
        "forged": forged,
        "proof": proof,
        "reads": reader.api_get(fields=["name"])["name"],
        "writes": refused(reader.create_campaign, params=campaign()),
    }


def limits(opened: Opening) -> dict[str, Any]:
    found = {}
    for kind, match in (("throttle", ""), ("throttle", "insights"), ("server_error", "")):
        opened.fault(kind, match=match)
        call = opened.account.get_insights if match else opened.account.get_campaigns
        found[f"{kind} {match}".strip()] = refused(call)
    opened.fault("throttle")
    try:
        opened.account.get_campaigns()
    except FacebookRequestError as error:
        found["usage"] = dict(error.http_headers()).get("x-business-use-case-usage")
    opened.fault("cut", match="POST .*campaigns")
    try:
        opened.account.create_campaign(params=campaign(name="Cut"))
    except requests.exceptions.ConnectionError:
        found["cut"] = [one["name"] for one in opened.account.get_campaigns(fields=["name"])]
    return found


def batch(opened: Opening, campaign_id: str) -> dict[str, Any]:
    answers: list[Any] = []
    failures: list[Any] = []
    many = opened.api.new_batch()

    def keep(into: list[Any]) -> Callable[[Any], None]:
        return lambda answer: into.append(answer.json() if answer.is_success() else answer.error())

    opened.account.create_campaign(batch=many, params=campaign(name="One"), success=keep(answers))
    opened.account.create_campaign(batch=many, params=campaign(objective="NONE"), failure=keep(failures))
    Campaign(campaign_id).api_get(batch=many, fields=["name"], success=keep(answers))
    Campaign(campaign_id).api_update(batch=many, params={"name": "Batched"}, success=keep(answers))
    many.execute()
    return {
        "made": [sorted(one) for one in answers],
        "failed": [one.api_error_code() for one in failures],
        "name": Campaign(campaign_id).api_get(fields=["name"])["name"],
    }


def troubles(opened: Opening, campaign_id: str) -> dict[str, Any]:
    """What goes wrong with the account and the person while calls go on; last, the login itself ends."""

    def after(action: str, value: str) -> None:
        opened.control("account", {"platform": "facebook_ads", "action": action, "value": value})

    image = opened.account.create_ad_image(params={"filename": opened.file("square.png")})
    story = link_creative(opened.line["page_id"], image["hash"])
    after("status", "2")
    disabled = refused(opened.account.create_campaign, params=campaign())
    status = opened.account.api_get(fields=["account_status"])["account_status"]
    after("status", "1")
    after("lose", "page")
    lost = refused(opened.account.create_ad_creative, params=story)
    Campaign(campaign_id).api_update(params={"status": Campaign.Status.archived})
    archived = refused(Campaign(campaign_id).api_update, params={"status": Campaign.Status.active})
    after("decline", "ads_management")
    declined = refused(opened.account.create_campaign, params=campaign())
    rights = {one["permission"]: one["status"] for one in User("me").get_permissions()}
    User("me").delete_permissions()
    return {
        "disabled": disabled,
        "status": status,
        "lost": lost,
        "archived": archived,
        "declined": declined,
        "right": rights["ads_management"],
        "ended": refused(opened.account.api_get, fields=["name"]),
    }


def review(opened: Opening, campaign_id: str) -> dict[str, Any]:
    """A rejected ad says why, in the fields of the SDK."""
    image = opened.account.create_ad_image(params={"filename": opened.file("square.png")})
    group = opened.account.create_ad_set(params=ad_set(campaign_id))
    creative = opened.account.create_ad_creative(params=link_creative(opened.line["page_id"], image["hash"]))
    made = opened.account.create_ad(params=ad(group["id"], creative["id"]))
    opened.control(
        "review", {"platform": "facebook_ads", "ad": made["id"], "verdict": "reject", "reason": "misleading_claims"}
    )
    fields = [Ad.Field.effective_status, Ad.Field.ad_review_feedback, Ad.Field.issues_info]
    return made.api_get(fields=fields).export_all_data()


def main() -> None:
    opened = Opening()
    campaign_id = opened.account.create_campaign(params=campaign())["id"]
    tell(
        {
            "parameters": parameters(opened, campaign_id),
            "logins": logins(opened),
            "limits": limits(opened),
            "batch": batch(opened, campaign_id),
            "review": review(opened, campaign_id),
            "troubles": troubles(opened, campaign_id),
        }
    )


main()

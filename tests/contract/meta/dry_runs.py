"""What the SDK gets for dry runs: on each edge and node that takes them, right and wrong, and what stands then."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from objects import ad, ad_set, campaign, link_creative, live_tree
from opening import Opening, refused, tell

CHECK = {"execution_options": [Campaign.ExecutionOptions.validate_only]}
CHECK_ADS = {"execution_options": [Ad.ExecutionOptions.validate_only, Ad.ExecutionOptions.synchronous_ad_review]}


def standing(opened: Opening) -> dict[str, Any]:
    """All that stands in the account, with what may be changed of it."""
    make = opened.account
    read = {
        "campaigns": make.get_campaigns(fields=["name"]),
        "ad_sets": make.get_ad_sets(fields=["name", "daily_budget"]),
        "creatives": make.get_ad_creatives(fields=["name"]),
        "ads": make.get_ads(fields=["name", "creative"]),
    }
    return {name: sorted(str(one.export_all_data()) for one in found) for name, found in read.items()}


def creations(opened: Opening, tree: dict[str, Any], image: str) -> dict[str, Any]:
    make, page = opened.account, opened.line["page_id"]
    return {
        "campaign": make.create_campaign(params={**campaign(), **CHECK}).export_all_data(),
        "ad set": make.create_ad_set(params={**ad_set(tree["campaign"]["id"]), **CHECK}).export_all_data(),
        "creative": make.create_ad_creative(params={**link_creative(page, image), **CHECK}).export_all_data(),
        "ad": make.create_ad(
            params={**ad(tree["ad_set"]["id"], tree["creative"]["id"]), **CHECK_ADS}
        ).export_all_data(),
    }


def changes(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        "campaign": Campaign(tree["campaign"]["id"]).api_update(params={"name": "Other", **CHECK}).export_all_data(),
        "ad set": AdSet(tree["ad_set"]["id"]).api_update(params={"daily_budget": 9000, **CHECK}).export_all_data(),
        "ad": Ad(tree["ad"]["id"]).api_update(params={"name": "Other", **CHECK_ADS}).export_all_data(),
    }


def refusals(opened: Opening, tree: dict[str, Any]) -> dict[str, Any]:
    make, page = opened.account, opened.line["page_id"]
    return {
        "campaign": refused(make.create_campaign, params={**campaign(objective="LINK_CLICKS"), **CHECK}),
        "ad set": refused(make.create_ad_set, params={**ad_set(tree["campaign"]["id"], daily_budget=10), **CHECK}),
        "no parent": refused(make.create_ad_set, params={**ad_set("123"), **CHECK}),
        "creative": refused(make.create_ad_creative, params={**link_creative(page, "0" * 32), **CHECK}),
        "change": refused(AdSet(tree["ad_set"]["id"]).api_update, params={"daily_budget": 10, **CHECK}),
    }


def main() -> None:
    opened = Opening()
    tree = live_tree(opened)
    image = opened.account.create_ad_image(params={"filename": opened.file("square.png")})["hash"]
    before = standing(opened)
    found = {
        "creations": creations(opened, tree, image),
        "changes": changes(tree),
        "refusals": refusals(opened, tree),
    }
    tell({**found, "is_as_it_was": standing(opened) == before})


main()

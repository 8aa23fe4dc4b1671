"""The SDK connects, looks around, uploads, creates the whole tree, reads it back, changes, pauses and deletes it."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adimage import AdImage
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.targetingsearch import TargetingSearch
from facebook_business.adobjects.user import User
from objects import ad, ad_set, campaign, link_creative
from opening import Opening, tell


def surroundings(opened: Opening) -> dict[str, Any]:
    me = User("me")
    account = opened.account.api_get(
        fields=["name", "currency", "timezone_name", "account_status", "disable_reason", "spend_cap", "amount_spent"]
    )
    return {
        "user": me.api_get(fields=["id", "name"])["name"],
        "accounts": [
            [one["id"], one["currency"], one["timezone_name"], one["account_status"]]
            for one in me.get_ad_accounts(fields=["id", "currency", "timezone_name", "account_status"])
        ],
        "account": account.export_all_data(),
        "pages": [one["id"] for one in me.get_accounts(fields=["id", "name", "tasks"])],
        "promoted": [one["id"] for one in opened.account.get_promote_pages(fields=["id", "name"])],
        "pixels": [one["id"] for one in opened.account.get_ads_pixels(fields=["id", "name", "last_fired_time"])],
        "instagram": [one["id"] for one in opened.account.get_instagram_accounts(fields=["id", "username"])],
        "of_page": [one["id"] for one in Page(opened.line["page_id"]).get_instagram_accounts(fields=["id"])],
        "connected": [one["id"] for one in opened.account.get_connected_instagram_accounts(fields=["id", "username"])],
        "permissions": sorted(one["permission"] for one in me.get_permissions() if one["status"] == "granted"),
        "minimums": len(list(opened.account.get_minimum_budgets())),
        "towns": [
            [one["name"], one["region"], one["country_code"], one["type"]]
            for one in TargetingSearch.search(
                params={
                    "type": TargetingSearch.TargetingSearchTypes.geolocation,
                    "q": "springfield",
                    "location_types": ["city"],
                    "country_code": "US",
                }
            )
        ],
        "places": [one["key"] for one in TargetingSearch.search(params={"type": "adgeolocation", "q": "califor"})],
    }


def media(opened: Opening) -> dict[str, Any]:
    image = opened.account.create_ad_image(params={"filename": opened.file("square.png")})
    older = AdImage(parent_id=opened.line["account_id"])
    older[AdImage.Field.filename] = opened.file("cover.png")
    older.remote_create()
    film = AdVideo(parent_id=opened.line["account_id"])
    film[AdVideo.Field.filepath] = opened.file("film.mp4")
    film.remote_create()
    opened.advance("PT1M")
    film.waitUntilEncodingReady(interval=1, timeout=20)
    whole = opened.account.create_ad_video(params={"source": opened.file("film.mp4"), "title": "whole"})
    listed = opened.account.get_ad_images(params={"hashes": [image["hash"]]}, fields=["hash", "name", "width"])
    return {
        "image": image["hash"],
        "cover": older["hash"],
        "video": film["id"],
        "whole": whole["id"],
        "titles": sorted(one["title"] for one in opened.account.get_ad_videos(fields=["title", "status"])),
        "listed": [[one["hash"], one["width"]] for one in listed],
    }


def tree(opened: Opening, files: dict[str, Any]) -> dict[str, Any]:
    made = opened.account.create_campaign(fields=["name", "status"], params=campaign())
    group = opened.account.create_ad_set(params=ad_set(made["id"]))
    page = opened.line["page_id"]
    story = link_creative(page, files["image"], url_tags="utm_source=meta")
    picture = opened.account.create_ad_creative(params=story)
    moving = opened.account.create_ad_creative(
        params={
            "name": "Film",
            "object_story_spec": {
                "page_id": page,
                "instagram_user_id": opened.line["instagram_user_id"],
                "video_data": {
                    "video_id": files["video"],
                    "image_hash": files["cover"],
                    "title": "Run",
                    "message": "Run faster",
                    "call_to_action": {"type": "LEARN_MORE", "value": {"link": "https://example.com/shoes"}},
                },
            },
        }
    )
    first = opened.account.create_ad(params=ad(group["id"], picture["id"], name="Picture"))
    second = opened.account.create_ad(params=ad(group["id"], moving["id"], name="Film"))
    return {
        "campaign": made["id"],
        "name": made["name"],
        "ad_set": group["id"],
        "creatives": [picture["id"], moving["id"]],
        "ads": [first["id"], second["id"]],
    }


def read(opened: Opening, made: dict[str, Any]) -> dict[str, Any]:
    above = Campaign(made["campaign"]).api_get(
        fields=["name", "objective", "status", "effective_status", "configured_status", "special_ad_categories"]
    )
    group = AdSet(made["ad_set"]).api_get(
        fields=["name", "daily_budget", "lifetime_budget", "targeting", "bid_strategy", "start_time", "campaign_id"]
    )
    shown = Ad(made["ads"][0]).api_get(
        fields=["name", "adset_id", "campaign_id", "effective_status", "creative{id,object_story_spec,url_tags}"]
    )
    edges = {
        "ad_sets": [one["id"] for one in Campaign(made["campaign"]).get_ad_sets(fields=["id"])],
        "ads": [one["name"] for one in Campaign(made["campaign"]).get_ads(fields=["name"])],
        "ads_of_set": len(list(AdSet(made["ad_set"]).get_ads(fields=["name"]))),
        "creatives": [one["id"] for one in Ad(made["ads"][0]).get_ad_creatives(fields=["id", "name"])],
    }
    return {
        "campaign": above.export_all_data(),
        "ad_set": group.export_all_data(),
        "ad": shown.export_all_data(),
        **edges,
    }


def pages(opened: Opening) -> dict[str, Any]:
    """Seven campaigns three at a time: the SDK's cursor goes through all of them."""
    for number in range(6):
        opened.account.create_campaign(params=campaign(name=f"More {number}"))
    cursor = opened.account.get_campaigns(fields=["name"], params={"limit": 3})
    first = len(cursor)
    return {"first": first, "names": [one["name"] for one in cursor], "total": cursor.total()}


def change(opened: Opening, made: dict[str, Any]) -> dict[str, Any]:
    Campaign(made["campaign"]).api_update(params={"name": "Autumn", "status": Campaign.Status.active})
    AdSet(made["ad_set"]).api_update(params={"daily_budget": 7500, "status": AdSet.Status.active})
    edited = Ad(made["ads"][0])
    edited.api_update(params={"creative": {"creative_id": made["creatives"][1]}, "status": Ad.Status.active})
    opened.advance("PT1H")
    live = edited.api_get(fields=["effective_status"])["effective_status"]
    Campaign(made["campaign"]).api_update(params={"status": Campaign.Status.paused})
    return {
        "name": Campaign(made["campaign"]).api_get(fields=["name"])["name"],
        "budget": AdSet(made["ad_set"]).api_get(fields=["daily_budget"])["daily_budget"],
        "creative": edited.api_get(fields=["creative{id}"])["creative"]["id"],
        "live": live,
        "paused": edited.api_get(fields=["effective_status"])["effective_status"],
    }


def take_away(opened: Opening, made: dict[str, Any]) -> dict[str, Any]:
    Ad(made["ads"][1]).api_delete()
    below = [one["id"] for one in AdSet(made["ad_set"]).get_ads(fields=["id"])]
    Campaign(made["campaign"]).api_delete()
    gone = Campaign(made["campaign"]).api_get(fields=["status", "effective_status"])
    asked = opened.account.get_campaigns(fields=["id"], params={"effective_status": ["DELETED"]})
    return {
        "ads": below,
        "status": gone["status"],
        "listed": [one["id"] for one in opened.account.get_campaigns(fields=["id"])],
        "deleted": [one["id"] for one in asked],
    }


def main() -> None:
    opened = Opening()
    files = media(opened)
    made = tree(opened, files)
    tell(
        {
            "around": surroundings(opened),
            "media": files,
            "tree": made,
            "read": read(opened, made),
            "pages": pages(opened),
            "changed": change(opened, made),
            "gone": take_away(opened, made),
            "calls": opened.api.get_num_requests_succeeded(),
        }
    )


main()

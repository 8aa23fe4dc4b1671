"""TikTok's official SDK walks the manual path on the sandbox: login, files, the tree, changes, lists, deletion."""

import datetime
import urllib.parse
import urllib.request

import business_api_client as tiktok
import person
from person import ADVERTISER, GIVEN, LINE, TOKEN, data

BEGINS = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S")
ENDS = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40)).strftime("%Y-%m-%d %H:%M:%S")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def log_in():
    """A token for a code, as an app gets it; the advertisers behind it."""
    query = {"app_id": LINE["client_id"], "state": "s", "redirect_uri": "http://127.0.0.1/back"}
    url = f"{GIVEN['base']}/tiktok-authorize/portal/auth?{urllib.parse.urlencode(query)}"
    try:
        urllib.request.build_opener(_Stay).open(url)
    except urllib.error.HTTPError as answer:
        back = urllib.parse.urlsplit(answer.headers["location"])
    code = urllib.parse.parse_qs(back.query)["auth_code"][0]
    body = tiktok.Oauth2AccessTokenBody(app_id=LINE["client_id"], secret=LINE["client_secret"], auth_code=code)
    token = data(person.login.oauth2_access_token(body=body))["access_token"]
    again = person.refusal(person.login.oauth2_access_token, body=body)
    found = data(person.login.oauth2_advertiser_get(LINE["client_id"], LINE["client_secret"], token))["list"]
    return {"again": again, "advertisers": [row["advertiser_id"] for row in found]}


def look_around():
    """What an account holds."""
    (info,) = data(person.accounts.advertiser_info([ADVERTISER], TOKEN, fields=["name", "status", "balance"]))["list"]
    kinds = [row["identity_type"] for row in data(person.identities.identity_get(ADVERTISER, TOKEN))["identity_list"]]
    pixels = data(person.pixels.pixel_list(ADVERTISER, TOKEN))["pixels"]
    return {
        "status": info["status"],
        "identities": kinds,
        "pixels": [row["pixel_id"] for row in pixels],
        "languages": len(data(person.tools.tool_language(ADVERTISER, TOKEN))["languages"]),
        "regions": len(
            data(person.tools.tool_region(ADVERTISER, ["PLACEMENT_TIKTOK"], "TRAFFIC", TOKEN))["region_info"]
        ),
    }


def find_places():
    """A region, a town and postal codes, as an account finds them."""
    rows = data(
        person.tools.tool_region(ADVERTISER, ["PLACEMENT_TIKTOK"], "TRAFFIC", TOKEN, level_range="TO_DISTRICT")
    )["region_info"]
    names = {row["location_id"]: row["name"] for row in rows}
    body = tiktok.TargetingSearchBody(
        advertiser_id=ADVERTISER,
        objective_type="TRAFFIC",
        placements=["PLACEMENT_TIKTOK"],
        search_type="BATCH_ZIPCODE_SEARCH",
        keywords=["94103", "62701"],
        geo_types=["ZIP_CODE"],
        region_codes=["US"],
    )
    tags = data(person.tools.tool_targeting_search(TOKEN, body=body))["targeting_tag_list"]
    return {
        "regions": sorted(row["name"] for row in rows if row["region_code"] == "DE" and row["level"] == "PROVINCE")[:2],
        "towns": sorted(names[row["parent_id"]] for row in rows if row["name"] == "Springfield"),
        "codes": [[tag["keyword"], tag["geo"]["geo_type"], tag["status_info"]["status"]] for tag in tags],
    }


def campaign(number):
    """A campaign that is off."""
    body = tiktok.CampaignCreateBody(
        advertiser_id=ADVERTISER,
        campaign_name=f"Spring {number}",
        objective_type="TRAFFIC",
        operation_status="DISABLE",
        request_id=str(1000 + number),
    )
    body.budget_mode = "BUDGET_MODE_INFINITE"
    return data(person.campaigns.campaign_create(TOKEN, body=body))["campaign_id"]


def ad_group(campaign_id, number):
    """A live ad group below it."""
    body = tiktok.AdgroupCreateBody(
        advertiser_id=ADVERTISER,
        campaign_id=campaign_id,
        adgroup_name=f"Group {number}",
        request_id=str(2000 + number),
        promotion_type="WEBSITE",
        placement_type="PLACEMENT_TYPE_NORMAL",
        placements=["PLACEMENT_TIKTOK"],
        location_ids=["6252001"],
        age_groups=["AGE_25_34"],
        gender="GENDER_UNLIMITED",
        budget_mode="BUDGET_MODE_DAY",
        budget=50.5,
        schedule_type="SCHEDULE_START_END",
        schedule_start_time=BEGINS,
        schedule_end_time=ENDS,
        optimization_goal="CLICK",
        billing_event="CPC",
        bid_type="BID_TYPE_NO_BID",
        pacing="PACING_MODE_SMOOTH",
    )
    return data(person.groups.adgroup_create(TOKEN, body=body))["adgroup_id"]


def creative(name, video_id, image_id, **more):
    """One video ad."""
    fields = {
        "ad_name": name,
        "ad_format": "SINGLE_VIDEO",
        "identity_type": LINE["identity_type"],
        "identity_id": LINE["identity_id"],
        "video_id": video_id,
        "image_ids": [image_id],
        "ad_text": "Spring sale: 20% off all shoes",
        "call_to_action": "SHOP_NOW",
        "landing_page_url": "https://example.com/spring",
        "utm_params": [tiktok.AdcreateUtmParams(key="utm_source", value="sdk")],
        "dark_post_status": "ON",
    }
    return tiktok.AdcreateCreatives(**fields, **more)


def tree(video_id, image_id):
    """Two campaigns, in the first two ad groups with two ads each."""
    found = {"campaigns": [campaign(1), campaign(2)], "groups": [], "ads": []}
    for number in (1, 2):
        group_id = ad_group(found["campaigns"][0], number)
        creatives = [creative(f"Ad {number}.{place}", video_id, image_id) for place in (1, 2)]
        body = tiktok.AdCreateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, creatives=creatives)
        found["groups"].append(group_id)
        found["ads"] += data(person.ads.ad_create(TOKEN, body=body))["ad_ids"]
    return found


def change(made):
    """Names, budget, targeting and words, each by the SDK's update."""
    (campaign_id, _), (group_id, _), (ad_id, *_) = made["campaigns"], made["groups"], made["ads"]
    body = tiktok.CampaignUpdateBody(advertiser_id=ADVERTISER, campaign_id=campaign_id, campaign_name="Autumn")
    data(person.campaigns.campaign_update(TOKEN, body=body))
    group = tiktok.AdgroupUpdateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, budget=77.25, languages=["en"])
    data(person.groups.adgroup_update(TOKEN, body=group))
    words = tiktok.AdupdateCreatives(ad_id=ad_id, ad_text="Autumn sale")
    patch = tiktok.AdUpdateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, creatives=[words], patch_update=True)
    data(person.ads.ad_update(TOKEN, body=patch))


def switch(made, verb):
    """Ads, ad groups and campaigns."""
    campaign_body = tiktok.CampaignStatusUpdateBody(
        advertiser_id=ADVERTISER, campaign_ids=made["campaigns"], operation_status=verb
    )
    group_body = tiktok.AdgroupStatusUpdateBody(
        advertiser_id=ADVERTISER, adgroup_ids=made["groups"], operation_status=verb
    )
    ad_body = tiktok.AdStatusUpdateBody(advertiser_id=ADVERTISER, ad_ids=made["ads"], operation_status=verb)
    return [
        data(person.ads.ad_status_update(TOKEN, body=ad_body))["status"],
        data(person.groups.adgroup_status_update(TOKEN, body=group_body))["status"],
        data(person.campaigns.campaign_status_update(TOKEN, body=campaign_body))["status"],
    ]


def pages(made):
    """The ads of one campaign, page by page, and what filters leave."""
    seen, page = [], 1
    filtering = tiktok.FilteringAdGet(campaign_ids=made["campaigns"][:1])
    while True:
        answer = data(person.ads.ad_get(ADVERTISER, TOKEN, filtering=filtering, page=page, page_size=3))
        seen += [row["ad_id"] for row in answer["list"]]
        if page >= answer["page_info"]["total_page"]:
            break
        page += 1
    named = data(
        person.campaigns.campaign_get(
            ADVERTISER, TOKEN, filtering=tiktok.FilteringCampaignGet(campaign_name="Autumn"), fields=["campaign_id"]
        )
    )["list"]
    (group,) = data(
        person.groups.adgroup_get(
            ADVERTISER, TOKEN, filtering=tiktok.FilteringAdgroupGet(adgroup_ids=made["groups"][:1])
        )
    )["list"]
    return {
        "pages": page,
        "ads": sorted(seen),
        "named": [row["campaign_id"] for row in named],
        "budget": group["budget"],
        "languages": group["languages"],
        "text": _text(made["ads"][0]),
    }


def _text(ad_id):
    (row,) = data(person.ads.ad_get(ADVERTISER, TOKEN, filtering=tiktok.FilteringAdGet(ad_ids=[ad_id])))["list"]
    return row["ad_text"]


def left(made):
    """What a list shows of deleted campaigns: nothing, unless it is asked."""
    ids = tiktok.FilteringCampaignGet(campaign_ids=made["campaigns"])
    shown = data(person.campaigns.campaign_get(ADVERTISER, TOKEN, filtering=ids))["list"]
    ids.primary_status = "STATUS_ALL"
    everything = data(person.campaigns.campaign_get(ADVERTISER, TOKEN, filtering=ids))["list"]
    return {"shown": len(shown), "statuses": sorted(row["secondary_status"] for row in everything)}


def main():
    """The walk."""
    found = {"login": log_in(), "account": look_around(), "places": find_places()}
    image_id, video_id = person.upload_image(), person.upload_video()
    (image,) = data(person.files.file_image_ad_info(ADVERTISER, [image_id], TOKEN))["list"]
    listed = data(person.files.ad_video_search(ADVERTISER, TOKEN))["list"]
    found["files"] = {
        "image": image["image_id"] == image_id,
        "video": [row["video_id"] for row in listed] == [video_id],
    }
    made = tree(video_id, image_id)
    change(made)
    found["made"] = made
    found["switched"] = switch(made, "DISABLE") + switch(made, "ENABLE")
    found["read"] = pages(made)
    found["deleted"] = switch(made, "DELETE")
    found["left"] = left(made)
    person.say(found)


if __name__ == "__main__":
    main()

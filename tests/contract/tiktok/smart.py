"""TikTok's official SDK makes, reads, changes, switches and deletes a Smart+ campaign on the sandbox."""

import business_api_client as tiktok
import manual
import person
from person import ADVERTISER, LINE, TOKEN, data


def campaign():
    """A campaign with a budget of its own."""
    body = tiktok.SmartPlusCampaignCreateBody(
        advertiser_id=ADVERTISER,
        campaign_name="Smart",
        objective_type="WEB_CONVERSIONS",
        sales_destination="WEBSITE",
        request_id="11",
        budget_optimize_on=True,
        budget_mode="BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        budget=80.5,
        operation_status="DISABLE",
    )
    return data(person.campaigns.smart_plus_campaign_create(TOKEN, body=body))["campaign_id"]


def ad_group(campaign_id):
    """An ad group for purchases."""
    spec = tiktok.SmartPlusAdgroupCreateBodyTargetingSpec(location_ids=["6252001"], age_groups=["AGE_25_34"])
    body = tiktok.SmartPlusAdgroupCreateBody(
        advertiser_id=ADVERTISER,
        campaign_id=campaign_id,
        adgroup_name="Smart group",
        request_id="12",
        promotion_type="WEBSITE",
        optimization_goal="CONVERT",
        billing_event="OCPM",
        pixel_id=LINE["pixel_id"],
        optimization_event="SHOPPING",
        schedule_type="SCHEDULE_FROM_NOW",
        schedule_start_time=manual.BEGINS,
        targeting_spec=spec,
        targeting_optimization_mode="MANUAL",
    )
    return data(person.groups.smart_plus_adgroup_create(TOKEN, body=body))["adgroup_id"]


def ad(adgroup_id, video_id, image_id):
    """An ad of two texts."""
    info = tiktok.SmartPlusAdCreateBodyCreativeInfo(
        ad_format="SINGLE_VIDEO",
        identity_type=LINE["identity_type"],
        identity_id=LINE["identity_id"],
        video_info=tiktok.SmartPlusAdCreateBodyCreativeInfoVideoInfo(video_id=video_id),
        image_info=[tiktok.SmartPlusAdCreateBodyCreativeInfoImageInfo(web_uri=image_id)],
    )
    body = tiktok.SmartPlusAdCreateBody(
        advertiser_id=ADVERTISER,
        adgroup_id=adgroup_id,
        ad_name="Smart ad",
        creative_list=[tiktok.SmartPlusAdCreateBodyCreativeList(creative_info=info)],
        ad_text_list=[tiktok.SmartPlusAdCreateBodyAdTextList(ad_text=text) for text in ("Spring sale", "20% off")],
        call_to_action_list=[tiktok.SmartPlusAdCreateBodyCallToActionList(call_to_action="SHOP_NOW")],
        landing_page_url_list=[
            tiktok.SmartPlusAdCreateBodyLandingPageUrlList(landing_page_url="https://example.com/spring")
        ],
    )
    return data(person.ads.smart_plus_ad_create(TOKEN, body=body))["smart_plus_ad_id"]


def change(campaign_id, adgroup_id, ad_id):
    """Budget, audience and words."""
    budget = tiktok.SmartPlusCampaignUpdateBody(advertiser_id=ADVERTISER, campaign_id=campaign_id, budget=91.25)
    data(person.campaigns.smart_plus_campaign_update(TOKEN, body=budget))
    spec = tiktok.SmartPlusAdgroupCreateBodyTargetingSpec(location_ids=["6252001"], gender="GENDER_FEMALE")
    group = tiktok.SmartPlusAdgroupUpdateBody(advertiser_id=ADVERTISER, adgroup_id=adgroup_id, targeting_spec=spec)
    data(person.groups.smart_plus_adgroup_update(TOKEN, body=group))
    words = tiktok.SmartPlusAdUpdateBody(advertiser_id=ADVERTISER, smart_plus_ad_id=ad_id)
    words.ad_text_list = [tiktok.SmartPlusAdCreateBodyAdTextList(ad_text="Autumn")]
    data(person.ads.smart_plus_ad_update(TOKEN, body=words))


def switch(campaign_id, adgroup_id, ad_id, verb):
    """All three levels."""
    ad_body = tiktok.SmartPlusAdStatusUpdateBody(
        advertiser_id=ADVERTISER, smart_plus_ad_ids=[ad_id], operation_status=verb
    )
    group_body = tiktok.SmartPlusAdgroupStatusUpdateBody(
        advertiser_id=ADVERTISER, adgroup_ids=[adgroup_id], operation_status=verb
    )
    campaign_body = tiktok.SmartPlusCampaignStatusUpdateBody(
        advertiser_id=ADVERTISER, campaign_ids=[campaign_id], operation_status=verb
    )
    return [
        data(person.ads.smart_plus_ad_status_update(TOKEN, body=ad_body))["status"],
        data(person.groups.smart_plus_adgroup_status_update(TOKEN, body=group_body))["status"],
        data(person.campaigns.smart_plus_campaign_status_update(TOKEN, body=campaign_body))["status"],
    ]


def read(campaign_id, adgroup_id, ad_id):
    """What stands, by filters of each level, and what review says."""
    top = tiktok.FilteringSmartPlusCampaignGet(campaign_ids=[campaign_id])
    middle = tiktok.FilteringSmartPlusAdgroupGet(adgroup_ids=[adgroup_id])
    low = tiktok.FilteringSmartPlusAdGet(smart_plus_ad_ids=[ad_id])
    (one,) = data(person.campaigns.smart_plus_campaign_get(ADVERTISER, TOKEN, filtering=top))["list"]
    (group,) = data(person.groups.smart_plus_adgroup_get(ADVERTISER, TOKEN, filtering=middle))["list"]
    (shown,) = data(person.ads.smart_plus_ad_get(ADVERTISER, TOKEN, filtering=low))["list"]
    (review,) = data(person.ads.smart_plus_ad_review_info(ADVERTISER, [ad_id], TOKEN))["smart_plus_ad_review_infos"]
    return {
        "budget": one["budget"],
        "gender": group["targeting_spec"]["gender"],
        "texts": [each["ad_text"] for each in shown["ad_text_list"]],
        "review": review["review_status"],
    }


def main():
    """The walk."""
    image_id, video_id = person.upload_image(), person.upload_video()
    campaign_id = campaign()
    adgroup_id = ad_group(campaign_id)
    made = campaign_id, adgroup_id, ad(adgroup_id, video_id, image_id)
    change(*made)
    found = {"switched": switch(*made, "ENABLE"), "read": read(*made), "deleted": switch(*made, "DELETE")}
    person.say(found)


main()

"""TikTok's official SDK meets each refusal of the sandbox: the code that it raises, by what was done to deserve it."""

import business_api_client as tiktok
import manual
import person
from person import ADVERTISER, LINE, TOKEN, data, refusal

WRONG = "7" * 40


def of_logins():
    """Tokens, codes and apps."""
    body = tiktok.Oauth2AccessTokenBody(app_id=LINE["client_id"], secret=LINE["client_secret"], auth_code="spent")
    app = tiktok.Oauth2AccessTokenBody(app_id=LINE["client_id"], secret="wrong", auth_code="spent")
    person.fault("token_expired")
    return {
        "a token that has lapsed": refusal(person.campaigns.campaign_get, ADVERTISER, TOKEN),
        "a wrong token": refusal(person.campaigns.campaign_get, ADVERTISER, WRONG),
        "an empty token": refusal(person.campaigns.campaign_get, ADVERTISER, ""),
        "a wrong code": refusal(person.login.oauth2_access_token, body=body),
        "a wrong secret": refusal(person.login.oauth2_access_token, body=app),
        "a stranger's advertiser": refusal(person.campaigns.campaign_get, "7" * 19, TOKEN),
    }


def of_limits():
    """Throttles and failures, of reads and of writes."""
    body = tiktok.CampaignCreateBody(advertiser_id=ADVERTISER, campaign_name="T", objective_type="TRAFFIC")
    found = {}
    for kind in ("throttle", "server_error"):
        person.fault(kind)
        found[f"{kind} of a read"] = refusal(person.campaigns.campaign_get, ADVERTISER, TOKEN)
        person.fault(kind)
        found[f"{kind} of a write"] = refusal(person.campaigns.campaign_create, TOKEN, body=body)
    return found


def of_campaigns():
    """What campaigns refuse."""
    manual.campaign(1)
    again = tiktok.CampaignCreateBody(
        advertiser_id=ADVERTISER, campaign_name="Other", objective_type="TRAFFIC", request_id="1001"
    )
    again.budget_mode = "BUDGET_MODE_INFINITE"
    named = tiktok.CampaignCreateBody(
        advertiser_id=ADVERTISER, campaign_name="Spring 1", objective_type="TRAFFIC", request_id="77"
    )
    named.budget_mode = "BUDGET_MODE_INFINITE"
    poor = tiktok.CampaignCreateBody(advertiser_id=ADVERTISER, campaign_name="Poor", objective_type="TRAFFIC")
    poor.budget_mode, poor.budget = "BUDGET_MODE_DAY", 49.99
    gone = tiktok.CampaignUpdateBody(advertiser_id=ADVERTISER, campaign_id="1" * 19, campaign_name="x")
    unknown = tiktok.FilteringCampaignGet(primary_status="STATUS_SLEEPING")
    create, update = person.campaigns.campaign_create, person.campaigns.campaign_update
    return {
        "the same request again": refusal(create, TOKEN, body=again),
        "a name that is taken": refusal(create, TOKEN, body=named),
        "too small a budget": refusal(create, TOKEN, body=poor),
        "a campaign that is not there": refusal(update, TOKEN, body=gone),
        "an unknown filter": refusal(person.campaigns.campaign_get, ADVERTISER, TOKEN, filtering=unknown),
    }


def of_files_and_ads():
    """What files, ad groups and ads refuse."""
    image_id = person.upload_image()
    video_id = person.upload_video()
    group_id = manual.ad_group(manual.campaign(3), 3)
    many = [manual.creative(f"Ad {number}", video_id, image_id) for number in range(20)]
    full = tiktok.AdCreateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, creatives=many)
    data(person.ads.ad_create(TOKEN, body=full))
    one = [manual.creative("One more", video_id, image_id)]
    more = tiktok.AdCreateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, creatives=one)
    minors = tiktok.AdgroupUpdateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, age_groups=["AGE_13_17"])
    nowhere = tiktok.AdgroupUpdateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, location_ids=["1"])
    coded = tiktok.AdgroupUpdateBody(advertiser_id=ADVERTISER, adgroup_id=group_id, zipcode_ids=["94103"])
    some = tiktok.AdgroupStatusUpdateBody(
        advertiser_id=ADVERTISER, adgroup_ids=[group_id, "1" * 19], operation_status="DISABLE"
    )
    some.allow_partial_success = True
    raw = person.files.ad_video_upload(
        TOKEN,
        advertiser_id=ADVERTISER,
        upload_type="UPLOAD_BY_FILE",
        video_file=person.GIVEN["film"],
        video_signature=person.md5(person.GIVEN["film"]),
        file_name="raw",
    )
    early = [manual.creative("Early", data(raw)[0]["video_id"], image_id)]
    soon = tiktok.AdCreateBody(
        advertiser_id=ADVERTISER, adgroup_id=manual.ad_group(manual.campaign(4), 4), creatives=early
    )
    return {
        "a film that is not ready": refusal(person.ads.ad_create, TOKEN, body=soon),
        "one ad too many": refusal(person.ads.ad_create, TOKEN, body=more),
        "minors in the USA": refusal(person.groups.adgroup_update, TOKEN, body=minors),
        "a place that is not there": refusal(person.groups.adgroup_update, TOKEN, body=nowhere),
        "a postal code that is not there": refusal(person.groups.adgroup_update, TOKEN, body=coded),
        "a part of it": refusal(person.groups.adgroup_status_update, TOKEN, body=some),
        "a file name that is taken": refusal(_cover, image_signature=person.md5(person.GIVEN["cover"])),
        "a wrong signature": refusal(_cover, image_signature="0" * 32),
        "a film as a picture": refusal(_cover, image_file=person.GIVEN["film"], image_signature="0" * 32),
    }


def _cover(**changes):
    usual = {"advertiser_id": ADVERTISER, "upload_type": "UPLOAD_BY_FILE", "image_file": person.GIVEN["cover"]}
    return person.files.ad_image_upload(TOKEN, file_name="cover", **(usual | changes))


def of_rights():
    """A right that was withdrawn."""
    person.control("account", {"platform": "tiktok_ads", "action": "lose_right", "value": "pixel/list"})
    return {"a right that is missing": refusal(person.pixels.pixel_list, ADVERTISER, TOKEN)}


person.say(of_logins() | of_rights() | of_limits() | of_campaigns() | of_files_and_ads())

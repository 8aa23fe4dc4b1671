"""Writing at Google: all or nothing, partial, dry; updates by mask; removal; assets; who may write at all."""

import base64
import struct
import zlib

import pytest
from tests.sandbox.google_client import CUSTOMER, MANAGER, Google, changed, codes, create, tree

#: The request of the official client's documentation of the v26 message, in full.
EXAMPLE = {
    "customerId": "1234567890",
    "partialFailure": False,
    "validateOnly": False,
    "responseContentType": "RESOURCE_NAME_ONLY",
    "mutateOperations": [
        create(
            "campaignBudget",
            resourceName="customers/1234567890/campaignBudgets/-1",
            name="Spring-7f3a budget",
            amountMicros="50000000",
            deliveryMethod="STANDARD",
            period="DAILY",
            explicitlyShared=False,
        ),
        create(
            "campaign",
            resourceName="customers/1234567890/campaigns/-2",
            name="Spring-7f3a",
            status="PAUSED",
            advertisingChannelType="SEARCH",
            campaignBudget="customers/1234567890/campaignBudgets/-1",
            targetSpend={},
            networkSettings={
                "targetGoogleSearch": True,
                "targetSearchNetwork": False,
                "targetContentNetwork": False,
                "targetPartnerSearchNetwork": False,
            },
            geoTargetTypeSetting={"positiveGeoTargetType": "PRESENCE"},
            containsEuPoliticalAdvertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
            startDateTime="2026-12-01 00:00:00",
            endDateTime="2026-12-31 23:59:59",
        ),
        *(
            create("campaignCriterion", campaign="customers/1234567890/campaigns/-2", **body)
            for body in (
                {"location": {"geoTargetConstant": "geoTargetConstants/2840"}},
                {"language": {"languageConstant": "languageConstants/1000"}},
                {
                    "adSchedule": {
                        "dayOfWeek": "MONDAY",
                        "startHour": 9,
                        "startMinute": "ZERO",
                        "endHour": 18,
                        "endMinute": "ZERO",
                    }
                },
                {"device": {"type": "DESKTOP"}, "bidModifier": 0},
            )
        ),
        create(
            "adGroup",
            resourceName="customers/1234567890/adGroups/-3",
            campaign="customers/1234567890/campaigns/-2",
            name="Spring-7f3a ag1",
            status="ENABLED",
            type="SEARCH_STANDARD",
            cpcBidMicros="1500000",
        ),
        *(
            create("adGroupCriterion", adGroup="customers/1234567890/adGroups/-3", **body)
            for body in (
                {"status": "ENABLED", "keyword": {"text": "running shoes", "matchType": "PHRASE"}},
                {"ageRange": {"type": "AGE_RANGE_18_24"}},
                {"negative": True, "gender": {"type": "MALE"}},
            )
        ),
        create(
            "adGroupAd",
            adGroup="customers/1234567890/adGroups/-3",
            status="ENABLED",
            ad=tree()[6]["adGroupAdOperation"]["create"]["ad"],
        ),
    ],
}


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


def test_the_official_example_is_accepted_as_it_is(google):
    answer = google.request("POST", f"customers/{CUSTOMER}/googleAds:mutate", EXAMPLE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["request-id"]
    results = answer.json()["mutateOperationResponses"]
    assert [next(iter(r)) for r in results] == [
        "campaignBudgetResult",
        "campaignResult",
        *["campaignCriterionResult"] * 4,
        "adGroupResult",
        *["adGroupCriterionResult"] * 3,
        "adGroupAdResult",
    ]
    campaign = results[1]["campaignResult"]["resourceName"].rpartition("/")[2]
    assert results[2]["campaignCriterionResult"]["resourceName"].endswith(f"/campaignCriteria/{campaign}~2840")


def test_names_may_be_spelled_with_underscores_as_protobuf_lets_them(google):
    body = {
        "mutate_operations": [
            {"campaign_budget_operation": {"create": {"amount_micros": 5000000, "explicitly_shared": False}}}
        ]
    }
    answer = google.request("POST", f"customers/{CUSTOMER}/googleAds:mutate", body)
    assert answer.status_code == 200, answer.text
    assert google.sandbox.ledger(platform="google_ads")["objects"][0]["fields"]["amountMicros"] == "5000000"


def test_one_refusal_undoes_everything(google):
    answer = google.mutate(changed(tree(), "6.create.ad.responsiveSearchAd.path1", "far too long a path"))
    assert codes(answer) == ["stringLengthError.TOO_LONG"]
    assert google.sandbox.ledger(platform="google_ads")["objects"] == []
    assert google.rows("SELECT campaign.id FROM campaign") == []


def test_partial_failure_keeps_what_is_good_and_tells_the_rest_by_index(google):
    bad = changed(tree(), "5.create.keyword.text", "no!")
    answer = google.mutate(bad, partialFailure=True)
    assert answer.status_code == 200
    results = answer.json()["mutateOperationResponses"]
    assert results[5] == {}
    assert all(results[i] for i in (0, 1, 2, 3, 4, 6))
    assert codes(answer) == ["criterionError.KEYWORD_HAS_INVALID_CHARS"]
    error = answer.json()["partialFailureError"]["details"][0]["errors"][0]
    assert error["location"]["fieldPathElements"][0] == {"fieldName": "mutate_operations", "index": 5}


def test_a_dry_run_tells_the_errors_and_changes_nothing(google):
    assert google.mutate(tree(), validateOnly=True).json() == {}
    bad = google.mutate(changed(tree(), "0.create.amountMicros", "1"), validateOnly=True)
    assert codes(bad)[0].startswith("campaignBudgetError.")
    assert google.sandbox.ledger(platform="google_ads")["objects"] == []


def test_the_answer_holds_the_resource_when_it_is_asked_for(google):
    answer = google.mutate(tree(), responseContentType="MUTABLE_RESOURCE").json()
    campaign = answer["mutateOperationResponses"][1]["campaignResult"]["campaign"]
    assert (campaign["name"], campaign["biddingStrategyType"]) == ("Spring", "TARGET_SPEND")


def test_the_default_status_is_enabled(google):
    google.made(changed(tree(), "1.create.status"))
    for what in ("campaign", "ad_group", "ad_group_ad", "ad_group_criterion"):
        assert google.state(what, "status") == ["ENABLED"]


def test_an_update_changes_only_what_its_mask_names(google):
    campaign = google.made(tree())[1]
    answer = google.one(
        "campaigns",
        {"update": {"resourceName": campaign, "status": "PAUSED", "name": "Other"}, "updateMask": "status"},
    )
    assert answer.json() == {"results": [{"resourceName": campaign}]}
    assert google.state("campaign", "status") == ["PAUSED"]
    assert google.state("campaign", "name") == ["Spring"]


def test_a_mask_reaches_into_messages_and_a_new_scheme_replaces_the_old(google):
    campaign = google.made(tree())[1]
    body = {
        "resourceName": campaign,
        "maximizeConversions": {"targetCpaMicros": "5000000"},
        "networkSettings": {"targetSearchNetwork": True},
    }
    mask = "maximize_conversions.target_cpa_micros,network_settings.target_search_network"
    assert google.one("campaigns", {"update": body, "updateMask": mask}).status_code == 200
    row = google.rows(
        "SELECT campaign.bidding_strategy_type, campaign.maximize_conversions.target_cpa_micros, "
        "campaign.network_settings.target_google_search, campaign.network_settings.target_search_network FROM campaign"
    )[0]["campaign"]
    assert row["biddingStrategyType"] == "MAXIMIZE_CONVERSIONS"
    assert row["maximizeConversions"] == {"targetCpaMicros": "5000000"}
    assert row["networkSettings"] == {"targetGoogleSearch": True, "targetSearchNetwork": True}


MASKS = [
    (None, "fieldMaskError.FIELD_MASK_MISSING"),
    ("colour", "fieldMaskError.FIELD_NOT_FOUND"),
    ("networkSettings.colour", "fieldMaskError.FIELD_NOT_FOUND"),
    ("networkSettings", "fieldMaskError.FIELD_HAS_SUBFIELDS"),
    ("advertisingChannelType", "fieldError.IMMUTABLE_FIELD"),
    ("servingStatus", "fieldError.IMMUTABLE_FIELD"),
    ("name", "fieldError.REQUIRED"),
]


@pytest.mark.parametrize(("mask", "code"), MASKS)
def test_a_mask_that_cannot_be_followed_is_refused(google, mask, code):
    operation = {"update": {"resourceName": google.made(tree())[1]}} | ({"updateMask": mask} if mask else {})
    assert codes(google.one("campaigns", operation)) == [code]


def test_the_start_cannot_move_once_the_campaign_has_started(google):
    campaign = google.made(tree())[1]
    answer = google.update("campaigns", campaign, startDateTime="2026-12-24 00:00:00")
    assert codes(answer) == ["dateRangeError.CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED"]
    assert google.update("campaigns", campaign, endDateTime="2026-12-24 23:59:59").status_code == 200
    past = google.update("campaigns", campaign, endDateTime="2026-11-22 23:59:59")
    assert codes(past)[0].startswith("dateRangeError.")


def test_removed_objects_are_final_and_stay_in_the_ledger(google):
    names = google.made(tree())
    assert google.one("campaigns", {"remove": names[1]}).status_code == 200
    assert google.state("campaign", "status") == ["REMOVED"]
    code = "contextError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"
    assert codes(google.update("campaigns", names[1], status="ENABLED")) == [code]
    assert codes(google.one("campaigns", {"remove": names[1]})) == [code]
    new_group = {"campaign": names[1], "name": "late", "type": "SEARCH_STANDARD"}
    assert codes(google.one("adGroups", {"create": new_group})) == [code]
    campaign = next(o for o in google.sandbox.ledger(platform="google_ads")["objects"] if o["type"] == "campaign")
    assert campaign["status"] == "REMOVED"
    assert campaign["deleted_at"]


def test_an_ads_texts_change_through_the_ad_and_are_reviewed_again(google):
    ad = google.made(tree())[6]
    google.sandbox.advance("PT1H")
    assert google.state("ad_group_ad", "primary_status") == ["ELIGIBLE"]
    name = f"customers/{CUSTOMER}/ads/{ad.rpartition('~')[2]}"
    rsa = {"headlines": [{"text": t} for t in ("New Sale", "Run On", "Ship It")]}
    body = {"resourceName": name, "responsiveSearchAd": rsa}
    answer = google.one("ads", {"update": body, "updateMask": "responsiveSearchAd.headlines"})
    assert answer.json() == {"results": [{"resourceName": name}]}
    row = google.rows(
        "SELECT ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.ad.responsive_search_ad.path1, "
        "ad_group_ad.policy_summary.review_status FROM ad_group_ad"
    )[0]["adGroupAd"]
    assert row["ad"]["responsiveSearchAd"] == rsa | {"path1": "shoes"}
    assert row["policySummary"]["reviewStatus"] == "REVIEW_IN_PROGRESS"
    through_the_group = {"update": {"resourceName": ad, "ad": {}}, "updateMask": "ad.final_urls"}
    assert codes(google.one("adGroupAds", through_the_group)) == ["fieldError.IMMUTABLE_FIELD"]
    assert codes(google.one("ads", {"remove": name})) == ["operatorError.OPERATOR_NOT_SUPPORTED"]


def test_a_finding_can_be_overlooked_on_request(google):
    shouting = changed(tree(), "6.create.ad.responsiveSearchAd.headlines.0.text", "Sale!!")
    entry = google.mutate(shouting).json()["error"]["details"][0]["errors"][0]["details"]["policyFindingDetails"]
    topic = entry["policyTopicEntries"][0]["topic"]
    shouting[6]["adGroupAdOperation"]["policyValidationParameter"] = {"ignorablePolicyTopics": [topic]}
    assert google.mutate(shouting).status_code == 200


def test_a_criterion_is_replaced_not_edited_and_may_come_back(google):
    names = google.made(tree())
    place = names[2]
    assert codes(google.update("campaignCriteria", place, location={})) == ["fieldError.IMMUTABLE_FIELD"]
    assert google.update("campaignCriteria", place, bidModifier=1.5).status_code == 200
    assert google.one("campaignCriteria", {"remove": place}).status_code == 200
    again = {"campaign": names[1], "location": {"geoTargetConstant": "geoTargetConstants/2840"}}
    assert google.one("campaignCriteria", {"create": again}).json() == {"results": [{"resourceName": place}]}
    row = google.rows(
        "SELECT campaign_criterion.status, campaign_criterion.bid_modifier FROM campaign_criterion "
        "WHERE campaign_criterion.type = LOCATION"
    )[0]
    assert row["campaignCriterion"] == {"resourceName": place, "status": "ENABLED"}


def _png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return base64.b64encode(data).decode()


def test_the_same_image_twice_is_one_asset(google):
    image = {"name": "Shoes", "imageAsset": {"data": _png(1200, 628)}}
    first = google.one("assets", {"create": image}).json()
    assert google.one("assets", {"create": {**image, "name": "Shoes again"}}).json() == first
    other = {"name": "Shoes", "imageAsset": {"data": _png(600, 314)}}
    assert codes(google.one("assets", {"create": other})) == ["assetError.DUPLICATE_ASSET_NAME"]
    row = google.rows(
        "SELECT asset.type, asset.image_asset.mime_type, asset.image_asset.full_size.width_pixels FROM asset"
    )
    assert row[0]["asset"]["imageAsset"] == {"mimeType": "IMAGE_PNG", "fullSize": {"widthPixels": "1200"}}


def test_a_suspended_account_and_a_manager_take_no_writes_but_answer_queries(sandbox, google):
    google.made(tree())
    sandbox.control("account", {"platform": "google_ads", "action": "suspend"})
    answer = google.mutate(tree("More"))
    assert answer.status_code == 403
    assert codes(answer) == ["authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"]
    assert google.state("campaign", "serving_status") == ["SUSPENDED"]
    manager = google.request("POST", f"customers/{MANAGER}/campaigns:mutate", {"operations": []})
    assert codes(manager) == ["requestError.CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"]


def test_one_undeclared_campaign_blocks_every_write_but_its_declaration(sandbox, google):
    campaign = google.made(tree())[1]
    id_ = campaign.rpartition("/")[2]
    edit = {"platform": "google_ads", "id": id_, "field": "containsEuPoliticalAdvertising", "value": None}
    sandbox.control("edit", edit)
    assert google.state("campaign", "missing_eu_political_advertising_declaration") == [True]
    code = "mutateError.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED"
    assert set(codes(google.mutate(tree("More")))) == {code}
    assert codes(google.update("campaigns", campaign, status="PAUSED")) == [code]
    declared = {"containsEuPoliticalAdvertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"}
    assert google.update("campaigns", campaign, **declared).status_code == 200
    assert google.mutate(tree("More")).status_code == 200

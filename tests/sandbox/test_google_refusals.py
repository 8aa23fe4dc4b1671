"""What Google refuses, one thing at a time: an accepted tree with one field missing, wrong or too much."""

import base64

import pytest
from tests.sandbox.google_client import BUDGET, CUSTOMER, GROUP, Google, changed, codes, create, path_of, tree


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


REQUIRED = [
    ("0.create.amountMicros", "campaign_budget_operation.create.amount_micros"),
    ("1.create.name", "campaign_operation.create.name"),
    ("1.create.advertisingChannelType", "campaign_operation.create.advertising_channel_type"),
    ("1.create.campaignBudget", "campaign_operation.create.campaign_budget"),
    ("1.create.targetSpend", "campaign_operation.create.campaign_bidding_strategy"),
    ("1.create.networkSettings", "campaign_operation.create.network_settings"),
    (
        "1.create.containsEuPoliticalAdvertising",
        "campaign_operation.create.contains_eu_political_advertising",
    ),
    ("2.create.campaign", "campaign_criterion_operation.create.campaign"),
    (
        "2.create.location.geoTargetConstant",
        "campaign_criterion_operation.create.location.geo_target_constant",
    ),
    ("3.create.language.languageConstant", "campaign_criterion_operation.create.language.language_constant"),
    ("4.create.name", "ad_group_operation.create.name"),
    ("4.create.campaign", "ad_group_operation.create.campaign"),
    ("4.create.type", "ad_group_operation.create.type"),
    ("5.create.adGroup", "ad_group_criterion_operation.create.ad_group"),
    ("5.create.keyword.text", "ad_group_criterion_operation.create.keyword.text"),
    ("5.create.keyword.matchType", "ad_group_criterion_operation.create.keyword.match_type"),
    ("6.create.adGroup", "ad_group_ad_operation.create.ad_group"),
    ("6.create.ad", "ad_group_ad_operation.create.ad"),
    ("6.create.ad.finalUrls", "ad_group_ad_operation.create.ad.final_urls"),
    ("6.create.ad.responsiveSearchAd", "ad_group_ad_operation.create.ad.ad_data"),
    (
        "6.create.ad.responsiveSearchAd.headlines",
        "ad_group_ad_operation.create.ad.responsive_search_ad.headlines",
    ),
    (
        "6.create.ad.responsiveSearchAd.descriptions",
        "ad_group_ad_operation.create.ad.responsive_search_ad.descriptions",
    ),
    (
        "6.create.ad.responsiveSearchAd.headlines.0.text",
        "ad_group_ad_operation.create.ad.responsive_search_ad.headlines[0].text",
    ),
]


@pytest.mark.parametrize(("left_out", "where"), REQUIRED, ids=[r[0] for r in REQUIRED])
def test_a_required_field_that_is_missing_is_named(google, left_out, where):
    answer = google.mutate(changed(tree(), left_out))
    assert answer.status_code == 400
    assert codes(answer)[0] == "fieldError.REQUIRED"
    index = left_out.partition(".")[0]
    assert path_of(answer) == f"mutate_operations[{index}].{where}"
    assert google.sandbox.ledger(platform="google_ads")["objects"] == []


WRONG_ENUMS = [
    "0.create.deliveryMethod",
    "0.create.period",
    "1.create.status",
    "1.create.advertisingChannelType",
    "1.create.containsEuPoliticalAdvertising",
    "4.create.status",
    "4.create.type",
    "5.create.status",
    "5.create.keyword.matchType",
    "6.create.status",
]


@pytest.mark.parametrize("field", WRONG_ENUMS)
def test_a_wrong_enum_constant_does_not_parse(google, field):
    answer = google.mutate(changed(tree(), field, "SOMETHING_ELSE"))
    assert answer.status_code == 400
    assert "Invalid value at 'mutate_operations[" in answer.json()["error"]["message"]
    assert "SOMETHING_ELSE" in answer.json()["error"]["message"]
    assert google.sandbox.ledger(platform="google_ads")["objects"] == []


WRONG_TYPES = [
    ("0.create.amountMicros", "fifty"),
    ("0.create.amountMicros", 12.5),
    ("0.create.explicitlyShared", "no"),
    ("1.create.name", 7),
    ("1.create.networkSettings", []),
    ("1.create.networkSettings", {"targetGoogleSearch": "true"}),
    ("4.create.cpcBidMicros", True),
    ("6.create.ad.finalUrls", "https://example.com"),
]


@pytest.mark.parametrize(("field", "value"), WRONG_TYPES)
def test_a_value_of_the_wrong_type_does_not_parse(google, field, value):
    answer = google.mutate(changed(tree(), field, value))
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert answer.json()["error"]["message"].startswith("Invalid value at 'mutate_operations[")


@pytest.mark.parametrize("word", range(7))
def test_an_unknown_field_is_named_with_its_place(google, word):
    answer = google.mutate(changed(tree(), f"{word}.create.colour", "red"))
    assert answer.status_code == 400
    assert 'Unknown name "colour"' in answer.json()["error"]["message"]
    assert f"mutate_operations[{word}]" in answer.json()["error"]["message"]


def _text(*texts):
    return [{"text": text} for text in texts]


RULES = [
    # money
    ("0.create.amountMicros", "50000001", "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"),
    ("0.create.amountMicros", "50", "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"),
    ("0.create.amountMicros", "0", "campaignBudgetError.MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC"),
    ("0.create.amountMicros", "-50000000", "campaignBudgetError.NEGATIVE_MONEY_AMOUNT"),
    ("0.create.amountMicros", "9000000000000000000", "campaignBudgetError.MONEY_AMOUNT_TOO_LARGE"),
    (
        "0.create.totalAmountMicros",
        "50000000",
        "campaignBudgetError.TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY",
    ),
    (
        "0.create.period",
        "CUSTOM_PERIOD",
        "campaignBudgetError.BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD",
    ),
    ("0.create.deliveryMethod", "ACCELERATED", "campaignBudgetError.CANNOT_USE_ACCELERATED_DELIVERY_MODE"),
    ("0.create.explicitlyShared", True, "fieldError.REQUIRED"),  # a shared budget needs a name
    ("4.create.cpcBidMicros", "1500001", "biddingError.BID_TOO_MANY_FRACTIONAL_DIGITS"),
    ("4.create.cpcBidMicros", "0", "biddingError.BID_TOO_SMALL"),
    ("1.create.targetSpend", {"cpcBidCeilingMicros": "5"}, "biddingError.BID_TOO_MANY_FRACTIONAL_DIGITS"),
    # names
    ("1.create.name", "", "stringLengthError.EMPTY"),
    ("1.create.name", "x" * 256, "stringLengthError.TOO_LONG"),
    ("1.create.name", "a\nb", "campaignError.INVALID_CAMPAIGN_NAME"),
    ("4.create.name", "x" * 255, "stringLengthError.TOO_LONG"),
    ("4.create.name", "a\x00b", "adGroupError.INVALID_ADGROUP_NAME"),
    # the campaign
    (
        "1.create.advertisingChannelType",
        "DEMAND_GEN",
        "operationAccessDeniedError.OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE",
    ),
    ("1.create.status", "REMOVED", "operationAccessDeniedError.CREATE_AS_REMOVED_NOT_PERMITTED"),
    ("1.create.networkSettings", {}, "campaignError.CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK"),
    (
        "1.create.networkSettings",
        {"targetSearchNetwork": True},
        "campaignError.CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH",
    ),
    (
        "1.create.networkSettings",
        {"targetGoogleSearch": True, "targetPartnerSearchNetwork": True},
        "campaignError.CANNOT_TARGET_PARTNER_SEARCH_NETWORK",
    ),
    (
        "1.create.geoTargetTypeSetting",
        {"positiveGeoTargetType": "SEARCH_INTEREST"},
        "settingError.SETTING_VALUE_NOT_COMPATIBLE_WITH_CAMPAIGN",
    ),
    ("1.create.startDateTime", "2026-12-01", "dateError.INVALID_STRING_DATE_TIME_SECONDS"),
    ("1.create.startDateTime", "2026-02-30 00:00:00", "dateError.INVALID_STRING_DATE_TIME_SECONDS"),
    (
        "1.create.startDateTime",
        "2026-12-01 08:00:00",
        "dateRangeError.REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
    ),
    ("1.create.startDateTime", "2026-11-22 00:00:00", "dateRangeError.CANNOT_SET_DATE_TO_PAST"),
    (
        "1.create.endDateTime",
        "2026-12-31 00:00:00",
        "dateRangeError.REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
    ),
    ("1.create.endDateTime", "2026-11-20 23:59:59", "dateRangeError.START_DATE_AFTER_END_DATE"),
    (
        "1.create.trackingUrlTemplate",
        "https://t.example.com/",
        "urlFieldError.MISSING_TRACKING_URL_TEMPLATE_TAG",
    ),
    ("1.create.finalUrlSuffix", "?utm=1", "urlFieldError.FINAL_URL_SUFFIX_MALFORMED"),
    # criteria
    ("2.create.location", {"geoTargetConstant": "US"}, "requestError.RESOURCE_NAME_MALFORMED"),
    (
        "2.create.location",
        {"geoTargetConstant": "geoTargetConstants/2999"},
        "criterionError.INVALID_CRITERION_ID",
    ),
    ("3.create.language", {"languageConstant": "languageConstants/1"}, "criterionError.INVALID_CRITERION_ID"),
    ("3.create.negative", True, "campaignCriterionError.CANNOT_EXCLUDE_CRITERIA_TYPE"),
    ("2.create.bidModifier", 11, "rangeError.TOO_HIGH"),
    ("2.create.bidModifier", 0.05, "rangeError.TOO_LOW"),
    ("5.create.keyword", {"text": "x" * 81, "matchType": "EXACT"}, "criterionError.KEYWORD_TEXT_TOO_LONG"),
    (
        "5.create.keyword",
        {"text": "a b c d e f g h i j k", "matchType": "EXACT"},
        "criterionError.KEYWORD_HAS_TOO_MANY_WORDS",
    ),
    (
        "5.create.keyword",
        {"text": "shoes!", "matchType": "EXACT"},
        "criterionError.KEYWORD_HAS_INVALID_CHARS",
    ),
    ("5.create.keyword", {"text": " ", "matchType": "EXACT"}, "criterionError.INVALID_KEYWORD_TEXT"),
    # the ad group
    (
        "4.create.type",
        "DISPLAY_STANDARD",
        "adGroupError.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE",
    ),
    # the ad
    ("6.create.ad.finalUrls", [], "fieldError.REQUIRED_NONEMPTY_LIST"),
    ("6.create.ad.finalUrls", ["example.com"], "urlFieldError.MISSING_PROTOCOL_IN_FINAL_URL"),
    ("6.create.ad.finalUrls", ["ftp://example.com"], "urlFieldError.INVALID_PROTOCOL_IN_FINAL_URL"),
    ("6.create.ad.finalUrls", ["https://"], "urlFieldError.MISSING_HOST_IN_FINAL_URL"),
    ("6.create.ad.finalUrls", ["https://example.com/" + "x" * 2040], "stringLengthError.TOO_LONG"),
    ("6.create.ad.responsiveSearchAd.headlines", _text("One", "Two"), "collectionSizeError.TOO_FEW"),
    (
        "6.create.ad.responsiveSearchAd.headlines",
        _text(*(f"Text {n}" for n in range(16))),
        "collectionSizeError.TOO_MANY",
    ),
    ("6.create.ad.responsiveSearchAd.headlines.0.text", "x" * 31, "stringLengthError.TOO_LONG"),
    ("6.create.ad.responsiveSearchAd.headlines.0.text", "靴" * 16, "stringLengthError.TOO_LONG"),
    ("6.create.ad.responsiveSearchAd.headlines.0.text", "", "stringLengthError.EMPTY"),
    ("6.create.ad.responsiveSearchAd.headlines.0.text", "Run faster", "distinctError.DUPLICATE_ELEMENT"),
    ("6.create.ad.responsiveSearchAd.headlines.0.pinnedField", "DESCRIPTION_1", "fieldError.INVALID_VALUE"),
    ("6.create.ad.responsiveSearchAd.headlines.0.text", "Sale!!!", "policyFindingError.POLICY_FINDING"),
    ("6.create.ad.responsiveSearchAd.descriptions", _text("One"), "collectionSizeError.TOO_FEW"),
    ("6.create.ad.responsiveSearchAd.descriptions", _text(*"abcde"), "collectionSizeError.TOO_MANY"),
    ("6.create.ad.responsiveSearchAd.descriptions.0.text", "x" * 91, "stringLengthError.TOO_LONG"),
    ("6.create.ad.responsiveSearchAd.path1", "x" * 16, "stringLengthError.TOO_LONG"),
    ("6.create.ad.responsiveSearchAd.path1", "", "adError.CANNOT_SET_PATH2_WITHOUT_PATH1"),
    # references
    ("1.create.campaignBudget", f"customers/{CUSTOMER}/campaignBudgets/77", "mutateError.RESOURCE_NOT_FOUND"),
    ("1.create.campaignBudget", "campaignBudgets/-1", "requestError.RESOURCE_NAME_MALFORMED"),
    (
        "1.create.campaignBudget",
        "customers/1111111111/campaignBudgets/-1",
        "requestError.INVALID_CUSTOMER_ID",
    ),
    ("4.create.campaign", GROUP, "requestError.RESOURCE_NAME_MALFORMED"),
    (
        "1.create.resourceName",
        f"customers/{CUSTOMER}/campaigns/5",
        "newResourceCreationError.CANNOT_SET_ID_FOR_CREATE",
    ),
]


@pytest.mark.parametrize(("field", "value", "code"), RULES, ids=[f"{r[0]}-{r[2]}" for r in RULES])
def test_a_value_against_the_rules_is_refused_with_googles_code(google, field, value, code):
    answer = google.mutate(changed(tree(), field, value))
    assert answer.status_code == 400, answer.text
    assert codes(answer)[0] == code
    assert google.sandbox.ledger(platform="google_ads")["objects"] == []


@pytest.mark.parametrize("text", ["x" * 30, "靴" * 15])
def test_a_headline_of_thirty_columns_is_accepted(google, text):
    assert google.mutate(changed(tree(), "6.create.ad.responsiveSearchAd.headlines.0.text", text)).status_code == 200


def _schedule(day, start, end, **more):
    info = {"dayOfWeek": day, "startHour": start, "startMinute": "ZERO", "endHour": end, "endMinute": "ZERO"}
    return create(
        "campaignCriterion",
        campaign=tree()[1]["campaignOperation"]["create"]["resourceName"],
        adSchedule=info | more,
    )


SCHEDULES = [
    ([_schedule("MONDAY", 18, 9)], "AD_SCHEDULE_INTERVAL_CANNOT_SPAN_MULTIPLE_DAYS"),
    ([_schedule("MONDAY", 9, 25)], "AD_SCHEDULE_INVALID_TIME_INTERVAL"),
    ([_schedule("MONDAY", 9, 24, endMinute="FIFTEEN")], "AD_SCHEDULE_INVALID_TIME_INTERVAL"),
    ([_schedule("MONDAY", 9, 12), _schedule("MONDAY", 11, 14)], "AD_SCHEDULE_TIME_INTERVALS_OVERLAP"),
    (
        [_schedule("MONDAY", 3 * n, 3 * n + 1) for n in range(7)],
        "AD_SCHEDULE_EXCEEDED_INTERVALS_PER_DAY_LIMIT",
    ),
]


@pytest.mark.parametrize(("added", "code"), SCHEDULES, ids=[s[1] for s in SCHEDULES])
def test_an_ad_schedule_against_the_rules_is_refused(google, added, code):
    assert codes(google.mutate(tree() + added)) == [f"criterionError.{code}"]


CRITERIA = [
    ({"device": {"type": "DESKTOP"}, "bidModifier": 0}, None),
    ({"device": {"type": "OTHER"}}, "criterionError.CANNOT_ADD_CRITERIA_TYPE"),
    ({"proximity": {"radius": 10}}, "criterionError.PROXIMITY_GEOPOINT_AND_ADDRESS_BOTH_CANNOT_BE_NULL"),
    (
        {
            "proximity": {
                "radius": 900,
                "geoPoint": {"latitudeInMicroDegrees": 1, "longitudeInMicroDegrees": 1},
            }
        },
        "criterionError.INVALID_PROXIMITY_RADIUS",
    ),
    (
        {
            "proximity": {
                "radius": 9,
                "geoPoint": {"latitudeInMicroDegrees": 91000000, "longitudeInMicroDegrees": 1},
            }
        },
        "criterionError.INVALID_LATITUDE",
    ),
    ({"keyword": {"text": "free", "matchType": "BROAD"}}, "criterionError.CANNOT_ADD_CRITERIA_TYPE"),
    ({"keyword": {"text": "free", "matchType": "BROAD"}, "negative": True}, None),
    ({}, "campaignCriterionError.CONCRETE_TYPE_REQUIRED"),
    (
        {"location": {"geoTargetConstant": "geoTargetConstants/2840"}},
        "campaignCriterionError.CANNOT_ADD_EXISTING_FIELD",
    ),
    (
        {"location": {"geoTargetConstant": "geoTargetConstants/2840"}, "negative": True},
        "campaignCriterionError.CANNOT_TARGET_AND_EXCLUDE",
    ),
]


@pytest.mark.parametrize(("body", "code"), CRITERIA)
def test_campaign_criteria_follow_their_kinds_rules(google, body, code):
    campaign = tree()[1]["campaignOperation"]["create"]["resourceName"]
    answer = google.mutate([*tree(), create("campaignCriterion", campaign=campaign, **body)])
    assert (codes(answer) if answer.status_code == 400 else None) == (code and [code])


def test_two_members_of_a_oneof_do_not_parse(google):
    answer = google.mutate(changed(tree(), "1.create.manualCpc", {}))
    assert answer.status_code == 400
    assert "oneof field 'campaign_bidding_strategy' is already set" in answer.json()["error"]["message"]


def test_names_are_unique_while_their_owner_lives(google):
    names = google.made(tree("Spring"))
    assert codes(google.mutate(tree("Spring")))[0] == "campaignError.DUPLICATE_CAMPAIGN_NAME"
    group = {"campaign": names[1], "name": "Spring ag1", "type": "SEARCH_STANDARD"}
    assert codes(google.one("adGroups", {"create": group})) == ["adGroupError.DUPLICATE_ADGROUP_NAME"]
    google.one("campaigns", {"remove": names[1]})
    assert google.mutate(tree("Spring")).status_code == 200


def test_a_shared_budgets_name_is_unique_and_an_unshared_one_serves_one_campaign(google):
    shared = {"name": "Pot", "amountMicros": "5000000"}
    assert google.one("campaignBudgets", {"create": shared}).status_code == 200
    assert codes(google.one("campaignBudgets", {"create": shared})) == ["campaignBudgetError.DUPLICATE_NAME"]
    names = google.made(tree("First"))
    second = changed(tree("Second"), "1.create.campaignBudget", names[0])[1]
    code = "campaignBudgetError.CANNOT_USE_IMPLICITLY_SHARED_CAMPAIGN_BUDGET_WITH_MULTIPLE_CAMPAIGNS"
    assert codes(google.mutate([second])) == [code]
    assert codes(google.one("campaignBudgets", {"remove": names[0]})) == ["campaignBudgetError.CAMPAIGN_BUDGET_IN_USE"]


def test_a_total_budget_needs_an_end(google):
    total = changed(tree(), "0.create.amountMicros")
    total = changed(changed(total, "0.create.period", "CUSTOM_PERIOD"), "0.create.totalAmountMicros", "900000000")
    assert codes(google.mutate(total))[0] == "campaignError.END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET"
    assert google.mutate(changed(total, "1.create.endDateTime", "2026-12-31 23:59:59")).status_code == 200


def test_the_billable_unit_follows_the_currency(sandbox, google):
    sandbox.control("account", {"platform": "google_ads", "action": "currency", "value": "JPY"})
    code = "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"
    assert codes(google.mutate(changed(tree(), "0.create.amountMicros", "5010000")))[0] == code
    assert google.one("campaignBudgets", {"create": {"amountMicros": "5000000", "explicitlyShared": False}}).is_success


def test_temporary_ids_are_unique_and_a_failed_parent_is_told(google):
    twice = [tree()[0], tree()[0]]
    assert codes(google.mutate(twice)) == ["newResourceCreationError.DUPLICATE_TEMP_IDS"]
    failed = google.mutate(changed(tree(), "0.create.amountMicros", "1"))
    assert codes(failed)[1] == "newResourceCreationError.TEMP_ID_RESOURCE_HAD_ERRORS"
    child_first = [tree()[1], tree()[0]]
    assert codes(google.mutate(child_first)) == ["mutateError.RESOURCE_NOT_FOUND"]


def test_a_fourth_enabled_ad_of_an_ad_group_is_refused(google):
    ad = tree()[6]
    assert google.mutate([*tree(), ad, ad]).status_code == 200
    google.sandbox.control("reset", {})
    assert codes(google.mutate([*tree(), ad, ad, ad])) == ["resourceCountLimitExceededError.RESOURCE_LIMIT"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "logo", "imageAsset": {"data": "%%%"}}, "imageError.INVALID_IMAGE"),
        (
            {"name": "logo", "imageAsset": {"data": base64.b64encode(b"text").decode()}},
            "imageError.FORMAT_NOT_ALLOWED",
        ),
        (
            {"name": "logo", "imageAsset": {"data": base64.b64encode(bytes(5_300_000)).decode()}},
            "imageError.FILE_TOO_LARGE",
        ),
        ({"name": "logo", "imageAsset": {}}, "fieldError.REQUIRED"),
        ({"name": "logo"}, "assetError.ASSET_DATA_IS_MISSING"),
        (
            {"imageAsset": {"data": base64.b64encode(b"GIF89a\x01\x00\x01\x00").decode()}},
            "assetError.NAME_REQUIRED_FOR_ASSET_TYPE",
        ),
    ],
)
def test_an_asset_that_is_no_image_is_refused(google, body, code):
    assert codes(google.one("assets", {"create": body})) == [code]


def test_operations_must_say_what_they_do(google):
    assert codes(google.mutate([])) == ["fieldError.REQUIRED"]
    assert codes(google.mutate([{}])) == ["requestError.OPERATION_REQUIRED"]
    assert codes(google.mutate([{"campaignOperation": {}}])) == ["requestError.OPERATION_REQUIRED"]
    assert google.mutate([{"campaignBudgetOperations": {"create": {}}}]).status_code == 400
    assert google.request("POST", f"customers/{CUSTOMER}/googleAds:mutate", {"operations": []}).status_code == 400
    assert BUDGET not in google.sandbox.ledger(platform="google_ads")["objects"]


NOT_IMITATED = [
    ("1.create.labels", ["x"]),
    ("1.create.targetCpm", {}),
    ("6.create.ad.travelAd", {}),
    ("4.create.cpvBidMicros", "1"),
]


@pytest.mark.parametrize(("field", "value"), NOT_IMITATED)
def test_what_google_has_and_the_sandbox_has_not_is_told_as_such(google, field, value):
    answer = google.mutate(changed(tree(), field, value))
    assert answer.status_code == 501
    assert answer.json()["error"]["status"] == "UNIMPLEMENTED"
    assert google.mutate([{"labelOperation": {"create": {"name": "x"}}}]).status_code == 501

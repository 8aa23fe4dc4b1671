"""Display campaigns, audiences and their parts: what Google takes, refuses one thing at a time, and reports."""

import base64

import pytest
from tests.sandbox.google_client import (
    CUSTOMER,
    GROUP,
    Google,
    changed,
    codes,
    create,
    display_tree,
    path_of,
    picture,
    tree,
)

RDA = "4.create.ad.responsiveDisplayAd"


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


def test_a_display_campaign_shows_without_keywords(google):
    google.made(display_tree(google))
    google.sandbox.advance("P2D")
    rows = google.rows("SELECT campaign.advertising_channel_type, metrics.impressions FROM campaign")
    assert rows[0]["campaign"]["advertisingChannelType"] == "DISPLAY"
    assert int(rows[0]["metrics"]["impressions"]) > 0
    assert google.state("ad_group_ad", "primary_status") == ["ELIGIBLE"]


def test_a_display_ad_is_read_back_whole(google):
    google.made(display_tree(google))
    fields = "headlines long_headline descriptions business_name call_to_action_text marketing_images logo_images"
    names = [f"ad_group_ad.ad.responsive_display_ad.{name}" for name in fields.split()]
    (row,) = google.rows(f"SELECT ad_group_ad.ad.type, {', '.join(names)} FROM ad_group_ad")
    ad = row["adGroupAd"]["ad"]
    assert ad["type"] == "RESPONSIVE_DISPLAY_AD"
    assert ad["responsiveDisplayAd"]["longHeadline"] == {"text": "All shoes at a lower price"}
    assert ad["responsiveDisplayAd"]["marketingImages"][0]["asset"].startswith(f"customers/{CUSTOMER}/assets/")


REQUIRED = [
    ("headlines", "fieldError.REQUIRED"),
    ("headlines.0.text", "fieldError.REQUIRED"),
    ("longHeadline", "fieldError.REQUIRED"),
    ("longHeadline.text", "fieldError.REQUIRED"),
    ("descriptions", "fieldError.REQUIRED"),
    ("descriptions.0.text", "fieldError.REQUIRED"),
    ("marketingImages", "fieldError.REQUIRED"),
    ("squareMarketingImages", "fieldError.REQUIRED"),
    ("marketingImages.0.asset", "fieldError.REQUIRED"),
    ("businessName", "adError.MISSING_BUSINESS_NAME"),
]


@pytest.mark.parametrize(("field", "code"), REQUIRED, ids=[r[0] for r in REQUIRED])
def test_a_display_ad_lacks_nothing(google, field, code):
    answer = google.mutate(changed(display_tree(google), f"{RDA}.{field}"))
    assert codes(answer) == [code]
    assert path_of(answer).startswith("mutate_operations[4].ad_group_ad_operation.create.ad.responsive_display_ad.")


def _texts(count, text="Text"):
    return [{"text": f"{text} {number}"} for number in range(count)]


RULES = [
    (f"{RDA}.headlines", [], "collectionSizeError.TOO_FEW"),
    (f"{RDA}.headlines", _texts(6), "collectionSizeError.TOO_MANY"),
    (f"{RDA}.headlines.0.text", "x" * 31, "stringLengthError.TOO_LONG"),
    (f"{RDA}.headlines.0.text", "", "stringLengthError.EMPTY"),
    (f"{RDA}.longHeadline.text", "x" * 91, "stringLengthError.TOO_LONG"),
    (f"{RDA}.descriptions", _texts(6), "collectionSizeError.TOO_MANY"),
    (f"{RDA}.descriptions.0.text", "x" * 91, "stringLengthError.TOO_LONG"),
    (f"{RDA}.businessName", "x" * 26, "stringLengthError.TOO_LONG"),
    (f"{RDA}.callToActionText", "Just do it", "adError.INVALID_CALL_TO_ACTION_TEXT"),
    (f"{RDA}.mainColor", "#ffffff", "fieldError.REQUIRED"),
    (f"{RDA}.allowFlexibleColor", False, "adError.CANNOT_SET_ALLOW_FLEXIBLE_COLOR_FALSE"),
    (f"{RDA}.marketingImages", [], "fieldError.REQUIRED_NONEMPTY_LIST"),
    (f"{RDA}.marketingImages.0.asset", f"customers/{CUSTOMER}/assets/5", "mutateError.RESOURCE_NOT_FOUND"),
    (f"{RDA}.marketingImages.0.asset", "assets/5", "requestError.RESOURCE_NAME_MALFORMED"),
    (f"{RDA}.longHeadline.text", "Sale!!!", "policyFindingError.POLICY_FINDING"),
    ("4.create.ad.finalUrls", [], "fieldError.REQUIRED_NONEMPTY_LIST"),
    (
        "3.create.type",
        "SEARCH_STANDARD",
        "adGroupError.AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE",
    ),
    ("1.create.networkSettings", {}, "campaignError.CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK"),
    (
        "1.create.networkSettings",
        {"targetContentNetwork": True, "targetGoogleSearch": True},
        "campaignError.CANNOT_TARGET_SEARCH_NETWORK",
    ),
]


@pytest.mark.parametrize(("field", "value", "code"), RULES, ids=[f"{r[0]}-{r[2]}" for r in RULES])
def test_what_is_against_the_rules_of_display_is_refused(google, field, value, code):
    answer = google.mutate(changed(display_tree(google), field, value))
    assert answer.status_code == 400, answer.text
    assert codes(answer)[0] == code


@pytest.mark.parametrize(
    ("field", "name", "code"),
    [
        ("marketingImages", "square", "imageError.ASPECT_RATIO_NOT_ALLOWED"),
        ("squareMarketingImages", "odd", "imageError.ASPECT_RATIO_NOT_ALLOWED"),
        ("squareMarketingImages", "round", "imageError.IMAGE_TOO_SMALL"),
        ("logoImages", "round", "imageError.ASPECT_RATIO_NOT_ALLOWED"),
        ("squareLogoImages", "logo", "imageError.ASPECT_RATIO_NOT_ALLOWED"),
    ],
)
def test_an_image_has_the_shape_of_its_place(google, field, name, code):
    operations = display_tree(google)
    answer = google.mutate(changed(operations, f"{RDA}.{field}.0.asset", picture(google, name)))
    assert codes(answer) == [code]


@pytest.mark.parametrize(
    ("field", "name", "count"), [("marketingImages", "landscape", 15), ("squareLogoImages", "round", 5)]
)
def test_there_are_only_so_many_images(google, field, name, count):
    images = [{"asset": picture(google, name)}] * count
    answer = google.mutate(changed(display_tree(google), f"{RDA}.{field}", images))
    assert codes(answer) == ["collectionSizeError.TOO_MANY"]


def test_a_text_is_no_image(google):
    text = google.one("assets", {"create": {"textAsset": {"text": "Hello"}}}).json()["results"][0]["resourceName"]
    answer = google.mutate(changed(display_tree(google), f"{RDA}.logoImages.0.asset", text))
    assert codes(answer) == ["adError.INVALID_AD_TYPE"]


WRONG = [
    (f"{RDA}.formatSetting", "SOMETHING_ELSE"),
    (f"{RDA}.controlSpec", {"enableAssetEnhancements": "no"}),
    (f"{RDA}.colour", "red"),
    ("3.create.optimizedTargetingEnabled", "no"),
    ("3.create.targetingSetting", {"targetRestrictions": [{"targetingDimension": "SOMETHING_ELSE"}]}),
    ("3.create.targetingSetting", {"targetRestrictions": [{"targetingDimension": "AUDIENCE", "bidOnly": "no"}]}),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_does_not_parse_is_told_with_its_place(google, field, value):
    answer = google.mutate(changed(display_tree(google), field, value))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid")


def test_each_kind_of_ad_belongs_to_its_kind_of_ad_group(google):
    search, display = tree()[6], display_tree(google)[4]
    assert codes(google.mutate([*display_tree(google)[:4], search])) == ["adError.INVALID_AD_TYPE"]
    assert codes(google.mutate([*tree()[:6], display])) == ["adError.INVALID_AD_TYPE"]
    both = changed(tree(), "6.create.ad.responsiveDisplayAd", display["adGroupAdOperation"]["create"]["ad"])
    assert google.mutate(both).status_code == 400


def test_a_display_campaign_has_no_total_budget(google):
    operations = changed(display_tree(google), "0.create.amountMicros")
    operations = changed(operations, "0.create.period", "CUSTOM_PERIOD")
    operations = changed(operations, "0.create.totalAmountMicros", "900000000")
    operations = changed(operations, "1.create.endDateTime", "2026-12-31 23:59:59")
    assert codes(google.mutate(operations))[0] == "campaignError.INCOMPATIBLE_BUDGET_TYPE"


def test_an_image_may_be_attested_as_synthetic(google):
    data = base64.b64encode(b"GIF89a\x01\x00\x01\x00").decode()
    info = {"advertiserAttestation": {"status": "IS_SYNTHETIC"}}
    body = {"name": "logo", "imageAsset": {"data": data}, "syntheticContentInfo": info}
    assert google.one("assets", {"create": body}).status_code == 200
    (row,) = google.rows("SELECT asset.synthetic_content_info.advertiser_attestation.status FROM asset")
    assert row["asset"]["syntheticContentInfo"] == info
    wrong = {**body, "syntheticContentInfo": {"advertiserAttestation": {"status": "MAYBE"}}}
    assert google.one("assets", {"create": wrong}).status_code == 400


# audiences


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        ({"userList": {"userList": f"customers/{CUSTOMER}/userLists/7100000001"}}, None),
        ({"userList": {"userList": "7100000001"}}, "criterionError.INVALID_USER_LIST"),
        ({"userList": {}}, "fieldError.REQUIRED"),
        ({"userInterest": {"userInterestCategory": f"customers/{CUSTOMER}/userInterests/80432"}}, None),
        ({"userInterest": {"userInterestCategory": "sports"}}, "criterionError.INVALID_USER_INTEREST"),
    ],
)
def test_audiences_are_named_in_full(google, criterion, code):
    answer = google.mutate([*display_tree(google), create("adGroupCriterion", adGroup=GROUP, **criterion)])
    assert (codes(answer) if answer.is_error else None) == (code and [code])


def test_an_audience_is_targeted_or_excluded(google):
    info = {"userList": {"userList": f"customers/{CUSTOMER}/userLists/7100000001"}}
    both = [create("adGroupCriterion", adGroup=GROUP, negative=negative, **info) for negative in (False, True)]
    assert codes(google.mutate([*display_tree(google), *both])) == ["adGroupCriterionError.CANNOT_TARGET_AND_EXCLUDE"]


def test_the_accounts_lists_are_told(google):
    rows = google.rows("SELECT user_list.id, user_list.name, user_list.membership_status FROM user_list")
    assert [row["userList"]["name"] for row in rows] == ["Buyers", "Newsletter"]


# parts of an audience


def _delivered(google, *more):
    google.made([*tree(), *more])
    google.sandbox.advance("P3D")


SPLITS = [
    ("age_range_view", "ad_group_criterion.age_range.type", ("adGroupCriterion", "ageRange", "type")),
    ("gender_view", "ad_group_criterion.gender.type", ("adGroupCriterion", "gender", "type")),
    ("campaign", "segments.device", ("segments", "device")),
    ("user_location_view", "user_location_view.country_criterion_id", ("userLocationView", "countryCriterionId")),
]
NUMBERS = ("impressions", "clicks", "costMicros", "conversions", "conversionsValue")


@pytest.mark.parametrize(("resource", "field", "path"), SPLITS, ids=[s[0] for s in SPLITS])
def test_parts_of_an_audience_add_up_to_the_days(google, resource, field, path):
    _delivered(google)
    names = "metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.conversions_value"
    where = "WHERE segments.date BETWEEN '2026-11-23' AND '2026-11-30'"
    whole = google.rows(f"SELECT segments.date, {names} FROM campaign {where}")
    rows = google.rows(f"SELECT segments.date, campaign.id, {field}, {names} FROM {resource} {where}")
    assert len({row[path[0]][path[1]] if len(path) == 2 else row[path[0]][path[1]][path[2]] for row in rows}) > 1
    for day in {row["segments"]["date"] for row in whole}:
        for number in NUMBERS:
            total, parts = (
                sum(float(row["metrics"][number]) for row in some if row["segments"]["date"] == day)
                for some in (whole, rows)
            )
            assert parts == pytest.approx(total), (day, number)


def test_who_is_left_out_sees_nothing(google):
    out = [
        create("adGroupCriterion", adGroup=GROUP, negative=True, gender={"type": "MALE"}),
        create("adGroupCriterion", adGroup=GROUP, negative=True, ageRange={"type": "AGE_RANGE_18_24"}),
    ]
    _delivered(google, *out)
    where = "WHERE segments.date DURING LAST_7_DAYS"
    genders = google.rows(f"SELECT ad_group_criterion.gender.type, metrics.clicks FROM gender_view {where}")
    assert {row["adGroupCriterion"]["gender"]["type"]: int(row["metrics"]["clicks"]) for row in genders}["MALE"] == 0
    ages = google.rows(f"SELECT ad_group_criterion.age_range.type, metrics.clicks FROM age_range_view {where}")
    seen = {row["adGroupCriterion"]["ageRange"]["type"]: int(row["metrics"]["clicks"]) for row in ages}
    assert seen["AGE_RANGE_18_24"] == 0
    assert seen["AGE_RANGE_25_34"] > 0


def test_a_campaign_for_those_who_are_there_is_seen_there_alone(google):
    google.made(changed(tree(), "1.create.geoTargetTypeSetting", {"positiveGeoTargetType": "PRESENCE"}))
    google.sandbox.advance("P2D")
    rows = google.rows(
        "SELECT campaign.id, user_location_view.country_criterion_id, user_location_view.targeting_location, "
        "metrics.impressions FROM user_location_view"
    )
    assert [(row["userLocationView"]["countryCriterionId"]) for row in rows] == ["2840"]
    assert rows[0]["userLocationView"]["targetingLocation"] is True


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT ad_group_ad.ad.id FROM age_range_view", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT segments.device, metrics.clicks FROM asset", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        (
            "SELECT segments.device, metrics.clicks FROM campaign WHERE segments.device = 'FRIDGE'",
            "BAD_ENUM_CONSTANT",
        ),
        ("SELECT metrics.clicks FROM campaign WHERE segments.device = 'MOBILE'", "EXPECTED_REFERENCED_FIELD"),
        ("SELECT gender_view.gender FROM gender_view", "UNRECOGNIZED_FIELD"),
        ("SELECT user_location_view.country FROM user_location_view", "UNRECOGNIZED_FIELD"),
    ],
)
def test_queries_of_parts_follow_the_rules(google, query, code):
    (found,) = codes(google.query(query))
    assert found.startswith(f"queryError.{code}")

"""What Microsoft refuses, one thing at a time: as a fault of the whole request, or as an error of one item."""

import pytest
from tests.sandbox.microsoft_client import CUSTOMER, REPORTING, Microsoft, codes, links

ABSENT = object()


@pytest.fixture
def microsoft(sandbox):
    return Microsoft(sandbox)


def without(fields):
    """An item less the fields marked as absent."""
    return {name: value for name, value in fields.items() if value is not ABSENT}


def item_code(answer):
    """The code of the one item that was refused; its id is null."""
    ids = next(value for name, value in answer.items() if name.endswith("Ids"))
    assert ids == [None], answer
    assert len(answer["PartialErrors"]) == 1
    error = answer["PartialErrors"][0]
    assert error["Index"] == 0
    assert error["Message"]
    return error["Code"]


def fault_code(answer, detail=None):
    """The code of a fault of the whole request."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["Type"] == ("ApiFault" if "CustomerManagement" in str(answer.url) else "ApiFaultDetail")
    assert body["TrackingId"]
    error = body["OperationErrors"][0]
    if detail is not None:
        assert detail in error["Details"], error
    return error["Code"]


#: What spoils a campaign, and Microsoft's code.
CAMPAIGN = {
    "a name is required": ({"Name": ABSENT}, 1101),
    "a name is not blank": ({"Name": " "}, 1101),
    "a name has at most 128 characters": ({"Name": "x" * 129}, 1101),
    "a name has no control characters": ({"Name": "a\nb"}, 1101),
    "an id is not given": ({"Id": "1"}, 1004),
    "a budget type is required": ({"BudgetType": ABSENT}, 1121),
    "a lifetime budget is not for Search": ({"BudgetType": "LifetimeBudgetStandard"}, 1121),
    "an amount is required": ({"DailyBudget": ABSENT}, 4910),
    "an amount is at least 0.05": ({"DailyBudget": 0.04}, 4912),
    "an amount has a ceiling": ({"DailyBudget": 1000001}, 4911),
    "a shared budget is not imitated": ({"BudgetId": "1"}, 4916),
    "a status is Active or Paused": ({"Status": "Deleted"}, 1120),
    "a budget cannot be paused by hand": ({"Status": "BudgetPaused"}, 1120),
    "a time zone exists": ({"TimeZone": "America/Los_Angeles"}, 1014),
    "a language exists": ({"Languages": ["en"]}, 201),
    "an Audience campaign needs a pilot": ({"CampaignType": "Audience"}, 5700),
    "other campaign types are not imitated": ({"CampaignType": "Shopping"}, 204),
    "campaign dates are for Audience campaigns": ({"UseCampaignLevelDates": True}, 5703),
    "a scheme suits Search": ({"BiddingScheme": {"Type": "ManualCpmBiddingScheme"}}, 5703),
    "a scheme takes its own elements": (
        {"BiddingScheme": {"Type": "MaxClicksBiddingScheme", "TargetCpa": 5}},
        201,
    ),
    "a target is at least the smallest bid": (
        {"BiddingScheme": {"Type": "MaxConversionsBiddingScheme", "TargetCpa": 0}},
        1538,
    ),
    "a target has a ceiling": (
        {"BiddingScheme": {"Type": "MaxConversionValueBiddingScheme", "TargetRoas": 1e99}},
        1538,
    ),
    "a largest bid is at least the smallest": (
        {"BiddingScheme": {"Type": "MaxClicksBiddingScheme", "MaxCpc": {"Amount": 0.01}}},
        1515,
    ),
    "a largest bid has a ceiling": (
        {"BiddingScheme": {"Type": "MaxClicksBiddingScheme", "MaxCpc": {"Amount": 1001}}},
        1516,
    ),
    "an adjustment is at least -100": ({"AudienceAdsBidAdjustment": -101}, 201),
    "an adjustment is at most 900": ({"MultimediaAdsBidAdjustment": 901}, 201),
    "political campaigns are not supported": ({"IsPolitical": True}, 204),
    "a suffix is not too long": ({"FinalUrlSuffix": "x" * 2049}, 201),
    "a setting suits Search": ({"Settings": [{"Type": "ShoppingSetting"}]}, 1151),
}


@pytest.mark.parametrize("case", CAMPAIGN)
def test_a_campaign_is_refused(microsoft, case):
    changes, code = CAMPAIGN[case]
    assert item_code(microsoft.add("Campaigns", None, without(microsoft.campaign(**changes)))) == code
    assert microsoft.campaigns() == []


#: What makes a request unreadable, and the element that is named.
BROKEN = {
    "an unknown element": ("Campaigns", {"Nmae": "x"}, "Nmae"),
    "camel case": ("Campaigns", {"name": "x"}, "name"),
    "money as text": ("Campaigns", {"DailyBudget": "50.0"}, "DailyBudget"),
    "money in an object": ("Campaigns", {"DailyBudget": {"Amount": 5}}, "DailyBudget"),
    "an unknown budget type": ("Campaigns", {"BudgetType": "Daily"}, "BudgetType"),
    "an unknown status": ("Campaigns", {"Status": "ENABLED"}, "Status"),
    "an unknown campaign type": ("Campaigns", {"CampaignType": "SEARCH"}, "CampaignType"),
    "an unknown scheme": ("Campaigns", {"BiddingScheme": {"Type": "MaximizeClicks"}}, "BiddingScheme"),
    "a scheme without a type": ("Campaigns", {"BiddingScheme": {}}, "Type"),
    "languages as text": ("Campaigns", {"Languages": "English"}, "Languages"),
    "a number as an id": ("Campaigns", {"Id": 1}, "Id"),
    "a fraction as an adjustment": ("Campaigns", {"AudienceAdsBidAdjustment": 1.5}, "AudienceAdsBidAdjustment"),
    "a date as text": ("AdGroups", {"StartDate": "2026-12-01"}, "StartDate"),
    "a date without a day": ("AdGroups", {"StartDate": {"Year": 2026, "Month": 12}}, "Day"),
    "a bid as a number": ("AdGroups", {"CpcBid": 1.5}, "CpcBid"),
    "an unknown network": ("AdGroups", {"Network": "Bing"}, "Network"),
    "an unknown ad type": ("Ads", {"Type": "RSA"}, "Type"),
    "headlines as texts": ("Ads", {"Headlines": ["a"]}, "Headlines"),
    "a headline without an asset": ("Ads", {"Headlines": [{"Text": "a"}]}, "Text"),
    "an asset without a type": ("Ads", {"Headlines": [{"Asset": {"Text": "a"}}]}, "Type"),
    "an unknown match type": ("Keywords", {"MatchType": "EXACT"}, "MatchType"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_request_that_cannot_be_read_is_refused_whole(microsoft, case):
    plural, changes, name = BROKEN[case]
    campaign, group, _ = microsoft.tree(live=False)
    right = {
        "Campaigns": ("AccountId", microsoft.account, microsoft.campaign(Name="New")),
        "AdGroups": ("CampaignId", campaign, microsoft.ad_group(Name="New")),
        "Ads": ("AdGroupId", group, microsoft.ad(Path1="new")),
        "Keywords": ("AdGroupId", group, microsoft.keyword(Text="new")),
    }
    above, parent, item = right[plural]
    answer = microsoft.call("POST", plural, {above: parent, plural: [item, {**item, **changes}]})
    assert fault_code(answer, name) == 201
    created = microsoft.add(plural, parent, item)
    assert created["PartialErrors"] == []


AD_GROUP = {
    "a name is required": ({"Name": ABSENT}, 1202),
    "a name has at most 256 characters": ({"Name": "x" * 257}, 1202),
    "an id is not given": ({"Id": "1"}, 1004),
    "a status is Active or Paused": ({"Status": "Expired"}, 1016),
    "a start is not past": ({"StartDate": {"Year": 2026, "Month": 11, "Day": 22}}, 1212),
    "a start is a day": ({"StartDate": {"Year": 2026, "Month": 11, "Day": 31}}, 1232),
    "an end is a day": ({"EndDate": {"Year": 2027, "Month": 2, "Day": 29}}, 1233),
    "an end is not before the start": (
        {
            "StartDate": {"Year": 2026, "Month": 12, "Day": 2},
            "EndDate": {"Year": 2026, "Month": 12, "Day": 1},
        },
        1204,
    ),
    "a bid is at least the smallest": ({"CpcBid": {"Amount": 0.01}}, 1515),
    "a bid has a ceiling": ({"CpcBid": {"Amount": 1001}}, 1516),
    "a bid per thousand is not for Search": ({"CpmBid": {"Amount": 5}}, 5703),
    "a language exists": ({"Language": "en"}, 201),
}


@pytest.mark.parametrize("case", AD_GROUP)
def test_an_ad_group_is_refused(microsoft, case):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign())
    changes, code = AD_GROUP[case]
    assert item_code(microsoft.add("AdGroups", campaign, without(microsoft.ad_group(**changes)))) == code


def test_a_language_is_needed_at_one_level(microsoft):
    campaign = microsoft.added("Campaigns", None, without(microsoft.campaign(Languages=ABSENT)))
    assert item_code(microsoft.add("AdGroups", campaign, microsoft.ad_group())) == 1257
    assert microsoft.added("AdGroups", campaign, microsoft.ad_group(Language="English"))


def pinned(place, first, *others):
    """Asset links whose first is pinned."""
    return [{**links(first)[0], "PinnedField": place}, *links(*others)]


SIXTEEN = [f"Headline number {n}" for n in range(16)]
AD = {
    "a type is required": ({"Type": ABSENT}, 700),
    "an id is not given": ({"Id": "1"}, 1304),
    "text ads are gone": ({"Type": "ExpandedText"}, 1366),
    "responsive ads are for Audience campaigns": ({"Type": "ResponsiveAd"}, 1399),
    "a status is Active or Paused": ({"Status": "Inactive"}, 1382),
    "an address is required": ({"FinalUrls": ABSENT}, 1302),
    "an address is not empty": ({"FinalUrls": []}, 1302),
    "an address is an address": ({"FinalUrls": ["example.com"]}, 1359),
    "an address has at most 2048 characters": ({"FinalUrls": ["https://example.com/" + "x" * 2048]}, 1327),
    "headlines are required": ({"Headlines": ABSENT}, 6200),
    "descriptions are required": ({"Descriptions": ABSENT}, 6201),
    "headlines are at least three": ({"Headlines": links("a", "b")}, 6212),
    "descriptions are at least two": ({"Descriptions": links("a")}, 6213),
    "headlines are at most fifteen": ({"Headlines": links(*SIXTEEN)}, 6210),
    "descriptions are at most four": ({"Descriptions": links("a", "b", "c", "d", "e")}, 6211),
    "headlines differ": ({"Headlines": links("Same", "same", "Other")}, 6202),
    "descriptions differ": ({"Descriptions": links("Same", "same")}, 6203),
    "a headline has at most 30 characters": ({"Headlines": links("x" * 31, "b", "c")}, 6208),
    "wide characters count double": ({"Headlines": links("広" * 16, "b", "c")}, 6208),
    "a description has at most 90 characters": ({"Descriptions": links("x" * 91, "b")}, 6209),
    "a headline is not blank": ({"Headlines": links(" ", "b", "c")}, 6206),
    "a description is not blank": ({"Descriptions": links("", "b")}, 6207),
    "a headline is a text": ({"Headlines": [{"Asset": {"Type": "ImageAsset", "Id": "1"}}, *links("b", "c")]}, 6215),
    "a headline is pinned to a headline": ({"Headlines": pinned("Description1", "a", "b", "c")}, 6204),
    "a description is pinned to a description": ({"Descriptions": pinned("Headline1", "a", "b")}, 6205),
    "a pin exists": ({"Headlines": pinned("First", "a", "b", "c")}, 6214),
    "a path has at most 15 characters": ({"Path1": "x" * 16}, 6217),
    "a second path has at most 15 characters": ({"Path2": "x" * 16}, 6218),
    "a path has no slash": ({"Path1": "a/b"}, 6219),
    "a second path has no slash": ({"Path2": "a/b"}, 6220),
    "a second path needs a first": ({"Path1": ABSENT, "Path2": "b"}, 6221),
}  # fmt: skip


@pytest.mark.parametrize("case", AD)
def test_an_ad_is_refused(microsoft, case):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign())
    group = microsoft.added("AdGroups", campaign, microsoft.ad_group())
    changes, code = AD[case]
    assert item_code(microsoft.add("Ads", group, without(microsoft.ad(**changes)))) == code
    assert microsoft.ads(group) == []


KEYWORD = {
    "a text is required": ({"Text": ABSENT}, 1503),
    "a text has at most 100 characters": ({"Text": "x" * 101}, 1503),
    "a text has at most ten words": ({"Text": "a b c d e f g h i j k"}, 1503),
    "a match type is required": ({"MatchType": ABSENT}, 700),
    "an id is not given": ({"Id": "1"}, 1004),
    "a status is Active or Paused": ({"Status": "Deleted"}, 1531),
    "a bid is at least the smallest": ({"Bid": {"Amount": 0.01}}, 1515),
    "a bid has a ceiling": ({"Bid": {"Amount": 1001}}, 1516),
    "destination URLs are gone": ({"DestinationUrl": "https://example.com"}, 204),
    "a keyword is there once": ({"Text": "Running  Shoes"}, 1517),
}


@pytest.mark.parametrize("case", KEYWORD)
def test_a_keyword_is_refused(microsoft, case):
    _, group, _ = microsoft.tree(live=False)
    changes, code = KEYWORD[case]
    assert item_code(microsoft.add("Keywords", group, without(microsoft.keyword(**{"Text": "new", **changes})))) == code


def test_the_same_again_has_a_code_of_its_own_everywhere(microsoft):
    campaign, group, _ = microsoft.tree(live=False)
    assert item_code(microsoft.add("Campaigns", None, microsoft.campaign(Name="sPRING"))) == 1115
    assert item_code(microsoft.add("AdGroups", campaign, microsoft.ad_group(Name="eVERYBODY"))) == 1214
    assert item_code(microsoft.add("Ads", group, microsoft.ad(Status="Active"))) == 1313
    assert item_code(microsoft.add("Keywords", group, microsoft.keyword())) == 1517


def test_three_ads_of_a_group_may_be_active(microsoft):
    _, group, _ = microsoft.tree(live=False)
    made = [microsoft.ad(Path1=f"p{n}", Status="Active") for n in range(4)]
    answer = microsoft.add("Ads", group, *made)
    assert codes(answer["PartialErrors"]) == [(3, 6226)]
    assert microsoft.added("Ads", group, microsoft.ad(Path1="p9"))


BATCHES = {
    "campaigns that are none": ("Campaigns", None, 1113),
    "no campaigns": ("Campaigns", [], 1113),
    "too many campaigns": ("Campaigns", [None] * 101, 1114),
    "no ad groups": ("AdGroups", [], 1209),
    "too many ad groups": ("AdGroups", [None] * 1001, 1210),
    "no ads": ("Ads", [], 1310),
    "too many ads": ("Ads", [None] * 51, 1311),
    "no keywords": ("Keywords", [], 1505),
    "too many keywords": ("Keywords", [None] * 1001, 1506),
}


@pytest.mark.parametrize("case", BATCHES)
def test_a_batch_is_refused(microsoft, case):
    plural, items, code = BATCHES[case]
    campaign, group, _ = microsoft.tree(live=False)
    above = {"Campaigns": ("AccountId", microsoft.account), "AdGroups": ("CampaignId", campaign)}
    name, parent = above.get(plural, ("AdGroupId", group))
    assert fault_code(microsoft.call("POST", plural, {name: parent, plural: items})) == code


PARENTS = {
    "Campaigns": ("AccountId", 1102),
    "AdGroups": ("CampaignId", 1100),
    "Ads": ("AdGroupId", 1201),
    "Keywords": ("AdGroupId", 1201),
}


@pytest.mark.parametrize("plural", PARENTS)
@pytest.mark.parametrize("parent", [None, "1"])
def test_a_parent_that_does_not_exist_is_a_fault(microsoft, plural, parent):
    name, code = PARENTS[plural]
    assert fault_code(microsoft.call("POST", plural, {name: parent, plural: [{}]})) == code


def test_ids_that_do_not_exist_are_refused_by_item(microsoft):
    campaign, group, _ = microsoft.tree(live=False)
    assert codes(microsoft.put("Campaigns", None, {"Id": "1"}, {})) == [(0, 1100), (1, 1100)]
    assert codes(microsoft.put("AdGroups", campaign, {"Id": "1"})) == [(0, 1201)]
    assert codes(microsoft.put("Ads", group, {"Id": "1", "Type": "ResponsiveSearch"})) == [(0, 1308)]
    assert codes(microsoft.put("Keywords", group, {"Id": "1"})) == [(0, 1501)]
    for plural, parent, ids, code in (
        ("AdGroups", {"CampaignId": campaign}, "AdGroupIds", 1201),
        ("Ads", {"AdGroupId": group}, "AdIds", 1308),
        ("Keywords", {"AdGroupId": group}, "KeywordIds", 1501),
    ):
        answer = microsoft.do("DELETE", plural, {**parent, ids: ["1"]})
        assert codes(answer["PartialErrors"]) == [(0, code)]
        assert microsoft.call("DELETE", plural, {**parent, ids: []}).status_code == 400


CHANGES = {
    "a campaign's type is fixed": ("Campaigns", {"CampaignType": "Audience"}, 1155),
    "a campaign's name stays its own": ("Campaigns", {"Name": "OTHER"}, 1115),
    "a budget keeps its minimum": ("Campaigns", {"DailyBudget": 0.01}, 4912),
    "a status is Active or Paused": ("Campaigns", {"Status": "Deleted"}, 1120),
    "a start is not moved into the past": ("AdGroups", {"StartDate": {"Year": 2026, "Month": 1, "Day": 1}}, 1212),
    "an ad keeps its type": ("Ads", {"Type": "ResponsiveAd"}, 1386),
    "an ad keeps enough headlines": ("Ads", {"Headlines": links("a", "b")}, 6212),
    "a keyword's text is fixed": ("Keywords", {"Text": "other"}, 1504),
    "a keyword's match type is fixed": ("Keywords", {"MatchType": "Exact"}, 5804),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_refused(microsoft, case):
    campaign, group, ad = microsoft.tree(live=False)
    microsoft.added("Campaigns", None, microsoft.campaign(Name="Other"))
    words = microsoft.do("POST", "Keywords/QueryByAdGroupId", {"AdGroupId": group})["Keywords"]
    plural, changes, code = CHANGES[case]
    id_, parent = {
        "Campaigns": (campaign, None),
        "AdGroups": (group, campaign),
        "Ads": (ad, group),
        "Keywords": (words[0]["Id"], group),
    }[plural]
    assert codes(microsoft.put(plural, parent, {"Id": id_, **changes})) == [(0, code)]


DAY_TIME = {
    "Type": "DayTimeCriterion",
    "Day": "Monday",
    "FromHour": 9,
    "FromMinute": "Zero",
    "ToHour": 17,
    "ToMinute": "Zero",
}
RADIUS = {
    "Type": "RadiusCriterion",
    "LatitudeDegrees": 40.7,
    "LongitudeDegrees": -74.0,
    "Radius": "10",
    "RadiusUnit": "Miles",
}
CRITERION = {
    "a place exists": ({"Criterion": {"Type": "LocationCriterion", "LocationId": "1"}}, 1464),
    "an id is not given": ({"Id": "1"}, 1004),
    "the campaign exists": ({"CampaignId": "1"}, 1100),
    "a day ends after it begins": ({"Criterion": {**DAY_TIME, "ToHour": 9}}, 1404),
    "a day has 24 hours": ({"Criterion": {**DAY_TIME, "ToHour": 25}}, 1404),
    "24 is the whole hour": ({"Criterion": {**DAY_TIME, "ToHour": 24, "ToMinute": "Fifteen"}}, 1404),
    "a latitude is one": ({"Criterion": {**RADIUS, "LatitudeDegrees": 91}}, 1458),
    "a longitude is one": ({"Criterion": {**RADIUS, "LongitudeDegrees": 181}}, 1459),
    "a radius is one": ({"Criterion": {**RADIUS, "Radius": "0"}}, 1429),
    "a multiplier is at least -90": ({"CriterionBid": {"Type": "BidMultiplier", "Multiplier": -100}}, 5803),
    "a multiplier is at most 900": ({"CriterionBid": {"Type": "BidMultiplier", "Multiplier": 901}}, 5803),
    "a bid multiplies": ({"CriterionBid": {"Type": "FixedBid", "Amount": 1}}, 5803),
    "an exclusion has no bid": ({"Type": "NegativeCampaignCriterion"}, 1435),
    "a time cannot be excluded": ({"Type": "NegativeCampaignCriterion", "Criterion": DAY_TIME}, 1435),
}


@pytest.mark.parametrize("case", CRITERION)
def test_a_criterion_is_refused(microsoft, case):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign())
    changes, code = CRITERION[case]
    body = {"CriterionType": "Targets", "CampaignCriterions": [microsoft.place(campaign, **changes)]}
    answer = microsoft.do("POST", "CampaignCriterions", body)
    assert answer["CampaignCriterionIds"] == [None]
    collection = answer["NestedPartialErrors"][0]
    assert (collection["Type"], collection["Index"]) == ("BatchErrorCollection", 0)
    assert collection["BatchErrors"][0]["Code"] == code


BROKEN_CRITERION = {
    "a criterion type is required": ({"CriterionType": ABSENT}, {}, "CriterionType"),
    "a criterion type is one of the enum": ({"CriterionType": "Places"}, {}, "CriterionType"),
    "a type is required": ({}, {"Type": ABSENT}, "Type"),
    "a campaign is required": ({}, {"CampaignId": ABSENT}, "CampaignId"),
    "a criterion is required": ({}, {"Criterion": ABSENT}, "Criterion"),
    "a kind is one of the enum": ({}, {"Criterion": {"Type": "Location"}}, "Type"),
    "a place is required": ({}, {"Criterion": {"Type": "LocationCriterion"}}, "LocationId"),
    "an age is one of the enum": ({}, {"Criterion": {"Type": "AgeCriterion", "AgeRange": "18-24"}}, "AgeRange"),
    "a gender is one of the enum": ({}, {"Criterion": {"Type": "GenderCriterion", "GenderType": "MALE"}}, "GenderType"),
    "a device is one of the enum": (
        {},
        {"Criterion": {"Type": "DeviceCriterion", "DeviceName": "Mobile"}},
        "DeviceName",
    ),
    "a minute is a word": ({}, {"Criterion": {**DAY_TIME, "FromMinute": 0}}, "FromMinute"),
    "an unknown element": ({}, {"Bid": 1}, "Bid"),
}


@pytest.mark.parametrize("case", BROKEN_CRITERION)
def test_criterions_that_cannot_be_read_are_refused_whole(microsoft, case):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign())
    outer, inner, name = BROKEN_CRITERION[case]
    body = {"CriterionType": "Targets", "CampaignCriterions": [without(microsoft.place(campaign, **inner))], **outer}
    assert fault_code(microsoft.call("POST", "CampaignCriterions", without(body)), name) == 201


def days(first, last):
    """A report's time from one day to another."""
    return {
        f"CustomDateRange{name}": {"Year": year, "Month": month, "Day": day}
        for name, (year, month, day) in (("Start", first), ("End", last))
    }


REPORT = {
    "a type that exists": ({"Type": "BudgetReportRequest"}, 2002),
    "columns": ({"Columns": []}, 2014),
    "columns once each": ({"Columns": ["TimePeriod", "CampaignId", "Clicks", "Clicks"]}, 2016),
    "columns that exist": ({"Columns": ["TimePeriod", "CampaignId", "Cost"]}, 201),
    "a time column": ({"Columns": ["CampaignId", "Clicks"]}, 2015),
    "what identifies a row": ({"Columns": ["TimePeriod", "Clicks"]}, 2015),
    "a measure": ({"Columns": ["TimePeriod", "CampaignId"]}, 2017),
    "no time column in a summary": ({"Aggregation": "Summary"}, 2007),
    "an account": ({"Scope": {}}, 2018),
    "an account of one's own": ({"Scope": {"AccountIds": ["1"]}}, 2003),
    "a time": ({"Time": {}}, 2008),
    "one kind of time": (
        {"Time": {"PredefinedTime": "Today", "CustomDateRangeStart": {"Day": 1, "Month": 11, "Year": 2026}}},
        2008,
    ),
    "a first day that exists": (
        {"Time": days((2026, 11, 31), (2026, 12, 1))},
        2009,
    ),
    "a last day": ({"Time": {"CustomDateRangeStart": {"Day": 1, "Month": 11, "Year": 2026}}}, 2010),
    "days in order": (
        {"Time": days((2026, 11, 2), (2026, 11, 1))},
        2011,
    ),
    "hours of six months at most": (
        {
            "Aggregation": "Hourly",
            "Time": days((2026, 1, 1), (2026, 1, 2)),
        },
        2009,
    ),
    "no day to come": ({"Time": days((2026, 11, 20), (2026, 11, 24))}, 2010),
    "a report zone that exists": (
        {"Time": {**days((2026, 11, 20), (2026, 11, 21)), "ReportTimeZone": "America/Los_Angeles"}},
        201,
    ),
    "hours of places of two weeks at most": (
        {
            "Type": "UserLocationPerformanceReportRequest",
            "Columns": ["TimePeriod", "CampaignId", "Country", "Clicks"],
            "Aggregation": "Hourly",
            "Time": days((2026, 11, 1), (2026, 11, 2)),
        },
        2009,
    ),
    "ages with genders": (
        {"Type": "AgeGenderAudienceReportRequest", "Columns": ["TimePeriod", "CampaignId", "AgeGroup", "Clicks"]},
        2015,
    ),
    "no currency of ages": (
        {
            "Type": "AgeGenderAudienceReportRequest",
            "Columns": ["TimePeriod", "CampaignId", "AgeGroup", "Gender", "CurrencyCode", "Clicks"],
        },
        201,
    ),
    "a goal among goals": (
        {"Type": "GoalsAndFunnelsReportRequest", "Columns": ["TimePeriod", "CampaignId", "AllConversionsQualified"]},
        2015,
    ),
    "no spend of goals": (
        {"Type": "GoalsAndFunnelsReportRequest", "Columns": ["TimePeriod", "CampaignId", "Goal", "Spend"]},
        201,
    ),
    "a measure of goals": (
        {"Type": "GoalsAndFunnelsReportRequest", "Columns": ["TimePeriod", "CampaignId", "Goal"]},
        2017,
    ),
    "no complete data of today": ({"ReturnOnlyCompleteData": True}, 2004),
    "an aggregation that exists": ({"Aggregation": "DAILY"}, 201),
    "a format that exists": ({"Format": "CSV"}, 201),
    "known elements": ({"Colums": []}, 201),
}  # fmt: skip


@pytest.mark.parametrize("case", REPORT)
def test_a_report_wants(microsoft, case):
    changes, code = REPORT[case]
    body = {"ReportRequest": microsoft.report(**changes)}
    assert fault_code(microsoft.call("POST", "GenerateReport/Submit", body, service=REPORTING)) == code


def test_a_report_that_never_was_cannot_be_polled(sandbox, microsoft):
    body = {"ReportRequestId": "1"}
    assert fault_code(microsoft.call("POST", "GenerateReport/Poll", body, service=REPORTING)) == 2100
    assert fault_code(microsoft.call("POST", "GenerateReport/Submit", {}, service=REPORTING)) == 2001
    assert sandbox.http.get("/microsoft-reporting/Download/guess.zip").status_code == 403


def test_accounts_are_searched_by_what_exists(microsoft):
    right = {
        "Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": "1"}],
        "PageInfo": {"Index": 0, "Size": 1},
    }
    assert microsoft.do("POST", "Accounts/Search", right, service=CUSTOMER)["Accounts"] == []
    for changes, name in (
        ({"Predicates": []}, "Predicates"),
        ({"PageInfo": None}, "PageInfo"),
        ({"PageInfo": {"Index": 0, "Size": 1001}}, "Size"),
        ({"Predicates": [{"Field": "Colour", "Operator": "Equals", "Value": "1"}]}, "Colour"),
        ({"Predicates": [{"Field": "UserId", "Operator": "Is", "Value": "1"}]}, "Operator"),
    ):
        assert fault_code(microsoft.call("POST", "Accounts/Search", right | changes, service=CUSTOMER), name) == 201

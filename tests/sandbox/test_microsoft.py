"""Microsoft's whole tree over HTTP: created, read back, reviewed, shown, reported, switched off, deleted."""

import base64
from decimal import Decimal

import pytest
from tests.sandbox.meta_client import png
from tests.sandbox.microsoft_client import COLUMNS, CUSTOMER, Microsoft, codes, links


@pytest.fixture
def microsoft(sandbox):
    return Microsoft(sandbox)


def delivered(sandbox, **params):
    return sandbox.ledger(platform="microsoft_ads", **params)["delivery"]


def told(rows):
    """Report rows as the ledger tells them."""
    return [
        (
            row["CampaignId"],
            row["TimePeriod"],
            int(row["Impressions"]),
            int(row["Clicks"]),
            Decimal(row["Spend"]),
            Decimal(row["ConversionsQualified"]),
            Decimal(row["Revenue"]),
        )
        for row in rows
    ]


def truth(sandbox, **params):
    return [
        (
            row["campaign_id"],
            row["date"] if row["hour"] is None else f"{row['date']}|{row['hour']}",
            row["impressions"],
            row["clicks"],
            Decimal(row["spend"]),
            Decimal(row["conversions"]),
            Decimal(row["conversion_value"]),
        )
        for row in delivered(sandbox, **params)
    ]


def test_the_whole_tree_delivers_after_review_and_the_report_equals_the_ledger(sandbox, microsoft):
    campaign, group, _ = microsoft.tree()
    assert microsoft.ads(group)[0]["EditorialStatus"] == "Inactive"
    sandbox.advance("P5D")
    assert microsoft.ads(group)[0]["EditorialStatus"] == "Active"
    rows = told(microsoft.rows())
    assert rows == truth(sandbox)
    assert {row[0] for row in rows} == {campaign}
    assert len(rows) == 6
    assert sum(row[5] for row in rows) > 0
    assert all(0 < row[4] <= 100 for row in rows)


def test_hourly_rows_equal_the_ledger(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P2D")
    rows = told(microsoft.rows(Aggregation="Hourly"))
    assert sorted(rows) == sorted(truth(sandbox, grain="hour"))


def test_reports_may_run_in_utc(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P2D")
    local = {row["TimePeriod"]: row["Impressions"] for row in microsoft.rows(Aggregation="Hourly")}
    sandbox.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": "utc"})
    shifted = {row["TimePeriod"]: row["Impressions"] for row in microsoft.rows(Aggregation="Hourly")}
    assert shifted["2026-11-24|20"] == local["2026-11-24|12"]


def test_a_file_has_a_mark_a_preamble_of_ten_lines_and_a_footer(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P1D")
    text = microsoft.file(ExcludeReportHeader=False, ExcludeReportFooter=False)
    assert text.startswith("\ufeff")
    lines = text.lstrip("\ufeff").split("\r\n")
    assert lines[10] == ""
    assert lines[11] == ",".join(f'"{name}"' for name in COLUMNS)
    assert lines[-2] == '"©2026 Microsoft Corporation. All rights reserved. "'
    assert all(line.startswith('"') for line in lines[:10])


def test_blanks_and_percentages_are_written_as_microsoft_does(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P1D")
    row = microsoft.rows(Columns=[*COLUMNS, "Ctr", "AveragePosition"])[0]
    assert row["Ctr"].endswith("%")
    assert row["AveragePosition"] == "--"


def test_a_report_is_pending_then_ready_and_its_address_dies_after_five_minutes(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P1D")
    id_ = microsoft.submit()
    assert microsoft.poll(id_) == {"Status": "Pending", "ReportDownloadUrl": None}
    sandbox.advance("PT2S")
    first = microsoft.poll(id_)["ReportDownloadUrl"]
    assert sandbox.http.get(first).status_code == 200
    sandbox.advance("PT6M")
    assert sandbox.http.get(first).status_code == 403
    assert sandbox.http.get(microsoft.poll(id_)["ReportDownloadUrl"]).status_code == 200


def test_success_without_an_address_means_no_data(sandbox, microsoft):
    id_ = microsoft.submit()
    sandbox.advance("PT2S")
    assert microsoft.poll(id_) == {"Status": "Success", "ReportDownloadUrl": None}


def test_a_slow_report_takes_minutes(sandbox, microsoft):
    sandbox.fault("microsoft_ads", "slow_report", "Submit")
    id_ = microsoft.submit()
    sandbox.advance("PT5M")
    assert microsoft.poll(id_)["Status"] == "Pending"
    sandbox.advance("PT6M")
    assert microsoft.poll(id_)["Status"] == "Success"


@pytest.mark.parametrize("level", ["Account", "AdGroup", "Ad"])
def test_every_level_has_its_report_and_all_agree(sandbox, microsoft, level):
    _, group, ad = microsoft.tree()
    sandbox.advance("P2D")
    own = {"Account": microsoft.account, "AdGroup": group, "Ad": ad}[level]
    columns = ["TimePeriod", f"{level}Id", "Impressions", "Spend"]
    rows = microsoft.rows(Type=f"{level}PerformanceReportRequest", Columns=columns)
    assert {row[f"{level}Id"] for row in rows} == {own}
    assert [Decimal(row["Spend"]) for row in rows] == [row[4] for row in truth(sandbox)]


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("CampaignPerformanceReport", ["DeviceType"]),
        ("AgeGenderAudienceReport", ["AgeGroup", "Gender"]),
        ("UserLocationPerformanceReport", ["Country"]),
        ("GeographicPerformanceReport", ["Country", "DeviceType"]),
    ],
)
@pytest.mark.parametrize("aggregation", ["Daily", "Hourly"])
def test_the_parts_of_a_report_add_up_to_the_whole(sandbox, microsoft, kind, columns, aggregation):
    microsoft.tree()
    sandbox.advance("P3D")
    asked = ["TimePeriod", "CampaignId", *columns, "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue"]
    time = microsoft.report()["Time"] | {"CustomDateRangeStart": {"Year": 2026, "Month": 11, "Day": 20}}
    rows = microsoft.rows(Type=f"{kind}Request", Columns=asked, Aggregation=aggregation, Time=time)
    keys = {tuple(row[name] for name in ("TimePeriod", *columns)) for row in rows}
    assert len(keys) == len(rows) > 12
    whole = truth(sandbox)
    for index, name in ((2, "Impressions"), (3, "Clicks"), (4, "Spend")):
        assert sum(Decimal(row[name]) for row in rows) == sum(row[index] for row in whole), name


def test_goals_are_reported_by_their_id_and_only_where_one_was_reached(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P9D")
    (goal,) = microsoft.do("POST", "ConversionGoals/QueryByIds", {"ConversionGoalTypes": "Event"})["ConversionGoals"]
    asked = ["TimePeriod", "CampaignId", "GoalId", "Goal", "GoalType", "AllConversionsQualified", "AllRevenue"]
    rows = microsoft.rows(Type="GoalsAndFunnelsReportRequest", Columns=asked)
    assert {(row["GoalId"], row["Goal"], row["GoalType"]) for row in rows} == {(goal["Id"], "Purchase", "Event")}
    assert all(Decimal(row["AllConversionsQualified"]) > 0 for row in rows)
    columns = ["TimePeriod", "CampaignId", "ConversionsQualified", "Revenue"]
    days = microsoft.rows(Columns=columns)
    for mine, name in (("AllConversionsQualified", "ConversionsQualified"), ("AllRevenue", "Revenue")):
        assert sum(Decimal(row[mine]) for row in rows) == sum(Decimal(row[name]) for row in days)


def test_a_summary_has_one_row(sandbox, microsoft):
    campaign, _, _ = microsoft.tree()
    sandbox.advance("P2D")
    rows = microsoft.rows(Aggregation="Summary", Columns=["CampaignId", "CampaignName", "Impressions"])
    assert [(row["CampaignId"], row["CampaignName"]) for row in rows] == [(campaign, "Spring")]


def test_items_are_taken_or_refused_one_by_one(sandbox, microsoft):
    answer = microsoft.add("Campaigns", None, microsoft.campaign(), microsoft.campaign(Name="SPRING"), None)
    assert answer["CampaignIds"][1:] == [None, None]
    assert codes(answer["PartialErrors"]) == [(1, 1115), (2, 1103)]
    error = answer["PartialErrors"][0]
    assert error["ErrorCode"] == "CampaignServiceCannotCreateDuplicateCampaign"
    assert error["Type"] == "BatchError"
    assert set(error) == {
        "Code", "Details", "ErrorCode", "FieldPath", "ForwardCompatibilityMap", "Index", "Message", "Type",
    }  # fmt: skip
    assert [one["Id"] for one in microsoft.campaigns()] == answer["CampaignIds"][:1]


def test_the_ledger_tells_how_each_request_ended(sandbox, microsoft):
    microsoft.add("Campaigns", None, microsoft.campaign())
    microsoft.add("Campaigns", None, microsoft.campaign(), microsoft.campaign(Name="Other"))
    microsoft.add("Campaigns", None, microsoft.campaign())
    microsoft.call("POST", "Campaigns", {})
    requests = sandbox.ledger(platform="microsoft_ads")["requests"]
    assert [one["outcome"] for one in requests] == ["ok", "partial", "refused", "refused"]
    assert {one["path"] for one in requests} == {"/CampaignManagement/v13/Campaigns"}


def test_a_partial_fault_refuses_the_last_item(sandbox, microsoft):
    sandbox.fault("microsoft_ads", "partial", "POST .*/Campaigns")
    answer = microsoft.add("Campaigns", None, microsoft.campaign(), microsoft.campaign(Name="Other"))
    assert codes(answer["PartialErrors"]) == [(1, 0)]
    assert answer["CampaignIds"][1] is None


def test_defaults_are_microsofts(microsoft):
    bare = {name: microsoft.campaign()[name] for name in ("Name", "BudgetType", "DailyBudget", "Languages")}
    campaign = microsoft.added("Campaigns", None, bare)
    group = microsoft.added("AdGroups", campaign, {"Name": "g"})
    ad = microsoft.added("Ads", group, {n: v for n, v in microsoft.ad().items() if n != "Status"})
    keyword = microsoft.added("Keywords", group, microsoft.keyword())
    read = microsoft.campaigns()[0]
    assert (read["Status"], read["CampaignType"]) == ("Paused", "Search")
    assert read["BiddingScheme"] == {"Type": "EnhancedCpcBiddingScheme"}
    group_read = microsoft.do("POST", "AdGroups/QueryByCampaignId", {"CampaignId": campaign})["AdGroups"][0]
    assert (group_read["Status"], group_read["Network"]) == ("Paused", "OwnedAndOperatedAndSyndicatedSearch")
    assert [(one["Id"], one["Status"]) for one in microsoft.ads(group)] == [(ad, "Active")]
    words = microsoft.do("POST", "Keywords/QueryByAdGroupId", {"AdGroupId": group})["Keywords"]
    assert [(one["Id"], one["Status"], one["EditorialStatus"]) for one in words] == [(keyword, "Active", "Inactive")]


def test_money_is_a_number_and_ids_are_strings(microsoft):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign(DailyBudget=12.34))
    read = microsoft.campaigns()[0]
    assert read["Id"] == campaign
    assert read["DailyBudget"] == 12.34
    microsoft.put("Campaigns", None, {"Id": campaign, "DailyBudget": 20})
    assert microsoft.campaigns()[0]["DailyBudget"] == 20.0


def test_some_fields_come_only_when_asked_for(microsoft):
    microsoft.added("Campaigns", None, microsoft.campaign())
    assert "MultimediaAdsBidAdjustment" not in microsoft.campaigns()[0]
    asked = microsoft.campaigns(ReturnAdditionalFields="MultimediaAdsBidAdjustment,BidStrategyId")[0]
    assert asked["MultimediaAdsBidAdjustment"] == -100
    assert asked["AudienceAdsBidAdjustment"] == -100


def test_an_update_leaves_alone_what_it_does_not_name_and_clears_what_is_empty(microsoft):
    campaign = microsoft.added("Campaigns", None, microsoft.campaign(FinalUrlSuffix="a=1"))
    assert microsoft.put("Campaigns", None, {"Id": campaign, "Name": "Autumn", "DailyBudget": None}) == []
    read = microsoft.campaigns()[0]
    assert (read["Name"], read["DailyBudget"], read["FinalUrlSuffix"]) == ("Autumn", 50.0, "a=1")
    microsoft.put("Campaigns", None, {"Id": campaign, "FinalUrlSuffix": ""})
    assert microsoft.campaigns()[0]["FinalUrlSuffix"] is None


def test_old_schemes_are_converted_without_a_word(microsoft):
    scheme = {"Type": "TargetCpaBiddingScheme", "TargetCpa": 9.5}
    microsoft.added("Campaigns", None, microsoft.campaign(BiddingScheme=scheme))
    assert microsoft.campaigns()[0]["BiddingScheme"] == {"Type": "MaxConversionsBiddingScheme", "TargetCpa": 9.5}


def test_what_is_read_can_be_sent_back(microsoft):
    campaign, group, _ = microsoft.tree(live=False)
    assert microsoft.put("Campaigns", None, microsoft.campaigns()[0]) == []
    assert microsoft.put("Ads", group, microsoft.ads(group)[0]) == []
    groups = microsoft.do("POST", "AdGroups/QueryByCampaignId", {"CampaignId": campaign})["AdGroups"]
    assert microsoft.put("AdGroups", campaign, groups[0]) == []


def test_deleted_objects_are_never_returned_and_their_ids_are_invalid(sandbox, microsoft):
    campaign, group, ad = microsoft.tree()
    body = {"AccountId": microsoft.account, "CampaignIds": [campaign]}
    assert microsoft.do("DELETE", "Campaigns", body) == {"PartialErrors": []}
    assert microsoft.campaigns() == []
    again = microsoft.do("DELETE", "Campaigns", body)["PartialErrors"]
    assert codes(again) == [(0, 1100)]
    gone = microsoft.call("POST", "Ads/QueryByAdGroupId", {"AdGroupId": group, "AdTypes": ["ResponsiveSearch"]})
    assert gone.json()["OperationErrors"][0]["Code"] == 1201
    rows = microsoft.do("POST", "Campaigns/QueryByIds", {**body, "CampaignType": "Search"})
    assert rows["Campaigns"] == [None]
    statuses = {one["id"]: one["status"] for one in sandbox.ledger(platform="microsoft_ads")["objects"]}
    assert {statuses[id_] for id_ in (campaign, group, ad)} == {"Deleted"}
    assert microsoft.added("Campaigns", None, microsoft.campaign())


def shown(sandbox):
    """Impressions, which are told at once; clicks may come late."""
    return sum(row["impressions"] for row in delivered(sandbox))


def test_a_paused_level_shows_nothing(sandbox, microsoft):
    campaign, group, ad = microsoft.tree()
    sandbox.advance("P1D")
    for plural, parent, item in (
        ("Campaigns", None, {"Id": campaign}),
        ("AdGroups", campaign, {"Id": group}),
        ("Ads", group, {"Id": ad, "Type": "ResponsiveSearch"}),
    ):
        assert microsoft.put(plural, parent, {**item, "Status": "Paused"}) == []
        sandbox.advance("PT1H")
        before = shown(sandbox)
        sandbox.advance("PT6H")
        assert shown(sandbox) == before
        assert microsoft.put(plural, parent, {**item, "Status": "Active"}) == []
        sandbox.advance("PT12H")
        assert shown(sandbox) > before


def test_without_a_keyword_a_search_ad_never_shows(sandbox, microsoft):
    _, group, _ = microsoft.tree()
    words = microsoft.do("POST", "Keywords/QueryByAdGroupId", {"AdGroupId": group})["Keywords"]
    microsoft.do("DELETE", "Keywords", {"AdGroupId": group, "KeywordIds": [words[0]["Id"]]})
    sandbox.advance("P2D")
    assert delivered(sandbox) == []


def test_an_ad_group_shows_from_its_first_to_its_last_day(sandbox, microsoft):
    start, end = ({"Year": 2026, "Month": 11, "Day": day} for day in (26, 27))
    campaign, group, _ = microsoft.tree(dates={"StartDate": start, "EndDate": end})
    assert microsoft.put("AdGroups", campaign, {"Id": group, "StartDate": start | {"Day": 25}}) == []
    sandbox.advance("P10D")
    assert [row["date"] for row in delivered(sandbox)] == ["2026-11-25", "2026-11-26", "2026-11-27"]
    groups = microsoft.do("POST", "AdGroups/QueryByCampaignId", {"CampaignId": campaign})["AdGroups"]
    assert groups[0]["Status"] == "Expired"
    assert microsoft.put("AdGroups", campaign, {"Id": group, "EndDate": {"Year": 2050, "Month": 12, "Day": 31}}) == []
    (read,) = microsoft.do("POST", "AdGroups/QueryByCampaignId", {"CampaignId": campaign})["AdGroups"]
    assert (read["EndDate"], read["Status"]) == (None, "Active"), "an end that far away is none"
    begun = microsoft.put("AdGroups", campaign, {"Id": group, "StartDate": start | {"Month": 12, "Day": 20}})
    assert codes(begun) == [(0, 1216)], "a first day that has come stays"
    sandbox.advance("P1D")
    assert len(delivered(sandbox)) > 3


def test_newer_bidding_schemes_come_on_request_only(microsoft):
    microsoft.added(
        "Campaigns", None, microsoft.campaign(BiddingScheme={"Type": "MaxConversionValue", "TargetRoas": 3})
    )
    assert microsoft.campaigns()[0]["BiddingScheme"] is None
    (asked,) = microsoft.campaigns(ReturnAdditionalFields="MaxConversionValueBiddingScheme, BidStrategyId")
    assert asked["BiddingScheme"] == {"Type": "MaxConversionValueBiddingScheme", "TargetRoas": 3.0}
    body = {"AccountId": microsoft.account, "CampaignType": "Search", "ReturnAdditionalFields": "Everything"}
    assert microsoft.call("POST", "Campaigns/QueryByAccountId", body).status_code == 400


def test_windows_of_a_day_do_not_overlap_and_are_seven_at_most(microsoft):
    campaign, _, _ = microsoft.tree(live=False)

    def window(start, end, day="Monday"):
        times = {"Day": day, "FromHour": start, "FromMinute": "Zero", "ToHour": end, "ToMinute": "Zero"}
        return microsoft.place(campaign, Criterion={"Type": "DayTimeCriterion", **times})

    def added(*items):
        body = {"CriterionType": "Targets", "CampaignCriterions": list(items)}
        return codes(microsoft.do("POST", "CampaignCriterions", body)["NestedPartialErrors"])

    assert added(window(9, 12), window(11, 13), window(12, 14), window(9, 12), window(11, 13, "Tuesday")) == [
        (1, 1404),
        (3, 807),
    ]
    assert added(*(window(hour, hour + 1) for hour in range(6))) == [(5, 1425)]


def test_an_account_that_owes_money_shows_nothing_and_says_so(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("P1D")
    sandbox.control("account", {"platform": "microsoft_ads", "action": "financial_status", "value": "Hold"})
    before = len(delivered(sandbox, grain="hour"))
    sandbox.advance("P1D")
    assert len(delivered(sandbox, grain="hour")) <= before + 1
    body = {"AccountId": microsoft.account}
    account = microsoft.do("POST", "Account/Query", body, service="microsoft-customer/CustomerManagement")["Account"]
    assert (account["AccountFinancialStatus"], account["AccountLifeCycleStatus"]) == ("Hold", "Active")
    sandbox.control(
        "account", {"platform": "microsoft_ads", "action": "financial_status", "value": "ClearFinancialStatus"}
    )
    sandbox.advance("P1D")
    assert len(delivered(sandbox, grain="hour")) > before + 10


def test_who_may_only_look_changes_nothing(sandbox, microsoft):
    campaign, _, _ = microsoft.tree()
    sandbox.control("account", {"platform": "microsoft_ads", "action": "role", "value": "100"})
    body = {"AccountId": microsoft.account, "Campaigns": [{"Id": campaign, "Status": "Paused"}]}
    answer = microsoft.call("PUT", "Campaigns", body)
    assert (answer.status_code, answer.json()["Errors"][0]["Code"]) == (403, 106)
    place = {"CriterionType": "Targets", "CampaignCriterions": [microsoft.place(campaign)]}
    assert microsoft.call("POST", "CampaignCriterions", place).status_code == 403
    assert microsoft.campaigns()[0]["Status"] == "Active"


def test_day_and_time_criterions_are_kept(sandbox, microsoft):
    campaign, _, _ = microsoft.tree()
    times = {"FromHour": 9, "FromMinute": "Zero", "ToHour": 11, "ToMinute": "Thirty"}
    parts = [
        microsoft.place(campaign, Criterion={"Type": "DayTimeCriterion", "Day": day, **times})
        for day in ("Monday", "Tuesday")
    ]
    answer = microsoft.do("POST", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": parts})
    assert answer["NestedPartialErrors"] == []
    sandbox.advance("P10D")
    rows = delivered(sandbox, grain="hour")
    assert {row["hour"] for row in rows} == {9, 10, 11}
    assert {row["date"] for row in rows} <= {"2026-11-23", "2026-11-24", "2026-11-30", "2026-12-01"}


def test_criterions_are_added_read_changed_and_deleted(microsoft):
    campaign, _, _ = microsoft.tree(live=False)
    items = [
        microsoft.place(campaign),
        microsoft.place(campaign, Criterion={"Type": "LocationIntentCriterion", "IntentOption": "PeopleIn"}),
        microsoft.place(campaign, Criterion={"Type": "AgeCriterion", "AgeRange": "ThirtyFiveToFourtyNine"}),
        microsoft.place(campaign, Criterion={"Type": "GenderCriterion", "GenderType": "Female"}),
        microsoft.place(campaign, Criterion={"Type": "DeviceCriterion", "DeviceName": "Computers"}),
        {
            "Type": "NegativeCampaignCriterion",
            "CampaignId": campaign,
            "Criterion": {"Type": "LocationCriterion", "LocationId": "72"},
        },
        microsoft.place(campaign),
    ]
    answer = microsoft.do("POST", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": items})
    assert codes(answer["NestedPartialErrors"]) == [(6, 807)]
    assert answer["NestedPartialErrors"][0]["BatchErrors"][0]["Code"] == 807
    assert answer["CampaignCriterionIds"][6] is None
    query = {"CampaignId": campaign, "CriterionType": "Targets", "CampaignCriterionIds": None}
    read = microsoft.do("POST", "CampaignCriterions/QueryByIds", query)["CampaignCriterions"]
    assert [one["Id"] for one in read] == answer["CampaignCriterionIds"][:6]
    device = {**read[4], "CriterionBid": {"Type": "BidMultiplier", "Multiplier": -100}}
    changed = microsoft.do("PUT", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": [device]})
    assert changed["NestedPartialErrors"] == []
    ids = [read[0]["Id"], "1"]
    gone = {"CampaignId": campaign, "CriterionType": "Targets", "CampaignCriterionIds": ids}
    assert codes(microsoft.do("DELETE", "CampaignCriterions", gone)["PartialErrors"]) == [(1, 1401)]
    left = microsoft.do("POST", "CampaignCriterions/QueryByIds", query)["CampaignCriterions"]
    assert [one["Id"] for one in left] == answer["CampaignCriterionIds"][1:6]
    assert left[3]["CriterionBid"]["Multiplier"] == -100.0


def test_the_first_criterion_brings_the_widest_intent_which_never_goes(microsoft):
    campaign, _, _ = microsoft.tree(live=False)
    microsoft.do(
        "POST", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": [microsoft.place(campaign)]}
    )
    query = {"CampaignId": campaign, "CriterionType": "LocationIntent", "CampaignCriterionIds": None}
    (intent,) = microsoft.do("POST", "CampaignCriterions/QueryByIds", query)["CampaignCriterions"]
    assert intent["Criterion"]["IntentOption"] == "PeopleInOrSearchingForOrViewingPages"
    mine = {**intent, "Criterion": {"Type": "LocationIntentCriterion", "IntentOption": "PeopleIn"}}
    body = {"CriterionType": "Targets", "CampaignCriterions": [mine]}
    assert microsoft.do("PUT", "CampaignCriterions", body)["NestedPartialErrors"] == []
    gone = {"CampaignId": campaign, "CriterionType": "Targets", "CampaignCriterionIds": [intent["Id"]]}
    assert codes(microsoft.do("DELETE", "CampaignCriterions", gone)["PartialErrors"]) == [(0, 204)]
    twin = microsoft.place(campaign, Criterion={"Type": "LocationIntentCriterion", "IntentOption": "PeopleIn"})
    answer = microsoft.do("POST", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": [twin]})
    assert codes(answer["NestedPartialErrors"]) == [(0, 807)]
    old = {**intent, "Criterion": {**intent["Criterion"], "IntentOption": "PeopleSearchingForOrViewingPages"}}
    microsoft.do("PUT", "CampaignCriterions", {"CriterionType": "Targets", "CampaignCriterions": [old]})
    (read,) = microsoft.do("POST", "CampaignCriterions/QueryByIds", query)["CampaignCriterions"]
    assert read["Criterion"]["IntentOption"] == "PeopleInOrSearchingForOrViewingPages"


def test_ad_groups_have_criterions_too(microsoft):
    _, group, _ = microsoft.tree(live=False)
    item = {
        "Type": "BiddableAdGroupCriterion",
        "AdGroupId": group,
        "Criterion": {"Type": "AgeCriterion", "AgeRange": "EighteenToTwentyFour"},
        "CriterionBid": {"Type": "BidMultiplier", "Multiplier": 10},
    }
    answer = microsoft.do("POST", "AdGroupCriterions", {"CriterionType": "Targets", "AdGroupCriterions": [item]})
    assert answer["NestedPartialErrors"] == []
    query = {"AdGroupId": group, "CriterionType": "Age", "AdGroupCriterionIds": None}
    read = microsoft.do("POST", "AdGroupCriterions/QueryByIds", query)["AdGroupCriterions"]
    assert read[0]["Criterion"]["AgeRange"] == "EighteenToTwentyFour"


def test_negative_keywords_are_added_read_and_deleted(microsoft):
    campaign, _, _ = microsoft.tree(live=False)
    words = [{"Text": "free", "MatchType": "Phrase"}, {"Text": "", "MatchType": "Exact"}]
    sets = [{"EntityId": campaign, "EntityType": "Campaign", "NegativeKeywords": words}]
    answer = microsoft.do("POST", "EntityNegativeKeywords", {"EntityNegativeKeywords": sets})
    ids = answer["NegativeKeywordIds"][0]["Ids"]
    assert ids[1] is None
    assert answer["NestedPartialErrors"][0]["BatchErrors"][0]["Code"] == 1005
    query = {"EntityIds": [campaign], "EntityType": "Campaign", "ParentEntityId": microsoft.account}
    read = microsoft.do("POST", "NegativeKeywords/QueryByEntityIds", query)["EntityNegativeKeywords"][0]
    assert [(one["Id"], one["Text"]) for one in read["NegativeKeywords"]] == [(ids[0], "free")]
    gone = [{"EntityId": campaign, "EntityType": "Campaign", "NegativeKeywords": [{"Id": ids[0]}]}]
    answer = microsoft.do("DELETE", "EntityNegativeKeywords", {"EntityNegativeKeywords": gone})
    assert answer == {"NestedPartialErrors": []}


def test_a_disapproved_ad_tells_why_and_never_shows(sandbox, microsoft):
    texts = links("The miracle cure", "Run Faster", "Free Shipping")
    _, group, ad = microsoft.tree(ad={"Headlines": texts})
    sandbox.advance("P2D")
    assert microsoft.ads(group)[0]["EditorialStatus"] == "Disapproved"
    pairs = [{"EntityId": ad, "ParentId": group}]
    body = {"AccountId": microsoft.account, "EntityIdToParentIdAssociations": pairs, "EntityType": "Ad"}
    found = microsoft.do("POST", "EditorialReasons/QueryByIds", body)["EditorialReasons"][0]
    assert found["AdOrKeywordId"] == ad
    assert found["Reasons"][0]["Term"] == "miracle cure"
    assert delivered(sandbox) == []


def test_a_reviewers_verdict_acts_at_once_and_a_new_text_is_reviewed_again(sandbox, microsoft):
    _, group, ad = microsoft.tree()
    sandbox.control("review", {"platform": "microsoft_ads", "ad": ad, "verdict": "limit", "reason": "alcohol"})
    assert microsoft.ads(group)[0]["EditorialStatus"] == "ActiveLimited"
    texts = links("Spring Sale", "Run Faster", "New text")
    assert microsoft.put("Ads", group, {"Id": ad, "Type": "ResponsiveSearch", "Headlines": texts}) == []
    assert microsoft.ads(group)[0]["EditorialStatus"] == "Inactive"


def test_who_is_asking_and_which_accounts(microsoft):
    user = microsoft.do("POST", "User/Query", {"UserId": None}, service=CUSTOMER)
    assert user["CustomerRoles"][0]["CustomerId"] == microsoft.line["customer_id"]
    search = {
        "Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": user["User"]["Id"]}],
        "PageInfo": {"Index": 0, "Size": 10},
    }
    found = microsoft.do("POST", "Accounts/Search", search, service=CUSTOMER)["Accounts"]
    assert [(one["Id"], one["CurrencyCode"]) for one in found] == [(microsoft.account, "USD")]
    assert found[0]["TimeZone"] == "PacificTimeUSCanadaTijuana"
    assert found[0]["AccountLifeCycleStatus"] == "Active"
    one = microsoft.do("POST", "Account/Query", {"AccountId": microsoft.account}, service=CUSTOMER)["Account"]
    assert one["ParentCustomerId"] == microsoft.line["customer_id"]


def test_a_campaigns_own_goals_are_kept_given_on_request_and_taken_away(microsoft):
    (goal,) = microsoft.do("POST", "ConversionGoals/QueryByIds", {})["ConversionGoals"]
    made = microsoft.added("Campaigns", None, microsoft.campaign(GoalIds=[goal["Id"]]))
    more = {"ReturnAdditionalFields": "CampaignConversionGoal"}
    assert microsoft.campaigns(**more)[0]["GoalIds"] == [goal["Id"]]
    assert "GoalIds" not in microsoft.campaigns()[0]
    own = {"CampaignConversionGoal": [{"CampaignId": made, "GoalId": goal["Id"]}]}
    assert codes(microsoft.do("POST", "CampaignConversionGoals", own)["PartialErrors"]) == [(0, 1043)]
    assert microsoft.do("DELETE", "CampaignConversionGoals", own) == {"PartialErrors": []}
    assert microsoft.campaigns(**more)[0]["GoalIds"] == []
    assert codes(microsoft.do("DELETE", "CampaignConversionGoals", own)["PartialErrors"]) == [(0, 1044)]


def test_a_campaign_counts_its_own_goals_as_conversions_and_all_of_them_beside(sandbox, microsoft):
    campaign, _, _ = microsoft.tree()
    sandbox.advance("P9D")
    (goal,) = microsoft.do("POST", "ConversionGoals/QueryByIds", {})["ConversionGoals"]
    columns = ["TimePeriod", "CampaignId", "ConversionsQualified", "AllConversionsQualified", "Revenue", "AllRevenue"]
    before = microsoft.rows(Columns=columns)
    assert microsoft.put("Campaigns", None, {"Id": campaign, "GoalIds": [goal["Id"]]}) == []
    assert microsoft.rows(Columns=columns) == before
    sandbox.control("account", {"platform": "microsoft_ads", "action": "lose", "value": "goal"})
    lost = microsoft.rows(Columns=columns)
    assert {row["ConversionsQualified"] for row in lost} == {"0.00"}
    assert [row["AllConversionsQualified"] for row in lost] == [row["AllConversionsQualified"] for row in before]


def test_there_is_one_goal_with_its_tag(microsoft):
    tag = microsoft.do("POST", "UetTags/QueryByIds", {"TagIds": None})["UetTags"][0]
    body = {"TagIds": [tag["Id"]], "ConversionGoalTypes": "Url,Event"}
    goals = microsoft.do("POST", "ConversionGoals/QueryByTagIds", body)["ConversionGoals"]
    assert [one["Type"] for one in goals] == ["Event"]


def test_images_are_kept(microsoft):
    item = {
        "Type": "Image",
        "MediaType": "Image191x100",
        "Data": base64.b64encode(png(1200, 628)).decode(),
        "Text": "a",
    }
    made = microsoft.do("POST", "Media", {"AccountId": microsoft.account, "Media": [item]})["MediaIds"]
    listed = microsoft.do("POST", "MediaMetaData/QueryByAccountId", {"MediaEnabledEntities": "ImageAdExtension"})
    assert [one["Id"] for one in listed["MediaMetaData"]] == made
    small = {**item, "Data": base64.b64encode(png(100, 50)).decode()}
    assert microsoft.call("POST", "Media", {"AccountId": microsoft.account, "Media": [small]}).status_code == 400


def test_the_file_of_places_maps_googles_ids(sandbox, microsoft):
    body = {"Version": "2.0", "LanguageLocale": "en", "CompressionType": None}
    url = microsoft.do("POST", "GeoLocationsFileUrl/Query", body)["FileUrl"]
    text = sandbox.http.get(url).text
    assert '"190","United States","Country","","Active","2840"' in text


def test_a_suspended_account_shows_nothing_and_takes_nothing(sandbox, microsoft):
    microsoft.tree()
    sandbox.advance("PT3H")
    sandbox.control("account", {"platform": "microsoft_ads", "action": "suspend"})
    assert microsoft.campaigns()[0]["Status"] == "Suspended"
    body = {"AccountId": microsoft.account, "Campaigns": [microsoft.campaign(Name="Other")]}
    assert microsoft.call("POST", "Campaigns", body).json()["OperationErrors"][0]["Code"] == 1008
    before = delivered(sandbox)
    sandbox.advance("P1D")
    assert delivered(sandbox) == before


def test_a_person_in_microsofts_pages_may_change_and_delete(sandbox, microsoft):
    campaign, _, _ = microsoft.tree()
    sandbox.control("edit", {"platform": "microsoft_ads", "id": campaign, "field": "DailyBudget", "value": "70.50"})
    assert microsoft.campaigns()[0]["DailyBudget"] == 70.5
    wrong = {"platform": "microsoft_ads", "id": campaign, "field": "DailyBudget", "value": "0.01"}
    assert sandbox.control_raw("edit", wrong).status_code == 400
    sandbox.control("edit", {"platform": "microsoft_ads", "id": campaign, "field": "Status", "value": "Deleted"})
    assert microsoft.campaigns() == []


def test_seeded_campaigns_are_live(sandbox, microsoft):
    made = sandbox.control("seed", {"platform": "microsoft_ads", "campaigns": 2})["campaigns"]
    sandbox.advance("P1D")
    assert {row["campaign_id"] for row in delivered(sandbox)} == {one["id"] for one in made}
    assert all(one["Status"] == "Active" for one in microsoft.campaigns())


@pytest.mark.parametrize("currency", ["JPY", "HUF", "EUR"])
def test_other_currencies_have_their_own_minimum(sandbox, microsoft, currency):
    sandbox.control("account", {"platform": "microsoft_ads", "action": "currency", "value": currency})
    low = microsoft.add("Campaigns", None, microsoft.campaign(DailyBudget=0.01))
    assert codes(low["PartialErrors"]) == [(0, 4912)]


def test_the_same_seed_and_clock_give_the_same_ids(sandbox, microsoft):
    first = microsoft.tree()
    sandbox.control("reset", {})
    assert microsoft.tree() == first

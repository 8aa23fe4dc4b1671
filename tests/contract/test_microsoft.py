"""Microsoft's own client stands between adapter and sandbox: it drives the one, and its models read both."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.contract.environments import witness
from tests.contract.tape import Tape, recording
from tests.platforms import specs
from tests.platforms.conftest import Live, Sandbox

from adloom.core.errors import PlatformError
from adloom.core.money import Money
from adloom.core.settings import Settings
from adloom.core.settings import load as load_settings
from adloom.platforms.access import ResourceKind
from adloom.platforms.contract import Connection
from adloom.platforms.http import Http
from adloom.platforms.microsoft import audiences, inspecting, mapping, reports, zones
from adloom.platforms.spec import Bidding, CampaignSpec, Conversion, Daypart, Keyword, Location
from adloom.platforms.types import (
    BidStrategy,
    ConversionEvent,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    MatchType,
    Operation,
    Platform,
    Weekday,
)

Told = Mapping[str, Any]
Connect = Callable[[Platform], Live]


def _said(sandbox: Sandbox, **more: Any) -> Mapping[str, Any]:
    base, login = str(sandbox.client.base_url).rstrip("/"), sandbox.line["microsoft_ads"]
    return {"base": base, "login": login, "control_key": sandbox.line["control_key"], **more}


@pytest.fixture(scope="module")
def told(sandbox_process: Sandbox) -> Told:
    """A campaign's whole life, as the client met it."""
    sandbox_process.control("reset", {})
    told: Told = witness("microsoft", "tree.py", given=_said(sandbox_process))
    return told


class TestTheClientDrivesTheSandbox:
    """Everything that the client's models can say is understood, and every answer is read by them."""

    def test_it_signs_in_and_finds_the_account(self, told: Told) -> None:
        assert told["tokens"] == [True, True, 3600]
        assert told["user"]["answer"]["User"]["UserName"] == "sam@example.com"
        (account,) = told["accounts"]["answer"]["Accounts"]
        assert (account["CurrencyCode"], account["TimeZone"]) == ("USD", "PacificTimeUSCanadaTijuana")
        assert told["accounts_after_the_last"]["answer"] == {"Accounts": []}
        assert told["account"]["answer"]["Account"]["Id"] == account["Id"]
        assert told["first_use"] is None
        assert told["second_use"] == ["OAuthTokenRequestException", "invalid_grant"], "a spent refresh token is dead"

    def test_it_makes_the_whole_tree(self, told: Told) -> None:
        made = ("campaign", "targets", "groups", "keywords_0", "negatives_0", "ads_0", "keywords_1", "negatives_1")
        for name in (*made, "ads_1", "people_0", "people_1", "only_people_0"):
            assert told[name]["raised"] is None, name
            assert not told[name]["answer"].get("PartialErrors"), name
            assert not told[name]["answer"].get("NestedPartialErrors"), name
        assert len(told["targets"]["answer"]["CampaignCriterionIds"]) == 9
        assert len(told["ads_1"]["answer"]["AdIds"]) == 3

    def test_it_reads_back_what_it_made(self, told: Told) -> None:
        (campaign,) = told["before_campaigns"]["answer"]["Campaigns"]
        assert (campaign["DailyBudget"], campaign["Status"]) == (50.0, "Paused")
        assert campaign["BiddingScheme"] == {"Type": "MaxConversionsBiddingScheme", "TargetCpa": 12.5, "MaxCpc": None}
        assert (campaign["AudienceAdsBidAdjustment"], campaign["MultimediaAdsBidAdjustment"]) == (-100, -100)
        assert told["before_campaign_by_id"]["answer"]["Campaigns"][0]["Id"] == campaign["Id"]
        kinds = [each["Criterion"]["Type"] for each in told["before_targets"]["answer"]["CampaignCriterions"]]
        assert len(kinds) == 10, "Microsoft adds the location intent by itself"
        assert "LocationIntentCriterion" in kinds
        assert [each["Name"] for each in told["before_groups"]["answer"]["AdGroups"]] == ["One", "Two"]
        ads = told["before_ads"]["answer"]["Ads"]
        assert [each["EditorialStatus"] for each in ads] == ["Inactive"] * 3, "in review"
        assert [each["Asset"]["Text"] for each in ads[0]["Headlines"]] == ["Spring Sale", "Run Faster", "First"]
        assert len(told["before_keywords"]["answer"]["Keywords"]) == 2
        (people,) = told["before_people"]["answer"]["AdGroupCriterions"]
        assert people["Criterion"] == {
            "Type": "AudienceCriterion",
            "AudienceId": "804000001",
            "AudienceType": "RemarketingList",
        }
        (setting,) = told["before_groups"]["answer"]["AdGroups"][0]["Settings"]
        assert setting["Details"] == [{"CriterionTypeGroup": "Audience", "TargetAndBid": True}]
        (negatives,) = told["before_negatives"]["answer"]["EntityNegativeKeywords"]
        assert [each["Text"] for each in negatives["NegativeKeywords"]] == ["free"]

    def test_it_changes_what_stands_and_nothing_else(self, told: Told) -> None:
        for name in ("update_campaign", "update_group", "update_ad", "update_targets", "update_keyword", "pause"):
            assert told[name]["raised"] is None, name
            assert not [each for key, each in told[name]["answer"].items() if "Errors" in key and each], name
        (before,), (after,) = (told[f"{when}_campaigns"]["answer"]["Campaigns"] for when in ("before", "after"))
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"DailyBudget", "BiddingScheme"}
        assert told["after_groups"]["answer"]["AdGroups"][0]["Name"] == "Uno"
        devices = {
            each["Criterion"]["DeviceName"]: each["CriterionBid"]["Multiplier"]
            for each in told["after_targets"]["answer"]["CampaignCriterions"]
            if each["Criterion"]["Type"] == "DeviceCriterion"
        }
        assert devices == {"Tablets": -50.0, "Computers": 0.0, "Smartphones": 0.0}
        assert [each["Status"] for each in told["after_keywords"]["answer"]["Keywords"]] == ["Paused", "Active"]

    def test_it_looks_around(self, told: Told) -> None:
        (why,) = told["reasons"]["answer"]["EditorialReasons"]
        assert why["Reasons"] == []
        (tag,), (goal,) = told["tags"]["answer"]["UetTags"], told["goals"]["answer"]["ConversionGoals"]
        assert goal["TagId"] == tag["Id"]
        assert told["places"]["answer"]["FileUrl"].endswith(".csv")

    def test_it_gives_a_campaign_a_goal_of_its_own_and_takes_it_away(self, told: Told) -> None:
        (goal,) = told["goals"]["answer"]["ConversionGoals"]
        for way in ("added", "listed"):
            for name, ids in ((way, [goal["Id"]]), (f"{way}_gone", [])):
                assert not told[f"goal_{name}"]["answer"].get("PartialErrors"), name
                assert told[f"goal_{name}_read"]["answer"]["Campaigns"][0]["GoalIds"] == ids, name

    def test_it_deletes_until_nothing_is_left(self, told: Told) -> None:
        for name in ("delete_people", "delete_ad", "delete_group", "delete_campaign"):
            assert told[name]["answer"] == {"PartialErrors": []}, name
        (again,) = told["delete_ad_again"]["answer"]["PartialErrors"]
        assert (again["Code"], again["ErrorCode"]) == (1308, "CampaignServiceInvalidAdId")
        assert told["campaigns_left"]["answer"] == {"Campaigns": []}


class TestTheClientMeetsEachRefusal:
    """In the class that it raises, with the fields that its models give."""

    #: Kind of refusal, what the client raises, HTTP status, model of the fault, list of its errors, code, symbol.
    FAULTS = (
        ("unknown_token", "UnauthorizedException", 401, "AdApiFaultDetail", 105, "InvalidCredentials"),
        ("unknown_developer", "UnauthorizedException", 401, "AdApiFaultDetail", 105, "InvalidCredentials"),
        ("token_expired", "UnauthorizedException", 401, "AdApiFaultDetail", 109, "AuthenticationTokenExpired"),
        ("other_customer", "ForbiddenException", 403, "AdApiFaultDetail", 106, "UserIsNotAuthorized"),
        ("other_account_in_header", "ForbiddenException", 403, "AdApiFaultDetail", 106, "UserIsNotAuthorized"),
        ("throttle", "BadRequestException", 400, "AdApiFaultDetail", 117, "CallRateExceeded"),
        ("throttle_of_reports", "BadRequestException", 400, "AdApiFaultDetail", 207, "ConcurrentRequestOverLimit"),
        ("server_error", "ServiceException", 500, "AdApiFaultDetail", 0, "InternalError"),
        (
            "other_account_in_body",
            "BadRequestException",
            400,
            "ApiFaultDetail",
            1102,
            "CampaignServiceInvalidAccountId",
        ),
        (
            "no_items",
            "BadRequestException",
            400,
            "ApiFaultDetail",
            1113,
            "CampaignServiceCampaignsArrayShouldNotBeNullOrEmpty",
        ),
        (
            "no_ids",
            "BadRequestException",
            400,
            "ApiFaultDetail",
            1118,
            "CampaignServiceCampaignIdsArrayShouldNotBeNullOrEmpty",
        ),
        ("no_parent", "BadRequestException", 400, "ApiFaultDetail", 1100, "CampaignServiceInvalidCampaignId"),
        ("no_report", "BadRequestException", 400, "ApiFaultDetail", 2001, "ReportingServiceNullReportRequest"),
        ("no_such_report", "BadRequestException", 400, "ApiFaultDetail", 2100, "ReportingServiceInvalidReportId"),
        ("customers_field", "BadRequestException", 400, "ApiFault", 201, None),
    )
    #: Kind of refusal, code, symbol: one item of several, in an answer of 200.
    ITEMS = (
        ("budget_below", 4912, "CampaignServiceBudgetAmountIsBelowLimit"),
        ("name_too_long", 1101, "CampaignServiceInvalidCampaignName"),
        ("gone_group", 1201, "CampaignServiceInvalidAdGroupId"),
        ("gone_keyword", 1501, "CampaignServiceInvalidKeywordId"),
    )
    NESTED = (
        ("gone_target", 1401, "CampaignServiceInvalidTargetId"),
        ("gone_negative", 1044, "CampaignServiceEntityDoesNotExist"),
    )
    TWINS = (
        ("twin_campaign", "CampaignIds", 1115, "CampaignServiceCannotCreateDuplicateCampaign"),
        ("twin_group", "AdGroupIds", 1214, "CampaignServiceCannotCreateDuplicateAdGroup"),
        ("twin_ad", "AdIds", 1313, "CampaignServiceDuplicateAd"),
        ("twin_keyword", "KeywordIds", 1517, "CampaignServiceDuplicateKeyword"),
        ("twin_target", "CampaignCriterionIds", 807, "DuplicateCriterion"),
    )

    def test_faults_partial_errors_and_throttles(self, sandbox: Sandbox) -> None:
        told = witness("microsoft", "refusals.py", given=_said(sandbox))
        for name, raised, status, fault, code, symbol in self.FAULTS:
            met = told.pop(name)
            assert (met["raised"], met["status"], met["fault"]) == (raised, status, fault), name
            errors = met["fields"]["Errors" if fault == "AdApiFaultDetail" else "OperationErrors"]
            assert [(each["Code"], each.get("ErrorCode")) for each in errors] == [(code, symbol)], name
            assert errors[0]["Message"]
            assert met["tracking"] == met["fields"]["TrackingId"]
        for name, code, symbol in self.ITEMS:
            (error,) = told.pop(name)["answer"]["PartialErrors"]
            assert (error["Index"], error["Code"], error["ErrorCode"], error["Type"]) == (0, code, symbol, "BatchError")
        for name, code, symbol in self.NESTED:
            (collection,) = told.pop(name)["answer"]["NestedPartialErrors"]
            (error,) = collection["BatchErrors"]
            assert (error["Code"], error["ErrorCode"], collection["Type"]) == (code, symbol, "BatchErrorCollection")
        for name, ids, code, symbol in self.TWINS:
            met = told.pop(name)
            assert (met["raised"], met["wrong"]) == ("ValidationError", [[ids, 0]]), "it cannot hold a null id"
            error = met["errors"][0]
            assert (error["Code"], error["ErrorCode"]) == (code, symbol), name
        assert told == {}, "every refusal is spoken of"


class TestTheClientReadsReports:
    """Submitted, tracked, downloaded and read by the client's own reader, every number as the ledger has it."""

    FIGURES = ("Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue")
    #: Name, kind of report, attribute columns, aggregation.
    REPORTS = (
        ("days", "CampaignPerformanceReport", ("CampaignId", "CurrencyCode"), "Daily"),
        ("hours", "CampaignPerformanceReport", ("CampaignId",), "Hourly"),
        ("devices", "CampaignPerformanceReport", ("CampaignId", "DeviceType"), "Daily"),
        ("ads", "AdPerformanceReport", ("AdId",), "Daily"),
        ("accounts", "AccountPerformanceReport", ("AccountId",), "Daily"),
        ("people", "AgeGenderAudienceReport", ("CampaignId", "AgeGroup", "Gender"), "Daily"),
        ("places", "UserLocationPerformanceReport", ("CampaignId", "Country"), "Daily"),
    )

    def test_every_report_adds_up_to_the_ledger(self, sandbox: Sandbox, connect: Connect) -> None:
        live = connect(Platform.MICROSOFT_ADS)
        live.run(live.spec(ads=2), Operation.CREATE, {})
        since = _today(sandbox)
        sandbox.control("clock", {"advance": "P4D"})
        asked = [
            {"name": name, "kind": kind, "columns": ["TimePeriod", *columns, *self.FIGURES], "aggregation": aggregation}
            for name, kind, columns, aggregation in self.REPORTS
        ]
        goals = ["TimePeriod", "CampaignId", "GoalId", "Goal", "AllConversionsQualified", "AllRevenue"]
        asked.append({"name": "goals", "kind": "GoalsAndFunnelsReport", "columns": goals, "aggregation": "Daily"})
        days = {"since": _date(since), "until": _date(_today(sandbox))}
        earlier = {"since": _date(since - timedelta(days=9)), "until": _date(since - timedelta(days=8))}
        asked = [{**each, **days} for each in asked]
        none = {**asked[0], "name": "none", **earlier}
        told = witness("microsoft", "reading.py", given=_said(sandbox, reports=[*asked, none]))
        assert told["none"] is None, "no data is no file"
        truth = sandbox.control("ledger", platform="microsoft_ads")["delivery"]
        for each in asked[:-1]:
            report = told[each["name"]]
            assert report["columns"] == each["columns"]
            assert report["promised"] == len(report["rows"]) > 0
            assert (report["name"], report["aggregation"]) == (f"Witness {each['name']}", each["aggregation"])
            assert _sums(report, self.FIGURES) == _truth(truth), each["name"]
        assert _sums(told["goals"], ("AllConversionsQualified", "AllRevenue")) == _truth(truth)[3:]


def _today(sandbox: Sandbox) -> date:
    now = datetime.fromisoformat(sandbox.control("clock")["now"])
    return now.astimezone(ZoneInfo("America/Los_Angeles")).date()


def _date(day: date) -> Mapping[str, int]:
    return {"Year": day.year, "Month": day.month, "Day": day.day}


def _sums(report: Told, names: tuple[str, ...]) -> list[Decimal]:
    places = [report["columns"].index(name) for name in names]
    return [sum((Decimal(row[place]) for row in report["rows"]), Decimal(0)) for place in places]


def _truth(rows: list[Told]) -> list[Decimal]:
    names = ("impressions", "clicks", "spend", "conversions", "conversion_value")
    return [sum((Decimal(row[name] or 0) for row in rows), Decimal(0)) for name in names]


class TestTheModelsReadBothSides:
    """Every body that the adapter sends, and every answer of the sandbox, unknown elements refused."""

    @pytest.fixture
    def tape(self, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tape]:
        with recording(str(sandbox.client.base_url)) as tape:
            for name, url in settings.platform_urls().items():
                monkeypatch.setenv(f"ADLOOM_{name.upper()}", f"{tape.base}/{url.rpartition('/')[2]}")
            load_settings.cache_clear()
            yield tape

    @pytest.fixture
    def live(self, tape: Tape, connect: Connect) -> Iterator[Live]:
        direct = connect(Platform.MICROSOFT_ADS)
        http = Http.from_settings(load_settings())
        direct.login.http = http
        yield dataclasses.replace(direct, connection=Connection(http, direct.login))
        http.close()

    def test_nothing_that_passes_is_unknown_to_the_client(self, live: Live, tape: Tape) -> None:
        """All of the adapter's operations, one after the other, on one tape: the client's process starts slowly."""
        for groups, ads in ((1, 1), (2, 3)):
            _lives(live, groups=groups, ads=ads)
        _updates(live)
        _bids(live)
        _looks_around(live)
        for fault in ("throttle", "server_error", "token_expired", "partial"):
            _goes_wrong(live, fault)
        _hold(tape)

    def test_the_words_of_our_tables_are_the_clients(self) -> None:
        words = {
            "campaign/AdGroupCriterionType": [*audiences.KINDS, "Audience"],
            "campaign/AgeRange": [bracket[0] for bracket in mapping.AGES],
            "campaign/GenderType": list(mapping.GENDERS.values()),
            "campaign/Day": list(mapping.WEEKDAYS.values()),
            "campaign/Minute": list(mapping.MINUTES.values()),
            "campaign/IntentOption": list(mapping.INTENTS.values()),
            "campaign/MatchType": list(mapping.MATCH_TYPES.values()),
            "campaign/CampaignStatus": ["Active", "Paused", "BudgetPaused", "BudgetAndManualPaused", "Suspended"],
            "reporting/ReportTimeZone": [str(zones.of_report(iana)) for iana in zones.IANA.values()],
            "customer/AccountLifeCycleStatus": list(inspecting.LIFE_CYCLE),
            "customer/AccountFinancialStatus": list(inspecting.FINANCES),
            "reporting/CampaignPerformanceReportColumn": [*reports.CAMPAIGN.columns, *reports.DEVICE.columns],
            "reporting/GoalsAndFunnelsReportColumn": list(reports.GOALS.columns),
            "reporting/AgeGenderAudienceReportColumn": list(reports.PEOPLE.columns),
            "reporting/UserLocationPerformanceReportColumn": list(reports.PLACES.columns),
        }
        told = witness("microsoft", "vocabulary.py", given={"words": words})
        assert told == {name: [] for name in words}

    def test_what_the_client_does_not_know_is_named(self) -> None:
        """The models take unknown elements silently: the walk over them must not."""
        campaign = {"Name": 7, "Status": "Actif", "Cheap": True, "BiddingScheme": {"Type": "Max", "MaxCpc": None}}
        body = {"AccountId": "1", "Campaigns": [campaign]}
        line = {"method": "POST", "path": "/CampaignManagement/v13/Campaigns", "body": body}
        answer = {"status": 200, "answer": {"CampaignIds": ["1", None], "PartialErrors": [None, {"Kode": 1}]}}
        wrong = "\n".join(witness("microsoft", "held.py", given={"tape": [{**line, **answer}]})["wrong"])
        for part in ("Name: Input should be", "Status: Input should be", "Cheap: unknown", "MaxCpc: unknown", "Kode"):
            assert part in wrong, wrong
        assert "CampaignIds" not in wrong


#: What has to have passed, without the version and what stands before it.
MET = frozenset(
    (
        *("POST Campaigns", "PUT Campaigns", "DELETE Campaigns"),
        *("POST CampaignCriterions", "PUT CampaignCriterions", "DELETE CampaignCriterions"),
        *("POST AdGroups", "PUT AdGroups", "DELETE AdGroups", "POST Ads", "PUT Ads", "DELETE Ads"),
        *("POST AdGroupCriterions", "DELETE AdGroupCriterions", "POST AdGroupCriterions/QueryByIds"),
        *("POST Keywords", "DELETE Keywords", "POST EntityNegativeKeywords", "DELETE EntityNegativeKeywords"),
        *("POST Campaigns/QueryByIds", "POST Campaigns/QueryByAccountId", "POST AdGroups/QueryByCampaignId"),
        *("POST Ads/QueryByAdGroupId", "POST Keywords/QueryByAdGroupId", "POST NegativeKeywords/QueryByEntityIds"),
        *("POST CampaignCriterions/QueryByIds", "POST EditorialReasons/QueryByIds"),
        *("POST GenerateReport/Submit", "POST GenerateReport/Poll"),
        *("POST Account/Query", "POST Accounts/Search", "POST User/Query"),
        *("POST UetTags/QueryByIds", "POST ConversionGoals/QueryByIds"),
    )
)


def _lives(live: Live, *, groups: int, ads: int) -> None:
    spec, ids = live.spec(groups=groups, ads=ads), {}
    for operation in (Operation.CREATE, Operation.PAUSE, Operation.RESUME, Operation.DELETE):
        live.run(spec, operation, ids)
        live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])


def _updates(live: Live) -> None:
    ids: dict[str, str] = {}
    before = specs.with_targeting(live.spec(groups=2, ads=3), devices=(Device.MOBILE,), age_max=34)
    before = specs.with_targeting(before, audiences_include=("804000001",), audiences_exclude=("804000002",))
    dayparting = (Daypart((Weekday.MON, Weekday.TUE), 9 * 60, 18 * 60),)
    before = dataclasses.replace(before, schedule=dataclasses.replace(before.schedule, dayparting=dayparting))
    found = live.adapter.inspect(live.connection, account=live.account).resources
    goal = next(each.external_id for each in found if each.kind is ResourceKind.GOAL)
    account = dataclasses.replace(before.account, attributes={**before.account.attributes, "conversion_actions": goal})
    before = dataclasses.replace(before, account=account, conversion=Conversion(ConversionEvent.PURCHASE))
    live.run(before, Operation.CREATE, ids)
    after = dataclasses.replace(_changed(live, before), conversion=None)
    spec = dataclasses.replace(after, standing=(before,))
    assert live.adapter.preflight(spec).errors == ()
    assert live.adapter.revise(spec).errors == ()
    assert len(live.run(spec, Operation.UPDATE, ids)) > 15


def _bids(live: Live) -> None:
    circle = Location(LocationType.RADIUS, lat=Decimal("48.2"), lon=Decimal("-11.5"), radius_km=Decimal(25))
    for strategy, target in (
        (BidStrategy.BID_CAP, "1.5"),
        (BidStrategy.MAX_CONVERSIONS, None),
        (BidStrategy.TARGET_CPA, "12.5"),
        (BidStrategy.MAX_VALUE, None),
        (BidStrategy.TARGET_ROAS, "3.5"),
    ):
        spec = specs.with_targeting(live.spec(), locations=(circle,), genders=(Gender.MALE,), languages=())
        spec = specs.with_creative(spec, brand_name="Acme")
        bidding = Bidding(strategy, Decimal(target) if target else None)
        spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))
        live.run(spec, Operation.CREATE, {})


def _looks_around(live: Live) -> None:
    ids: dict[str, str] = {}
    words = ("miracle cure", "Run Faster", "Free Shipping")
    live.run(specs.with_creative(live.spec(), headlines=words), Operation.CREATE, ids)
    live.sandbox.control("clock", {"advance": "P2D"})
    live.adapter.accounts(live.connection)
    live.adapter.inspect(live.connection, account=live.account)
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.reasons, "a refused ad says why"
    for report_zone in ("account", "utc"):
        account = dataclasses.replace(live.account, attributes={**live.account.attributes, "report_zone": report_zone})
        until = _today(live.sandbox)
        asked: dict[str, Any] = {"account": account, "since": until - timedelta(days=1), "until": until}
        assert list(live.adapter.daily(live.connection, events={}, **asked))
        assert list(live.adapter.hourly(live.connection, events={}, **asked))
        list(live.adapter.conversions(live.connection, **asked))
        for dimension in live.adapter.dimensions:
            assert list(live.adapter.audience(live.connection, dimension=dimension, **asked))


def _goes_wrong(live: Live, fault: str) -> None:
    live.fault(fault, match="POST /CampaignManagement/v13/Campaigns$")
    spec = live.spec()
    step = live.adapter.steps(spec, operation=Operation.CREATE)[0]
    with contextlib.suppress(PlatformError):
        live.adapter.execute(live.connection, spec=spec, step=step, ids={}, key="k")


def _changed(live: Live, before: CampaignSpec) -> CampaignSpec:
    """The same campaign, everything about it changed, one ad group and one ad gone and others in their places."""
    third = live.spec(campaign_id=before.campaign_id, groups=3).groups[2]
    after = specs.with_creative(before, headlines=("Autumn Sale", "Walk Slower", "Free Returns"), brand_name="Acme")
    fresh = dataclasses.replace(before.groups[0].ads[2], key="new", creative=after.groups[0].ads[0].creative)
    fresh = dataclasses.replace(fresh, creative=dataclasses.replace(fresh.creative, landing_url="https://b.com/x"))
    ads = (after.groups[0].ads[0], before.groups[0].ads[1], fresh)
    kept = dataclasses.replace(after.groups[0], ads=ads, name=f"New {before.groups[0].name}")
    after = dataclasses.replace(after, groups=(kept, third), tracking={}, overrides={"search_partners": True})
    after = specs.with_targeting(
        after,
        locations=(Location(LocationType.COUNTRY, country="DE"),),
        devices=(Device.DESKTOP,),
        age_max=49,
        languages=("de",),
        keywords=(Keyword("boots", MatchType.EXACT),),
        negative_keywords=(Keyword("cheap", MatchType.EXACT),),
        location_intent=LocationIntent.PRESENCE_OR_INTEREST,
        audiences_include=("804000002",),
        audiences_exclude=("804000001",),
    )
    bidding, money = Bidding(BidStrategy.TARGET_CPA, Decimal("9.75")), Money(Decimal("61.25"), "USD")
    schedule = dataclasses.replace(
        before.schedule, end=None, dayparting=(Daypart((Weekday.MON, Weekday.TUE), 9 * 60, 17 * 60 + 15),)
    )
    budget = dataclasses.replace(before.budget, money=money, bidding=bidding)
    return dataclasses.replace(after, name=f"Autumn {before.marker}", budget=budget, schedule=schedule)


def _hold(tape: Tape) -> None:
    """Nothing on the tape is unknown to the client, and all of `MET` is among it."""
    services = ("microsoft-campaign", "microsoft-reporting", "microsoft-customer")
    calls = [
        {"method": each.method, "path": each.path, "body": each.body, "status": each.status, "answer": each.answer}
        for each in tape.calls
        if each.prefix in services and not each.path.endswith((".zip", ".csv"))
    ]
    told = witness("microsoft", "held.py", given={"tape": calls})
    assert told["wrong"] == []
    assert {f"{line.split()[0]} {line.partition('/v13/')[2]}" for line in told["met"]} >= MET

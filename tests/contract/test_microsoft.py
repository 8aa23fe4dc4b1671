"""Microsoft's own client stands between adapter and sandbox: it drives the one, and its models read both."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from tests.contract.environments import witness
from tests.contract.tape import Tape, recording
from tests.platforms.conftest import Live, Sandbox

from adloom.core.settings import Settings
from adloom.core.settings import load as load_settings
from adloom.platforms.contract import Connection
from adloom.platforms.http import Http
from adloom.platforms.types import Operation, Platform

Told = Mapping[str, Any]


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
        for name in (*made, "ads_1"):
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

    def test_it_deletes_until_nothing_is_left(self, told: Told) -> None:
        for name in ("delete_ad", "delete_group", "delete_campaign"):
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
        ("no_such_report", "BadRequestException", 400, "ApiFaultDetail", 201, "ApiInputValidationError"),
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


Connect = Callable[[Platform], Live]


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

    @pytest.mark.parametrize(("groups", "ads"), [(1, 1), (2, 3)])
    def test_creating_pausing_resuming_and_deleting(self, live: Live, tape: Tape, groups: int, ads: int) -> None:
        spec, ids = live.spec(groups=groups, ads=ads), {}
        for operation in (Operation.CREATE, Operation.PAUSE, Operation.RESUME, Operation.DELETE):
            live.run(spec, operation, ids)
            live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
        _hold(tape, met=("POST Campaigns", "PUT Campaigns", "DELETE Campaigns", "POST AdGroups", "POST Ads"))

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


def _hold(tape: Tape, *, met: tuple[str, ...]) -> None:
    """Nothing on the tape is unknown to the client; `met` has to be among it."""
    services = ("microsoft-campaign", "microsoft-reporting", "microsoft-customer")
    calls = [
        {"method": each.method, "path": each.path, "body": each.body, "status": each.status, "answer": each.answer}
        for each in tape.calls
        if each.prefix in services and not each.path.endswith((".zip", ".csv"))
    ]
    told = witness("microsoft", "held.py", given={"tape": calls})
    assert told["wrong"] == []
    seen = {f"{line.split()[0]} {line.partition('/v13/')[2]}" for line in told["met"]}
    assert set(met) <= seen, seen

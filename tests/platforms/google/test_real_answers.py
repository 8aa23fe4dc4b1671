"""Answers as Google's servers give them and nobody here wrote: zeros left out, text for numbers, new words, pages."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms.canned import Canned, reaching, standing_in
from tests.platforms.specs import search_spec, with_targeting

from adloom.core.errors import CredentialsExpired, Invalid, OutcomeUnknown, Rejected, Throttled, Unavailable
from adloom.core.time import now
from adloom.platforms import registry, surprises
from adloom.platforms.contract import Connection
from adloom.platforms.facts import Dimension
from adloom.platforms.spec import Account
from adloom.platforms.types import DeliveryState, Device, Operation, Platform, RemoteStatus

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)
ACCOUNT = Account("1234567890", "EUR", "Europe/Berlin")
DAYS = {"account": ACCOUNT, "since": date(2026, 11, 1), "until": date(2026, 11, 30)}


@pytest.fixture
def google() -> Iterator[Canned]:
    with standing_in("GOOGLE_API_URL", "GOOGLE_OAUTH_URL") as canned:
        surprises.take()
        yield canned


@pytest.fixture
def connection(google: Canned) -> Iterator[Connection]:
    with reaching(Platform.GOOGLE_ADS, "access", "refresh", "client", "secret") as connection:
        yield connection


def row(day: str = "2026-11-20", **metrics: Any) -> dict[str, Any]:
    return {
        "customer": {"resourceName": "customers/1234567890", "currencyCode": "EUR"},
        "campaign": {"resourceName": "customers/1234567890/campaigns/22", "id": "22", "aFieldOfTomorrow": {"x": 1}},
        "metrics": metrics,
        "segments": {"date": day},
    }


def test_zeros_that_are_left_out_are_zeros_and_unknown_fields_are_survived(
    google: Canned, connection: Connection
) -> None:
    google.say({"results": [row(impressions="10")], "fieldMask": "campaign.id", "queryResourceConsumption": "2"})
    (fact,) = ADAPTER.daily(connection, events={}, **DAYS)
    assert (fact.impressions, fact.clicks, fact.spend, fact.conversions) == (10, 0, Decimal(0), Decimal(0))
    assert fact.currency == "EUR"


def test_micros_are_exact_and_doubles_stay_as_they_were_written(google: Canned, connection: Connection) -> None:
    metrics = {"costMicros": "9007199254740993", "conversions": 0.1, "conversionsValue": "12.3"}
    google.say({"results": [row(impressions="1", **metrics)]})
    (fact,) = ADAPTER.daily(connection, events={}, **DAYS)
    assert fact.spend == Decimal("9007199254.740993")
    assert (fact.conversions, fact.conversion_value) == (Decimal("0.1"), Decimal("12.3"))


def test_conversions_of_the_account_that_google_leaves_out_are_not_told(google: Canned, connection: Connection) -> None:
    for told, wanted in (({}, (None, None)), ({"conversions": 0, "conversionsValue": 2.5}, (0, Decimal("2.5")))):
        google.say({"results": [row(impressions="10", **told)]})
        (fact,) = ADAPTER.totals(connection, **DAYS)
        assert (fact.impressions, (fact.conversions, fact.conversion_value)) == (10, wanted)


def test_pages_are_followed_to_the_end_even_through_an_empty_one(google: Canned, connection: Connection) -> None:
    google.say({"results": [row("2026-11-01", clicks="1")], "nextPageToken": "p2"})
    google.say({"nextPageToken": "p3"})
    google.say({"results": [row("2026-11-02", clicks="2")]})
    facts = list(ADAPTER.daily(connection, events={}, **DAYS))
    assert [fact.clicks for fact in facts] == [1, 2]
    assert [body.get("pageToken") for body in google.asked] == [None, "p2", "p3"]
    assert all("pageSize" not in body for body in google.asked)


def test_a_list_of_batches_is_read_as_a_stream(google: Canned, connection: Connection) -> None:
    first, second = ({"results": [row(day)], "requestId": "x"} for day in ("2026-11-01", "2026-11-02"))
    google.say([first, second])
    assert len(list(ADAPTER.daily(connection, events={}, **DAYS))) == 2


def test_nothing_at_all_is_no_rows(google: Canned, connection: Connection) -> None:
    for answer in ({}, {"results": []}, {"fieldMask": "campaign.id"}, []):
        google.say(answer)
        assert list(ADAPTER.daily(connection, events={}, **DAYS)) == []


def test_a_page_that_repeats_its_token_is_no_whole_report(google: Canned, connection: Connection) -> None:
    for day in ("2026-11-01", "2026-11-02"):
        google.say({"results": [row(day)], "nextPageToken": "same"})
    with pytest.raises(Unavailable):
        list(ADAPTER.daily(connection, events={}, **DAYS))


def test_fewer_rows_than_google_counts_are_no_whole_report(google: Canned, connection: Connection) -> None:
    pages = ({"results": [row("2026-11-01")], "nextPageToken": "p2"}, {"results": [row("2026-11-02")]})
    for counted, is_whole in (("2", True), ("3", False)):
        for page in pages:
            google.say({**page, "totalResultsCount": counted})
        with nullcontext() if is_whole else pytest.raises(Unavailable, match="counts 3 rows, and gave 2"):
            assert len(list(ADAPTER.daily(connection, events={}, **DAYS))) == 2


#: A row that says all that a report can ask for, and what is said in its parts instead.
WHOLE = {
    "customer": {"currencyCode": "EUR"},
    "campaign": {"id": "22"},
    "metrics": {"impressions": "10", "clicks": "2", "costMicros": "1230000", "conversions": 1.5, "allConversions": 1},
    "segments": {"date": "2026-11-20", "hour": 3, "device": "MOBILE", "conversionAction": "customers/1/x/9"},
    "adGroupCriterion": {"ageRange": {"type": "AGE_RANGE_18_24"}},
}
ODD = ([], 7, "words", "12,5", "NaN", True, {}, 1.5, "1.5", "2026-02-30")
REPORTS: dict[str, Callable[[Connection], Any]] = {
    "daily": lambda to: ADAPTER.daily(to, events={}, **DAYS),
    "hourly": lambda to: ADAPTER.hourly(to, events={}, **DAYS),
    "totals": lambda to: ADAPTER.totals(to, **DAYS),
    "conversions": lambda to: ADAPTER.conversions(to, **DAYS),
    "audience": lambda to: ADAPTER.audience(to, dimension=Dimension.AGE, **DAYS),
}


@pytest.mark.parametrize("report", REPORTS)
def test_a_row_that_cannot_be_read_is_never_guessed(google: Canned, connection: Connection, report: str) -> None:
    """It is read as it stands, or nothing of the report is; a truth is no figure, and half an impression is none."""
    for part, names in WHOLE.items():
        for name in names:
            for odd in ODD:
                google.say({"results": [{**WHOLE, part: {**names, name: odd}}]})
                try:
                    (fact,) = REPORTS[report](connection)
                except (Unavailable, Invalid):
                    continue
                if name in ("impressions", "clicks"):
                    assert report == "conversions" or getattr(fact, name) == odd == 7, (name, odd)
                assert name != "costMicros" or report == "conversions" or odd == 7, odd
                assert name != "hour" or report != "hourly" or odd == 7, odd
                assert name != "date", odd
    for shape in (7, None, {"results": 7}, {"results": ["x"]}, {"results": [], "nextPageToken": 7}):
        google.say(shape)
        with pytest.raises(Unavailable):
            list(REPORTS[report](connection))


def test_hours_read_midnight_where_it_is_left_out(google: Canned, connection: Connection) -> None:
    midnight, one = row(clicks="1"), row(clicks="2")
    one["segments"]["hour"] = 1
    google.say({"results": [midnight, one]})
    facts = list(ADAPTER.hourly(connection, events={}, **DAYS))
    assert [(fact.hour, fact.clicks, fact.zone) for fact in facts] == [(0, 1, "Europe/Berlin"), (1, 2, "Europe/Berlin")]


def test_an_hour_that_clocks_show_twice_may_come_in_two_rows_and_no_other(
    google: Canned, connection: Connection
) -> None:
    def hours(*numbers: int) -> list[dict[str, Any]]:
        said = row("2026-10-25", clicks="1", costMicros="1000000", conversions=0.5)
        return [{**said, "segments": {**said["segments"], "hour": number}} for number in numbers]

    google.say({"results": hours(1, 2, 2, 3)})
    facts = {fact.hour: fact for fact in ADAPTER.hourly(connection, events={}, **DAYS)}
    assert {hour: (fact.clicks, fact.spend, fact.conversions) for hour, fact in facts.items()} == {
        1: (1, 1, Decimal("0.5")),
        2: (2, 2, 1),
        3: (1, 1, Decimal("0.5")),
    }
    for twice in ((1, 1), (2, 2, 2)):
        google.say({"results": hours(*twice)})
        with pytest.raises(Unavailable, match="twice"):
            list(ADAPTER.hourly(connection, events={}, **DAYS))


def test_conversions_name_their_action_by_its_category_where_it_has_no_name(
    google: Canned, connection: Connection
) -> None:
    named, nameless, none = row(allConversions=2.5, allConversionsValue=99.9), row(allConversions=1), row()
    for each, action in ((named, "1"), (nameless, "2"), (none, "3")):
        each["segments"] |= {"conversionAction": f"customers/9/conversionActions/{action}"}
    named["segments"]["conversionActionName"] = "Purchase"
    nameless["segments"]["conversionActionCategory"] = "A_CATEGORY_OF_TOMORROW"
    google.say({"results": [named, nameless, none]})
    facts = list(ADAPTER.conversions(connection, **DAYS))
    assert [(fact.action, fact.name, fact.conversions) for fact in facts] == [
        ("1", "Purchase", Decimal("2.5")),
        ("2", "A_CATEGORY_OF_TOMORROW", Decimal(1)),
    ]


@pytest.mark.parametrize(
    ("dimension", "where", "word", "value", "is_new"),
    [
        (Dimension.AGE, ("adGroupCriterion", "ageRange", "type"), "AGE_RANGE_65_UP", "65+", False),
        (Dimension.AGE, ("adGroupCriterion", "ageRange", "type"), "AGE_RANGE_18_24", "18-24", False),
        (Dimension.AGE, ("adGroupCriterion", "ageRange", "type"), "AGE_RANGE_UNDETERMINED", "UNKNOWN", False),
        (Dimension.AGE, ("adGroupCriterion", "ageRange", "type"), "AGE_RANGE_80_UP", "AGE_RANGE_80_UP", True),
        (Dimension.GENDER, ("adGroupCriterion", "gender", "type"), "FEMALE", "FEMALE", False),
        (Dimension.GENDER, ("adGroupCriterion", "gender", "type"), "UNDETERMINED", "UNKNOWN", False),
        (Dimension.DEVICE, ("segments", "device"), "CONNECTED_TV", "TV", False),
        (Dimension.DEVICE, ("segments", "device"), "UNKNOWN", "UNKNOWN", False),
        (Dimension.DEVICE, ("segments", "device"), "GLASSES", "GLASSES", True),
        (Dimension.COUNTRY, ("userLocationView", "countryCriterionId"), "2276", "DE", False),
        (Dimension.COUNTRY, ("userLocationView", "countryCriterionId"), "2999", "2999", False),
        (Dimension.COUNTRY, ("userLocationView", "countryCriterionId"), None, "UNKNOWN", False),
        (Dimension.COUNTRY, ("userLocationView", "countryCriterionId"), "0", "UNKNOWN", False),
    ],
)
def test_parts_of_an_audience_are_our_words_and_new_ones_are_kept_and_counted(
    google: Canned,
    connection: Connection,
    dimension: Dimension,
    where: tuple[str, ...],
    word: str | None,
    value: str,
    is_new: bool,
) -> None:
    one = row(impressions="3", costMicros="1500000")
    at: Any = one
    for part in where[:-1]:
        at = at.setdefault(part, {})
    if word is not None:
        at[where[-1]] = word
    google.say({"results": [one, copy.deepcopy(one)]})
    (fact,) = ADAPTER.audience(connection, dimension=dimension, **DAYS)
    assert (fact.value, fact.impressions, fact.spend) == (value, 6, Decimal(3))
    assert [each.word for each in surprises.take()] == ([word] if is_new else [])


def test_a_campaign_with_words_of_tomorrow_is_shown_and_counted(google: Canned, connection: Connection) -> None:
    campaign = {"id": "22", "status": "HIBERNATING", "primaryStatus": "DREAMING", "primaryStatusReasons": ["NIGHT"]}
    google.say({"results": [{"campaign": campaign}]})
    google.say({"results": [{"adGroup": {"id": "33", "status": "ENABLED"}}]})
    ad = {"resourceName": "customers/1/adGroupAds/33~44", "status": "ENABLED"}
    google.say({"results": [{"adGroup": {"id": "33"}, "adGroupAd": ad}]})
    seen = ADAPTER.observe(connection, account=ACCOUNT, campaign_id="22")
    assert (seen.status, seen.delivery) == (RemoteStatus.PAUSED, DeliveryState.UNKNOWN)
    assert (seen.words, seen.reasons) == ("HIBERNATING / DREAMING", ("NIGHT",))
    assert {each.word for each in surprises.take()} == {"HIBERNATING", "DREAMING"}


def test_customers_without_name_or_manager_flag_are_found(google: Canned, connection: Connection) -> None:
    google.say({"resourceNames": ["customers/1", "customers/2", "customers/3"]})
    google.say({"results": [{"customer": {"id": "1", "currencyCode": "EUR", "timeZone": "Europe/Berlin"}}]})
    google.say(failure(403, {"authorizationError": "CUSTOMER_NOT_ENABLED"}), status=403)
    google.say({"results": [{"customer": {"id": "3", "manager": True}}]})
    client = {"id": "4", "descriptiveName": "Shop", "currencyCode": "USD", "timeZone": "UTC", "status": "ENABLED"}
    google.say({"results": [{"customerClient": client}]})
    found = ADAPTER.accounts(connection)
    assert [(each.external_id, each.name, dict(each.attributes)) for each in found] == [
        ("1", "", {}),
        ("4", "Shop", {"login_customer_id": "3"}),
    ]


def failure(status: int, *codes: dict[str, str], more: tuple[Any, ...] = (), **fields: Any) -> dict[str, Any]:
    errors = [{"errorCode": code, "message": "Its words.", **fields} for code in codes]
    details = [{"@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure", "errors": errors}]
    body = {"code": status, "message": "Outer.", "status": "X", "details": [*more, *(details if errors else [])]}
    return {"error": body}


INFO = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_EXPIRED", "domain": "x"}


def test_a_lapsed_token_is_told_by_either_kind_of_detail(google: Canned, connection: Connection) -> None:
    for body in (
        failure(401, more=(INFO,)),
        failure(401, {"authenticationError": "OAUTH_TOKEN_EXPIRED"}, more=(INFO,)),
    ):
        google.say(body, status=401)
        google.say({"access_token": "fresh", "expires_in": 3599, "token_type": "Bearer"})
        google.say({"results": []})
        assert list(ADAPTER.daily(connection, events={}, **DAYS)) == []


def test_a_login_that_stays_refused_has_to_be_connected_again(google: Canned, connection: Connection) -> None:
    google.say(failure(401, more=(INFO,)), status=401)
    google.say({"access_token": "fresh"})
    google.say(failure(401, more=(INFO,)), status=401)
    with pytest.raises(CredentialsExpired) as caught:
        list(ADAPTER.daily(connection, events={}, **DAYS))
    assert caught.value.platform_code == "ACCESS_TOKEN_EXPIRED"


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (
            failure(
                429,
                {"quotaError": "RESOURCE_EXHAUSTED"},
                details={"quotaErrorDetails": {"rateScope": "ACCOUNT", "retryDelay": "12.5s"}},
            ),
            {},
            13,
        ),
        (failure(429, more=({"@type": "…google.rpc.RetryInfo", "retryDelay": "7s"},)), {}, 7),
        (failure(429), {"Retry_After": "40"}, 40),
        ("Too many requests", {}, 60),
    ],
)
def test_a_throttle_is_believed_wherever_it_says_how_long(
    google: Canned, connection: Connection, body: Any, headers: dict[str, str], seconds: int
) -> None:
    google.say(body, status=429, **headers)
    before = now()
    with pytest.raises(Throttled) as caught:
        list(ADAPTER.daily(connection, events={}, **DAYS))
    assert timedelta(seconds=seconds) <= caught.value.retry_at - before < timedelta(seconds=seconds + 5)


def test_the_request_id_comes_from_the_failure_or_the_header(google: Canned, connection: Connection) -> None:
    inside = failure(400, {"queryError": "BAD_FIELD_NAME"})
    inside["error"]["details"][0]["requestId"] = "inside"
    for body, wanted in ((inside, "inside"), (failure(400, {"queryError": "BAD_FIELD_NAME"}), "outside")):
        google.say(body, status=400, request_id="outside")
        with pytest.raises(Rejected) as caught:
            list(ADAPTER.daily(connection, events={}, **DAYS))
        assert (caught.value.request_id, caught.value.platform_code) == (wanted, "queryError.BAD_FIELD_NAME")


def test_a_request_that_does_not_parse_names_its_field(google: Canned, connection: Connection) -> None:
    violation = {"field": "mutate_operations[0]", "description": "Unknown name."}
    google.say(failure(400, more=({"@type": "…BadRequest", "fieldViolations": [violation]},)), status=400)
    with pytest.raises(Rejected) as caught:
        list(ADAPTER.daily(connection, events={}, **DAYS))
    assert [(error.field, error.rule) for error in caught.value.errors] == [("mutate_operations[0]", "Unknown name.")]


def test_a_code_of_tomorrow_is_a_refusal_and_counted(google: Canned, connection: Connection) -> None:
    google.say(failure(400, {"tomorrowError": "NOT_TODAY"}), status=400)
    with pytest.raises(Rejected) as caught:
        list(ADAPTER.daily(connection, events={}, **DAYS))
    assert caught.value.words == "Its words."
    assert [(each.kind, each.word) for each in surprises.take()] == [("error code", "tomorrowError.NOT_TODAY")]


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", {}, {"error": "x"}, [], [failure(503)]])
def test_a_breakdown_of_any_shape_is_a_breakdown(google: Canned, connection: Connection, body: Any) -> None:
    google.say(body, status=503)
    with pytest.raises(Unavailable):
        list(ADAPTER.daily(connection, events={}, **DAYS))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mutateOperationResponses": []},
        {"mutateOperationResponses": [{"campaignResult": {"resourceName": "x/1"}}] * 2},
    ],
)
def test_a_write_that_is_answered_for_something_else_is_no_success(
    google: Canned, connection: Connection, body: Any
) -> None:
    google.say(body)
    (step,) = ADAPTER.steps(search_spec(), operation=Operation.PAUSE)
    with pytest.raises(OutcomeUnknown):
        ADAPTER.execute(connection, spec=search_spec(), step=step, ids={"campaign": "22"}, key="k")


def test_a_part_that_failed_in_a_good_answer_is_a_refusal(google: Canned, connection: Connection) -> None:
    partial = failure(400, {"campaignError": "INVALID_STATUS_CHANGE"})["error"]
    google.say({"mutateOperationResponses": [{}], "partialFailureError": partial})
    (step,) = ADAPTER.steps(search_spec(), operation=Operation.PAUSE)
    with pytest.raises(Rejected) as caught:
        ADAPTER.execute(connection, spec=search_spec(), step=step, ids={"campaign": "22"}, key="k")
    assert caught.value.platform_code == "campaignError.INVALID_STATUS_CHANGE"


def test_a_device_that_a_campaign_shows_on_is_not_taken_for_one_that_is_left_out(
    google: Canned, connection: Connection
) -> None:
    """Google lists every device of a campaign: only a bid modifier of zero leaves one out."""
    before = search_spec()
    after = with_targeting(before, devices=(Device.MOBILE, Device.DESKTOP))
    spec = dataclasses.replace(after, standing=(before,))
    (step,) = ADAPTER.steps(spec, operation=Operation.UPDATE)
    for modifier, is_done in (({}, False), ({"bidModifier": 1}, False), ({"bidModifier": 0}, True)):
        criterion = {"resourceName": "customers/1/campaignCriteria/22~30002", "device": {"type": "TABLET"}, **modifier}
        google.say({"results": [{"campaignCriterion": criterion}]})
        found = ADAPTER.find(connection, spec=spec, step=step, ids={"campaign": "22"}, key="k")
        assert (found is not None) is is_done


# accounts


def test_what_is_wrong_with_an_account_is_told_by_its_status_or_its_refusals(
    google: Canned, connection: Connection
) -> None:
    for status, code in (("SUSPENDED", "suspended"), ("CANCELED", "closed"), ("CLOSED", "closed")):
        google.say({"results": [{"customer": {"id": "1", "status": status}}]})
        for _ in range(4):
            google.say({})
        (fault,) = ADAPTER.inspect(connection, account=ACCOUNT).faults
        assert (fault.code, fault.blocks_writes) == (code, True)
    google.say(failure(403, {"authorizationError": "CUSTOMER_NOT_ENABLED"}), status=403)
    (fault,) = ADAPTER.inspect(connection, account=ACCOUNT).faults
    assert (fault.code, fault.words) == ("closed", "Its words.")
    google.say(failure(403, {"authorizationError": "USER_PERMISSION_DENIED"}), status=403)
    assert ADAPTER.inspect(connection, account=ACCOUNT).missing_rights == ("USER_PERMISSION_DENIED",)


def test_conversion_actions_are_found_with_what_leaves_zeros_out(google: Canned, connection: Connection) -> None:
    google.say({"results": [{"customer": {"id": "1", "status": "ENABLED"}}]})
    action = {"id": "7", "name": "Purchase", "status": "ENABLED", "category": "PURCHASE", "primaryForGoal": True}
    google.say({"results": [{"conversionAction": action}, {"conversionAction": {"id": "8"}}]})
    google.say({})
    for _ in ("billing", "budgets"):
        google.say(failure(403, {"authorizationError": "ACTION_NOT_PERMITTED"}), status=403)
    found = ADAPTER.inspect(connection, account=ACCOUNT)
    assert [(each.external_id, each.name) for each in found.resources] == [("7", "Purchase"), ("8", "8")]
    assert found.resources[0].attributes == {"category": "PURCHASE", "primary_for_goal": "true"}
    assert found.faults == ()


SPENT = {"id": "1", "amountServedMicros": "5000000", "adjustedSpendingLimitMicros": "5000000"}


@pytest.mark.parametrize(
    ("billing", "budgets", "faults"),
    [
        ([], [], []),
        ([{"id": "1", "status": "APPROVED"}], [{"id": "1", "amountServedMicros": "5"}], []),
        ([{"id": "1", "status": "CANCELLED"}, {"id": "2", "status": "APPROVED"}], [], []),
        ([{"id": "1", "status": "A_WORD_OF_TOMORROW"}], [], []),
        ([{"id": "1", "status": "CANCELLED"}], [], ["unpaid"]),
        ([], [SPENT], ["capped"]),
        ([], [SPENT, {"id": "2", "adjustedSpendingLimitMicros": "1"}], []),
    ],
)
def test_an_account_that_nobody_pays_or_whose_budget_is_spent_does_not_show(
    google: Canned, connection: Connection, billing: Any, budgets: Any, faults: list[str]
) -> None:
    google.say({"results": [{"customer": {"id": "1", "status": "ENABLED"}}]})
    google.say({})
    google.say({})
    google.say({"results": [{"billingSetup": each} for each in billing]})
    google.say({"results": [{"accountBudget": each} for each in budgets]})
    found = ADAPTER.inspect(connection, account=ACCOUNT).faults
    assert [each.code for each in found] == faults
    assert all(each.words and each.fix and not each.blocks_writes for each in found)


UNDECLARED = {"results": [{"campaign": {"id": each, "name": f"Campaign {each}"}} for each in ("22", "23")]}


def test_undeclared_campaigns_are_declared_by_a_persons_answers_and_nothing_else_is_touched(
    google: Canned, connection: Connection
) -> None:
    google.say(UNDECLARED)
    google.say({"mutateOperationResponses": [{"campaignResult": {"resourceName": "x"}}] * 2})
    answers = {"eu_political": "no", "eu_political/23": "yes"}
    ADAPTER.mend(connection, account=ACCOUNT, fault="eu_declaration_missing", answers=answers)
    updates = [each["campaignOperation"] for each in google.asked[-1]["mutateOperations"]]
    assert {each["updateMask"] for each in updates} == {"containsEuPoliticalAdvertising"}
    assert [each["update"] for each in updates] == [
        {
            "resourceName": "customers/1234567890/campaigns/22",
            "containsEuPoliticalAdvertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
        },
        {
            "resourceName": "customers/1234567890/campaigns/23",
            "containsEuPoliticalAdvertising": "CONTAINS_EU_POLITICAL_ADVERTISING",
        },
    ]


@pytest.mark.parametrize("answers", [{}, {"eu_political": ""}, {"eu_political": "maybe"}, {"eu_political/22": "true"}])
def test_nothing_is_declared_without_an_answer(google: Canned, connection: Connection, answers: dict[str, str]) -> None:
    google.say(UNDECLARED)
    with pytest.raises(Invalid):
        ADAPTER.mend(connection, account=ACCOUNT, fault="eu_declaration_missing", answers=answers)
    assert len(google.asked) == 1


def test_another_fault_is_not_mended_from_here(google: Canned, connection: Connection) -> None:
    with pytest.raises(Invalid):
        ADAPTER.mend(connection, account=ACCOUNT, fault="suspended", answers={"eu_political": "false"})
    assert google.asked == []

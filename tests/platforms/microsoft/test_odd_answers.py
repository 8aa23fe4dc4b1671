"""Answers that Microsoft's models allow and no sandbox gives: survived, and never taken for "nothing stands"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from tests.platforms.canned import Canned, reaching, standing_in
from tests.platforms.specs import search_spec, with_targeting

from adloom.core.errors import OutcomeUnknown, PlatformError, Unavailable
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.spec import Account
from adloom.platforms.types import Operation, Platform, RemoteStatus

ADAPTER = registry.adapter(Platform.MICROSOFT_ADS)
ACCOUNT = Account("123", "EUR", "Europe/Berlin", attributes={"customer_id": "5"})
DAYS: dict[str, Any] = {"account": ACCOUNT, "since": date(2026, 11, 1), "until": date(2026, 11, 3)}
SPEC = with_targeting(search_spec(), audiences_include=("1",), audiences_exclude=("2",))
ODD = (None, [], 7, "words", "", "<html>", {}, {"Campaigns": 7}, {"Campaigns": {}}, {"AdGroups": "x", "Campaigns": ""})
MANY = 40


class Known(dict[str, str]):
    """Every object stands."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return "1"


@pytest.fixture
def microsoft() -> Iterator[Canned]:
    with standing_in(*(f"MICROSOFT_{name}_URL" for name in ("CAMPAIGN", "REPORTING", "CUSTOMER", "OAUTH"))) as canned:
        yield canned


@pytest.fixture
def connection(microsoft: Canned) -> Iterator[Connection]:
    with reaching(Platform.MICROSOFT_ADS, "access", "refresh", "client", "secret") as connection:
        yield connection


READS: dict[str, Callable[[Connection], Any]] = {
    "accounts": lambda to: list(ADAPTER.accounts(to)),
    "inspect": lambda to: ADAPTER.inspect(to, account=ACCOUNT),
    "observe": lambda to: ADAPTER.observe(to, account=ACCOUNT, campaign_id="1"),
    "daily": lambda to: list(ADAPTER.daily(to, events={}, **DAYS)),
    "hourly": lambda to: list(ADAPTER.hourly(to, events={}, **DAYS)),
    "conversions": lambda to: list(ADAPTER.conversions(to, **DAYS)),
}


@pytest.mark.parametrize("read", READS)
def test_a_read_of_something_odd_is_unavailable(microsoft: Canned, connection: Connection, read: str) -> None:
    for odd in ODD:
        microsoft.answers[:] = [(200, odd, {})] * MANY
        with pytest.raises(Unavailable):
            READS[read](connection)


@pytest.mark.parametrize("step", ADAPTER.steps(SPEC, operation=Operation.CREATE), ids=lambda step: step.key)
def test_no_step_is_taken_for_done_or_undone(microsoft: Canned, connection: Connection, step: Any) -> None:
    for odd in ODD:
        microsoft.answers[:] = [(200, odd, {})] * MANY
        with pytest.raises(Unavailable):
            ADAPTER.find(connection, spec=SPEC, step=step, ids=Known(), key="k")
        with pytest.raises((OutcomeUnknown, Unavailable)):
            ADAPTER.execute(connection, spec=SPEC, step=step, ids=Known(), key="k")


def test_a_campaign_is_gone_where_microsoft_says_so(microsoft: Canned, connection: Connection) -> None:
    refused = {"Index": 0, "Code": "1100", "ErrorCode": "CampaignServiceInvalidCampaignId", "Message": "…"}
    for said in (
        {"Campaigns": []},
        {"Campaigns": None},
        {"Campaigns": [None]},
        {"Campaigns": [None], "PartialErrors": [refused]},
        {"Campaigns": [{"Id": 1, "Status": "Deleted", "Tomorrow": {}}]},
    ):
        microsoft.say(said)
        seen = ADAPTER.observe(connection, account=ACCOUNT, campaign_id="1")
        assert seen.status is RemoteStatus.DELETED


def test_numbers_for_ids_nulls_and_new_words_are_read(microsoft: Canned, connection: Connection) -> None:
    microsoft.say({"Campaigns": [None, {"Id": 1, "Status": "Resting"}], "PartialErrors": [None]})
    microsoft.say({"AdGroups": [None, {"Id": 2, "Status": "Dozing", "StartDate": None, "Tomorrow": 1}]})
    microsoft.say({"Ads": [None, {"Id": 3, "Status": "Napping", "EditorialStatus": "Puzzled", "Type": "Hologram"}]})
    seen = ADAPTER.observe(connection, account=ACCOUNT, campaign_id="1")
    assert seen.words == "Resting"
    assert seen.status is not RemoteStatus.DELETED
    assert [each.platform_id for each in seen.objects] == ["1", "3"]


@pytest.mark.parametrize(
    "status",
    [None, "Success", [], {"Status": "Error"}, {"Status": "Success", "ReportDownloadUrl": "words"}],
)
def test_a_report_that_cannot_be_had_is_unavailable(microsoft: Canned, connection: Connection, status: Any) -> None:
    microsoft.say({"ReportRequestId": 30000021231})
    microsoft.say({"ReportRequestStatus": status})
    with pytest.raises(Unavailable):
        list(ADAPTER.daily(connection, events={}, **DAYS))


def test_a_report_without_an_address_has_no_days(microsoft: Canned, connection: Connection) -> None:
    microsoft.say({"ReportRequestId": "30000021231"})
    microsoft.say({"ReportRequestStatus": {"Status": "Success", "ReportDownloadUrl": None}})
    assert list(ADAPTER.daily(connection, events={}, **DAYS)) == []


def test_accounts_with_holes_are_found(microsoft: Canned, connection: Connection) -> None:
    microsoft.say({"User": {"Id": 7}, "CustomerRoles": None})
    microsoft.say({"Accounts": [None, {"Id": 9, "Name": None, "TimeZone": "AtlantisTime", "CurrencyCode": None}]})
    (found,) = ADAPTER.accounts(connection)
    assert (found.external_id, found.name, found.currency, found.time_zone) == ("9", "", "", "")


def test_a_write_that_names_no_ids_is_asked_about_before_it_is_done_again(
    microsoft: Canned, connection: Connection
) -> None:
    (step, *_) = ADAPTER.steps(SPEC, operation=Operation.CREATE)
    for said in ({"CampaignIds": None}, {"CampaignIds": []}, {"CampaignIds": [None]}, {"CampaignIds": [None, 2]}):
        microsoft.say({**said, "PartialErrors": []})
        with pytest.raises(OutcomeUnknown):
            ADAPTER.execute(connection, spec=SPEC, step=step, ids={}, key="k")
    microsoft.say({"CampaignIds": [12]})
    (made,) = ADAPTER.execute(connection, spec=SPEC, step=step, ids={}, key="k").objects
    assert made.platform_id == "12"


@pytest.mark.parametrize("status", [200, 400, 429, 500])
def test_every_error_body_is_one_of_adlooms_errors(microsoft: Canned, connection: Connection, status: int) -> None:
    for body in (
        {"Errors": [{"Code": None, "ErrorCode": None, "Message": None}]},
        {"OperationErrors": [{"Code": "117"}], "BatchErrors": None},
        {"PartialErrors": [None, {"Code": 10**30, "FieldPath": 4}]},
        {"NestedPartialErrors": [{"BatchErrors": [{"Code": -1, "Details": {"a": 1}}]}]},
        {"NestedPartialErrors": [None, 5, {"Code": 807, "BatchErrors": []}]},
    ):
        microsoft.say(body, status=status, Retry_After="soon")
        with pytest.raises(PlatformError):
            ADAPTER.observe(connection, account=ACCOUNT, campaign_id="1")


def test_figures_do_not_wait_for_a_rule_that_a_login_may_not_read(microsoft: Canned, connection: Connection) -> None:
    refused = {"Code": 106, "ErrorCode": "UserIsNotAuthorized", "Message": "The user is not authorized."}
    microsoft.say({"Errors": [refused], "Type": "AdApiFaultDetail"}, status=403)
    assert ADAPTER.attribution(connection, **DAYS) is None


def test_an_account_and_a_goal_may_leave_out_what_is_not_known(microsoft: Canned, connection: Connection) -> None:
    for nothing in (None, "words", [], {}):
        microsoft.say({"Account": nothing})
        assert ADAPTER.account_now(connection, account=ACCOUNT) is None
    goals = [{"Id": 1, "ConversionWindowInMinutes": ""}, {"Id": 2, "ConversionWindowInMinutes": 43200}]
    microsoft.say({"ConversionGoals": goals})
    assert ADAPTER.attribution(connection, **DAYS) == "30d click"

"""Microsoft's answers that are errors, HTTP 200 with partial ones among them: class, words, request id, delay."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from adloom.core.errors import (
    CredentialsExpired,
    Duplicate,
    Missing,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.core.time import now
from adloom.platforms.http import Answer, Request
from adloom.platforms.microsoft import errors, mapping
from adloom.platforms.types import Platform


def answer(status: int, body: Any, *, is_write: bool = True) -> Answer:
    request = Request(Platform.MICROSOFT_ADS, "POST", "https://x", "POST x", is_write=is_write)
    return Answer(status, {}, json.dumps(body).encode(), request)


def batch(code: int, **more: Any) -> dict[str, Any]:
    return {"Index": 0, "Code": code, "ErrorCode": f"Name{code}", "Message": "Its words.", "Type": "BatchError", **more}


def found(got: Answer) -> PlatformError:
    error = errors.error_of(got)
    assert error is not None
    return error


@pytest.mark.parametrize(
    "body", [{"CampaignIds": ["1"], "PartialErrors": []}, {"PartialErrors": None}, {}, {"NestedPartialErrors": [None]}]
)
def test_two_hundred_without_partial_errors_is_success(body: Any) -> None:
    assert errors.error_of(answer(200, body)) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1115, Duplicate),
        (1214, Duplicate),
        (1313, Duplicate),
        (1517, Duplicate),
        (807, Duplicate),
        (1043, Duplicate),
        (1100, Missing),
        (1044, Missing),
        (4912, Rejected),
        (6208, Rejected),
        (99999, Rejected),
        (1010, Unavailable),
        (0, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("where", ["PartialErrors", "NestedPartialErrors"])
def test_two_hundred_with_partial_errors_is_an_error(where: str, code: int, kind: type[PlatformError]) -> None:
    inner = [None, batch(code)] if where == "PartialErrors" else [{"BatchErrors": [batch(code)], "Index": 0}]
    error = found(answer(200, {"CampaignIds": [None], where: inner}))
    assert type(error) is kind
    assert (error.words, error.platform_code) == ("Its words.", f"Name{code}")


def test_among_several_the_one_that_is_no_duplicate_decides() -> None:
    body = {"KeywordIds": [None, None], "PartialErrors": [batch(1517), batch(1542, Index=1, Message="Other.")]}
    error = found(answer(200, body))
    assert type(error) is Rejected
    assert error.words == "Its words.; Other."


@pytest.mark.parametrize(
    ("status", "body", "is_write", "kind"),
    [
        (401, {"TrackingId": "t", "Errors": [{"Code": 109, "Message": "m"}]}, True, CredentialsExpired),
        (401, {}, True, CredentialsExpired),
        (400, {"TrackingId": "t", "Errors": [{"Code": 105, "Message": "m"}]}, True, CredentialsExpired),
        (400, {"TrackingId": "t", "Errors": [{"Code": 117, "Message": "m"}]}, True, Throttled),
        (429, {}, True, Throttled),
        (400, {"TrackingId": "t", "OperationErrors": [{"Code": 1102, "Message": "m"}]}, True, Rejected),
        (400, {"TrackingId": "t", "BatchErrors": [{"Code": 1100, "Message": "m"}]}, True, Missing),
        (500, {}, True, OutcomeUnknown),
        (500, {"TrackingId": "t", "Errors": [{"Code": 0, "Message": "m"}]}, False, Unavailable),
        (503, {}, False, Unavailable),
    ],
)
def test_each_fault_has_its_class(status: int, body: Any, is_write: bool, kind: type[PlatformError]) -> None:
    error = found(answer(status, body, is_write=is_write))
    assert type(error) is kind
    assert error.request_id == body.get("TrackingId", "")


@pytest.mark.parametrize(("code", "seconds"), [(117, 60), (207, 60), (4204, 900)])
def test_a_throttle_waits_for_its_documented_window(code: int, seconds: int) -> None:
    before = now()
    error = found(answer(400, {"Errors": [{"Code": code, "Message": "m"}]}))
    assert isinstance(error, Throttled)
    assert timedelta(seconds=seconds) <= error.retry_at - before < timedelta(seconds=seconds + 5)


def test_an_editorial_refusal_names_text_and_field() -> None:
    editorial = batch(1042, Type="EditorialError", DisapprovedText="cheap drugs", FieldPath="Headlines[0]")
    error = found(answer(200, {"AdIds": [None], "PartialErrors": [editorial]}))
    assert "cheap drugs" in error.words
    assert error.errors[0].field == "Headlines[0]"


@pytest.mark.parametrize(("code", "has_lapsed"), [(109, True), (105, True), (106, False), (117, False)])
def test_only_a_lapsed_token_is_worth_a_renewal(code: int, has_lapsed: bool) -> None:
    assert errors.has_lapsed(answer(400, {"Errors": [{"Code": code}]})) is has_lapsed


@pytest.mark.parametrize(
    ("ad", "state"),
    [
        ({"Status": "Active", "EditorialStatus": "Inactive"}, "IN_REVIEW"),
        ({"Status": "Active", "EditorialStatus": "Active"}, "ACTIVE"),
        ({"Status": "Active", "EditorialStatus": "ActiveLimited"}, "LIMITED"),
        ({"Status": "Active", "EditorialStatus": "Disapproved"}, "REJECTED"),
        ({"Status": "Paused", "EditorialStatus": "Active"}, "PAUSED"),
        ({"Status": "Active", "EditorialStatus": "SomethingNew"}, "UNKNOWN"),
        ({"Status": "SomethingNew"}, "UNKNOWN"),
    ],
)
def test_an_ads_words_become_one_state(ad: Any, state: str) -> None:
    assert mapping.ad_state(ad).value == state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Active", "ACTIVE"),
        ("Paused", "PAUSED"),
        ("BudgetPaused", "LIMITED"),
        ("BudgetAndManualPaused", "PAUSED"),
        ("Suspended", "BILLING_BLOCKED"),
        ("Expired", "ENDED"),
        ("Deleted", "DELETED"),
        ("SomethingNew", "UNKNOWN"),
    ],
)
def test_a_campaigns_words_become_one_state(status: str, state: str) -> None:
    assert mapping.state(status).value == state

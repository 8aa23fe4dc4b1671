"""Google's answers that are errors: the class, its words, its request id, and when to come back."""

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
from adloom.platforms.google import errors, mapping
from adloom.platforms.http import Answer, Request
from adloom.platforms.types import DeliveryState, Platform


def answer(status: int, code: dict[str, str] | None = None, *, is_write: bool = False, **more: Any) -> Answer:
    request = Request(Platform.GOOGLE_ADS, "POST", "https://x", "POST x", is_write=is_write)
    failure = {"errorCode": code, "message": "Its words.", **more}
    details = [{"@type": "…GoogleAdsFailure", "errors": [failure], "requestId": "req-1"}] if code else []
    body = {"error": {"code": status, "message": "Outer.", "status": "X", "details": details}}
    return Answer(status, {"request-id": "header-1"}, json.dumps(body).encode(), request)


@pytest.mark.parametrize(
    ("status", "code", "is_write", "kind"),
    [
        (400, {"campaignError": "DUPLICATE_CAMPAIGN_NAME"}, True, Duplicate),
        (400, {"adGroupError": "DUPLICATE_ADGROUP_NAME"}, True, Duplicate),
        (400, {"fieldError": "REQUIRED"}, True, Rejected),
        (400, {"campaignError": "A_CODE_NOBODY_KNOWS"}, True, Rejected),
        (400, {"mutateError": "RESOURCE_NOT_FOUND"}, True, Missing),
        (400, {"contextError": "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"}, True, Missing),
        (400, {"databaseError": "CONCURRENT_MODIFICATION"}, True, Unavailable),
        (401, {"authenticationError": "OAUTH_TOKEN_EXPIRED"}, True, CredentialsExpired),
        (401, None, False, CredentialsExpired),
        (403, {"authorizationError": "USER_PERMISSION_DENIED"}, False, Rejected),
        (429, {"quotaError": "RESOURCE_EXHAUSTED"}, True, Throttled),
        (429, None, True, Throttled),
        (500, {"internalError": "INTERNAL_ERROR"}, False, Unavailable),
        (500, {"internalError": "INTERNAL_ERROR"}, True, OutcomeUnknown),
        (503, None, False, Unavailable),
        (503, None, True, OutcomeUnknown),
        (404, None, False, Rejected),
        (400, {"requestError": "EXPIRED_PAGE_TOKEN"}, False, Unavailable),
        (400, {"databaseError": "DATA_CONSTRAINT_VIOLATION"}, True, Rejected),
        (400, {"internalError": "ERROR_CODE_NOT_PUBLISHED"}, True, Rejected),
        (429, {"quotaError": "ACCESS_PROHIBITED"}, True, Rejected),
    ],
)
def test_each_code_has_its_class(status: int, code: Any, is_write: bool, kind: type[PlatformError]) -> None:
    error = errors.error_of(answer(status, code, is_write=is_write))
    assert type(error) is kind
    assert error.platform == "google_ads"
    assert error.words == ("Its words." if code else "Outer.")
    assert error.request_id == ("req-1" if code else "header-1")


@pytest.mark.parametrize(
    ("code", "details", "seconds"),
    [
        ("RESOURCE_EXHAUSTED", {"quotaErrorDetails": {"retryDelay": "30s"}}, 30),
        ("RESOURCE_EXHAUSTED", {}, 3600),
        ("RESOURCE_TEMPORARILY_EXHAUSTED", {}, 60),
        ("A_NEW_QUOTA", {}, 60),
    ],
)
def test_a_throttle_says_when_to_come_back(code: str, details: Any, seconds: int) -> None:
    before = now()
    error = errors.error_of(answer(429, {"quotaError": code}, details=details))
    assert isinstance(error, Throttled)
    assert timedelta(seconds=seconds) <= error.retry_at - before < timedelta(seconds=seconds + 5)


def test_a_refusal_names_the_field_and_what_triggered_it() -> None:
    path = [{"fieldName": "mutate_operations", "index": 1}, {"fieldName": "campaign_operation"}, {"fieldName": "name"}]
    refused = answer(
        400,
        {"stringLengthError": "TOO_LONG"},
        location={"fieldPathElements": path},
        trigger={"stringValue": "Spring"},
    )
    (field,) = errors.error_of(refused).errors
    assert field.field == "mutate_operations[1].campaign_operation.name"
    assert field.rule == "Its words. (Spring)"


def test_a_policy_finding_names_its_topics() -> None:
    details = {"policyFindingDetails": {"policyTopicEntries": [{"topic": "ALCOHOL", "type": "PROHIBITED"}]}}
    error = errors.error_of(answer(400, {"policyFindingError": "POLICY_FINDING"}, details=details))
    assert "ALCOHOL (PROHIBITED)" in error.words


def test_only_a_lapsed_token_is_worth_a_renewal() -> None:
    assert errors.has_lapsed(answer(401, {"authenticationError": "OAUTH_TOKEN_EXPIRED"}))
    assert errors.has_lapsed(answer(401))
    assert not errors.has_lapsed(answer(401, {"authenticationError": "OAUTH_TOKEN_REVOKED"}))
    assert not errors.has_lapsed(answer(403, {"authorizationError": "USER_PERMISSION_DENIED"}))


def test_an_answer_that_is_no_json_is_still_an_error_with_words() -> None:
    request = Request(Platform.GOOGLE_ADS, "POST", "https://x", "POST x", is_write=True)
    error = errors.error_of(Answer(502, {}, b"<html>Bad gateway</html>", request))
    assert type(error) is OutcomeUnknown
    assert "Bad gateway" in error.words


@pytest.mark.parametrize(
    ("campaign", "state"),
    [
        ({"primaryStatus": "ELIGIBLE"}, DeliveryState.ACTIVE),
        ({"primaryStatus": "LEARNING"}, DeliveryState.ACTIVE),
        ({"primaryStatus": "LIMITED"}, DeliveryState.LIMITED),
        ({"primaryStatus": "PAUSED"}, DeliveryState.PAUSED),
        ({"primaryStatus": "ENDED"}, DeliveryState.ENDED),
        ({"primaryStatus": "PENDING"}, DeliveryState.SCHEDULED),
        ({"primaryStatus": "PENDING", "primaryStatusReasons": ["MOST_ADS_UNDER_REVIEW"]}, DeliveryState.IN_REVIEW),
        ({"primaryStatus": "NOT_ELIGIBLE", "primaryStatusReasons": ["HAS_ADS_DISAPPROVED"]}, DeliveryState.REJECTED),
        ({"primaryStatus": "NOT_ELIGIBLE"}, DeliveryState.BILLING_BLOCKED),
        ({"primaryStatus": "ELIGIBLE", "servingStatus": "SUSPENDED"}, DeliveryState.BILLING_BLOCKED),
        ({"primaryStatus": "A_NEW_WORD"}, DeliveryState.UNKNOWN),
        ({}, DeliveryState.UNKNOWN),
    ],
)
def test_a_campaigns_words_become_one_state(campaign: Any, state: DeliveryState) -> None:
    assert mapping.campaign_state(campaign) is state


@pytest.mark.parametrize(
    ("ad", "state"),
    [
        ({"status": "ENABLED", "policySummary": {"approvalStatus": "APPROVED", "reviewStatus": "REVIEWED"}}, "ACTIVE"),
        ({"status": "ENABLED", "policySummary": {"approvalStatus": "APPROVED_LIMITED"}}, "LIMITED"),
        ({"status": "ENABLED", "policySummary": {"approvalStatus": "DISAPPROVED"}}, "REJECTED"),
        ({"status": "ENABLED", "policySummary": {"reviewStatus": "REVIEW_IN_PROGRESS"}}, "IN_REVIEW"),
        ({"status": "PAUSED", "policySummary": {"approvalStatus": "APPROVED"}}, "PAUSED"),
        ({"status": "REMOVED"}, "DELETED"),
        ({"status": "ENABLED"}, "UNKNOWN"),
    ],
)
def test_an_ads_words_become_one_state(ad: Any, state: str) -> None:
    assert mapping.ad_state(ad).value == state

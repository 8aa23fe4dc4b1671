"""Google's error codes against our classes, with its words and request id kept (`google.md`, 1 and 8)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adloom.core import redact
from adloom.core.errors import (
    CredentialsExpired,
    Duplicate,
    FieldError,
    Missing,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.core.time import now
from adloom.platforms import surprises
from adloom.platforms.http import Answer
from adloom.platforms.types import Platform

#: Groups whose every code is a refusal of what was sent (`google.md`, 8).
_PERMANENT = (
    "adError", "adGroupAdError", "adGroupCriterionError", "adGroupError", "assetError", "authorizationError",
    "biddingError", "campaignBudgetError", "campaignCriterionError", "campaignError", "campaignConversionGoalError",
    "collectionSizeError", "contextError", "conversionGoalCampaignConfigError", "criterionError",
    "customConversionGoalError", "dateError", "dateRangeError", "distinctError", "enumError", "fieldError",
    "fieldMaskError", "headerError", "idError", "imageError", "mutateError", "newResourceCreationError",
    "notEmptyError", "nullError", "operationAccessDeniedError", "operatorError", "policyFindingError",
    "policyViolationError", "queryError", "rangeError", "requestError", "resourceAccessDeniedError",
    "resourceCountLimitExceededError", "settingError", "sizeLimitError", "stringFormatError", "stringLengthError",
    "urlFieldError",
)  # fmt: skip

#: `<group>.<code>` or a whole `<group>`; what is not here is Rejected for 4xx, and for 5xx Unavailable, or
#: OutcomeUnknown after a write.
CLASSES: Mapping[str, type[PlatformError]] = {
    "authenticationError": CredentialsExpired,
    "authenticationError.CUSTOMER_NOT_FOUND": Missing,
    "authenticationError.CLIENT_CUSTOMER_ID_INVALID": Rejected,
    "quotaError": Throttled,
    "quotaError.ACCESS_PROHIBITED": Rejected,
    "internalError": Unavailable,
    "internalError.ERROR_CODE_NOT_PUBLISHED": Rejected,
    "databaseError": Unavailable,
    "databaseError.DATA_CONSTRAINT_VIOLATION": Rejected,
    "databaseError.REQUEST_TOO_LARGE": Rejected,
    "campaignError.DUPLICATE_CAMPAIGN_NAME": Duplicate,
    "adGroupError.DUPLICATE_ADGROUP_NAME": Duplicate,
    "campaignBudgetError.DUPLICATE_NAME": Duplicate,
    "customConversionGoalError.CUSTOM_GOAL_DUPLICATE_NAME": Duplicate,
    "customConversionGoalError.DUPLICATE_CONVERSION_ACTION_LIST": Duplicate,
    "mutateError.RESOURCE_NOT_FOUND": Missing,
    "operationAccessDeniedError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE": Missing,
    "contextError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE": Missing,
    **dict.fromkeys(_PERMANENT, Rejected),
    # A report that was read too slowly has to begin again: the rest of it cannot be had.
    "requestError.EXPIRED_PAGE_TOKEN": Unavailable,
    "requestError.INVALID_PAGE_TOKEN": Unavailable,
}

#: Codes after which one renewed token may help.
_LAPSED = frozenset(("OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_INVALID"))

#: Where Google gives no `retryDelay`: the short windows are minutes, the long ones slide over 24 hours.
_DELAYS = {
    "RESOURCE_TEMPORARILY_EXHAUSTED": timedelta(minutes=1),
    "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION": timedelta(minutes=5),
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": timedelta(hours=1),
    "RESOURCE_EXHAUSTED": timedelta(hours=1),
}
_SHORT_DELAY = timedelta(minutes=1)


#: Under what an answer tells of an error.
_TOLD = ("error", "partialFailureError")


def has_lapsed(answer: Answer) -> bool:
    """Whether the platform says that the access token is no longer good, so that nothing was done."""
    if answer.status != 401:
        return False
    codes = [code for error in _failures(answer) for code in error.get("errorCode", {}).values()]
    return not codes or bool(_LAPSED.intersection(codes))


def is_told(body: Any) -> bool:
    """Whether an answer of 200 tells of an error all the same: of a part that failed, or after rows of a stream.

    Once a stream has begun, its status is sent: what breaks then comes as one more element of the list, a
    google.rpc.Status under `error` (HTTP/JSON transcoding of server streaming, as `googleAds:searchStream` has it).
    """
    return any(each.get(name) for each in _parts(body) for name in _TOLD)


def error_of(answer: Answer) -> PlatformError:
    """The error that an answer is, ready to be raised: one of 400 or more, or one that `is_told`."""
    failures = _failures(answer)
    names = [f"{group}.{code}" for error in failures for group, code in error.get("errorCode", {}).items()]
    kind = _class_of(answer, names)
    for name in names:
        if name not in CLASSES and name.partition(".")[0] not in CLASSES:
            surprises.note(Platform.GOOGLE_ADS, "error code", name)
    names = names or [str(detail["reason"]) for detail in _details(answer) if detail.get("reason")]
    words = "; ".join(_words(error) for error in failures) or _outer(answer).get("message", "") or answer.text()[:300]
    more: dict[str, Any] = {
        "platform": Platform.GOOGLE_ADS.value,
        "platform_code": names[0] if names else str(answer.status),
        "words": redact.text(str(words)),
        "request_id": _request_id(answer),
        "details": {"status": answer.status, "codes": names},
        "errors": _field_errors(answer, failures) if issubclass(kind, Rejected) else (),
    }
    message = f"Google Ads: {more['words']}"
    if kind is Throttled:
        return Throttled(message, retry_at=now() + _delay(answer, failures), **more)
    return kind(message, **more)


def _class_of(answer: Answer, names: list[str]) -> type[PlatformError]:
    for name in names:
        kind = CLASSES.get(name) or CLASSES.get(name.partition(".")[0])
        if kind is Unavailable and answer.status >= 500 and answer.request.is_write:
            return OutcomeUnknown
        if kind is not None:
            return kind
    status = _status(answer)
    if status == 401:
        return CredentialsExpired
    if status == 429:
        return Throttled
    if status >= 500:
        return OutcomeUnknown if answer.request.is_write else Unavailable
    return Rejected


def _status(answer: Answer) -> int:
    """The HTTP status, or the one that stands in the error where its answer began as a success."""
    told = _outer(answer).get("code")
    return told if answer.status < 400 and isinstance(told, int) else answer.status


def _parts(body: Any) -> list[Mapping[str, Any]]:
    """The objects of an answer: itself, or the elements of a stream's list."""
    return [each for each in (body if isinstance(body, list) else [body]) if isinstance(each, dict)]


def _outer(answer: Answer) -> Mapping[str, Any]:
    """The google.rpc.Status of an answer: of a whole refusal, or of the part of a request that failed."""
    try:
        body = answer.json()
    except (Unavailable, OutcomeUnknown):
        return {}
    error: Any = next((each[name] for each in _parts(body) for name in _TOLD if each.get(name)), {})
    return error if isinstance(error, dict) else {"message": str(error)}


def _details(answer: Answer) -> list[Mapping[str, Any]]:
    """The details of a refusal: none, a failure of Google Ads, and what google.rpc adds, in any number and order."""
    return [detail for detail in _outer(answer).get("details") or () if isinstance(detail, dict)]


def _failures(answer: Answer) -> list[Mapping[str, Any]]:
    return [error for detail in _details(answer) for error in detail.get("errors") or ()]


def _request_id(answer: Answer) -> str:
    for detail in _details(answer):
        if detail.get("requestId"):
            return str(detail["requestId"])
    return answer.headers.get("request-id", "")


def _words(error: Mapping[str, Any]) -> str:
    trigger = error.get("trigger", {}).get("stringValue")
    topics = error.get("details", {}).get("policyFindingDetails", {}).get("policyTopicEntries", ())
    named = ", ".join(f"{topic.get('topic')} ({topic.get('type')})" for topic in topics)
    parts = (str(error.get("message", "")), f"({trigger})" if trigger else "", named)
    return " ".join(part for part in parts if part)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    elements = error.get("location", {}).get("fieldPathElements", ())
    path = ".".join(
        str(element.get("fieldName", "")) + (f"[{element['index']}]" if "index" in element else "")
        for element in elements
    )
    return FieldError(path or "google_ads", _words(error), "")


def _field_errors(answer: Answer, failures: list[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """What is wrong with which field: of a failure, or of a request that does not parse (google.rpc.BadRequest)."""
    violations = [each for detail in _details(answer) for each in detail.get("fieldViolations") or ()]
    malformed = [
        FieldError(str(each.get("field") or "google_ads"), redact.text(str(each.get("description", ""))), "")
        for each in violations
    ]
    return (*(_field_error(error) for error in failures), *malformed)


def _delay(answer: Answer, failures: list[Mapping[str, Any]]) -> timedelta:
    """From wherever Google tells it: its own details, google.rpc.RetryInfo, a header; else by the kind of quota."""
    told = [error.get("details", {}).get("quotaErrorDetails", {}).get("retryDelay") for error in failures]
    told += [detail.get("retryDelay") for detail in _details(answer)]
    for delay in told:
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)s", str(delay)):
            return timedelta(seconds=math.ceil(float(match[1])))
    if answer.headers.get("retry-after", "").isdigit():
        return timedelta(seconds=int(answer.headers["retry-after"]))
    codes = [code for error in failures for code in error.get("errorCode", {}).values()]
    return next((_DELAYS[code] for code in codes if code in _DELAYS), _SHORT_DELAY)

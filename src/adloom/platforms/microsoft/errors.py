"""Microsoft's error codes against our classes, with its words and request id kept (`microsoft.md`, 1, 2, 8).

Success is an answer of 2xx without any partial error: HTTP 200 alone says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from adloom.platforms.http import Answer
from adloom.platforms.types import Platform

#: By code; what is not here is Rejected for 4xx and partial errors, and for 5xx Unavailable, or OutcomeUnknown
#: after a write.
CLASSES: Mapping[int, type[PlatformError]] = {
    0: Unavailable,  # InternalError
    105: CredentialsExpired,  # InvalidCredentials
    106: Rejected,  # UserIsNotAuthorized
    108: CredentialsExpired,  # UserCompromised
    109: CredentialsExpired,  # AuthenticationTokenExpired
    117: Throttled,  # CallRateExceeded
    207: Throttled,  # ConcurrentRequestOverLimit
    4204: Throttled,  # BulkServiceNoMoreCallsPermittedForTheTimePeriod
    1010: Unavailable,  # CampaignServiceSystemInReadOnlyMode
    807: Duplicate,  # DuplicateCriterion
    1115: Duplicate,  # CampaignServiceCannotCreateDuplicateCampaign
    1214: Duplicate,  # CampaignServiceCannotCreateDuplicateAdGroup
    1313: Duplicate,  # CampaignServiceDuplicateAd
    1517: Duplicate,  # CampaignServiceDuplicateKeyword
    1043: Duplicate,  # CampaignServiceEntityAlreadyExists (negative keywords)
    1044: Missing,  # CampaignServiceEntityDoesNotExist
    1100: Missing,  # CampaignServiceInvalidCampaignId
    1201: Missing,  # CampaignServiceInvalidAdGroupId
    1308: Missing,  # CampaignServiceInvalidAdId
    1401: Missing,  # CampaignServiceInvalidTargetId
    1501: Missing,  # CampaignServiceInvalidKeywordId
}

#: Codes after which one renewed token may help.
_LAPSED = frozenset((105, 109))

#: The symbols of what must not be taken for anything else, for an error that carries no number.
_SYMBOLS: Mapping[str, int] = {
    "InternalError": 0,
    "InvalidCredentials": 105,
    "UserIsNotAuthorized": 106,
    "AuthenticationTokenExpired": 109,
    "CallRateExceeded": 117,
    "ConcurrentRequestOverLimit": 207,
    "BulkServiceNoMoreCallsPermittedForTheTimePeriod": 4204,
}

#: Microsoft gives no Retry-After: the windows are its documentation's.
_DELAYS = {117: timedelta(seconds=60), 207: timedelta(seconds=60), 4204: timedelta(minutes=15)}


def has_lapsed(answer: Answer) -> bool:
    """Whether the platform says that the access token is no longer good, so that nothing was done."""
    codes = {_code(error) for error in _all(answer)}
    return bool(codes & _LAPSED) or (answer.status == 401 and not codes)


def error_of(answer: Answer) -> PlatformError | None:
    """The error that an answer is: a fault, a status of 400 or more, or any partial error; None for success."""
    failures = list(_all(answer))
    if answer.status < 400 and not failures:
        return None
    kinds = [_class_of(answer, error) for error in failures] or [_by_status(answer)]
    first = next((index for index, kind in enumerate(kinds) if kind is not Duplicate), 0)
    kind, code = kinds[first], _code(failures[first]) if failures else answer.status
    code = answer.status if code is None else code
    words = "; ".join(dict.fromkeys(_words(error) for error in failures)) or answer.text()[:300]
    more: dict[str, Any] = {
        "platform": Platform.MICROSOFT_ADS.value,
        "platform_code": str(failures[first].get("ErrorCode") or code) if failures else str(code),
        "words": redact.text(words),
        "request_id": _request_id(answer),
        "details": {"status": answer.status, "codes": [_code(error) for error in failures]},
        "errors": tuple(_field_error(error) for error in failures) if kind is Rejected else (),
    }
    message = f"Microsoft Advertising: {more['words']}"
    if kind is Throttled:
        return Throttled(message, retry_at=now() + _delay(answer, code), **more)
    return kind(message, **more)


def _delay(answer: Answer, code: int) -> timedelta:
    """How long to stay away: the documented window, or longer where a gateway in front says so."""
    window = _DELAYS.get(code, timedelta(seconds=60))
    asked = answer.headers.get("retry-after", "")
    return max(window, timedelta(seconds=int(asked))) if asked.isdecimal() and len(asked) < 6 else window


def _class_of(answer: Answer, error: Mapping[str, Any]) -> type[PlatformError]:
    code = _code(error)
    if code == 0 and answer.request.is_write:
        return OutcomeUnknown
    return _by_status(answer) if code is None else CLASSES.get(code, _by_status(answer))


def _code(error: Mapping[str, Any]) -> int | None:
    """An error's number, whether it comes as a number, as text, or only as a symbol; None for none."""
    try:
        return int(error["Code"])
    except (KeyError, TypeError, ValueError):
        return _SYMBOLS.get(str(error.get("ErrorCode")))


def _by_status(answer: Answer) -> type[PlatformError]:
    if answer.status == 401:
        return CredentialsExpired
    if answer.status == 429:
        return Throttled
    if answer.status >= 500:
        return OutcomeUnknown if answer.request.is_write else Unavailable
    return Rejected


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except (Unavailable, OutcomeUnknown):
        if answer.status < 400:
            raise
        return {}
    return body if isinstance(body, dict) else {}


def _all(answer: Answer) -> Iterator[Mapping[str, Any]]:
    """Every error of a body, whichever of the five lists it stands in."""
    body = _body(answer)
    for name in ("Errors", "OperationErrors", "BatchErrors", "PartialErrors"):
        yield from _present(body.get(name))
    for collection in _present(body.get("NestedPartialErrors")):
        inner = list(_present(collection.get("BatchErrors")))
        yield from inner
        if not inner and collection.get("Code") is not None:
            yield collection


def _present(errors: Any) -> Sequence[Mapping[str, Any]]:
    """The errors of a list that holds null for each item that went well."""
    return [error for error in errors if error and isinstance(error, dict)] if isinstance(errors, list) else []


def _request_id(answer: Answer) -> str:
    return str(_body(answer).get("TrackingId") or answer.headers.get("trackingid", ""))


def _words(error: Mapping[str, Any]) -> str:
    editorial = ", ".join(str(error[name]) for name in ("DisapprovedText", "Location") if error.get(name))
    detail = error.get("Details") or error.get("Detail")
    parts = (error.get("Message") or error.get("ErrorCode"), detail, f"({editorial})" if editorial else "")
    return " ".join(str(part) for part in parts if part)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    return FieldError(str(error.get("FieldPath") or "microsoft_ads"), _words(error), "")

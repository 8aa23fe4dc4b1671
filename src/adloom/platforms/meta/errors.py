"""Turns Meta's answers into data, or into the error that says what the caller does next.

Keeps Meta's words and its request id; knows no credentials.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from adloom.core import time
from adloom.core.errors import (
    AdloomError,
    CredentialsExpired,
    FieldError,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.platforms import http, surprises
from adloom.platforms.meta import mapping
from adloom.platforms.types import Platform

TOO_MANY_REQUESTS = 429

#: Where no header says when calls are welcome again.
DEFAULT_WAIT = timedelta(minutes=5)


def checked(answer: http.Answer) -> Any:
    """The JSON of a successful answer; raises what `mapping.ERRORS` says otherwise."""
    data = answer.json()
    error = data.get("error") if isinstance(data, dict) else None
    if answer.status >= 400 or error is not None:
        _raise(answer, error if isinstance(error, dict) else {})
    return data


def error_class(code: int, *, subcode: int, status: int, is_transient: bool) -> type[AdloomError]:
    """The class of one error of Meta's; pure."""
    found = mapping.ERRORS.get((code, subcode)) or mapping.ERRORS.get(code)
    if found in (Throttled, CredentialsExpired):
        return found
    if status == TOO_MANY_REQUESTS:
        return Throttled
    if status >= 500 or is_transient:
        return Unavailable
    return found or Rejected


def retry_at(headers: Mapping[str, str]) -> datetime:
    """When calls are welcome again: the longest wait of the usage headers, else five minutes from now."""
    waits = [*_business_waits(headers), *_account_waits(headers)]
    return time.now() + max(waits, default=DEFAULT_WAIT)


def _raise(answer: http.Answer, error: Mapping[str, Any]) -> NoReturn:
    code, subcode = _int(error.get("code")), _int(error.get("error_subcode"))
    is_transient = error.get("is_transient") is True
    if not {(code, subcode), code} & mapping.ERRORS.keys():
        surprises.note(Platform.FACEBOOK_ADS, "error code", f"{code}/{subcode}" if subcode else code)
    kind = error_class(code, subcode=subcode, status=answer.status, is_transient=is_transient)
    title, text = str(error.get("error_user_title") or ""), str(error.get("error_user_msg") or "")
    words = ": ".join(part for part in (title, text) if part) or str(error.get("message") or "")
    more: dict[str, Any] = {
        "platform": Platform.FACEBOOK_ADS.value,
        "platform_code": f"{code}/{subcode}" if subcode else str(code),
        "words": words,
        "request_id": str(error.get("fbtrace_id") or answer.headers.get("x-fb-trace-id") or ""),
        "details": {"status": answer.status, "type": str(error.get("type") or "")},
    }
    message = f"Meta, {answer.request.endpoint}: {words or f'HTTP {answer.status}'}"
    if kind is Throttled:
        raise Throttled(message, retry_at=retry_at(answer.headers), **more)
    if kind is Unavailable and answer.request.is_write:
        raise OutcomeUnknown(message, **more)
    if issubclass(kind, Rejected):
        raise kind(message, errors=_blamed(error, words=words), **more)
    if issubclass(kind, PlatformError):
        raise kind(message, **more)
    raise Rejected(message, **more)


def _blamed(error: Mapping[str, Any], *, words: str) -> tuple[FieldError, ...]:
    """The fields that Meta blames: `error_data` is an object, or a string that holds one."""
    data = error.get("error_data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return ()
    specs = data.get("blame_field_specs") if isinstance(data, dict) else None
    paths = [path if isinstance(path, list) else [path] for path in specs] if isinstance(specs, list) else []
    return tuple(FieldError(".".join(map(str, path)), words, "Change it, and deploy again.") for path in paths if path)


def unfinished(answer: Any, *, endpoint: str) -> OutcomeUnknown:
    """For a write that Meta answered with neither an error nor what it made."""
    return OutcomeUnknown(
        f"Meta, POST {endpoint}: the answer does not say what was done.",
        platform=Platform.FACEBOOK_ADS,
        words=http.dumps(answer)[:500],
    )


def _business_waits(headers: Mapping[str, str]) -> list[timedelta]:
    """`X-Business-Use-Case-Usage` counts in minutes."""
    usage = _json(headers.get("x-business-use-case-usage"))
    rows = [row for rows in usage.values() if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    minutes = [_int(row.get("estimated_time_to_regain_access")) for row in rows]
    return [timedelta(minutes=value) for value in minutes if value > 0]


def _account_waits(headers: Mapping[str, str]) -> list[timedelta]:
    """`X-Ad-Account-Usage` counts in seconds."""
    seconds = _int(_json(headers.get("x-ad-account-usage")).get("reset_time_duration"))
    return [timedelta(seconds=seconds)] if seconds > 0 else []


def _json(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0

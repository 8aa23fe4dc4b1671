"""Turns TikTok's answers into data, or into the error that says what the caller does next.

Its HTTP status is nearly always 200: success is `code` 0 and nothing else. Keeps its words and request id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from adloom.core import time
from adloom.core.errors import (
    AdloomError,
    Duplicate,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Throttled,
    Unavailable,
)
from adloom.platforms import http, surprises
from adloom.platforms.tiktok import mapping, shapes
from adloom.platforms.types import Platform

TOO_MANY_REQUESTS = 429
#: Stands for an answer without a code that can be read: nobody knows what became of the call.
NO_CODE = mapping.FIRST_SERVER_ERROR
#: Codes that TikTok uses for everything: the text decides.
GENERIC = (40000, 40002)
SECOND, MINUTES = timedelta(seconds=1), timedelta(minutes=5)


def checked(answer: http.Answer) -> Any:
    """The `data` of a successful answer; raises what `mapping.ERRORS` says otherwise."""
    body = answer.json()
    fields = body if isinstance(body, dict) else {}
    code = _number(fields.get("code"))
    if code is None and answer.status < 400:
        _raise(answer, code=NO_CODE, fields=fields)
    if code != 0 or answer.status >= 400:
        _raise(answer, code=code or 0, fields=fields)
    return fields.get("data") or {}


def file_text(answer: http.Answer) -> str:
    """The text of an answer that is a file; raises what an envelope in its place says."""
    if answer.status >= 400 or answer.body.lstrip()[:1] in (b"{", b""):
        checked(answer)
    return answer.text().removeprefix("\ufeff")


def error_class(code: int, *, message: str, status: int) -> type[AdloomError]:
    """The class of one answer that is no success; pure. OutcomeUnknown is for writes."""
    text = message.lower()
    if status == TOO_MANY_REQUESTS or (code in GENERIC and any(words in text for words in mapping.TOO_MANY)):
        return Throttled
    if code in GENERIC and all(words in text for words in mapping.TAKEN):
        return Duplicate
    if code in mapping.ERRORS:
        return mapping.ERRORS[code]
    if status >= 500 or code >= mapping.FIRST_SERVER_ERROR:
        return OutcomeUnknown
    return Rejected


def retry_at(code: int, *, message: str) -> datetime:
    """When calls are welcome again: a second, five minutes, or midnight UTC, by the window that is full.

    TikTok tells no time. 40133 and 40132 count per second. 40100 does not say which window is full: then five
    minutes, which burns no calls in vain.
    """
    text, now = message.lower(), time.now()
    if "qpd" in text or "per day" in text or "daily" in text:
        return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    if "qpm" in text or "per minute" in text:
        return now + MINUTES
    if "qps" in text or "per second" in text or code in (40132, 40133):
        return now + SECOND
    return now + MINUTES


def _raise(answer: http.Answer, *, code: int, fields: dict[str, Any]) -> NoReturn:
    words = shapes.text(fields.get("message"))
    kind = error_class(code, message=words, status=answer.status)
    if code not in mapping.ERRORS and code not in GENERIC:
        surprises.note(Platform.TIKTOK_ADS, "error code", code)
    if kind is OutcomeUnknown and not answer.request.is_write:
        kind = Unavailable
    more: dict[str, Any] = {
        "platform": Platform.TIKTOK_ADS.value,
        "platform_code": str(code or answer.status),
        "words": words,
        "request_id": shapes.text(fields.get("request_id")),
        "details": {"status": answer.status},
    }
    message = f"TikTok, {answer.request.endpoint}: {words or f'HTTP {answer.status}'}"
    if kind is Throttled:
        raise Throttled(message, retry_at=retry_at(code, message=words), **more)
    if issubclass(kind, PlatformError):
        raise kind(message, **more)
    raise Rejected(message, **more)


def _number(code: Any) -> int | None:
    """A code, which is a number and may come as its text; None for anything else."""
    return int(code) if str(code).isdigit() else None

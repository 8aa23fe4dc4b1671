"""What an error becomes over HTTP: one table from class to status, one shape (`application/problem+json`)."""

from __future__ import annotations

import math
import re
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.requests import Request
from starlette.responses import JSONResponse

from adloom.core import logging, time
from adloom.core.errors import (
    AdloomError,
    Conflict,
    CredentialsExpired,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OverLimit,
    PlatformError,
    Refused,
    Throttled,
    Unauthenticated,
    Unavailable,
)

REQUEST_ID_HEADER = "X-Request-ID"
MEDIA_TYPE = "application/problem+json"

_log = logging.logger(__name__)
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,128}$")

#: The one table from what went wrong to a status; the first class that fits counts.
_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Invalid, 422),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (OverLimit, 402),
    (Refused, 422),
    (Throttled, 429),
    (Unavailable, 503),
    (CredentialsExpired, 409),
    (OutcomeUnknown, 502),
    (PlatformError, 502),
    (DataError, 422),
    (OperationalError, 503),
    (PoolExhausted, 503),
)
#: What is not ours to word: errors of the database.
_WORDS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        DataError,
        "invalid",
        "A value cannot be stored: it holds a character or a number that the database does not take.",
    ),
    (OperationalError, "unavailable", "The database does not answer. Try again."),
    (PoolExhausted, "unavailable", "Everything is busy. Try again."),
)
#: Errors that have an answer here; anything else is a bug.
KNOWN = (AdloomError, DataError, OperationalError, PoolExhausted)

_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    402: "Beyond the tier's limit",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Invalid",
    429: "Too many requests",
    500: "A bug",
    502: "The platform refused",
    503: "Not available",
}


def request_id(request: Request) -> str:
    """The id of this request: the caller's where it is a sane one, else one of our own. Logs and errors carry it."""
    found: str | None = getattr(request.state, "request_id", None)
    if found is None:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        found = given if _REQUEST_ID.match(given) else uuid4().hex
        request.state.request_id = found
    return found


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 500 for one that nobody foresaw."""
    if isinstance(error, OverLimit) and error.kind == "throttle":
        return 429
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(error: Exception, *, id_: str) -> dict[str, Any]:
    """The error as `application/problem+json`; nothing of an unforeseen one but that it happened."""
    status = status_of(error)
    if isinstance(error, AdloomError):
        return problem_of(status, code=error.code, detail=error.message, errors=error.errors, id_=id_)
    for kind, code, words in _WORDS:
        if isinstance(error, kind):
            return problem_of(status, code=code, detail=words, id_=id_)
    return problem_of(status, code="bug", detail=f"This is a bug. The log has it under {id_}.", id_=id_)


def problem_of(status: int, *, code: str, detail: str, id_: str, errors: tuple[FieldError, ...] = ()) -> dict[str, Any]:
    """A problem's JSON, of its parts."""
    return {
        "type": "about:blank",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"field": e.field, "message": f"{e.field}: {e.rule}", "rule": e.rule, "fix": e.fix} for e in errors],
        "request_id": id_,
    }


def answer(request: Request, error: Exception) -> JSONResponse:
    """The error as a response, with the headers that belong to it; what is no fault of the caller's is logged."""
    if status_of(error) >= 500 and isinstance(error, KNOWN):
        _log.warning("could not answer", kind=type(error).__name__, why=str(error))
    return problem_response(problem(error, id_=request_id(request)), headers=_headers(error))


def problem_response(body: dict[str, Any], *, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem's JSON as a response."""
    return JSONResponse(body, status_code=body["status"], headers=headers, media_type=MEDIA_TYPE)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    seconds = getattr(error, "retry_after_s", None)
    if isinstance(error, Throttled):
        seconds = max(1, math.ceil((error.retry_at - time.now()).total_seconds()))
    elif status_of(error) == 503:
        seconds = 5
    return {} if seconds is None else {"Retry-After": str(seconds)}

"""Google's two shapes of refusal: a malformed request (transport), and a `GoogleAdsFailure` with error
codes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response

VERSION = "v26"
_FAILURE = f"type.googleapis.com/google.ads.googleads.{VERSION}.errors.GoogleAdsFailure"

#: HTTP status and google.rpc code by family of error; every other family is 400 INVALID_ARGUMENT.
_STATUS = {
    "authenticationError": (401, "UNAUTHENTICATED"),
    "authorizationError": (403, "PERMISSION_DENIED"),
    "quotaError": (429, "RESOURCE_EXHAUSTED"),
    "internalError": (500, "INTERNAL"),
    "databaseError": (409, "ABORTED"),
}
_MESSAGE = {
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
    "other valid authentication credential.",
    403: "The caller does not have permission",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    409: "The operation was aborted.",
}
_RPC_CODE = {
    "INVALID_ARGUMENT": 3,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "ABORTED": 10,
    "INTERNAL": 13,
    "UNAUTHENTICATED": 16,
}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class GoogleError:
    """One error of a failure.

    `path` holds snake_case field names, each followed by its index where it has one.
    """

    family: str
    code: str
    message: str
    path: Path = ()
    trigger: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def below(self, prefix: Path) -> "GoogleError":
        """The same error with its path put under a prefix, such as the operation's."""
        return GoogleError(self.family, self.code, self.message, prefix + self.path, self.trigger, self.details)

    def json(self) -> dict[str, Any]:
        """The error as `GoogleAdsError`."""
        shown: dict[str, Any] = {"errorCode": {self.family: self.code}, "message": self.message}
        if self.trigger is not None:
            shown["trigger"] = {"stringValue": self.trigger}
        if self.path:
            shown["location"] = {"fieldPathElements": _elements(self.path)}
        if self.details:
            shown["details"] = self.details
        return shown


class Refused(Exception):
    """Ends an operation with one or more errors."""

    def __init__(self, *errors: GoogleError) -> None:
        super().__init__(", ".join(f"{e.family}.{e.code}" for e in errors))
        self.errors = errors


def refuse(
    family: str, code: str, message: str, *path: str | int, trigger: str | None = None, **details: Any
) -> Refused:
    """A refusal with one error, for `raise refuse("campaignError", "DUPLICATE_CAMPAIGN_NAME", …, "name")`."""
    return Refused(GoogleError(family, code, message, path, trigger, details))


def failure(errors: Iterable[GoogleError], *, request_id: str) -> Response:
    """The whole answer of a refused request."""
    known = list(errors)
    http, status = _STATUS.get(known[0].family, (400, "INVALID_ARGUMENT"))
    body = {
        "error": {
            "code": http,
            "message": _MESSAGE.get(http, "Request contains an invalid argument."),
            "status": status,
            "details": [_failure(known, request_id)],
        }
    }
    return JSONResponse(body, status_code=http, headers={"request-id": request_id})


def partial(errors: Iterable[GoogleError], *, request_id: str) -> dict[str, Any]:
    """The `partialFailureError` of an otherwise good answer: a google.rpc.Status."""
    known = list(errors)
    status = _STATUS.get(known[0].family, (400, "INVALID_ARGUMENT"))[1]
    message = f"Multiple errors in ‘details’. First error: {known[0].message}"
    return {"code": _RPC_CODE[status], "message": message, "details": [_failure(known, request_id)]}


def malformed(field_path: str, description: str, *, request_id: str) -> Response:
    """The answer to a request that does not parse: unknown names, wrong types, wrong enum constants."""
    violation = {"field": field_path, "description": description}
    body = {
        "error": {
            "code": 400,
            "message": description,
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}],
        }
    }
    return JSONResponse(body, status_code=400, headers={"request-id": request_id})


def not_imitated(field_path: str, *, request_id: str) -> Response:
    """The sandbox's own answer to what Google has and it has not: no answer that Google would give."""
    text = f"The sandbox does not imitate '{field_path}'."
    body = {"error": {"code": 501, "message": text, "status": "UNIMPLEMENTED"}}
    return JSONResponse(body, status_code=501, headers={"request-id": request_id})


def _failure(errors: list[GoogleError], request_id: str) -> dict[str, Any]:
    return {"@type": _FAILURE, "errors": [e.json() for e in errors], "requestId": request_id}


def _elements(path: Path) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    for part in path:
        if isinstance(part, int):
            elements[-1]["index"] = part
        else:
            elements.append({"fieldName": part})
    return elements

"""Graph API errors: how a refusal looks on the wire. It decides nothing about when to refuse.

Subcodes are those that Meta's guides or live answers quoted in public issues name; where none is known, none
is given.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from adsandbox.schema import Refusal, Rule

_PACIFIC = timezone(timedelta(hours=-8), "PST")


class GraphError(Exception):
    """Ends a call with Meta's `{"error": …}`. `error` lacks only the trace id, which the answer adds."""

    def __init__(self, error: dict[str, Any], *, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error["message"])
        self.error = error
        self.status = status
        self.headers = dict(headers or {})


def invalid(
    text: str,
    *,
    field: str | Sequence[str | int],
    title: str = "Invalid parameter",
    subcode: int | None = None,
    message: str = "Invalid parameter",
) -> GraphError:
    """Code 100 for a value that breaks a rule: `text` is what Meta tells the person, `field` what is
    blamed."""
    path = [field] if isinstance(field, str) else [str(part) for part in field]
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": 100}
    error["error_data"] = {"blame_field_specs": [path]}
    if subcode is not None:
        error["error_subcode"] = subcode
    error |= {"is_transient": False, "error_user_title": title, "error_user_msg": text}
    return GraphError(error)


def not_fetched() -> GraphError:
    """Code 389 for a video that does not come from its address."""
    text = "(#389) Unable to fetch video file from URL."
    return GraphError({"message": text, "type": "OAuthException", "code": 389, "is_transient": False})


def refused(refusal: Refusal) -> GraphError:
    """Code 100 for a request that does not fit its table."""
    name = ".".join(str(part) for part in refusal.path) or "body"
    wording = {
        Rule.UNKNOWN: f"(#100) Unexpected parameter {name}",
        Rule.READ_ONLY: f"(#100) Param {name} cannot be set",
        Rule.REQUIRED: f"(#100) The parameter {name} is required.",
        Rule.ENUM: f"(#100) Param {name} must be one of {{{_values(refusal.message)}}}",
        Rule.TYPE: f"(#100) Param {name} must be a(n) {refusal.message.removeprefix('expected ')}",
    }
    message = wording.get(refusal.rule, f"(#100) Param {name} is not valid: {refusal.message}")
    return invalid(message.removeprefix("(#100) "), field=refusal.path or "body", message=message)


def _values(message: str) -> str:
    return message.removeprefix("expected one of ").replace(" ", "")


def plain(
    message: str,
    *,
    code: int = 100,
    kind: str = "OAuthException",
    subcode: int | None = None,
    status: int = 400,
) -> GraphError:
    """An error without words for the person."""
    error: dict[str, Any] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    return GraphError(error, status=status)


def missing(method: str, id_: str) -> GraphError:
    """100/33: the object does not exist, or this token may not see it (Graph gives both the same words)."""
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{id_}' does not exist, cannot be loaded due"
        " to missing permissions, or does not support this operation. Please read the Graph API documentation"
        " at https://developers.facebook.com/docs/graph-api"
    )
    return plain(text, kind="GraphMethodException", subcode=33)


def unknown_path(path: str) -> GraphError:
    """2500: no such path."""
    return plain(f"Unknown path components: /{path}", code=2500)


def nonexisting_field(name: str, node: str) -> GraphError:
    """100 for a name in `fields` that the node does not have."""
    return plain(f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")


def session_expired(at: datetime, now: datetime) -> GraphError:
    """190/463: the access token has lapsed."""
    text = f"Error validating access token: Session has expired on {_pacific(at)}. The current time is {_pacific(now)}."
    return plain(text, code=190, subcode=463)


def _pacific(at: datetime) -> str:
    return at.astimezone(_PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S %Z")


def revoked() -> GraphError:
    """190/458: the person has removed the app."""
    return plain("Error validating access token: The user has not authorized application.", code=190, subcode=458)


def bad_token() -> GraphError:
    """190: not a token of ours."""
    return plain("Invalid OAuth access token - Cannot parse access token", code=190)


def no_token() -> GraphError:
    """104: no token at all."""
    return plain("An access token is required to request this resource.", code=104)


def not_granted() -> GraphError:
    """An account that the token's person may not use for ads."""
    return plain("(#200) Ad account owner has NOT grant ads_management or ads_read permission", code=200, status=403)


def bad_proof() -> GraphError:
    """100 for an `appsecret_proof` that is not the HMAC of token and app secret."""
    return plain("Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")


def throttled(*, insights: bool = False) -> GraphError:
    """80004/2446079: too many calls to this ad account; 80000 where insights were asked for."""
    code, part = (80000, "ads-insights") if insights else (80004, "ads-management")
    error = plain(
        f"(#{code}) There have been too many calls to this ad-account. Wait a bit and try again. For more info,"
        f" please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#{part}.",
        code=code,
        subcode=2446079,
    )
    error.error["is_transient"] = False
    return error


def unavailable() -> GraphError:
    """2 with HTTP 500: the service is down for the moment."""
    error = plain("Service temporarily unavailable", code=2, status=500)
    error.error["is_transient"] = True
    return error

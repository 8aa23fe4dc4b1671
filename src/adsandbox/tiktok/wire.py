"""How TikTok's API speaks: one envelope, HTTP status 200 whatever happened, the outcome in `code`.

It knows no endpoint. Sources: TikTok API for Business, "Return codes"; the official SDK's code table.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

from starlette.responses import Response

from adsandbox.schema import Refusal, Rule

NAME = "tiktok_ads"

OK = 0
PARTIAL = 20001
INVALID = 40000
NO_PERMISSION = 40001
BAD_PARAMETER = 40002
NOT_FOUND = 40007
DUPLICATE_REQUEST = 40050
BAD_VERSION = 40051
MINORS = 40065
TOO_FREQUENT = 40100
TOKEN_EXPIRED = 40102
TOKEN_MISSING = 40104
TOKEN_WRONG = 40105
CODE_WRONG = 40110
APP_WRONG = 40113
ADVERTISER_LIMIT = 40133
TASK_NOT_READY = 40201
NO_ADVERTISER = 40300
NO_ROUTE = 40400
TOO_MANY_ADS = 40502
SIGNATURE_WRONG = 40900
TRANSCODING = 40901
FILE_MISSING = 40905
FILE_EMPTY = 40906
FILE_TOO_LARGE = 40907
FILE_TYPE = 40908
FILE_NAME_TAKEN = 40911
SYSTEM = 50000


class Refused(Exception):
    """A request that is answered with another code than 0."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data or {}


def refuse(code: int, message: str) -> NoReturn:
    """End the request with this code."""
    raise Refused(code, message)


def bad(field: str, message: str) -> NoReturn:
    """End the request with 40002, naming the field as TikTok does (`field: text`)."""
    raise Refused(BAD_PARAMETER, f"{field}: {message}")


@contextmanager
def below(path: str) -> Iterator[None]:
    """Let refusals inside name their field below this path."""
    try:
        yield
    except Refused as refused:
        named = refused.code == BAD_PARAMETER and re.match(r"[a-z_.\d]+: ", refused.message)
        raise Refused(refused.code, f"{path}.{refused.message}" if named else refused.message) from None


def log_id(now: datetime, key: str) -> str:
    """The `request_id` of an answer: a log id, not the idempotency key of the same name."""
    return f"{now:%Y%m%d%H%M%S}{key.upper()}"


def envelope(request_id: str, data: Any, *, code: int = OK, message: str = "OK") -> Response:
    """TikTok's answer: HTTP 200 whatever the code."""
    return encoded({"code": code, "message": message, "request_id": request_id, "data": data})


def encoded(body: Mapping[str, Any], *, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")


def words(refusal: Refusal) -> str:
    """A broken rule as TikTok puts it: the field's path, then what is wrong with it."""
    path = ".".join(str(part) for part in refusal.path) or "body"
    return f"{path}: {_TEXT[refusal.rule](refusal)}"


_TEXT: dict[Rule, Callable[[Refusal], str]] = {
    Rule.UNKNOWN: lambda r: "Unknown field.",
    Rule.READ_ONLY: lambda r: "The field cannot be set.",
    Rule.REQUIRED: lambda r: "Missing data for required field.",
    Rule.TYPE: lambda r: f"Not a valid {r.message.removeprefix('expected ')}.",
    Rule.ENUM: lambda r: f"Must be one of: {r.message.removeprefix('expected one of ')}.",
    Rule.EMPTY: lambda r: "Shorter than minimum length 1.",
    Rule.TOO_LONG: lambda r: f"Longer than allowed ({r.message}).",
    Rule.TOO_FEW: lambda r: f"Too few items ({r.message}).",
    Rule.TOO_MANY: lambda r: f"Too many items ({r.message}).",
    Rule.TOO_SMALL: lambda r: f"Must be greater than or equal to the minimum ({r.message}).",
    Rule.TOO_LARGE: lambda r: f"Must be less than or equal to the maximum ({r.message}).",
    Rule.FORMAT: lambda r: "Invalid format.",
}

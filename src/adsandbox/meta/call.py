"""One call of the Graph API, parsed: method, path, parameters from query, form, multipart or JSON alike.

Parameters arrive as text; `fitted` turns them into what a table of fields expects.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from adsandbox import schema
from adsandbox.accounts import Token
from adsandbox.faults import Fault
from adsandbox.meta import errors
from adsandbox.meta.words import words
from adsandbox.schema import Field

VERSION = "v26.0"
#: Versions that still answer on the sandbox's days; older ones are refused with code 2635.
LIVING = frozenset({"v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"})

#: Seconds since 1970 that no schedule reaches (the year 2286).
_END_OF_TIME = 10**10

#: Parameters that every call may carry.
COMMON = frozenset(
    words("""
        access_token appsecret_proof appsecret_time format pretty locale suppress_http_code debug
        date_format return_ssl_resources include_headers method
    """)
)


@dataclass(slots=True)
class Call:
    """A call as handlers see it. `params` are raw and without those of `COMMON`."""

    method: str
    path: tuple[str, ...]
    params: dict[str, Any]
    version: str = VERSION
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # the file names of `files`
    common: dict[str, Any] = field(default_factory=dict)
    token: Token | None = None
    fault: Fault | None = None


async def parse(request: Request, fault: Fault | None = None) -> Call:
    """The call of an HTTP request; raises GraphError for a body that cannot be read."""
    version, path = split(request.url.path)
    params: dict[str, Any] = dict(request.query_params)
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind == "application/json":
        params |= _json_object(await request.body())
    elif kind == "multipart/form-data":
        for name, value in (await request.form()).multi_items():
            if isinstance(value, UploadFile):
                files[name], names[name] = await value.read(), value.filename or name
            else:
                params[name] = value
    else:
        text = (await request.body()).decode("utf-8", "replace")
        params |= dict(parse_qsl(text, keep_blank_values=True))
    method = str(params.get("method", request.method)).upper() if request.method == "POST" else request.method
    call = make(method, path, params, version=version)
    if "authorization" in request.headers and "access_token" not in call.common:
        call.common["access_token"] = request.headers["authorization"].removeprefix("Bearer ").strip()
    call.files, call.names, call.fault = files, names, fault
    return call


def make(method: str, path: tuple[str, ...], params: dict[str, Any], *, version: str = VERSION) -> Call:
    """A call from its parts."""
    own = {name: value for name, value in params.items() if name not in COMMON}
    common = {name: value for name, value in params.items() if name in COMMON}
    return Call(method, path, own, version=version, common=common)


def split(path: str) -> tuple[str, tuple[str, ...]]:
    """Version (the current one when the path names none) and the path's parts after it."""
    parts = tuple(part for part in path.split("/") if part)
    if parts and re.fullmatch(r"v\d+\.\d+", parts[0]):
        return parts[0], parts[1:]
    return VERSION, parts


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise errors.plain("(#100) The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise errors.plain("(#100) The body must be a JSON object")
    return found


def fitted(params: dict[str, Any], table: dict[str, Field]) -> dict[str, Any]:
    """The parameters in the types of the table; raises GraphError for the first that does not fit."""
    typed = {name: _typed(value, table.get(name)) for name, value in params.items()}
    refusals = schema.check(typed, table)
    if refusals:
        raise errors.refused(refusals[0])
    return typed


def _typed(value: Any, field: Field | None) -> Any:
    """Text as the field's type where it can be read as such; what cannot stays as it is and is refused
    later."""
    if field is None:
        return value
    if isinstance(value, str):
        value = _from_text(value, field.kind)
    elif field.kind in ("string", "enum") and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    elif field.kind == "boolean" and value in (0, 1):
        value = bool(value)
    if isinstance(value, dict) and field.children is not None:
        return {name: _typed(one, field.children.get(name)) for name, one in value.items()}
    if isinstance(value, list) and field.item is not None:
        return [_typed(one, field.item) for one in value]
    return value


def _from_text(text: str, kind: str) -> Any:
    if kind in ("object", "array") or (kind == "any" and text[:1] in "[{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if kind == "boolean" and text.lower() in ("true", "false", "1", "0"):
        return text.lower() in ("true", "1")
    return text


def moment(*, required: bool = False) -> Field:
    """A point in time: ISO 8601 with an offset, or seconds since 1970."""
    return Field(lambda value: instant(value) is not None, "datetime (ISO 8601 with offset)", required)


def instant(value: Any) -> datetime | None:
    """The moment that a parameter names, aware; None when it names none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC) if 0 < value < _END_OF_TIME else None
    if not isinstance(value, str):
        return None
    if value.isdigit():
        return instant(int(value))
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo is not None else None


def object_of(value: Any, name: str) -> dict[str, Any]:
    """A parameter that is a JSON object, as text or not; GraphError otherwise."""
    found = _from_text(value, "object") if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise errors.invalid(
            f"{name} must be an object", field=name, message=f"(#100) Param {name} must be a(n) object"
        )
    return found


def texts() -> Field:
    """A list of texts."""
    return schema.array(schema.text())


def batch() -> Field:
    """The `batch` parameter."""
    one = {
        "method": schema.enum("GET", "POST", "DELETE", required=True),
        "relative_url": schema.text(required=True, least=1),
        "body": schema.text(),
        "name": schema.text(),
        "headers": schema.anything(),
        "omit_response_on_success": schema.boolean(),
        "include_headers": schema.boolean(),
    }
    return schema.array(schema.obj(one), required=True, least=1, most=50)

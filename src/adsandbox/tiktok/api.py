"""From an HTTP request to a handler's arguments: token, parameters against the operation's table, advertiser.

Handlers are plain functions that return `data`; it decides nothing about any object.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adsandbox import faults, schema
from adsandbox.accounts import Account, Standing, Token
from adsandbox.faults import Fault
from adsandbox.schema import Field
from adsandbox.tiktok import wire
from adsandbox.world import World

PREFIX = "/open_api/v1.3/"


@dataclass(frozen=True, slots=True)
class App:
    """The developer app that the sandbox knows."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    name: str
    content: bytes


@dataclass(slots=True)
class Call:
    """One checked request. `args` holds only fields of the operation's table, in their right types."""

    world: World
    app: App
    request: Request
    args: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    token: Token | None = None
    advertiser: Account | None = None

    @property
    def now(self) -> datetime:
        """The sandbox's present instant."""
        return self.world.clock.now()

    @property
    def fault(self) -> Fault | None:
        """The soft fault that strikes this request."""
        return faults.of(self.request)

    @property
    def account(self) -> Account:
        """The advertiser that the request names."""
        if self.advertiser is None:
            wire.bad("advertiser_id", "Missing data for required field.")
        return self.advertiser

    def may(self, advertiser_id: str) -> Account:
        """The advertiser, if this token opens it; refused with 40300 or 40001 otherwise."""
        account = self.world.account(wire.NAME, advertiser_id)
        if account is None:
            wire.refuse(wire.NO_ADVERTISER, f"Advertiser {advertiser_id} does not exist.")
        granted = self.token.data.get("advertiser_ids") if self.token else None
        if account.lost or (granted is not None and advertiser_id not in granted):
            wire.refuse(wire.NO_PERMISSION, f"No permission to operate advertiser {advertiser_id}.")
        return account


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: `path` as in the documentation (`campaign/create`), the table of what it accepts."""

    method: str
    path: str
    table: Mapping[str, Field]
    run: Callable[[Call], Any]
    login: bool = True
    multipart: bool = False


def route(operation: Operation, world: World, app: App) -> Route:
    """The operation as a route; its path ends with the slash without which TikTok answers 404."""

    async def endpoint(request: Request) -> Response:
        if request.method != operation.method:
            body = {"code": wire.INVALID, "message": f"Use {operation.method}.", "data": {}}
            return wire.encoded(body, status=405)
        request_id = wire.log_id(world.clock.now(), world.store.next_key(wire.NAME, "log", length=18))
        try:
            data = operation.run(await _call(operation, request, world, app))
        except wire.Refused as refused:
            return wire.envelope(request_id, refused.data, code=refused.code, message=refused.message)
        return data if isinstance(data, Response) else wire.envelope(request_id, data)

    return Route(f"{PREFIX}{operation.path}/", endpoint, methods=["GET", "POST", "PUT", "DELETE"])


async def _call(operation: Operation, request: Request, world: World, app: App) -> Call:
    token = _token(request, world) if operation.login else None
    args, files = await _arguments(operation, request)
    for refusal in schema.check(args, operation.table):
        raise wire.Refused(wire.BAD_PARAMETER, wire.words(refusal))
    call = Call(world, app, request, args, files, token)
    if "advertiser_id" in args:
        call.advertiser = call.may(args["advertiser_id"])
        if operation.path in call.advertiser.fields.get("lost_rights", ()):
            wire.refuse(wire.NO_PERMISSION, f"No permission to call /{operation.path}/ for this advertiser.")
    return call


def _token(request: Request, world: World) -> Token:
    text = request.headers.get("access-token")
    if not text:
        wire.refuse(
            wire.TOKEN_MISSING,
            "Access token is null, you should set it in http header with key Access-Token.",
        )
    token = world.tokens.get(wire.NAME, "access", text)
    standing = world.tokens.standing(wire.NAME, "access", text)
    if standing is Standing.EXPIRED:
        wire.refuse(wire.TOKEN_EXPIRED, "Access token has expired.")
    if token is None or standing is not Standing.VALID:
        wire.refuse(wire.TOKEN_WRONG, "Access token is incorrect or has been revoked.")
    return token


async def _arguments(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    if operation.method == "GET":
        return _typed(dict(request.query_params), operation.table), {}
    kind = request.headers.get("content-type", "")
    if operation.multipart and kind.startswith("multipart/form-data"):
        return await _form(operation, request)
    try:
        body = json.loads(await request.body() or b"null")
    except ValueError:
        wire.refuse(wire.INVALID, "The request body is not valid JSON.")
    if not isinstance(body, dict) or not kind.startswith("application/json"):
        wire.refuse(wire.INVALID, "The request body must be a JSON object with Content-Type application/json.")
    return body, {}


async def _form(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    async with request.form(max_part_size=1024 * 1024) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                texts[name] = value
    args = _typed(texts, operation.table)
    return args | {name: file.name for name, file in files.items()}, files


def _typed(texts: Mapping[str, str], table: Mapping[str, Field]) -> dict[str, Any]:
    """Query and form values in the types of the table; one that cannot be read stays text, and is refused."""
    return {name: _read(value, table.get(name)) for name, value in texts.items()}


def _read(text: str, field: Field | None) -> Any:
    if field is None or field.kind in ("string", "enum"):
        return text
    if field.kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return json.loads(text)
    except ValueError:
        return text


def page(call: Call, rows: list[Any]) -> tuple[list[Any], dict[str, int]]:
    """The asked page of rows, and `page_info`. With the fault truncated_page half of it is left out."""
    number, size = call.args.get("page", 1), call.args.get("page_size", 10)
    shown = rows[(number - 1) * size : number * size]
    if call.fault is Fault.TRUNCATED_PAGE:
        shown = shown[: len(shown) // 2]
    total = -(-len(rows) // size)
    return shown, {"page": number, "page_size": size, "total_number": len(rows), "total_page": total}


def page_fields(*, most: int = 1000) -> dict[str, Field]:
    """`page` and `page_size` of a list."""
    return {"page": schema.integer(least=1), "page_size": schema.integer(least=1, most=most)}


def ids(*, least: int = 1, most: int = 100, required: bool = False) -> Field:
    """A list of ids."""
    return schema.array(schema.text(least=1), least=least, most=most, required=required)


def stamp(at: datetime) -> str:
    """An instant as TikTok writes it in objects: UTC, `YYYY-MM-DD HH:MM:SS`."""
    return at.strftime("%Y-%m-%d %H:%M:%S")

"""The REST endpoints of googleads.googleapis.com that the sandbox has."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adsandbox import faults
from adsandbox.accounts import Account
from adsandbox.faults import Fault
from adsandbox.google import auth, errors, gaql, geography, mutate, search, wire
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.resources.base import Context
from adsandbox.platform import Answer
from adsandbox.schema import Field, boolean, enum, integer, obj, text
from adsandbox.world import World

PLATFORM = "google_ads"
VERSION = errors.VERSION
PAGE = 10_000
SLOW_SECONDS = 3.0
#: How long a page token is good ("about two hours", Google Ads API, Page through results).
TOKEN_LIFE = timedelta(hours=2)
SEARCH: Mapping[str, Field] = {
    "customerId": text(),
    "query": text(required=True),
    "pageToken": text(),
    "pageSize": integer(),
    "validateOnly": boolean(),
    "searchSettings": obj(
        {"omitResults": boolean(), "returnSummaryRow": boolean(), "returnTotalResultsCount": boolean()}
    ),
}
STREAM: Mapping[str, Field] = {
    "customerId": text(),
    "query": text(required=True),
    "summaryRowSetting": enum("NO_SUMMARY_ROW", "SUMMARY_ROW_WITH_RESULTS", "SUMMARY_ROW_ONLY"),
}
Handler = Callable[[Request, str], Awaitable[Response]]


class Api:
    """The endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Every path below the host."""
        customer = f"/{VERSION}/customers/{{cid}}"
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", f"/{VERSION}/customers:listAccessibleCustomers", self.accessible),
            ("POST", f"{customer}/googleAds:mutate", self.mutate_all),
            ("POST", f"{customer}/googleAds:search", self.search),
            ("POST", f"{customer}/googleAds:searchStream", self.stream),
            *(("POST", f"{customer}/{name}:mutate", self.mutate_one) for name in mutate.ONE_TABLES),
            ("POST", f"/{VERSION}/geoTargetConstants:suggest", self.suggest),
            ("POST", "/{version}/customers/{rest:path}", self.other_version),
            ("GET", "/{version}/customers:listAccessibleCustomers", self.other_version),
        )
        return [Route(path, self._guarded(run), methods=[method]) for method, path, run in table]

    def _guarded(self, run: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Give the request its id, check its token, and turn refusals into Google's answer."""

        async def endpoint(request: Request) -> Response:
            request_id = self.request_id()
            try:
                auth.check_token(self._world, request)
                response = await run(request, request_id)
            except Refused as refused:
                return errors.failure(refused.errors, request_id=request_id)
            response.headers["request-id"] = request_id
            return response

        return endpoint

    def request_id(self) -> str:
        """A new id of a request."""
        return self._world.store.next_key(PLATFORM, "request", length=22)

    # reading

    async def accessible(self, request: Request, request_id: str) -> Response:
        """The customers that the user can log in to."""
        found = [f"customers/{account.id}" for account in self._world.accounts(PLATFORM) if not account.lost]
        return JSONResponse({"resourceNames": found})

    async def suggest(self, request: Request, request_id: str) -> Response:
        """The places that a name may mean."""
        message, _ = wire.read(await request.body(), geography.REQUEST, request_id=request_id)
        return JSONResponse(geography.suggest(message))

    async def search(self, request: Request, request_id: str) -> Response:
        """One page of a query's rows."""
        message, account, query = await self._query(request, request_id, SEARCH)
        if "pageSize" in message:
            raise refuse("requestError", "PAGE_SIZE_NOT_SUPPORTED", "Setting the page size is not supported.")
        rows = search.run(self._world, account, query)
        if message.get("validateOnly"):
            return JSONResponse({})
        if message.get("pageToken") and faults.of(request) is Fault.EXPIRED:
            raise _expired()
        begin = self._begin(message.get("pageToken"), message["query"], len(rows))
        size = self._page_size(request, len(rows) - begin)
        body: dict[str, Any] = {}
        settings = message.get("searchSettings", {})
        if page := rows[begin : begin + size]:
            body["results"] = page
        if begin + size < len(rows):
            body["nextPageToken"] = _page_token(message["query"], begin + size, self._world.clock.now())
        if settings.get("returnTotalResultsCount"):
            body["totalResultsCount"] = str(len(rows))
        body["fieldMask"] = search.mask(query)
        if faults.of(request) is Fault.SLOW_REPORT:
            await asyncio.sleep(SLOW_SECONDS)
        return JSONResponse(body)

    async def stream(self, request: Request, request_id: str) -> Response:
        """All rows, as the array of batches that REST makes of the stream."""
        _, account, query = await self._query(request, request_id, STREAM)
        rows = search.run(self._world, account, query)
        batches = [rows[at : at + PAGE] for at in range(0, len(rows), PAGE)]
        known = {"fieldMask": search.mask(query), "requestId": request_id}
        body = json.dumps([{"results": batch, **known} for batch in batches] or [known])
        if faults.of(request) is Fault.SLOW_REPORT:
            await asyncio.sleep(SLOW_SECONDS)
        if faults.of(request) is Fault.TRUNCATED_PAGE:
            body = body[: len(body) // 2]
        return Response(body, media_type="application/json")

    async def _query(
        self, request: Request, request_id: str, table: Mapping[str, Field]
    ) -> tuple[dict[str, Any], Account, gaql.Query]:
        account = auth.customer(self._world, request, request.path_params["cid"])
        message, refusals = wire.read(await request.body(), table, request_id=request_id)
        if refusals:
            raise refuse("requestError", "REQUIRED_FIELD_MISSING", "The query is missing.", "query")
        return message, account, gaql.parse(message["query"])

    def _begin(self, token: str | None, query: str, rows: int) -> int:
        if not token:
            return 0
        issued = _issued(token)
        known = range(min(rows, 1), rows + 1) if issued is not None else ()
        begin = next((each for each in known if token == _page_token(query, each, issued)), None)
        if issued is not None and begin is not None:
            if self._world.clock.now() - issued > TOKEN_LIFE:
                raise _expired()
            return begin
        raise refuse("requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.", "page_token")

    def _page_size(self, request: Request, left: int) -> int:
        """10,000 rows; under the fault "truncated_page" half of what is left, the rest on the next page."""
        return max(1, left // 2) if faults.of(request) is Fault.TRUNCATED_PAGE else PAGE

    # writing

    async def mutate_all(self, request: Request, request_id: str) -> Response:
        """`googleAds:mutate`: operations on any kinds of objects."""
        return await self._mutate(request, request_id, None)

    async def mutate_one(self, request: Request, request_id: str) -> Response:
        """`campaigns:mutate` and its siblings."""
        collection = request.url.path.rpartition("/")[2].removesuffix(":mutate")
        return await self._mutate(request, request_id, collection)

    async def _mutate(self, request: Request, request_id: str, collection: str | None) -> Response:
        account = auth.customer(self._world, request, request.path_params["cid"])
        auth.may_write(account)
        table = mutate.ALL_TABLE if collection is None else mutate.ONE_TABLES[collection]
        message, refusals = wire.read(await request.body(), table, request_id=request_id)
        operations = (
            mutate.all_operations(message, refusals)
            if collection is None
            else mutate.one_kind(collection, message, refusals)
        )
        mutate.one_of_each(operations, request_id=request_id)
        context = Context(self._world, account, mutate.names(account.id))
        partial, dry = message.get("partialFailure", False), message.get("validateOnly", False)
        tainted = faults.of(request) is Fault.PARTIAL
        outcome = mutate.run(context, operations, partial=partial, dry=dry, tainted=tainted)
        if outcome.errors and not partial:
            return errors.failure(outcome.errors, request_id=request_id)
        whole = message.get("responseContentType") == "MUTABLE_RESOURCE"
        return JSONResponse(
            mutate.answer(outcome, all_kinds=collection is None, dry=dry, whole=whole, request_id=request_id)
        )

    async def other_version(self, request: Request, request_id: str) -> Response:
        """Versions that are gone, and methods that are not there."""
        if request.path_params["version"] != VERSION:
            raise refuse("requestError", "UNSUPPORTED_VERSION", f"This sandbox speaks {VERSION} only.")
        raise Answer(not_found())


def not_found() -> Response:
    """Google's answer to a method that does not exist."""
    body = {"error": {"code": 404, "message": "Method not found.", "status": "NOT_FOUND"}}
    return JSONResponse(body, status_code=404)


def fault(kind: Fault, *, request_id: str, project: str) -> Response:
    """Google's own answers for throttle, server_error and token_expired."""
    if kind is Fault.TOKEN_EXPIRED:
        return errors.failure(auth.expired().errors, request_id=request_id)
    if kind is Fault.SERVER_ERROR:
        known = refuse("internalError", "INTERNAL_ERROR", "An internal error has occurred.")
        return errors.failure(known.errors, request_id=request_id)
    details = {
        "quotaErrorDetails": {
            "rateScope": "DEVELOPER",
            "rateName": f"Number of operations for basic access of {project}",
            "retryDelay": "30s",
        }
    }
    known = refuse("quotaError", "RESOURCE_EXHAUSTED", "Too many requests. Retry in 30 seconds.")
    return errors.failure([replace(known.errors[0], details=details)], request_id=request_id)


def _page_token(query: str, begin: int, issued: datetime | None) -> str:
    """Opaque, but for the second in which it was given out."""
    second = f"{int(issued.timestamp()):x}" if issued else ""
    return f"{second}.{wire.token(f'{begin}:{second}:{query}')}"


def _issued(token: str) -> datetime | None:
    """When a page token was given out; None for a text that is none."""
    second = token.partition(".")[0]
    return datetime.fromtimestamp(int(second, 16), UTC) if re.fullmatch("[0-9a-f]{8}", second) else None


def _expired() -> Refused:
    return refuse("requestError", "EXPIRED_PAGE_TOKEN", "Page token has expired.", "page_token")

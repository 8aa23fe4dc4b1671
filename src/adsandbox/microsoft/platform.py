"""Microsoft as a platform of the sandbox: its prefixes, its services, its faults and controls."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adsandbox import faults
from adsandbox.delivery import Line
from adsandbox.faults import Fault
from adsandbox.microsoft import (
    criteria,
    customers,
    desk,
    edits,
    errors,
    geo,
    goals,
    lines,
    money,
    oauth,
    others,
    reports,
    seeding,
    service,
    zones,
)  # fmt: skip
from adsandbox.microsoft.desk import NAME, Call, Desk
from adsandbox.microsoft.errors import FaultError
from adsandbox.microsoft.oauth import GrantError
from adsandbox.platform import ControlError, Endpoint, Platform
from adsandbox.store import Entity
from adsandbox.world import World

Operation = Callable[[Desk, Call], Mapping[str, Any]]


def _campaign_operations() -> dict[tuple[str, str], Operation]:
    """Method and path of every operation of Campaign Management."""
    found: dict[tuple[str, str], Operation] = {}
    for plural, kind in service.KINDS.items():
        above = f"QueryBy{kind.parent_id}"
        for method, path, run in (
            ("POST", plural, service.add),
            ("PUT", plural, service.update),
            ("DELETE", plural, service.delete),
            ("POST", f"{plural}/{above}", service.query_below),
            ("POST", f"{plural}/QueryByIds", service.query_ids),
        ):
            found[method, path] = _bound(run, kind)
    for plural, level in criteria.LEVELS.items():
        found["POST", plural] = _bound(criteria.add, level)
        found["PUT", plural] = _bound(criteria.update, level)
        found["DELETE", plural] = _bound(criteria.delete, level)
        found["POST", f"{plural}/QueryByIds"] = _bound(criteria.query, level)
    return found | _OTHERS


def _bound(run: Callable[[Desk, Any, Call], Mapping[str, Any]], what: Any) -> Operation:
    return lambda at, call: run(at, what, call)


_OTHERS: dict[tuple[str, str], Operation] = {
    ("POST", "EntityNegativeKeywords"): others.add_negatives,
    ("DELETE", "EntityNegativeKeywords"): others.delete_negatives,
    ("POST", "NegativeKeywords/QueryByEntityIds"): others.query_negatives,
    ("POST", "Media"): others.add_media,
    ("DELETE", "Media"): others.delete_media,
    ("POST", "MediaMetaData/QueryByAccountId"): others.media_of_account,
    ("POST", "EditorialReasons/QueryByIds"): others.editorial_reasons,
    ("POST", "ConversionGoals/QueryByIds"): others.goals,
    ("POST", "ConversionGoals/QueryByTagIds"): others.goals,
    ("POST", "CampaignConversionGoals"): goals.add,
    ("DELETE", "CampaignConversionGoals"): goals.delete,
    ("POST", "UetTags/QueryByIds"): others.tags,
    ("POST", "GeoLocationsFileUrl/Query"): others.geo_file,
}
_REPORTING: dict[tuple[str, str], Operation] = {
    ("POST", "GenerateReport/Submit"): reports.submit,
    ("POST", "GenerateReport/Poll"): reports.poll,
}
_CUSTOMER: dict[tuple[str, str], Operation] = {
    ("POST", "User/Query"): customers.user,
    ("POST", "CurrentUser/Query"): customers.user,
    ("POST", "Accounts/Search"): customers.search,
    ("POST", "Account/Query"): customers.account,
    ("POST", "AccountsInfo/Query"): customers.info,
    ("POST", "Customer/Query"): customers.customer,
}


class Microsoft(Platform):
    """The simulated Microsoft Advertising."""

    name = NAME
    campaign_type = "Campaign"
    resumes = re.compile(b"^GET /Download/")
    losable = MappingProxyType({"goal": "ConversionGoal", "tag": "UetTag"})
    reads = re.compile("^(GET|HEAD) |/(Query|Search)")

    def __init__(self, world: World) -> None:
        self.world = world
        self.desk = Desk(world)

    # wire

    def apps(self) -> Mapping[str, ASGIApp]:
        """Three services and the identity platform."""
        campaign = self._service("microsoft-campaign", "CampaignManagement", _campaign_operations())
        reporting = self._service("microsoft-reporting", "Reporting", _REPORTING)
        customer = self._service("microsoft-customer", "CustomerManagement", _CUSTOMER)
        return {
            "/microsoft-campaign": campaign,
            "/microsoft-reporting": reporting,
            "/microsoft-customer": customer,
            "/microsoft-oauth": self._oauth,
        }

    def endpoints(self) -> Iterable[Endpoint]:
        """The operations of the services, the downloads, the identity platform."""
        for prefix, name, operations in (
            ("/microsoft-campaign", "CampaignManagement", _campaign_operations()),
            ("/microsoft-reporting", "Reporting", _REPORTING),
            ("/microsoft-customer", "CustomerManagement", _CUSTOMER),
        ):
            yield from (Endpoint(prefix, f"/{name}/v13/{path}", method) for method, path in operations)
        yield Endpoint("/microsoft-campaign", "/GeoLocations.csv", "GET")
        yield Endpoint("/microsoft-reporting", "/Download/{key}.zip", "GET")
        yield Endpoint("/microsoft-oauth", "/common/oauth2/v2.0/authorize", "GET")
        yield Endpoint("/microsoft-oauth", "/common/oauth2/v2.0/token", "POST")

    def _service(self, prefix: str, name: str, operations: Mapping[tuple[str, str], Operation]) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            try:
                response = self._file(request) or await self._operate(request, prefix, name, operations)
            except FaultError as fault:
                shaped = errors.for_customers(fault) if name == "CustomerManagement" else fault
                response = self._fault(shaped)
            await response(scope, receive, send)

        return app

    async def _operate(
        self, request: Request, prefix: str, name: str, operations: Mapping[tuple[str, str], Operation]
    ) -> Response:
        path = request.url.path.removeprefix(f"/{name}/v13/")
        run = operations.get((request.method, path))
        if run is None:
            return self.unreachable(request)
        desk.authenticate(self.desk, request.headers, with_account=name != "CustomerManagement")
        body = desk.parsed(await request.body())
        base = f"http://{request.headers.get('host', '127.0.0.1')}/{prefix}"
        call = Call(request.method, path, body, faults.of(request), base)
        return JSONResponse(run(self.desk, call), headers={"TrackingId": self._tracking()})

    def _file(self, request: Request) -> Response | None:
        """Downloads, which need no credentials."""
        path = request.url.path
        if request.method == "GET" and path == "/GeoLocations.csv":
            return PlainTextResponse(geo.file(), media_type="text/csv")
        if request.method == "GET" and path.startswith("/Download/"):
            packed = reports.download(self.desk, path.removeprefix("/Download/").removesuffix(".zip"))
            if packed is None or faults.of(request) is Fault.EXPIRED:
                return PlainTextResponse("The address has expired.", status_code=403)
            return Response(packed, media_type="application/x-zip-compressed")
        return None

    async def _oauth(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await oauth.answer(self.desk, Request(scope, receive))
        except GrantError as refusal:
            response = JSONResponse(refusal.body, status_code=refusal.status)
        await response(scope, receive, send)

    def _tracking(self) -> str:
        key = self.world.store.next_key(NAME, "tracking", length=32)
        return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"

    def _fault(self, fault: FaultError) -> Response:
        tracking = self._tracking()
        body = {"TrackingId": tracking, **fault.body}
        return JSONResponse(body, status_code=fault.status, headers={"TrackingId": tracking})

    def fault_response(self, fault: Fault, request: Request) -> Response:
        """117 (207 where a report is submitted), 0 with HTTP 500, or 109 with HTTP 401."""
        if fault is Fault.THROTTLE:
            code = 207 if request.url.path.endswith("GenerateReport/Submit") else 117
            return self._fault(errors.api_fault(code))
        if fault is Fault.SERVER_ERROR:
            return self._fault(errors.api_fault(0, status=500))
        return self._fault(errors.api_fault(109, status=401))

    def unreachable(self, request: Request) -> Response:
        """A path that no service has."""
        return JSONResponse({"Message": f"No HTTP resource was found for {request.url.path}."}, status_code=404)

    def outcome(self, status: int, body: bytes) -> str:
        """Looks into the body: "partial" when some items are refused, "refused" when all are."""
        if status >= 400:
            return "refused"
        found = json.loads(body) if b"PartialErrors" in body else {}
        if not found.get("PartialErrors") and not found.get("NestedPartialErrors"):
            return "ok"
        results = [one for name, value in found.items() if name.endswith("Ids") for one in value]
        return "refused" if results and not any(results) else "partial"

    # seeding

    def reset(self) -> None:
        """One account in USD with one counting goal, and tokens that never lapse."""
        self.desk.reports.clear()
        self.desk.downloads.clear()
        self.desk.utc_reports = False
        seeding.stand_up(self.desk)

    def bootstrap(self) -> dict[str, Any]:
        """This platform's object of the first line."""
        return seeding.bootstrap(self.desk)

    def seed(self, count: int) -> list[Entity]:
        """Live campaigns with one ad each, as a person would have made them."""
        return [seeding.campaign(self.desk, number) for number in range(1, count + 1)]

    # delivery

    def lines(self, campaign: Entity) -> list[Line]:
        """The campaign's ads that may deliver as things stand."""
        return lines.of(self.desk, campaign)

    # control

    def edit(self, entity: Entity, field: str, value: Any) -> None:
        """A change in Microsoft's own pages, by the rules of the API."""
        edits.edit(self.desk, entity, field, value)

    def account_action(self, action: str, value: str | None) -> None:
        """The shared actions, `report_zone` (account, utc), `financial_status` (Hold …) and `role` (an id)."""
        if action in _CHOICES:
            self._choose(action, value)
            return
        if action == "report_zone":
            if value not in ("account", "utc"):
                raise ControlError("report_zone is account or utc")
            self.desk.utc_reports = value == "utc"
            return
        if action == "currency" and not money.known(value or ""):
            raise ControlError(f"Microsoft does not bill in {value!r}")
        super().account_action(action, value)
        self.desk.account.fields["time_zone_name"] = zones.name_of(self.desk.account.time_zone)

    def _choose(self, action: str, value: str | None) -> None:
        if value not in _CHOICES[action]:
            raise ControlError(f"{action} is none of {', '.join(_CHOICES[action])}")
        self.desk.account.fields[action] = value
        self.world.delivery.forget_lines(NAME)


#: What of an account a test may set, and the values that Microsoft has for it.
_CHOICES = {"financial_status": customers.FINANCES, "role": customers.ROLES}


def build(world: World) -> Platform:
    """The platform for the registry."""
    return Microsoft(world)

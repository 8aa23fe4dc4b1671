"""TikTok as a platform of the sandbox: its endpoints, its seeded account, faults, and what control may do."""

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from adsandbox.accounts import Account
from adsandbox.delivery import Line
from adsandbox.faults import Fault
from adsandbox.gate import not_found
from adsandbox.platform import Endpoint, Platform
from adsandbox.store import Entity
from adsandbox.tiktok import (
    adgroups,
    ads,
    advertisers,
    api,
    campaigns,
    files,
    listing,
    oauth,
    people,
    reports,
    reviews,
    showing,
    smart_plus,
    switching,
    tasks,
    tools,
    wire,
)
from adsandbox.tiktok.api import App, Operation
from adsandbox.world import World

_MODULES = (
    oauth, advertisers, tools, files, campaigns, adgroups, ads, listing, switching, reviews, reports, tasks,
    smart_plus,
)  # fmt: skip


def operations() -> list[Operation]:
    """Every endpoint, with the table of what it accepts."""
    return [operation for module in _MODULES for operation in module.OPERATIONS]


class TikTok(Platform):
    """The API below /tiktok, the page where a person authorises an app below /tiktok-authorize."""

    name = wire.NAME
    campaign_type = campaigns.TYPE
    resumes = re.compile(b"^GET /open_api/v1.3/report/file/")
    losable = MappingProxyType({"identity": "identity", "pixel": "pixel"})

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = App("7000000000000000001", "tiktok-sandbox-secret")

    def apps(self) -> Mapping[str, ASGIApp]:
        """Both prefixes."""

        async def authorize(request: Request) -> Response:
            return oauth.authorize(request, self.world, self.app)

        routes = [api.route(operation, self.world, self.app) for operation in operations()]
        page = Route("/portal/auth", authorize, methods=["GET"])
        lost = not_found(self)
        return {
            "/tiktok": Router(routes, redirect_slashes=False, default=lost),
            "/tiktok-authorize": Router([page], redirect_slashes=False, default=lost),
        }

    def endpoints(self) -> Iterable[Endpoint]:
        """Each operation with its own method; any other is refused."""
        for module in _MODULES:
            for one in module.OPERATIONS:
                yield Endpoint("/tiktok", f"{api.PREFIX}{one.path}/", one.method)
        yield Endpoint("/tiktok-authorize", "/portal/auth", "GET")

    def reset(self) -> None:
        """One advertiser in USD and Los Angeles time, a TT_USER, a pixel, a token that opens it."""
        store = self.world.store
        account = self.world.add_account(
            Account(wire.NAME, store.next_id(wire.NAME, "advertiser", digits=19), "Sandbox Shoes")
        )
        account.fields["identity_id"] = store.next_id(wire.NAME, "identity", digits=19)
        account.fields["pixel_id"] = store.next_id(wire.NAME, "pixel", digits=19)
        store.add(
            wire.NAME,
            "identity",
            account.fields["identity_id"],
            account_id=account.id,
            name="Sandbox Shoes",
            fields={"identity_type": "TT_USER"},
        )
        store.add(
            wire.NAME,
            "pixel",
            account.fields["pixel_id"],
            account_id=account.id,
            name="Sandbox pixel",
            fields={"pixel_code": "CSANDBOX000000000000", "pixel_setup_mode": "STANDARD"},
        )
        self._token = self.world.tokens.issue(
            wire.NAME, "access", lifetime=None, data={"advertiser_ids": [account.id]}
        ).value

    def bootstrap(self) -> dict[str, Any]:
        """Its object of the first line. There is no refresh token: the access token does not lapse."""
        account = self.world.accounts(wire.NAME)[0]
        return {
            "account_id": account.id,
            "access_token": self._token,
            "refresh_token": None,
            "client_id": self.app.id,
            "client_secret": self.app.secret,
            "login_customer_id": None,
            "identity_id": account.fields["identity_id"],
            "identity_type": "TT_USER",
            "pixel_id": account.fields["pixel_id"],
            "currency": account.currency,
            "time_zone": account.time_zone,
        }

    def lines(self, campaign: Entity) -> list[Line]:
        """See `showing.py`."""
        return showing.lines(self.world, campaign)

    def fault_response(self, fault: Fault, request: Request) -> Response:
        """Throttling is 40100 for reads and the advertiser's 40133 for writes, as always with HTTP 200."""
        request_id = wire.log_id(self.world.clock.now(), self.world.store.next_key(wire.NAME, "log", length=18))
        code, message = _FAULTS[fault]
        if fault is Fault.THROTTLE and request.method == "POST":
            account = self.world.accounts(wire.NAME)[0]
            code = wire.ADVERTISER_LIMIT
            message = (
                f"Advertiser ({account.id})'s QPS (10) reaches QPS limit 10 for current path, "
                "request is temporarily restricted."
            )
        return wire.envelope(request_id, {}, code=code, message=message)

    def account_action(self, action: str, value: str | None) -> None:
        """Beside the common ones `punish`, `balance` and `business_identity`: see `people.py`."""
        if not people.account_action(self.world, action, value):
            super().account_action(action, value)

    def edit(self, entity: Entity, field: str, value: Any) -> None:
        """See `people.py`."""
        people.edit(self.world, entity, field, value)

    def seed(self, count: int) -> list[Entity]:
        """See `people.py`."""
        return people.seed(self.world, count)

    def outcome(self, status: int, body: bytes) -> str:
        """TikTok's own code decides; a download is no envelope."""
        if status >= 400:
            return "refused"
        try:
            code = json.loads(body).get("code", wire.OK)
        except (ValueError, AttributeError):
            return "ok"
        return "ok" if code in (wire.OK, wire.PARTIAL) else "refused"

    def unreachable(self, request: Request) -> Response:
        """404 for a path that is not there, which is also one without its last slash."""
        other_version = request.url.path.startswith("/open_api/") and not request.url.path.startswith(api.PREFIX)
        code = wire.BAD_VERSION if other_version else wire.NO_ROUTE
        return wire.encoded({"code": code, "message": "Path not found.", "data": {}}, status=404)


_FAULTS = {
    Fault.THROTTLE: (wire.TOO_FREQUENT, "Requests made too frequently."),
    Fault.SERVER_ERROR: (wire.SYSTEM, "System error. Please try again later."),
    Fault.TOKEN_EXPIRED: (wire.TOKEN_WRONG, "Access token is incorrect or has been revoked."),
}


def build(world: World) -> Platform:
    """TikTok on this world."""
    return TikTok(world)

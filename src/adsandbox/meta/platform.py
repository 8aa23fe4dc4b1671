"""Meta as a platform of the sandbox: its prefixes, its seeded account, its delivery, its faults."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adsandbox import faults
from adsandbox.delivery import Line
from adsandbox.faults import Fault
from adsandbox.meta import call as calls
from adsandbox.meta import endpoints, errors, lines, money, oauth, objects, seeding, trouble, usage
from adsandbox.meta.errors import GraphError
from adsandbox.meta.graph import NAME, Graph
from adsandbox.meta.routes import Routes
from adsandbox.platform import ControlError, Endpoint, Platform
from adsandbox.store import Entity
from adsandbox.world import World


class Meta(Platform):
    """The simulated Marketing API."""

    name = NAME
    campaign_type = "campaign"
    resumes = re.compile(b"[?&\n](after|before)=")
    losable = MappingProxyType({"page": "page", "instagram": "instagram", "pixel": "adspixel"})

    def __init__(self, world: World) -> None:
        self.world = world
        self.graph = Graph(world)
        self._tier = "standard_access"

    # wire

    def apps(self) -> Mapping[str, ASGIApp]:
        """The Graph API, and the dialog where a person allows an app."""
        return {"/meta": self._app(self._graph_answer), "/meta-dialog": self._app(self._dialog)}

    def endpoints(self) -> Iterable[Endpoint]:
        """See `endpoints.py`."""
        return endpoints.all_of_them()

    def _app(self, answer: Any) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            try:
                response = await answer(request)
            except GraphError as refusal:
                response = self._refusal(refusal, request)
            await response(scope, receive, send)

        return app

    async def _graph_answer(self, request: Request) -> Response:
        call = await calls.parse(request, faults.of(request))
        account = self._account_of(call.path)
        used = usage.count(self.graph, account, tier=self._tier) if account else 0.0
        if used >= 100:
            return self._throttle(request)
        routes = Routes(self.graph, base=f"http://{request.headers.get('host', '127.0.0.1')}/meta")
        body = routes.answer(call)
        return JSONResponse(body, headers=self._headers(request, used))

    async def _dialog(self, request: Request) -> Response:
        _, path = calls.split(request.url.path)
        if path != ("dialog", "oauth") or request.method != "GET":
            raise errors.unknown_path("/".join(path))
        return oauth.dialog(self.graph, request)

    def _account_of(self, path: tuple[str, ...]) -> str | None:
        """The account that a call counts for."""
        root = path[0] if path else ""
        if root.startswith("act_"):
            return root
        entity = self.world.store.find(NAME, root)
        return None if entity is None else entity.account_id or None

    def _headers(self, request: Request, used: float, wait: int = 0) -> dict[str, str]:
        version, path = calls.split(request.url.path)
        account = self._account_of(path) or (self.world.accounts(NAME)[0].id if wait else None)
        found = usage.headers(account, used, tier=self._tier, version=version, insights="insights" in path, wait=wait)
        return found | {"x-fb-trace-id": self._trace()}

    def _trace(self) -> str:
        return "A" + self.world.store.next_key(NAME, "trace", length=22)

    def _refusal(self, refusal: GraphError, request: Request) -> Response:
        body = {"error": refusal.error | {"fbtrace_id": self._trace()}}
        headers = self._headers(request, 1.0) | refusal.headers
        return JSONResponse(body, status_code=refusal.status, headers=headers)

    def _throttle(self, request: Request) -> Response:
        refusal = errors.throttled(insights="insights" in request.url.path.split("/"))
        body = {"error": refusal.error | {"fbtrace_id": self._trace()}}
        return JSONResponse(body, status_code=400, headers=self._headers(request, 100.0, wait=5))

    def fault_response(self, fault: Fault, request: Request) -> Response:
        """80004 (80000 for insights) with full usage headers, 2 with HTTP 500, or 190/463."""
        if fault is Fault.THROTTLE:
            return self._throttle(request)
        if fault is Fault.SERVER_ERROR:
            return self._refusal(errors.unavailable(), request)
        return self._refusal(errors.session_expired(self.graph.now, self.graph.now), request)

    def unreachable(self, request: Request) -> Response:
        """An unknown path in Graph's words."""
        return self._refusal(errors.unknown_path(request.url.path.strip("/")), request)

    # seeding

    def reset(self) -> None:
        """One account in USD, one Page with Instagram, one pixel, a token that never lapses."""
        self.graph.runs.clear()
        self.graph.uploads.clear()
        self.graph.calls.clear()
        self.graph.declined.clear()
        self.graph.caps.clear()
        self.graph.keeps_hours = False
        self._tier = "standard_access"
        seeding.stand_up(self.graph)

    def bootstrap(self) -> dict[str, Any]:
        """This platform's object of the first line."""
        return seeding.bootstrap(self.graph)

    def seed(self, count: int) -> list[Entity]:
        """Live campaigns with one ad each, as a person would have made them."""
        return [seeding.campaign(self.graph, number) for number in range(1, count + 1)]

    # delivery

    def lines(self, campaign: Entity) -> list[Line]:
        """The campaign's ads that may deliver as things stand."""
        return lines.of(self.graph, campaign)

    # control

    def edit(self, entity: Entity, field: str, value: Any) -> None:
        """A change in Ads Manager, by the rules of the API; `value` in Meta's own words and units."""
        if entity.type not in objects.EDGES.values():
            raise ControlError(f"a {entity.type} cannot be edited")
        try:
            objects.update(self.graph, entity, calls.make("POST", (entity.id,), {field: value}))
        except GraphError as refusal:
            raise ControlError(str(refusal.error.get("error_user_msg", refusal))) from None

    def account_action(self, action: str, value: str | None) -> None:
        """The shared actions, those of `trouble`, and `tier`: development_access (300 calls an hour) or
        standard_access."""
        if action == "tier":
            if value not in ("development_access", "standard_access"):
                raise ControlError("tier is development_access or standard_access")
            self._tier = value
            return
        if action in trouble.ACTIONS:
            trouble.act(self.graph, self.world.accounts(NAME)[0], action, value)
            self.world.delivery.forget_lines(NAME)
            return
        if action == "currency" and not money.known(value or ""):
            raise ControlError(f"Meta sells no ads in {value!r}")
        super().account_action(action, value)


def build(world: World) -> Platform:
    """The platform for the registry."""
    return Meta(world)

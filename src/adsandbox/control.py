"""`/_sandbox/…`: the sandbox's own API, for tests, demos and the curious. No platform has any of this."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from adsandbox import clock, review
from adsandbox.delivery import Totals, money_text
from adsandbox.faults import Fault, Planned
from adsandbox.platform import ControlError, Platform
from adsandbox.store import Entity
from adsandbox.world import World


class Control:
    """The handlers, over one world."""

    def __init__(self, world: World, platforms: Mapping[str, Platform]) -> None:
        self._world = world
        self._platforms = platforms

    def routes(self) -> list[Route]:
        """Every path of the control API."""
        table = (
            ("ledger", self.ledger, "GET"),
            ("faults", self.plan_fault, "POST"),
            ("faults", self.list_faults, "GET"),
            ("faults", self.clear_faults, "DELETE"),
            ("faults/{id}", self.delete_fault, "DELETE"),
            ("quotas", self.set_quota, "POST"),
            ("quotas", self.list_quotas, "GET"),
            ("quotas", self.clear_quotas, "DELETE"),
            ("lag", self.set_lag, "POST"),
            ("clock", self.move_clock, "POST"),
            ("clock", self.read_clock, "GET"),
            ("edit", self.edit, "POST"),
            ("twin", self.twin, "POST"),
            ("review", self.review, "POST"),
            ("account", self.account, "POST"),
            ("seed", self.seed, "POST"),
            ("reset", self.reset, "POST"),
        )
        return [Route(f"/_sandbox/{path}", run, methods=[method]) for path, run, method in table]

    # ledger

    async def ledger(self, request: Request) -> Response:
        """Objects, requests and delivery: what really happened."""
        query = request.query_params
        names = [query["platform"]] if "platform" in query else list(self._platforms)
        for name in names:
            self._platform(name)
        return JSONResponse(
            {
                "objects": [_object(e) for n in names for e in self._world.store.all(n, deleted=True)],
                "requests": [_logged(r) for r in self._world.store.requests if r.platform in names],
                "delivery": [row for n in names for row in self._delivery(n, query)],
                "quotas": [row for row in self._quotas() if row["platform"] in names],
            }
        )

    def _delivery(self, platform: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        grain = _choice(query.get("grain", "day"), ("day", "hour"), "grain")
        sums = self._world.delivery.grouped(
            platform,
            lambda row, local: (
                row.line.campaign_id,
                local.date().isoformat(),
                local.hour if grain == "hour" else -1,
                row.line.currency,
            ),
            first=_date(query.get("from"), "from"),
            last=_date(query.get("to"), "to"),
            as_of=clock.instant(query["as_of"]) if "as_of" in query else None,
        )
        return [_delivered(platform, key, total) for key, total in sorted(sums.items(), key=lambda i: i[0])]

    # faults

    async def plan_fault(self, request: Request) -> Response:
        """Let the next matching requests go wrong."""
        body = await _body(request, {"platform", "match", "fault", "times"})
        platform = body.get("platform")
        if platform is not None:
            self._platform(platform)
        kind = _choice(body.get("fault"), tuple(Fault), "fault")
        times = body.get("times", 1)
        if not isinstance(times, int) or times < 1:
            raise ControlError("times must be a whole number from 1")
        try:
            planned = self._world.faults.plan(platform, body.get("match", ""), fault=Fault(kind), times=times)
        except re.error as error:
            raise ControlError(f"match is not a regular expression: {error}") from None
        return JSONResponse({"id": planned.id})

    async def list_faults(self, request: Request) -> Response:
        """The planned faults; `left` says how many requests each still strikes."""
        return JSONResponse({"faults": [_planned(p) for p in self._world.faults.all()]})

    async def delete_fault(self, request: Request) -> Response:
        """Forget one fault; requests that it holds go on."""
        if not self._world.faults.delete(request.path_params["id"]):
            raise ControlError("no such fault")
        return JSONResponse({})

    async def clear_faults(self, request: Request) -> Response:
        """Forget the fault `?id=`, or all."""
        if "id" in request.query_params:
            self._world.faults.delete(request.query_params["id"])
        else:
            self._world.faults.clear()
        return JSONResponse({})

    # quotas

    async def set_quota(self, request: Request) -> Response:
        """So many calls of a platform in so much time: `{"platform": …, "calls": 100, "window": "PT1M"}`."""
        body = await _body(request, {"platform", "calls", "window"})
        platform = self._platform(body.get("platform"))
        calls = body.get("calls")
        if not isinstance(calls, int) or calls < 1:
            raise ControlError("calls must be a whole number from 1")
        window = clock.duration(str(body.get("window")))
        self._world.quotas.set(platform.name, calls, window)
        return JSONResponse({})

    async def list_quotas(self, request: Request) -> Response:
        """What is allowed, used within the window, and was refused."""
        return JSONResponse({"quotas": self._quotas()})

    async def clear_quotas(self, request: Request) -> Response:
        """No quota any more, of `?platform=` or of any."""
        self._world.quotas.clear(request.query_params.get("platform"))
        return JSONResponse({})

    def _quotas(self) -> list[dict[str, Any]]:
        now = self._world.clock.now()
        return [
            {
                "platform": platform,
                "calls": quota.calls,
                "window_seconds": int(quota.window.total_seconds()),
                "used": quota.used(now),
                "refused": quota.refused,
            }
            for platform, quota in self._world.quotas.all().items()
        ]

    async def set_lag(self, request: Request) -> Response:
        """Leave out of lists what is younger: `{"platform": …, "behind": "PT30S"}`; PT0S ends it."""
        body = await _body(request, {"platform", "behind"})
        platform = self._platform(body.get("platform"))
        self._world.lag.set(platform.name, clock.duration(str(body.get("behind"))))
        return JSONResponse({})

    # time

    async def read_clock(self, request: Request) -> Response:
        """The sandbox's now."""
        return JSONResponse({"now": clock.iso(self._world.clock.now())})

    async def move_clock(self, request: Request) -> Response:
        """Push the clock forward; answered when delivery up to then is computed."""
        body = await _body(request, {"advance", "at"})
        if len(body) != 1:
            raise ControlError("give either advance or at")
        if "advance" in body:
            now = self._world.clock.advance(clock.duration(str(body["advance"])))
        else:
            now = self._world.clock.move_to(clock.instant(str(body["at"])))
        self._world.delivery.catch_up()
        return JSONResponse({"now": clock.iso(now)})

    # people

    async def edit(self, request: Request) -> Response:
        """What a person does in the platform's own UI."""
        body = await _body(request, {"platform", "id", "field", "value"})
        platform = self._platform(body.get("platform"))
        entity = self._entity(platform, body.get("id"))
        platform.edit(entity, str(body.get("field")), body.get("value"))
        return JSONResponse(_object(entity))

    async def twin(self, request: Request) -> Response:
        """One object once more, as a request leaves it that arrives long after its sender has given it up."""
        body = await _body(request, {"platform", "id", "name", "status"})
        entity = self._entity(self._platform(body.get("platform")), body.get("id"))
        return JSONResponse(_object(self._world.store.twin(entity, name=body.get("name"), status=body.get("status"))))

    async def review(self, request: Request) -> Response:
        """A reviewer's verdict on an ad, at once."""
        body = await _body(request, {"platform", "ad", "verdict", "reason"})
        platform = self._platform(body.get("platform"))
        entity = self._entity(platform, body.get("ad"))
        if entity.review is None:
            raise ControlError(f"{entity.type} {entity.id} is not an ad under review")
        verdict = review.Verdict(_choice(body.get("verdict"), tuple(review.Verdict), "verdict"))
        now = self._world.clock.now()
        decided = review.decide(entity.review, now, verdict=verdict, reason=body.get("reason"))
        self._world.store.set_review(entity, decided)
        return JSONResponse(_object(entity))

    async def account(self, request: Request) -> Response:
        """Suspend, resume, re-set or revoke the platform's account."""
        body = await _body(request, {"platform", "action", "value"})
        platform = self._platform(body.get("platform"))
        platform.account_action(str(body.get("action")), body.get("value"))
        return JSONResponse({})

    async def seed(self, request: Request) -> Response:
        """Make campaigns as a person would have: `{"platform": …, "campaigns": 3}`, or on all platforms."""
        body = await _body(request, {"platform", "campaigns"})
        names = [body["platform"]] if body.get("platform") else list(self._platforms)
        made = [e for n in names for e in self._platform(n).seed(int(body.get("campaigns", 1)))]
        return JSONResponse({"campaigns": [_object(entity) for entity in made]})

    async def reset(self, request: Request) -> Response:
        """Begin again as at the start, with the same tokens."""
        self._world.reset()
        for platform in self._platforms.values():
            platform.reset()
        return JSONResponse({"now": clock.iso(self._world.clock.now())})

    # finding

    def _platform(self, name: object) -> Platform:
        if not isinstance(name, str) or name not in self._platforms:
            raise ControlError(f"platform {name!r} is none of {', '.join(self._platforms)}")
        return self._platforms[name]

    def _entity(self, platform: Platform, id_: object) -> Entity:
        entity = platform.find(str(id_))
        if entity is None:
            raise ControlError(f"{platform.name} has no object {id_!r}")
        return entity


def app(world: World, platforms: Mapping[str, Platform], *, key: str) -> ASGIApp:
    """The control API as an ASGI application that wants `X-Sandbox-Key`."""

    async def refused(request: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, status_code=400)

    inner = Starlette(
        routes=Control(world, platforms).routes(),
        exception_handlers={ControlError: refused, clock.BadTimeError: refused},
    )

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if Request(scope).headers.get("x-sandbox-key") != key:
            answer = JSONResponse({"error": "the header X-Sandbox-Key is missing or wrong"}, status_code=403)
            await answer(scope, receive, send)
            return
        await inner(scope, receive, send)

    return guarded


async def _body(request: Request, known: set[str]) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = await request.json() if raw else {}
    except ValueError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError(f"the body is an object with {', '.join(sorted(known))}")
    if unknown := set(body) - known:
        raise ControlError(f"{', '.join(sorted(unknown))}: not among {', '.join(sorted(known))}")
    return body


def _choice(value: object, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise ControlError(f"{name} {value!r} is none of {', '.join(known)}")
    return str(value)


def _date(text: str | None, name: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ControlError(f"{name} must be a date such as 2026-12-01") from None


def _object(entity: Entity) -> dict[str, Any]:
    return {
        "platform": entity.platform,
        "type": entity.type,
        "id": entity.id,
        "parent_id": entity.parent_id,
        "account_id": entity.account_id,
        "name": entity.name,
        "status": entity.status,
        "created_at": clock.iso(entity.created_at),
        "deleted_at": _moment(entity.deleted_at),
        "fields": entity.fields,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else clock.iso(at)


def _logged(entry: Any) -> dict[str, Any]:
    return {
        "platform": entry.platform,
        "method": entry.method,
        "path": entry.path,
        "at": clock.iso(entry.at),
        "outcome": entry.outcome,
        "status": entry.status,
        "fault": entry.fault,
    }


def _planned(planned: Planned) -> dict[str, Any]:
    return {
        "id": planned.id,
        "platform": planned.platform,
        "match": planned.match.pattern,
        "fault": planned.fault,
        "times": planned.times,
        "left": planned.left,
    }


def _delivered(platform: str, key: tuple[str, str, int, str], total: Totals) -> dict[str, Any]:
    campaign, day, hour, currency = key
    return {
        "platform": platform,
        "campaign_id": campaign,
        "date": day,
        "hour": None if hour < 0 else hour,
        "impressions": total.impressions,
        "clicks": total.clicks,
        "conversions": str(Decimal(total.conversions)) if total.counted else None,
        "conversion_value": money_text(total.conversion_value) if total.counted else None,
        "spend": money_text(total.spend),
        "currency": currency,
    }

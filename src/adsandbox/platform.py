"""How a platform plugs into the sandbox.

1. Make a package `adsandbox/<name>/` with a module `platform.py` that has `def build(world: World) ->
   Platform`. `registry.py` finds it by name (google, meta, microsoft, tiktok); nothing else needs an edit.
2. Subclass `Platform`. `apps()` gives one ASGI application per prefix (usually
   `starlette.routing.Router(routes, default=...)`, whose default answers unknown paths in the platform's
   own shape). Paths are the platform's own, without our prefix: the gate has stripped it. Handlers are
   `async def f(request) -> Response`; the body is already in memory, so nothing is awaited between reading
   and writing and no lock is needed. A handler may raise `Answer(response)` from any depth to end the
   request.
3. **Seeding.** `reset()` runs at start and after `POST /_sandbox/reset`, on an empty world: add accounts
   (`world.add_account`), tokens that never lapse (`world.tokens.issue(..., lifetime=None, value=...)`),
   pages, pixels. `bootstrap()` gives the platform's object of the first line of standard output.
4. **Auth.** `world.tokens`: `issue`, `get`, `standing` (valid, expired, revoked, unknown), `revoke`. Kinds
   are "access", "refresh", "code". OAuth lifetimes run on the sandbox's clock.
5. **Objects.** `world.store`: `next_id(platform, kind, digits=...)`, `add`, `update`, `delete`, `get`,
   `children`, `all`. Words of the platform in `type` ("campaign", "adset" …), `status` and `fields`: the
   ledger shows them as they are. `parent_id` must lead from an ad up to its campaign (ids are looked up
   over all types). Never change an entity past the store. Check requests with the tables of `schema.py` and
   phrase each `Refusal` in the platform's error shape.
6. **Review.** `store.set_review(entity, review.submit(now, texts))` on an ad when it is made or its content
   edited; read `entity.review.at(now)`. An entity with a review is an ad to the control API.
7. **Delivery.** `campaign_type` names the entity type of campaigns. `lines(campaign)` says which ads of one
   campaign may deliver *as things stand*: all levels on, account not suspended, review not refused
   (`review.serves_from` is not None); `starts` is the latest of schedule start and `serves_from`, `ends`
   the schedule's end, `budgets` all that bind, with an `Overspend` where a day may cost more than its
   budget. Return nothing when it cannot deliver. The core calls it again after any change below the
   campaign, integrates it over time and never rewrites the past. Reports read
   `world.delivery.grouped(...)` or `rows(...)`. When something outside the store matters (an account
   setting), call `world.delivery.forget_lines(name)` after it. `learning.of(...)` says whether ads are
   still learning.
8. **Faults.** `fault_response` shapes throttle, server_error and token_expired, headers included; quotas
   use its throttle. Time-outs, hold and cut are done by the gate. `faults.of(request)` tells a handler of
   partial, slow_report, truncated_page and expired; `resumes` says which requests bring a cursor or link.
9. **Control.** `edit`, `account_action`, `seed` and `find` answer `POST
   /_sandbox/edit|account|seed|review`. Raise `ControlError` for what makes no sense. `account.lost` means
   that the login may not open the account; `losable` names what else can be lost, whose entities are then
   deleted; `account.hold` ("cap", "unpaid") stops delivery without you, and wants your words for it.
10. **Lists** leave out what `world.lag.lists(entity)` is false for; look-ups by id do not.
11. **State.** `--state` asks everything again at its instant, so take time from `world.clock`, ids and keys
   from `world.store`, chance from `dice.dice`, and nothing from elsewhere. `reads` says what need not be
   asked again.
12. **Endpoints.** `endpoints()` lists what you answer, by default the routes of `apps()`; `certainty.py`
   says how sure each is. `make sandbox-table` writes both into the README. Each has a row in the platform's
   file of `tests/sandbox/refusals`: a request that is right, and what spoils it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from adsandbox.accounts import Account
from adsandbox.delivery import Line
from adsandbox.faults import Fault
from adsandbox.store import Entity
from adsandbox.world import World


class Answer(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class ControlError(ValueError):
    """The control API was asked for something that makes no sense; the text says what would."""


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One method and path below a prefix, with placeholders in braces."""

    prefix: str
    path: str
    method: str


class Platform(Protocol):
    """One platform. Subclass it; what has a body here is a default."""

    name: str  # google_ads, facebook_ads, microsoft_ads, tiktok_ads
    campaign_type: str  # the entity type of its campaigns
    #: Searched in 'METHOD /path': what changes nothing, unless it gives out an id, and need not be asked again when
    #: a state is restored.
    reads: re.Pattern[str] = re.compile("^(GET|HEAD) ")
    #: Searched in 'METHOD /path?query', line feed, body: what brings a cursor or a download link, which may expire.
    resumes: re.Pattern[bytes] = re.compile(b"(?!)")
    #: What a person may lose mid-flight, in the words of `POST account`, with the entity type that stands for it.
    losable: Mapping[str, str] = MappingProxyType({})
    world: World

    def apps(self) -> Mapping[str, ASGIApp]:
        """One ASGI application per prefix, such as {"/meta": …, "/meta-dialog": …}."""
        ...

    def endpoints(self) -> Iterable[Endpoint]:
        """Everything that is answered, for the table of what is imitated; by default the routes of `apps()`."""
        for prefix, app in self.apps().items():
            for route in app.routes if isinstance(app, Router) else []:
                if isinstance(route, Route):
                    yield from (Endpoint(prefix, route.path, m) for m in sorted(route.methods or ()) if m != "HEAD")

    def bootstrap(self) -> dict[str, Any]:
        """Its object of the first line: account_id, tokens, client id and secret, currency, time_zone …"""
        ...

    def reset(self) -> None:
        """Seed accounts, tokens and standing objects into an empty world."""
        ...

    def lines(self, campaign: Entity) -> list[Line]:
        """The ads of this campaign that may deliver as things stand (see above)."""
        ...

    def fault_response(self, fault: Fault, request: Request) -> Response:
        """The platform's own answer for throttle, server_error or token_expired."""
        ...

    def edit(self, entity: Entity, field: str, value: Any) -> None:
        """What a person changes in the platform's own UI: name, status, budget … in the platform's words.

        Raises `ControlError` for a field that does not exist.
        """
        ...

    def find(self, id_: str) -> Entity | None:
        """The object that the control API means by an id; the default looks over all types."""
        return self.world.store.find(self.name, id_)

    def affected(self, entity: Entity) -> Iterable[Entity] | None:
        """The campaigns whose lines may change with an entity that has no campaign above it (a shared
        budget).

        None, the default, means every campaign of its account.
        """
        return None

    def account_action(self, action: str, value: str | None) -> None:
        """`suspend|cap|unpaid|resume|currency|time_zone|revoke|lose|regain` on the platform's first account."""
        account = self.world.account(self.name)
        if account is None:
            raise ControlError(f"{self.name} has no account")
        if action in ("suspend", "cap", "unpaid", "resume"):
            account.suspended = action == "suspend"
            account.hold = action if action in ("cap", "unpaid") else None
        elif action == "currency":
            account.currency = _currency(value)
        elif action == "time_zone":
            account.time_zone = _zone(value)
        elif action == "revoke":
            self.world.tokens.revoke_all(self.name)
        elif action in ("lose", "regain"):
            self._lose(account, value, lost=action == "lose")
        else:
            known = "suspend, cap, unpaid, resume, currency, time_zone, revoke, lose, regain"
            raise ControlError(f"{action!r} is none of {known}")
        self.world.delivery.forget_lines(self.name)

    def _lose(self, account: Account, what: str | None, *, lost: bool) -> None:
        """The login loses the account ("access"), or a page, an identity … that stands beside it; or has it back."""
        if what == "access":
            account.lost = lost
            return
        if what is None or what not in self.losable:
            raise ControlError(f"{self.name}: {what!r} is none of {', '.join(('access', *self.losable))}")
        store = self.world.store
        for entity in list(store.all(self.name, type_=self.losable[what], deleted=True)):
            if lost:
                store.delete(entity, status="LOST")
            else:
                store.update(entity, status="REGAINED")
                store.revive(entity)

    def seed(self, count: int) -> list[Entity]:
        """Make campaigns as a person would have, live and approved, and return the campaign entities."""
        raise ControlError(f"{self.name} cannot be seeded yet")

    def outcome(self, status: int, body: bytes) -> str:
        """The request log's word for an answer: "ok" or "refused". TikTok looks into the body."""
        return "ok" if status < 400 else "refused"

    def unreachable(self, request: Request) -> Response:
        """The answer to a path that does not exist below a prefix."""
        return JSONResponse({"error": "not found"}, status_code=404)


def amount(text: str) -> Decimal:
    """A decimal from the control API's text; `ControlError` when it is none."""
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ControlError(f"{text!r} is not a decimal number") from None


def _currency(value: str | None) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value or ""):
        raise ControlError("currency wants an ISO 4217 code such as EUR")
    return str(value)


def _zone(value: str | None) -> str:
    if value not in available_timezones():
        raise ControlError("time_zone wants an IANA name such as Europe/Berlin")
    return value

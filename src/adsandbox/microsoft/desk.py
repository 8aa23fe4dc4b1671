"""What all parts of the simulated Microsoft Advertising share: the world, the account, reading requests.

It answers no request by itself.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox import schema
from adsandbox.accounts import Account, Standing
from adsandbox.faults import Fault
from adsandbox.microsoft import errors
from adsandbox.schema import Field
from adsandbox.store import Entity
from adsandbox.world import World

NAME = "microsoft_ads"
DEVELOPER_TOKEN = "BBD37VB98"  # noqa: S105 - Microsoft's public token for its own sandbox


@dataclass(slots=True)
class Desk:
    """The world as Microsoft sees it. `reports` and `downloads` are what no ledger shows."""

    world: World
    client_id: str = "00000000-0000-4000-8000-00000000ad10"
    client_secret: str = "adloom-sandbox-client-secret"  # noqa: S105 - the simulated app's
    reports: dict[str, Any] = field(default_factory=dict)
    downloads: dict[str, Any] = field(default_factory=dict)
    utc_reports: bool = False

    @property
    def now(self) -> datetime:
        """The sandbox's present instant."""
        return self.world.clock.now()

    @property
    def customer_id(self) -> str:
        """The one customer."""
        found: str = self.account.fields["customer_id"]
        return found

    @property
    def account(self) -> Account:
        """The one account."""
        return self.world.accounts(NAME)[0]

    def today(self) -> date:
        """The account's local date."""
        return self.now.astimezone(ZoneInfo(self.account.time_zone)).date()

    def get(self, type_: str, id_: object) -> Entity | None:
        """An object that is not deleted, or None: deleted ones are never found again."""
        found = self.world.store.get(NAME, type_, str(id_))
        return None if found is None or found.deleted_at is not None else found

    def below(self, entity: Entity, type_: str) -> list[Entity]:
        """Objects of a type below another, deleted ones left out."""
        return self.world.store.children(NAME, entity.id, type_=type_)

    def parent(self, entity: Entity) -> Entity:
        """The campaign of an ad group, the ad group of an ad or keyword."""
        found = self.world.store.parent(entity)
        if found is None:
            raise LookupError(f"{entity.type} {entity.id} has no parent")
        return found

    def new_id(self, type_: str) -> str:
        """A new id, as long as Microsoft's of that kind."""
        digits = {"Campaign": 9, "AdGroup": 16, "Ad": 14, "Keyword": 14}.get(type_, 12)
        return self.world.store.next_id(NAME, type_, digits=digits)


@dataclass(slots=True)
class Call:
    """One request: `service` and `path` after the version, the JSON body with exact decimals."""

    method: str
    path: str
    body: dict[str, Any]
    fault: Fault | None = None
    base: str = ""  # the address under which this service is reached


def authenticate(desk: Desk, headers: Any, *, with_account: bool) -> None:
    """Require the headers of a REST call and that they are worth something.

    Customer Management needs no customer: a person who has just signed in learns their customers there (its
    GetUser and SearchAccounts requests carry AuthenticationToken and DeveloperToken alone).
    """
    wanted = ["authorization", "developertoken"]
    wanted += ["customerid", "customeraccountid"] if with_account else []
    missing = [name for name in wanted if not headers.get(name)]
    if missing and missing[0] != "authorization":
        raise errors.api_fault(116, detail=f"missing: {', '.join(missing)}")
    kind, _, token = headers.get("authorization", "").partition(" ")
    standing = desk.world.tokens.standing(NAME, "access", token)
    if standing is Standing.EXPIRED:
        raise errors.api_fault(109, status=401)
    if kind != "Bearer" or standing is not Standing.VALID:
        raise errors.api_fault(105, status=401)
    if headers["developertoken"] != DEVELOPER_TOKEN:
        raise errors.api_fault(105, status=401, detail="DeveloperToken")
    _own(desk, headers, with_account=with_account)


def _own(desk: Desk, headers: Any, *, with_account: bool) -> None:
    if headers.get("customerid", desk.customer_id) != desk.customer_id:
        raise errors.api_fault(106, status=403, detail="CustomerId")
    if with_account and (headers["customeraccountid"] != desk.account.id or desk.account.lost):
        raise errors.api_fault(106, status=403, detail="CustomerAccountId")


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body; numbers with a fraction are exact decimals."""
    if not raw:
        raise errors.operation_fault(100)
    try:
        body = json.loads(raw, parse_float=Decimal)
    except ValueError:
        raise errors.operation_fault(201, details="the body is not JSON") from None
    if not isinstance(body, dict):
        raise errors.operation_fault(201, details="the body must be an object")
    return body


def envelope(body: dict[str, Any], table: dict[str, Field]) -> dict[str, Any]:
    """The request object, checked against its table; a fault for the first refusal."""
    for refusal in schema.check(body, table):
        raise errors.malformed(refusal)
    return body

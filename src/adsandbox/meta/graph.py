"""What all parts of the simulated Marketing API share: the world, the accounts, finding an object.

It answers no request by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.delivery import Budget
from adsandbox.meta import errors
from adsandbox.store import Entity
from adsandbox.world import World

NAME = "facebook_ads"


@dataclass(slots=True)
class Graph:
    """The world as Meta sees it. What no ledger shows: report `runs`, video `uploads`, rights that a person `declined`,
    what accounts' spending limits leave (`caps`), and whether reports by the hour come back empty, as since 2026-08
    they do for some accounts (`keeps_hours`)."""

    world: World
    app_id: str = "1000000000000001"
    app_secret: str = "adloom-sandbox-app-secret"  # noqa: S105 - the simulated app's
    runs: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Any] = field(default_factory=dict)
    calls: dict[str, list[datetime]] = field(default_factory=dict)
    declined: set[str] = field(default_factory=set)
    keeps_hours: bool = False
    caps: dict[str, Budget] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The sandbox's present instant."""
        return self.world.clock.now()

    def account(self, id_: str) -> Account:
        """The ad account `act_…`; GraphError 100/33 when there is none."""
        found = self.world.account(NAME, id_)
        if found is None:
            raise errors.missing("get", id_)
        return found

    def account_of(self, entity: Entity) -> Account:
        """The account that owns an object."""
        return self.account(entity.account_id)

    def get(self, type_: str, id_: object) -> Entity | None:
        """An object by type and id, deleted or not."""
        return self.world.store.get(NAME, type_, str(id_))

    def standing(self, type_: str, id_: object) -> Entity | None:
        """An object by type and id that is not deleted."""
        found = self.get(type_, id_)
        return None if found is None or found.deleted_at is not None else found

    def below(self, entity: Entity, type_: str, *, deleted: bool = False) -> list[Entity]:
        """The ad sets of a campaign, the ads of an ad set."""
        return self.world.store.children(NAME, entity.id, type_=type_, deleted=deleted)

    def parent(self, entity: Entity) -> Entity:
        """The ad set of an ad, the campaign of an ad set."""
        found = self.world.store.parent(entity)
        if found is None:
            raise LookupError(f"{entity.type} {entity.id} has no parent")
        return found

    def new_id(self, type_: str) -> str:
        """A new id, as long as Meta's."""
        kind = {"campaign": "tree", "adset": "tree", "ad": "tree", "adcreative": "tree"}.get(type_, type_)
        return self.world.store.next_id(NAME, kind, digits=18 if kind == "tree" else 16)

    def clock_text(self, at: datetime, account: Account) -> str:
        """A moment as Meta writes it: the account's wall clock with its offset
        (2026-12-01T00:00:00-0800)."""
        return at.astimezone(ZoneInfo(account.time_zone)).strftime("%Y-%m-%dT%H:%M:%S%z")

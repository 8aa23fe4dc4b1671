"""What every writable kind of object has in common. It knows no kind's rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.google import names, wire
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.names import Names
from adsandbox.schema import Field
from adsandbox.store import Entity
from adsandbox.world import World

PLATFORM = "google_ads"


@dataclass(frozen=True, slots=True)
class Context:
    """What a write knows: the world, whose account it is in, and the names of its request."""

    world: World
    account: Account
    names: Names
    ignorable: frozenset[str] = frozenset()  # policy topics that the operation asks to overlook

    @property
    def now(self) -> datetime:
        """The sandbox's now in UTC."""
        return self.world.clock.now()

    @property
    def local_now(self) -> datetime:
        """The customer's wall clock, naive, as Google writes date-times."""
        return self.now.astimezone(ZoneInfo(self.account.time_zone)).replace(tzinfo=None)

    def new_id(self, kind: str, *, digits: int) -> str:
        """A new id."""
        return self.world.store.next_id(PLATFORM, kind, digits=digits)

    def get(self, type_: str, id_: str) -> Entity | None:
        """An object of this customer, removed ones too."""
        found = self.world.store.get(PLATFORM, type_, id_)
        return found if found and found.account_id == self.account.id else None

    def below(self, entity: Entity, type_: str) -> list[Entity]:
        """The objects of a type directly below one, without removed ones."""
        return self.world.store.children(PLATFORM, entity.id, type_=type_)

    def refer(self, text: str, *, collection: str, type_: str, field: str, gone: Refused | None = None) -> Entity:
        """The object that a field of a request names, temporary ids included.

        Refuses what is missing, and what is removed (with `gone`, where the kind has a refusal of its own).
        """
        id_ = self.names.id_of(text, collection, field)
        entity = self.names.temporary(id_, field) or self.get(type_, id_)
        if entity is None or entity.type != type_:
            raise refuse("mutateError", "RESOURCE_NOT_FOUND", f"{text} was not found.", field, trigger=text)
        if entity.deleted_at is not None:
            raise gone or removed(field, trigger=text)
        return entity


class Resource:
    """One kind of object. Subclasses give the class attributes and what they allow of create, update,
    remove."""

    type: ClassVar[str]  # the ledger's word, and GAQL's
    collection: ClassVar[str]  # in resource names and endpoints
    word: ClassVar[str]  # campaignOperation, campaignResult, {"campaign": …}
    table: ClassVar[Mapping[str, Field]]
    immutable: ClassVar[frozenset[str]] = frozenset()
    verbs: ClassVar[tuple[str, ...]] = ("create", "update", "remove")  # of which its operation's message has fields

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Make the object, or refuse."""
        raise unsupported("create")

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Apply changes (whole values of top-level fields; None clears), or refuse."""
        raise unsupported("update")

    def remove(self, context: Context, entity: Entity) -> None:
        """Remove the object, or refuse."""
        raise unsupported("remove")

    def find(self, context: Context, text: str) -> Entity:
        """The object of an update or remove."""
        id_ = context.names.id_of(text, self.collection, "resource_name")
        entity = context.names.temporary(id_, "resource_name") or context.get(self.type, id_)
        if entity is None:
            raise refuse("mutateError", "RESOURCE_NOT_FOUND", f"{text} was not found.", "resource_name", trigger=text)
        if entity.deleted_at is not None:
            raise removed("resource_name", trigger=text)
        return entity

    def shown(self, entity: Entity) -> dict[str, Any]:
        """The object as MUTABLE_RESOURCE answers show it."""
        return entity.fields

    def add(self, context: Context, id_: str, body: dict[str, Any], *, parent: Entity | None = None) -> Entity:
        """Store a new object with its resource name and its defaults."""
        return context.world.store.add(
            PLATFORM,
            self.type,
            id_,
            account_id=context.account.id,
            parent_id=parent.id if parent else None,
            name=body.get("name"),
            status=body.get("status"),
            fields={**body, "resourceName": names.name(context.account.id, self.collection, id_)},
        )


def put(world: World, entity: Entity, changes: Mapping[str, Any]) -> None:
    """Merge changes into an object, its name and status with them; a value None takes the field away."""
    world.store.update(entity, name=changes.get("name"), status=changes.get("status"), fields=dict(changes))
    for gone in [name for name, value in changes.items() if value is None]:
        del entity.fields[gone]


def strike(world: World, entity: Entity) -> None:
    """Mark an object as REMOVED."""
    put(world, entity, {"status": "REMOVED"})
    world.store.delete(entity, status="REMOVED")


def removed(*path: str, trigger: str | None = None) -> Refused:
    """The refusal of anything done to a removed object."""
    return refuse(
        "contextError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE",
        "The operation is not allowed for removed resources.", *path, trigger=trigger,
    )  # fmt: skip


def unsupported(verb: str) -> Refused:
    """The refusal of a verb that a kind does not have."""
    return refuse("operatorError", "OPERATOR_NOT_SUPPORTED", f"Operator {verb} is not supported.")


def status(body: Mapping[str, Any], *, creating: bool) -> None:
    """Refuse REMOVED, which only a remove operation gives."""
    if body.get("status") != "REMOVED":
        return
    if creating:
        raise refuse(
            "operationAccessDeniedError", "CREATE_AS_REMOVED_NOT_PERMITTED",
            "Objects cannot be created as removed.", "status",
        )  # fmt: skip
    raise refuse("requestError", "INVALID_ENUM_VALUE", "Use a remove operation.", "status", trigger="REMOVED")


def cleared(changes: Mapping[str, Any], *required: str) -> None:
    """Refuse to clear fields that an object cannot be without."""
    for name in required:
        if name in changes and changes[name] in (None, "", []):
            raise refuse("fieldError", "REQUIRED", "The required field was not present.", wire.snake(name))

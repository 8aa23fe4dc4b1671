"""Everything that exists on the simulated platforms, in one shape, and the log of all requests.

Nothing is ever taken out: what a platform deletes stays here, marked, so that the ledger can tell the whole
truth. Change an entity only through `Store`, because delivery must notice every change.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adsandbox.clock import Clock
from adsandbox.review import Review


@dataclass(slots=True)
class Entity:
    """One object of one platform. `type`, `status` and `fields` are in the platform's own words."""

    platform: str
    type: str
    id: str
    parent_id: str | None
    account_id: str
    name: str | None
    status: str | None
    created_at: datetime
    fields: dict[str, Any]
    deleted_at: datetime | None = None
    review: Review | None = None
    private: dict[str, Any] = field(default_factory=dict)  # what the ledger does not show (file contents, keys)


@dataclass(frozen=True, slots=True)
class Logged:
    """One request that a platform received. `path` is without the sandbox's prefix."""

    platform: str
    method: str
    path: str
    at: datetime
    outcome: str
    status: int | None
    fault: str | None


#: Kinds of keys that only name a request: making one changes nothing that a later request could see.
TRACES = frozenset({"log", "request", "trace", "tracking"})


class Savepoint:
    """A point to which the store can go back: for requests that are all or nothing, and for dry runs."""

    def __init__(self, journal: list[Callable[[], None]]) -> None:
        self._journal = journal
        self._mark = len(journal)

    def rollback(self) -> None:
        """Undo every `add`, `update` and `delete` since the savepoint, newest first. Used ids stay used."""
        while len(self._journal) > self._mark:
            self._journal.pop()()


class Store:
    """Entities by platform and id, the request log, and the counters that make ids."""

    def __init__(self, clock: Clock, *, seed: int) -> None:
        self._clock = clock
        self._seed = seed
        self.touched: list[Entity] = []
        self.reset()

    def reset(self) -> None:
        """Forget everything, counters included, so that the same requests get the same ids again."""
        self._entities: dict[tuple[str, str, str], Entity] = {}
        self._by_id: dict[tuple[str, str], Entity] = {}
        self._children: dict[tuple[str, str], list[Entity]] = {}
        self._counters: dict[tuple[str, str], int] = {}
        self.requests: list[Logged] = []
        self._journal: list[Callable[[], None]] = []
        self._savepoints = 0
        self.version = 0  # grows with every change, and with every id that is given out
        self.touched.clear()

    # ids

    def next_id(self, platform: str, kind: str, *, digits: int) -> str:
        """A new decimal id of that many digits; a row of ids depends on seed, platform and kind alone."""
        count = self._next(platform, kind)
        mark = hashlib.blake2b(f"{self._seed}:{platform}:{kind}".encode(), digest_size=8).digest()
        low = 10 ** (digits - 1)
        start = low + int.from_bytes(mark) % (8 * low)
        return str(start + count * 37 + 1)

    def next_key(self, platform: str, kind: str, *, length: int = 32) -> str:
        """A new opaque lower-case hexadecimal key (tokens, hashes, request ids), deterministic like
        `next_id`. The kinds of `TRACES` are for what names a request alone."""
        count = self._next(platform, kind)
        return hashlib.shake_256(f"{self._seed}:{platform}:{kind}:{count}".encode()).hexdigest(length)[:length]

    def _next(self, platform: str, kind: str) -> int:
        count = self._counters.get((platform, kind), 0)
        self._counters[platform, kind] = count + 1
        if kind not in TRACES:
            self.version += 1
        return count

    def counters(self) -> str:
        """How many ids of each kind were given out, as JSON."""
        return json.dumps([[*key, count] for key, count in self._counters.items()])

    def set_counters(self, told: str) -> None:
        """Go on behind ids that were given out before."""
        self._counters = {(platform, kind): count for platform, kind, count in json.loads(told)}

    # writing

    def twin(self, entity: Entity, *, name: str | None, status: str | None) -> Entity:
        """Create the same object once more, under an id of its own, without what is beneath it."""
        head, mark, own = entity.id.rpartition("~")
        new = self.next_id(entity.platform, "twin", digits=len(own))
        id_, called = head + mark + new, entity.name if name is None else name
        made = self.add(
            entity.platform,
            entity.type,
            id_,
            account_id=entity.account_id,
            parent_id=entity.parent_id,
            name=called,
            status=entity.status if status is None else status,
            fields=_renamed(entity.fields, {own: new, entity.id: id_, entity.name or "": called}),
        )
        made.review, made.private = entity.review, dict(entity.private)
        return made

    def add(
        self,
        platform: str,
        type_: str,
        id_: str,
        *,
        account_id: str,
        parent_id: str | None = None,
        name: str | None = None,
        status: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> Entity:
        """Create an entity now and return it. Ids are unique per platform, over all its types."""
        entity = Entity(platform, type_, id_, parent_id, account_id, name, status, self._clock.now(), fields or {})
        self._entities[platform, type_, id_] = entity
        self._by_id[platform, id_] = entity
        if parent_id is not None:
            self._children.setdefault((platform, parent_id), []).append(entity)
        self._touch(entity)
        self._remember(lambda: self._forget(entity))
        return entity

    def update(
        self,
        entity: Entity,
        *,
        name: str | None = None,
        status: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> None:
        """Set name and status where given, and merge `fields` into what is there (a value None stays as
        None)."""
        self._remember(_restorer(entity))
        entity.name = entity.name if name is None else name
        entity.status = entity.status if status is None else status
        entity.fields |= fields or {}
        self._touch(entity)

    def delete(self, entity: Entity, *, status: str) -> None:
        """Mark as deleted now, with the platform's word for it. It stays in the ledger."""
        self.update(entity, status=status)
        entity.deleted_at = self._clock.now()

    def revive(self, entity: Entity) -> None:
        """Take the deletion back, for platforms that make the same object again under its old id."""
        self.update(entity)
        entity.deleted_at = None

    def set_review(self, entity: Entity, review: Review) -> None:
        """Put an ad under review, or end one."""
        self.update(entity)
        entity.review = review

    @contextmanager
    def savepoint(self) -> Iterator[Savepoint]:
        """Everything inside can be undone by `rollback()`; an exception undoes it too. They nest."""
        point = Savepoint(self._journal)
        self._savepoints += 1
        try:
            yield point
        except BaseException:
            point.rollback()
            raise
        finally:
            self._savepoints -= 1
            if not self._savepoints:
                self._journal.clear()

    def _remember(self, undo: Callable[[], None]) -> None:
        if self._savepoints:
            self._journal.append(undo)

    def _forget(self, entity: Entity) -> None:
        del self._entities[entity.platform, entity.type, entity.id]
        del self._by_id[entity.platform, entity.id]
        if entity.parent_id is not None:
            self._children[entity.platform, entity.parent_id].remove(entity)
        self._touch(entity)

    def _touch(self, entity: Entity) -> None:
        self.touched.append(entity)
        self.version += 1

    # reading

    def get(self, platform: str, type_: str, id_: str) -> Entity | None:
        """The entity, deleted or not, or None."""
        return self._entities.get((platform, type_, id_))

    def parent(self, entity: Entity) -> Entity | None:
        """The entity above, whatever its type, or None at the top."""
        return None if entity.parent_id is None else self._by_id.get((entity.platform, entity.parent_id))

    def find(self, platform: str, id_: str) -> Entity | None:
        """The entity with this id whatever its type, or None; for the control API, which knows no types."""
        return self._by_id.get((platform, id_))

    def children(self, platform: str, parent_id: str, *, type_: str, deleted: bool = False) -> list[Entity]:
        """The entities of one type below a parent, oldest first; deleted ones only when asked."""
        below = self._children.get((platform, parent_id), [])
        return [e for e in below if e.type == type_ and (deleted or e.deleted_at is None)]

    def all(
        self,
        platform: str | None = None,
        *,
        type_: str | None = None,
        deleted: bool = False,
        where: Callable[[Entity], bool] | None = None,
    ) -> Iterator[Entity]:
        """Entities, oldest first; deleted ones only when asked."""
        for entity in self._entities.values():
            if platform is not None and entity.platform != platform:
                continue
            if type_ is not None and entity.type != type_:
                continue
            if (deleted or entity.deleted_at is None) and (where is None or where(entity)):
                yield entity


def _renamed(value: Any, names: dict[str, Any]) -> Any:
    """A copy in which texts that are, or are paths that end with, one of these are another."""
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, str):
        head, mark, own = value.rpartition("/")
        return head + mark + str(names.get(own, own)) if mark else names.get(value, value)
    return value


def _restorer(entity: Entity) -> Callable[[], None]:
    name, status, fields = entity.name, entity.status, dict(entity.fields)
    deleted_at, review = entity.deleted_at, entity.review

    def restore() -> None:
        entity.name, entity.status, entity.fields = name, status, fields
        entity.deleted_at, entity.review = deleted_at, review

    return restore

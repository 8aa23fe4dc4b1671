"""Creating, changing and deleting objects of the tree, and listing them: the verbs behind nodes and edges."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from adsandbox.accounts import Account
from adsandbox.meta import (
    ads,
    adsets,
    campaigns,
    creatives,
    edges,
    errors,
    fields,
    learning,
    nodes,
    status,
    tables,
    trouble,
)  # fmt: skip
from adsandbox.meta.call import Call, fitted, instant
from adsandbox.meta.graph import NAME, Graph
from adsandbox.schema import Field, enum, integer, text
from adsandbox.store import Entity

#: Edges of an ad account on which objects of the tree are made and listed.
EDGES = {"campaigns": "campaign", "adsets": "adset", "adcreatives": "adcreative", "ads": "ad"}

_CREATE: dict[str, tuple[dict[str, Field], Callable[[Graph, Account, dict[str, Any]], Entity]]] = {
    "campaign": (tables.CAMPAIGN, campaigns.create),
    "adset": (tables.ADSET, adsets.create),
    "adcreative": (tables.CREATIVE, creatives.create),
    "ad": (tables.AD, ads.create),
}


def _updates(table: dict[str, Field], *, without: Iterable[str] = (), **more: Field) -> dict[str, Field]:
    """A table for changes: nothing is required, and what is fixed for ever is unknown."""
    optional = {name: replace(field, required=False) for name, field in table.items() if name not in without}
    return optional | {"status": enum(*tables.STATUSES)} | more


UPDATES: dict[str, dict[str, Field]] = {
    "campaign": _updates(tables.CAMPAIGN, without=("buying_type", "source_campaign_id")),
    "adset": _updates(tables.ADSET, without=("campaign_id", "is_dynamic_creative", "source_adset_id")),
    "ad": _updates(tables.AD, without=("adset_id", "source_ad_id")),
    "adcreative": {
        "name": text(most=tables.NAME_LENGTH),
        "status": enum("ACTIVE", "DELETED"),
        "adlabels": tables.stored("a")["a"],
    },
}
_CHANGE: dict[str, Callable[[Graph, Entity, dict[str, Any]], None]] = {
    "campaign": campaigns.update,
    "adset": adsets.update,
    "ad": ads.update,
    "adcreative": lambda graph, creative, changes: None,
}


def create(graph: Graph, account: Account, type_: str, call: Call) -> dict[str, Any]:
    """Make an object on an edge of the account; `{"id": …}`, or `{"success": true}` for a dry run."""
    _unlocked(account)
    asked = fields.parse(call.params.pop("fields", None))
    table, make = _CREATE[type_]
    given = fitted(call.params, table)
    dry = "validate_only" in given.get("execution_options", ())
    with graph.world.store.savepoint() as point:
        entity = make(graph, account, given)
        if dry:
            point.rollback()
            return {"success": True}
    return nodes.render(graph, entity, asked)


def _unlocked(account: Account) -> None:
    if trouble.is_locked(account):
        raise errors.plain("(#100) Your ad account is disabled and cannot create or edit ads.", subcode=1404078)


def update(graph: Graph, entity: Entity, call: Call) -> dict[str, Any]:
    """Change an object by POST to its node; `{"success": true}`."""
    _unlocked(graph.account_of(entity))
    call.params.pop("fields", None)
    changes = fitted(call.params, UPDATES[entity.type])
    if entity.deleted_at is not None and set(changes) - {"name"}:
        raise errors.invalid(
            "A deleted object can no longer be changed.",
            field=next(iter(changes)),
            title="Object was deleted",
        )
    if entity.status == "ARCHIVED":
        _archived(changes)
    dry = "validate_only" in changes.get("execution_options", ())
    with graph.world.store.savepoint() as point:
        _apply(graph, entity, changes)
        if dry:
            point.rollback()
    return {"success": True}


def _archived(changes: dict[str, Any]) -> None:
    """An archived object takes a new name, or is deleted, and nothing else (page "Manage your ad object's status")."""
    for name, value in changes.items():
        if name not in ("name", "execution_options") and (name, value) != ("status", "DELETED"):
            raise errors.invalid(
                "An archived object can only be renamed or deleted.", field=name, title="Object is archived"
            )


def _apply(graph: Graph, entity: Entity, changes: dict[str, Any]) -> None:
    _CHANGE[entity.type](graph, entity, {n: v for n, v in changes.items() if n not in ("name", "status")})
    _touch(graph, entity)
    if changes.get("status") == "DELETED":
        delete(graph, entity)
    else:
        graph.world.store.update(entity, name=changes.get("name"), status=changes.get("status"))
    if entity.type == "adset" and learning.SIGNIFICANT & set(changes):
        learning.begin(graph, entity)
    if entity.type == "adset" and "targeting" in changes:
        for ad in graph.below(entity, "ad"):
            ads.submit(graph, ad)


def delete(graph: Graph, entity: Entity) -> dict[str, Any]:
    """Delete an object and everything below it; `{"success": true}`, also when it was deleted before."""
    for type_ in ("adset", "ad"):
        if entity.type in ("campaign", "adset"):
            for one in graph.below(entity, type_):
                delete(graph, one)
    if entity.type == "adcreative" and _used(graph, entity):
        raise errors.invalid("A creative that an ad uses cannot be deleted.", field="id", title="Creative is in use")
    if entity.deleted_at is None:
        _touch(graph, entity)
        graph.world.store.delete(entity, status="DELETED")
    return {"success": True}


def _touch(graph: Graph, entity: Entity) -> None:
    updated = graph.clock_text(graph.now, graph.account_of(entity))
    graph.world.store.update(entity, fields={"updated_time": updated})


def _used(graph: Graph, creative: Entity) -> bool:
    used = graph.world.store.all(NAME, type_="ad", where=lambda ad: ad.fields["creative_id"] == creative.id)
    return next(used, None) is not None


def listed(graph: Graph, entities: Iterable[Entity], type_: str, *, call: Call, base: str) -> dict[str, Any]:
    """A page of objects; deleted and archived ones only when `effective_status` asks for them."""
    edges.only(
        call,
        edges.PARAMS | {"effective_status", "date_preset", "time_range", "updated_since"},
    )
    found = [one for one in entities if _wanted(graph, one, call) and graph.world.lag.lists(one)]
    tests = edges.filters(call)
    for name, test in tests:
        found = [one for one in found if test(_filterable(graph, one, name))]
    asked = fields.parse(call.params.get("fields"))
    nodes.check(type_, asked)
    newest = found[::-1]
    return edges.page(call, graph.now, newest, base=base, show=lambda one: nodes.render(graph, one, asked), size=25)


def _wanted(graph: Graph, entity: Entity, call: Call) -> bool:
    if entity.type == "adcreative":
        return entity.deleted_at is None
    wanted = _statuses(call)
    now = status.effective(graph, entity)
    shown = now in wanted if wanted else now not in ("DELETED", "ARCHIVED")
    return shown and _since(entity, call)


def _since(entity: Entity, call: Call) -> bool:
    """Whether an object was changed at or after `updated_since` (seconds since 1970)."""
    if "updated_since" not in call.params:
        return True
    wanted = fitted({"at": call.params["updated_since"]}, {"at": integer(least=0)})["at"]
    changed = instant(entity.fields.get("updated_time"))
    return bool((changed or entity.created_at).timestamp() >= wanted)


def _statuses(call: Call) -> set[str]:
    """`effective_status` as parameter or as filter."""
    raw = call.params.get("effective_status", "[]")
    found = set(fitted({"s": raw}, {"s": tables.strings()})["s"])
    for one in edges.conditions(call):
        if one["field"].endswith("effective_status") and one["operator"] == "IN":
            found |= set(one["value"])
    return found


def _filterable(graph: Graph, entity: Entity, name: str) -> Any:
    """The value of a filter's field: `name`, `id`, `campaign.id`, `effective_status` …"""
    prefix, _, own = name.rpartition(".")
    at: Entity | None = entity
    while prefix and at is not None and at.type != prefix:
        at = graph.world.store.parent(at)
    if at is None:
        raise errors.plain(f"(#100) Filtering field {name} is not valid")
    return nodes.render(graph, at, fields.parse(own))[own] if own else None

"""The rows that a query starts from: each object with the ones above it, and what Google derives of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adsandbox.accounts import Account
from adsandbox.google.status import PLATFORM, States
from adsandbox.store import Entity
from adsandbox.world import World

#: JSON by resource (`campaign`, `ad_group` …); `_id` is the object's id for joining metrics.
Record = dict[str, Any]


def gather(world: World, account: Account, resource: str) -> Iterable[Record]:
    """Every row of a resource, removed objects too."""
    source = _SOURCES.get(resource)
    if source is not None:
        return source(world, account)
    return _entities(world, account, resource)


def _entities(world: World, account: Account, resource: str) -> Iterable[Record]:
    states = States(world, account)
    shown = customer(account)
    for entity in world.store.all(PLATFORM, type_=resource, deleted=True):
        if entity.account_id != account.id or not world.lag.lists(entity):
            continue
        record: Record = {"customer": shown, "_id": entity.id}
        at: Entity | None = entity
        while at is not None:
            record[at.type] = _resource(at, states)
            if at.type == "campaign":
                record["campaign_budget"] = _budget(world, at)
            at = world.store.parent(at)
        yield record


def _resource(entity: Entity, states: States) -> Record:
    """An object's JSON with what Google derives."""
    derived: dict[str, Callable[[Entity], Record]] = {
        "campaign": states.campaign,
        "ad_group": states.group,
        "ad_group_ad": states.ad,
    }
    extra = derived[entity.type](entity) if entity.type in derived else {}
    if entity.type == "ad_group_criterion":
        extra = {"approvalStatus": "APPROVED", "systemServingStatus": "ELIGIBLE", "primaryStatus": "ELIGIBLE"}
    if entity.type == "ad_group" and "cpcBidMicros" in entity.fields:
        extra["effectiveCpcBidMicros"] = entity.fields["cpcBidMicros"]
    return {**entity.fields, **extra}


def _budget(world: World, campaign: Entity) -> Record:
    id_ = campaign.fields["campaignBudget"].rpartition("/")[2]
    budget = world.store.get(PLATFORM, "campaign_budget", id_)
    return dict(budget.fields) if budget else {}


def customer(account: Account) -> Record:
    """A customer's JSON."""
    return {
        "resourceName": f"customers/{account.id}",
        "id": account.id,
        "descriptiveName": account.name,
        "currencyCode": account.currency,
        "timeZone": account.time_zone,
        "manager": account.fields["manager"],
        "testAccount": False,
        "autoTaggingEnabled": True,
        "status": "SUSPENDED" if account.suspended else "ENABLED",
        "conversionTrackingSetting": {
            "conversionTrackingStatus": "CONVERSION_TRACKING_MANAGED_BY_SELF",
            "googleAdsConversionCustomer": f"customers/{account.id}",
        },
    }


def _customers(world: World, account: Account) -> Iterable[Record]:
    return [{"customer": customer(account), "_id": account.id}]


def _clients(world: World, account: Account) -> Iterable[Record]:
    below = [a for a in world.accounts(PLATFORM) if a.fields.get("manager_id") == account.id]
    for client in [account, *below]:
        shown = customer(client)
        own = {k: shown[k] for k in ("id", "descriptiveName", "currencyCode", "timeZone", "manager", "status")}
        yield {
            "customer": customer(account),
            "customer_client": {
                **own,
                "resourceName": f"customers/{account.id}/customerClients/{client.id}",
                "clientCustomer": f"customers/{client.id}",
                "level": "0" if client is account else "1",
                "hidden": False,
                "testAccount": False,
            },
        }


def _conversion_actions(world: World, account: Account) -> Iterable[Record]:
    for action in account.fields["conversion_actions"]:
        yield {"customer": customer(account), "conversion_action": action}


_SOURCES: Mapping[str, Callable[[World, Account], Iterable[Record]]] = {
    "customer": _customers,
    "customer_client": _clients,
    "conversion_action": _conversion_actions,
}

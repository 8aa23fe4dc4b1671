"""The rows that a query starts from: each object with the ones above it, and what Google derives of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from adsandbox.accounts import Account
from adsandbox.delivery import HOUR
from adsandbox.google import parts, tables, wire
from adsandbox.google.gaql import Query
from adsandbox.google.resources import goals
from adsandbox.google.status import PLATFORM, States
from adsandbox.store import Entity
from adsandbox.world import World

#: JSON by resource (`campaign`, `ad_group` …); `_id` is the object's id for joining metrics.
Record = dict[str, Any]
#: Where an account keeps the limit of its budget, in micros; absent while there is none.
SPENDING_LIMIT = "spending_limit"


def gather(world: World, account: Account, query: Query) -> Iterable[Record]:
    """Every row of a query's resource, removed objects too."""
    if query.resource == "user_location_view":
        return _places(world, account, query)
    source = _SOURCES.get(query.resource)
    if source is not None:
        return source(world, account)
    return _entities(world, account, query.resource)


def splits_by_campaign(query: Query) -> bool:
    """Whether a query of a view names a field of the campaign, which splits the view's rows by campaign."""
    named = (*query.select, *(condition.field for condition in query.where))
    return any(field.startswith("campaign.") for field in named)


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


def _goal_configs(world: World, account: Account) -> Iterable[Record]:
    """Each campaign's, whether anybody touched it or not."""
    for campaign in _entities(world, account, "campaign"):
        known = goals.config(world, account, campaign["_id"])
        shown = goals.untouched(account.id, campaign["_id"]) | (known.fields if known else {})
        yield {**campaign, goals.CONFIG: shown}


def _campaign_goals(world: World, account: Account) -> Iterable[Record]:
    """Each campaign's goals, one for each category and origin."""
    for campaign in _entities(world, account, "campaign"):
        own = goals.goals(account, goals.config(world, account, campaign["_id"]))
        for kind in own:
            yield {**campaign, "campaign_conversion_goal": goals.goal(account.id, campaign["_id"], kind, own)}


def _customer_goals(world: World, account: Account) -> Iterable[Record]:
    """The account's goals, all of which it bids for."""
    for kind in goals.goals(account, None):
        category, _, origin = kind.partition("~")
        name = f"customers/{account.id}/customerConversionGoals/{kind}"
        shown = {"resourceName": name, "category": category, "origin": origin, "biddable": True}
        yield {"customer": customer(account), "customer_conversion_goal": shown}


def _billing(world: World, account: Account) -> Iterable[Record]:
    """Who pays: nobody any more where a person made the account unpaid. A manager has no billing of its own."""
    if account.fields["manager"]:
        return
    shown = {
        "resourceName": f"customers/{account.id}/billingSetups/8100000001",
        "id": "8100000001",
        "status": "CANCELLED" if account.hold == "unpaid" else "APPROVED",
        "paymentsAccount": f"customers/{account.id}/paymentsAccounts/1234-5678-9012-3456",
        "startDateTime": "2020-01-01 00:00:00",
    }
    yield {"customer": customer(account), "billing_setup": shown}


def served(world: World, account: Account) -> str:
    """What an account's ads have cost as far as it is known, in micros. Credits are no part of it (AccountBudget
    `amount_served_micros`, v26)."""
    now, micros = world.clock.now(), 0
    for row in world.delivery.history(PLATFORM):
        if row.line.account_id == account.id and row.at + HOUR <= now:
            micros += int(replace(row, credit=None).known(now).spend * 1_000_000)
    return str(micros)


def _budgets(world: World, account: Account) -> Iterable[Record]:
    """The account's own budget: without a limit, or with what had been spent when a person capped the account."""
    if account.fields["manager"]:
        return
    capped = account.fields.get(SPENDING_LIMIT)
    limit = (
        {"approvedSpendingLimitMicros": capped, "adjustedSpendingLimitMicros": capped}
        if capped is not None
        else {"approvedSpendingLimitType": "INFINITE", "adjustedSpendingLimitType": "INFINITE"}
    )
    shown = {
        "resourceName": f"customers/{account.id}/accountBudgets/8200000001",
        "id": "8200000001",
        "name": "Account budget",
        "status": "APPROVED",
        "billingSetup": f"customers/{account.id}/billingSetups/8100000001",
        "approvedStartDateTime": "2020-01-01 00:00:00",
        "amountServedMicros": served(world, account),
        "totalAdjustmentsMicros": "0",
        **limit,
    }
    yield {"customer": customer(account), "account_budget": shown}


def _user_lists(world: World, account: Account) -> Iterable[Record]:
    for each in account.fields["user_lists"]:
        yield {"customer": customer(account), "user_list": each}


def _ages(world: World, account: Account) -> Iterable[Record]:
    return _people(world, account, "age_range_view", "ageRange", tables.AGES)


def _genders(world: World, account: Account) -> Iterable[Record]:
    return _people(world, account, "gender_view", "gender", tables.GENDERS)


def _people(world: World, account: Account, view: str, kind: str, words: Mapping[str, str]) -> Iterable[Record]:
    """Every ad group once for each of its ages or genders, which have criteria whether they were added or not."""
    collection = f"{wire.camel(view)}s"
    for group in _entities(world, account, "ad_group"):
        for word, number in words.items():
            id_ = f"{group['_id']}~{number}"
            criterion = {
                "resourceName": f"customers/{account.id}/adGroupCriteria/{id_}",
                "criterionId": number,
                "adGroup": group["ad_group"]["resourceName"],
                "type": wire.snake(kind).upper(),
                "status": "ENABLED",
                "negative": False,
                kind: {"type": word},
            }
            shown = {"resourceName": f"customers/{account.id}/{collection}/{id_}"}
            yield {**group, "ad_group_criterion": criterion, view: shown, "_id": (group["_id"], word)}


def _places(world: World, account: Account, query: Query) -> Iterable[Record]:
    """Every country once for the customer, or for each campaign where a query names a campaign's field."""
    if not splits_by_campaign(query):
        for country in parts.all_countries(world, account):
            yield {"customer": customer(account), **_place(account, account.id, country, targeted=True)}
        return
    for campaign in _entities(world, account, "campaign"):
        for country in parts.countries(world, campaign["_id"]):
            targeted = parts.is_targeted(world, campaign["_id"], country)
            yield {**campaign, **_place(account, campaign["_id"], country, targeted=targeted)}


def _place(account: Account, owner: str, country: str, *, targeted: bool) -> Record:
    name = f"customers/{account.id}/userLocationViews/{country}~{str(targeted).lower()}"
    shown = {"resourceName": name, "countryCriterionId": country, "targetingLocation": targeted}
    return {"user_location_view": shown, "_id": (owner, country)}


_SOURCES: Mapping[str, Callable[[World, Account], Iterable[Record]]] = {
    "customer": _customers,
    "customer_client": _clients,
    "conversion_action": _conversion_actions,
    goals.CONFIG: _goal_configs,
    "campaign_conversion_goal": _campaign_goals,
    "customer_conversion_goal": _customer_goals,
    "user_list": _user_lists,
    "billing_setup": _billing,
    "account_budget": _budgets,
    "age_range_view": _ages,
    "gender_view": _genders,
}

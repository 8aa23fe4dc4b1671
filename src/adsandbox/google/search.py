"""Answers GAQL queries: checks the fields, gathers rows, joins metrics, filters, orders, limits."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.delivery import Row, Totals
from adsandbox.google import fields, tables, wire
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.fields import Kind
from adsandbox.google.gaql import Condition, Query
from adsandbox.google.status import PLATFORM, States
from adsandbox.store import Entity
from adsandbox.world import World

Record = dict[str, Any]
_EPOCH, _END = date(2000, 1, 1), date(2037, 12, 30)
_NEGATIVE = frozenset({"!=", "NOT IN", "NOT LIKE", "CONTAINS NONE", "NOT REGEXP_MATCH", "IS NULL"})


def run(world: World, account: Account, query: Query) -> list[Record]:
    """The rows of a query as GoogleAdsRow JSON; refuses what Google would."""
    _check(query, account)
    records = list(_records(world, account, query.resource))
    if _measured(query):
        records = _measure(world, account, query, records)
    for condition in query.where:
        if not condition.field.startswith("segments.") or condition.field in query.select:
            records = [r for r in records if _holds(r, condition, query.resource)]
    for field, descending in reversed(query.order):
        records.sort(key=lambda r, f=field: _sortable(r, f, query.resource), reverse=descending)  # type: ignore[misc]
    return [_shown(record, query) for record in records[: query.limit]]


def mask(query: Query) -> str:
    """The `fieldMask` of the answer."""
    return ",".join(".".join(wire.camel(part) for part in field.split(".")) for field in query.select)


# checking


def _check(query: Query, account: Account) -> None:
    if query.resource not in fields.RESOURCES:
        raise _bad("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"{query.resource!r} is no resource.")
    ordered = [name for name, _ in query.order]
    for field in (*query.select, *(c.field for c in query.where), *ordered):
        _check_field(field, query)
    for condition in query.where:
        _check_condition(condition, query)
    for field in ordered:
        own = field.startswith(f"{query.resource}.")
        if field not in query.select and not own:
            raise _bad("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"{field} must be selected.")
    if _measured(query) and account.fields["manager"]:
        raise _bad("REQUESTED_METRICS_FOR_MANAGER", "A manager account has no metrics.")
    if any(f.startswith("segments.") for f in query.select):
        _check_segments(query)


def _check_field(field: str, query: Query) -> None:
    name = field.partition(".")[2]
    if field.startswith("metrics.") and name in fields.NOT_FOR_SEARCH:
        raise _bad("PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", f"{field} is not for Search.")
    known = fields.kind(query.resource, field)
    if known is None:
        owner = field.partition(".")[0]
        if owner in fields.RESOURCES and name in fields.RESOURCES[owner].fields:
            raise _bad("PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", f"{owner} does not go with the FROM.")
        raise _bad("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{field}'.")
    if field.startswith(("metrics.", "segments.")) and not fields.RESOURCES[query.resource].metrics:
        raise _bad("PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", f"{query.resource} has no metrics.")


def _check_condition(condition: Condition, query: Query) -> None:
    known = fields.kind(query.resource, condition.field)
    name = condition.field.removeprefix("segments.")
    if (
        condition.field.startswith("segments.")
        and name not in fields.CORE_DATES
        and condition.field not in query.select
    ):
        raise _bad("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"{condition.field} must be selected.")
    many = condition.operator.startswith("CONTAINS")
    if (known is Kind.MANY) != many and not condition.operator.startswith("IS "):
        raise _bad("OPERATOR_FIELD_MISMATCH", f"{condition.operator} does not fit {condition.field}.")
    if condition.operator == "DURING" and (
        known is not Kind.DATE or condition.values[0].upper() not in _RANGES
    ):
        raise _bad("INVALID_VALUE_WITH_DURING_OPERATOR", f"{condition.values[0]} is no date range.")
    if condition.operator != "DURING":
        _check_values(condition, known)


def _check_values(condition: Condition, known: Kind | None) -> None:
    constants = fields.CONSTANTS.get(condition.field)
    for value in condition.values:
        if constants is not None and value not in constants:
            raise _bad("BAD_ENUM_CONSTANT", f"{value!r} is no constant of {condition.field}.")
        if known is Kind.INT and not re.fullmatch(r"-?\d+", value):
            raise _bad("BAD_NUMBER", f"{value!r} is no whole number.")
        if known is Kind.DATE:
            _date(value)


def _check_segments(query: Query) -> None:
    chosen = {f.partition(".")[2] for f in query.select if f.startswith("segments.")}
    bounded = any(c.field == "segments.date" for c in query.where)
    if chosen & fields.CORE_DATES and not bounded:
        raise _bad("EXPECTED_FILTERS_ON_DATE_RANGE", "A finite range of segments.date is required.")
    metrics = {f.partition(".")[2] for f in query.select if f.startswith("metrics.")}
    if chosen & fields.CONVERSION_SEGMENTS and metrics - fields.OF_CONVERSIONS:
        raise _bad(
            "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
            "Only conversions by conversion action.",
        )


def _measured(query: Query) -> bool:
    named = (*query.select, *(c.field for c in query.where))
    return any(field.startswith(("metrics.", "segments.")) for field in named)


# gathering


def _records(world: World, account: Account, resource: str) -> Iterable[Record]:
    gather = _SOURCES.get(resource)
    if gather is not None:
        return gather(world, account)
    return _entities(world, account, resource)


def _entities(world: World, account: Account, resource: str) -> Iterable[Record]:
    states = States(world, account)
    shown = customer(account)
    for entity in world.store.all(PLATFORM, type_=resource, deleted=True):
        if entity.account_id != account.id:
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
        own = {
            k: shown[k] for k in ("id", "descriptiveName", "currencyCode", "timeZone", "manager", "status")
        }
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


# measuring

_OWNER: Mapping[str, Callable[[Row], str]] = {
    "customer": lambda row: row.line.account_id,
    "campaign": lambda row: row.line.campaign_id,
    "ad_group": lambda row: row.line.group_id,
    "ad_group_ad": lambda row: row.line.ad_id,
}


def _measure(world: World, account: Account, query: Query, records: list[Record]) -> list[Record]:
    """Each record with its metrics; by segment only where something was shown."""
    named = (*query.select, *(c.field for c in query.where if c.field in query.select))
    segments = sorted({f.partition(".")[2] for f in named if f.startswith("segments.")})
    first, last = _range(query, _today(world, account))
    owner = _OWNER[query.resource]
    sums = world.delivery.grouped(
        PLATFORM,
        lambda row, local: (owner(row), tuple(_segment(name, local, account) for name in segments)),
        account_id=account.id,
        first=first,
        last=last,
    )
    only_converted = bool(fields.CONVERSION_SEGMENTS & set(segments))
    by_owner: dict[str, list[tuple[tuple[str, ...], Totals]]] = {}
    for (id_, values), totals in sums.items():
        if totals.conversions or not only_converted:
            by_owner.setdefault(id_, []).append((values, totals))
    empty: list[tuple[tuple[str, ...], Totals]] = [] if segments else [((), Totals())]
    return [
        {
            **record,
            "metrics": _metrics(totals),
            "segments": dict(zip(map(wire.camel, segments), values, strict=True)),
        }
        for record in records
        for values, totals in by_owner.get(record["_id"], empty)
    ]


def _metrics(totals: Totals) -> Record:
    cost, shown, clicks = int(totals.spend * 1_000_000), totals.impressions, totals.clicks
    conversions, value = totals.conversions, totals.conversion_value
    found: Record = {
        "impressions": str(shown),
        "clicks": str(clicks),
        "interactions": str(clicks),
        "costMicros": str(cost),
        "videoTrueviewViews": str(totals.video_views),
        "conversions": float(conversions),
        "conversionsValue": float(value),
        "allConversions": float(conversions),
        "allConversionsValue": float(value),
    }
    ratios = (
        ("ctr", clicks, shown),
        ("averageCpc", cost, clicks),
        ("averageCost", cost, clicks),
        ("averageCpm", cost * 1000, shown),
        ("costPerConversion", cost, conversions),
        ("conversionsFromInteractionsRate", conversions, clicks),
        ("valuePerConversion", float(value), conversions),
    )
    found |= {name: above / below for name, above, below in ratios if below}
    return found


def _segment(name: str, local: datetime, account: Account) -> Any:
    action: Record = next(iter(account.fields["conversion_actions"]), {})
    day = local.date()
    quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    values: dict[str, Any] = {
        "date": day.isoformat(),
        "hour": local.hour,
        "day_of_week": tables.DAYS[day.weekday()],
        "week": (day - timedelta(days=day.weekday())).isoformat(),
        "month": day.replace(day=1).isoformat(),
        "quarter": quarter.isoformat(),
        "year": day.year,
        "conversion_action": action.get("resourceName"),
        "conversion_action_name": action.get("name"),
        "conversion_action_category": action.get("category"),
    }
    return values[name]


def _today(world: World, account: Account) -> date:
    return world.clock.now().astimezone(ZoneInfo(account.time_zone)).date()


def _range(query: Query, today: date) -> tuple[date, date]:
    first, last = _EPOCH, _END
    for condition in query.where:
        if condition.field == "segments.date":
            low, high = _bounds(condition, today)
            first, last = max(first, low), min(last, high)
    return first, last


def _bounds(condition: Condition, today: date) -> tuple[date, date]:
    if condition.operator == "DURING":
        return _RANGES[condition.values[0].upper()](today)
    day = _date(condition.values[0])
    one = timedelta(days=1)
    match condition.operator:
        case "BETWEEN":
            return day, _date(condition.values[1])
        case "=":
            return day, day
        case ">=":
            return day, _END
        case ">":
            return day + one, _END
        case "<=":
            return _EPOCH, day
        case "<":
            return _EPOCH, day - one
        case "IN":
            days = [_date(value) for value in condition.values]
            return min(days), max(days)
    raise _bad("BAD_OPERATOR", f"{condition.operator} does not fit segments.date.")


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days), today - timedelta(days=1))


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def _week(weekday: int, back: int) -> Callable[[date], tuple[date, date]]:
    """This week (back 0) or the last one (back 1), beginning on a weekday."""

    def bounds(today: date) -> tuple[date, date]:
        begin = today - timedelta(days=(today.weekday() - weekday) % 7 + 7 * back)
        return begin, min(today, begin + timedelta(days=6))

    return bounds


_RANGES: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "TODAY": lambda today: (today, today),
    "YESTERDAY": _last(1),
    "LAST_7_DAYS": _last(7),
    "LAST_14_DAYS": _last(14),
    "LAST_30_DAYS": _last(30),
    "LAST_BUSINESS_WEEK": lambda today: (_week(0, 1)(today)[0], _week(0, 1)(today)[0] + timedelta(days=4)),
    "THIS_MONTH": lambda today: (today.replace(day=1), today),
    "LAST_MONTH": _last_month,
    "THIS_WEEK_MON_TODAY": _week(0, 0),
    "THIS_WEEK_SUN_TODAY": _week(6, 0),
    "LAST_WEEK_MON_SUN": _week(0, 1),
    "LAST_WEEK_SUN_SAT": _week(6, 1),
}


# comparing and showing


def _value(record: Record, field: str) -> Any:
    owner, *path = field.split(".")
    at: Any = record.get(owner, {})
    for part in path:
        at = at.get(wire.camel(part)) if isinstance(at, dict) else None
    return at


def _holds(record: Record, condition: Condition, resource: str) -> bool:
    value = _value(record, condition.field)
    if condition.operator in ("IS NULL", "IS NOT NULL"):
        return (value is None) == (condition.operator == "IS NULL")
    if value is None:
        return condition.operator in _NEGATIVE
    if condition.operator.startswith("CONTAINS"):
        hits = [wanted in value for wanted in condition.values]
        return {"ANY": any(hits), "ALL": all(hits), "NONE": not any(hits)}[condition.operator[9:]]
    known = fields.kind(resource, condition.field)
    if condition.operator == "DURING" or known is Kind.DATE:
        return True if condition.field == "segments.date" else _compare(str(value), condition, Kind.TEXT)
    return _compare(value, condition, known)


def _compare(value: Any, condition: Condition, known: Kind | None) -> bool:
    own, wanted = _typed(value, known), [_typed(v, known) for v in condition.values]
    match condition.operator:
        case "=":
            return bool(own == wanted[0])
        case "!=":
            return bool(own != wanted[0])
        case ">":
            return bool(own > wanted[0])
        case ">=":
            return bool(own >= wanted[0])
        case "<":
            return bool(own < wanted[0])
        case "<=":
            return bool(own <= wanted[0])
        case "BETWEEN":
            return bool(wanted[0] <= own <= wanted[1])
        case "IN":
            return own in wanted
        case "NOT IN":
            return own not in wanted
    return _matches(str(value), condition)


def _matches(text: str, condition: Condition) -> bool:
    """LIKE ignores case and knows `%`; REGEXP_MATCH wants the whole text."""
    if condition.operator.endswith("LIKE"):
        pattern = ".*".join(re.escape(part) for part in condition.values[0].split("%"))
        found = re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL)
    else:
        found = re.fullmatch(condition.values[0], text)
    return (found is None) == condition.operator.startswith("NOT")


def _typed(value: Any, known: Kind | None) -> Any:
    if known in (Kind.INT, Kind.NUMBER):
        return Decimal(str(value))
    return str(value).lower() if known is Kind.BOOL else str(value)


def _sortable(record: Record, field: str, resource: str) -> tuple[bool, Any]:
    value = _value(record, field)
    return (value is not None, None if value is None else _typed(value, fields.kind(resource, field)))


def _shown(record: Record, query: Query) -> Record:
    """The selected fields alone; the names of the resources they belong to come by themselves."""
    row: Record = {}
    for field in query.select:
        owner = field.partition(".")[0]
        if owner in fields.RESOURCES and owner in record:
            row.setdefault(wire.camel(owner), {})["resourceName"] = record[owner].get("resourceName")
        value = _value(record, field)
        if value is None:
            continue
        at, parts = row, [wire.camel(part) for part in field.split(".")]
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return row


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad("INVALID_DATE_FORMAT", f"{text!r} is no date.") from None


def _bad(code: str, message: str) -> Refused:
    return refuse("queryError", code, f"Error in query: {message}")

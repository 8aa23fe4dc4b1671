"""Days of a query: what a condition on `segments.date` spans, and the segments of an hour."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.google import tables
from adsandbox.google.errors import refuse
from adsandbox.google.gaql import Condition, Query
from adsandbox.world import World

_EPOCH, _END = date(2000, 1, 1), date(2037, 12, 30)


def segment(name: str, local: datetime, account: Account) -> Any:
    """The value of a segment for an hour of the customer's clock."""
    action: dict[str, Any] = next(iter(account.fields["conversion_actions"]), {})
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


def today(world: World, account: Account) -> date:
    """The customer's date."""
    return world.clock.now().astimezone(ZoneInfo(account.time_zone)).date()


def span(query: Query, today: date) -> tuple[date, date]:
    """The first and last day that a query asks for."""
    first, last = _EPOCH, _END
    for condition in query.where:
        if condition.field == "segments.date":
            low, high = _bounds(condition, today)
            first, last = max(first, low), min(last, high)
    return first, last


def _bounds(condition: Condition, today: date) -> tuple[date, date]:
    if condition.operator == "DURING":
        return RANGES[condition.values[0].upper()](today)
    day = day_of(condition.values[0])
    one = timedelta(days=1)
    match condition.operator:
        case "BETWEEN":
            return day, day_of(condition.values[1])
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
    raise refuse("queryError", "BAD_OPERATOR", f"Error in query: {condition.operator} does not fit segments.date.")


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


RANGES: Mapping[str, Callable[[date], tuple[date, date]]] = {
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


def day_of(text: str) -> date:
    """A date of a query, or Google's refusal."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse("queryError", "INVALID_DATE_FORMAT", f"Error in query: {text!r} is no date.") from None

"""Lists of the Graph API: filters, pages, cursors. It knows no particular node."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from adsandbox.faults import Fault
from adsandbox.meta import errors
from adsandbox.meta.call import Call

T = TypeVar("T")

#: How long a cursor is good. Meta only says that cursors are not to be stored (Graph API, Paginated Results): the
#: length is ours.
CURSOR_LIFE = timedelta(days=1)
#: Parameters of every list.
PARAMS = frozenset(["fields", "limit", "after", "before", "filtering", "summary", "default_summary"])
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda have, want: have == want,
    "NOT_EQUAL": lambda have, want: have != want,
    "IN": lambda have, want: have in want,
    "NOT_IN": lambda have, want: have not in want,
    "CONTAIN": lambda have, want: str(want).lower() in str(have).lower(),
    "NOT_CONTAIN": lambda have, want: str(want).lower() not in str(have).lower(),
    "CONTAINS": lambda have, want: str(want).lower() in str(have).lower(),
    "STARTS_WITH": lambda have, want: str(have).startswith(str(want)),
    "GREATER_THAN": lambda have, want: _number(have) > _number(want),
    "LESS_THAN": lambda have, want: _number(have) < _number(want),
    "GREATER_THAN_OR_EQUAL": lambda have, want: _number(have) >= _number(want),
    "LESS_THAN_OR_EQUAL": lambda have, want: _number(have) <= _number(want),
}


def only(call: Call, known: Iterable[str]) -> None:
    """Refuse parameters that the list does not have."""
    for name in call.params:
        if name not in known:
            raise errors.invalid(
                f"Unexpected parameter {name}", field=name, message=f"(#100) Unexpected parameter {name}"
            )


def conditions(call: Call) -> list[dict[str, Any]]:
    """The `filtering` parameter: objects with field, operator and value."""
    raw = call.params.get("filtering", [])
    try:
        wanted = json.loads(raw) if isinstance(raw, str) else raw
        return [{"field": str(one["field"]), "operator": str(one["operator"]), "value": one["value"]} for one in wanted]
    except (ValueError, TypeError, KeyError):
        raise errors.plain("(#100) Param filtering must be an array of {field, operator, value}") from None


def filters(call: Call) -> list[tuple[str, Callable[[Any], bool]]]:
    """The `filtering` parameter as pairs of field and test."""
    found = []
    for one in conditions(call):
        if one["operator"] not in _OPERATORS:
            known = ", ".join(_OPERATORS)
            raise errors.plain(f"(#100) Filtering operator {one['operator']} must be one of {{{known}}}")
        found.append((one["field"], _test(_OPERATORS[one["operator"]], one["value"])))
    return found


def _test(operator: Callable[[Any, Any], bool], want: Any) -> Callable[[Any], bool]:
    return lambda have: operator(have, want)


def page(
    call: Call, now: datetime, items: Sequence[T], *, base: str, show: Callable[[T], Any], size: int
) -> dict[str, Any]:
    """One page of a list with its cursors; `base` is the address that `paging.next` begins with."""
    limit = _whole(call, "limit", size)
    if call.fault is Fault.EXPIRED:
        raise errors.plain("(#100) Invalid cursors values: after")
    start = _position(call, now, "after") + 1 if "after" in call.params else 0
    if "before" in call.params:
        start = max(0, _position(call, now, "before") - limit)
    shown = items[start : start + limit]
    if call.fault is Fault.TRUNCATED_PAGE:
        shown = shown[: (len(shown) + 1) // 2]
    answer: dict[str, Any] = {"data": [show(one) for one in shown]}
    if shown:
        answer["paging"] = _paging(call, now, (start, start + len(shown)), total=len(items), base=base)
    if str(call.params.get("summary", "")).lower() in ("true", "1", "total_count"):
        answer["summary"] = {"total_count": len(items)}
    return answer


def _paging(call: Call, now: datetime, span: tuple[int, int], *, total: int, base: str) -> dict[str, Any]:
    start, end = span
    cursors = {"before": _cursor(start, now), "after": _cursor(end - 1, now)}
    paging: dict[str, Any] = {"cursors": cursors}
    query = {n: v if isinstance(v, str) else json.dumps(v) for n, v in call.params.items()}
    query |= {"access_token": str(call.common.get("access_token", ""))}
    if end < total:
        paging["next"] = f"{base}?{urlencode(query | {'after': cursors['after']})}"
    if start > 0:
        query.pop("after", None)
        paging["previous"] = f"{base}?{urlencode(query | {'before': cursors['before']})}"
    return paging


def _whole(call: Call, name: str, default: int) -> int:
    try:
        found = int(call.params.get(name, default))
    except (TypeError, ValueError):
        found = 0
    if not 1 <= found <= 5000:
        raise errors.plain(f"(#100) Param {name} must be an integer between 1 and 5000")
    return found


def _cursor(position: int, now: datetime) -> str:
    return base64.urlsafe_b64encode(f"adloom:{position}:{int(now.timestamp())}".encode()).decode().rstrip("=")


def _position(call: Call, now: datetime, name: str) -> int:
    """The place that a cursor stands for; refused when it is none, or has lapsed."""
    cursor = str(call.params.get(name))
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        mark, position, issued = text.split(":")
        if mark == "adloom" and now.timestamp() - int(issued) <= CURSOR_LIFE.total_seconds():
            return int(position)
    except ValueError:
        pass
    raise errors.plain(f"(#100) Invalid cursors values: {name}")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise errors.plain(f"(#100) Filtering value {value!r} is not a number") from None

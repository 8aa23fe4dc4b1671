"""Two versions of an ad, compared field by field, in words for people. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adloom.ads.complaints import field_path

_LONGEST = 60
_Place = tuple[int | str, ...]


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two canonical ads, each as `budget.amount: 50.00 → 75.00`, in the order of the ad."""
    return [f"{field_path(place)}: {shown(old)} → {shown(new)}" for place, old, new in _different((), before, now)]


def shown(value: Any) -> str:
    """A value on one line, and not too long a one."""
    if value is None or value == []:
        return "(none)"
    if _is_money(value):
        return f"{value['value']} {value['currency']}"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def _different(place: _Place, old: Any, new: Any) -> Iterator[tuple[_Place, Any, Any]]:
    if _has_fields(old) and _has_fields(new) and (old or new):
        old, new = old or {}, new or {}
        for name in dict.fromkeys([*old, *new]):
            yield from _different((*place, name), old.get(name), new.get(name))
    elif _are_parts(old) and _are_parts(new) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _different((*place, index), one, other)
    elif old != new:
        yield place, old, new


def _has_fields(value: Any) -> bool:
    """Whether its fields are told one by one: an object, or what is not there beside one."""
    return value is None or (isinstance(value, Mapping) and not _is_money(value))


def _is_money(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"value", "currency"}


def _are_parts(value: Any) -> bool:
    """Whether it is a list of objects, whose places count, rather than of words."""
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)

"""Compares the values of rows as GAQL does, for WHERE and ORDER BY."""

import re
from decimal import Decimal
from typing import Any

from adsandbox.google import fields, wire
from adsandbox.google.fields import Kind
from adsandbox.google.gaql import Condition
from adsandbox.google.records import Record

_NEGATIVE = frozenset({"!=", "NOT IN", "NOT LIKE", "CONTAINS NONE", "NOT REGEXP_MATCH", "IS NULL"})


def value_of(record: Record, field: str) -> Any:
    """The value of `campaign.name` … in a row, or None."""
    owner, *path = field.split(".")
    at: Any = record.get(owner, {})
    for part in path:
        at = at.get(wire.camel(part)) if isinstance(at, dict) else None
    return at


def holds(record: Record, condition: Condition, resource: str) -> bool:
    """Whether a row meets a condition; what is not there meets only negative ones."""
    value = value_of(record, condition.field)
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


def sortable(record: Record, field: str, resource: str) -> tuple[bool, Any]:
    """A key for sorting by a field; rows without it come first."""
    value = value_of(record, field)
    return (value is not None, None if value is None else _typed(value, fields.kind(resource, field)))

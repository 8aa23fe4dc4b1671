"""Declarative strictness, shared by the platforms: a table says what a request may hold, and refusals name
the path.

It decides nothing about wording: each platform turns a `Refusal` into its own error shape.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """Which rule a value broke."""

    UNKNOWN = "unknown"  # a field that the platform does not know
    READ_ONLY = "read_only"  # a field that only the platform sets
    REQUIRED = "required"
    TYPE = "type"
    ENUM = "enum"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One broken rule. `path` holds field names and list indexes; `value` is what was sent (None when
    absent)."""

    path: tuple[str | int, ...]
    rule: Rule
    value: Any
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    """What one field may hold. Make them with the functions below (`text`, `integer`, `enum`, `obj` …)."""

    accepts: Callable[[Any], bool]
    kind: str
    required: bool = False
    read_only: bool = False
    nullable: bool = False
    values: frozenset[str] | None = None
    pattern: re.Pattern[str] | None = None
    least: float | None = None
    most: float | None = None
    length: Callable[[str], int] = len
    children: "Mapping[str, Field] | None" = None
    item: "Field | None" = None


def text(*, required: bool = False, least: int | None = None, most: int | None = None, **more: Any) -> Field:
    """A JSON string; `least` and `most` bound its length as `length` measures it; `pattern` must match
    fully."""
    return Field(lambda v: isinstance(v, str), "string", required, least=least, most=most, **more)


def integer(*, required: bool = False, least: float | None = None, most: float | None = None, **more: Any) -> Field:
    """A JSON number without fraction (true and false are not numbers)."""
    return Field(_is_int, "integer", required, least=least, most=most, **more)


def int64(*, required: bool = False, least: float | None = None, most: float | None = None, **more: Any) -> Field:
    """A whole number as JSON number or decimal string, as protobuf's JSON accepts int64."""
    return Field(_is_int64, "int64", required, least=least, most=most, **more)


def number(*, required: bool = False, least: float | None = None, most: float | None = None, **more: Any) -> Field:
    """Any JSON number."""
    return Field(_is_number, "number", required, least=least, most=most, **more)


def boolean(*, required: bool = False, **more: Any) -> Field:
    """JSON true or false."""
    return Field(lambda v: isinstance(v, bool), "boolean", required, **more)


def enum(*values: str, required: bool = False, **more: Any) -> Field:
    """One of these strings."""
    return Field(lambda v: isinstance(v, str), "enum", required, values=frozenset(values), **more)


def obj(children: Mapping[str, Field], *, required: bool = False, **more: Any) -> Field:
    """A JSON object with exactly these fields known."""
    return Field(lambda v: isinstance(v, dict), "object", required, children=children, **more)


def array(
    item: Field, *, required: bool = False, least: int | None = None, most: int | None = None, **more: Any
) -> Field:
    """A JSON array of `item`; `least` and `most` bound how many."""
    return Field(lambda v: isinstance(v, list), "array", required, least=least, most=most, item=item, **more)


def anything(*, required: bool = False, **more: Any) -> Field:
    """A value that is stored and not looked at."""
    return Field(lambda v: True, "any", required, **more)


def check(value: Any, fields: Mapping[str, Field], *, path: tuple[str | int, ...] = ()) -> list[Refusal]:
    """Every refusal of an object against a table, in the order of the fields; empty when it is accepted."""
    if not isinstance(value, dict):
        return [Refusal(path, Rule.TYPE, value, "an object is expected")]
    refusals = [
        Refusal((*path, name), Rule.UNKNOWN, value[name], f"unknown field {name!r}")
        for name in value
        if name not in fields
    ]
    for name, field in fields.items():
        if name in value and not (value[name] is None and field.nullable):
            refusals += _check_one(value[name], field, (*path, name))
        elif name not in value and field.required:
            refusals.append(Refusal((*path, name), Rule.REQUIRED, None, f"required field {name!r} is missing"))
    return refusals


def _check_one(value: Any, field: Field, path: tuple[str | int, ...]) -> list[Refusal]:
    if field.read_only:
        return [Refusal(path, Rule.READ_ONLY, value, "the field cannot be set")]
    if value is None and field.required:
        return [Refusal(path, Rule.REQUIRED, None, "the field must not be null")]
    if not field.accepts(value):
        return [Refusal(path, Rule.TYPE, value, f"expected {field.kind}")]
    if field.values is not None and value not in field.values:
        return [Refusal(path, Rule.ENUM, value, f"expected one of {', '.join(sorted(field.values))}")]
    if field.pattern is not None and not field.pattern.fullmatch(value):
        return [Refusal(path, Rule.FORMAT, value, f"does not match {field.pattern.pattern}")]
    if (broken := _bounds(value, field)) is not None:
        return [Refusal(path, broken, value, f"bounds are {field.least} to {field.most}")]
    if field.children is not None:
        return check(value, field.children, path=path)
    if field.item is not None:
        return [r for i, one in enumerate(value) for r in _check_one(one, field.item, (*path, i))]
    return []


def _bounds(value: Any, field: Field) -> Rule | None:
    size, low, high = _size(value, field)
    if field.least is not None and size < field.least:
        return Rule.EMPTY if isinstance(value, str) and size == 0 and field.kind == "string" else low
    return high if field.most is not None and size > field.most else None


def _size(value: Any, field: Field) -> tuple[float, Rule, Rule]:
    if isinstance(value, list):
        return len(value), Rule.TOO_FEW, Rule.TOO_MANY
    if field.kind == "string":
        return field.length(value), Rule.TOO_SMALL, Rule.TOO_LONG
    if field.least is None and field.most is None:
        return 0, Rule.TOO_SMALL, Rule.TOO_LARGE
    return float(value), Rule.TOO_SMALL, Rule.TOO_LARGE


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_int64(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"-?\d{1,19}", value) is not None
    return _is_int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

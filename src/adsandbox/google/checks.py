"""What Google refuses in a query: fields, operators, values, and combinations that do not go together."""

import re

from adsandbox.accounts import Account
from adsandbox.google import fields, periods
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.fields import Kind
from adsandbox.google.gaql import Condition, Query


def check(query: Query, account: Account) -> None:
    """Refuse a query that Google would."""
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
    if measured(query) and account.fields["manager"]:
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
    if condition.operator == "DURING" and (known is not Kind.DATE or condition.values[0].upper() not in periods.RANGES):
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
            periods.day_of(value)


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


def measured(query: Query) -> bool:
    """Whether a query asks for metrics or segments."""
    named = (*query.select, *(c.field for c in query.where))
    return any(field.startswith(("metrics.", "segments.")) for field in named)


def _bad(code: str, message: str) -> Refused:
    return refuse("queryError", code, f"Error in query: {message}")

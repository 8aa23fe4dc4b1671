"""Answers GAQL queries: gathers rows, joins metrics, filters, orders, limits; `checks.py` refuses."""

from adsandbox.accounts import Account
from adsandbox.google import checks, fields, filters, measures, records, wire
from adsandbox.google.gaql import Query
from adsandbox.google.records import Record
from adsandbox.world import World


def run(world: World, account: Account, query: Query) -> list[Record]:
    """The rows of a query as GoogleAdsRow JSON; refuses what Google would."""
    checks.check(query, account)
    found = list(records.gather(world, account, query))
    if checks.measured(query):
        found = measures.measure(world, account, query, found)
    for condition in query.where:
        if not condition.field.startswith("segments.") or condition.field in query.select:
            found = [r for r in found if filters.holds(r, condition, query.resource)]
    for field, descending in reversed(query.order):
        found.sort(key=lambda r, f=field: filters.sortable(r, f, query.resource), reverse=descending)  # type: ignore[misc]
    return [_shown(record, query) for record in found[: query.limit]]


def mask(query: Query) -> str:
    """The `fieldMask` of the answer."""
    return ",".join(".".join(wire.camel(part) for part in field.split(".")) for field in query.select)


def _shown(record: Record, query: Query) -> Record:
    """The selected fields alone; the names of the resources they belong to come by themselves."""
    row: Record = {}
    for field in query.select:
        owner = field.partition(".")[0]
        if owner in fields.RESOURCES and owner in record:
            row.setdefault(wire.camel(owner), {})["resourceName"] = record[owner].get("resourceName")
        value = filters.value_of(record, field)
        if value is None:
            continue
        at, parts = row, [wire.camel(part) for part in field.split(".")]
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return row

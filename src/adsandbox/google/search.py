"""Answers GAQL queries: gathers rows, joins metrics, filters, orders, limits; `checks.py` refuses."""

from collections.abc import Callable, Mapping

from adsandbox.accounts import Account
from adsandbox.delivery import Row, Totals
from adsandbox.google import checks, fields, filters, periods, records, wire
from adsandbox.google.gaql import Query
from adsandbox.google.records import Record
from adsandbox.google.status import PLATFORM
from adsandbox.world import World


def run(world: World, account: Account, query: Query) -> list[Record]:
    """The rows of a query as GoogleAdsRow JSON; refuses what Google would."""
    checks.check(query, account)
    found = list(records.gather(world, account, query.resource))
    if checks.measured(query):
        found = _measure(world, account, query, found)
    for condition in query.where:
        if not condition.field.startswith("segments.") or condition.field in query.select:
            found = [r for r in found if filters.holds(r, condition, query.resource)]
    for field, descending in reversed(query.order):
        found.sort(key=lambda r, f=field: filters.sortable(r, f, query.resource), reverse=descending)  # type: ignore[misc]
    return [_shown(record, query) for record in found[: query.limit]]


def mask(query: Query) -> str:
    """The `fieldMask` of the answer."""
    return ",".join(".".join(wire.camel(part) for part in field.split(".")) for field in query.select)


_OWNER: Mapping[str, Callable[[Row], str]] = {
    "customer": lambda row: row.line.account_id,
    "campaign": lambda row: row.line.campaign_id,
    "ad_group": lambda row: row.line.group_id,
    "ad_group_ad": lambda row: row.line.ad_id,
}


def _measure(world: World, account: Account, query: Query, found: list[Record]) -> list[Record]:
    """Each record with its metrics; by segment only where something was shown."""
    segments = sorted({f.partition(".")[2] for f in query.select if f.startswith("segments.")})
    first, last = periods.span(query, periods.today(world, account))
    owner = _OWNER[query.resource]
    sums = world.delivery.grouped(
        PLATFORM,
        lambda row, local: (owner(row), tuple(periods.segment(name, local, account) for name in segments)),
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
        for record in found
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

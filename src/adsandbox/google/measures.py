"""Joins rows of a query with what was shown: sums by owner, by segment, and by part of an audience."""

from collections.abc import Callable, Mapping
from typing import Any

from adsandbox.accounts import Account
from adsandbox.delivery import Row, Totals
from adsandbox.google import fields, parts, periods, wire
from adsandbox.google.gaql import Query
from adsandbox.google.records import Record, splits_by_campaign
from adsandbox.google.status import PLATFORM
from adsandbox.world import World

_OWNER: Mapping[str, Callable[[Row], str]] = {
    "customer": lambda row: row.line.account_id,
    "campaign": lambda row: row.line.campaign_id,
    "ad_group": lambda row: row.line.group_id,
    "ad_group_ad": lambda row: row.line.ad_id,
    "age_range_view": lambda row: row.line.group_id,
    "gender_view": lambda row: row.line.group_id,
}
#: What a view's rows are parts of: weights by campaign and ad group.
_PARTS: Mapping[str, Callable[[World, str, str], dict[str, int]]] = {
    "age_range_view": lambda world, campaign, group: parts.ages(world, group),
    "gender_view": lambda world, campaign, group: parts.genders(world, group),
    "user_location_view": lambda world, campaign, group: parts.countries(world, campaign),
}
#: Segments in their order, with their values.
Values = tuple[Any, ...]
#: A record's `_id`: of an object, or of an object and a part of its audience.
Owner = str | tuple[str, str]


def measure(world: World, account: Account, query: Query, found: list[Record]) -> list[Record]:
    """Each record with its metrics; by segment only where something was shown."""
    segments = sorted({f.partition(".")[2] for f in query.select if f.startswith("segments.")})
    only_converted = bool(fields.CONVERSION_SEGMENTS & set(segments))
    by_owner: dict[Owner, list[tuple[Values, Totals]]] = {}
    for (owner, values), totals in _sums(world, account, query, segments).items():
        if totals.conversions or (not only_converted and (totals.impressions or totals.clicks)):
            by_owner.setdefault(owner, []).append((values, totals))
    empty: list[tuple[Values, Totals]] = [] if segments else [((), Totals())]
    return [
        {
            **record,
            "metrics": _metrics(totals),
            "segments": dict(zip(map(wire.camel, segments), values, strict=True)),
        }
        for record in found
        for values, totals in by_owner.get(record["_id"], empty)
    ]


def _sums(world: World, account: Account, query: Query, segments: list[str]) -> dict[tuple[Owner, Values], Totals]:
    owner = _owner(query)
    plain = [name for name in segments if name != "device"]
    first, last = periods.span(query, periods.today(world, account))
    whole = world.delivery.grouped(
        PLATFORM,
        lambda row, local: (
            owner(row),
            tuple(periods.segment(name, local, account) for name in plain),
            row.line.campaign_id,
            row.line.group_id,
        ),
        account_id=account.id,
        first=first,
        last=last,
    )
    sums: dict[tuple[Owner, Values], Totals] = {}
    for (owner_id, values, campaign_id, group_id), totals in whole.items():
        for part, share in _by_part(world, query.resource, campaign_id, group_id, totals).items():
            own: Owner = (owner_id, part) if part else owner_id
            for device, piece in _by_device(world, segments, campaign_id, share).items():
                at = segments.index("device") if device else 0
                key = (*values[:at], device, *values[at:]) if device else values
                parts.add(sums.setdefault((own, key), Totals()), piece)
    return sums


def _owner(query: Query) -> Callable[[Row], str]:
    if query.resource in _OWNER:
        return _OWNER[query.resource]
    return _OWNER["campaign" if splits_by_campaign(query) else "customer"]


def _by_part(world: World, resource: str, campaign_id: str, group_id: str, totals: Totals) -> dict[str, Totals]:
    """A view's parts; under an empty name all of it, where the rows are no parts of an audience."""
    weights = _PARTS.get(resource)
    return {"": totals} if weights is None else parts.cut(totals, weights(world, campaign_id, group_id))


def _by_device(world: World, segments: list[str], campaign_id: str, totals: Totals) -> dict[str, Totals]:
    return parts.cut(totals, parts.devices(world, campaign_id)) if "device" in segments else {"": totals}


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

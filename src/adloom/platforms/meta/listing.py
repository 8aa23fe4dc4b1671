"""The campaigns of a Meta account, whoever made them; deleted and archived ones by their ids alone. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from adloom.core.errors import Rejected, Unavailable
from adloom.core.money import Money
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.meta import mapping
from adloom.platforms.meta.graph import Graph
from adloom.platforms.types import BudgetType, DeliveryState, Platform, RemoteStatus

_FIELDS = "id,name,status,effective_status,objective,daily_budget,lifetime_budget,start_time,stop_time"
_BELOW = "Its budget is set by its ad sets."


def campaigns(graph: Graph, *, currency: str) -> Iterator[ForeignCampaign]:
    """Every campaign of the account (`GET act_X/campaigns`, which leaves out what is deleted or archived)."""
    for row in graph.rows(f"{graph.account}/campaigns", endpoint="campaigns", params={"fields": _FIELDS}):
        if not row.get("id"):
            raise Unavailable("Meta, GET campaigns: a campaign without its id.", platform=Platform.FACEBOOK_ADS)
        found = of(row, currency=currency)
        if found.status is not RemoteStatus.DELETED:
            yield found


def identify(graph: Graph, *, currency: str, ids: Collection[str]) -> Iterator[ForeignCampaign]:
    """These campaigns, each by its id: edges do not show what is deleted (page "Manage your ad object's status")."""
    for platform_id in sorted(ids):
        try:
            row = graph.get(platform_id, endpoint="campaign", params={"fields": _FIELDS})
        except Rejected:
            continue  # it is told of as little as one that Meta does not know (Missing)
        if str(row.get("id")) == platform_id:
            yield of(row, currency=currency)


def of(row: Mapping[str, Any], *, currency: str) -> ForeignCampaign:
    """A campaign of a row. A status that nobody knows counts as on: what may spend is not shown as paused."""
    type_, money = _budget(row, currency=currency)
    effective = str(row.get("effective_status") or "")
    words = (str(row.get(name)) for name in ("status", "effective_status"))
    return ForeignCampaign(
        platform_id=str(row["id"]),
        name=str(row.get("name") or ""),
        status=next((mapping.STATUSES[word] for word in words if word in mapping.STATUSES), RemoteStatus.ACTIVE),
        delivery=mapping.DELIVERY.get(effective, DeliveryState.UNKNOWN),
        words=effective,
        kind=str(row.get("objective") or ""),
        budget=money,
        budget_type=type_,
        note="" if money else _BELOW,
        start=mapping.instant(row.get("start_time")),
        end=mapping.instant(row.get("stop_time")),
    )


def _budget(row: Mapping[str, Any], *, currency: str) -> tuple[BudgetType | None, Money | None]:
    """A campaign has one of its own or none; Meta writes amounts as text, in its integer units, and 0 for none."""
    for name, type_ in (("daily_budget", BudgetType.DAILY), ("lifetime_budget", BudgetType.LIFETIME)):
        told = str(row.get(name) or 0)
        if not told.isdecimal():
            raise Unavailable(f"Meta, GET campaigns: the {name} {told!r}.", platform=Platform.FACEBOOK_ADS)
        if (units := int(told)) and mapping.currency_offset(currency):
            return type_, Money(mapping.major_units(units, currency), currency)
    return None, None

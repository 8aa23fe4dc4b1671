"""The campaigns of a Microsoft account, whoever made them and of whichever type. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from adloom.core.money import Money
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.microsoft import mapping, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.types import BudgetType, RemoteStatus

_SHARED = "Its budget is shared with other campaigns."


def campaigns(client: Client, *, currency: str) -> Iterator[ForeignCampaign]:
    """Every campaign of the account: the operation answers with all of them at once, without deleted ones.

    Source: Campaign Management, GetCampaignsByAccountId: Search alone unless types are named, several as flags.
    """
    body = {"AccountId": client.account, "CampaignType": readback.EVERY_TYPE}
    for row in client.rows("Campaigns/QueryByAccountId", body, "Campaigns"):
        found = of(row, currency=currency)
        if found.status is not RemoteStatus.DELETED:
            yield found


def of(row: Mapping[str, Any], *, currency: str) -> ForeignCampaign:
    """A campaign of a row; campaigns have no flight of their own there, their ad groups do."""
    status = str(row.get("Status"))
    type_, money, note = _budget(row, currency=currency)
    return ForeignCampaign(
        platform_id=str(row["Id"]),
        name=str(row.get("Name") or ""),
        status=mapping.STATUSES.get(status, RemoteStatus.ACTIVE),
        delivery=mapping.state(status),
        words=status,
        kind=str(row.get("CampaignType") or ""),
        budget=money,
        budget_type=type_,
        note=note,
    )


def _budget(row: Mapping[str, Any], *, currency: str) -> tuple[BudgetType | None, Money | None, str]:
    """`BudgetId` names a shared budget; `DailyBudget` is the campaign's own (Campaign data object)."""
    if int(row.get("BudgetId") or 0):
        return None, None, _SHARED
    if str(row.get("BudgetType") or "").startswith("Daily") and row.get("DailyBudget"):
        return BudgetType.DAILY, Money(Decimal(str(row["DailyBudget"])), currency), ""
    return None, None, "Microsoft Advertising names no daily budget of its own."

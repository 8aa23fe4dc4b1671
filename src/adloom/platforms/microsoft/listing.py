"""The campaigns of a Microsoft account, whoever made them and of whichever type. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.money import Money
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.microsoft import csv_report, downloads, mapping, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.downloads import Report
from adloom.platforms.spec import Account
from adloom.platforms.types import BudgetType, RemoteStatus

#: Who has figures, and what they are called: columns of the campaign performance report, of which one has to count.
NAMES = Report(
    "CampaignPerformanceReport",
    ("CampaignId", "CampaignName", "CampaignStatus", "CampaignType", "Impressions"),
    hourly_days=178,
)
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


def identify(
    client: Client, *, account: Account, ids: Collection[str], since: date, until: date
) -> Iterator[ForeignCampaign]:
    """These campaigns by the report that counts them: no operation returns deleted ones (CampaignStatus value set)."""
    rows = downloads.summed(client, NAMES, account=account, since=since, until=until, key="CampaignId")
    found = {csv_report.campaign(row["CampaignId"]): row for row in rows}
    for platform_id in sorted(found.keys() & set(ids)):
        yield _of_report(platform_id, found[platform_id])


def _of_report(platform_id: str, row: Mapping[str, str]) -> ForeignCampaign:
    """A campaign of a report's row, which tells no budget and no day on which it began."""
    status = csv_report.word(row.get("CampaignStatus"))
    return ForeignCampaign(
        platform_id=platform_id,
        name=csv_report.word(row.get("CampaignName")),
        status=mapping.STATUSES.get(status, RemoteStatus.ACTIVE),
        delivery=mapping.state(status),
        words=status,
        kind=csv_report.word(row.get("CampaignType")),
    )


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
    if str(row.get("BudgetId") or 0) != "0":
        return None, None, _SHARED
    if str(row.get("BudgetType") or "").startswith("Daily") and row.get("DailyBudget"):
        return BudgetType.DAILY, Money(Decimal(str(row["DailyBudget"])), currency), ""
    return None, None, "Microsoft Advertising names no daily budget of its own."

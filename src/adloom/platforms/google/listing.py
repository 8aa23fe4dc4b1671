"""The campaigns of a Google account, whoever made them: one query over all kinds. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adloom.core.money import Money
from adloom.platforms.contract import ForeignCampaign
from adloom.platforms.google import mapping, shapes
from adloom.platforms.google.client import Client
from adloom.platforms.spec import Account
from adloom.platforms.types import BudgetType, RemoteStatus

_CAMPAIGNS = """SELECT campaign.id, campaign.name, campaign.status, campaign.serving_status, campaign.primary_status,
campaign.primary_status_reasons, campaign.advertising_channel_type, campaign.start_date_time, campaign.end_date_time,
campaign_budget.amount_micros, campaign_budget.total_amount_micros, campaign_budget.explicitly_shared
FROM campaign WHERE"""

_SHARED = "Its budget is shared with other campaigns."
#: Google writes this for a campaign without an end, in the form of a date.
_NEVER = "2037-12-30"
_AT_ONCE = 500


def campaigns(client: Client, *, account: Account) -> Iterator[ForeignCampaign]:
    """Every campaign that is not removed. Fields: `googleads/v26` resources `Campaign` and `CampaignBudget`."""
    for row in client.search(f"{_CAMPAIGNS} campaign.status != 'REMOVED'"):
        yield of(row, account=account)


def identify(client: Client, *, account: Account, ids: Collection[str]) -> Iterator[ForeignCampaign]:
    """These campaigns, removed ones too: a query that does not ask for a status leaves none out (GAQL, v26)."""
    wanted = sorted(each for each in ids if each.isdecimal())
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = client.search(f"{_CAMPAIGNS} campaign.id IN ({', '.join(some)})")
        found = {each.platform_id: each for each in (of(row, account=account) for row in rows)}
        yield from (found[each] for each in some if each in found)


def of(row: Mapping[str, Any], *, account: Account) -> ForeignCampaign:
    """A campaign of a row. A status that nobody knows counts as on: what may spend is not shown as paused.

    Raises Unavailable where the row cannot be read.
    """
    campaign, budget = shapes.part(row, "campaign"), shapes.part(row, "campaignBudget")
    type_, money, note = _budget(budget, currency=account.currency)
    return ForeignCampaign(
        platform_id=shapes.campaign(row),
        name=str(campaign.get("name", "")),
        status=mapping.STATUSES.get(str(campaign.get("status")), RemoteStatus.ACTIVE),
        delivery=mapping.campaign_state(campaign),
        words=" / ".join(str(campaign[name]) for name in ("status", "primaryStatus") if name in campaign),
        kind=str(campaign.get("advertisingChannelType", "")),
        budget=money,
        budget_type=type_,
        note=note,
        start=_instant(campaign.get("startDateTime"), account=account),
        end=_instant(campaign.get("endDateTime"), account=account),
    )


def _budget(budget: Mapping[str, Any], *, currency: str) -> tuple[BudgetType | None, Money | None, str]:
    if budget.get("explicitlyShared"):
        return None, None, _SHARED
    for name, type_ in (("totalAmountMicros", BudgetType.LIFETIME), ("amountMicros", BudgetType.DAILY)):
        if micros := shapes.whole(budget, name):
            return type_, Money(mapping.from_micros(micros), currency), ""
    return None, None, "Google names no budget of its own."


def _instant(text: object, *, account: Account) -> datetime | None:
    """Google's date and time are on the account's own clock (`Campaign.start_date_time`)."""
    if not isinstance(text, str) or not text or text.startswith(_NEVER):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(account.time_zone))
    except ValueError:
        raise shapes.broken(f"gave a campaign of the time {text!r}") from None
